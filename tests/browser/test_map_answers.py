"""The map answers a touch by itself, equal to the server, and has every answer confirmed.

Shared vectors: random selections, answered by the server's views and by the phone's own script in Chromium.
"""

import random
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.server import serving
from webapp import figure
from webapp.content.editor import Editor
from webapp.i18n import catalogs

ROOT = Path(__file__).parents[2]
LOCALES = catalogs.locales(ROOT / "translations")
GEOMETRY = figure.load_geometry()
SEED = 20261122
RESULTS = "**/map/results/**"


def random_queries(count: int, seed: int, *, is_drawn: bool = False) -> list[str]:
    """Return canonical addresses' queries: small sets above all, sometimes very many places."""
    choice = random.Random(seed)
    queries = ["", "?zone=chest", "?" + urlencode([("zone", place) for place in sorted(GEOMETRY.places)])]
    while len(queries) < count:
        most = choice.choice([1, 2, 3, 4, 8, len(GEOMETRY.places)])
        places = choice.sample(GEOMETRY.places, choice.randint(0 if is_drawn else 1, most))
        query = [("zone", place) for place in sorted(places)]
        if is_drawn or choice.random() < 0.2:
            view = choice.choice(list(GEOMETRY.views))
            window = choice.choice(GEOMETRY.windows(view))
            query += [("view", view)] if view != "back" else []
            query += [("window", window)] if window not in ("pelvis-knee", view != "soles" or "full") else []
            query += [("layer", layer) for layer in ("nerve", "bones", "paths") if choice.random() < 0.3]
        queries.append(f"?{urlencode(query)}" if query else "")
    return queries[:count]


def squeeze(html: str) -> str:
    """Return HTML without its line breaks."""
    return html.replace("\n", "")


ANSWERS = """([table, known, queries]) => queries.map((query) => {
  const { address, answer, read } = reperePlaces;
  const selection = read(query, known);
  return [address(table.address, selection), answer(table, selection)];
})"""


def check_answers(open_page, client, locale: str, count: int) -> None:
    """Compare the phone's answers with the server's over random selections."""
    queries = random_queries(count, SEED)
    path = f"/{locale}/map/"
    table = client.client.get(f"{path}table.json").get_json()
    known = [place["id"] for zone in table["zones"] for place in zone["places"]]
    answered = open_page(path).evaluate(ANSWERS, [table, known, queries])
    wrong = []
    for query, (address, html) in zip(queries, answered, strict=True):
        response = client.client.get(f"{path}results/{query}", headers={"HX-Request": "true"})
        assert response.status_code == 200, query
        if address != path + query or squeeze(html) != squeeze(response.get_data(as_text=True)).strip():
            wrong.append((query, address))
    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_phone_answers_random_places_as_the_server_does(open_page, real_client, locale):
    check_answers(open_page, real_client, locale, 250 if locale in ("fr", "ar") else 30)


@pytest.mark.full
@pytest.mark.parametrize("locale", LOCALES)
def test_the_phone_answers_many_random_places_as_the_server_does(open_page, real_client, locale):
    check_answers(open_page, real_client, locale, 2000)


def copied(page, client, path: str = "/fr/map/") -> None:
    """Answer the map's addresses as an offline copy does: the bare page for all, and no results."""
    response = client.client.get(path)
    version = response.headers["X-Content-Version"]
    html = response.get_data(as_text=True).replace("<html ", f'<html data-copy="{version}" ', 1)
    page.route(
        re.compile(re.escape(path) + r"(\?.*)?$"),
        lambda route: (
            route.fulfill(body=html, headers=dict(response.headers))
            if route.request.is_navigation_request()
            else route.fallback()
        ),
    )
    page.route(RESULTS, lambda route: route.abort())


PAGES = """async ([path, queries]) => {
  // Everything in main but what is said aloud and the notices; attributes tell what a fresh page would have.
  const words = (main) => {
    const copy = main.cloneNode(true);
    copy.querySelector('#list').className = 'sec'; // htmx marks it while it asks
    copy.querySelector('#said').textContent = '';
    copy.querySelectorAll('[data-tool]').forEach((button) => button.removeAttribute('disabled')); // awake by now
    copy.querySelectorAll('[data-tool], #with-places').forEach((part) => (part.hidden = true));
    copy.querySelectorAll('.notice').forEach((part) => { part.hidden = true; part.querySelector('a')?.removeAttribute('href'); });
    return copy.outerHTML.replace(/\\n/g, '');
  };
  const differing = [];
  for (const query of queries) {
    const fresh = new DOMParser().parseFromString(await (await fetch(path + query)).text(), 'text/html');
    history.pushState(null, '', path + query);
    dispatchEvent(new PopStateEvent('popstate'));
    document.querySelectorAll('[name=zone]').forEach((box) => box.toggleAttribute('checked', box.checked));
    const [ours, theirs] = [words(document.querySelector('main')), words(fresh.querySelector('main'))];
    if (ours !== theirs || document.title !== fresh.title) {
      const at = [...ours].findIndex((letter, index) => letter !== theirs[index]);
      differing.push([query, document.title, fresh.title, ours.slice(at - 80, at + 120), theirs.slice(at - 80, at + 120)]);
    }
  }
  return differing;
}"""


def check_pages(open_page, client, locale: str, count: int) -> None:
    """Compare the page that the phone makes of the bare one with the server's, over random selections."""
    page = open_page("/fr/legal/", width=390, height=844, is_checked=False)
    path = f"/{locale}/map/"
    copied(page, client, path)
    page.goto(page.url.replace("/fr/legal/", path))
    page.locator('.views a[data-view="soles"]').click()
    expect(page.locator('.fig[data-view="soles"]')).to_be_visible()
    assert page.evaluate(PAGES, [path, random_queries(count, SEED, is_drawn=True)]) == []


@pytest.mark.parametrize("locale", ["ar"])  # the others with -m full
def test_the_phone_makes_the_page_of_any_view_window_and_layer(open_page, real_client, locale):
    check_pages(open_page, real_client, locale, 50)


@pytest.mark.full
@pytest.mark.parametrize("locale", LOCALES)
def test_the_phone_makes_the_pages_of_many_views_windows_and_layers(open_page, real_client, locale):
    check_pages(open_page, real_client, locale, 400)


def test_a_copy_is_brought_to_what_its_address_asks_for(open_page, site, real_client):
    page = open_page("/fr/legal/", is_checked=False)
    copied(page, real_client)
    page.goto(f"{site}/fr/map/?zone=sacrum&zone=groin-left&view=front")
    expect(page).to_have_url(f"{site}/fr/map/?zone=groin-left&zone=sacrum&view=front")
    expect(page.locator(".key li")).to_have_count(2)
    expect(page.locator('.fig[data-view="front"] .badges text')).to_have_text(["2"])
    expect(page.locator('[name="zone"]:checked')).to_have_count(2)
    expect(page.locator("#unconfirmed")).to_be_hidden()
    page.goto(f"{site}/fr/map/?zone=nose")
    expect(page.locator("h1")).to_have_text("Cet endroit n’existe pas")


TABLE = """async () => {
  const isThere = () => performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.endsWith('/table.json') && responseEnd);
  for (let turn = 0; !isThere(); turn++) {
    if (turn > 1000) throw new Error('the table was not asked for');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await (await fetch(document.querySelector('#list').dataset.table)).json(); // asked for later, read later
}"""


def tick(page, *places: str) -> None:
    """Tick places in the list."""
    for place in places:
        page.locator(f'input[value="{place}"]').check()


def test_a_touch_is_answered_while_the_network_is_silent(open_page, site):
    page = open_page("/fr/map/")
    page.evaluate(TABLE)
    held = []
    page.route(RESULTS, lambda route: held.append(route))
    tick(page, "buttock-deep-right", "thigh-back-upper-right")
    assert page.locator(".key li").count() == 2
    assert page.locator("#said").inner_text().startswith("2 endroits")
    assert page.locator('#results a[href="/fr/cards/sciatique/"]').count() == 1
    assert page.url == f"{site}/fr/map/?zone=buttock-deep-right&zone=thigh-back-upper-right"
    # What comes in the end says the same: nothing moves, the focus least of all.
    page.evaluate("() => { document.querySelector('#results section').kept = true }")
    with page.expect_response(RESULTS):
        held[-1].continue_()
    page.evaluate(IDLE)
    assert page.evaluate("() => document.querySelector('#results section').kept")
    expect(page.locator('input[value="thigh-back-upper-right"]')).to_be_focused()
    expect(page.locator("#renewed, #unconfirmed").first).to_be_hidden()


IDLE = """async () => { for (let turn = 0; turn < 5; turn++) await new Promise(requestIdleCallback) }"""


def test_back_and_forward_are_answered_while_the_network_is_silent(open_page, site):
    page = open_page("/fr/map/")
    page.evaluate(TABLE)
    page.route(RESULTS, lambda route: None)
    tick(page, "groin-left", "sacrum")
    for move, places in (
        (page.go_back, ["groin-left"]),
        (page.go_back, []),
        (page.go_forward, ["groin-left"]),
        (page.go_forward, ["groin-left", "sacrum"]),
    ):
        move()
        expect(page.locator(".rm")).to_have_count(len(places))
        assert [box.get_attribute("value") for box in page.locator('[name="zone"]:checked').all()] == sorted(
            places, key=["sacrum", "groin-left"].index
        )
        assert page.locator(".states .on").count() <= len(places)


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(lambda route: route.abort(), id="no network"),
        pytest.param(lambda route: route.fulfill(status=503, body="busy"), id="broken server"),
        pytest.param(lambda route: route.fulfill(body="<h1>Log in to the hotel</h1>"), id="captive portal"),
    ],
)
def test_an_answer_that_could_not_be_confirmed_stays_and_says_so(open_page, trouble):
    page = open_page("/fr/map/", is_checked=False)
    page.evaluate(TABLE)
    page.route(RESULTS, trouble)
    tick(page, "buttock-deep-right")
    expect(page.locator("#unconfirmed")).to_be_visible()
    expect(page.locator("#results .why").first).to_be_visible()
    page.unroute(RESULTS)
    tick(page, "sacrum")
    expect(page.locator("#unconfirmed")).to_be_hidden()
    expect(page.locator(".key li")).to_have_count(2)


def test_without_a_table_trouble_is_said_where_the_answer_would_stand(open_page, site):
    page = open_page("/fr/legal/", is_checked=False)
    page.route("**/table.json", lambda route: route.abort())
    page.goto(f"{site}/fr/map/")
    for trouble in (lambda route: route.abort(), lambda route: route.fulfill(body="<h1>Log in</h1>")):
        page.route(RESULTS, trouble)
        tick(page, "groin-left")
        expect(page.locator("#results [role=alert]")).to_contain_text("Vérifiez la connexion")
        page.unroute(RESULTS)
        tick(page, "sacrum")
        expect(page.locator(".key li")).to_have_count(2)
        expect(page.locator("#results [role=alert]")).to_have_count(0)
        page.goto(f"{site}/fr/map/")
    # What was read stays when a page that comes back cannot be checked.
    page.goto(f"{site}/fr/map/?zone=groin-left")
    page.route(RESULTS, lambda route: route.abort())
    page.evaluate(RESTORE)
    expect(page.locator("#unconfirmed")).to_be_visible()
    expect(page.locator("#results .why").first).to_be_visible()


def test_who_saves_data_gets_no_table_and_the_same_answers(open_page, site):
    page = open_page("/fr/legal/")
    page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/fr/map/")
    page.evaluate(IDLE)
    tick(page, "groin-left", "sacrum")
    expect(page.locator(".key li")).to_have_count(2)
    page.go_back()
    expect(page.locator(".key li")).to_have_count(1)
    assert not [url for url in asked if "/map/" in url and url.endswith(".json")]


@pytest.fixture
def changing(real_data):
    """A server whose content may be changed, and its editor."""
    catalogs.compile_all(real_data / "translations")
    with serving(real_data) as address:
        yield address, Editor(real_data)


def test_a_withdrawn_card_leaves_every_map_that_was_open(open_page, changing):
    address, editor = changing
    card, urgent = '#results a[href="/fr/cards/cruralgie/"]', '.band a[href="/fr/cards/fracture-hanche/"]'
    page = open_page("/fr/legal/", is_checked=False)
    query = "/fr/map/?zone=thigh-front-upper-left"
    page.goto(address + query)
    page.evaluate(TABLE)
    restored, waiting = page.context.new_page(), page.context.new_page()
    waiting.clock.install()
    for tab in (restored, waiting):
        tab.goto(address + query)
    for tab in (page, restored, waiting):
        expect(tab.locator(card)).to_have_count(1)
        expect(tab.locator(urgent)).to_have_count(1)
    editor.withdraw("cruralgie")
    editor.withdraw("fracture-hanche")

    # A touch, answered at once from a table that is now wrong.
    tick(page, "sacrum")
    # A page out of the back-forward cache.
    restored.evaluate(RESTORE)
    # A tab that was out of sight.
    waiting.evaluate(HIDE, True)
    waiting.clock.fast_forward("24:00:00")
    waiting.evaluate(HIDE, False)

    for tab in (page, restored, waiting):
        expect(tab.locator(card)).to_have_count(0)
        expect(tab.locator(urgent)).to_have_count(0)
    expect(page.locator("#renewed")).to_be_visible()
    expect(page.locator(".key li")).to_have_count(2)
    tick(page, "groin-left")  # answered by the server alone
    expect(page.locator(".key li")).to_have_count(3)
    expect(page.locator(card)).to_have_count(0)
    page.locator("#renewed a").click()
    expect(page.locator("#renewed")).to_be_hidden()
    expect(page.locator(".key li")).to_have_count(3)


RESTORE = "() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
HIDE = """(isHidden) => {
  Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
