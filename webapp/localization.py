"""Which language a request is answered in, and which generation of content it reads."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, request
from flask_babel import Babel
from htmx_flask import Htmx
from werkzeug.routing import BaseConverter, ValidationError

from webapp.i18n import ui
from webapp.i18n.locales import SOURCE, babel_locale, language_tag, negotiate
from webapp.i18n.ui import gettext as _
from webapp.library import Shelf
from webapp.offline import slots

LIBRARY = "repere.library"
"""WSGI key under which the maker of packs asks for one generation of content; no client can set it."""


class LocaleConverter(BaseConverter):
    """`<locale:locale>`: the first part of an address, a language tag in its one spelling."""

    regex = r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?"
    part_isolating = True
    shelf: Shelf

    def to_python(self, value: str) -> str:
        """Return the locale id; unknown ones are no address of ours."""
        locale = value.replace("-", "_")
        if locale not in self.shelf.current().locales:
            raise ValidationError
        return locale

    def to_url(self, value: Any) -> str:
        """Return the tag of a locale id."""
        return language_tag(str(value))


def init_app(app: Flask, shelf: Shelf) -> None:
    """Give every request `g.library`, `g.locale`, `g.strings`; register the locale converter."""
    app.url_map.converters["locale"] = type("BoundLocaleConverter", (LocaleConverter,), {"shelf": shelf})
    Babel(
        app, default_locale=SOURCE, locale_selector=lambda: babel_locale(g.locale) if "locale" in g else None
    )
    Htmx(app)
    app.jinja_env.globals.update(_=ui.gettext, gettext=ui.gettext, ngettext=ui.ngettext, pgettext=ui.pgettext)

    app.before_request(choose_language)


def choose_language() -> None:
    """Take the newest content and the language of the address, or the best one for the browser."""
    shelf: Shelf = current_app.extensions["repere"].shelf
    g.library = request.environ.get(LIBRARY) or shelf.current()
    asked = (request.view_args or {}).get("locale")
    if asked is None:
        # Pages without a language in their address: errors, and what machines read.
        asked = _language_of_path() or negotiate(
            request.headers.get("Accept-Language", ""), g.library.offered
        )
    g.has_slots = slots.KEY in request.environ
    g.locale = asked if asked in g.library.offered else SOURCE
    g.strings = g.library.strings[g.locale]
    if g.locale != asked:
        g.notice = _("Cette langue n’est pas encore prête. Voici la page en français.")


def _language_of_path() -> str | None:
    """Return the language that an unknown address begins with: its error page speaks it."""
    first = request.path.split("/")[1].replace("-", "_")
    return first if first in g.library.locales else None
