"""What tests share: a small invented content to read and change, and copies of the real one.

`data` is a folder as REPERE_DATA names it (content.db and translations/). It is built once a session,
through the same editor and sync that people use, from `tests/fixtures/content/`; each test gets a copy.
"""

import os
import shutil
from pathlib import Path

import polib
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, settings

from tests.pages import CheckedClient
from webapp import create_app
from webapp.cli import main
from webapp.content import mirror
from webapp.content.catalog import write_po
from webapp.content.editor import Editor
from webapp.content.schema import migrations
from webapp.content.store import Store
from webapp.i18n import catalogs, offering
from webapp.settings import Settings

# The same examples on every machine, whatever its speed, and nothing kept between two runs.
settings.register_profile(
    "seeded", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("seeded")

ROOT = Path(__file__).parent.parent
FIXTURE = Path(__file__).parent / "fixtures" / "content"

TRANSLATED = {"en": "In English: ", "ar": "بالعربية: "}
"""Locale -> what its invented translations begin with; the French follows, so that marks and numbers agree."""

UNKNOWN_WORDS = {"ro": "În română: ", "fa": "به فارسی: "}
"""The same for languages whose words `i18n check` does not know: their invented translations pass it."""


@pytest.fixture(scope="session")
def built_data(tmp_path_factory) -> Path:
    """The invented content, published, with complete catalogs: to copy, not to change."""
    return build(tmp_path_factory.mktemp("content") / "data", TRANSLATED)


@pytest.fixture(scope="session")
def built_checkable_data(tmp_path_factory) -> Path:
    """The same in languages for which `i18n check` finds nothing to say."""
    return build(tmp_path_factory.mktemp("checkable") / "data", UNKNOWN_WORDS)


def build(folder: Path, translated: dict[str, str]) -> Path:
    """Make a data folder of the invented content with complete catalogs."""
    translations = folder / "translations"
    for locale in ("fr", *translated):
        (translations / locale / "LC_MESSAGES").mkdir(parents=True)
    editor = Editor(folder)
    editor.save(mirror.read(sorted(FIXTURE.glob("*/*"))), author="Camille Essai", note="première version")
    editor.publish()
    store = Store(editor.path)
    mirror.export_all(store, translations / "fr")
    catalogs.sync(translations, store)
    for locale, beginning in translated.items():
        for domain in ("messages", "content"):
            fill(catalogs.po_path(translations, locale, domain), beginning)
    catalogs.compile_all(translations)
    return folder


def fill(path: Path, beginning: str) -> None:
    """Translate every text of the catalog at `path` by putting `beginning` before the French."""
    catalog = polib.pofile(str(path), wrapwidth=0)
    for entry in catalog:
        if entry.msgid_plural:
            entry.msgstr_plural = {n: beginning + entry.msgid_plural for n in entry.msgstr_plural}
        else:
            entry.msgstr = beginning + entry.msgid
    write_po(catalog, path)


@pytest.fixture
def data(built_data, tmp_path) -> Path:
    """A data folder of the invented content, free to change."""
    return shutil.copytree(built_data, tmp_path / "data")


@pytest.fixture
def store(data) -> Store:
    """The published content of `data`, as it was when the test began."""
    return Store(data / "content.db")


@pytest.fixture
def editor(data) -> Editor:
    """The one who writes `data`."""
    return Editor(data)


@pytest.fixture
def publish(editor):
    """`publish("cards/fiche-essai", "old words", "new words")`: change one document and publish it."""

    def change_and_publish(name: str, old: str, new: str) -> None:
        text = mirror.documents(Store(editor.path))[name]
        assert old in text, f"«{old}» is not in {name}: mend the test, or tests/fixtures/content"
        editor.save({name: text.replace(old, new)}, author="Camille Essai", note="essai")
        offering.remember(editor.data / "translations", TRANSLATED)  # as the command does before it publishes
        editor.publish((name,))

    return change_and_publish


@pytest.fixture
def translate(data):
    """`translate("en", "fiche-essai/place", "Here.")`: change one content translation, for readers too."""

    def change_and_compile(locale: str, key: str, text: str, *, is_fuzzy: bool = False) -> None:
        path = catalogs.po_path(data / "translations", locale, "content")
        catalog = polib.pofile(str(path), wrapwidth=0)
        [entry] = [entry for entry in catalog if entry.msgctxt == key]
        entry.msgstr, entry.flags = text, ["fuzzy"] if is_fuzzy else []
        write_po(catalog, path)
        catalogs.compile_all(data / "translations")

    return change_and_compile


@pytest.fixture
def run(data, tmp_path, monkeypatch):
    """`run("content", "show", "fiche-essai")`: a command of manage.py over `data`; return what it said.

    Whatever it does, it ends with the exit code expected and tells a user's error without a traceback.
    """
    for name in [name for name in os.environ if name.startswith("REPERE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("REPERE_DATA", str(data))
    monkeypatch.setenv("REPERE_AUTHOR", "Camille Essai")
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object, code: int | None = 0, answers: str | None = None) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=answers)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert code is None or result.exit_code == code, f"exit code {result.exit_code}:\n{result.output}"
        return result

    return command


@pytest.fixture
def next_schema(monkeypatch):
    """Make this software newer by one migration, so that the stores at hand are old."""

    def m999_next(db):
        db.execute("create table something_new (id integer primary key) strict")

    added = migrations._Migration("m999_next", m999_next)
    monkeypatch.setattr(migrations, "_migrations", [*migrations._migrations, added])


@pytest.fixture
def real_data(tmp_path) -> Path:
    """A copy of the repository's own content.db and translations, for tests of the real content."""
    folder = tmp_path / "real"
    folder.mkdir()
    shutil.copyfile(ROOT / "content.db", folder / "content.db")
    shutil.copytree(ROOT / "translations", folder / "translations")
    return folder


@pytest.fixture
def app(data):
    """The application over the invented content."""
    return create_app(Settings(data=data))


@pytest.fixture
def client(app) -> CheckedClient:
    """A client of `app` that checks every page it fetches as a page."""
    return CheckedClient(app)


@pytest.fixture(scope="session")
def real_app():
    """The application over the repository's own content; read only."""
    catalogs.compile_all(ROOT / "translations")
    return create_app(Settings(data=ROOT))


@pytest.fixture(scope="session")
def real_client(real_app) -> CheckedClient:
    """A checking client over the repository's own content."""
    return CheckedClient(real_app)
