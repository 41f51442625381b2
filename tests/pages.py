"""A client that checks every page it fetches as a page, whatever the test was about."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from urllib.parse import urldefrag, urljoin, urlsplit

import html5lib
from flask import Flask
from werkzeug.test import TestResponse

HTML = "{http://www.w3.org/1999/xhtml}"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class CheckedClient:
    """Fetches pages; asserts that each is well made before it hands it over."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def get(self, path: str, **kwargs) -> TestResponse:
        """Fetch `path` and check what comes back."""
        return self.open(path, **kwargs)

    def open(self, path: str, method: str = "GET", **kwargs) -> TestResponse:
        """Send a request and check what comes back."""
        response = self.client.open(path, method=method, **kwargs)
        check_headers(response)
        if (
            response.mimetype == "text/html"
            and method == "GET"
            and response.status_code not in (301, 302, 303, 308)
            and "HX-Push-Url" not in response.headers  # a fragment
        ):
            check_page(response, path)
        return response

    def links(self, path: str) -> list[str]:
        """Return the site's own addresses that a page links to, without fragments."""
        document = html5lib.parse(self.client.get(path).get_data(as_text=True), namespaceHTMLElements=False)
        found = [urljoin(path, a.get("href")) for a in document.iter("a") if a.get("href")]
        return [urldefrag(url)[0] for url in found if not urlsplit(url).scheme]


def check_headers(response: TestResponse) -> None:
    """Assert what every response of any kind carries."""
    for name, value in HEADERS.items():
        assert response.headers.get(name) == value, f"{response.request.path}: {name}"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in response.headers, f"{response.request.path} sets a cookie"


def check_page(response: TestResponse, path: str) -> None:
    """Assert that a response is a whole, valid, accessible page in one language."""
    html = response.get_data(as_text=True)
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    document = parser.parse(html)
    # html5lib is older than these two: attributes that SVG and HTML have since gained are no errors.
    errors = [
        error for error in parser.errors if error[1] not in ("unexpected-html-element-in-foreign-content",)
    ]
    assert not errors, f"{path}: {[(e[0], e[1], e[2]) for e in errors[:5]]}"
    root = document if document.tag == "html" else document.find("html")
    assert root.get("lang"), path
    assert root.get("dir") in ("ltr", "rtl"), path
    assert response.headers["Content-Language"] == root.get("lang"), path
    assert response.headers["X-Content-Version"], path
    assert len(list(root.iter("h1"))) == 1, f"{path}: one h1"
    title = root.find("head/title")
    assert title is not None and (title.text or "").strip(), f"{path}: title"
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    assert max(ids.values(), default=1) == 1, f"{path}: ids twice {[i for i, n in ids.items() if n > 1]}"
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        attributes = set(element.keys())
        assert "style" not in attributes, f"{path}: style attribute on {element.tag}"
        assert not [name for name in attributes if name.startswith("on")], (
            f"{path}: event attribute on {element.tag}"
        )
        if element.tag == "script":
            assert element.get("src", "").startswith("/static/") and not (element.text or "").strip(), path
        for name in ("src", "href"):
            value = element.get(name) or ""
            own = not urlsplit(value).netloc or element.tag in ("a", "link")
            assert own, f"{path}: <{element.tag}> loads {value} from elsewhere"
        for name in ("aria-labelledby", "aria-describedby", "for"):
            for target in (element.get(name) or "").split():
                assert target in ids, f"{path}: {name} names {target}, which is not on the page"
        if element.tag == "a" and (element.get("href") or "").startswith("#"):
            target = element.get("href")[1:]
            assert target in ids, f"{path}: a link to #{target}, which is not on the page"
    headings = [
        int(e.tag[1]) for e in root.iter() if isinstance(e.tag, str) and re.fullmatch("h[1-6]", e.tag)
    ]
    main = [
        int(e.tag[1])
        for e in root.find(".//main").iter()
        if isinstance(e.tag, str) and re.fullmatch("h[1-6]", e.tag)
    ]
    assert headings and all(b - a <= 1 for a, b in pairwise(main)), f"{path}: headings jump {main}"
