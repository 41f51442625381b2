"""From places to cards: an index that is the same for everybody, never a judgement."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.content import mirror
from webapp.content.places import Places, find_cards
from webapp.content.store import Store

ALL = (
    "chest",
    "sacrum",
    "buttock-deep-left",
    "buttock-deep-right",
    "saddle",
    "groin-left",
    "groin-right",
    "hip-side-left",
    "hip-side-right",
    "thigh-back-upper-left",
    "thigh-back-upper-right",
)


@pytest.fixture
def find(store):
    """`find("groin-left", "sacrum")`: the answer of the map."""
    places = Places(store.zones())
    return lambda *ids: find_cards(store, places.choose(ids))


@pytest.fixture(scope="module")
def unchanged(built_data):
    """The content for tests with many examples, none of which changes it."""
    return Store(built_data / "content.db")


def slugs(entries):
    return [entry.slug for entry in entries]


def findings(found):
    return {finding.entry.slug: [place.id for place in finding.places] for finding in found}


# --- places ---


def test_every_place_is_there_in_the_order_of_the_form(store):
    assert tuple(Places(store.zones()).by_id) == ALL


def test_choice_is_in_the_order_of_the_form_and_each_place_once(store):
    places = Places(store.zones())
    chosen = places.choose(["thigh-back-upper-left", "sacrum", "thigh-back-upper-left", "buttock-deep-right"])
    assert [place.id for place in chosen] == ["sacrum", "buttock-deep-right", "thigh-back-upper-left"]


@pytest.mark.parametrize("unknown", ["tail", "groin", "sacrum-left", "", "GROIN-LEFT", "groin-left "])
def test_unknown_place_is_an_error(store, unknown):
    with pytest.raises(KeyError):
        Places(store.zones()).choose(["sacrum", unknown])


# --- answers ---


def test_nothing_chosen_gives_only_the_fixed_band(find):
    found = find()
    assert slugs(found.rule_out) == ["urgence-essai"]
    assert (found.all, found.some, found.learn, found.uncovered, found.count) == ((), (), (), (), 0)


def test_one_place_gives_the_cards_that_name_it_with_the_reason(find):
    found = find("buttock-deep-right")
    assert findings(found.all) == {"fiche-essai": ["buttock-deep-right"]}
    assert found.some == ()
    assert slugs(found.learn) == ["anatomie-essai"]


def test_several_places_tell_cards_of_all_from_cards_of_some(find):
    found = find("buttock-deep-right", "thigh-back-upper-right", "sacrum")
    assert findings(found.all) == {
        "fiche-essai": ["sacrum", "buttock-deep-right", "thigh-back-upper-right"],
    }
    assert findings(found.some) == {"guide-essai": ["sacrum", "thigh-back-upper-right"]}
    assert found.count == 2


def test_both_sides_of_a_zone_are_two_places_of_one_card(find):
    found = find("buttock-deep-left", "buttock-deep-right")
    assert findings(found.all) == {"fiche-essai": ["buttock-deep-left", "buttock-deep-right"]}


def test_card_of_one_of_two_places_is_not_a_card_of_all(find):
    found = find("buttock-deep-left", "groin-left")
    assert found.all == ()
    assert findings(found.some) == {"fiche-essai": ["buttock-deep-left"]}


def test_emergency_cards_stand_in_the_band_and_nowhere_else(find):
    for places in itertools.combinations(ALL, 2):
        found = find(*places)
        assert slugs(found.rule_out) == ["urgence-essai"]
        listed = [finding.entry for finding in (*found.all, *found.some)] + list(found.learn)
        assert "urgence-essai" not in slugs(listed)


def test_band_is_the_same_whatever_is_chosen(find):
    assert {find(*ids).rule_out for ids in [(), ("groin-left",), ("chest",), ALL]} == {find().rule_out}


def test_place_not_covered_is_named_and_gives_no_card(find):
    found = find("chest")
    assert [place.id for place in found.uncovered] == ["chest"]
    assert (found.all, found.some, found.learn) == ((), (), ())


def test_place_not_covered_does_not_push_a_card_down_to_some(find):
    found = find("chest", "buttock-deep-left")
    assert findings(found.all) == {"fiche-essai": ["buttock-deep-left"]}
    assert [place.id for place in found.uncovered] == ["chest"]
    assert [place.id for place in found.chosen] == ["chest", "buttock-deep-left"]


def test_place_that_no_card_names_still_answers(find, publish, editor):
    publish("cards/fiche-essai", '["buttock-deep", "thigh-back-upper"]', '["buttock-deep"]')
    publish("cards/guide-essai", '["sacrum", "thigh-back-upper"]', '["sacrum"]')
    store = Store(editor.path)
    found = find_cards(store, Places(store.zones()).choose(["thigh-back-upper-left"]))
    assert found.count == 0 and found.rule_out


def test_cards_keep_the_editors_order_however_many_places_they_name(editor, store):
    texts = mirror.documents(store)
    guide = texts["cards/guide-essai"].replace("order = 40", "order = 2")
    editor.save({"cards/guide-essai": guide}, author="Camille", note="")
    editor.publish()
    store = Store(editor.path)
    choose = Places(store.zones()).choose
    for ids in (["sacrum"], ["sacrum", "buttock-deep-left"], ["sacrum", "buttock-deep-left", "groin-left"]):
        found = find_cards(store, choose(ids))
        for group in (found.all, found.some):
            orders = [finding.entry.order for finding in group]
            assert orders == sorted(orders)
    found = find_cards(store, choose(["sacrum", "buttock-deep-left", "groin-left"]))
    assert slugs(finding.entry for finding in found.some) == ["guide-essai", "fiche-essai"]


@given(ids=st.lists(st.sampled_from(ALL), max_size=8), seed=st.integers(0, 1000))
def test_same_places_give_everybody_the_same_answer_in_whatever_order_they_were_touched(unchanged, ids, seed):
    choose = Places(unchanged.zones()).choose
    shuffled = random.Random(seed).sample(ids, len(ids))
    assert find_cards(unchanged, choose(ids)) == find_cards(unchanged, choose(shuffled + shuffled))


@given(ids=st.sets(st.sampled_from(ALL)))
def test_answer_is_what_the_cards_themselves_say(unchanged, ids):
    found = find_cards(unchanged, Places(unchanged.zones()).choose(ids))
    covered = [place for place in found.chosen if place.zone.covered]
    for card in unchanged.cards():
        named = [place.id for place in covered if place.zone.id in card.typical + card.possible]
        if card.kind == "emergency" or not named:
            expected = None
        else:
            expected = named
        told = findings(found.all) | findings(found.some)
        assert told.get(card.slug) == expected
        assert (card.slug in findings(found.all)) == (expected is not None and len(named) == len(covered))
