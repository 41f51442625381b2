"""Faults in numbers: lost, changed, written as another language writes them, with another unit."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from webapp.content.finding import Finding
from webapp.content.languages import Language, fold, source

_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f.,٬’']\d{3})+(?!\d)")
_NUMBER = re.compile(r"\d+(?:[.,٫]\d+)?")
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_CALENDAR = re.compile(r" ?(?:1[89]|20)\d\d(?!\d)")
"""«im Jahr 2007» names a year and measures nothing."""
_AGE = "year"
"""The one unit that may go: «entre 40 et 50 ans» is «between 40 and 50»."""


def check_numbers(where: str, french: str, text: str, language: Language | None) -> Iterator[Finding]:
    """Yield numbers that differ from the French; digits of every script count, and so do number words."""
    wanted, found = Counter(numbers(french)), Counter(numbers(text))
    lost, added = wanted - found, found - wanted
    if language and (lost or added):
        _excuse_words(lost, added, fold(french), fold(text), language)
    if lost or added:
        told = ", ".join(lost.elements()) or "none", ", ".join(added.elements()) or "none"
        is_phone = not lost.keys().isdisjoint(phone_numbers(french))
        yield Finding(
            where,
            f"numbers differ (missing: {told[0]}; new: {told[1]})",
            "telephone numbers stay as they are" if is_phone else "use the numbers of the French",
            "phone" if is_phone else "numbers",
        )


def _excuse_words(
    lost: Counter[str], added: Counter[str], french: str, text: str, language: Language
) -> None:
    """Take out what one side says in digits and the other in words («2 hommes», «two men»)."""
    of_french = source().language.number_words
    for number, words in language.number_words.items():
        if not (lost[number] or added[number]) or number not in of_french:
            continue
        said = len(words.findall(text)) - len(of_french[number].findall(french))
        lost[number] -= min(lost[number], max(said, 0))
        added[number] -= min(added[number], max(-said, 0))
    for counter in (lost, added):
        for number in [number for number, count in counter.items() if count <= 0]:
            del counter[number]


@lru_cache(maxsize=4096)
def numbers(text: str) -> tuple[str, ...]:
    """Return the numbers of `text` in one form: 1 234 and 1,234 and ١٬٢٣٤ are one, so are 2,1 and 2.1."""
    joined = _THOUSANDS.sub(lambda match: re.sub(r"\D", "", match[0]), _with_ascii_digits(text))
    return tuple(match.replace(",", ".").replace("٫", ".") for match in _NUMBER.findall(joined))


def _with_ascii_digits(text: str) -> str:
    return _OTHER_DIGIT.sub(lambda match: str(unicodedata.digit(match[0])), text)


@lru_cache(maxsize=4096)
def phone_numbers(french: str) -> frozenset[str]:
    """Return the numbers of `french` that are to dial."""
    folded = fold(french)
    return frozenset(number for match in source().phone.finditer(folded) for number in numbers(match[0]))


def check_format(where: str, french: str, text: str, language: Language) -> Iterator[Finding]:
    """Yield numbers that a reader of the language would misread: 77,300 is 77.3 to a German."""
    if not language.decimal:
        return
    plain, of_french = _with_ascii_digits(text), set(_NUMBER.findall(french))
    for match in _THOUSANDS.finditer(plain):
        wrong = set(re.sub(r"[\d \u00a0\u202f]", "", match[0])) - set(language.thousands)
        if wrong:
            yield Finding(
                where,
                f"«{match[0]}» is not how thousands are written",
                f"write {re.sub(r'[^0-9]', language.thousands[:1], match[0])}",
                "number-format",
            )
    for number in _NUMBER.findall(_THOUSANDS.sub("", plain)):
        mark = re.sub(r"\d", "", number)
        if mark and mark not in language.decimal and not (mark == "." and number in of_french):
            yield Finding(
                where,
                f"«{number}» is not how decimals are written",
                f"write {number.replace(mark, language.decimal[0])}",
                "number-format",
            )


def check_units(where: str, french: str, text: str, language: Language) -> Iterator[Finding]:
    """Yield units that the French does not have, or that were lost from its numbers."""
    wanted = units(french)
    found = _units(fold(text), language)
    for unit in found.keys() - wanted.keys():
        yield Finding(
            where, f"a unit the French does not have ({unit})", "use the unit of the French", "units"
        )
    for unit in wanted.keys() - found.keys() - {_AGE}:
        if wanted[unit]:
            yield Finding(where, f"a unit is missing ({unit})", "use the unit of the French", "units")
    for unit in found.keys() & wanted.keys():
        for number in found[unit] - wanted[unit]:
            if any(number in others for other, others in wanted.items() if other != unit):
                yield Finding(
                    where, f"another unit after {number} ({unit})", "use the unit of the French", "units"
                )


@lru_cache(maxsize=4096)
def units(french: str) -> dict[str, frozenset[str]]:
    """Return the units of `french` with the numbers right before them."""
    return _units(fold(french), source().language)


def _units(folded: str, language: Language) -> dict[str, frozenset[str]]:
    plain = _with_ascii_digits(folded)
    found: dict[str, set[str]] = {}
    for unit, pattern in language.units.items():
        for match in pattern.finditer(plain):
            if unit == _AGE and _CALENDAR.match(plain, match.end()):
                continue
            before = re.search(r"(\d+(?:[.,٫]\d+)?)[ -]?$", plain[max(0, match.start() - 12) : match.start()])
            found.setdefault(unit, set()).update(numbers(before[1]) if before else ())
    return {unit: frozenset(bound) for unit, bound in found.items()}
