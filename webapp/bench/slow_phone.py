"""A first visit on a slow phone: Chromium with a quarter of its CPU on slow 3G, through its own protocol."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from webapp.bench.measure import OURS, Say
from webapp.bench.servers import granian
from webapp.bench.table import Row
from webapp.content.model import ContentError, Problem

VISITS = 7
SLOWER = 4
LATENCY = 400
BYTES_A_SECOND = 400_000 / 8
PAGES = {"home": "", "map": "map/", "card": "cards/sciatique/", "urgent": "urgent/"}
LCP_AIMS = {"card": 0.8, "map": 0.9}
TAPPED = (
    "buttock-deep-right",
    "thigh-back-upper-right",
    "sacrum",
    "buttock-deep-left",
    "thigh-back-upper-left",
)
PHONE = {"width": 390, "height": 844}

_WATCH = """
window.seen = {lcp: 0, cls: 0, blocked: 0};
new PerformanceObserver(list => { for (const e of list.getEntries()) seen.lcp = e.startTime })
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) seen.cls += e.value })
  .observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) seen.blocked += Math.max(0, e.duration - 50) })
  .observe({type: "longtask", buffered: true});
"""
_READ = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const all = [page, ...performance.getEntriesByType("resource").filter(e => e.startTime < page.loadEventStart)];
  return {...window.seen, html: page.responseEnd, bytes: all.reduce((sum, e) => sum + e.encodedBodySize, 0)};
}"""
_TAP = """place => new Promise(done => {
  const bar = document.getElementById("bar");
  const begun = performance.now();
  new MutationObserver((_changes, watcher) => {
    watcher.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
  }).observe(bar, {childList: true, subtree: true, characterData: true});
  document.querySelector(`.zones a[data-place="${place}"]`).dispatchEvent(
    new MouseEvent("click", {bubbles: true, cancelable: true}));
})"""


def first_visits(data: Path, folder: Path, say: Say) -> Iterator[Row]:
    """Yield what a reader waits for on each page, and between a touch of the map and its painted result.

    :raises ContentError: where playwright or a Chromium is missing.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise ContentError(
            Problem("playwright", "is not installed", "run: python3 manage.py test --version")
        ) from None
    program = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
    with granian(OURS, folder, environ={"REPERE_DATA": str(data)}) as server, sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        except Exception as error:
            raise ContentError(
                Problem("Chromium", "cannot be started", "install chromium, or set CHROMIUM_PATH")
            ) from error
        address = f"http://127.0.0.1:{server.port}"
        for tag in ("fr", "ar"):
            for name, path in PAGES.items():
                say(f"{tag} {name}")
                yield from _page_rows(browser, f"{address}/{tag}/{path}", f"{tag} {name}", LCP_AIMS.get(name))
        say("taps")
        taps = [_taps(browser, f"{address}/fr/map/", wait=4_000) for _ in range(VISITS)]
        idle = sorted(took for visit in taps for took in visit)
        yield Row("fr map: tap to painted result, page idle, median", idle, "ms")
        yield Row("fr map: the same, 95 of 100", [idle[int(0.95 * len(idle))]], "ms", 120)
        first = [_taps(browser, f"{address}/fr/map/", wait=0)[0] for _ in range(VISITS)]
        yield Row("fr map: tap to painted result, right after the load", first, "ms", LATENCY + 150)
        browser.close()


def _page_rows(browser: Any, address: str, name: str, aim: float | None) -> Iterator[Row]:
    visits = [_visit(browser, address) for _ in range(VISITS)]
    yield Row(f"{name}: largest contentful paint", [v["lcp"] / 1000 for v in visits], "s", aim)
    behind = [(v["lcp"] - v["html"]) / 1000 for v in visits]
    yield Row(f"{name}: the same, after the end of the HTML", behind, "s", 0.3)
    yield Row(f"{name}: layout shift", [v["cls"] for v in visits], "", 0)
    yield Row(f"{name}: blocking time", [v["blocked"] for v in visits], "ms", 50)
    yield Row(f"{name}: bytes", [v["bytes"] / 1000 for v in visits], "kB")


def _open(browser: Any, address: str) -> Any:
    context = browser.new_context(viewport=PHONE, device_scale_factor=3, has_touch=True, is_mobile=True)
    page = context.new_page()
    protocol = context.new_cdp_session(page)
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    protocol.send("Network.enable")
    speed = {"latency": LATENCY, "downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
    protocol.send("Network.emulateNetworkConditions", {"offline": False, **speed})
    page.add_init_script(_WATCH)
    page.goto(address, wait_until="load", timeout=60_000)
    return page


def _visit(browser: Any, address: str) -> dict[str, float]:
    page = _open(browser, address)
    page.wait_for_timeout(500)  # what comes after the load event: long tasks, late paints
    found: dict[str, float] = page.evaluate(_READ)
    page.context.close()
    return found


def _taps(browser: Any, address: str, wait: float) -> list[float]:
    """Return the ms of taps one after the other, `wait` ms after the load: what is fetched in peace takes 3 s."""
    page = _open(browser, address)
    page.wait_for_timeout(wait)
    took: list[float] = [page.evaluate(_TAP, place) for place in TAPPED]
    page.context.close()
    return took
