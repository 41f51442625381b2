"""The same search on the phone: equal results, equal page, safe with anything in the address."""

import json
import random
import re
import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from webapp import create_app
from webapp.content.folding import fold
from webapp.content.search import build_index, search
from webapp.settings import Settings

ROOT = Path(__file__).parents[2]
ODD = [
    "",
    "<b>x</b>",
    "\x00",
    "\u202eabc",
    "😀",
    "𝐌𝟓𝟒.𝟑",
    "ﬁbres",
    "STRASSE",
    "İı",
    "M54.3",
    "m16.1",
    "s72",
    "坐骨",
    "x" * 300,
]


@pytest.fixture(scope="module")
def library():
    """The content that the browser's server reads."""
    return create_app(Settings(data=ROOT)).extensions["repere"].shelf.current()


def queries(data, count):
    """Return words and pieces of texts as people might type them: cut, swapped, misspelled."""
    chance = random.Random(2026)
    texts = [text for card in data["cards"] for text in (card["title"], *card["synonyms"], *card["blocks"])]
    found = list(ODD)
    while len(found) < count:
        said = chance.choice(texts).split()
        start = chance.randrange(len(said))
        words = said[start : start + chance.randint(1, 5)]
        place = chance.randrange(len(words))
        word = words[place]
        cut = chance.randrange(len(word)) if word else 0
        words[place] = chance.choice(
            [
                word,
                word,
                word[:cut],
                word[:cut] + word[cut + 1 :],
                word[:cut] + "é" + word[cut:],
                word.upper(),
            ]
        )
        found.append(" ".join(words))
    return found


@pytest.mark.parametrize("locale", ["fr", "ar", pytest.param("de", marks=pytest.mark.full)])
@pytest.mark.parametrize("count", [130, pytest.param(3000, marks=pytest.mark.full)])
def test_the_phone_finds_what_the_server_finds(open_page, library, locale, count):
    data = library.search_data(locale)
    asked = queries(data, count)
    found = open_page(f"/{locale}/search/").evaluate(
        """async (asked) => {
            const data = await (await fetch(document.getElementById("results").dataset.texts)).json();
            const index = repereSearch.buildIndex(data);
            return asked.map((query) => [repereSearch.fold(query), repereSearch.search(index, query)]);
        }""",
        asked,
    )
    index = build_index(data)
    for query, (folded, result) in zip(asked, found, strict=True):
        assert folded == fold(query), query
        assert result == json.loads(json.dumps(search(index, query).to_json())), query


def test_every_character_folds_the_same(open_page):
    # Those that this Python knows: a browser may know a newer Unicode.
    characters = [chr(n) for n in range(0x3400) if unicodedata.category(chr(n)) != "Cn"]
    found = open_page("/fr/search/").evaluate("(all) => all.map(repereSearch.fold)", characters)
    assert [one for one, folded in zip(characters, found, strict=True) if folded != fold(one)] == []


def shown(page):
    """Return the results and the danger line as they stand in the page, spaces between elements aside."""
    line = page.locator("#danger").is_visible()
    return line, re.sub(r">\s+<", "><", re.sub(r"\s+", " ", page.locator("#results").inner_html())).strip()


@pytest.mark.parametrize(
    ("locale", "queries"),
    [
        (
            "fr",
            [
                "mal à la fesse",
                "siatique",
                "M54",
                "incontinence",
                "rouillée xylophone",
                "<img src=x onerror=alert(1)>",
                "xqzw",
            ],
        ),
        ("ar", ["ألم في الورك", "لا أستطيع التبول"]),
    ],
)
def test_a_copy_of_the_bare_page_answers_as_the_server_does(open_page, site, locale, queries):
    served, page = open_page(f"/{locale}/search/"), open_page(f"/{locale}/search/")
    bare = page.content()
    page.route(
        re.compile(r"/search/\?q="),
        lambda route: route.fulfill(body=bare, content_type="text/html; charset=utf-8"),
    )
    for query in queries:
        for each in (served, page):
            each.goto(f"{site}/{locale}/search/?q={quote(query)}")
        expect(page.locator("#results")).to_have_attribute(
            "data-query", served.locator("#results").get_attribute("data-query")
        )
        assert shown(page) == shown(served), query
        assert page.locator("#q").input_value() == served.locator("#q").input_value(), query


def test_a_copy_without_its_texts_says_so(open_page, site):
    page = open_page("/fr/search/", is_checked=False)
    bare = page.content()
    page.route(
        re.compile(r"/search/\?q="),
        lambda route: route.fulfill(body=bare, content_type="text/html; charset=utf-8"),
    )
    page.route("**/index.json", lambda route: route.abort())
    page.goto(f"{site}/fr/search/?q=sciatique")
    expect(page.locator("#results")).to_contain_text("Réessayez")


@pytest.mark.parametrize("has_script", [True, False])
def test_from_the_list_of_cards_to_a_card(open_page, has_script):
    page = open_page("/fr/cards/", java_script_enabled=has_script)
    page.locator("#q").fill("nerf coincé")
    page.locator("#q").press("Enter")
    page.locator("#results a").first.click()
    expect(page.locator("h1")).to_have_text("Sciatique")


@pytest.mark.parametrize(
    "path", ["/fr/search/?q=incontinence", "/ar/search/?q=%D8%A3%D9%84%D9%85", "/fr/search/?q=xqzw"]
)
def test_search_is_accessible_and_fits_a_small_phone(open_page, path):
    page = open_page(path, width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    for target in page.locator("#q, form button").all():
        assert target.bounding_box()["height"] >= 44
