"""What a reader does with a card: print it, share it, open a word."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.server import serving
from webapp.content.store import Store
from webapp.i18n import catalogs
from webapp.settings import default_data

DATA = default_data()
SLUGS = [entry.slug for entry in Store(DATA / "content.db").entries()]
LOCALES = catalogs.locales(DATA / "translations")
LONGEST = ["lien-sciatique-hanche", "signaux-alerte"]

SHARED = "() => { window.shared = []; navigator.share = async (what) => { shared.push(what) } }"
COPIED = """() => {
  delete Navigator.prototype.share;
  window.copied = [];
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { copied.push(text) } } });
}"""
REFUSED = """() => {
  delete Navigator.prototype.share;
  Object.defineProperty(navigator, 'clipboard', { value: undefined });
}"""


def address(locale: str, slug: str) -> str:
    return f"/{locale}/urgent/" if slug == "signaux-alerte" else f"/{locale}/cards/{slug}/"


def sheets(page) -> int:
    """Return on how many A4 pages the page is printed."""
    page.wait_for_load_state("networkidle")  # the rules for paper come when the page stands
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4")))


@pytest.fixture(scope="module")
def public_site():
    """A server that has a public origin: its own address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPERE_ORIGIN", "http://127.0.0.1")  # no port is known yet; only codes need one
        with serving(DATA) as found:
            yield found


@pytest.mark.parametrize("locale", ["fr", pytest.param("ar", marks=pytest.mark.full)])
def test_print_waits_for_the_code_which_the_screen_never_fetched(open_page, public_site, locale):
    page = open_page("/fr/urgent/", is_checked=False)
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"{public_site}/{locale}/cards/sciatique/")
    page.wait_for_load_state("networkidle")
    page.mouse.wheel(0, 100_000)  # lazy pictures come with the scroll; this one does not
    page.wait_for_load_state("networkidle")
    assert not [url for url in fetched if url.endswith("qr.svg")]
    page.evaluate(
        """() => { window.print = () => {
          const code = document.querySelector('.sheet img');
          document.title = 'printed';
          window.printed = [code.complete, code.naturalWidth > 0, [...document.styleSheets].some((s) => s.href?.includes('print'))];
        } }"""
    )
    page.locator('[data-tool="print"]').click()
    expect(page).to_have_title("printed")
    assert page.evaluate("() => window.printed") == [True, True, True]
    assert sheets(page) <= 2


def test_a_lost_code_does_not_keep_a_page_from_the_printer(open_page, public_site):
    page = open_page("/fr/urgent/", is_checked=False)
    page.route("**/qr.svg", lambda route: route.abort())
    page.goto(f"{public_site}/fr/cards/sciatique/")
    page.wait_for_load_state("networkidle")
    page.evaluate("() => { window.print = () => { document.title = 'printed' } }")
    page.locator('[data-tool="print"]').click()
    expect(page).to_have_title("printed")


def test_on_paper_stand_the_signs_first_and_nothing_to_press(open_page):
    page = open_page("/fr/cards/sciatique/", width=720)
    page.wait_for_load_state("networkidle")
    page.emulate_media(media="print")
    for hidden in (".use", ".dock", "details.w", ".skip", ".top .lang"):
        assert not any(part.is_visible() for part in page.locator(hidden).all()), hidden
    for shown in (".sos", ".words", ".src", ".state", ".sheet"):
        expect(page.locator(shown)).to_be_visible()
    first = page.locator(".sos").bounding_box()
    assert first["y"] < page.locator("#in-brief").bounding_box()["y"]


@pytest.mark.parametrize("locale", ["fr", "de", "ar"])
def test_the_longest_cards_fit_on_two_pages(open_page, site, locale):
    page = open_page(f"/{locale}/")
    found = {}
    for slug in LONGEST:
        page.goto(site + address(locale, slug))
        found[slug] = sheets(page)
    assert max(found.values()) <= 2, found


@pytest.mark.full
@pytest.mark.parametrize("locale", LOCALES)
def test_every_card_fits_on_two_pages(open_page, site, locale):
    page = open_page(f"/{locale}/")
    found = {}
    for slug in SLUGS:
        page.goto(site + address(locale, slug))
        found[slug] = sheets(page)
    assert max(found.values()) <= 2, found


def test_without_script_the_browsers_own_print_makes_the_same_leaflet(open_page):
    page = open_page("/fr/cards/lien-sciatique-hanche/", java_script_enabled=False)
    assert sheets(page) <= 2
    assert not any(button.is_visible() for button in page.locator(".use [data-tool]").all())


@pytest.mark.parametrize("locale", ["fr", "ar"])
def test_share_hands_title_and_own_address_to_the_phone(open_page, site, locale):
    page = open_page(f"/{locale}/cards/sciatique/?v=1")
    page.evaluate(SHARED)
    page.locator('[data-tool="share"]').click()
    assert page.evaluate("() => shared") == [
        {"title": page.title(), "url": f"{site}/{locale}/cards/sciatique/"}
    ]


def test_share_copies_where_the_phone_cannot_and_says_so(open_page, site):
    page = open_page("/fr/urgent/#numbers")
    page.evaluate(COPIED)
    page.locator('[data-tool="share"]').click()
    expect(page.locator('#told[role="status"]')).to_have_text("L’adresse est copiée.")
    assert page.evaluate("() => copied") == [f"{site}/fr/urgent/"]


def test_share_shows_the_address_where_nothing_may_be_copied(open_page, site):
    page = open_page("/fr/cards/sciatique/")
    page.evaluate(REFUSED)
    page.locator('[data-tool="share"]').click()
    expect(page.locator("#told")).to_have_text(f"Copiez cette adresse : {site}/fr/cards/sciatique/")


def test_who_thinks_better_of_sharing_is_told_nothing(open_page):
    page = open_page("/fr/cards/sciatique/")
    page.evaluate("() => { navigator.share = async () => { throw new DOMException('no', 'AbortError') } }")
    page.locator('[data-tool="share"]').click()
    page.wait_for_timeout(100)
    expect(page.locator("#told")).to_be_empty()


def test_places_are_shared_only_when_the_reader_ticks_so(open_page, site):
    page = open_page("/fr/map/")
    tick = page.locator("#with-places input")
    share = page.locator('[data-tool="share"]')
    expect(share).to_be_enabled()
    expect(tick).to_be_hidden()
    page.evaluate(SHARED)
    page.locator('input[value="sacrum"]').check()
    expect(tick).to_be_visible()
    expect(tick).not_to_be_checked()
    share.click()
    tick.check()
    share.click()
    page.locator('input[value="sacrum"]').uncheck()
    expect(tick).to_be_hidden()
    share.click()
    assert [what["url"] for what in page.evaluate("() => shared")] == [
        f"{site}/fr/map/",
        f"{site}/fr/map/?zone=sacrum",
        f"{site}/fr/map/",
    ]


@pytest.mark.parametrize("locale", ["fr", "ar"])
def test_a_word_opens_in_place_by_key_and_without_script(open_page, locale):
    page = open_page(f"/{locale}/cards/sciatique/", java_script_enabled=False)
    word = page.locator("details.w").first
    assert word.locator("summary").bounding_box()["height"] >= 44
    expect(word.locator("p")).to_be_hidden()
    word.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(word.locator("p")).to_be_visible()
    page.keyboard.press("Space")
    expect(word.locator("p")).to_be_hidden()
    assert page.locator(".sos details").count() == 0


@pytest.mark.parametrize(
    ("path", "scheme"),
    [
        ("/fr/cards/sciatique/?v=1", "light"),
        ("/ar/cards/sciatique/?v=1", "dark"),
        ("/ar/urgent/?v=1", "light"),
        ("/fr/map/?zone=sacrum", "dark"),
    ],
)
def test_awake_tools_and_open_words_have_no_fault_that_axe_can_see(open_page, path, scheme):
    page = open_page(path, color_scheme=scheme)
    expect(page.locator('[data-tool="share"]')).to_be_visible()
    page.evaluate("() => document.querySelectorAll('details').forEach((word) => { word.open = true })")
    page.evaluate("() => { document.getElementById('told').textContent = 'L’adresse est copiée.' }")
    faults = [(v["id"], v["nodes"][0]["html"][:160]) for v in Axe().run(page).response["violations"]]
    assert faults == []


@pytest.mark.parametrize("locale", LOCALES)
def test_tools_are_wide_enough_to_touch_and_push_nothing_aside(open_page, locale):
    page = open_page(f"/{locale}/cards/sciatique/", width=320)
    for button in page.locator(".use [data-tool]").all():
        expect(button).to_be_visible()
        box = button.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0


def test_waking_tools_move_nothing(open_page):
    page = open_page("/fr/cards/sciatique/", width=1280, height=1000)
    expect(page.locator('[data-tool="print"]')).to_be_visible()
    moved = page.evaluate(
        """() => new Promise((done) => new PerformanceObserver((list) =>
          done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))).observe({type: 'layout-shift', buffered: true})
          || setTimeout(() => done(0), 300))"""
    )
    assert moved == 0
