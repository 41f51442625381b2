"""The glossary (`translations/glossary.tsv`) as the checker uses it: right and forbidden words for French terms.

A row holds the French term, its translations by locale, and `locale:word` forbidden for it. A cell may
hold several forms: «a / b», «a (b)»; all of them are right.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from webapp.content import languages

_HERE = Path(__file__).parent
_PLACES = (_HERE.parents[1] / "translations", _HERE.parent / "bundled" / "translations")
_FRENCH_NOTES = re.compile(r"\([^)]*\)")
_FRENCH_ENDINGS = "[sx]?"
_QUOTED = re.compile("«[^»]*»")
"""A term in quotation marks is talked about, not used."""


@dataclass(frozen=True, slots=True)
class Forms:
    """What one language calls a French term, and what it must not."""

    term: str
    translation: str
    right: re.Pattern[str]
    forbidden: re.Pattern[str]
    right_words: tuple[str, ...]
    forbidden_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    french: re.Pattern[str]
    by_locale: dict[str, Forms]


class Glossary:
    """Every row, compiled; remembers which terms a French text has, for it is asked once a language."""

    def __init__(self, rows: tuple[_Row, ...] = ()) -> None:
        self._rows = rows
        self._seen: dict[str, tuple[_Row, ...]] = {}

    def forms(self, french: str, locale: str) -> Iterator[Forms]:
        """Yield what `locale` has for the terms that `french` names."""
        if french not in self._seen:
            folded = languages.source().not_terms.sub("", _QUOTED.sub("", languages.fold(french)))
            self._seen[french] = tuple(row for row in self._rows if row.french.search(folded))
        for row in self._seen[french]:
            if forms := row.by_locale.get(locale) or row.by_locale.get(locale.partition("_")[0]):
                yield forms


@cache
def default() -> Glossary:
    """Return the glossary that came with this software; empty when there is none."""
    return next((read(place) for place in _PLACES if (place / "glossary.tsv").exists()), Glossary())


def read(folder: Path) -> Glossary:
    """Return the glossary of a translations folder, else the one that came with this software."""
    path = folder / "glossary.tsv"
    if not path.exists():
        return default()
    with path.open(encoding="utf-8", newline="") as file:
        return Glossary(tuple(_rows(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))))


def _rows(cells: csv.DictReader[str]) -> Iterator[_Row]:
    for row in cells:
        forbidden: dict[str, list[str]] = {}
        for item in filter(None, (row.get("forbidden") or "").split("|")):
            locale, _, word = item.partition(":")
            forbidden.setdefault(locale, []).append(word)
        by_locale = {}
        for locale in row.keys() - {"fr", "forbidden", "note"}:
            right = tuple(_forms(row[locale] or ""))
            by_locale[locale] = Forms(
                row["fr"],
                row[locale] or "",
                _inflected(right, locale),
                _inflected(forbidden.get(locale, ()), locale),
                right,
                tuple(forbidden.get(locale, ())),
            )
        yield _Row(_french(row["fr"]), by_locale)


def _french(term: str) -> re.Pattern[str]:
    """Return an expression for a French term; its notes in brackets («(la, une)») say nothing to match."""
    forms = []
    for form in _FRENCH_NOTES.sub("", term).split("/"):
        words = [re.escape(word) + _FRENCH_ENDINGS for word in languages.fold(form).split()]
        if words:
            forms.append(r"\s+".join(words))
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)")


def _forms(cell: str) -> Iterator[str]:
    """Yield each form of a cell: «Gesäß (Pobacke)» is two."""
    for form in re.split(r"[/()]", cell):
        if form.strip():
            yield form.strip()


def _inflected(words: Iterable[str], locale: str) -> re.Pattern[str]:
    language = languages.load(locale)
    ending = language.inflected if language else ""
    before = language.before if language else ""
    forms = [
        r"\s+".join(re.escape(part) + ending for part in languages.fold(word).split())
        for word in sorted(words, key=len, reverse=True)
    ]
    return re.compile(rf"(?<!\w){before}(?:{'|'.join(forms)})(?!\w)") if forms else re.compile(r"(?!)")
