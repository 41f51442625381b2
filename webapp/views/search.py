"""Search: a plain GET form, and the texts that the phone searches when there is no server."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from webapp.content.search import search
from webapp.i18n.locales import language_tag
from webapp.i18n.ui import gettext as _
from webapp.page import emergency, library, localizer, page, send_data, show

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
    response = send_data(library().search_data(g.locale))
    response.headers["Content-Language"] = language_tag(g.locale)
    return response
