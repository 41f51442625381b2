"""What a locale is called, which way it is written, and which one a browser would like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from babel import Locale, UnknownLocaleError

SOURCE = "fr"

_FORMATS = {"pt": "pt_PT"}
"""Catalogs whose plain tag means another country to CLDR than to us: our Portuguese is European."""

_SCRIPTS = {
    "zh": "zh-hans",
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
    "zh-cn": "zh-hans",
    "zh-sg": "zh-hans",
}
_MOST_WISHES = 20
"""Tags of Accept-Language that are read; a longer header is noise or an attack."""


@cache
def babel_locale(locale: str) -> Locale:
    """Return Babel's data for one of our locales.

    :raises ValueError: for an id that is no locale.
    """
    try:
        return Locale.parse(_FORMATS.get(locale, locale))
    except UnknownLocaleError as error:
        raise ValueError(f"{locale} is not a locale") from error


def language_tag(locale: str) -> str:
    """Return what HTML and addresses say for a locale: `zh-Hans` for `zh_Hans`."""
    return locale.replace("_", "-")


def direction(locale: str) -> str:
    """Return `ltr` or `rtl`."""
    return str(babel_locale(locale).text_direction)


@cache
def own_name(locale: str) -> str:
    """Return the language's name in itself, with a capital where the script has one."""
    name = Locale.parse(locale).get_display_name(locale) or locale
    return name[:1].upper() + name[1:]


@cache
def name_in(locale: str, reader: str) -> str:
    """Return the language's name in the reader's language."""
    name = Locale.parse(locale).get_display_name(babel_locale(reader)) or locale
    return name[:1].upper() + name[1:]


def negotiate(header: str, offered: Sequence[str]) -> str:
    """Return the offered locale that an Accept-Language header likes best, else the first offered.

    For each wish in order of q: the full tag, then its primary language. (Babel and Werkzeug pass
    over `ar-MA` for a site that speaks `ar`.)
    """
    by_tag = {language_tag(locale).lower(): locale for locale in offered}
    for tag in _wishes(header):
        for candidate in (tag, *_shorter(tag)):
            for found in (candidate, _SCRIPTS.get(candidate, candidate)):
                if found in by_tag:
                    return by_tag[found]
    return offered[0]


def _wishes(header: str) -> Iterable[str]:
    found: list[tuple[float, int, str]] = []
    for position, part in enumerate(header[:2000].split(",")[:_MOST_WISHES]):
        match = re.fullmatch(
            r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*", part
        )
        if match:
            quality = float(match[2] or 1)
            if 0 < quality <= 1:
                found.append((-quality, position, match[1].lower()))
    return (tag for _, _, tag in sorted(found))


def _shorter(tag: str) -> Iterable[str]:
    while "-" in tag:
        tag = tag.rsplit("-", 1)[0]
        yield tag
