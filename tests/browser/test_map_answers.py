"""The map answers a touch by itself, equal to the server, and has every answer confirmed.

Shared vectors: random selections, answered by the server's views and by the phone's own script in Chromium.
"""

import random
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from webapp import figure
from webapp.i18n import catalogs

ROOT = Path(__file__).parents[2]
LOCALES = catalogs.locales(ROOT / "translations")
GEOMETRY = figure.load_geometry()
SEED = 20261122
WITHDRAWN = "sciatique"
HELD = "() => new Promise(() => {})"


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


def copied(page, client, path: str = "/fr/map/") -> str:
    """Answer the map's addresses as an offline copy does, with the bare page; return its content version."""
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
    page.route("**/map/results/**", lambda route: route.abort())
    return version


PAGES = """async ([path, queries]) => {
  // Everything in main but what is said aloud and the notices; attributes tell what a fresh page would have.
  const words = (main) => {
    const copy = main.cloneNode(true);
    copy.querySelector('#list').className = 'sec'; // htmx marks it while it asks
    copy.querySelector('#said').textContent = '';
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
    page = open_page("/healthz", width=390, height=844, is_checked=False)
    path = f"/{locale}/map/"
    copied(page, client, path)
    page.goto(page.url.replace("/healthz", path))
    page.locator('.views a[data-view="soles"]').click()
    expect(page.locator('.fig[data-view="soles"]')).to_be_visible()
    assert page.evaluate(PAGES, [path, random_queries(count, SEED, is_drawn=True)]) == []


@pytest.mark.parametrize("locale", ["fr", "ar"])
def test_the_phone_makes_the_page_of_any_view_window_and_layer(open_page, real_client, locale):
    check_pages(open_page, real_client, locale, 50)


@pytest.mark.full
@pytest.mark.parametrize("locale", LOCALES)
def test_the_phone_makes_the_pages_of_many_views_windows_and_layers(open_page, real_client, locale):
    check_pages(open_page, real_client, locale, 400)
