"""What patients type finds the card that helps them, in every language."""

import tomllib
from pathlib import Path

import pytest

from webapp.content.markup import typeset
from webapp.content.model import URGENT_SLUG
from webapp.content.search import search
from webapp.content.store import Store

ROOT = Path(__file__).parents[2]
CASES = tomllib.loads((ROOT / "tests/content/search_cases.toml").read_text("utf-8"))["case"]
LOCALES = sorted({case["locale"] for case in CASES})
STORE = Store(ROOT / "content.db")


@pytest.fixture(scope="module")
def index(real_app):
    """`index("fr")`: the search index of the repository's own content."""
    return real_app.extensions["repere"].shelf.current().search_index


@pytest.mark.parametrize("locale", LOCALES)
def test_95_of_100_real_queries_find_their_card_first_or_second(index, locale):
    cases = [case for case in CASES if case["locale"] == locale]
    missed = {}
    for case in cases:
        expected = {case["expect"]} if isinstance(case["expect"], str) else set(case["expect"])
        assert expected <= {entry.slug for entry in STORE.entries()}, f"no such card: {case}"
        found = [row.slug for row in search(index(locale), case["query"]).rows]
        if not expected & set(found[:2]):
            missed[case["query"]] = f"expected {' or '.join(sorted(expected))}, found {found[:4]}"
    hits = len(cases) - len(missed)
    assert hits * 100 >= 95 * len(cases), f"{locale}: {hits} of {len(cases)}\n" + "\n".join(
        f"  «{query}»: {what}" for query, what in missed.items()
    )


def test_every_code_of_a_card_says_what_it_stands_for():
    used = {code for card in STORE.cards() for code in card.icd10}
    assert used == {code.code for code in STORE.codes()}, "see translations/fr/reference/codes.toml"


@pytest.mark.parametrize("code", STORE.codes(), ids=lambda code: code.code)
def test_every_code_finds_its_cards_first(index, code):
    expected = [card.slug for card in STORE.cards() if code.code in card.icd10]
    found = search(index("fr"), code.code)
    assert found.codes == [(code.code, typeset(code.label, "fr"))]
    assert {row.slug for row in found.rows[: len(expected)]} == set(expected)


@pytest.mark.parametrize("slug", [card.slug for card in STORE.cards()])
def test_every_french_search_word_finds_its_card(index, slug):
    lost = [
        word
        for word in STORE.card(slug).search
        if slug not in [row.slug for row in search(index("fr"), word).rows]
    ]
    assert lost == []


@pytest.mark.parametrize("locale", ["fr", "en", "de", "es", "it", "pt", "ar"])
def test_every_danger_word_of_a_language_is_known_as_one(index, locale):
    found = index(locale)
    [urgent] = [card for card in found.cards if card["slug"] == URGENT_SLUG]
    missed = [word for word in urgent["synonyms"] if not search(found, word).is_danger]
    assert missed == []
