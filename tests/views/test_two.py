import itertools
import re

import pytest
from flask import g

from tests.pages import CheckedClient
from webapp.i18n import offering
from webapp.i18n.locales import direction, own_name
from webapp.i18n.ui import gettext_in
from webapp.offline import slots
from webapp.packs import Packs
from webapp.page import told_in, words_in
from webapp.two_languages import UI

LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "pt")
PAIRS = list(itertools.permutations(LANGUAGES, 2))
PATHS = ("cards/sciatique/with/{}/", "cards/anatomie-hanche/with/{}/", "urgent/with/{}/")


def with_slots(app, path: str) -> str:
    """Return a page as the maker of packs asks for it: around the layer that keeps answers."""
    with app.test_request_context(path, environ_overrides={slots.KEY: True}):
        response = app.full_dispatch_request()
        assert response.status_code == 200, path
        return response.get_data(as_text=True)


def filled(app, html: str, first: str, second: str) -> str:
    """Return a page with slots as the phone fills it, from the packs of two languages."""
    with app.test_request_context(f"/{first}/"):
        app.preprocess_request()
        found = {}
        for side, locale in ((slots.FIRST, first), (slots.SECOND, second)):
            localizer = g.library.localizer(locale)
            for message in g.library.store.messages():
                text = localizer.message(message)
                found[side, text.key] = (told_in if side == slots.SECOND else words_in)(locale, text)
        found[slots.SECOND, slots.TAG] = second
        found[slots.SECOND, slots.DIRECTION] = direction(second)
        found[slots.SECOND, slots.NAME] = own_name(second)

        def fill(side: str, key: str) -> str:
            if key.startswith(UI):
                assert side == slots.SECOND
                return str(gettext_in(second, key.removeprefix(UI)))
            return str(found[side, key])

        slot = f"([{slots.FIRST}{slots.SECOND}])([^{slots.END}]*){slots.END}"
        return re.sub(slot, lambda match: fill(match[1], match[2]), html)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_every_pair_of_languages_has_its_page(real_client, first, second):
    for path in PATHS:
        html = real_client.get(f"/{first}/{path.format(second)}").get_data(as_text=True)
        assert html.count('class="sos"') == 1, "two languages, one box"
        main = html[html.index("<h1>") :]
        assert main.index('class="call"') < main.index('class="signs"'), "calls first"
        assert f'lang="{second}" dir="{direction(second)}"' in main
        assert '<meta name="robots" content="noindex">' in html
        assert f'<link rel="canonical" href="/{first}/{path.split("with")[0]}">' in html


@pytest.mark.parametrize("slug", [pytest.param("sciatique"), pytest.param("all", marks=pytest.mark.full)])
def test_every_card_can_be_shown_in_two_languages(real_client, real_app, slug):
    store = real_app.extensions["repere"].shelf.current().store
    for entry in store.entries():
        if entry.kind != "urgent":
            pairs = PAIRS if slug == "all" else [("ar", "fr")]
            for first, second in pairs:
                real_client.get(f"/{first}/cards/{entry.slug}/with/{second}/")


def test_each_block_stands_under_its_twin(client, store):
    html = client.get("/fr/cards/fiche-essai/with/ar/").get_data(as_text=True)
    blocks = [block for block in store.card("fiche-essai").blocks if block.form in ("paragraph", "item")]
    found = 0
    for first, second in re.findall(
        r'<span class="two"><span>(.*?)</span><span class="l2" lang="ar" dir="rtl">(.*?)</span></span>', html
    ):
        first = re.sub(r'<span class="cite">.*', "", first)
        if second.startswith("بالعربية: ") and re.sub(r"<[^>]+>", "", first).strip():
            same = re.sub(r"\W", "", re.sub(r"<[^>]+>", "", second.replace("بالعربية: ", "")))
            assert same == re.sub(r"\W", "", re.sub(r"<[^>]+>", "", first))
            found += 1
    assert found > len(blocks)


def test_a_block_without_translation_stands_in_french_and_says_so(client, publish, store):
    block = next(b for b in store.card("fiche-essai").blocks if not b.is_safety and b.form == "paragraph")
    publish("cards/fiche-essai", block.text, "Une phrase toute neuve.")
    html = client.get("/en/cards/fiche-essai/with/ar/").get_data(as_text=True)
    french = '<span lang="fr" dir="ltr">Une phrase toute neuve.</span>'
    assert f'<span class="l2" lang="ar" dir="rtl">{french}</span>' in html
    assert html.count(french) == 2


def test_a_changed_danger_sign_is_marked_in_both_languages(client, publish, store):
    sign = next(b for b in store.card("signaux-alerte").blocks if b.urgency == "U0" and b.first)
    publish("cards/signaux-alerte", sign.text, "Un signe changé.")
    html = client.get("/en/urgent/with/ar/").get_data(as_text=True)
    for beginning in ("In English: ", "بالعربية: "):
        assert (
            f'{beginning}Le texte français a changé : <span lang="fr" dir="ltr">Un signe changé.</span>'
            in html.replace("\xa0", " ")
        )


def test_a_language_with_itself_is_one_page(client):
    for path in ("cards/fiche-essai/", "urgent/"):
        response = client.get(f"/ar/{path}with/ar/")
        assert (response.status_code, response.headers["Location"]) == (303, f"/ar/{path}")


def test_the_danger_signs_have_one_address(client):
    response = client.get("/fr/cards/signaux-alerte/with/ar/")
    assert (response.status_code, response.headers["Location"]) == (301, "/fr/urgent/with/ar/")


def test_a_language_that_is_not_offered_is_no_second_language(client, data):
    for path in ("cards/fiche-essai/", "urgent/"):
        for second in ("xx", "zz-Latn", "AR", "en_GB"):
            assert client.get(f"/fr/{path}with/{second}/").status_code == 404
        assert client.get(f"/fr/{path}with/ar/").status_code == 200
    offering.change(data / "translations", "ar", is_offered=False)
    for path in ("cards/fiche-essai/", "urgent/"):
        assert client.get(f"/fr/{path}with/ar/").status_code == 404
        assert "with/ar/" not in client.get(f"/fr/{path}").get_data(as_text=True)
    assert client.get("/fr/cards/nothing/with/en/").status_code == 404


def test_each_card_leads_to_the_page_for_a_clinician(client):
    for page in ("/ar/cards/fiche-essai/", "/fr/urgent/"):
        html = client.get(page).get_data(as_text=True)
        assert 'id="clinician" href="with/fr/"' in html
        for second in ("ar", "en"):
            assert f'href="with/{second}/"' in html
    other = client.get("/fr/urgent/with/ar/").get_data(as_text=True)
    assert 'href="../en/"' in other and 'href="/ar/urgent/with/fr/"' in other


def test_the_list_of_languages_leads_back_to_the_card(client):
    html = client.get("/fr/cards/fiche-essai/with/ar/").get_data(as_text=True)
    assert 'href="/fr/languages/?from=/fr/cards/fiche-essai/"' in html


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("first", ["fr", "ar"])
def test_a_page_of_a_pack_is_the_same_for_every_second_language(real_app, first, path):
    pages = {
        with_slots(real_app, f"/{first}/{path.format(second)}") for second in LANGUAGES if second != first
    }
    assert len(pages) == 1


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("first", "second"), [("fr", "ar"), ("ar", "fr"), ("de", "en")])
def test_filled_on_the_phone_it_is_the_page_of_the_server(real_app, first, second, path):
    address = f"/{first}/{path.format(second)}"
    page = filled(real_app, with_slots(real_app, address), first, second)
    assert page == real_app.test_client().get(address).get_data(as_text=True)


def test_packs_hold_a_two_language_page_once_for_all_languages(real_app):
    extension = real_app.extensions["repere"]
    pack = Packs(real_app, extension.assets).language(extension.shelf.current(), "de")
    assert [path for path in pack["pages"] if path.endswith(("with/", "note/"))] == [], (
        "the page is not made as in French"
    )


def test_texts_behind_the_french_are_filled_as_the_server_shows_them(app, publish, store):
    sign = next(b for b in store.card("signaux-alerte").blocks if b.urgency == "U0" and b.first)
    block = next(b for b in store.card("fiche-essai").blocks if not b.is_safety and b.form == "paragraph")
    publish("cards/signaux-alerte", sign.text, "Un signe changé.")
    publish("cards/fiche-essai", block.text, "Une phrase toute neuve.")
    for path in ("/en/cards/fiche-essai/with/ar/", "/en/urgent/with/ar/"):
        page = filled(app, with_slots(app, path), "en", "ar")
        assert page == CheckedClient(app).get(path).get_data(as_text=True)
