"""The search rule over a few invented cards, and the texts it is built from."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.content.catalog import Compiled
from webapp.content.localize import Localizer
from webapp.content.search import LONGEST_QUERY, build_index, distance, index_data, search
from webapp.content.store import Store
from webapp.i18n import catalogs


def card(slug, title, summary="", synonyms=(), blocks=(), codes=(), kind="condition", **more):
    return {
        "slug": slug,
        "kind": kind,
        "title": title,
        "summary": summary,
        "also": "",
        "synonyms": list(synonyms),
        "words": [],
        "codes": [list(code) for code in codes],
        "blocks": list(blocks),
        **more,
    }


CARDS = [
    card("urgent", "Urgence", "Les signes.", ["incontinence", "je ne peux plus uriner"], kind="urgent"),
    card(
        "sciatique",
        "Sciatique",
        "Une douleur qui descend dans une jambe.",
        ["nerf coincé", "mal à la jambe"],
        ["Le nerf est rarement en cause. Cœur de la douleur : le dos.", "Marchez."],
        [("M54.3", "sciatique"), ("M54.4", "lumbago avec sciatique")],
    ),
    card(
        "hanche",
        "Arthrose de la hanche",
        "La hanche est raide.",
        ["hanche rouillée", "mal à l’aine"],
        ["La sciatique est une autre douleur."],
        [("M16", "arthrose de la hanche"), ("M16.9", "")],
    ),
    card(
        "dos",
        "Mal de dos (sacro-iliaque)",
        "Le dos.",
        ["lumbago"],
        ["Straße und Füße."],
        [("M54.5", "mal de dos")],
    ),
    card("genou", "Genou", "Le genou.", ["boule derrière le genou"], ["Les genoux plient."]),
    card("pied", "Pied", "Le pied.", ["orteil"], ["Les orteils."]),
]
SMALL = ["je", "ne", "plus", "peux", "la", "le", "les", "à", "l", "de", "qui", "est", "une"]
INDEX = build_index({"cards": CARDS, "small": SMALL})


def slugs(query):
    return [row.slug for row in search(INDEX, query).rows]


def sentence(query):
    return "".join(
        f"[{text}]" if is_marked else text for text, is_marked in search(INDEX, query).rows[0].pieces
    )


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Sciatique", "sciatique"),
        ("SCIATIQUES", "sciatique"),
        ("sc", "sciatique"),
        ("hanches rouillees", "hanche"),
        ("nerf coince", "sciatique"),
        ("sacroiliaque", "dos"),
        ("sacro iliaque", "dos"),
        ("sacro-iliaque", "dos"),
        ("strasse", "dos"),
        ("j’ai mal à l'aine", "hanche"),
        ("lumbag", "dos"),
        ("genoux", "genou"),
    ],
)
def test_a_card_is_found_by_its_words_however_they_are_spelled(query, first):
    assert slugs(query)[0] == first


def test_where_a_word_stands_decides_which_card_comes_first():
    assert slugs("sciatique") == ["sciatique", "hanche"][: len(slugs("sciatique"))]
    assert slugs("lumbago")[0] == "dos"


def test_equal_cards_stand_in_the_editors_order():
    twins = [card("one", "Coude"), card("two", "Coude"), card("three", "Coude")]
    assert [row.slug for row in search(build_index({"cards": twins, "small": []}), "coude").rows] == [
        "one",
        "two",
        "three",
    ]


def test_the_sentence_found_is_shown_with_the_words_marked():
    assert sentence("coeur") == "[Cœur] de la douleur : le dos."
    assert sentence("fusse") == "Straße und [Füße]."
    assert sentence("orteil") == "Les [orteils]."


def test_a_card_found_by_a_synonym_alone_shows_its_summary():
    assert sentence("rouillée") == "La hanche est raide."


def test_the_nearest_cards_are_said_to_be_the_nearest():
    assert not search(INDEX, "nerf coincé").is_partial
    found = search(INDEX, "nerf rouillée")
    assert found.is_partial and {row.slug for row in found.rows} == {"sciatique", "hanche"}
    assert search(INDEX, "lumbago zzzzzz").is_partial


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("siatique", "Sciatique"),
        ("sciatiuqe", "Sciatique"),
        ("lumabgo", "lumbago"),
        ("mal au genuo", "mal au Genou"),
        ("geno ux", ""),
    ],
)
def test_a_misspelled_word_is_taken_for_the_nearest(typed, meant):
    found = search(INDEX, typed)
    assert found.corrected == meant
    assert not meant or found.rows


def test_a_word_far_from_all_others_finds_nothing_and_is_not_corrected():
    found = search(INDEX, "xylophone")
    assert (found.rows, found.corrected, found.is_partial) == ([], "", False)


def test_a_compound_is_found_by_its_parts():
    german = [
        card("a", "Schmerzen der Hüfte"),
        card("b", "Schmerzen am Knie"),
        card("c", "Hüfte"),
        card("d", "Arm"),
    ]
    index = build_index({"cards": german, "small": []})
    assert search(index, "Hüftschmerzen").rows[0].slug == "a"
    assert search(index, "Knieschmerzen").rows[0].slug == "b"


def test_the_arabic_article_and_endings_make_no_difference():
    index = build_index(
        {"cards": [card("a", "ألم الركبة"), card("b", "ألم الورك"), card("c", "الظهر")], "small": []}
    )
    for query in ("ركبة", "الركبة", "ركبتي", "وَالرُّكْبَة"):
        assert search(index, query).rows[0].slug == "a", query


@pytest.mark.parametrize(
    ("query", "codes", "found"),
    [
        ("M54.3", ["M54.3"], ["sciatique"]),
        ("m543", ["M54.3"], ["sciatique"]),
        ("diagnostic : M54,3", ["M54.3"], ["sciatique"]),
        ("M54.30", ["M54.3"], ["sciatique"]),
        ("M54.3G", ["M54.3"], ["sciatique"]),
        ("M54", ["M54.3", "M54.4", "M54.5"], ["sciatique", "dos"]),
        ("M16", ["M16"], ["hanche"]),
        ("M16.1", ["M16"], ["hanche"]),
        ("M16.9", [], ["hanche"]),
        ("M99.9", [], []),
    ],
)
def test_a_code_of_a_letter_finds_its_card_and_says_what_it_stands_for(query, codes, found):
    result = search(INDEX, query)
    assert [code for code, _label in result.codes] == codes
    assert [row.slug for row in result.rows][: len(found)] == found
    assert all(label for _code, label in result.codes)


@pytest.mark.parametrize(
    ("query", "is_danger"),
    [
        ("incontinence", True),
        ("incontinences", True),
        ("ma mère ne peut plus uriner", True),
        ("sciatique et incontinence", True),
        ("sciatique", False),
        ("je ne peux plus", False),
        ("genou", False),
    ],
)
def test_words_for_an_emergency_are_told_from_others(query, is_danger):
    assert search(INDEX, query).is_danger is is_danger


def test_small_words_alone_still_search():
    assert search(INDEX, "la").rows


@pytest.mark.parametrize("query", ["", " ", "\t\n", "…", "؟!", "\u200b", "\x00"])
def test_a_query_without_words_finds_nothing(query):
    found = search(INDEX, query)
    assert (found.rows, found.codes, found.corrected, found.is_danger) == ([], [], "", False)


def test_a_long_query_is_cut():
    assert len(search(INDEX, "a" * 10_000).query) == LONGEST_QUERY
    assert search(INDEX, "sciatique " * 1_000).rows[0].slug == "sciatique"


VOCABULARY = [
    *INDEX.worth,
    *SMALL,
    "M54.3",
    "M16",
    "<script>",
    "\x00",
    "\ud800",
    "\u202e",
    "😀",
    "𝐌𝟓𝟒",
    "l’",
    "-",
]
QUERIES = st.lists(st.one_of(st.sampled_from(VOCABULARY), st.text(st.characters(), max_size=9))).map(" ".join)


@given(QUERIES)
@example("\ud800 \udfff")
@example("m54. m54.")
def test_search_never_raises_and_shows_only_what_the_cards_say(query):
    found = search(INDEX, query)
    said = {one["slug"]: " ".join([one["summary"], *one["blocks"]]) for one in CARDS}
    assert len({row.slug for row in found.rows}) == len(found.rows)
    for row in found.rows:
        assert "".join(text for text, _ in row.pieces) in said[row.slug]
    assert search(INDEX, query).to_json() == found.to_json()


TEXT = st.text(st.one_of(st.characters(), st.sampled_from("«ال أ،;:(). -\u0301.!?")), max_size=20)
TEXTS = st.lists(TEXT, max_size=3)
DATA = st.lists(
    st.fixed_dictionaries(
        {name: TEXT for name in ("title", "summary", "also")}
        | {name: TEXTS for name in ("synonyms", "words", "blocks")}
        | {
            "slug": TEXT,
            "kind": st.sampled_from(["condition", "urgent"]),
            "codes": st.lists(st.tuples(TEXT, TEXT)),
        }
    ),
    max_size=4,
)


@given(DATA, TEXTS, QUERIES)
def test_whatever_catalogs_hold_is_searched_without_an_error(cards, small, query):
    index = build_index({"cards": cards, "small": small})
    for one in (query, *(card["title"] for card in cards)):
        search(index, one)


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("abc", "abd", 1),
        ("ca", "abc", 3),
        ("a", "xyz", 3),
    ],
)
def test_distance_counts_letters_added_dropped_changed_or_swapped(one, other, far):
    assert distance(one, other, 3) == distance(other, one, 3) == far
    assert distance(one, other, 0) == min(far, 1)


# --- the texts ---


@pytest.fixture
def texts_of(data):
    """`texts_of("en")`: the texts of a card in a language, by slug."""

    def read(locale):
        store, folder = Store(data / "content.db"), data / "translations"
        compiled = None if locale == "fr" else Compiled(catalogs.compiled_content(folder, locale))
        found = index_data(Localizer(store, locale, compiled, store.changes()))
        return {one["slug"]: one for one in found["cards"]}

    return read


def test_texts_are_those_of_the_page_without_marks(texts_of):
    found = texts_of("fr")["fiche-essai"]
    assert found["title"] == "Fiche d’essai"
    assert found["synonyms"] == ["essai", "fiche inventée", "œuvre"]
    assert found["codes"] == [["Z00.0", "examen d’essai complet"]]
    assert "Cette fiche est un essai\u00a0: elle ne parle d’aucune maladie." in found["blocks"]
    assert "lang" not in found


def test_cards_stand_in_the_editors_order_and_withdrawn_ones_do_not(texts_of, editor, store):
    assert list(texts_of("fr")) == [entry.slug for entry in store.entries()]
    editor.withdraw("fiche-essai")
    assert "fiche-essai" not in texts_of("fr")


def test_each_language_has_its_own_words_even_when_the_french_list_changes(texts_of, publish):
    publish("cards/fiche-essai", '"fiche inventée", ', "")
    found = texts_of("en")["fiche-essai"]
    assert found["synonyms"] == ["In English: essai", "fiche inventée", "œuvre"]


def test_a_card_speaks_one_language(texts_of, translate, publish):
    publish("cards/fiche-essai", "L’essai se sent dans la fesse d’essai.", "L’essai se sent ailleurs.")
    english = texts_of("en")["fiche-essai"]
    assert all(text.startswith("In English: ") for text in [english["title"], *english["blocks"]])
    publish("cards/fiche-essai", 'title = "Fiche d’essai"', 'title = "Autre fiche"')
    french = texts_of("en")["fiche-essai"]
    assert (french["lang"], french["title"]) == ("fr", "Autre fiche")
    assert not any(
        "In English" in text for text in [french["summary"], *french["synonyms"], *french["blocks"]]
    )


def test_a_code_whose_meaning_is_not_translated_is_still_found(texts_of, translate):
    translate("en", "code/Z00.0/label", "")
    assert texts_of("en")["fiche-essai"]["codes"] == [["Z00.0", ""]]
