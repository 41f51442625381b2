"""What machines read: static files, health, version, robots, sitemap."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request, url_for

from webapp.content.model import URGENT_SLUG
from webapp.i18n.locales import language_tag
from webapp.page import Extension, absolute, library
from webapp.responses import KEEP

blueprint = Blueprint("machines", __name__)


@blueprint.get("/static/<path:name>")
def show_static(name: str) -> Response:
    """Send a static file under its hashed name, which never changes its meaning."""
    extension: Extension = current_app.extensions["repere"]
    asset = extension.assets.by_name.get(name)
    if asset is None:
        abort(404)
    response = Response(asset.body, mimetype=asset.mimetype)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.set_etag(hashlib.sha256(asset.body).hexdigest()[:20])
    if not request.query_string:
        request.environ[KEEP] = "page"
    return response


@blueprint.get("/healthz")
def show_health() -> Response:
    """Say that store and catalogs are open, and which content is served."""
    found = library()
    answer = {
        "ok": True,
        "cards": len(found.store.entries()),
        "locales": found.offered,
        "version": found.version,
    }
    return _uncached(jsonify(answer))


@blueprint.get("/version.json")
def show_version() -> Response:
    """Say which content is served."""
    return _uncached(jsonify(version=library().version))


@blueprint.get("/robots.txt")
def show_robots() -> Response:
    """Keep crawlers off addresses with places; name the sitemap when there is a public origin."""
    lines = ["User-agent: *", "Disallow: /*?", "Disallow: /*/map/results/"]
    if library().settings.origin:
        lines.append(f"Sitemap: {absolute('/sitemap.xml')}")
    return _uncached(Response("\n".join(lines) + "\n", mimetype="text/plain"))


@blueprint.get("/sitemap.xml")
def show_sitemap() -> Response:
    """List every indexable page in every language."""
    store = library().store
    pages: list[tuple[str, dict[str, Any]]] = [
        (name, {})
        for name in (
            "home.show_home",
            "map.show_map",
            "cards.show_index",
            "urgent.show_urgent",
            "about.show_about",
            "quality.show_quality",
        )
    ]
    pages += [("cards.show_card", {"slug": e.slug}) for e in store.entries() if e.slug != URGENT_SLUG]
    pages += [("map.show_place", {"zone": zone.id}) for zone in store.zones()]
    rows = [
        {
            "address": absolute(url_for(name, locale=locale, **values)),
            "alternates": [
                (language_tag(other), absolute(url_for(name, locale=other, **values)))
                for other in library().offered
            ],
        }
        for name, values in pages
        for locale in library().offered
    ]
    return _uncached(Response(render_template("sitemap.xml", rows=rows), mimetype="application/xml"))


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Content-Version"] = library().version
    return response
