"""The site as an app on the phone: manifest, worker, packs, and the page that says what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, url_for

from webapp.i18n.locales import direction, language_tag, own_name
from webapp.i18n.ui import gettext as _
from webapp.page import Extension, library, page, send_data, show
from webapp.views.body_map import PURPOSE

blueprint = Blueprint("offline", __name__)

ICONS = (
    ("icons/192.png", "192x192", "any"),
    ("icons/512.png", "512x512", "any"),
    ("icons/512.png", "512x512", "maskable"),
)
"""File, size and purpose. The drawing keeps to the middle 80 %, so one file serves both purposes."""

SCREENSHOTS = (("screenshots/map-fr.png", "780x1688"), ("screenshots/card-fr.png", "780x1688"))


@dataclass(frozen=True, slots=True)
class Keepable:
    """A language the phone may keep."""

    tag: str
    name: str
    direction: str


@blueprint.get("/<locale:locale>/offline/")
def show_offline(locale: str) -> Response:
    """Show what this phone keeps; the script fills in what only the phone knows."""
    return show(
        "offline.html",
        page(_("Sans réseau"), "offline.show_offline", is_indexed=False),
        languages=[Keepable(language_tag(x), own_name(x), direction(x)) for x in library().offered],
    )


@blueprint.get("/<locale:locale>/manifest.webmanifest")
def show_manifest(locale: str) -> Response:
    """Describe the app in the page's language; one app, whatever the language it was installed in."""
    address = _extension().assets.address
    found = {
        "id": "/",
        "scope": "/",
        "start_url": url_for("home.show_home", locale=g.locale),
        "lang": language_tag(g.locale),
        "dir": direction(g.locale),
        "name": _("Repère : douleur de hanche, de fesse ou de jambe").unescape(),
        "short_name": "Repère",
        "description": _(PURPOSE).unescape(),
        "display": "standalone",
        "background_color": "#fbf7ee",
        "theme_color": "#fbf7ee",
        "categories": ["health", "medical", "education"],
        "icons": [
            {"src": address(name), "sizes": size, "type": "image/png", "purpose": purpose}
            for name, size, purpose in ICONS
        ],
        "screenshots": [
            {"src": address(name), "sizes": size, "type": "image/png", "form_factor": "narrow"}
            for name, size in SCREENSHOTS
        ],
        "shortcuts": [
            {"name": name.unescape(), "url": url_for(endpoint, locale=g.locale)}
            for name, endpoint in ((_("Carte"), "map.show_map"), (_("Urgence"), "urgent.show_urgent"))
        ],
    }
    return send_data(found, mimetype="application/manifest+json", cache_control="no-cache")


@blueprint.get("/sw.js")
def show_worker() -> Response:
    """Send the service worker, or the one that retires it (`REPERE_OFFLINE=0`)."""
    name = "worker/sw.js" if library().settings.offline else "worker/retire.js"
    response = Response(_extension().assets.body(name), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/pack/common/<version>.json")
def show_common(version: str) -> Response:
    """Send what all packs share; only the newest version exists."""
    _require_newest(version)
    return _pack(_extension().packs.common(library()))


@blueprint.get("/pack/<locale:locale>/<version>.json")
def show_pack(locale: str, version: str) -> Response:
    """Send the pack of a language; a superseded version is never answered with newer bytes."""
    _require_newest(version)
    if g.locale != locale:
        abort(404)
    return _pack(_extension().packs.language(library(), locale))


def _require_newest(version: str) -> None:
    if version != library().version or not library().settings.offline:
        abort(404)


def _pack(found: dict[str, Any]) -> Response:
    return send_data(found, cache_control="public, max-age=31536000, immutable")


def _extension() -> Extension:
    found: Extension = current_app.extensions["repere"]
    return found
