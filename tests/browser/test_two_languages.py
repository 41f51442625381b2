"""What is shown to a clinician: pages in two languages, and the note."""

import random
import urllib.parse
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.test_main_job import LOCALES
from tests.views.test_two import filled, with_slots

SHEET = """(html) => {
  const root = html === null ? document : new DOMParser().parseFromString(html, "text/html");
  const sheet = root.querySelector("#sheet").cloneNode(true);
  for (const time of sheet.querySelectorAll("time")) time.textContent = ""; // two clocks' words for one day
  return sheet.outerHTML.replace(/\\s+/g, " ").replace(/> | </g, (edge) => edge.trim());
}"""


def faults(page) -> list:
    """Return what axe finds."""
    return [(v["id"], v["nodes"][0]["html"][:160]) for v in Axe().run(page).response["violations"]]


def test_from_a_card_to_a_clinician_and_back(open_page, site):
    page = open_page("/fr/cards/sciatique/")
    expect(page.locator("#clinician")).to_be_hidden()
    page.locator("summary", has_text="autre langue").click()
    expect(page.locator(".langs a", has_text="Français")).to_have_count(0)
    page.locator(".langs a", has_text="العربية").click()
    expect(page).to_have_url(f"{site}/fr/cards/sciatique/with/ar/")
    expect(page.locator("h1 [lang=ar]")).to_be_visible()
    expect(page.locator(".sos .call a").first).to_be_in_viewport(ratio=1)
    # The language shown last is one tap away on the next page.
    page.goto(f"{site}/fr/urgent/")
    page.locator("#clinician").click()
    expect(page).to_have_url(f"{site}/fr/urgent/with/ar/")
    page.locator("[data-second] > .btn").click()
    expect(page).to_have_url(f"{site}/ar/urgent/with/fr/")
    page.goto(f"{site}/ar/cards/sciatique/")
    page.locator("#clinician").click()
    expect(page).to_have_url(f"{site}/ar/cards/sciatique/with/fr/")


def test_without_script_a_clinician_is_one_or_two_taps_away(open_page, site):
    page = open_page("/ar/cards/sciatique/", java_script_enabled=False)
    page.locator("#clinician").click()
    assert page.url == f"{site}/ar/cards/sciatique/with/fr/"
    page.goto(f"{site}/fr/cards/sciatique/")
    page.locator("summary").first.click()
    page.locator(".langs a").nth(2).click()
    assert "/fr/cards/sciatique/with/" in page.url


def test_a_chosen_country_is_named_in_both_languages(open_page):
    page = open_page("/fr/urgent/")
    page.locator('[data-code="CH"] button').click()
    page.goto(page.url + "with/ar/")
    expect(page.locator(".call a")).to_have_attribute("href", "tel:144")
    expect(page.locator(".call a span")).to_have_text(["Suisse", "سويسرا"])


@pytest.mark.parametrize(
    ("path", "scheme"),
    [
        ("/fr/cards/sciatique/with/ar/", "light"),
        ("/ar/urgent/with/fr/", "dark"),
        ("/fr/note/?zone=groin-left&with=ar", "dark"),
        ("/ar/note/", "light"),
    ],
)
def test_pages_for_a_clinician_have_no_accessibility_fault(open_page, path, scheme):
    page = open_page(path, color_scheme=scheme, width=320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert faults(page) == []
    if "note" in path:
        page.locator("[type=submit]").click()
        assert faults(page) == []


def fill(page) -> None:
    """Fill a note."""
    page.locator('[name=began][value="sudden"]').check()
    page.locator('[name=feels][value="burning"]').check()
    page.locator("[name=sign]").first.check()
    page.locator("#medicines").fill("Ibuprofène 400\nle soir")


@pytest.mark.parametrize("locale", ["fr", "ar"])
def test_the_note_is_made_on_the_phone(open_page, site, locale):
    second = {"fr": "ar", "ar": "fr"}[locale]
    page = open_page(
        f"/{locale}/map/?zone=buttock-deep-right", permissions=["clipboard-read", "clipboard-write"]
    )
    page.locator("#to-note").click()
    expect(page.locator("#chosen li")).to_have_count(1)
    fill(page)
    if locale == "fr":  # the form outlives another choice of language
        page.locator("summary", has_text="Langue du soignant").click()
        page.locator(".langs a", has_text="العربية").click()
        expect(page).to_have_url(f"{site}/fr/note/?zone=buttock-deep-right&with=ar")
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.locator("[type=submit]").click()
    sheet = page.locator("#sheet")
    expect(sheet).to_be_focused()
    expect(sheet).to_be_in_viewport()
    expect(page.locator(".sos")).to_be_visible()
    expect(page.locator("#fill")).to_be_hidden()
    expect(sheet.locator("li")).to_have_count(4)
    expect(sheet.locator(f'li [lang="{second}"]')).to_have_count(4)
    expect(sheet.locator(".z.on")).to_have_count(1)
    expect(sheet.locator(".own")).to_have_text("Ibuprofène 400\nle soir")

    page.locator('[data-do="copy"]').click()
    expect(page.locator("#said")).not_to_be_empty()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Ibuprofène 400\nle soir" in copied
    for text in sheet.locator("li .two > *").all_inner_texts():
        assert text in copied
    page.evaluate("window.print = () => (window.printed = true)")
    page.locator('[data-do="print"]').click()
    assert page.evaluate("window.printed")
    page.emulate_media(media="print")
    expect(page.locator(".sos")).to_be_visible()
    expect(page.locator("#do")).to_be_hidden()
    page.emulate_media(media="screen")

    page.locator('[data-do="change"]').click()
    expect(sheet).to_have_count(0)
    expect(page.locator('[name=began][value="sudden"]')).to_be_checked()
    page.reload()
    expect(page.locator("#medicines")).to_have_value("Ibuprofène 400\nle soir")
    page.locator("[type=submit]").click()
    requests.clear()
    page.locator('[data-do="clear"]').click()
    expect(page.locator("#said")).not_to_be_empty()
    expect(page.locator("#note :checked")).to_have_count(0)
    expect(page.locator("#medicines")).to_have_value("")
    assert "zone" not in page.url
    assert page.evaluate("sessionStorage.getItem('repere-note')") is None
    fill(page)
    page.locator("[type=reset]").click()
    page.reload()
    expect(page.locator("#note :checked")).to_have_count(0)
    assert [url for url in requests if "/note/" in url and "reload" not in url] == [page.url], (
        "only the reload"
    )


@pytest.mark.parametrize("locale", ["fr", "ar"])
def test_the_note_without_script(open_page, site, locale):
    page = open_page(f"/{locale}/note/?zone=groin-left&with=de", java_script_enabled=False)
    fill(page)
    page.locator("[type=submit]").click()
    assert page.url == f"{site}/{locale}/note/"
    assert page.locator("#sheet li").count() == 4
    assert page.locator('#sheet [lang="de"]').count() > 4
    assert page.locator('[name=began][value="sudden"]').is_checked(), "the form stands below, to change it"


@pytest.mark.parametrize(("locale", "second"), [("fr", "ar"), ("ar", "fr"), ("fr", "fr")])
def test_the_phone_makes_the_sheet_that_the_server_makes(open_page, site, locale, second):
    page = open_page(f"/{locale}/note/?with={second}")
    boxes = page.locator("#note [type=checkbox], #note [type=radio]").evaluate_all(
        "all => all.map(({ type, name, value }) => [type, name, value])"
    )
    chance = random.Random(f"{locale} {second}")
    for size in (0, 1, 6, 20, len(boxes)):
        ticked = chance.sample(boxes, size)
        one = {name: value for kind, name, value in ticked if kind == "radio"}
        form = [("with", second), *((n, v) for kind, n, v in ticked if kind == "checkbox"), *one.items()]
        texts = {
            name: chance.choice(["", "  ", "a <b> & “c”\n\nd\te", "دواء 5 mg 🙂"])
            for name in ("medicines", "illnesses")
        }
        page.evaluate(
            """([form, texts]) => {
              for (const box of document.querySelectorAll("#note [type=checkbox], #note [type=radio]")) {
                box.checked = form.some(([name, value]) => box.name === name && box.value === value);
              }
              for (const [name, text] of Object.entries(texts)) document.getElementById(name).value = text;
              document.getElementById("note").requestSubmit();
            }""",
            [form, texts],
        )
        made = page.evaluate(SHEET, None)
        body = urllib.parse.urlencode([*form, *texts.items()]).encode()
        answer = urllib.request.urlopen(f"{site}/{locale}/note/", body).read().decode()
        assert made == page.evaluate(SHEET, answer)
        page.locator('[data-do="change"]').click()


def test_a_copy_made_for_two_languages_speaks_one_where_both_are_the_same(open_page, site, real_app):
    page = open_page("/fr/")
    copy = filled(real_app, with_slots(real_app, "/fr/note/"), "fr", "fr")
    page.route(
        f"{site}/fr/note/", lambda route: route.fulfill(body=copy, content_type="text/html; charset=utf-8")
    )
    page.goto(f"{site}/fr/note/")
    fill(page)
    page.locator("[type=submit]").click()
    expect(page.locator("#sheet li")).to_have_text(
        [
            "La douleur a commencé d’un coup.",
            "Je sens une brûlure.",
            "Entrejambe engourdi, ou du mal à uriner.",
        ]
    )
    expect(page.locator(".sos h2")).to_have_count(1)
    assert page.locator("main .l2").count() == 0


@pytest.mark.parametrize("width", [320, 360])
def test_the_four_tabs_fit_on_one_line(open_page, site, width):
    page = open_page("/fr/", width=width)
    for locale in LOCALES:
        page.goto(f"{site}/{locale}/note/")
        tops, cut = page.locator(".tabs a").evaluate_all(
            "all => [new Set(all.map((tab) => tab.offsetTop)).size, all.filter((tab) => tab.scrollWidth > tab.clientWidth).length]"
        )
        assert (tops, cut) == (1, 0), locale
