"""Every place can be touched: real taps in Chromium, place by place, view by view, window by window."""

import random

import pytest

from webapp import figure

SEED = 20261122
GEOMETRY = figure.load_geometry()
CASES = [
    (view, window, place)
    for view in GEOMETRY.views
    for window in GEOMETRY.windows(view)
    for place in GEOMETRY.places
    if view in GEOMETRY.place(place).views
]


LISTEN = """() => {
  // Taps are real; what they would do is only noted, so that the next one meets the same page.
  addEventListener('click', (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const link = event.target.closest('a[data-place]');
    window.met = link ? link.dataset.place + ('zoom' in link.dataset ? ' zoom' : '') : 'nothing';
  }, { capture: true });
}"""
AIM = """(place) => {
  // The middle of a place's target, scrolled to the middle of the screen; null outside the window.
  window.met = 'no click';
  const link = document.querySelector(`.zones a[data-place="${place}"]`);
  const [x, y] = link.dataset.badge.match(/translate\\(([-\\d.]+) ([-\\d.]+)\\)/).slice(1).map(Number);
  const svg = link.ownerSVGElement;
  const at = () => new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
  const frame = svg.getBoundingClientRect();
  if (at().x <= 0 || at().x >= innerWidth || at().y <= frame.top || at().y >= frame.bottom) return null;
  scrollBy({ top: at().y - innerHeight / 2, behavior: 'instant' });
  return { x: at().x, y: at().y };
}"""


def tap_and_read(page, place: str) -> str:
    """Tap the middle of a place's target; return the place met, or that its window would open."""
    point = page.evaluate(AIM, place)
    if point is None:
        return "outside"
    page.touchscreen.tap(point["x"], point["y"])
    return page.evaluate("() => window.met")


def check_targets(open_page, cases, width: int) -> None:
    """Touch every case's place; it is marked, or its window is opened where it is too small or cut here."""
    by_drawing: dict[tuple[str, str], list[str]] = {}
    for view, window, place in cases:
        by_drawing.setdefault((view, window), []).append(place)
    wrong = []
    for (view, window), places in by_drawing.items():
        page = open_page(f"/fr/map/?view={view}&window={window}", width=width, height=844, has_touch=True)
        page.evaluate(LISTEN)
        for place in places:
            reach = GEOMETRY.reach(place, view, window)
            covered = GEOMETRY.place(place).covered
            met = tap_and_read(page, place)
            expected = f"{place} zoom" if covered and reach < 34 else place
            if met not in (expected, "outside"):
                wrong.append(f"{view} {window} {place}: {met}, expected {expected}")
        page.context.close()
    assert wrong == []


@pytest.mark.parametrize(("number", "width"), [(0, 320), (1, 390)])
def test_a_touch_meets_its_place(open_page, number, width):
    drawings = sorted({case[:2] for case in CASES})
    cases = [case for case in CASES if case[:2] in drawings[number::3]]  # each width a third of them
    check_targets(open_page, random.Random(SEED).sample(cases, 60), width)


@pytest.mark.full
@pytest.mark.parametrize("width", [320, 390])
def test_every_touch_meets_its_place(open_page, width):
    check_targets(open_page, CASES, width)


def test_every_place_has_a_target_of_44_px_somewhere():
    for place in GEOMETRY.places:
        assert GEOMETRY.reach(place, *GEOMETRY.best_view(place)) >= 44, place


def test_every_window_offers_34_px_to_what_it_shows_whole():
    for view, window, place in CASES:
        reach = GEOMETRY.reach(place, view, window)
        if window != "full" and GEOMETRY.place(place).covered:
            assert reach == 0 or reach >= 34, (view, window, place, reach)


def test_a_place_too_small_here_opens_the_window_that_shows_it(open_page, site):
    page = open_page("/fr/map/?view=back&window=full", has_touch=True, is_mobile=True, width=390, height=844)
    page.locator('.zones a[data-place="coccyx"] .z').tap()
    page.wait_for_url("**/fr/map/?window=pelvis")
    page.evaluate(LISTEN)
    assert tap_and_read(page, "coccyx") == "coccyx"


def test_a_touch_beside_the_body_takes_the_nearest_place(open_page):
    page = open_page("/fr/map/?view=soles", has_touch=True, width=390, height=844)
    heel = page.locator('.zones a[data-place="heel-left"] .z')
    page.evaluate("() => document.querySelector('.fig').scrollIntoView({ block: 'center' })")
    box = heel.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] + 6)
    page.locator("#chosen").wait_for()
    assert page.locator('[name="zone"]:checked').get_attribute("value") == "heel-left"
