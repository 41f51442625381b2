"""The site without a network, in a real browser, with the server really stopped.

The server here is the app behind a switch, in a thread: it can answer, be slow, fail, be replaced by a hotel's
login page, or be gone.
"""

import re
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from tests.server import free_port
from webapp import create_app
from webapp.settings import Settings

STATUS = """() => Promise.race([
  new Promise((resolve) => setTimeout(resolve, 5000, null)),
  navigator.serviceWorker.ready.then(({ active }) => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    active.postMessage(MESSAGE, [port2]);
  })),
])"""


class Switch:
    """A WSGI app that can be turned into other things than our site."""

    def __init__(self, app):
        self.app = app
        self.mode = "well"
        self.only = ""
        """A part of the paths that the mode is for; empty: all."""
        self.asked = []

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        self.asked.append(path)
        mode = self.mode if self.only in path else "well"
        if mode == "failing":
            start_response("500 Internal Server Error", [("Content-Type", "text/html")])
            return [b"<p>trouble</p>"]
        if mode == "portal":
            start_response("200 OK", [("Content-Type", "text/html")])
            return [b"<!doctype html><title>Hotel</title><h1>Please log in</h1>"]
        if mode == "elsewhere":
            start_response("302 Found", [("Location", "/hotel/")])
            return [b""]
        if mode == "cut":  # half of what was promised
            start_response(
                "200 OK",
                [
                    ("Content-Type", "application/json"),
                    ("Content-Length", "100000"),
                    ("X-Content-Version", path[-17:-5]),
                ],
            )
            return [b'{"version":"']
        if mode == "slow":
            time.sleep(5)
        return self.app(environ, start_response)


class Site:
    """A running site that can be stopped, and started again at the same address."""

    def __init__(self, data, **settings):
        self.data, self.settings = data, settings
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.server = None

    def start(self):
        """Answer from now on."""
        self.app = create_app(Settings(data=self.data, **self.settings))
        self.switch = Switch(self.app.wsgi_app)
        self.server = make_server("127.0.0.1", self.port, self.switch, threaded=True)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        """Be gone: connections are refused."""
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.thread.join()
            self.server = None

    def served(self, path):
        """Return the page the server sends."""
        return self.app.test_client().get(path).get_data(as_text=True)


@contextmanager
def started(data, **settings):
    """Run a site over `data`."""
    site = Site(data, **settings)
    site.start()
    try:
        yield site
    finally:
        site.stop()


@pytest.fixture
def site(data):
    """A site over the invented content."""
    with started(data) as found:
        yield found


@pytest.fixture
def phone(browser):
    """A phone that has never been here; it notes every request that leaves for another place."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def state(page, message="status", **values):
    """Ask the worker."""
    return page.evaluate(STATUS.replace("MESSAGE", str({"type": message, **values})))


def kept(page, *locales, version=None):
    """Wait until the phone keeps these languages."""
    for _ in range(300):
        found = state(page)
        if found and set(locales) <= set(found["locales"]) and version in (None, found["version"]):
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"the phone keeps {found}")


def copy(response):
    """Return a page of the worker without what marks it as a copy."""
    html = re.sub(r' data-copy="\w+"', "", response.text())
    return re.sub(r'<p class="copy[^"]*">.*?</p></header>', "</header>", html)


def version(site):
    """Return the content version served."""
    return site.app.test_client().get("/version.json").json["version"]


def visit(page, site, *locales):
    """Open the home page in each language and wait until the phone keeps it."""
    for locale in locales:
        page.goto(f"{site.address}/{locale}/")
        kept(page, locale)


@pytest.mark.parametrize("locale", ["fr", "ar"])
def test_everything_of_a_language_works_with_the_server_stopped(real_data, phone, locale):
    other = {"fr": "ar", "ar": "fr"}[locale]
    zones = "zone=buttock-deep-right&zone=thigh-back-upper-right"
    query = {"fr": "mal à la fesse", "ar": "ألم في الورك"}[locale]
    with started(real_data) as site:
        visit(phone, site, other, locale)
        client = site.app.test_client()
        cards = [
            entry.slug
            for entry in site.app.extensions["repere"].shelf.current().store.entries()
            if entry.kind != "urgent"
        ]
        pages = ["", "cards/", "urgent/", "legal/", *(f"cards/{slug}/" for slug in cards)]
        pages += [f"cards/{cards[0]}/with/{other}/", f"urgent/with/{other}/"]
        served = {path: site.served(f"/{locale}/{path}") for path in pages}
        results = client.get(f"/{locale}/map/results/?{zones}", headers={"HX-Request": "true"}).text
        found = client.get(f"/{locale}/search/", query_string={"q": query}).text
        site.stop()

        assert phone.goto(f"{site.address}/").url == f"{site.address}/{locale}/"
        for path, html in served.items():
            response = phone.goto(f"{site.address}/{locale}/{path}")
            assert response.status == 200, path
            assert copy(response) == html, path
            assert phone.locator("header .copy").count() == 1, path

        phone.goto(f"{site.address}/{locale}/map/?{zones}")
        expect(phone.locator("#chosen")).to_be_visible()
        expect(phone.locator("#results li").first).to_be_visible()
        titles = re.findall(r'<a href="(/\w+/cards/[^"]+)"', results)
        assert (
            phone.locator("#results a[href*='/cards/']").evaluate_all(
                "links => links.map((link) => link.getAttribute('href'))"
            )
            == titles
        )

        phone.goto(f"{site.address}/{locale}/search/?q={query}")
        expect(phone.locator("#results li").first).to_be_visible()
        region = found[found.index('id="results"') :]
        first = re.search(r'<a href="(/\w+/cards/[^"]+)"', region)[1]
        assert phone.locator("#results a[href*='/cards/']").first.get_attribute("href") == first

        phone.goto(f"{site.address}/{locale}/note/?zone=groin-left&with={other}")
        expect(phone.locator("#note")).to_be_visible()
        assert phone.locator("input[value=groin-left]").is_checked()
        phone.locator("#note button[type=submit]").click()
        expect(phone.locator(f"#sheet [lang={other}]").first).to_be_visible()

        phone.goto(f"{site.address}/{other}/")
        assert phone.locator("html").get_attribute("lang") == other
        phone.go_back()
        assert phone.locator("html").get_attribute("lang") == locale
        phone.go_forward()
        phone.reload()
        assert phone.locator("html").get_attribute("lang") == other
        missing = phone.goto(f"{site.address}/de/")
        assert missing.status == 404
        assert phone.locator("h1").count() == 1


def test_addresses_with_places_are_never_stored(site, phone):
    visit(phone, site, "fr")
    phone.goto(f"{site.address}/fr/map/?zone=groin-left")
    phone.goto(f"{site.address}/fr/note/?zone=groin-left")
    stored = phone.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys()) found.push(request.url);
          return found;
        }"""
    )
    assert stored
    assert not [url for url in stored if "?" in url]
    assert {urlsplit(url).netloc for url in stored} == {urlsplit(site.address).netloc}


def test_withdrawn_card_is_gone_in_every_language_after_one_request_in_any(site, phone, editor):
    visit(phone, site, "fr", "en")
    before = version(site)
    editor.withdraw("fiche-essai")
    assert version(site) != before
    phone.goto(f"{site.address}/en/urgent/")
    kept(phone, "fr", "en", version=version(site))
    site.stop()
    for locale in ("fr", "en"):
        assert phone.goto(f"{site.address}/{locale}/cards/fiche-essai/").status == 404
        phone.goto(f"{site.address}/{locale}/cards/")
        assert phone.locator("a[href*=fiche-essai]").count() == 0


def test_open_tab_drops_a_withdrawn_card_and_offers_the_new_page_without_reloading(site, phone, editor):
    visit(phone, site, "fr")
    phone.goto(f"{site.address}/fr/cards/")
    kept(phone, "fr")
    expect(phone.locator("a[href*=fiche-essai]")).to_have_count(1)
    phone.wait_for_timeout(500)  # the page has asked which version is served
    editor.withdraw("fiche-essai")
    phone.evaluate("() => dispatchEvent(new Event('online'))")
    expect(phone.locator("#update")).to_be_visible()
    expect(phone.locator("a[href*=fiche-essai]")).to_have_count(0)


@pytest.mark.parametrize("mode", ["failing", "portal", "elsewhere"])
def test_answers_that_are_not_ours_give_way_to_the_copy(site, phone, mode):
    visit(phone, site, "fr")
    site.switch.mode = mode
    response = phone.goto(f"{site.address}/fr/cards/fiche-essai/")
    site.switch.mode = "well"
    assert copy(response) == site.served("/fr/cards/fiche-essai/")
    expect(phone.locator("header .copy")).to_be_visible()


def test_slow_network_falls_back_to_the_copy_and_says_so(site, phone):
    visit(phone, site, "fr")
    site.switch.mode, site.switch.only = "slow", "/cards/fiche-essai/"
    phone.goto(f"{site.address}/fr/cards/fiche-essai/")
    expect(phone.locator("header .copy")).to_contain_text("lent")


@pytest.mark.parametrize("mode", ["failing", "portal", "cut"])
def test_interrupted_download_leaves_the_old_copies(site, phone, editor, mode):
    visit(phone, site, "fr", "en")
    old = state(phone)["version"]
    site.switch.mode, site.switch.only = mode, "/pack/en/"
    editor.withdraw("fiche-essai")
    phone.goto(f"{site.address}/fr/")
    for _ in range(100):
        found = state(phone)
        if found.get("newer"):
            break
        phone.wait_for_timeout(100)
    assert found["newer"] == version(site)
    assert found["version"] == old
    assert set(found["locales"]) == {"fr", "en"}
    site.stop()
    phone.goto(f"{site.address}/en/")
    expect(phone.locator("header .copy")).to_be_visible()


def test_page_and_policy_of_an_old_copy_match(site, phone):
    visit(phone, site, "fr")
    site.stop()
    complaints = []
    phone.on("console", lambda message: complaints.append(message.text))
    response = phone.goto(f"{site.address}/fr/urgent/")
    policy = response.header_value("Content-Security-Policy")
    assert policy == site.app.test_client().get("/fr/urgent/").headers["Content-Security-Policy"]
    assert phone.locator(".sos").evaluate("block => getComputedStyle(block).borderTopWidth") == "3px"
    assert not [text for text in complaints if "Content Security Policy" in text]


def test_copy_older_than_30_days_says_so_loudly_and_a_clock_set_back_does_not(site, phone):
    visit(phone, site, "fr")
    site.stop()
    # The worker's own clock cannot be mocked from a page: the day of its copy is moved instead.
    move = """async (days) => {
      const cache = await caches.open("repere-state");
      const state = await (await cache.match("/state")).json();
      state.checked -= days * 86400000;
      await cache.put("/state", new Response(JSON.stringify(state)));
    }"""
    phone.evaluate(move, -400)  # as if the phone's clock stood a year too early
    phone.goto(f"{site.address}/fr/")
    expect(phone.locator("header .copy.notice")).to_have_count(0)
    expect(phone.locator("header .copy")).to_be_visible()
    phone.evaluate(move, 431)
    phone.goto(f"{site.address}/fr/")
    expect(phone.locator("header .copy.notice")).to_contain_text("30 jours")
    expect(phone.locator(".sos .call").first).to_be_in_viewport()


def test_storage_cleared_under_a_running_tab_is_filled_again(site, phone):
    visit(phone, site, "fr")
    phone.evaluate("async () => { for (const name of await caches.keys()) await caches.delete(name); }")
    phone.goto(f"{site.address}/fr/urgent/")
    assert phone.locator("h1").count() == 1
    kept(phone, "fr")


def test_reader_keeps_another_language_and_takes_everything_back(site, phone):
    visit(phone, site, "fr")
    phone.goto(f"{site.address}/fr/offline/")
    row = phone.locator("[data-locale=en]")
    row.get_by_role("button").click()
    expect(row.get_by_role("button")).to_be_hidden()
    kept(phone, "fr", "en")
    phone.evaluate("() => localStorage.setItem('repere-country', '{}')")
    phone.locator("#clear").click()
    assert phone.evaluate("() => localStorage.getItem('repere-country')") is None
    phone.locator("#forget").click()
    expect(phone.locator("#forget")).to_be_hidden()
    assert state(phone)["locales"] == {}
    phone.goto(f"{site.address}/fr/urgent/")
    phone.wait_for_timeout(500)
    assert state(phone)["locales"] == {}, "what was taken back does not come again by itself"


def test_retired_worker_takes_its_copies_with_it(data, phone):
    with started(data) as site:
        visit(phone, site, "fr")
        site.stop()
        site.settings = {"offline": False}
        site.start()
        phone.goto(f"{site.address}/fr/")
        phone.evaluate("async () => (await navigator.serviceWorker.getRegistration())?.update()")
        for _ in range(100):
            if not phone.evaluate("() => caches.keys()"):
                break
            phone.wait_for_timeout(100)
        assert phone.evaluate("() => caches.keys()") == []
        phone.goto(f"{site.address}/fr/")
        assert phone.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0


def test_chromium_finds_nothing_against_installing(site, browser):
    context = browser.new_context()
    page = context.new_page()
    visit(page, site, "fr")
    session = context.new_cdp_session(page)
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A window without a history of its own counts as incognito, whatever the site does.
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []
    context.close()
