"""Faults of one translation that a program can see, given the French it translates."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from webapp.content import markup
from webapp.content.model import Problem

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]")
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f.,٬’']\d{3})+(?!\d)")
_NUMBER = re.compile(r"\d+(?:[.,٫]\d+)?")


def check_text(
    where: str, locale: str, french: str, text: str, *, is_safety: bool, is_search: bool = False
) -> Iterator[Problem]:
    """Yield the faults of a content translation; search words are each language's own."""
    yield from check_placeholders(where, [french], text)
    yield from check_markup(where, french, text)
    if not is_search:
        yield from check_numbers(where, french, text)
    if text == french and len(french.split()) > 3:
        yield Problem(where, "is a copy of the French", "translate it, or leave it empty")


def check_placeholders(
    where: str, french: Sequence[str], text: str, *, is_plural: bool = False
) -> Iterator[Problem]:
    """Yield placeholders that the French does not have, or that were lost.

    A plural form may say its number in words («مكانان» is «two places»).
    """
    allowed = {match for source in french for match in _found(source)}
    required = set.intersection(*(set(_found(source)) for source in french))
    if is_plural:
        required -= {"%(count)s"}
    found = set(_found(text))
    for name in sorted(found - allowed):
        yield Problem(where, f"placeholder {name} is not in the French", "copy placeholders as they are")
    for name in sorted(required - found):
        yield Problem(where, f"placeholder {name} is missing", "copy it from the French")
    if names := [match[1] for match in _PLACEHOLDER.finditer(text) if match[1]]:
        try:
            text % dict.fromkeys(names, 1)
        except (KeyError, ValueError, TypeError):
            yield Problem(where, "a lone % beside placeholders", "write %% for a per cent sign")


def _found(text: str) -> list[str]:
    return [match[0] for match in _PLACEHOLDER.finditer(text)]


def check_markup(where: str, french: str, text: str) -> Iterator[Problem]:
    """Yield marks and links that differ from the French, HTML, and invisible controls."""
    if markup.structure(french) != markup.structure(text):
        yield Problem(
            where, "**strong** words or links differ from the French", "keep the same marks and targets"
        )
    for fault in set(markup.faults(text)) - set(markup.faults(french)):
        yield Problem(where, f"{fault} is not allowed in a text", "write words only")
    if re.search("[\u200b\u202a-\u202e\u2066-\u2069\ufeff\u0000-\u0008\u000b-\u001f]", text):
        yield Problem(where, "an invisible control character", "type the sentence anew")


def check_numbers(where: str, french: str, text: str) -> Iterator[Problem]:
    """Yield numbers that differ from the French; digits of every script count."""
    wanted, found = _numbers(french), _numbers(text)
    if wanted != found:
        lost = ", ".join((wanted - found).elements()) or "none"
        added = ", ".join((found - wanted).elements()) or "none"
        yield Problem(
            where, f"numbers differ (missing: {lost}; new: {added})", "use the numbers of the French"
        )


def _numbers(text: str) -> Counter[str]:
    folded = "".join(
        str(unicodedata.digit(c)) if c.isdigit() and unicodedata.digit(c, None) is not None else c
        for c in text
    )
    # 1 234 and 1,234 and 1.234 and ١٬٢٣٤ are one number; so are 2,1 and 2.1.
    folded = _THOUSANDS.sub(lambda match: re.sub(r"\D", "", match[0]), folded)
    return Counter(match.replace(",", ".").replace("٫", ".") for match in _NUMBER.findall(folded))
