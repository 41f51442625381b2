"""What may not be published: each rule, broken alone, is told alone."""

from dataclasses import replace

import pytest

from webapp.content import mirror, validate
from webapp.content.editor import Editor
from webapp.content.model import ContentError
from webapp.content.store import Store

FICHE, URGENT, URGENCE = "cards/fiche-essai", "cards/signaux-alerte", "cards/urgence-essai"
GUIDE, ANATOMY = "cards/guide-essai", "cards/anatomie-essai"
SOURCES, ZONES, TERMS, COUNTRIES, CODES = (
    f"reference/{name}" for name in ("sources", "zones", "terms", "countries", "codes")
)


@pytest.fixture
def refused(data):
    """`refused((document, old, new), …)`: the problems of publishing these changes."""

    def problems_of(*changes):
        editor = Editor(data)
        texts = mirror.documents(Store(editor.path))
        for name, old, new in changes:
            assert old in texts[name], f"«{old}» is not in {name}"
            texts[name] = texts[name].replace(old, new, 1)
        editor.save(texts, author="Camille", note="")
        before = editor.path.read_bytes()
        with pytest.raises(ContentError) as caught:
            editor.publish()
        assert editor.path.read_bytes() == before
        for problem in caught.value.problems:
            assert problem.where and problem.mend and "\n" not in str(problem)
        return [(problem.where, problem.what) for problem in caught.value.problems]

    return problems_of


def test_invented_content_has_no_problem(store):
    assert validate.check_store(store) == ()


FRONT = "fiche-essai: front matter"
LONG = " ".join(["mot"] * (validate.SAFETY_SENTENCE_WORDS + 1))

RULES = [
    # (document, old, new, where, what)
    # front matter
    (GUIDE, 'title = "Guide d’essai"', 'title = ""', "guide-essai: front matter", "title is empty"),
    (FICHE, '"Une affection inventée, qui ne sert qu’aux essais."', '""', FRONT, "summary is empty"),
    (FICHE, '"C90"', '""', FRONT, "code is empty"),
    (FICHE, "Une affection inventée", "x" * 90, FRONT, "summary has 118 characters"),
    (FICHE, 'urgency = ""', 'urgency = "U9"', FRONT, "urgency «U9»"),
    (FICHE, 'sides = "one"', 'sides = "left"', FRONT, "sides «left»"),
    (FICHE, '"thigh-back-upper"]', '"tail"]', FRONT, "zone «tail» does not exist"),
    (ANATOMY, '"groin"]', '"tail"]', "anatomie-essai: front matter", "zone «tail» does not exist"),
    (FICHE, '["S1", "S2b"]', '["S1", "S9"]', FRONT, "source «S9» does not exist"),
    (FICHE, '"test-bone"]', '"test-tail"]', FRONT, "term «test-tail» does not exist"),
    (FICHE, '"guide-essai"]', '"nulle-part"]', FRONT, "card «nulle-part» does not exist"),
    (FICHE, '"weakness", "constant"]', '"weakness", "sneeze"]', FRONT, "danger sign «sneeze» does not exist"),
    (FICHE, '["back", "right"]', '["back", "top"]', FRONT, "view «top» does not exist"),
    (
        FICHE,
        '["saddle", "weakness", "constant"]',
        '["saddle", "fall", "cold-leg", "weakness", "fever", "constant", "persists"]',
        FRONT,
        "7 danger signs",
    ),
    (FICHE, '["saddle", "weakness", "constant"]', "[]", FRONT, "no danger signs"),
    (
        FICHE,
        'typical = ["buttock-deep", "thigh-back-upper"]\npossible = ["sacrum"]',
        "typical = []\npossible = []",
        FRONT,
        "no zones",
    ),
    (FICHE, '["anatomie-essai", "guide-essai"]', '["fiche-essai"]', FRONT, "see_also names the card itself"),
    # sections
    (
        FICHE,
        "## Examens {#exams}\n\nLa loupe d’essai suffit. {#magnifier S2}\n\n",
        "",
        "fiche-essai",
        "section «exams» is missing",
    ),
    (
        FICHE,
        "La loupe d’essai suffit. {#magnifier S2}\n\n",
        "",
        "fiche-essai",
        "section «exams» is missing or empty",
    ),
    (
        GUIDE,
        "Un essai se lit du début à la fin. {#order editor}\n\n",
        "",
        "guide-essai",
        "section «in-brief» is missing",
    ),
    (FICHE, "- Est-ce un essai ? {#ask-test}\n\n", "", "fiche-essai", "2 questions to ask"),
    (
        FICHE,
        "- Est-ce un essai ? {#ask-test}",
        "- Un ? {#ask-a}\n\n- Deux ? {#ask-b}\n\n- Trois ? {#ask-c}\n\n- Quatre ? {#ask-d}",
        "fiche-essai",
        "6 questions to ask",
    ),
    (FICHE, "{#when-long U2 S2}", "{#when-long U0 S2}", "fiche-essai", "«when» is not in order of urgency"),
    # blocks
    (
        URGENCE,
        "=signaux-alerte/while-waiting",
        "=signaux-alerte/nowhere",
        "urgence-essai/waiting-shared",
        "«signaux-alerte/nowhere» does not",
    ),
    (FICHE, "{#place S1}", "{#place S9}", "fiche-essai/place", "source «S9» does not exist"),
    (FICHE, "{#magnifier S2}", "{#magnifier}", "fiche-essai/magnifier", "a claim without a source"),
    (
        FICHE,
        "L’essai se sent dans la fesse d’essai. {#place S1}",
        "L’essai se sent 3 fois. {#place}",
        "fiche-essai/place",
        "a number without a source",
    ),
    (FICHE, "(card:anatomie-essai)", "(card:nulle-part)", "fiche-essai/read-on", "link to «nulle-part»"),
    (FICHE, "La loupe", "La <br>loupe", "fiche-essai/magnifier", "«<br>» is not allowed in a text"),
    (
        FICHE,
        "La loupe",
        "La [loupe](https://example.org)",
        "fiche-essai/magnifier",
        "is not allowed in a text",
    ),
    (FICHE, "La loupe", "La *loupe*", "fiche-essai/magnifier", "«*» is not allowed in a text"),
    (FICHE, "{#when-bored U3 editor}", "{#when-bored editor}", "fiche-essai/when-bored", "urgency «»"),
    (URGENT, "{#fever U1 S2}", "{#fever U2 S2}", "signaux-alerte/fever", "urgency «U2»"),
    (
        URGENT,
        "Essai : appelez, même la nuit.",
        f"Essai. {LONG}.",
        "signaux-alerte/saddle-action",
        "a safety sentence of 21 words",
    ),
    (
        FICHE,
        "La selle d’essai est engourdie.",
        f"{LONG} !",
        "fiche-essai/when-saddle",
        "a safety sentence of 22 words",
    ),
    # treatments
    (
        FICHE,
        "Il endort le lecteur d’essai. {#rest-risk risk editor}\n\n",
        "",
        "fiche-essai/rest",
        "one benefit and one risk",
    ),
    (
        FICHE,
        "{#walk-benefit benefit S1}",
        "{#walk-benefit risk S1}",
        "fiche-essai/walk",
        "one benefit and one risk",
    ),
    # danger signs
    (
        FICHE,
        "{#when-saddle U0 S1}",
        "{#when-saddle U0 first S1}",
        "fiche-essai/when-saddle",
        "«first» on another block",
    ),
    (
        URGENT,
        "{#weakness U1 S1}",
        "{#weakness U1 first S1}",
        "signaux-alerte/weakness",
        "«first» on another block",
    ),
    (
        URGENT,
        "saddle-action action",
        "seat-action action",
        "signaux-alerte/seat-action",
        "«action» of no sign",
    ),
    (
        URGENT,
        "fever-detail detail",
        "chill-detail detail",
        "signaux-alerte/chill-detail",
        "«detail» of no sign",
    ),
    # wording
    (
        FICHE,
        "La loupe d’essai suffit.",
        "Vous avez une sciatique.",
        "fiche-essai/magnifier",
        "«Vous avez une sciatique» is never written",
    ),
    (FICHE, "La loupe d’essai suffit.", "L’os est usé.", "fiche-essai/magnifier", "«usé» is never written"),
    (FICHE, "inventée, qui ne", "usée, qui ne", "fiche-essai/summary", "«usée» is never written"),
    (
        URGENT,
        "Essai : restez au chaud.",
        "Lisez autosoins-exercices.",
        "signaux-alerte/keep-warm",
        "«autosoins-exercices» is never",
    ),
    (FICHE, "d’essai suffit", "d'essai suffit", "fiche-essai/magnifier", "a straight apostrophe"),
    (FICHE, "La loupe", "La lo\u200bupe", "fiche-essai/magnifier", "an invisible control character"),
    (FICHE, "La loupe", "La lo\u202eupe", "fiche-essai/magnifier", "an invisible control character"),
    (FICHE, "La loupe", "L’e\u0301cran", "fiche-essai/magnifier", "letters and accents are stored apart"),
    # tables
    (
        ZONES,
        'region = "upper-body"',
        'region = "moon"',
        "zones.toml",
        "zone chest: region «moon» does not exist",
    ),
    (
        ZONES,
        'short_left = "fesse d’essai gauche"\n',
        "",
        "zones.toml",
        "zone buttock-deep: names for left and right",
    ),
    (
        ZONES,
        'short = "poitrine d’essai"',
        'left = "Poitrine"\nshort = "poitrine d’essai"',
        "zones.toml",
        "zone chest: names for left",
    ),
    (ZONES, 'short = "poitrine d’essai"\n', "", "zones.toml", "zone chest: no label or short name"),
    (
        ZONES,
        '"Cuisse d’essai gauche"',
        '"Fesse d’essai gauche"',
        "zones.toml",
        "two zones are called «Fesse d’essai gauche»",
    ),
    (
        SOURCES,
        '"https://example.org/rapport"',
        '"javascript:alert(1)"',
        "sources.toml",
        "source S1: «javascript:alert(1)» is not a web",
    ),
    (SOURCES, '"Traité d’essai"', '""', "sources.toml", "source S2: no organisation or title"),
    (TERMS, '["S1"]', '["S9"]', "reference", "test-bone: source «S9» does not exist"),
    (COUNTRIES, '["S1", "S2"]', '["S1", "S9"]', "reference", "MA: source «S9» does not exist"),
    (COUNTRIES, '"DZ"', '"dz"', "countries.toml: dz", "code"),
    (CODES, '"Z00.0"', '"Z0"', "codes.toml", "«Z0» is no ICD-10 code"),
    (CODES, '"examen d’essai complet"', '""', "codes.toml", "Z00.0 stands for nothing"),
    (FICHE, '"Z00.0"', '"z00-0"', "fiche-essai: front matter", "«z00-0» is no ICD-10 code"),
    (
        COUNTRIES,
        'number = "150"',
        'number = "call 150"',
        "countries.toml: MA",
        "«call 150» is not a number to dial",
    ),
    (COUNTRIES, '["141"]', '["+212"]', "countries.toml: MA", "«+212» is not a number to dial"),
    (TERMS, "Un os qui", "Un <br>os qui", "term/test-bone/meaning", "«<br>» is not allowed"),
    (TERMS, "Un os qui n’existe", "Un os qui n'existe", "term/test-bone/meaning", "a straight apostrophe"),
    (COUNTRIES, "Essai : SMS", "Essai\u200e : SMS", "country/FR/deaf", "an invisible control character"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "where", "what"), RULES, ids=[f"{rule[4]}-{i}" for i, rule in enumerate(RULES)]
)
def test_broken_rule_is_told_alone_and_with_the_way_out(refused, name, old, new, where, what):
    [(found_where, found_what)] = refused((name, old, new))
    assert found_where == where
    assert what in found_what


# --- rules between cards ---


def test_two_cards_with_one_code_are_told(refused):
    assert refused((GUIDE, '"C93"', '"C92"')) == [("cards", "two cards have code C92")]


def test_two_cards_in_one_place_are_told(refused):
    assert refused((GUIDE, "order = 40", "order = 30")) == [("cards", "two cards have order 30")]


def test_content_without_its_danger_signs_is_not_published(tmp_path, store):
    texts = mirror.documents(store)
    texts = {name: text for name, text in texts.items() if name == GUIDE or name.startswith("reference/")}
    editor = Editor(tmp_path)
    editor.save(texts, author="Camille", note="")
    with pytest.raises(ContentError) as caught:
        editor.publish()
    assert [problem.what for problem in caught.value.problems] == ["signaux-alerte is not published"]


def test_section_shown_by_another_card_cannot_go(refused):
    told = refused((URGENT, "Essai : restez au chaud. {#keep-warm S1}", "{#keep-warm =urgence-essai/when}"))
    assert told == [
        ("urgence-essai/waiting-shared", "shared section «signaux-alerte/while-waiting» does not exist")
    ]


def test_source_that_a_card_cites_cannot_go(refused):
    assert refused((SOURCES, '"S2b"', '"S2c"')) == [
        ("fiche-essai: front matter", "source «S2b» does not exist"),
        ("fiche-essai/five-in-hundred", "source «S2b» does not exist"),
    ]


def test_sign_that_a_card_opens_with_cannot_go(refused):
    told = refused((URGENT, "{#constant U2 S2}", "{#steady U2 S2}"))
    assert ("fiche-essai: front matter", "danger sign «constant» does not exist") in told


TWO_MORE = "- Signe un. {#one U0 first S1}\n\n- Signe deux. {#two U0 first S1}\n\n"


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ([("saddle U0 first", "saddle U0"), ("fall U0 first", "fall U0")], "0 signs are «first»"),
        ([("cold-leg U0", "cold-leg U0 first"), ("## Voyez", f"{TWO_MORE}## Voyez")], "5 signs are «first»"),
    ],
)
def test_one_to_four_signs_stand_on_map_and_search(refused, changes, what):
    assert refused(*[(URGENT, old, new) for old, new in changes]) == [("signaux-alerte", what)]


def test_danger_signs_are_the_urgent_document_and_no_other(store):
    known = validate.known_from(tuple(store.cards()), store.reference())
    for slug, kind in (("guide-essai", "urgent"), ("signaux-alerte", "guide")):
        told = [problem.what for problem in validate.check_card(replace(store.card(slug), kind=kind), known)]
        assert f"kind «{kind}»" in told


def test_urgent_document_may_open_with_more_than_six_signs(store):
    assert len(store.card("signaux-alerte").signs) > 6  # and the invented content has no problem


def test_link_to_a_withdrawn_card_stays_and_its_page_says_so(editor):
    editor.withdraw("anatomie-essai")
    assert validate.check_store(Store(editor.path)) == ()


# --- what is no fault ---

FINE = [
    (FICHE, "La loupe d’essai suffit.", "On dit « vous avez une sciatique », à tort."),  # a quotation
    (FICHE, "fiche pour rire", "hanche usée"),  # what patients say
    (FICHE, '"fiche inventée"', '"usure de l’os"'),
    (FICHE, "La loupe d’essai suffit.", "Si **mal**, lisez [ceci](card:guide-essai) ou [cela](page:map)."),
    (FICHE, "Est-ce un essai ?", "Est-ce le 3e essai ?"),  # a number in a question
    (GUIDE, "Touchez la", "Essayez la"),  # a guide's blocks may do without source
    (ZONES, '"Sacrum d’essai"', '"sacrum d’essai"'),  # a midline zone may have one name twice
    (COUNTRIES, '["141"]', '["116 117"]'),
]


@pytest.mark.parametrize(("name", "old", "new"), FINE, ids=[new for _, _, new in FINE])
def test_what_is_no_fault_is_published(editor, name, old, new):
    text = mirror.documents(Store(editor.path))[name]
    assert old in text
    editor.save({name: text.replace(old, new, 1)}, author="Camille", note="")
    assert editor.publish() == (name,)
