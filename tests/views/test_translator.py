"""`serve --translator`: every text with its key and state, and the page follows saved catalogs."""

import pytest

from tests.pages import CheckedClient
from webapp import create_app
from webapp.content.catalog import read_po, write_po
from webapp.i18n import catalogs
from webapp.settings import Settings


@pytest.fixture
def translating(data) -> CheckedClient:
    """A client of the application as a translator serves it."""
    return CheckedClient(create_app(Settings(data=data, translator=True)))


def test_each_text_carries_its_key_and_its_state(translating, publish, store):
    block = next(b for b in store.card("fiche-essai").blocks if not b.is_safety and b.form == "paragraph")
    publish("cards/fiche-essai", block.text, "Une phrase toute neuve.")
    html = translating.get("/en/cards/fiche-essai/").get_data(as_text=True)
    assert f'data-key="fiche-essai/{block.key}" data-state="stale"' in html
    assert 'data-key="fiche-essai/title" data-state="current"' in html
    assert "translator." in html


def test_readers_never_see_the_marks(client):
    html = client.get("/en/cards/fiche-essai/").get_data(as_text=True)
    assert "data-key" not in html and "translator." not in html


def test_the_page_follows_a_saved_catalog(translating, data):
    path = catalogs.po_path(data / "translations", "en", "content")
    before = translating.get("/version.json").json
    catalog = read_po(path)
    next(entry for entry in catalog if entry.msgctxt == "fiche-essai/title").msgstr = "A fresh title"
    write_po(catalog, path)
    assert "A fresh title" in translating.get("/en/cards/fiche-essai/").get_data(as_text=True)
    assert translating.get("/version.json").json != before


def test_a_catalog_saved_broken_is_told_and_the_old_text_stays(translating, data, caplog):
    path = catalogs.po_path(data / "translations", "en", "content")
    path.write_text('msgid "never closed\n', "utf-8")
    assert translating.get("/en/cards/fiche-essai/").status_code == 200
    assert "content.po" in caplog.text and "the old stays" in caplog.text
