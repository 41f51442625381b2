"""The audit in a browser: folded cards, opened by a finger, by a link, by a key; read without script too."""

import pytest
from axe_playwright_python.sync_playwright import Axe


def test_the_link_of_a_card_opens_its_points_and_a_touch_folds_them(open_page, site):
    page = open_page("/fr/cards/sciatique/")
    page.get_by_role("link", name="Ce qui est vérifié").click()
    page.wait_for_url("**/about/quality/#sciatique")
    opened = page.locator("details[open]")
    assert opened.count() == 1
    assert opened.get_attribute("id") == "sciatique"
    summary = opened.locator("summary")
    assert 0 <= summary.bounding_box()["y"] <= page.viewport_size["height"] / 2
    heights = page.locator("summary").evaluate_all("all => all.map((s) => s.getBoundingClientRect().height)")
    assert min(heights) >= 44
    summary.click()
    assert page.locator("details[open]").count() == 0


def test_without_script_every_card_can_be_unfolded_from_the_keyboard(open_page):
    page = open_page("/fr/about/quality/#sciatique", java_script_enabled=False)
    card = page.locator("#sciatique")
    points = card.get_by_text("Chaque source a une année")
    assert not points.is_visible()
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    assert points.is_visible()


@pytest.mark.parametrize(("locale", "scheme"), [("fr", "light"), ("ar", "dark")])
def test_no_fault_that_axe_can_see_and_no_sideways_scroll(open_page, locale, scheme):
    page = open_page(f"/{locale}/about/quality/#sciatique", color_scheme=scheme, width=320)
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    results = Axe().run(page)
    assert [(v["id"], v["nodes"][0]["html"][:160]) for v in results.response["violations"]] == []
