"""Error pages: a sentence in the reader's language that says what to do next."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException, InternalServerError

from webapp.content.model import N_
from webapp.i18n.ui import gettext as _
from webapp.localization import choose_language
from webapp.page import Page, emergency, localizer, show
from webapp.views import body_map

TITLES = {
    404: N_("Cette page n’existe pas"),
    405: N_("Cette page se lit, elle ne reçoit rien"),
    410: N_("Cette fiche a été retirée"),
    413: N_("Ce texte est trop long"),
    500: N_("La page n’a pas pu s’afficher"),
}
ADVICE = {
    404: N_("L’adresse est peut-être incomplète. Repartez de la carte du corps ou de la liste des fiches."),
    405: N_("Ouvrez-la avec un lien ou votre navigateur."),
    410: N_(
        "Son texte n’était plus sûr ou plus à jour. La liste des fiches montre ce qui est valable aujourd’hui."
    ),
    413: N_("Revenez en arrière et raccourcissez ce que vous avez écrit."),
    500: N_("Ce n’est pas de votre faute. Rechargez la page, ou repartez de l’accueil."),
}
OTHER = N_("Cette demande n’a pas été comprise")
OTHER_ADVICE = N_("Repartez de l’accueil, ou rechargez la page.")


def init_app(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(Exception, show_crash)


def show_error(error: HTTPException) -> Response:
    """Show what went wrong and where to go; redirects pass."""
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    if "library" not in g:  # refused before the language was chosen
        choose_language()
    if status == 404 and request.endpoint == "map.show_map":
        return body_map.show_selection(body_map.Selection(), 404)
    title = _(TITLES.get(status, OTHER))
    response = show(
        "error.html",
        Page(str(title), is_indexed=False),
        status,
        advice=_(ADVICE.get(status, OTHER_ADVICE)),
        emergency=emergency(localizer().first_signs()),
    )
    response.headers["Cache-Control"] = "no-store"
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def show_crash(error: Exception) -> Response:
    """Log an unexpected error without the query, which may hold places, and show the 500 page."""
    current_app.logger.exception("error at %s %s", request.method, request.path, exc_info=error)
    return show_error(InternalServerError())
