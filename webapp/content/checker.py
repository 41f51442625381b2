"""Faults of one translation that a program can see, given the French it translates.

Here: the order of the rules, waivers, and the rules about placeholders and marks. Rules about numbers
are in `checker_numbers`, about words in `checker_words`, about the text as a whole in `checker_text`;
their word lists in `languages/<locale>.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from webapp.content import checker_numbers, checker_text, checker_words, markup
from webapp.content import glossary as glossaries
from webapp.content.finding import RULES, Finding
from webapp.content.glossary import Glossary
from webapp.content.languages import load

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]")
_LONE_PERCENT = re.compile(r"%(?!%|\(\w+\)[sd]|[sd])")
_EMPTY_LINK = re.compile(r"\[\W*\]\(")
_ENTITY = re.compile(r"&#?\w+;")
_WAIVER = re.compile(r"^\s*check:\s*(\S*)\s*(?:because\s*)?(.*)$", re.MULTILINE)


def check_text(
    where: str,
    locale: str,
    french: str,
    text: str,
    *,
    is_safety: bool,
    is_search: bool = False,
    comment: str = "",
    glossary: Glossary | None = None,
) -> Iterator[Finding]:
    """Yield the faults of a content translation.

    - Search words and other names (`is_search`) are each language's own: only their characters count.
    - `is_safety` adds the rules for danger signs: negation, and all of urgency and of what must be said.
    - `comment` is the translator's comment with its waivers; `glossary` defaults to the shipped one.
    - A language without word lists gets the rules that need none.
    """
    found = _check(where, locale, french, text, is_safety, is_search, glossary or glossaries.default())
    yield from apply_waivers(where, comment, found)


def _check(
    where: str,
    locale: str,
    french: str,
    text: str,
    is_safety: bool,
    is_search: bool,
    glossary: Glossary,
) -> Iterator[Finding]:
    language = load(locale)
    yield from check_placeholders(where, [french], text)
    yield from check_markup(where, french, text)
    yield from checker_text.check_characters(where, text, language)
    # A placeholder is no word, but something stands there: the sign % stands for it.
    wanted, found = (_PLACEHOLDER.sub("%", markup.plain(side)) for side in (french, text))
    if not any(char.isalnum() for char in found):
        if any(char.isalnum() for char in wanted):
            yield Finding(where, "has no words", "translate it, or leave it empty", "empty")
        return
    yield from checker_text.check_copy(where, wanted, found, language)
    yield from checker_text.check_spacing(where, found, language)
    if is_search:
        return
    yield from checker_text.check_ending(where, wanted, found, language)
    yield from checker_text.check_length(where, wanted, found, language)
    yield from checker_numbers.check_numbers(where, wanted, found, language)
    yield from checker_words.check_doubled(where, wanted, found, language)
    yield from checker_words.check_glossary(where, locale, wanted, found, glossary)
    if language:
        yield from checker_text.check_leftover(where, wanted, found, language)
        yield from checker_numbers.check_format(where, wanted, found, language)
        yield from checker_numbers.check_units(where, wanted, found, language)
        yield from checker_words.check_sides(where, wanted, found, language)
        yield from checker_words.check_never(where, found, language)
        yield from checker_words.check_diagnosis(where, found, language)
        yield from checker_words.check_urgency(where, wanted, found, language, is_safety=is_safety)
        yield from checker_words.check_missing(where, wanted, found, language, is_safety=is_safety)
        if is_safety:
            yield from checker_words.check_negation(where, wanted, found, language)


def apply_waivers(where: str, comment: str, found: Iterator[Finding]) -> Iterator[Finding]:
    """Yield `found` without what the comment waives: lines `check: <rule> because <reason>`.

    A waiver that names no rule, gives no reason or is not needed (any more) is a fault itself.
    """
    waived = {}
    for rule, reason in _WAIVER.findall(comment):
        if rule not in RULES:
            yield Finding(
                where, f"waiver of an unknown rule «{rule}»", f"one of {', '.join(RULES)}", "waiver"
            )
        elif not re.search(r"\w", reason):
            yield Finding(where, f"waiver of «{rule}» without a reason", f"check: {rule} because …", "waiver")
        else:
            waived[rule] = False
    for finding in found:
        if finding.rule in waived:
            waived[finding.rule] = True
        else:
            yield finding
    for rule in (rule for rule, is_needed in waived.items() if not is_needed):
        yield Finding(where, f"waiver of «{rule}», which finds nothing", "delete the comment", "waiver")


def check_placeholders(
    where: str, french: Sequence[str], text: str, *, is_plural: bool = False
) -> Iterator[Finding]:
    """Yield placeholders that the French does not have, that were lost, or that Python could not fill in.

    A plural form may say its number in words («مكانان» is «two places»).
    """
    allowed = {match for source in french for match in _found(source)}
    required = set.intersection(*(set(_found(source)) for source in french))
    if is_plural:
        required -= {"%(count)s"}
    found = set(_found(text))
    for name in sorted(found - allowed):
        yield Finding(
            where, f"placeholder {name} is not in the French", "copy placeholders as they are", "placeholders"
        )
    for name in sorted(required - found):
        yield Finding(where, f"placeholder {name} is missing", "copy it from the French", "placeholders")
    if allowed and _LONE_PERCENT.search(text.replace("%%", "")):
        yield Finding(where, "a lone % beside placeholders", "write %% for a per cent sign", "placeholders")


def _found(text: str) -> list[str]:
    return [match[0] for match in _PLACEHOLDER.finditer(text)]


def check_markup(where: str, french: str, text: str) -> Iterator[Finding]:
    """Yield marks and links that differ from the French, HTML, and invisible controls."""
    if markup.structure(french) != markup.structure(text):
        yield Finding(
            where,
            "**strong** words or links differ from the French",
            "keep the same marks and targets",
            "markup",
        )
    if _EMPTY_LINK.search(text):
        yield Finding(where, "a link without words", "write its words between [ and ]", "markup")
    faults = {*markup.faults(text), *(f"«{entity}»" for entity in _ENTITY.findall(text))}
    for fault in sorted(faults - set(markup.faults(french))):
        yield Finding(where, f"{fault} is not allowed in a text", "write words only", "html")
    yield from checker_text.check_controls(where, text)
