"""`i18n …`: what a translator and the one who works with them type, see and get."""

import json
import shutil
import zipfile

import pytest

from webapp.content.catalog import read_po, write_po
from webapp.i18n import catalogs


@pytest.fixture
def data(built_checkable_data, tmp_path):
    """The invented content in languages for which `i18n check` finds nothing to say."""
    return shutil.copytree(built_checkable_data, tmp_path / "data")


@pytest.fixture
def folder(data):
    return data / "translations"


@pytest.fixture
def english(folder):
    """The file a translator edits."""
    return catalogs.po_path(folder, "ro", "content")


@pytest.fixture
def sent(english, tmp_path):
    """`sent(size="…")`: the English file as a translator sends it back, with texts of fiche-essai changed."""

    def write(**texts):
        path = tmp_path / "from-anna.po"
        po = read_po(english)
        for name, text in texts.items():
            [entry] = [entry for entry in po if entry.msgctxt == f"fiche-essai/{name.replace('_', '-')}"]
            entry.msgstr = text
        write_po(po, path)
        return path

    return write


def text(path, key):
    return next(entry.msgstr for entry in read_po(path) if entry.msgctxt == key)


# --- sync, compile ---


def test_sync_says_which_catalogs_changed(run, publish):
    assert run("i18n", "sync").stdout.splitlines() == ["fa: up to date", "fr: up to date", "ro: up to date"]
    publish("cards/fiche-essai", "La loupe", "La lampe")
    assert run("i18n", "sync").stdout.splitlines() == ["fa: changed", "fr: up to date", "ro: changed"]


def test_compile_says_what_it_built(run, english):
    assert run("i18n", "compile").stdout == "Nothing to do.\n"
    english.write_text(english.read_text("utf-8").replace("În română: Fiche", "Română: Fiche"), "utf-8")
    assert run("i18n", "compile").stdout == "Compiled: ro\n"


@pytest.mark.parametrize("command", [("sync",), ("compile",), ("status",)])
def test_damaged_catalog_is_one_line_with_file_and_line(run, english, command):
    english.write_text(english.read_text("utf-8").replace("msgstr", "msgsrt", 3), "utf-8")
    [line] = run("i18n", *command, code=1).stderr.splitlines()
    assert str(english) in line and "line " in line


# --- check ---


def test_check_of_sound_catalogs_says_so(run):
    assert run("i18n", "check").stdout == "No problems found.\n"
    assert run("i18n", "check", "fa").stdout == "No problems found.\n"
    assert json.loads(run("i18n", "check", "--json").stdout) == []


def test_check_tells_each_fault_in_one_line_and_ends_with_1(run, english):
    english.write_text(
        english.read_text("utf-8")
        .replace("1 234 mots", "1 243 mots")
        .replace('msgid "Un essai de 1 243', 'msgid "Un essai de 1 234'),
        "utf-8",
    )
    [line] = run("i18n", "check", "ro", code=1).stdout.splitlines()
    assert line == (
        "content.po ro fiche-essai/size: numbers differ (missing: 1234; new: 1243) -> use the numbers of the French [numbers]"
    )
    [row] = json.loads(run("i18n", "check", "--json", code=1).stdout)
    assert row["where"] == "content.po ro fiche-essai/size" and row["mend"]


def test_check_of_a_locale_that_is_not_there_names_those_that_are(run):
    [line] = run("i18n", "check", "de", code=1).stderr.splitlines()
    assert "no such locale" in line and "fa, fr, ro" in line


# --- status ---


def test_status_tells_states_and_why_a_locale_is_not_offered(run, translate, publish):
    publish("cards/fiche-essai", "La loupe", "La lampe")
    translate("ro", "signaux-alerte/saddle", "")
    translate("ro", "fiche-essai/place", "Perhaps?", is_fuzzy=True)
    lines = {line.split()[0]: line for line in run("i18n", "status").stdout.splitlines()}
    assert "not offered: 1 safety texts are not translated" in lines["ro"]
    assert "1 stale, 1 draft, 1 missing" in lines["ro"]
    assert "offered; texts:" in lines["fa"] and "1 stale, 0 draft, 0 missing" in lines["fa"]
    assert "0 stale, 0 draft, 0 missing; interface: 0 untranslated" in lines["fr"]


def test_status_speaks_json(run):
    rows = {row["locale"]: row for row in json.loads(run("i18n", "status", "--json").stdout)}
    assert list(rows) == ["fr", "fa", "ro"]
    assert rows["fa"]["name"] == "فارسی" and rows["fa"]["offered"] is True
    assert rows["ro"]["current"] == rows["fr"]["current"] > 100


# --- add ---


def test_add_begins_a_language_without_code_and_without_offering_it(run, folder):
    assert "LC_MESSAGES" in run("i18n", "add", "zh_Hans").stdout
    po = read_po(catalogs.po_path(folder, "zh_Hans", "messages"))
    assert po.metadata["Language"] == "zh_Hans" and po.untranslated_entries()
    rows = {row["locale"]: row for row in json.loads(run("i18n", "status", "--json").stdout)}
    assert rows["zh_Hans"]["offered"] is False and rows["zh_Hans"]["current"] == 0


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("klingon", "is not a locale"),
        ("xx", "is not a locale"),
        ("ro", "exists already"),
        ("../de", "is not a locale"),
        ("fr", "exists already"),
    ],
)
def test_add_of_what_cannot_be_added_is_one_line_and_leaves_no_folder(run, folder, locale, told):
    before = sorted(folder.rglob("*"))
    [line] = run("i18n", "add", locale, code=1).stderr.splitlines()
    assert told in line
    assert sorted(folder.rglob("*")) == before


# --- pack, import, undo ---


@pytest.fixture
def guide(folder):
    """What a pack holds beside the catalogs."""
    (folder / "README.md").write_text("Guide d’essai", "utf-8")
    (folder / "glossary.tsv").write_text("hanche\thip\n", "utf-8")


def test_pack_is_one_zip_with_all_a_translator_needs(run, guide, tmp_path):
    assert run("i18n", "pack", "ro").stdout == "repere-ro.zip\n"
    with zipfile.ZipFile(tmp_path / "repere-ro.zip") as zipped:
        assert zipped.testzip() is None
        assert sorted(zipped.namelist()) == [
            "PREVIEW.txt",
            "README.md",
            "glossary.tsv",
            "ro/LC_MESSAGES/content.po",
            "ro/LC_MESSAGES/messages.po",
        ]
        assert zipped.read("PREVIEW.txt").decode() == "http://127.0.0.1:8000/ro/\n"


@pytest.mark.parametrize("locale", ["de", "fr", ".."])
def test_pack_of_what_is_no_translation_is_one_line(run, guide, locale):
    [line] = run("i18n", "pack", locale, code=1).stderr.splitlines()
    assert "is not a language being translated" in line


def test_pack_to_a_place_that_cannot_be_written_is_one_line(run, guide, tmp_path):
    (tmp_path / "file.txt").touch()
    [line] = run("i18n", "pack", "ro", "--to", tmp_path / "file.txt/x.zip", code=1).stderr.splitlines()
    assert "cannot be written" in line


def test_pack_comes_back_as_it_went(run, guide, folder, tmp_path):
    run("i18n", "pack", "ro", "--to", "for-anna.zip")
    before = {path: path.read_bytes() for path in folder.rglob("*.po")}
    assert "Replaced: " in run("i18n", "import", "for-anna.zip").stdout
    assert {path: path.read_bytes() for path in folder.rglob("*.po")} == before


def test_import_of_a_file_replaces_the_catalog_and_readers_get_it(run, sent, english, folder):
    result = run("i18n", "import", sent(magnifier="A test lens will do."))
    assert result.stdout == "Replaced: ro/content. To undo: python3 manage.py i18n undo ro\n"
    assert text(english, "fiche-essai/magnifier") == "A test lens will do."
    assert catalogs.compile_all(folder) == []


def test_undo_brings_the_old_file_back_and_undo_again_the_new_one(run, sent, english):
    before = text(english, "fiche-essai/magnifier")
    run("i18n", "import", sent(magnifier="A test lens will do."))
    run("i18n", "undo", "ro")
    assert text(english, "fiche-essai/magnifier") == before
    run("i18n", "undo", "ro")
    assert text(english, "fiche-essai/magnifier") == "A test lens will do."


def test_undo_without_an_import_is_one_line(run):
    [line] = run("i18n", "undo", "ro", code=1).stderr.splitlines()
    assert "nothing was imported" in line


def test_import_of_a_faulty_file_tells_every_fault_and_replaces_nothing(run, sent, english):
    before = english.read_bytes()
    path = sent(size="A test of 12 pages.", nothing_real="No <b>strong</b> words.")
    result = run("i18n", "import", path, code=1)
    assert "fiche-essai/size" in result.stderr and "fiche-essai/nothing-real" in result.stderr
    assert english.read_bytes() == before
    assert not list(english.parent.glob("*.before"))


def test_import_of_an_older_file_makes_stale_what_changed_since(run, sent, publish, english):
    path = sent(magnifier="A test lens will do.")
    publish("cards/fiche-essai", "La loupe", "La lampe")
    run("i18n", "sync")
    run("i18n", "import", path)
    [entry] = [entry for entry in read_po(english) if entry.msgctxt == "fiche-essai/magnifier"]
    assert (entry.msgid, entry.fuzzy) == ("La lampe d’essai suffit.", True)
    assert entry.previous_msgid == "La loupe d’essai suffit."


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("notes.txt", b"Bonjour", 1),
        ("empty.zip", b"", 1),
        ("broken.zip", b"PK\x03\x04 and no more", 1),
        ("empty.po", b"", 1),
        ("broken.po", b'msgid "x"\nmsgsrt "y"\n', 1),
        ("latin.po", 'msgid "é"\nmsgstr "è"\n'.encode("latin-1"), 1),
    ],
)
def test_import_of_what_is_no_catalog_is_one_line_and_replaces_nothing(
    run, tmp_path, folder, name, content, code
):
    (tmp_path / name).write_bytes(content)
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    [line] = run("i18n", "import", tmp_path / name, code=code).stderr.splitlines()
    assert " -> " in line
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_import_of_a_file_that_is_not_there_is_wrong_usage(run):
    assert "Usage: " in run("i18n", "import", "absent.po", code=2).stderr


def test_import_of_a_zip_cannot_write_outside_the_catalogs(run, tmp_path, folder, english):
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("../../content.db", "garbage")
        zipped.writestr("../LC_MESSAGES/content.po", english.read_bytes())
        zipped.writestr("ro/LC_MESSAGES/../../evil.po", english.read_bytes())
    before = {p: p.read_bytes() for p in folder.parent.rglob("*.*")}
    run("i18n", "import", path, code=1)
    assert {p: p.read_bytes() for p in folder.parent.rglob("*.*")} == before


def test_import_of_a_language_that_was_not_begun_names_add(run, sent, folder):
    path = sent()
    path.write_text(path.read_text("utf-8").replace("Language: ro", "Language: de"), "utf-8")
    [line] = run("i18n", "import", path, code=1).stderr.splitlines()
    assert "i18n add" in line
    assert not (folder / "de").exists()


def test_catalogs_of_another_place_are_not_touched(run, folder, tmp_path):
    shutil.copytree(folder, tmp_path / "elsewhere")
    run("i18n", "sync")
    for path in (tmp_path / "elsewhere").rglob("*.po"):
        assert path.read_bytes() == (folder / path.relative_to(tmp_path / "elsewhere")).read_bytes()
