"""The repository's own content: what patients will read."""

import re
from pathlib import Path

import pytest

from webapp import figure
from webapp.content import markup, mirror, validate
from webapp.content.model import MAX_SIGNS, SECTIONS, URGENT_SLUG
from webapp.content.store import Store
from webapp.i18n import catalogs, checks
from webapp.i18n.locales import SOURCE

ROOT = Path(__file__).parents[2]
STORE = Store(ROOT / "content.db")
CARDS = tuple(STORE.cards())
SLUGS = [card.slug for card in CARDS]
LOCALES = [locale for locale in catalogs.locales(ROOT / "translations")]

TABLE = {
    row[0]: row[1:]
    for row in (
        (line + "\t" * 4).split("\t")[:5]
        for line in (Path(__file__).parent / "zone_cards.tsv").read_text("utf-8").splitlines()
        if not line.startswith("#")
    )
}
"""Zone -> (sides, typical, possible, learn), with the brief's codes: section D."""


def test_nothing_is_wrong_with_the_store():
    assert [str(problem) for problem in validate.check_store(STORE)] == []


def test_the_mirror_equals_the_store():
    problems = [str(problem) for problem in mirror.check(STORE, ROOT / "translations" / SOURCE)]
    assert problems == [], "run: python3 manage.py content export (or content import), and commit both"


def test_nothing_is_wrong_with_the_catalogs():
    assert [str(problem) for problem in checks.check_catalogs(ROOT / "translations", STORE)] == []


def test_every_document_of_the_brief_is_there():
    codes = {f"C{number:02}" for number in range(1, 25)} | {"P1", "P2"}
    assert {card.code for card in CARDS} == codes


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("slug", [slug for slug in SLUGS if slug != URGENT_SLUG])
def test_every_card_answers_in_every_language_with_all_its_sections(real_client, slug, locale):
    response = real_client.get(f"/{locale}/cards/{slug}/")
    assert response.status_code == 200
    html = response.get_data(as_text=True)
    assert re.search(rf'<html lang="{locale}"', html), f"{locale} is not offered: run i18n status"
    card = STORE.card(slug)
    for section in card.sections:
        assert f'id="{section}"' in html, section
    assert 'lang="fr"' not in html.replace(f'<html lang="{SOURCE}"', "").replace('hreflang="fr"', ""), (
        "a French block"
    )


@pytest.mark.parametrize("path", ["", "map/", "cards/", "urgent/", "about/", "legal/", "languages/"])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_answers_in_every_language(real_client, path, locale):
    assert real_client.get(f"/{locale}/{path}").status_code == 200


def test_every_inner_link_of_every_french_page_leads_somewhere(real_client):
    pages = ["/fr/", "/fr/map/", "/fr/cards/", "/fr/urgent/", "/fr/about/", "/fr/languages/"]
    pages += [f"/fr/cards/{slug}/" for slug in SLUGS if slug != URGENT_SLUG]
    links = {link for page in pages for link in real_client.links(page) if link}
    broken = {link for link in links if real_client.client.get(link).status_code not in (200, 303)}
    assert broken == set()


def test_zones_are_those_of_the_figure():
    geometry = figure.load_geometry()
    assert {p for zone in STORE.zones() for p in zone.places} == set(geometry.places)
    for zone in STORE.zones():
        for place in zone.places:
            assert geometry.place(place).covered == zone.covered, place


@pytest.mark.parametrize("zone", TABLE)
def test_zone_and_card_table_equals_the_brief(zone):
    _sides, *expected = TABLE[zone]
    for relation, codes in zip(("typical", "possible", "learn"), expected, strict=True):
        found = {card.code for card in CARDS if zone in getattr(card, relation)}
        assert found == set(codes.split()), f"{zone}: {relation}"


def test_every_covered_zone_has_a_card_where_it_is_typical():
    typical = {zone for card in CARDS for zone in card.typical}
    assert {zone.id for zone in STORE.zones() if zone.covered} <= typical


def test_every_paired_name_says_its_side():
    for zone in STORE.zones():
        if zone.paired:
            for name, word in (
                ("left", "gauche"),
                ("right", "droit"),
                ("short_left", "gauche"),
                ("short_right", "droit"),
            ):
                assert word in getattr(zone, name), f"{zone.id}: {name}"


@pytest.mark.parametrize("slug", SLUGS)
def test_a_card_has_its_blocks_its_length_and_its_signs(slug):
    card = STORE.card(slug)
    if card.kind in ("condition", "emergency"):
        assert set(card.sections) == set(SECTIONS[card.kind])
        assert 1 <= len(card.signs) <= MAX_SIGNS
    if card.kind in ("condition", "emergency", "guide"):
        words = sum(len(re.findall(r"[\w’-]+", markup.plain(block.text))) for block in card.blocks)
        shared = any(block.form == "shared" for block in card.blocks)
        assert (350 if shared else 450) <= words <= 1000, f"{words} words"


def test_self_care_is_linked_from_ordinary_cards_and_never_from_emergencies():
    for card in CARDS:
        linked = any("card:autosoins-exercices" in block.text for block in card.blocks)
        linked |= "autosoins-exercices" in card.see_also
        linked |= any(block.form == "shared" and block.section == "self-care" for block in card.blocks)
        if card.kind in ("emergency", "urgent"):
            assert not linked, card.slug
        elif card.urgency == "U3":
            assert linked, card.slug


def test_nobody_is_named_as_a_reviewer_who_has_not_signed():
    assert all(not STORE.reviews(f"cards/{slug}") for slug in SLUGS), (
        "a sign-off must be a real person's: see README"
    )


@pytest.mark.parametrize(
    ("slug", "wrong", "why"),
    [
        ("anatomie-rachis", r"12 vertèbres (thoraciques|dorsales)[^.]*4 vertèbres coccygiennes", "E10"),
        ("anatomie-rachis", r"40 (à|et) 60", "E13"),
        ("anatomie-rachis", r"courbure anormale|mauvaise courbure", "E14"),
        ("coxarthrose", r"relie (le|la|les) (bassin|fémur)", "E15"),
        ("coxarthrose", r"après 50 ans", "E16"),
        ("fracture-hanche", r"fracture de la tête", "E17"),
        ("luxation-hanche", r"impotence", "E5"),
        ("douleur-grand-trochanter", r"tuberculose|goutte", "E20"),
        ("tendinopathie-fessiere", r"descen\w+ .{0,30}(pas de problème|sans (mal|douleur))", "E21"),
        ("sciatique", r"de la hanche .{0,20}plante", "E24"),
        ("anatomie-nerf-sciatique", r"branche (dorsale|ventrale) (sensitive|motrice)", "E28"),
        ("anatomie-nerf-sciatique", r"nerf [^.]{0,20}(commence|naît|part) (dans|du) (le )?bas du dos", "E25"),
        ("lien-sciatique-hanche", r"(mouvement anormal|hanche)[^.]{0,60}comprime directement", "E32"),
        ("syndrome-piriforme", r"syndrome pyramidal est", "E6"),
    ],
)
def test_an_error_of_the_first_article_is_not_repeated(slug, wrong, why):
    for message in STORE.card(slug).messages():
        if not message.key.endswith(("/search", "/also")):
            assert not re.search(wrong, message.text, re.IGNORECASE), f"{why}: {message.key}"


def test_what_the_first_article_left_out_is_said():
    urgent = " ".join(block.text for block in STORE.card(URGENT_SLUG).blocks)
    assert "Entrejambe" in urgent and "Chute" in urgent  # E35
    causes = " ".join(m.text for m in STORE.card("osteonecrose-tete-femorale").messages())
    assert "corticoïde" in causes.lower() and "alcool" in causes  # E22
    fracture = STORE.card("fracture-hanche")
    assert "col" in " ".join(b.text for b in fracture.section("what-it-is"))  # E17
    assert "moelle" in " ".join(m.text for m in STORE.card("anatomie-rachis").messages())  # E12
    for slug in ("cruralgie", "canal-lombaire-etroit", "hernie-discale", "douleur-sacro-iliaque-coccyx"):
        assert slug in SLUGS  # E36
