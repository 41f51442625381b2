"""The entrance: `/` picks a language, `/<l>/` is the home page."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for

from webapp.i18n.locales import negotiate
from webapp.i18n.ui import gettext as _
from webapp.page import emergency, library, localizer, page, show
from webapp.views import body_map

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def choose() -> Response:
    """Send the reader to the best language; the choice depends on the header alone."""
    locale = negotiate(request.headers.get("Accept-Language", ""), library().offered)
    response = redirect(url_for("home.show_home", locale=locale))
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-cache"
    return response  # type: ignore[return-value]


@blueprint.get("/<locale:locale>/")
def show_home(locale: str) -> Response:
    """Show the danger signs, the body map and every card."""
    cards = [entry for entry in library().store.entries() if entry.kind != "urgent"]
    return show(
        "home.html",
        page(_("Où avez-vous mal ?"), "home.show_home", tab="map", description=_(body_map.PURPOSE)),
        emergency=emergency(localizer().first_signs()),
        map=body_map.view_of(body_map.Selection()),
        cards=[localizer().entry(entry) for entry in cards],
    )
