"""A second language beside the page's: every text and every UI string of a page, in both.

Two-language cards and the note use it; their templates get `Pair`s. In a page made for a pack the second
language is left open (`webapp.offline.slots`), so the phone fills in any other language it keeps.
"""

from __future__ import annotations

from typing import NamedTuple

from flask import g
from markupsafe import Markup

from webapp.content.localize import Localizer, Text
from webapp.i18n.locales import direction, language_tag
from webapp.i18n.ui import gettext, gettext_in
from webapp.offline import slots
from webapp.page import has_slots, library, words, words_in

UI = "ui/"
"""What keys of UI strings begin with in a pack, where the French follows."""


class Pair(NamedTuple):
    """A text in the page's language and in the second one."""

    first: Markup
    second: Markup


def begin(locale: str) -> Localizer:
    """Make `locale` the page's second language; return the way to look content up in it."""
    g.second = locale
    return library().localizer(locale)


def pair(message: str) -> Pair:
    """Return a UI string in both languages; extracted for translators as `_` is."""
    second = slots.second(UI + message) if has_slots() else gettext_in(g.second, message)
    return Pair(gettext(message), second)


def word_pair(first: Text, second: Text) -> Pair:
    """Return a content text in both languages; today's French stands under a stale safety translation."""
    if has_slots():
        return Pair(words(first), slots.second(second.key))
    return Pair(words(first), words_in(g.second, second) + changed_in(g.second, second))


def changed_in(locale: str, text: Text) -> Markup:
    """Return today's French to stand under an older safety text, said in `locale`; mostly nothing."""
    if not text.french:
        return Markup()
    return Markup('<span class="changed">{} <span lang="fr" dir="ltr">{}</span></span>').format(
        gettext_in(locale, "Le texte français a changé :"), text.french
    )


def second_attributes() -> Markup:
    """Return the `lang` and `dir` that mark an element as being in the second language."""
    if has_slots():
        return Markup('lang="{}" dir="{}"').format(slots.second(slots.TAG), slots.second(slots.DIRECTION))
    return Markup('lang="{}" dir="{}"').format(language_tag(g.second), direction(g.second))
