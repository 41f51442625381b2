"""The main job: touch two places, see the danger signs and the cards, read «Sciatique»."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from webapp.content.store import Store
from webapp.i18n import catalogs

ROOT = Path(__file__).parents[2]
LOCALES = catalogs.locales(ROOT / "translations")
SLUGS = [entry.slug for entry in Store(ROOT / "content.db").entries() if entry.kind != "urgent"]
PLACES = "/fr/map/?zone=buttock-deep-right&zone=thigh-back-upper-right"


def touch(page, place: str) -> None:
    """Touch a place on the drawing, where its number would stand."""
    shape = page.locator(f'.zones a[data-place="{place}"] .z')
    shape.scroll_into_view_if_needed()
    box = shape.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_by_touch(open_page, site):
    page = open_page("/fr/map/", has_touch=True, is_mobile=True)
    expect(page.locator(".sos")).to_be_visible()
    touch(page, "buttock-deep-right")
    expect(page.locator(".go")).to_contain_text("1 endroit")
    touch(page, "thigh-back-upper-right")
    expect(page.locator(".go")).to_contain_text("2 endroits")
    expect(page).to_have_url(site + PLACES)
    expect(page.locator('[name="zone"]:checked')).to_have_count(2)
    expect(page.locator(".states .on-edge")).to_have_count(2)
    expect(page.locator(".badges text")).to_have_text(["1", "2"])
    page.locator(".go").tap()
    row = page.locator("#results li", has=page.locator('a[href="/fr/cards/sciatique/"]')).first
    expect(row).to_contain_text("Ressentie à")
    row.locator("a").tap()
    expect(page.locator("h1")).to_have_text("Sciatique")
    page.go_back()
    expect(page.locator('[name="zone"]:checked')).to_have_count(2)
    expect(page.locator(".badges text")).to_have_text(["1", "2"])


def test_by_keyboard_only(open_page):
    page = open_page("/fr/map/")
    for count, place in enumerate(("buttock-deep-right", "thigh-back-upper-right"), 1):
        page.locator(f'input[value="{place}"]').focus()
        page.keyboard.press("Space")
        expect(page.locator(".key li")).to_have_count(count)
        expect(page.locator(f'input[value="{place}"]')).to_be_focused()
    expect(page.locator("#said")).to_contain_text("2 endroits")
    page.keyboard.press("Shift+Tab")
    page.locator('#results a[href="/fr/cards/sciatique/"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Sciatique")


def test_without_script(open_page, site):
    page = open_page("/fr/map/", java_script_enabled=False)
    page.locator('.zones a[data-place="buttock-deep-right"] .z').click()
    assert page.url == f"{site}/fr/map/?zone=buttock-deep-right"
    page.locator('input[value="thigh-back-upper-right"]').check()
    page.locator("#list button").click()
    assert page.url == site + PLACES
    page.locator('#results a[href="/fr/cards/sciatique/"]').first.click()
    assert page.locator("h1").inner_text() == "Sciatique"


def test_a_touch_takes_a_place_back(open_page, site):
    page = open_page(PLACES, has_touch=True)
    page.locator(".rm").first.tap()
    expect(page.locator(".go")).to_contain_text("1 endroit")
    expect(page).to_have_url(f"{site}/fr/map/?zone=thigh-back-upper-right")
    expect(page.locator(".states .on-edge")).to_have_count(1)


def test_what_a_touch_leaves_equals_a_freshly_loaded_page(open_page):
    page = open_page("/fr/map/", has_touch=True, is_mobile=True)
    touch(page, "buttock-deep-right")
    touch(page, "thigh-back-upper-right")
    expect(page.locator(".go")).to_contain_text("2 endroits")
    touched = page.evaluate(STATE)
    page.reload()
    assert page.evaluate(STATE) == touched


STATE = """() => ({
  results: document.querySelector('#results').innerText,
  picked: document.querySelector('#picked').innerText,
  states: document.querySelector('.states').innerHTML.replace(/><\\/use>/g, '/>'),
  badges: [...document.querySelectorAll('.badges > g')].map((g) => g.getAttribute('transform') + g.textContent),
  checked: [...document.querySelectorAll('[name=zone]:checked')].map((box) => box.value),
  tabs: [...document.querySelectorAll('.views a, .zoom a')].map((a) => a.getAttribute('href')),
})"""


def test_ctrl_click_opens_the_place_in_a_new_tab(open_page):
    page = open_page("/fr/map/", width=390, height=844)
    with page.context.expect_page() as opened:
        page.locator('.zones a[data-place="buttock-deep-right"] .z').click(modifiers=["Control"])
    assert opened.value.url.endswith("zone=buttock-deep-right")
    expect(page.locator('[name="zone"]:checked')).to_have_count(0)


def test_after_a_touch_count_and_way_to_the_results_are_in_view(open_page):
    page = open_page("/fr/map/", has_touch=True, is_mobile=True)
    touch(page, "buttock-deep-right")
    expect(page.locator(".go")).to_be_in_viewport(ratio=1)


def test_a_chosen_country_stays_on_the_phone_and_is_called_from_every_page(open_page):
    page = open_page("/fr/urgent/")
    page.locator('[data-code="CH"] button').click()
    expect(page.locator(".call a")).to_have_attribute("href", "tel:144")
    page.goto(page.url.replace("urgent/", "cards/sciatique/"))
    expect(page.locator(".call a")).to_have_attribute("href", "tel:144")
    expect(page.locator(".call a span")).to_have_text("Suisse")
    assert page.context.cookies() == []


@pytest.mark.parametrize(
    "path", ["/", "/map/?zone=groin-left&zone=sacrum", "/cards/sciatique/", "/urgent/", "/languages/"]
)
@pytest.mark.parametrize(
    "locale",
    [pytest.param(locale, marks=() if locale in ("fr", "ar") else pytest.mark.full) for locale in LOCALES],
)
def test_pages_have_no_accessibility_fault_that_axe_can_see(open_page, locale, path):
    page = open_page(f"/{locale}{path}")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        results = Axe().run(page)
        faults = [(v["id"], v["nodes"][0]["html"][:160]) for v in results.response["violations"]]
        assert faults == [], scheme


@pytest.mark.parametrize(
    "path", ["/", "/map/?zone=groin-left&layer=nerve", "/cards/sciatique/", "/urgent/", "/cards/", "/about/"]
)
def test_no_page_scrolls_sideways(open_page, path):
    page = open_page(f"/fr{path}")
    for size, widths in (("", (320, 360, 390, 1280)), ("225%", (360, 390, 1280))):  # 200 % text
        page.evaluate("(size) => { document.documentElement.style.fontSize = size }", size)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 640})
            beyond = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            assert beyond <= 0, (width, size)


PAGES = ["/", "/map/", "/cards/", "/urgent/"]
WHOLE = """() => {
  const dock = document.querySelector('.dock').getBoundingClientRect().top;
  const calls = [...document.querySelectorAll('.call a')];
  return calls.length >= 2 && calls.every((call) => call.getBoundingClientRect().bottom <= dock);
}"""


def calls_hidden(open_page, site, locale, slugs):
    """Return the pages of a language whose calls are not on the first screen."""
    page = open_page(f"/{locale}/")
    hidden = []
    for path in (*PAGES, *(f"/cards/{slug}/" for slug in slugs)):
        page.goto(f"{site}/{locale}{path}", wait_until="domcontentloaded")
        if not page.evaluate(WHOLE):
            hidden.append(path)
    return hidden


@pytest.mark.parametrize(("number", "locale"), list(enumerate(LOCALES)))
def test_both_calls_are_on_the_first_screen_of_the_smallest_phone(open_page, site, number, locale):
    assert calls_hidden(open_page, site, locale, SLUGS[number % 7 :: 7]) == []


@pytest.mark.full
@pytest.mark.parametrize("locale", LOCALES)
def test_both_calls_are_on_the_first_screen_with_every_card(open_page, site, locale):
    assert calls_hidden(open_page, site, locale, SLUGS) == []
