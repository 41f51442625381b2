"""Bytes over the wire up to the load event, first visit, brotli (design, section 7); gzip at most 1.2 times these."""

import gzip
import re
from functools import cache
from pathlib import Path

import brotli
import pytest

from webapp.content.store import Store
from webapp.i18n import catalogs

ROOT = Path(__file__).parents[2]
LOCALES = catalogs.locales(ROOT / "translations")
SLUGS = [entry.slug for entry in Store(ROOT / "content.db").entries() if entry.kind != "urgent"]
BESIDE = [
    f"{page}/with/{second}/"
    for page in (*(f"cards/{slug}" for slug in SLUGS), "urgent")
    for second in ("ar", "de")
]


@pytest.fixture(scope="module")
def compressed():
    """`compressed(bytes)`: their sizes as brotli and as gzip; scripts are the same for every page."""
    return cache(lambda part: (len(brotli.compress(part)), len(gzip.compress(part))))


def weigh(client, path: str, compressed) -> tuple[int, int]:
    """Return the bytes of a page with its scripts and icon, as brotli and as gzip."""
    body = client.client.get(path).data
    sources = re.findall(r'(?:src|rel="(?:icon|stylesheet)" href)="(/static/[^"]+)"', body.decode())
    sizes = [compressed(part) for part in (body, *(client.client.get(src).data for src in sources))]
    return sum(size for size, _ in sizes), sum(size for _, size in sizes)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("paths", "budget"),
    [
        pytest.param([f"cards/{slug}/" for slug in SLUGS], 16_000, id="cards"),
        pytest.param(["map/", "map/?zone=buttock-deep-right&zone=thigh-back-upper-right"], 44_000, id="map"),
        pytest.param(["urgent/"], 14_000, id="urgent"),
        # By default every fifth of them, with -m full all: the longest two languages stand beside each page.
        pytest.param(BESIDE[::5], 24_000, id="two languages"),
        pytest.param(BESIDE, 24_000, id="all in two languages", marks=pytest.mark.full),
        pytest.param(["note/?with=ar", "note/?with=de&zone=groin-left"], 20_000, id="note"),
    ],
)
def test_pages_weigh_no_more_than_their_budget(real_client, compressed, locale, paths, budget):
    heavy = {}
    for path in paths:
        brotli_bytes, gzip_bytes = weigh(real_client, f"/{locale}/{path}", compressed)
        if brotli_bytes > budget or gzip_bytes > 1.2 * budget:
            heavy[path] = (brotli_bytes, gzip_bytes)
    assert heavy == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_touch_costs_at_most_2_kb(real_client, locale):
    response = real_client.client.get(
        f"/{locale}/map/results/?zone=buttock-deep-right&zone=thigh-back-upper-right",
        headers={"HX-Request": "true"},
    )
    assert len(brotli.compress(response.data)) <= 2_000


@pytest.mark.parametrize("locale", LOCALES)
def test_what_the_map_fetches_when_idle_stays_small(real_client, locale):
    sizes = [
        len(brotli.compress(real_client.get(path).data))
        for path in (f"/{locale}/map/table.json", f"/{locale}/map/plates.json", "/map/figures.json")
    ]
    assert sizes[0] <= 8_000
    assert sum(sizes) <= 25_000, "with every view, window and layer"


def test_the_style_sheet_in_every_page_stays_small(real_app):
    style = real_app.extensions["repere"].assets.style.encode()
    assert len(brotli.compress(style)) <= 5_000
    assert len(style) <= 20_000
