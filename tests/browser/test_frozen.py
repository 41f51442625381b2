"""The frozen site, served by nginx as the README says, walked with a browser."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.test_offline import kept
from tests.server import free_port
from webapp import create_app
from webapp.freeze import HEADERS, NGINX, freeze
from webapp.settings import Settings

CONFIG = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ }}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {root}; include {root}/{nginx}; }}
}}
"""


@pytest.fixture
def frozen(data, editor, tmp_path) -> Iterator[tuple[str, Path]]:
    """Address and folder of a frozen site; one card of it is withdrawn."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if not program:
        pytest.skip("NGINX IS MISSING: the frozen site was not walked")
    editor.withdraw("guide-essai")
    root = tmp_path / "site"
    freeze(create_app(Settings(data=data)), root)
    folder = tmp_path / "nginx"
    folder.mkdir()
    port = free_port()
    user = "user root;" if Path("/root").owner() == Path.home().owner() else ""
    (folder / "conf").write_text(CONFIG.format(folder=folder, root=root, port=port, nginx=NGINX, user=user))
    server = subprocess.Popen(
        [program, "-p", str(folder), "-c", str(folder / "conf")], stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    wait_until(lambda: version_served(address) is not None)
    yield address, root
    server.terminate()
    server.wait(10)


def version_served(address: str) -> str | None:
    """Return the content version that the server names, or None when nobody answers."""
    try:
        with urllib.request.urlopen(f"{address}/fr/") as response:
            return response.headers["X-Content-Version"]
    except OSError:
        return None


def wait_until(holds: Callable[[], bool]) -> None:
    """Return once it holds; 10 s are far more than nginx takes."""
    for _ in range(100):
        if holds():
            return
        time.sleep(0.1)
    pytest.fail("nginx did not follow")


def status(address: str) -> int:
    """Return the status of an answer."""
    try:
        with urllib.request.urlopen(address) as response:
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_frozen_site_does_on_the_phone_what_the_server_would(frozen, browser):
    address, root = frozen
    with urllib.request.urlopen(f"{address}/ar/urgent/") as response:
        headers = response.headers
        assert headers["Content-Language"] == "ar"
        assert headers["X-Content-Version"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-cache, no-transform"
    assert status(f"{address}/fr/cards/guide-essai/") == 410
    assert status(f"{address}/fr/nothing/") == 404
    assert status(f"{address}/{HEADERS}") == 404
    assert not list(root.glob("*/map/results*")), "a list of results is nobody's page"

    context = browser.new_context(
        viewport={"width": 360, "height": 640}, locale="ar", reduced_motion="reduce"
    )
    page = context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/")
    page.wait_for_url(f"{address}/ar/")
    for locale in ("fr", "ar"):
        page.goto(f"{address}/{locale}/map/?zone=buttock-deep-left")
        expect(page.locator("#results a[href*=fiche-essai]")).to_be_visible()
        page.locator("#list input[value=buttock-deep-right]").check()
        expect(page.locator(".key li")).to_have_count(2)
        page.goto(f"{address}/{locale}/search/?q=essai")
        expect(page.locator("#results a[href*='/cards/']").first).to_be_visible()
        page.goto(f"{address}/{locale}/cards/fiche-essai/with/en/")
        assert page.locator("[lang=en]").count() > 5
        page.goto(f"{address}/{locale}/note/?zone=buttock-deep-left")
        assert page.locator("input[value=buttock-deep-left]").is_checked()
        page.locator("#note button[type=submit]").click()
        expect(page.locator("#sheet")).to_be_visible()
    context.close()
    assert complaints == []

    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/fr/map/")
    expect(page.locator(".notice:visible")).to_contain_text("Sans JavaScript")
    expect(page.locator("form#list")).to_be_hidden()
    page.locator("a[href='/fr/places/buttock-deep/']").click()
    page.wait_for_url("**/fr/places/buttock-deep/")
    assert page.locator("a[href*=fiche-essai]").count() == 1
    page.goto(f"{address}/")
    assert page.locator("main a[hreflang]").count() == 3
    context.close()


def test_a_new_release_takes_a_withdrawn_card_off_the_phones_that_come_by(
    frozen, data, editor, browser, tmp_path
):
    address, root = frozen
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{address}/fr/")
    before = kept(page, "fr")["version"]
    editor.withdraw("fiche-essai")
    freeze(create_app(Settings(data=data)), root)
    nginx = int((tmp_path / "nginx" / "pid").read_text())
    after = json.loads((root / "version.json").read_text())["version"]
    assert before != after
    os.kill(nginx, signal.SIGHUP)  # the README: nginx -s reload
    wait_until(lambda: version_served(address) == after)
    page.goto(f"{address}/fr/urgent/")
    kept(page, "fr", version=after)
    assert page.goto(f"{address}/fr/cards/fiche-essai/").status == 410
    os.kill(nginx, signal.SIGTERM)
    wait_until(lambda: version_served(address) is None)
    assert page.goto(f"{address}/fr/cards/fiche-essai/").status == 404
    assert page.goto(f"{address}/fr/cards/").status == 200, "the phone's copy"
    assert page.locator("a[href*=fiche-essai]").count() == 0
    context.close()


def test_freezing_again_replaces_a_frozen_site_and_nothing_else(data, tmp_path, run):
    target = tmp_path / "site"
    target.mkdir()
    (target / "letter.txt").write_text("mine")
    assert "holds other files" in run("freeze", target, code=1).output
    assert (target / "letter.txt").read_text() == "mine"
    (target / "letter.txt").unlink()
    run("freeze", target)
    first = re.search(r"X-Content-Version: (\w+)", (target / HEADERS).read_text())[1]
    run("content", "withdraw", "fiche-essai", "--yes")
    run("freeze", target)
    assert first not in (target / HEADERS).read_text()
    assert not (target / "fr/cards/fiche-essai").exists()
    assert not list(tmp_path.glob(".site.*"))
