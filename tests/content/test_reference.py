"""The tables beside the cards as TOML documents, and back."""

import datetime as dt
from operator import attrgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.content import reference
from webapp.content.model import Code, ContentError, Country, Region, Source, Term, Zone

NAMES = ("codes", "countries", "sources", "terms", "zones")


@pytest.fixture(scope="module")
def texts(request):
    folder = request.path.parent.parent / "fixtures/content/reference"
    return {name: (folder / f"{name}.toml").read_text("utf-8") for name in NAMES}


def problems_of(name, text):
    with pytest.raises(ContentError) as caught:
        reference.parse(name, text)
    return caught.value.problems


@pytest.mark.parametrize("name", NAMES)
def test_canonical_table_comes_back_letter_by_letter(texts, name):
    assert reference.render_rows(name, reference.parse(name, texts[name])) == texts[name]


def test_rows_are_read_as_written(texts):
    zones = reference.parse("zones", texts["zones"])
    assert zones["region"][0] == Region("sacrum", "Région d’essai du sacrum")
    assert zones["zone"][0] == Zone(
        "chest", "upper-body", False, False, "Poitrine d’essai", short="poitrine d’essai"
    )
    [_, france, *_] = reference.parse("countries", texts["countries"])["country"]
    assert (france.number, france.others, france.read) == ("15", ("112", "18"), dt.date(2026, 1, 15))
    [*_, algeria] = reference.parse("countries", texts["countries"])["country"]
    assert algeria == Country("DZ", "14")


def test_paired_zone_is_two_places_and_a_midline_zone_one(texts):
    places = {zone.id: zone.places for zone in reference.parse("zones", texts["zones"])["zone"]}
    assert places["buttock-deep"] == ("buttock-deep-left", "buttock-deep-right")
    assert places["sacrum"] == ("sacrum",)


@pytest.mark.parametrize("name", NAMES)
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(texts, name):
    windows = "\ufeff" + texts[name].replace("\n", "\r\n")
    assert reference.parse(name, windows) == reference.parse(name, texts[name])


@pytest.mark.parametrize("name", NAMES)
def test_empty_table_is_a_table_without_rows(name):
    assert not any(reference.parse(name, "").values())


texts_of_one_line = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=30
).map(str.strip)
identities = st.from_regex(r"[A-Za-z0-9]{1,6}(-[a-z0-9]{1,6})?", fullmatch=True)
lists = st.lists(texts_of_one_line, max_size=3).map(tuple)
ROWS = {
    "source": st.builds(
        Source,
        identities,
        texts_of_one_line,
        texts_of_one_line,
        st.integers(0, 9999),
        texts_of_one_line,
        texts_of_one_line,
    ),
    "term": st.builds(Term, identities, texts_of_one_line, texts_of_one_line, lists),
    "country": st.builds(
        Country,
        identities,
        texts_of_one_line,
        lists,
        texts_of_one_line,
        texts_of_one_line,
        st.sampled_from(reference.STATUSES),
        lists,
        texts_of_one_line,
        st.none() | st.dates(),
    ),
    "code": st.builds(Code, st.from_regex(r"[A-Z][0-9]{2}(\.[0-9])?", fullmatch=True), texts_of_one_line),
    "region": st.builds(Region, identities, texts_of_one_line),
    "zone": st.builds(
        Zone, identities, texts_of_one_line, st.booleans(), st.booleans(), *[texts_of_one_line] * 6
    ),
}


@given(data=st.data(), name=st.sampled_from(NAMES))
def test_every_table_survives_being_written_and_read(data, name):
    rows = {
        kind: tuple(data.draw(st.lists(ROWS[kind], max_size=3, unique_by=attrgetter(FIRST[kind]))))
        for kind in reference.TABLES[name]
    }
    assert reference.parse(name, reference.render_rows(name, rows)) == rows


FIRST = {"source": "key", "term": "key", "country": "code", "code": "code", "region": "id", "zone": "id"}

REFUSED = [
    # (table, old, new, where, what)
    ("sources", 'key = "S1"', "key = S1", "sources.toml", "not TOML"),
    (
        "sources",
        '[[source]]\nkey = "S2"',
        '[[paper]]\nkey = "S2"',
        "sources.toml",
        "table «paper» is unknown",
    ),
    ("sources", 'via = "Copie', 'colour = "Copie', "sources.toml [[source]] 2 (S2)", "«colour» is unknown"),
    ("sources", 'title = "Traité d’essai"\n', "", "sources.toml [[source]] 2 (S2)", "«title» is missing"),
    ("sources", 'key = "S2"\n', "", "sources.toml [[source]] 2 (None)", "«key» is missing"),
    (
        "sources",
        "year = 2001",
        'year = "2001"',
        "sources.toml [[source]] 1 (S1)",
        "«year» has the wrong form",
    ),
    ("sources", "year = 2001", "year = true", "sources.toml [[source]] 1 (S1)", "«year» has the wrong form"),
    (
        "sources",
        "year = 2001",
        "year = 99999999999999999999",
        "sources.toml [[source]] 1 (S1)",
        "«year» has the",
    ),
    ("sources", '"S2b"', '"S2"', "sources.toml", "source «S2» stands twice"),
    ("sources", '"S2b"', '"S 2"', "sources.toml [[source]] 3 (S 2)", "«key» is not one word"),
    ("sources", '"S2b"', '""', "sources.toml [[source]] 3 ()", "«key» is not one word"),
    ("terms", '["S1"]', '"S1"', "terms.toml [[term]] 1 (test-bone)", "«sources» has the wrong form"),
    ("terms", '["S1"]', "[1]", "terms.toml [[term]] 1 (test-bone)", "«sources» has the wrong form"),
    ("terms", '"os d’essai"', '"os\\nd’essai"', "terms.toml [[term]] 1 (test-bone)", "«name» has the wrong"),
    ("terms", '"os d’essai"', '" os"', "terms.toml [[term]] 1 (test-bone)", "«name» has the wrong form"),
    (
        "zones",
        "paired = true",
        "paired = 1",
        "zones.toml [[zone]] 3 (buttock-deep)",
        "«paired» has the wrong",
    ),
    (
        "zones",
        '[[region]]\nid = "hip"',
        '[[region]]\nid = "thigh"',
        "zones.toml",
        "region «thigh» stands twice",
    ),
    ("countries", '"conflicting"', '"sure"', "countries.toml [[country]] 3 (MA)", "status «sure»"),
    ("countries", "2026-01-16", '"2026-01-16"', "countries.toml [[country]] 3 (MA)", "«read» has the wrong"),
    ("countries", "2026-01-16", "2026-01-16T10:00:00", "countries.toml [[country]] 3 (MA)", "«read» has the"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "where", "what"), REFUSED, ids=[f"{r[4]}-{i}" for i, r in enumerate(REFUSED)]
)
def test_fault_is_one_problem_that_names_its_row_and_the_way_out(texts, name, old, new, where, what):
    assert old in texts[name]
    [problem] = problems_of(name, texts[name].replace(old, new, 1))
    assert what in problem.what
    assert problem.where == where
    assert problem.mend


@pytest.mark.parametrize("text", ['source = "S1"', "[source]\nkey = 'S1'", "source = 1"])
def test_table_written_as_something_else_is_refused_rather_than_dropped(text):
    [problem] = problems_of("sources", text)
    assert "is not a list of tables" in problem.what and "[[source]]" in problem.mend


def test_row_that_is_no_table_is_refused():
    [problem] = problems_of("sources", 'source = ["S1"]')
    assert "not a table" in problem.what


def test_every_fault_is_told_at_once(texts):
    broken = texts["zones"].replace("paired = true", "paired = 1").replace("covered = false", "covered = 0")
    assert len(problems_of("zones", broken)) == 5
