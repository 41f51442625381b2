"""The printed sheet: its QR code, and what the page says to whom scans an old one."""

import io
import re
import xml.etree.ElementTree as ET

import pytest
import segno

from tests.pages import CheckedClient
from webapp import create_app
from webapp.content.editor import Editor
from webapp.content.store import Store
from webapp.settings import Settings

ORIGIN = "https://repere.example"
CARD = "/fr/cards/fiche-essai/"
STALE = "Le texte a changé depuis"
MENDED = "Des phrases ont changé depuis"
RIGHT = "Votre feuille est à jour."


@pytest.fixture
def client(data) -> CheckedClient:
    """A client of a site with a public origin."""
    return CheckedClient(create_app(Settings(data=data, origin=ORIGIN)))


def mark(client, path: str = CARD) -> str:
    """Return the `?v=` of a sheet printed now, out of the entity tag of its code."""
    return client.get(f"{path}qr.svg").headers["ETag"].removeprefix("W/").strip('"')


def page(client, query: str = "", path: str = CARD) -> str:
    return client.get(path + query).get_data(as_text=True)


def modules(svg: bytes) -> set[tuple[int, int]]:
    """Return the dark modules of a QR code drawn as one stroked path of horizontal lines."""
    path = ET.fromstring(svg).findall("{http://www.w3.org/2000/svg}path")[-1].get("d")
    dark, x, y = set(), 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        values = [float(number) for number in numbers.split()]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            dark |= {(int(x) + step, int(y)) for step in range(int(values[0]))}
            x += values[0]
    return dark


@pytest.mark.parametrize("path", [CARD, "/ar/cards/fiche-essai/", "/en/urgent/"])
def test_the_code_leads_to_the_page_in_its_language_and_names_its_version(client, path):
    response = client.get(f"{path}qr.svg")
    assert response.mimetype == "image/svg+xml"
    expected = io.BytesIO()
    segno.make_qr(f"{ORIGIN}{path}?v={mark(client, path)}").save(expected, kind="svg")
    assert modules(response.data) == modules(expected.getvalue()) != set()
    assert re.fullmatch(r"1-[0-9a-f]{6}", mark(client, path))


def test_the_sheet_gives_version_date_and_an_address_to_type(client):
    html = page(client)
    sheet = html[html.index('class="sheet"') :]
    assert f'src="{CARD}qr.svg"' in sheet and 'loading="lazy"' in sheet
    assert "<bdi>repere.example/fr/cards/fiche-essai/</bdi>" in sheet
    assert "version 1, du" in sheet


def test_without_a_public_origin_there_is_no_code_that_no_phone_could_follow(app):
    plain = CheckedClient(app)
    assert "qr.svg" not in page(plain)
    assert "<bdi>/fr/cards/fiche-essai/</bdi>" in page(plain)
    assert plain.get(f"{CARD}qr.svg").status_code == 404


def test_a_sheet_of_todays_text_is_right(client):
    assert RIGHT in page(client, f"?v={mark(client)}")
    assert RIGHT in page(client, "?v=1")


def test_an_old_sheet_is_told_from_when_it_is_and_when_the_text_changed(client, publish, store):
    old = mark(client)
    publish("cards/fiche-essai", store.card("fiche-essai").blocks[0].text, "Une phrase toute neuve.")
    html = page(client, f"?v={old}")
    assert STALE in html and RIGHT not in html
    assert html.index('class="sos"') < html.index(STALE) < html.index('id="in-brief"')
    assert STALE in page(client, "?v=1")
    assert RIGHT in page(client, f"?v={mark(client)}") and RIGHT in page(client, "?v=2")


def test_a_draft_or_another_card_makes_no_sheet_old(client, editor, publish, store):
    old = mark(client)
    text = store.revisions("cards/fiche-essai")[-1].text
    editor.save({"cards/fiche-essai": text.replace("Sur 100 essais", "Sur 200 essais")}, author="C", note="n")
    publish("cards/guide-essai", store.card("guide-essai").blocks[0].text, "Une phrase toute neuve.")
    assert RIGHT in page(client, f"?v={old}")


def test_a_mended_translation_is_told_though_the_version_is_the_same(client, translate, store):
    path = "/en/cards/fiche-essai/"
    block = next(b for b in store.card("fiche-essai").blocks if b.form == "paragraph")
    old, french = mark(client, path), mark(client)
    translate("en", f"fiche-essai/{block.key}", "Mended.")
    assert MENDED in page(client, f"?v={old}", path)
    assert RIGHT in page(client, f"?v={french}"), "the French sheet is still right"


def test_a_changed_danger_sign_makes_every_sheet_that_shows_it_old(client, publish, store):
    old, urgent = mark(client), mark(client, "/fr/urgent/")
    shown = store.card("fiche-essai").signs
    sign = next(b for b in store.card("signaux-alerte").blocks if b.key in shown)
    publish("cards/signaux-alerte", sign.text, "Un signe changé.")
    assert MENDED in page(client, f"?v={old}")
    assert STALE in page(client, f"?v={urgent}", "/fr/urgent/")


@pytest.mark.parametrize(
    "value",
    ["", "0", "-1", "99", "1.5", "1e9", "9" * 400, "٣", "²", "1-", "1-zzzzzz", "1-abcdef1", "1'--", "<b>", "%00", "%ff", "1&v=1&v=x", "+1", "1%0a"],
)  # fmt: skip
@pytest.mark.parametrize("path", [CARD, "/ar/urgent/"])
def test_a_hostile_version_gets_the_page_without_a_word_about_it(client, path, value):
    response = client.get(f"{path}?v={value}")
    assert response.status_code == 200
    html = response.get_data(as_text=True)
    if not value.startswith("1&"):
        assert STALE not in html and RIGHT not in html and MENDED not in html
    assert f'<link rel="canonical" href="{ORIGIN}{path}">' in html
    assert '<meta name="robots" content="noindex">' in html
    assert "<b>" not in html.split("</h1>")[0]


def test_in_another_language_a_sheet_of_this_one_is_not_judged(client):
    assert f'href="/fr/languages/?from={CARD}"' in page(client, "?v=1-abcdef")


def test_the_page_itself_stays_indexed(client):
    assert 'name="robots"' not in page(client)


def test_scanned_addresses_are_not_kept_and_codes_are(client):
    kept = client.app.wsgi_app._kept
    for number in range(5):
        page(client, f"?v={number}")
        client.get(f"{CARD}qr.svg?{number}")
    assert not kept
    mark(client)
    assert [path for path, _query, _hx in kept] == [f"{CARD}qr.svg"]


def test_a_new_text_gives_a_new_code_at_once(client, publish, store):
    before = client.get(f"{CARD}qr.svg").data
    publish("cards/fiche-essai", store.card("fiche-essai").blocks[0].text, "Une phrase toute neuve.")
    assert client.get(f"{CARD}qr.svg").data != before


def test_a_withdrawn_or_unknown_card_has_no_code(client, data):
    Editor(data).withdraw("fiche-essai")
    assert client.get(f"{CARD}qr.svg").status_code == 410
    assert client.get("/fr/cards/nothing/qr.svg").status_code == 404
    assert client.get("/fr/cards/signaux-alerte/qr.svg").status_code == 404, "its page is /urgent/"


def test_versions_are_those_that_readers_got(data, publish, store, editor):
    assert len(store.versions("fiche-essai")) == 1
    publish("cards/fiche-essai", store.card("fiche-essai").blocks[0].text, "Une phrase toute neuve.")
    now = Store(data / "content.db")
    assert len(now.versions("fiche-essai")) == 2 == now.state("fiche-essai").version
    assert now.versions("fiche-essai")[-1] == now.state("fiche-essai").changed
    assert now.versions("nothing") == ()
