"""A second language beside the page's: every text and every UI string of a page, in both.

Two-language cards and the note use it; their templates get `Pair`s. In a page made for a pack the second
language is left open (`webapp.offline.slots`), so the phone fills in any other language it keeps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, NamedTuple

from flask import g
from markupsafe import Markup

from webapp.content.localize import Localizer, Text
from webapp.i18n.locales import direction, language_tag, own_name
from webapp.i18n.ui import gettext, gettext_in
from webapp.offline import slots
from webapp.page import cite, has_slots, library, told, told_in

UI = "ui/"
"""What keys of UI strings begin with in a pack, where the French follows."""


class Pair(NamedTuple):
    """A text in the page's language and in the second one."""

    first: Markup
    second: Markup


@dataclass(frozen=True, slots=True)
class Second:
    """A language that may stand beside the page's."""

    tag: str
    name: str
    """In itself."""


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
        return Pair(told(first), slots.second(second.key))
    return Pair(told(first), told_in(g.second, second))


def say(message: str) -> Markup:
    """Return a UI string in both languages, one under the other; extracted for translators as `_` is."""
    return joined(pair(message))


def joined(texts: Pair, after: str = "") -> Markup:
    """Return a pair as HTML that may stand in a paragraph: the second under the first, side by side on paper.

    `after` stands behind the first, once.
    """
    return Markup('<span class="two"><span>{}{}</span><span class="l2" {}>{}</span></span>').format(
        texts.first, after, second_attributes(), texts.second
    )


def vocabulary(*twins: object) -> dict[str, Any]:
    """Return what the template of a two-language page calls; `twins` hold its texts in the second language."""
    by_key = texts_of(twins)

    def of(text: Text) -> Pair:
        return word_pair(text, by_key[text.key])

    def both(text: Text, numbers: tuple[int, ...] = ()) -> Markup:
        return joined(of(text), cite(numbers))

    return {
        "of": of,
        "told": both,
        "pair": pair,
        "say": say,
        "joined": joined,
        "second_attributes": second_attributes(),
        "second_locale": second_locale(),
        "second_tag": language_tag(second_locale()),
        "second_name": second_name(),
    }


def texts_of(value: object) -> dict[str, Text]:
    """Return every text inside localized content by its key, to find the twin of the other language's."""
    if isinstance(value, Text):
        return {value.key: value}
    parts: Iterable[object] = ()
    if is_dataclass(value):
        parts = (getattr(value, field.name) for field in fields(value))
    elif isinstance(value, dict):
        parts = value.values()
    elif isinstance(value, tuple | list):
        parts = value
    return {key: text for part in parts for key, text in texts_of(part).items()}


def seconds() -> tuple[Second, ...]:
    """Return every language that may stand beside another."""
    return tuple(Second(language_tag(locale), own_name(locale)) for locale in library().offered)


def second_attributes() -> Markup:
    """Return the `lang` and `dir` that mark an element as being in the second language."""
    if has_slots():
        return Markup('lang="{}" dir="{}"').format(slots.second(slots.TAG), slots.second(slots.DIRECTION))
    return Markup('lang="{}" dir="{}"').format(language_tag(g.second), direction(g.second))


def second_locale() -> str:
    """Return the second language for an address made with `url_for`."""
    return slots.second(slots.TAG) if has_slots() else str(g.second)


def second_name() -> str:
    """Return what the second language calls itself."""
    return slots.second(slots.NAME) if has_slots() else own_name(g.second)
