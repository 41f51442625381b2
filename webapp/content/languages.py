"""What the checker knows of a language: its word lists, read from `languages/<locale>.toml`.

A list holds words and phrases as a translator would write them: `*` stands for any letters, a space
for any white space, `(a|b)` for either; case, accents of Arabic vowels and the kind of apostrophe do
not matter. Nothing here knows a single word itself: a new language is a new file, and a language
without one gets the rules that need no words.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

Pattern = re.Pattern[str]

_NOTHING: Pattern = re.compile(r"(?!)")
_START, _END = r"(?<!\w(?=\w))", r"(?!(?<=\w)\w)"
"""Not inside a word; «n’» ends where a word begins."""
_FOLDED = str.maketrans(
    {
        **dict.fromkeys("'‘`´ʼ", "’"),
        **dict.fromkeys("\t\n\u00a0\u202f\u2009", " "),
        **dict.fromkeys("\u0640\u0670\u200e\u200f\u200c\u200d", None),  # tatweel, small alef, direction
        **dict.fromkeys(map(chr, range(0x064B, 0x0653)), None),  # vowels of Arabic
        **dict.fromkeys("أإآٱ", "ا"),
        "ى": "ي",
    }
)


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Return `text` as the word lists compare it."""
    return unicodedata.normalize("NFC", text).translate(_FOLDED).casefold()


def compile_words(words: Iterable[str], before: str = "") -> Pattern:
    """Return one expression that finds any of `words`; `before` is what a language glues in front of them."""
    patterns = [fold(word).replace("*", r"\w*") for word in sorted(words, key=len, reverse=True)]
    return re.compile(f"{_START}{before}(?:{'|'.join(patterns)}){_END}") if patterns else _NOTHING


@dataclass(frozen=True, slots=True)
class Negation:
    """How a language says «not»."""

    words: Pattern
    """Each one counts."""
    weak: Pattern
    """Counts too, but not after one of `words` in its clause: «nada» after «no» says nothing new."""
    either: Pattern
    """A lack, which another language may say with «not»: «loss of feeling»; both count, but none is added."""
    idioms: Pattern
    """Looks like a «not» and is none: «not only»."""
    repeats: Pattern
    """French: the second of two that another language may say once: «ne mangez et ne buvez rien»."""
    carries: Pattern
    """French: one that another language may say twice: «impossible de marcher ou de s’asseoir»."""
    joins: Pattern
    """Carries a «not» before it on to a second thing: «or» in «do not eat or drink»."""
    shared: Pattern
    """Two things under one «not» wherever it stands: «essen und trinken Sie nichts»."""
    follow: Pattern
    """Stands only after a «not»: an «ni» alone is what is left of «no … ni»."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How a language tells somebody that they have a disease."""

    says: Pattern
    condition: Pattern
    unless: Pattern
    """A word before it that makes it a case: «if you have»."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language's word lists, compiled."""

    script: str
    foreign_letters: Pattern
    foreign_marks: Pattern
    left: Pattern
    right: Pattern
    no_side: Pattern
    negation: Negation
    urgency: Mapping[str, Pattern]
    words: Mapping[str, Pattern]
    """Name of a thing -> how it is called; a danger sign that names it in French must do so too."""
    units: Mapping[str, Pattern]
    number_words: Mapping[str, Pattern]
    decimal: str
    """Signs that may stand before decimals; empty: any."""
    thousands: str
    sentence_ends: bool
    """Whether sentences end in `.`, `?` or `!`."""
    never_last: Pattern
    """Words that end no text: «of», «and»."""
    length: float
    """What a long text usually measures against the French."""
    own_words: Pattern
    """French words that this language has as well."""
    own_endings: Pattern
    """What a long French word looks like when this language has it as well."""
    never: Pattern
    twice: Pattern
    """Words that may stand twice in a row."""
    either_or: str
    """Alternatives of «or», for «X or X»."""
    diagnosis: Diagnosis
    inflected: str
    """What an ending may add to a word of the glossary."""
    before: str


@dataclass(frozen=True, slots=True)
class Source:
    """The French side: what the checker looks for in a translation."""

    language: Language
    function_words: Pattern
    telltale: Pattern
    """Words that no other language here has: one of them is French left behind."""
    everywhere: frozenset[str]
    """Names of words and urgencies that every text must keep, danger sign or not."""
    names: Pattern
    """Proper names that stay as they are."""
    not_terms: Pattern
    """Phrases with a word of the glossary that mean something else there."""
    phone: Pattern
    """What stands around a telephone number."""


@cache
def load(locale: str) -> Language | None:
    """Return the word lists of `locale`, else of its primary language (`pt_BR`: `pt`), else None."""
    for name in (locale, locale.partition("_")[0]):
        data = _read(name)
        if data is not None:
            return _language(data)
    return None


@cache
def source() -> Source:
    """Return what is known of the French."""
    data = _read("fr") or {}
    return Source(
        language=_language(data),
        function_words=compile_words(data["leftover"]["function_words"]),
        telltale=compile_words(data["leftover"]["telltale"]),
        everywhere=frozenset(data["words"]["everywhere"] + data["urgency"]["everywhere"]),
        names=compile_words(data["leftover"]["names"]),
        not_terms=compile_words(data["glossary"]["not_terms"]),
        phone=compile_words(data["phone"]["around"]),
    )


def known() -> tuple[str, ...]:
    """Return the languages that have word lists."""
    folder = files("webapp.content").joinpath("languages")
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def _read(name: str) -> dict[str, Any] | None:
    file = files("webapp.content").joinpath("languages", f"{name}.toml")
    return tomllib.loads(file.read_text("utf-8")) if name.isidentifier() and file.is_file() else None


def _language(data: Mapping[str, Any]) -> Language:
    form: Mapping[str, Any] = data.get("form", {})
    before = form.get("before", "")

    def words(table: str, key: str) -> Pattern:
        return compile_words(data.get(table, {}).get(key, ()), before)

    def table(name: str) -> dict[str, Pattern]:
        return {
            key: compile_words(value, before)
            for key, value in data.get(name, {}).items()
            if key != "everywhere"
        }

    return Language(
        script=form.get("script", ""),
        foreign_letters=_one_of(form.get("foreign_letters", "")),
        foreign_marks=_one_of(form.get("foreign_marks", "")),
        left=words("sides", "left"),
        right=words("sides", "right"),
        no_side=words("sides", "neither"),
        negation=Negation(**{field.name: words("negation", field.name) for field in fields(Negation)}),
        urgency=table("urgency"),
        words=table("words"),
        units=table("units"),
        number_words=table("number_words"),
        decimal=form.get("decimal", ""),
        thousands=form.get("thousands", ""),
        sentence_ends=form.get("sentence_ends", False),
        never_last=compile_words(form.get("never_last", ())),
        length=form.get("length", 1.0),
        own_words=words("leftover", "own_words"),
        own_endings=words("leftover", "own_endings"),
        never=words("never", "words"),
        twice=words("doubled", "allowed"),
        either_or="|".join(map(fold, data.get("doubled", {}).get("or", ()))),
        diagnosis=Diagnosis(**{field.name: words("diagnosis", field.name) for field in fields(Diagnosis)}),
        inflected=form.get("inflected", ""),
        before=before,
    )


def _one_of(letters: str) -> Pattern:
    return re.compile(f"[{re.escape(letters)}]") if letters else _NOTHING
