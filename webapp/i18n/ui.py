"""UI strings: the `messages` catalog, looked up in one translations object per page.

Catalogs are untrusted text: whatever comes out of them is escaped, and so is every value put into
it, unless it is already markup. (Flask-Babel's own `gettext` in templates trusts catalogs, and takes
25 times as long: it finds the locale anew for every string.)
"""

from __future__ import annotations

from collections.abc import Mapping
from gettext import NullTranslations
from typing import Any

from flask import g
from markupsafe import Markup, escape

from webapp.content.markup import typeset
from webapp.i18n.locales import SOURCE


class Strings:
    """The UI strings of one language, each kept as it stands in a page once a page has asked for it."""

    def __init__(self, translations: NullTranslations, locale: str) -> None:
        self.translations = translations
        self.locale = locale
        self._made: dict[str, Markup] = {}

    def __getitem__(self, message: str) -> Markup:
        """Return the string for `message`, which stands in our own code."""
        made = self._made.get(message)
        if made is None:
            made = self._made[message] = self.made(self.translations.gettext(message))
        return made

    def made(self, text: str) -> Markup:
        """Return a catalog's text as it stands in a page."""
        return escape(typeset(text, self.locale))


def gettext(message: str, /, **values: Any) -> Markup:
    """Return the UI string for `message`, with `%(name)s` filled in, safe to stand in a page."""
    template = _strings()[message]
    return _fill(template, message, values) if values else template


def gettext_in(locale: str, message: str, /) -> Markup:
    """Return the UI string for `message` in another language than the page's."""
    found: Markup = g.library.strings[locale][message]
    return found


def pgettext(context: str, message: str, /, **values: Any) -> Markup:
    """Return the UI string for `message` in the sense of `context`."""
    strings = _strings()
    return _fill(strings.made(strings.translations.pgettext(context, message)), message, values)


def ngettext(singular: str, plural: str, count: int, /, **values: Any) -> Markup:
    """Return the UI string for a number of things; `%(count)s` is the number."""
    values.setdefault("count", count)
    fallback = plural if count >= 2 else singular  # French: 0 carte, 1 carte, 2 cartes
    strings = _strings()
    return _fill(strings.made(strings.translations.ngettext(singular, plural, count)), fallback, values)


def _strings() -> Strings:
    found: Strings = g.strings
    return found


def _fill(template: Markup, french: str, values: Mapping[str, Any]) -> Markup:
    try:
        return template % values if values else template
    except (KeyError, ValueError, TypeError):
        # A broken translation must not break a page; the French is well-formed (a test says so).
        return escape(typeset(french, SOURCE)) % values
