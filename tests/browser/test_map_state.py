"""The form is the truth: after every touch form, drawing, list and address equal a freshly loaded page."""

import random

import pytest
from playwright.sync_api import expect

from tests.browser.test_main_job import STATE
from webapp import figure
from webapp.i18n import catalogs
from webapp.settings import default_data

GEOMETRY = figure.load_geometry()
SEED = 20261122
RIGHT_TO_LEFT = [locale for locale in catalogs.locales(default_data() / "translations") if locale == "ar"]


def walk(open_page, touches: int, seed: int) -> None:
    """Touch places at random in random views; compare with a fresh page after each."""
    choice = random.Random(seed)
    view = choice.choice(["front", "back", "left", "right"])
    page = open_page(f"/fr/map/?view={view}", width=390, height=844)
    # A copy of the same address in another tab is what a fresh load gives.
    fresh = page.context.new_page()
    places = [
        p
        for p in GEOMETRY.places
        if view in GEOMETRY.place(p).views and GEOMETRY.reach(p, view, "pelvis-knee") >= 34
    ]
    chosen: set[str] = set()
    for _ in range(touches):
        place = choice.choice(places)
        chosen ^= {place}
        with page.expect_response("**/map/results/**"):
            page.evaluate(
                "(p) => document.querySelector(`.zones a[data-place='${p}']`).dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))",
                place,
            )
        expect(page.locator('[name="zone"]:checked')).to_have_count(len(chosen))
        expect(page.locator(".key li")).to_have_count(len(chosen))
        page.wait_for_timeout(50)  # htmx settles classes after the swap
        fresh.goto(page.url)
        assert page.evaluate(STATE) == fresh.evaluate(STATE), (view, sorted(chosen))


@pytest.mark.parametrize("seed", range(SEED, SEED + 3))
def test_after_random_touches_the_page_equals_a_fresh_one(open_page, seed):
    walk(open_page, 8, seed)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(SEED, SEED + 40))
def test_after_many_random_touches_the_page_equals_a_fresh_one(open_page, seed):
    walk(open_page, 30, seed)


def test_back_undoes_the_last_touch(open_page, site):
    page = open_page("/fr/map/")
    for place, count in (("groin-left", 1), ("sacrum", 2)):
        page.locator(f'input[value="{place}"]').check()
        expect(page.locator(".key li")).to_have_count(count)
    page.go_back()
    expect(page).to_have_url(f"{site}/fr/map/?zone=groin-left")
    expect(page.locator('[name="zone"]:checked')).to_have_count(1)
    expect(page.locator(".key li")).to_have_count(1)


def test_a_removed_place_leaves_the_focus_on_the_next_one(open_page):
    page = open_page("/fr/map/?zone=groin-left&zone=sacrum")
    page.locator(".rm").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".rm")).to_have_count(1)
    expect(page.locator(".rm")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".rm")).to_have_count(0)
    expect(page.locator("main")).to_be_focused()


def test_the_list_shows_on_the_drawing_which_place_has_the_focus(open_page):
    page = open_page("/fr/map/")
    page.locator('input[value="buttock-deep-left"]').focus()
    expect(page.locator(".focus .fo")).to_have_count(1)
    page.locator("#list button").focus()
    expect(page.locator(".focus")).to_have_count(0)


def test_every_box_is_called_what_is_written_beside_it(open_page):
    page = open_page("/fr/map/")
    for label in page.locator("#list label.opt").all():
        name = label.inner_text().strip()
        expect(page.get_by_role("checkbox", name=name, exact=True)).to_have_count(1)


def test_the_drawing_is_silent_and_out_of_the_tab_order(open_page):
    page = open_page("/fr/map/?zone=sacrum")
    assert page.locator(".fig").get_attribute("aria-hidden") == "true"
    assert page.locator('.fig a:not([tabindex="-1"])').count() == 0
    tree = page.locator("#list").aria_snapshot()
    assert tree.count("checkbox") == len(GEOMETRY.places)
    assert page.locator("main").aria_snapshot().count("checkbox") == len(GEOMETRY.places) + 1, (
        "and the tick to share"
    )
    assert "Fesse gauche, au centre et en profondeur" in tree


def test_every_side_is_named_on_every_view(open_page):
    for view in GEOMETRY.views:
        page = open_page(f"/fr/map/?view={view}")
        sides = page.locator(".sides").inner_text()
        wanted = {"left": ["gauche"], "right": ["droit"]}.get(view, ["Votre gauche", "Votre droite"])
        assert all(word in sides for word in wanted), view
        page.context.close()


def test_ten_places_at_once_stay_clear(open_page):
    places = [p for p in GEOMETRY.places if GEOMETRY.place(p).covered and "back" in GEOMETRY.place(p).views][
        :10
    ]
    page = open_page("/fr/map/?" + "&".join(f"zone={p}" for p in sorted(places)))
    expect(page.locator(".key li")).to_have_count(10)
    assert page.locator(".badges text").all_text_contents() == [str(n) for n in range(1, 11)]
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0


ALONE = """() => {
  // The plate alone at the page's corner: what stands above it is of another height in each language,
  // and half a pixel of that would shade every edge differently.
  const plate = document.querySelector('.plate');
  plate.style.margin = 0;
  document.body.replaceChildren(plate);
  document.querySelectorAll('.fig text, .sides, .tools').forEach((part) => part.remove());
}"""


@pytest.mark.parametrize("view", GEOMETRY.views)
@pytest.mark.parametrize("locale", RIGHT_TO_LEFT)
def test_the_drawing_is_the_same_in_right_to_left_languages(open_page, locale, view):
    pictures = []
    for language in ("fr", locale):
        page = open_page(
            f"/{language}/map/?zone=buttock-deep-right&view={view}"
            if view != "back"
            else f"/{language}/map/?zone=buttock-deep-right",
            width=390,
        )
        page.evaluate(ALONE)
        pictures.append(page.locator(".fig").screenshot())
        page.context.close()
    assert pictures[0] == pictures[1]
