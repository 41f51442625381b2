"""What is confirmed, signed or open of each card, and what was seen."""

import datetime as dt
from dataclasses import replace

import pytest

from webapp.content import audit
from webapp.content.audit import CHECKLISTS, POINTS
from webapp.content.model import Country, Review

TODAY = dt.date(2026, 11, 30)
REVIEW = Review("cards/fiche-essai", "fr", "0" * 64, "Camille Essai", "rhumatologue d’essai", "2026-11-01")


def nobody(card, locale):
    return ()


@pytest.fixture
def card(store):
    return store.card("fiche-essai")


@pytest.fixture
def findings(store):
    """`findings(card)`: point -> finding; a changed card is judged as if it were published so."""

    def by_point(card, *, today=TODAY, signed=nobody, locales=("fr", "ar", "en")):
        found = audit.audit_card(store, card, today, signed, locales)
        assert len({finding.point for finding in found}) == len(found)
        return {finding.point: finding for finding in found}

    return by_point


def without(card, *keys):
    """Return `card` without some of its blocks."""
    assert {*keys} <= {block.key for block in card.blocks}
    return replace(card, blocks=tuple(block for block in card.blocks if block.key not in keys))


def with_block(card, key, **values):
    """Return `card` with one block changed."""
    assert key in {block.key for block in card.blocks}
    blocks = tuple(replace(block, **values) if block.key == key else block for block in card.blocks)
    return replace(card, blocks=blocks)


def test_what_is_seen_of_a_card_point_by_point(findings, card):
    assert [
        (finding.point, finding.state, finding.count, finding.total) for finding in findings(card).values()
    ] == [
        ("danger-signs", "confirmed", 3, 3),
        ("in-brief", "confirmed", 2, None),
        ("dates", "confirmed", None, None),
        ("when", "confirmed", 4, None),
        ("actions", "confirmed", 1, None),
        ("unknown", "confirmed", 1, None),
        ("questions", "confirmed", 3, None),
        ("words", "confirmed", 2, None),
        ("more", "confirmed", 2, None),
        ("sources-named", "confirmed", 3, 3),
        ("sources-dated", "open", 1, 3),
        ("sources-linked", "open", 2, 3),
        ("claims-sourced", "open", 6, 8),
        ("places-sourced", "confirmed", 2, None),
        ("places-in-words", "confirmed", 1, None),
        ("choice", "confirmed", 2, None),
        ("benefit-and-risk", "confirmed", 2, 2),
        ("untreated", "open", None, None),
        ("numbers", "confirmed", 1, 1),
        ("sentences", "confirmed", 4, 4),
        ("clinician", "open", None, None),
        ("translations", "open", 0, 2),
    ]


def test_points_come_in_the_order_of_their_list_and_each_is_asked_by_a_known_checklist(findings, store):
    order = list(POINTS)
    for card in store.cards():
        places = [order.index(point) for point in findings(card)]
        assert places == sorted(places)
    assert {name for point in POINTS.values() for name in point.asked_by} == {c.name for c in CHECKLISTS}


def test_a_point_about_what_a_kind_of_card_does_not_have_is_left_out(findings, store):
    of_condition = set(findings(store.card("fiche-essai")))
    assert "choice" not in findings(store.card("anatomie-essai"))
    assert "in-brief" not in findings(store.card("signaux-alerte"))
    assert {"choice", "untreated", "in-brief", "when"} <= of_condition


@pytest.mark.parametrize(
    ("point", "spoil"),
    [
        ("danger-signs", lambda card: replace(card, signs=("nothing-of-the-kind",))),
        ("in-brief", lambda card: replace(card, blocks=(*card.blocks[2:], *card.blocks[:2]))),
        ("when", lambda card: with_block(card, "when-saddle", urgency="U3")),
        ("actions", lambda card: without(card, "read-on")),
        ("unknown", lambda card: without(card, "why-so-many")),
        ("questions", lambda card: without(card, "ask-count")),
        ("words", lambda card: replace(card, words=())),
        ("more", lambda card: replace(card, see_also=())),
        ("places-sourced", lambda card: replace(card, zone_sources=("editor",))),
        ("places-in-words", lambda card: without(card, "place")),
        ("choice", lambda card: without(card, "walk", "walk-benefit", "walk-risk")),
        ("benefit-and-risk", lambda card: without(card, "rest-risk")),
        ("benefit-and-risk", lambda card: without(card, *(b.key for b in card.section("treatments")))),
        ("sentences", lambda card: with_block(card, "when-saddle", text="un " * 21 + "essai.")),
    ],
)
def test_a_point_that_fails_is_open(findings, card, point, spoil):
    assert findings(card)[point].state == "confirmed"
    assert findings(spoil(card))[point].state == "open"


def test_a_card_without_sources_confirms_nothing_about_sources(findings, card):
    blocks = tuple(replace(block, sources=("editor",)) for block in card.blocks)
    found = findings(replace(card, blocks=blocks, zone_sources=()))
    for point in ("sources-named", "sources-dated", "sources-linked", "claims-sourced"):
        assert found[point].state == "open", point


def test_claims_are_confirmed_when_each_cites_somebody_else(findings, card):
    half = with_block(card, "rest-risk", sources=("S1", "editor"))
    assert (findings(half)["claims-sourced"].state, findings(half)["claims-sourced"].count) == ("open", 7)
    assert findings(with_block(half, "walk-risk", sources=("S2",)))["claims-sourced"].state == "confirmed"


@pytest.mark.parametrize(("today", "state"), [("2099-01-31", "confirmed"), ("2099-02-01", "open")])
def test_a_date_is_confirmed_until_the_review_is_overdue(findings, card, today, state):
    assert findings(card, today=dt.date.fromisoformat(today))["dates"].state == state


@pytest.mark.parametrize(
    ("text", "is_about_it"),
    [
        ("Sans traitement, l’essai dure un an.", True),
        ("Sans aucun soin : chiffre inconnu.", True),
        ("Avec ou **sans opération**, rien ne change.", True),
        ("Une hernie non opérée peut durcir.", True),
        ("Si la hanche n’est pas remise en place, elle reste bloquée.", True),
        ("Des soins aident. Sans eux, cela dure.", True),
        ("L’essai finit toujours.", False),
        ("Sans douleur, le traitement continue.", False),
        ("Marchez sans canne.", False),
    ],
)
def test_the_passage_about_no_treatment_is_named_for_people_to_judge(findings, card, text, is_about_it):
    found = findings(with_block(card, "it-ends", text=text))["untreated"]
    assert found.state == ("confirmed" if is_about_it else "open")
    if is_about_it:
        slug, block = found.block
        assert (slug, block.key, block.text) == ("fiche-essai", "it-ends", text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Près de 95 personnes sur 100, et une sur deux.", ("confirmed", 3, 3)),
        ("Sur 100 hanches, 38 font mal.", ("confirmed", 2, 2)),
        ("Chez 12 % des essais, 1 personne sur 3.", ("open", 2, 3)),
        ("Cinq pour cent des essais.", ("open", 1, 2)),
        ("Appuyez sur deux doigts.", ("confirmed", 1, 1)),
    ],
)
def test_proportions_are_counted_and_percentages_are_open(findings, card, text, seen):
    """The card says one more: «Sur 100 essais, 5 concernent quelqu’un.»"""
    found = findings(with_block(card, "it-ends", text=text))["numbers"]
    assert (found.state, found.count, found.total) == seen


def test_a_card_without_proportions_has_no_such_point(findings, card):
    assert "numbers" not in findings(without(card, "five-in-hundred"))


def test_a_shared_passage_counts_on_the_card_that_shows_it(findings, store):
    shown = len(store.section("signaux-alerte", "while-waiting"))
    own = [b for b in store.card("urgence-essai").section("while-waiting") if b.form != "shared"]
    assert findings(store.card("urgence-essai"))["actions"].count == shown + len(own) > len(own)


def test_a_sign_off_of_the_french_is_signed_with_its_name_and_never_confirmed_by_the_program(findings, card):
    def signed(card, locale):
        return (REVIEW,) if locale == "fr" else ()

    found = findings(card, signed=signed)
    assert (found["clinician"].state, found["clinician"].signed) == ("signed", (REVIEW,))
    assert (found["translations"].state, found["translations"].count) == ("open", 0)


def test_translations_are_signed_when_each_offered_one_is(findings, card):
    def signed(*locales):
        return lambda card, locale: (replace(REVIEW, locale=locale),) if locale in locales else ()

    some = findings(card, signed=signed("en"))["translations"]
    assert (some.state, some.count, some.total, len(some.signed)) == ("open", 1, 2, 1)
    assert findings(card, signed=signed("en", "ar"))["translations"].state == "signed"
    assert "translations" not in findings(card, locales=("fr",))


def test_the_site_owns_up_to_what_its_host_left_blank(store):
    found = {f.point: f for f in audit.audit_site((), publisher="Clinique d’essai", funding="", contact="")}
    assert (found["publisher"].state, found["publisher"].text) == ("confirmed", "Clinique d’essai")
    assert found["funding"].state == found["contact"].state == "open"
    assert found["calls-sourced"].state == "open", "of no number, nothing is confirmed"


def test_emergency_numbers_need_a_source_and_the_day_it_was_read():
    dated = Country("FR", "15", sources=("S1",), read=TODAY)
    undated = Country("DZ", "14", sources=("S1",))
    bare = Country("XX", "1", read=TODAY)

    def states(*countries):
        found = audit.audit_site(countries, publisher="", funding="", contact="")
        return [(f.state, f.count, f.total) for f in found if f.point.startswith("calls")]

    assert states(dated) == [("confirmed", 1, 1), ("confirmed", 1, 1)]
    assert states(dated, undated, bare) == [("open", 2, 3), ("open", 2, 3)]
