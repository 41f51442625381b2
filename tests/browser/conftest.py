"""A real server and a real Chromium.

Chromium is $CHROMIUM_PATH, the one on PATH, or Playwright's own. Without one these tests are skipped,
loudly; with CI=true they fail, for then nobody would notice.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.server import serving
from webapp.i18n import catalogs

ROOT = Path(__file__).parents[2]
QUIET = (
    # Chromium's own calls home: refused where there is no internet, and noise in any log.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    # Nothing here needs what a missing graphics card is imitated with; it takes a sixth of the time.
    "--disable-gpu",
    "--disable-software-rasterizer",
)

REPLACED = ("htmx:afterRequest", "htmx:sendAbort")
"""What htmx logs of a request that a newer touch made needless; one that failed is told in other words as well."""


def pytest_collection_modifyitems(items):
    """Everything here needs a browser."""
    for item in items:
        if "tests/browser" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("chromium-browser")
    root = (
        ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    )  # Chromium wants it of root
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=path, args=[*QUIET, *root])
        except PlaywrightError as error:
            reason = (
                f"NO CHROMIUM: browser tests did not run; set CHROMIUM_PATH ({str(error).splitlines()[0]})"
            )
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            print(f"\n*** {reason}", file=sys.stderr)
            pytest.skip(reason)
        yield started
        started.close()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a server over the repository's own content."""
    catalogs.compile_all(ROOT / "translations")
    with serving(ROOT) as address:
        yield address


def watch(context: BrowserContext, site: str, complaints: list[str], *, minds_errors: bool = True) -> None:
    """Note what no page may do: break the policy, leave the origin, set a cookie; and errors, unless expected."""
    # The page's own event, beside Chromium's words in the console: those change with its version.
    context.expose_function("__violation", lambda text: complaints.append(text))
    context.add_init_script(
        "addEventListener('securitypolicyviolation',"
        " (event) => __violation(`policy: ${event.violatedDirective} ${event.blockedURI}`), true);"
    )

    def mind(request: Request) -> None:
        if not re.match(r"(?:blob:)?http://127\.0\.0\.1:\d+/", request.url):
            complaints.append(f"leaves the origin: {request.url}")

    def mind_headers(response: Response) -> None:
        if "set-cookie" in response.headers:
            complaints.append(f"sets a cookie: {response.url}")

    context.on("request", mind)
    context.on("response", mind_headers)
    if minds_errors:
        context.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and not message.text.startswith(REPLACED)
                else None
            ),
        )
        context.on("weberror", lambda error: complaints.append(str(error.error)))


@pytest.fixture
def open_page(browser, site):
    """`open_page("/fr/", width=360, …)`: a page in a fresh context; what the CSP or a script complains of fails.

    `first` is a script that runs before the page's own.
    """
    contexts = []

    def open_(
        path: str, *, width: int = 360, height: int = 640, is_checked: bool = True, first: str = "", **options
    ) -> Page:
        # Without motion: while a page fades in, Chromium hides it from touches.
        # Without worker: what it answers is tested by itself, and it asks the server for much else.
        options = {"reduced_motion": "reduce", "service_workers": "block", **options}
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append((context, complaints := []))
        watch(context, site, complaints, minds_errors=is_checked)
        page = context.new_page()
        if first:
            page.add_init_script(first)
        page.goto(site + path)
        return page

    yield open_
    for context, complaints in contexts:
        context.close()
        assert complaints == []
