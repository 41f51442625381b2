"""A card as Markdown and back: what goes in comes out, and what cannot be kept is refused with its line."""

import datetime as dt
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.content import document
from webapp.content.model import ROLES, SECTIONS, URGENCIES, Block, Card, ContentError


def problems_of(text, slug="fiche-essai"):
    with pytest.raises(ContentError) as caught:
        document.parse(text, slug)
    return caught.value.problems


@pytest.fixture(scope="module")
def text(request):
    return (request.path.parent.parent / "fixtures/content/cards/fiche-essai.md").read_text("utf-8")


# --- there and back ---


@pytest.mark.parametrize(
    "slug", ["anatomie-essai", "fiche-essai", "guide-essai", "signaux-alerte", "urgence-essai"]
)
def test_canonical_document_of_every_kind_comes_back_letter_by_letter(request, slug):
    text = (request.path.parent.parent / f"fixtures/content/cards/{slug}.md").read_text("utf-8")
    assert document.render(document.parse(text, slug)) == text


def test_front_matter_and_blocks_are_read_as_written(text):
    card = document.parse(text, "fiche-essai")
    assert card.title == "Fiche d’essai"
    assert card.order == 10
    assert card.search == ("essai", "fiche inventée", "œuvre")
    assert card.typical == ("buttock-deep", "thigh-back-upper")
    assert card.review_due == dt.date(2099, 1, 31)
    assert card.section("when")[0] == Block(
        "when-saddle", "when", "item", "La selle d’essai est engourdie.", urgency="U0", sources=("S1",)
    )
    assert card.section("treatments")[0] == Block("rest", "treatments", "heading", "Le repos d’essai")
    assert card.section("treatments")[2].role == "risk"


def test_shared_block_names_its_section_and_has_no_text(request):
    path = request.path.parent.parent / "fixtures/content/cards/urgence-essai.md"
    shared = document.parse(path.read_text("utf-8"), "urgence-essai").section("while-waiting")[1]
    assert (shared.form, shared.text, shared.target) == ("shared", "", "signaux-alerte/while-waiting")


words = st.text(
    alphabet=st.one_of(
        st.sampled_from(string.ascii_letters + string.digits + " ’«»éœ*_[](){}#+-=&<>\\\"'%:;"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\n"),
    ),
    min_size=1,
    max_size=60,
)
block_texts = words.map(str.strip).filter(
    lambda text: text and text not in ("#", "-") and not text.startswith(("#", "- ", "* ", "+ ", "> "))
)
lines = words.map(lambda text: " ".join(text.split()))
keys = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
sources = st.lists(st.from_regex(r"[A-TV-Z][0-9]{1,3}[a-z]?|editor", fullmatch=True), unique=True, max_size=3)
lists = st.lists(words, unique=True, max_size=3).map(tuple)


@st.composite
def cards(draw):
    """Return any card that a document can hold."""
    kind = draw(st.sampled_from(sorted(SECTIONS)))
    sections = [key for key in SECTIONS[kind] if draw(st.booleans())]
    blocks = []
    for key in draw(st.lists(keys, unique=True, max_size=8)) if sections else []:
        section = sections[min(len(blocks) // 2, len(sections) - 1)]
        if draw(st.integers(0, 9)) == 0:
            blocks.append(Block(key, section, "shared", target=f"{draw(keys)}/{draw(keys)}"))
            continue
        blocks.append(
            Block(
                f"k-{key}",  # no reserved word begins so
                section,
                draw(st.sampled_from(["paragraph", "item", "heading"])),
                draw(block_texts),
                draw(st.sampled_from(["", *sorted(ROLES)])),
                draw(st.sampled_from(["", *URGENCIES])),
                draw(st.booleans()),
                tuple(draw(sources)),
            )
        )
    zones = draw(st.lists(words, unique=True, max_size=6))
    return Card(
        slug="fiche",
        title=draw(lines),
        also=draw(lines),
        summary=draw(lines),
        kind=kind,
        code=draw(lines),
        order=draw(st.integers(0, document.MAX_ORDER)),
        urgency=draw(lines),
        signs=draw(lists),
        icd10=draw(lists),
        search=draw(lists),
        words=draw(lists),
        sides=draw(lines),
        views=draw(lists),
        typical=tuple(zones[:2]),
        possible=tuple(zones[2:4]),
        learn=tuple(zones[4:]),
        zone_sources=draw(lists),
        see_also=draw(lists),
        review_due=draw(st.dates()),
        blocks=tuple(blocks),
    )


@given(card=cards())
def test_every_card_survives_being_written_and_read(card):
    text = document.render(card)
    assert document.parse(text, card.slug) == card
    assert document.render(document.parse(text, card.slug)) == text


@settings(max_examples=300)
@given(data=st.data())
def test_a_mangled_document_is_read_whole_or_refused_with_a_line(data, text):
    lines = text.split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        how = data.draw(st.sampled_from(["cut", "insert", "twice", "swap", "drop"]))
        scrap = data.draw(
            st.sampled_from(
                [
                    "+++",
                    "##",
                    "## ",
                    "- ",
                    "{#x}",
                    "{#",
                    "}",
                    "U0",
                    "=a/b",
                    '"',
                    "[",
                    "= 1",
                    "\r",
                    "\ufeff",
                    "é",
                ]
            )
            | words
        )
        if how == "cut":
            lines[at] = lines[at][: len(lines[at]) // 2]
        elif how == "insert":
            place = data.draw(st.integers(0, len(lines[at])))
            lines[at] = lines[at][:place] + scrap + lines[at][place:]
        elif how == "twice":
            lines.insert(at, lines[at])
        elif how == "swap":
            lines[at], lines[at - 1] = lines[at - 1], lines[at]
        elif len(lines) > 1:
            del lines[at]
    try:
        card = document.parse("\n".join(lines), "fiche-essai")
    except ContentError as error:
        for problem in error.problems:
            slug, _, line = problem.where.partition(":")
            assert slug == "fiche-essai" and 1 <= int(line) <= len(lines) + 1
            assert problem.mend and "\n" not in str(problem).replace(scrap, "")
    else:
        assert document.parse(document.render(card), "fiche-essai") == card


# --- what is read though it is not canonical ---


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(text):
    plain = document.parse(text, "fiche-essai")
    assert document.parse(text.replace("\n", "\r\n"), "fiche-essai") == plain
    assert document.parse("\ufeff" + text, "fiche-essai") == plain


def test_paragraph_and_item_may_run_over_several_lines(text):
    wrapped = text.replace("Un essai de 1 234 mots", "Un essai\nde 1 234\n  mots").replace(
        "- Lire trop d’essais.", "- Lire\ntrop d’essais."
    )
    assert wrapped.count("\n") > text.count("\n")
    assert document.parse(wrapped, "fiche-essai") == document.parse(text, "fiche-essai")


def test_blank_lines_and_spaces_around_blocks_do_not_matter(text):
    loose = text.replace("\n\n", "\n\n \n\n").replace("- Lire", "   - Lire").replace("S2}\n", "S2}   \n")
    assert document.parse(loose, "fiche-essai") == document.parse(text, "fiche-essai")


def test_order_and_spacing_of_front_matter_do_not_matter(text):
    moved = text.replace('code = "C90"\n', "").replace(
        "order = 10\n", 'order   =   10\ncode="C90" # comment\n'
    )
    assert document.parse(moved, "fiche-essai") == document.parse(text, "fiche-essai")


def test_braces_inside_a_text_stay_in_the_text(text):
    card = document.parse(text.replace("La loupe d’essai", "La {#loupe} d’{essai}"), "fiche-essai")
    assert card.section("exams")[0].text == "La {#loupe} d’{essai} suffit."


def test_a_document_of_the_largest_size_is_read(text):
    filler = "x" * (document.MAX_BYTES - len(text.encode()))
    card = document.parse(text.replace("La loupe", "La" + filler + " loupe", 1)[:-1] + "", "fiche-essai")
    assert filler in card.section("exams")[0].text


def test_a_long_run_of_spaces_is_read_as_quickly_as_letters(text):
    # Quadratic time would keep this test busy for minutes.
    card = document.parse(text.replace("La loupe", "La" + " " * 150_000 + "loupe"), "fiche-essai")
    assert card.section("exams")[0].text.endswith("suffit.")


# --- what is refused ---

REFUSED = [
    # (old, new, text of the line that the problem names, what it says)
    ("+++\ntitle", "title", "title =", "no front matter"),
    ('title = "Fiche d’essai"', "title = Fiche d’essai", "title =", "not TOML"),
    ('title = "Fiche d’essai"', 'title = "Fiche', "title =", "not TOML"),
    ('title = "Fiche d’essai"', 'title = "A"\ntitle = "B"', 'title = "B"', "not TOML"),
    ("order = 10\n", "", "+++", "«order» is missing"),
    ('code = "C90"', 'code = "C90"\ncolour = "red"', "colour =", "«colour» is unknown"),
    ("order = 10", 'order = "ten"', "order =", "«order» has the wrong form"),
    ("order = 10", "order = true", "order =", "«order» has the wrong form"),
    ("order = 10", "order = -1", "order =", "«order» has the wrong form"),
    ("order = 10", "order = 99999999999999999999", "order =", "«order» has the wrong form"),
    ("2099-01-31", '"2099-01-31"', "review_due =", "«review_due» has the wrong form"),
    ("2099-01-31", "2099-01-31T10:00:00", "review_due =", "«review_due» has the wrong form"),
    ('"C90"', "90", "code =", "«code» has the wrong form"),
    ('"Fiche d’essai"', '" Fiche  d’essai"', "title =", "«title» has the wrong form"),
    ('"Fiche d’essai"', '"Fiche\\nd’essai"', "title =", "«title» has the wrong form"),
    ('["Z00.0"]', '"Z00.0"', "icd10 =", "«icd10» has the wrong form"),
    ('["Z00.0"]', '["Z00.0", 1]', "icd10 =", "«icd10» has the wrong form"),
    ('["Z00.0"]', '[""]', "icd10 =", "«icd10» has the wrong form"),
    ('["Z00.0"]', '["Z00.0", "Z00.0"]', "icd10 =", "«icd10» says something twice"),
    ('possible = ["sacrum"]', 'possible = ["buttock-deep"]', "possible =", "«buttock-deep» stands twice"),
    ('kind = "condition"', 'kind = "illness"', "kind =", "kind «illness» is unknown"),
    ('kind = "condition"', 'kind = ["condition"]', "kind =", "«kind» has the wrong form"),
    ("mots et de 2,5 pages. {#size S1 S2}", "mots.", "Un essai de", "a block without {#key}"),
    ("{#size S1 S2}", "{#Size}", "Un essai de", "a block without {#key}"),
    ("## Examens {#exams}", "## Examens", "## Examens", "a block without {#key}"),
    ("## Examens {#exams}", "## Examens {#images}", "## Examens", "section «images» is not one of"),
    ("## Examens {#exams}", "## Les examens {#exams}", "## Les examens", "heading «Les examens»"),
    ("## Examens {#exams}", "## {#exams}", "## {#exams}", "heading «»"),
    ("## Examens {#exams}", "##Examens {#exam}", "##Examens", "«##» begins nothing here"),
    ("## Examens {#exams}", "#### Examens {#exam}", "#### Examens", "«##» begins nothing here"),
    ("## Examens {#exams}", "## Examens {#exams U0}", "## Examens", "«U0» on a ## heading"),
    ("## Examens {#exams}", "## Qui est concerné {#who}", "## Qui est concerné", "twice or out of order"),
    (
        "## En bref {#in-brief}",
        "Avant tout. {#before}\n\n## En bref {#in-brief}",
        "Avant",
        "before the first",
    ),
    ("{#magnifier S2}", "{#size S2}", "La loupe", "key «size» is taken"),
    ("{#magnifier S2}", "{#title S2}", "La loupe", "key «title» is taken"),
    ("{#magnifier S2}", "{#magnifier s2}", "La loupe", "«s2» is unknown"),
    ("{#magnifier S2}", "{#magnifier nice}", "La loupe", "«nice» is unknown"),
    ("{#magnifier S2}", "{#magnifier =elsewhere}", "La loupe", "«=elsewhere» is unknown"),
    ("{#magnifier S2}", "{#magnifier U0 U1}", "La loupe", "more than one urgency"),
    ("{#magnifier S2}", "{#magnifier benefit risk}", "La loupe", "more than one role"),
    ("La loupe d’essai suffit. {#magnifier S2}", "{#m =a/b =c/d}", "{#m", "more than one shared section"),
    ("{#magnifier S2}", "{#magnifier =a/b}", "La loupe", "a shared block with text"),
    ("La loupe d’essai suffit. {#magnifier", "{#magnifier", "{#magnifier", "has no text"),
    ("La loupe d’essai suffit. {#magnifier", "- {#magnifier", "- {#magnifier", "has no text"),
    ("La loupe d’essai suffit. {#magnifier", "### {#magnifier", "### {#magnifier", "has no text"),
    ("La loupe d’essai", "* La loupe d’essai", "* La loupe", "«*» begins nothing here"),
]


@pytest.mark.parametrize(
    ("old", "new", "line", "what"), REFUSED, ids=[f"{r[3]}-{i}" for i, r in enumerate(REFUSED)]
)
def test_fault_is_one_problem_that_names_its_line_and_the_way_out(text, old, new, line, what):
    assert old in text
    broken = text.replace(old, new, 1)
    number = next(n for n, found in enumerate(broken.split("\n"), 1) if found.startswith(line))
    if what == "twice or out of order":  # the first of both is right
        number = max(n for n, found in enumerate(broken.split("\n"), 1) if found.startswith(line))
    [problem] = problems_of(broken)
    assert what in problem.what
    assert problem.where == f"fiche-essai:{number}"
    assert problem.mend


def test_sections_in_another_order_than_the_page_are_refused(text):
    start, exams, treatments = (
        text.index("## Examens"),
        text.index("## Traitements"),
        text.index("## Ce qui se"),
    )
    swapped = text[:start] + text[exams:treatments] + text[start:exams] + text[treatments:]
    [problem] = problems_of(swapped)
    assert "«exams» twice or out of order" in problem.what


@pytest.mark.parametrize("empty", ["", "\n", "Bonjour.", "+++", "+++\ntitle = 1\n", "\ufeff"])
def test_document_without_a_closed_front_matter_is_refused(empty):
    [problem] = problems_of(empty)
    assert problem.where == "fiche-essai:1" and "no front matter" in problem.what


def test_document_too_large_is_refused_before_it_is_read(text):
    [problem] = problems_of(text + "x" * document.MAX_BYTES)
    assert "longer than" in problem.what


@pytest.mark.parametrize("slug", ["", "Fiche", "fiche d’essai", "é", "a--b", "-a", "../a", "a/b", "a\n"])
def test_slug_that_could_not_stand_in_an_address_is_refused(text, slug):
    [problem] = problems_of(text, slug)
    assert "cannot name a card" in problem.what


def test_every_fault_is_told_at_once(text):
    broken = (
        text.replace("order = 10", "order = true")
        .replace("{#size S1 S2}", "{#size s1}")
        .replace("{#place S1}", "")
    )
    assert len(problems_of(broken)) == 3
