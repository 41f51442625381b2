"""The whole site as static files: what a ministry puts on an ordinary CDN, object store or file server.

Every file is what the app's own views answer. A static host ignores queries, so pages are marked as copies
(`data-copy`), and the scripts of map, search and note do on the phone what the server does, by the same tables.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response

from webapp import packs
from webapp.content.model import URGENT_SLUG, ContentError, Problem
from webapp.i18n.locales import SOURCE, language_tag
from webapp.library import Library
from webapp.page import FROZEN, Extension

HEADERS = "_headers"
"""Headers of every file, as Cloudflare Pages and Netlify read them; its presence marks a frozen site."""
REDIRECTS = "_redirects"
NGINX = "_nginx.conf"
"""The same for nginx: a `server` block's content."""

_TYPES = {"html": "text/html; charset=utf-8", "webmanifest": "application/manifest+json"}
_IMMUTABLE = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was written."""

    files: int
    bytes: int


def freeze(app: Flask, folder: Path) -> Frozen:
    """Write the site below `folder`, replacing an earlier frozen site there; nothing is half-written.

    :raises ContentError: when the folder holds something else.
    """
    folder = folder.resolve()
    if folder.is_file() or (folder.exists() and any(folder.iterdir()) and not (folder / HEADERS).exists()):
        raise ContentError(
            Problem(str(folder), "holds other files", "name a new folder, or an earlier frozen site")
        )
    extension: Extension = app.extensions["repere"]
    library: Library = extension.shelf.current()
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for path in addresses(library):
        _write(fresh, path, packs.answer(app, library, path, FROZEN).get_data())
    for asset in extension.assets.by_name.values():
        _write(fresh, f"/static/{asset.name}", asset.body)
    home = packs.answer(app, library, f"/{SOURCE}/languages/", FROZEN).get_data(as_text=True)
    script = extension.assets.address("root.js")
    _write(fresh, "/", home.replace("</head>", f'<script src="{script}" defer></script>\n</head>').encode())
    _write(
        fresh,
        "/404.html",
        packs.answer(app, library, f"/{SOURCE}/nothing-here/", FROZEN, status=404).get_data(),
    )
    sample = packs.answer(app, library, f"/{SOURCE}/", FROZEN)
    _write(fresh, f"/{HEADERS}", _headers_file(sample, library).encode())
    _write(fresh, f"/{REDIRECTS}", _redirects_file(library).encode())
    _write(fresh, f"/{NGINX}", _nginx_file(sample, library).encode())
    _swap(fresh, folder)
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return Frozen(len(sizes), sum(sizes))


def addresses(library: Library) -> Iterator[str]:
    """Yield every address that has one answer, whatever the query; the static files apart."""
    tags = [language_tag(locale) for locale in library.offered]
    for locale, tag in zip(library.offered, tags, strict=True):
        own = [path for path in packs.paths(library, locale) if not path.endswith("with/")]
        own += [
            path + f"with/{second}/" for path in own if _has_pair(path) for second in tags if second != tag
        ]
        own += [f"places/{zone.id}/" for zone in library.store.zones()]
        own += ["about/", "about/quality/", "manifest.webmanifest", packs.SEARCH, *packs.DATA]
        if library.settings.origin:
            own += [f"{path}qr.svg" for path in own if _has_pair(path)]
        yield from (f"/{tag}/{path}" for path in own)
        if library.settings.offline:
            yield f"/pack/{tag}/{library.version}.json"
    if library.settings.offline:
        yield f"/pack/common/{library.version}.json"
    yield from (f"/{path}" for path in packs.SHARED_DATA)
    yield from ("/sw.js", "/version.json", "/robots.txt", "/sitemap.xml")


def _has_pair(path: str) -> bool:
    return re.fullmatch(r"urgent/|cards/[^/]+/", path) is not None


def _write(folder: Path, path: str, body: bytes) -> None:
    file = folder / (path.lstrip("/") + ("index.html" if path.endswith("/") else ""))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)


def _swap(fresh: Path, folder: Path) -> None:
    """Put the new site in the place of the old one; a reader meets one or the other."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _common_headers(sample: Response, library: Library) -> dict[str, str]:
    own = ("Content-Type", "Content-Length", "Content-Language", "Cache-Control", "ETag")
    kept = {name: value for name, value in sample.headers if name not in own}
    # By these the worker knows an answer as ours, and one that no query could change.
    return {**kept, "X-Content-Version": library.version, "X-Frozen": "1"}


def _headers_file(sample: Response, library: Library) -> str:
    rules = {
        "/*": {**_common_headers(sample, library), "Cache-Control": "no-cache, no-transform"},
        "/static/*": {"Cache-Control": _IMMUTABLE},
        "/pack/*": {"Cache-Control": _IMMUTABLE},
        "/*/manifest.webmanifest": {"Content-Type": _TYPES["webmanifest"]},
    }
    for tag in map(language_tag, library.offered):
        rules[f"/{tag}/*"] = {"Content-Language": tag}
    return "".join(
        f"{path}\n" + "".join(f"  {name}: {value}\n" for name, value in headers.items())
        for path, headers in rules.items()
    )


def _moved(library: Library) -> Iterator[tuple[str, str]]:
    for tag in map(language_tag, library.offered):
        yield f"/{tag}/cards/{URGENT_SLUG}/", f"/{tag}/urgent/"


def _redirects_file(library: Library) -> str:
    return "".join(f"{old} {new} 301\n" for old, new in _moved(library))


def _nginx_file(sample: Response, library: Library) -> str:
    tags = "|".join(map(language_tag, library.offered))
    headers = {**_common_headers(sample, library)}
    lines = [
        "# The content of a `server` block; give it `listen`, `server_name`, certificates and `root`.",
        "index index.html; error_page 404 /404.html; charset utf-8; etag on; gzip on;",
        "gzip_types text/css text/javascript application/javascript application/json application/manifest+json image/svg+xml;",
        f'set $language ""; if ($uri ~ "^/({tags})/") {{ set $language $1; }}',
        'set $keeping "no-cache, no-transform"; if ($uri ~ "^/(static|pack)/") {',
        f'  set $keeping "{_IMMUTABLE}"; }}',
        "add_header Cache-Control $keeping always; add_header Content-Language $language always;",
        *(f"add_header {name} {json.dumps(value)} always;" for name, value in headers.items()),
        "types { text/html html; text/css css; text/javascript js; application/json json; image/svg+xml svg;",
        "  image/png png; application/manifest+json webmanifest; text/plain txt; application/xml xml; }",
        "location ~ ^/_ { return 404; }",
        *(f"location = {old} {{ return 301 {new}; }}" for old, new in _moved(library)),
        *(
            f"location = /{language_tag(locale)}/cards/{slug}/ {{ return 410; }}"
            for locale in library.offered
            for slug in library.store.withdrawn()
        ),
    ]
    return "\n".join(lines) + "\n"
