"""Search: a plain GET form, and the texts that the phone searches when there is no server."""

from __future__ import annotations

import hashlib
import json

from flask import Blueprint, Response, g, request

from webapp.content.search import search
from webapp.i18n.locales import language_tag
from webapp.i18n.ui import gettext as _
from webapp.page import emergency, library, localizer, page, show
from webapp.responses import KEEP

blueprint = Blueprint("search", __name__)


@blueprint.get("/<locale:locale>/search/")
def show_search(locale: str) -> Response:
    """Show the form, and what `q` finds; the emergency block is the same whatever was typed."""
    return show(
        "search/search.html",
        page(_("Chercher une fiche"), "search.show_search", is_indexed=False, scripts=("search.js",)),
        emergency=emergency(localizer().first_signs()),
        result=search(library().search_index(g.locale), request.args.get("q", "")),
    )


@blueprint.get("/<locale:locale>/search/index.json")
def show_index(locale: str) -> Response:
    """Send the texts of a language, from which `search.js` builds the same index as the server's."""
    body = json.dumps(library().search_data(g.locale), ensure_ascii=False, separators=(",", ":"))
    response = Response(body, mimetype="application/json")
    response.headers["Content-Language"] = language_tag(g.locale)
    response.headers["X-Content-Version"] = library().version
    response.headers["Cache-Control"] = "no-cache, no-transform"
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:20])
    if not request.query_string:
        request.environ[KEEP] = "page"
    return response
