"""Headers and privacy (design, section 9): every answer of every kind, over the whole URL map."""

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser

import brotli
import pytest
from werkzeug.exceptions import BadRequest

from tests.contracts.routes import routes, variants
from webapp import create_app
from webapp.content.editor import Editor
from webapp.security import content_security_policy
from webapp.settings import Settings

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NEVER = ("Set-Cookie", "Access-Control-Allow-Origin", "Server", "X-Powered-By")
LOADED = {
    "src",
    "srcset",
    "poster",
    "data",
    "action",
    "formaction",
    "background",
    "data-hx-get",
    "data-hx-post",
}
"""Attributes that make a browser fetch, or send to, an address."""


FORMS = ({}, {"HX-Request": "true"}, {"Accept-Encoding": "br", "Host": "evil.example"})
METHODS = ("POST", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "BREW")


def check(response, style_hash):
    """Assert what every answer of any kind carries, and what no page holds."""
    where = f"{response.request.method} {response.request.path} {response.status_code}"
    for name, value in HEADERS.items():
        assert response.headers.get_all(name) == [value], f"{where}: {name}"
    assert response.headers.get_all("Content-Security-Policy") == [content_security_policy(style_hash)], where
    for name in NEVER:
        assert name not in response.headers, f"{where}: {name}"
    location = response.headers.get("Location", "/")
    assert re.match(r"/(?![/\\])", location), f"{where} leads away: {location}"
    is_page = response.mimetype == "text/html" and response.request.method != "OPTIONS"
    if 200 <= response.status_code < 300 and is_page:
        assert response.headers["Content-Language"], where
        assert response.headers["X-Content-Version"], where
        assert "public" not in response.headers["Cache-Control"], where
    if response.status_code >= 400:
        assert "immutable" not in response.headers.get("Cache-Control", ""), where
    is_compressed = response.headers.get("Content-Encoding") == "br"
    body = (brotli.decompress(response.data) if is_compressed else response.data).decode(errors="replace")
    if response.mimetype == "text/html":
        try:
            check_html(body, style_hash)
        except AssertionError as error:
            raise AssertionError(f"{where}: {error}") from error
    if response.mimetype == "image/svg+xml":
        assert not re.search(r"<script|<foreignObject|\son\w+=|href=\"(?!#)", body), where


class CodeFinder(HTMLParser):
    """Finds code and foreign addresses in a page. (html5lib, ten times slower, reads every page in `tests.pages`.)"""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.styles: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag, attrs):
        self._inside = tag
        values = {name: value or "" for name, value in attrs}
        if tag in ("base", "iframe", "object", "embed", "frame", "applet", "portal"):
            self.faults.append(tag)
        if tag == "style":
            self.styles.append("")
        if tag == "script" and not values.get("src"):
            self.faults.append("inline script")
        if tag == "meta" and "refresh" in values.get("http-equiv", "").lower():
            self.faults.append("refresh")
        for name, value in values.items():
            if name.startswith("on") or name == "style":
                self.faults.append(f"{name} on {tag}")
            if re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE):
                self.faults.append(value)
            is_loaded = name in LOADED
            if name == "href" and tag != "a":
                is_loaded = tag != "link" or values.get("rel") not in ("canonical", "alternate")
            if is_loaded and re.match(r"\s*(\w+:|[/\\]{2})", value):
                self.faults.append(f"{tag} loads {value}")

    def handle_data(self, data):
        if self._inside == "style":
            self.styles[-1] += data
        if self._inside == "script" and data.strip():
            self.faults.append("inline script")

    def handle_endtag(self, tag):
        self._inside = ""


def check_html(html, style_hash):
    """Assert that a page or fragment holds no code but the one style sheet, and loads from nowhere else."""
    finder = CodeFinder()
    finder.feed(html)
    finder.close()
    assert finder.faults == []
    digests = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in finder.styles]
    # A page has the one style sheet that the policy allows; fragments and redirects have none.
    assert [f"sha256-{digest}" for digest in digests] == ([style_hash] if '<html lang="' in html else [])


@pytest.mark.parametrize(
    "html",
    [
        "<p style='x'>",
        "<b onclick=x>",
        "<script>x</script>",
        "<script src='//evil.example/x.js'></script>",
        "<img src=https://evil.example/x.png>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
        "<a href=' javascript:x'>",
        "<style>p{}</style>",
        "<iframe>",
        "<meta http-equiv=refresh content=0>",
        "<form action='//evil.example/'>",
        "<p data-hx-get='https://evil.example/'>",
        '<html lang="fr">',
    ],
)
def test_code_and_foreign_addresses_would_be_noticed(html):
    with pytest.raises(AssertionError):
        check_html(html, "sha256-x")


def test_the_page_a_reader_came_from_is_kept_as_an_address_and_nothing_else(client):
    html = client.get("/fr/languages/", query_string={"from": '/fr/map/?zone=a&zone="><b x=1>é'}).text
    assert 'href="/en/map/?zone=a&amp;zone=%22%3E%3Cb%20x=1%3E%C3%A9"' in html
    for elsewhere in (
        "//evil.example/",
        "https://evil.example/fr/",
        "/\\evil.example",
        "/fr/\\evil",
        "javascript:x",
    ):
        html = client.get("/fr/languages/", query_string={"from": elsewhere}).text
        assert set(re.findall(r'<a href="([^"]*)" hreflang', html)) == {"/fr/", "/en/", "/ar/"}


@pytest.fixture
def style_hash(app):
    return app.extensions["repere"].assets.style_hash


def test_every_answer_of_every_route_carries_every_header_and_nothing_inline(app, data, style_hash):
    Editor(data).withdraw("guide-essai")
    client, seen = app.test_client(), Counter()
    for route in routes(app):
        for address in variants(route):
            is_first = address == route.address
            for headers in FORMS if is_first else FORMS[:1]:
                response = client.get(address, headers=headers)
                check(response, style_hash)
                seen[response.status_code] += 1
                etag = response.headers.get("ETag")
                if etag:
                    again = client.get(address, headers={**headers, "If-None-Match": etag})
                    check(again, style_hash)
                    assert (again.status_code, again.data) == (304, b"")
                    seen[304] += 1
            for method in METHODS if is_first else METHODS[:1]:
                response = client.open(address, method=method, data=b"zone=%ff" if method == "POST" else None)
                check(response, style_hash)
                seen[response.status_code] += 1
    gone = client.get("/fr/cards/guide-essai/")
    check(gone, style_hash)
    assert gone.status_code == 410
    assert {200, 301, 302, 303, 304, 308, 404, 405} <= seen.keys()
    assert max(seen) < 500, seen


@pytest.mark.parametrize(("error", "status"), [(RuntimeError("secret"), 500), (BadRequest("secret"), 400)])
def test_a_view_that_fails_answers_a_page_with_every_header_and_no_detail(app, style_hash, error, status):
    def fail(**values):
        raise error

    client = app.test_client()
    for route in list(routes(app)):
        app.view_functions[route.endpoint] = fail
        response = client.get(route.address)
        assert response.status_code == status, route
        assert "secret" not in response.text
        assert response.headers["Cache-Control"] == "no-store"
        check(response, style_hash)
        assert 'class="sos"' in response.text, "danger signs stand on error pages too"


def test_a_public_site_asks_for_https_and_only_a_public_one(app, data):
    public = create_app(Settings(data=data, origin="https://example.org"))
    for route in routes(public):
        header = public.test_client().get(route.address).headers.get("Strict-Transport-Security", "")
        assert "max-age=31536000" in header, route
        assert "Strict-Transport-Security" not in app.test_client().get(route.address).headers, route


@pytest.mark.parametrize("origin", ["", "https://example.org"])
@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "", "a b", "[::1", "evil.example/x?", "a" * 5000, "a..evil", "é"],
)
def test_the_host_header_never_reaches_an_answer(data, origin, host):
    """Neither open redirects nor poisoned pages: addresses come from the path and from REPERE_ORIGIN alone."""
    client = create_app(Settings(data=data, origin=origin)).test_client()
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Original-URL": "/evil"}
    for address in (
        "/",
        "/fr",
        "//fr//map",
        "/fr/cards/fiche-essai",
        "/fr/",
        "/sitemap.xml",
        "/fr/nothing",
        "/fr/map/?zone=hip-side-left&zone=groin-left",
    ):
        overrides = {"HTTP_HOST": host.encode().decode("latin-1")}
        response = client.get(address, headers=forwarded, environ_overrides=overrides)
        assert response.status_code < 500, address
        assert "evil" not in response.text, address
        assert "evil" not in str(response.headers), address
        assert response.headers.get("Location", "/").startswith("/"), address


def test_files_of_the_site_load_nothing_from_elsewhere(app):
    """Own scripts and the style sheet; htmx is fixed by its hash and held by the policy."""
    assets = app.extensions["repere"].assets
    own = {
        name: asset.body.decode()
        for name, asset in assets.by_name.items()
        if name.endswith(".js") and "vendor" not in name
    }
    assert own
    for name, text in {**own, "style": assets.style}.items():
        found = set(re.findall(r"https?://[^\s\"'`)]+", text)) - {"http://www.w3.org/2000/svg"}
        assert not found, f"{name}: {found}"
        assert not re.search(r"\beval\(|new Function|document\.cookie|sendBeacon|@import", text), name
