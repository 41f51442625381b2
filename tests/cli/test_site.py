"""Commands about the whole site, and what holds for every command."""

import json
import shutil
import socket
import sqlite3
import threading
import zipfile
from contextlib import closing

import click
import pytest

from webapp import __version__, cli
from webapp.content import backup as backups
from webapp.content.store import Store
from webapp.i18n import catalogs


@pytest.fixture
def data(built_checkable_data, tmp_path):
    """The invented content in languages for which `i18n check` finds nothing to say."""
    return shutil.copytree(built_checkable_data, tmp_path / "data")


def commands(group=cli.main, path=()):
    """Yield the words of every command there is."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


COMMANDS = [pytest.param(words, id=" ".join(words)) for words in commands()]


# --- every command ---


@pytest.mark.parametrize("words", COMMANDS)
def test_help_of_every_command_has_an_example_that_is_this_command(run, words):
    text = run(*words, "--help").stdout
    example = text[text.index("Example:") :]
    assert f"python3 manage.py {' '.join(words)}" in example
    assert text.startswith("Usage: ")


@pytest.mark.parametrize("words", COMMANDS)
def test_unknown_option_is_exit_2_with_the_usage(run, words):
    result = run(*words, "--no-such-option", code=2)
    assert "Usage: " in result.stderr and "--no-such-option" in result.stderr


@pytest.mark.parametrize(
    "words", [param for param in COMMANDS if param.id not in ("content dump", "icons")]
)  # these take no data folder
def test_missing_data_folder_is_one_line_for_every_command(run, words, monkeypatch, tmp_path):
    monkeypatch.setenv("REPERE_DATA", str(tmp_path / "nowhere"))
    (tmp_path / "1").touch()  # a file, a number or a word, as the command wants
    [line] = run(*words, *least_arguments(words), code=1).stderr.splitlines()
    assert line.startswith("REPERE_DATA: ") and " -> " in line


def least_arguments(words):
    """Return what a command must be given beside its name."""
    command = cli.main
    for word in words:
        command = command.commands[word]
    for param in command.params:
        if param.name == "yes":
            yield "--yes"
        elif param.required:
            yield from ["1"] if isinstance(param, click.Argument) else [param.opts[0], "1"]


def test_groups_and_the_whole_explain_themselves(run):
    assert "serve" in run("--help").stdout and "content" in run("-h").stdout
    assert "publish" in run("content", "--help").stdout
    assert "sync" in run("i18n", "--help").stdout


def test_no_command_and_unknown_commands_are_wrong_usage(run):
    for words in ((), ("content",), ("i18n",), ("paint",), ("content", "paint")):
        assert "Usage: " in run(*words, code=2).stderr


def test_version_is_told(run):
    assert __version__ in run("--version").stdout


@pytest.mark.parametrize(
    ("name", "value"), [("REPERE_ORIGIN", "example.org"), ("REPERE_REQUIRE_REVIEW", "yes")]
)
def test_setting_that_cannot_be_meant_is_one_line(run, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    [line] = run("check", code=1).stderr.splitlines()
    assert line.startswith(f"{name}: ") and " -> " in line


# --- serve, up to the moment it serves ---


def test_taken_port_is_one_line_that_names_another(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        [line] = run("serve", "--port", port, code=1).stderr.splitlines()
    assert f"127.0.0.1:{port}: cannot be used" in line and "serve --port" in line


def test_address_of_another_machine_is_one_line(run):
    [line] = run("serve", "--host", "203.0.113.1", code=1).stderr.splitlines()
    assert "203.0.113.1:8000: cannot be used" in line


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_port_that_is_none_is_wrong_usage(run, port):
    assert "--port" in run("serve", "--port", port, code=2).stderr


def spoil_store(data):
    (data / "content.db").write_bytes(b"garbage" * 1000)


def cut_store(data):
    whole = (data / "content.db").read_bytes()
    (data / "content.db").write_bytes(whole[:-5000])


def remove_store(data):
    (data / "content.db").unlink()


def spoil_source(data):
    path = catalogs.po_path(data / "translations", "ro", "messages")
    path.write_text(path.read_text("utf-8").replace("msgstr", "msgsrt", 3), "utf-8")


def remove_source(data):
    catalogs.po_path(data / "translations", "ro", "content").unlink()


def add_a_folder_that_is_no_locale(data):
    folder = data / "translations" / "klingonese" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    for domain in ("messages", "content"):
        source = catalogs.po_path(data / "translations", "ro", domain)
        (folder / f"{domain}.po").write_bytes(source.read_bytes())


@pytest.mark.parametrize(
    "damage",
    [spoil_store, cut_store, remove_store, spoil_source, remove_source, add_a_folder_that_is_no_locale],
)
def test_content_that_cannot_be_served_is_one_line_before_any_worker_starts(run, data, damage):
    damage(data)
    [line] = run("serve", code=1).stderr.splitlines()
    assert str(data) in line and " -> " in line


def test_older_store_is_refused_with_the_command_that_helps(run, next_schema):
    [line] = run("serve", code=1).stderr.splitlines()
    assert "manage.py upgrade" in line


# --- check ---


def test_check_of_sound_content_says_so(run):
    assert run("check").stdout == "No problems found.\n"
    assert json.loads(run("check", "--json").stdout) == []


def test_check_finds_faults_of_store_mirror_and_catalogs_one_line_each(run, data, translate):
    (data / "translations/fr/cards/fiche-essai.md").unlink()
    translate("ro", "fiche-essai/size", "A test of 12 pages.")
    with closing(sqlite3.connect(data / "content.db")) as db:
        db.execute("update block set text = 'L''os est usé.' where key = 'latin'")
        db.commit()
    lines = run("check", code=1).stdout.splitlines()
    assert all(" -> " in line for line in lines)
    for part in (
        "anatomie-essai/latin: «usé» is never written",
        "anatomie-essai/latin: a straight apostrophe",
        "fiche-essai.md: differs from content.db",
        "content.po ro fiche-essai/size: numbers differ",
    ):
        assert any(part in line for line in lines), part


def test_check_for_a_public_site_names_every_setting_that_is_blank(run, monkeypatch):
    lines = run("check", "--production", code=1).stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "REPERE_PUBLISHER",
        "REPERE_HOST",
        "REPERE_CONTACT",
        "REPERE_CONTROLLER",
        "REPERE_FUNDING",
        "REPERE_ORIGIN",
    ]
    for line in lines:
        monkeypatch.setenv(line.split(":")[0], "Essai")
    monkeypatch.setenv("REPERE_ORIGIN", "http://example.org")
    [line] = run("check", "--production", code=1).stdout.splitlines()
    assert line.startswith("REPERE_ORIGIN")
    monkeypatch.setenv("REPERE_ORIGIN", "https://example.org")
    assert run("check", "--production").stdout == "No problems found.\n"


# --- backup, restore, upgrade ---


def files(data):
    names = {".db", ".po", ".pot", ".md", ".toml"}
    return {
        path.relative_to(data): path.read_bytes()
        for path in data.rglob("*")
        if path.suffix in names and not path.is_relative_to(data / "backups")
    }


def test_backup_and_restore_bring_everything_back(run, data, publish, translate):
    before = files(data)
    assert "checked" in run("backup", "monday.zip").stdout
    publish("cards/fiche-essai", "La loupe", "La lampe")
    translate("ro", "fiche-essai/place", "Other words.")
    changed = files(data)
    assert changed != before
    told = run("restore", "monday.zip").stdout
    assert files(data) == before
    assert run("check").stdout == "No problems found.\n"
    undo = told.rsplit("restore ", 1)[1].strip()
    run("restore", undo)
    assert files(data) == changed


def test_backup_never_writes_over_a_file(run, tmp_path):
    (tmp_path / "monday.zip").write_bytes(b"precious")
    [line] = run("backup", "monday.zip", code=1).stderr.splitlines()
    assert "exists already" in line
    assert (tmp_path / "monday.zip").read_bytes() == b"precious"


def test_backup_of_a_damaged_store_is_refused(run, data, tmp_path):
    cut_store(data)
    [line] = run("backup", "monday.zip", code=1).stderr.splitlines()
    assert "is damaged" in line
    assert not (tmp_path / "monday.zip").exists()


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x05\x06" + b"\0" * 18])
def test_restore_of_what_is_no_backup_changes_nothing(run, data, tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)
    before = files(data)
    [line] = run("restore", "x.zip", code=1).stderr.splitlines()
    assert "is not a backup" in line
    assert files(data) == before


def test_restore_of_a_damaged_store_changes_nothing(run, data, tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as zipped:
        zipped.writestr("content.db", (data / "content.db").read_bytes()[:-5000])
    before = files(data)
    assert "is damaged" in run("restore", "x.zip", code=1).stderr
    assert files(data) == before


@pytest.mark.parametrize(
    "name", ["../evil.md", "/tmp/evil.md", "translations/../../evil.md", "webapp/evil.py"]
)
def test_restore_cannot_write_outside_the_data_folder(run, data, tmp_path, name):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as zipped:
        zipped.writestr("content.db", (data / "content.db").read_bytes())
        zipped.writestr(name, "evil")
    assert "is not a backup" in run("restore", "x.zip", code=1).stderr
    assert not list(tmp_path.rglob("evil.*"))


def test_restore_waits_for_a_writer_and_has_the_last_word(run, data, editor, tmp_path):
    run("backup", "monday.zip")
    before = files(data)
    restoring = threading.Thread(target=backups.restore, args=(data, tmp_path / "monday.zip"))
    with editor._writing() as db:
        restoring.start()
        db.execute("update meta set value = 'a writer was here' where key = 'version'")
    restoring.join()
    assert files(data) == before


def test_upgrade_backs_up_first_and_tells_the_way_back(run, data, next_schema):
    told = run("upgrade").stdout
    assert "Upgraded: m999_next" in told
    [backup] = data.glob("before-upgrade-*.zip")
    assert str(backup) in told
    assert Store(data / "content.db").card("fiche-essai")


def test_upgrade_of_what_is_up_to_date_leaves_nothing_behind(run, data):
    before = sorted(path.name for path in data.iterdir())
    assert run("upgrade").stdout == "content.db is up to date.\n"
    assert sorted(path.name for path in data.iterdir()) == before
