"""French content in another language, block by block: what is shown, in which language, in which state."""

import pytest

from webapp.content.catalog import Compiled
from webapp.content.localize import Localizer, Text
from webapp.content.store import Store
from webapp.i18n import catalogs

PLACE = "L’essai se sent dans la fesse d’essai."
WARM, COOL = "Essai : restez au chaud.", "Essai : restez au frais."


@pytest.fixture
def read(data):
    """`read("en")`: how a reader of English looks content up now."""

    def localizer(locale):
        store = Store(data / "content.db")
        compiled = (
            None if locale == "fr" else Compiled(catalogs.compiled_content(data / "translations", locale))
        )
        return Localizer(store, locale, compiled, store.changes())

    return localizer


@pytest.fixture
def sync(data):
    """Bring the catalogs to today's French, as publishing does."""

    def bring():
        catalogs.sync(data / "translations", Store(data / "content.db"))
        catalogs.compile_all(data / "translations")

    return bring


def texts(localized, section):
    return [block.text for block in localized.sections[section]]


def card(localizer, slug="fiche-essai"):
    return localizer.card(localizer.store.card(slug))


# --- one text ---


def test_french_reader_gets_the_french(read):
    assert texts(card(read("fr")), "where") == [Text(PLACE, "fr", "fiche-essai/place")]


def test_current_translation_is_shown(read):
    assert texts(card(read("en")), "where") == [Text(f"In English: {PLACE}", "en", "fiche-essai/place")]
    assert card(read("ar")).title == Text("بالعربية: Fiche d’essai", "ar", "fiche-essai/title")


def test_missing_translation_is_french_and_marked_so(read, translate):
    translate("en", "fiche-essai/place", "")
    assert texts(card(read("en")), "where") == [Text(PLACE, "fr", "fiche-essai/place", "missing")]


def test_draft_is_never_shown_not_even_of_a_safety_text(read, translate):
    translate("en", "fiche-essai/place", "Somewhere?", is_fuzzy=True)
    translate("en", "signaux-alerte/keep-warm", "Stay hot?", is_fuzzy=True)
    assert texts(card(read("en")), "where") == [Text(PLACE, "fr", "fiche-essai/place", "draft")]
    assert texts(card(read("en"), "signaux-alerte"), "while-waiting")[0] == Text(
        WARM, "fr", "signaux-alerte/keep-warm", "draft"
    )


@pytest.mark.parametrize("is_synced", [False, True])
def test_stale_ordinary_text_is_todays_french_and_marked_so(read, publish, sync, is_synced):
    publish("cards/fiche-essai", PLACE, "L’essai se sent ailleurs.")
    if is_synced:
        sync()
    assert texts(card(read("en")), "where") == [
        Text("L’essai se sent ailleurs.", "fr", "fiche-essai/place", "stale")
    ]


@pytest.mark.parametrize("is_synced", [False, True])
def test_stale_safety_text_keeps_the_old_translation_with_todays_french_beside_it(
    read, publish, sync, is_synced
):
    publish("cards/signaux-alerte", WARM, COOL)
    if is_synced:
        sync()
    assert texts(card(read("en"), "signaux-alerte"), "while-waiting")[0] == Text(
        f"In English: {WARM}", "en", "signaux-alerte/keep-warm", "stale", COOL
    )


@pytest.mark.parametrize("is_synced", [False, True])
def test_unsafe_french_withdraws_the_old_translation_at_once(read, editor, store, sync, is_synced):
    text = store.revisions("cards/signaux-alerte")[-1].text.replace(WARM, COOL)
    editor.save({"cards/signaux-alerte": text}, author="Camille", note="dangereux", kind="unsafe")
    editor.publish()
    if is_synced:
        sync()
    assert texts(card(read("en"), "signaux-alerte"), "while-waiting")[0] == Text(
        COOL, "fr", "signaux-alerte/keep-warm", "draft"
    )


@pytest.mark.parametrize("is_synced", [False, True])
def test_typo_leaves_the_translation_in_place(read, editor, store, sync, is_synced):
    text = store.revisions("cards/fiche-essai")[-1].text.replace(PLACE, PLACE.replace("sent", "sennt"))
    editor.save({"cards/fiche-essai": text}, author="Camille", note="", kind="typo")
    editor.publish()
    if is_synced:
        sync()
    assert texts(card(read("en")), "where") == [Text(f"In English: {PLACE}", "en", "fiche-essai/place")]


def test_french_taken_back_brings_its_translation_back(read, publish, sync):
    publish("cards/fiche-essai", "La loupe", "La lampe")
    sync()
    publish("cards/fiche-essai", "La lampe", "La loupe")
    sync()
    [text] = texts(card(read("en")), "exams")
    assert (text.locale, text.state) == ("en", "current")


def test_locale_without_a_catalog_is_french_throughout(store):
    localized = card(Localizer(store, "en", None))
    assert {text.locale for section in localized.sections for text in texts(localized, section)} == {"fr"}


# --- a card ---


def test_shared_blocks_stand_in_their_place_under_their_owners_key(read):
    localized = card(read("en"), "urgence-essai")
    assert [text.key for text in texts(localized, "while-waiting")] == [
        "urgence-essai/do-not-lift",
        "signaux-alerte/keep-warm",
        "signaux-alerte/no-food",
    ]
    assert texts(localized, "while-waiting")[1].text == f"In English: {WARM}"


def test_signs_of_a_card_are_those_it_names_in_its_order_with_detail_and_action(read):
    signs = card(read("en")).signs
    assert [(sign.key, sign.urgency) for sign in signs] == [
        ("saddle", "U0"),
        ("weakness", "U1"),
        ("constant", "U2"),
    ]
    assert signs[0].action.text == "In English: Essai : appelez, même la nuit."
    assert (signs[0].detail, signs[1].action) == (None, None)
    assert signs[0].sign.key == "signaux-alerte/saddle"
    [fever] = [sign for sign in card(read("en"), "signaux-alerte").signs if sign.key == "fever"]
    assert fever.detail.text == "In English: Le frisson d’essai compte aussi."


def test_first_signs_are_the_few_for_map_and_search_in_the_order_of_the_urgent_page(read):
    assert [sign.key for sign in read("ar").first_signs()] == ["saddle", "fall"]


def test_sources_are_numbered_in_the_order_they_are_cited_and_the_editor_is_none(read):
    localized = card(read("en"))
    assert [source.key for source in localized.sources] == ["S1", "S2", "S2b"]
    [size] = localized.sections["what-it-is"]
    [nothing_real, _] = localized.sections["in-brief"]
    assert size.source_numbers == (1, 2)
    assert nothing_real.source_numbers == ()


def test_sources_of_shared_blocks_are_cited_on_the_card_that_shows_them(editor, read, store):
    text = store.revisions("cards/signaux-alerte")[-1].text
    editor.save(
        {"cards/signaux-alerte": text.replace("{#keep-warm S1}", "{#keep-warm S2b}")}, author="", note=""
    )
    editor.publish()
    assert "S2b" in [source.key for source in card(read("en"), "urgence-essai").sources]


def test_words_and_neighbours_come_in_the_cards_order_and_in_the_readers_language(read):
    localized = card(read("en"))
    assert [word.name.text for word in localized.words] == [
        "In English: nerf d’essai",
        "In English: os d’essai",
    ]
    assert [entry.slug for entry in localized.see_also] == ["anatomie-essai", "guide-essai"]
    assert localized.see_also[0].title.locale == "en"


def test_withdrawn_neighbour_is_not_listed(editor, read):
    editor.withdraw("anatomie-essai")
    assert [entry.slug for entry in card(read("en")).see_also] == ["guide-essai"]


def test_name_patients_use_may_be_missing(read):
    assert card(read("en"), "urgence-essai").also is None
    assert card(read("en")).also.locale == "en"


def test_sections_keep_the_order_of_the_page(read):
    localized = card(read("en"))
    assert tuple(localized.sections) == localized.card.sections


def test_states_count_every_text_that_was_looked_up(read, translate, publish):
    translate("en", "fiche-essai/place", "")
    publish("cards/fiche-essai", "La loupe", "La lampe")
    localized = card(read("en"))
    assert (localized.states["missing"], localized.states["stale"]) == (1, 1)
    assert localized.states["current"] > 20
    assert card(read("fr")).states == {}


def test_card_stands_though_its_signs_are_french(read, translate):
    translate("en", "signaux-alerte/saddle", "")
    [saddle, *_] = card(read("en")).signs
    assert (saddle.sign.locale, saddle.sign.state) == ("fr", "missing")


# --- places and lists ---


@pytest.mark.parametrize(
    ("zone", "side", "is_short", "name"),
    [
        ("groin", "left", False, "Aine d’essai gauche"),
        ("groin", "right", True, "aine d’essai droite"),
        ("groin", None, False, "Aine d’essai"),
        ("sacrum", None, False, "Sacrum d’essai"),
        ("sacrum", None, True, "sacrum d’essai"),
    ],
)
def test_place_is_named_with_its_side(read, zone, side, is_short, name):
    for locale, text in (("fr", name), ("ar", f"بالعربية: {name}")):
        localizer = read(locale)
        [found] = [one for one in localizer.store.zones() if one.id == zone]
        assert localizer.zone_name(found, side, short=is_short).text == text


def test_stale_name_of_a_place_keeps_its_side_and_shows_todays_french(read, publish):
    publish("reference/zones", "Aine d’essai gauche", "Pli d’essai gauche")
    localizer = read("en")
    [groin] = [zone for zone in localizer.store.zones() if zone.id == "groin"]
    name = localizer.zone_name(groin, "left")
    assert (name.text, name.state, name.french) == (
        "In English: Aine d’essai gauche",
        "stale",
        "Pli d’essai gauche",
    )


def test_emergency_in_a_list_is_a_safety_text_and_a_condition_is_not(read, publish):
    publish("cards/urgence-essai", '"Urgence d’essai"', '"Grande urgence d’essai"')
    publish("cards/fiche-essai", 'title = "Fiche d’essai"', 'title = "Grande fiche d’essai"')
    localizer = read("en")
    found = {entry.slug: localizer.entry(entry) for entry in localizer.store.entries()}
    assert found["urgence-essai"].title.text == "In English: Urgence d’essai"
    assert found["urgence-essai"].title.french == "Grande urgence d’essai"
    assert found["fiche-essai"].title.text == "Grande fiche d’essai"
    assert found["fiche-essai"].title.locale == "fr"


def test_message_is_looked_up_as_the_safety_text_it_is(read, publish):
    publish("reference/countries", "Essai : SMS au 114.", "Essai : SMS au 115.")
    localizer = read("en")
    found = {message.key: localizer.message(message) for message in localizer.store.messages()}
    assert found["country/FR/deaf"].text == "In English: Essai : SMS au 114."
    assert found["country/FR/deaf"].french == "Essai : SMS au 115."
