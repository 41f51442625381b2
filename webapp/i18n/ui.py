"""UI strings: the `messages` catalog, looked up in one translations object per page.

Catalogs are untrusted text: whatever comes out of them is escaped, and so is every value put into
it, unless it is already markup. (Flask-Babel's own `gettext` in templates trusts catalogs, and takes
25 times as long: it finds the locale anew for every string.)
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from gettext import NullTranslations
from typing import Any

from flask import g
from markupsafe import Markup, escape

from webapp.content.markup import typeset
from webapp.i18n.locales import SOURCE


def gettext(message: str, /, **values: Any) -> Markup:
    """Return the UI string for `message`, with `%(name)s` filled in, safe to stand in a page."""
    return _fill(_translations().gettext(message), message, values)


def gettext_in(locale: str, message: str, /) -> Markup:
    """Return the UI string for `message` in another language than the page's."""
    translations: NullTranslations = g.library.messages[locale]
    return escape(typeset(translations.gettext(message), locale))


def pgettext(context: str, message: str, /, **values: Any) -> Markup:
    """Return the UI string for `message` in the sense of `context`."""
    return _fill(_translations().pgettext(context, message), message, values)


def ngettext(singular: str, plural: str, count: int, /, **values: Any) -> Markup:
    """Return the UI string for a number of things; `%(count)s` is the number."""
    values.setdefault("count", count)
    fallback = plural if count >= 2 else singular  # French: 0 carte, 1 carte, 2 cartes
    return _fill(_translations().ngettext(singular, plural, count), fallback, values)


@lru_cache(maxsize=4096)  # a page has a hundred
def _template(text: str, locale: str) -> Markup:
    return escape(typeset(text, locale))


def _translations() -> NullTranslations:
    found: NullTranslations = g.translations
    return found


def _fill(text: str, french: str, values: Mapping[str, Any]) -> Markup:
    template = _template(text, g.locale)
    if not values:
        return template
    try:
        return template % values
    except (KeyError, ValueError, TypeError):
        # A broken translation must not break a page; the French is well-formed (a test says so).
        return escape(typeset(french, SOURCE)) % values
