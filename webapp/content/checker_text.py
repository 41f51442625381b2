"""Faults that need no meaning: French left in, wrong characters, spacing, how a text ends and how long it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from webapp.content.finding import Finding
from webapp.content.languages import Language, fold, source

_CONTROLS = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069"
    "\ufeff\ufff9-\ufffd\ue000-\uf8ff]"
)
_JOINERS = re.compile("[\u200c-\u200f]")
"""Of use to scripts that join letters or run from right to left, and to no others."""
_SCRIPTS = {
    "Latin": re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u02b8\u1e00-\u1eff]"),
    "Greek": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "Cyrillic": re.compile("[\u0400-\u052f]"),
    "Armenian": re.compile("[\u0530-\u058f]"),
    "Hebrew": re.compile("[\u0590-\u05ff]"),
    "Arabic": re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]"),
    "Cherokee": re.compile("[\u13a0-\u13ff]"),
    "compatibility": re.compile("[\ufb00-\ufdff\ufe70-\ufefe\uff21-\uff9f\U0001d400-\U0001d7ff]"),
}
_WORD = re.compile(r"[^\W\d_]+")
_LAST_WORD = re.compile(r"\W([^\W\d_]+)[»”’)]*$")
_FRENCH_SPACE = re.compile(r"[ \u00a0\u202f][:;?!»؟؛،](?!\w)|«[ \u00a0\u202f]")
_DOUBLED_SPACE = re.compile(r"(?<=\S)\s{2,}(?=\S)|^\s|\s$")
_BRACKETS = {")": "(", "]": "[", "»": "«"}
_SENTENCE_END = re.compile(r"[.?!](?=\s|$)")
_SAME_END = str.maketrans("؟;;。！？…।", "?;;.!?..")
LONG = 90
"""Letters from which lengths are worth comparing."""
MAX_SHARED = 3
"""Words that a language without word lists may share with the French before it counts as a copy."""


def check_controls(where: str, text: str) -> Iterator[Finding]:
    """Yield characters that nobody sees and no language needs."""
    if _CONTROLS.search(text):
        yield Finding(where, "an invisible control character", "type the sentence anew", "characters")


def check_characters(where: str, text: str, language: Language | None) -> Iterator[Finding]:
    """Yield characters that look like others, or that the language has no use for."""
    if text.isascii():
        return
    script = language.script if language else ""
    if script == "Latin" and _JOINERS.search(text):
        yield Finding(where, "an invisible mark of other scripts", "type the sentence anew", "characters")
    if unicodedata.normalize("NFC", text) != text:
        yield Finding(
            where, "letters and accents are stored apart", "save the file in Unicode NFC", "characters"
        )
    used = _scripts(text)
    if len(used) > 1 or used - {script or "Latin"}:
        glued = re.compile(language.before) if language else None
        for word in re.findall(r"\w+", text):
            used = _scripts(word[len(match[0]) :] if glued and (match := glued.match(word)) else word)
            if len(used) > 1 or (script == "Latin" and used - {"Latin"}) or "compatibility" in used:
                yield Finding(
                    where, f"«{word}» has letters of another script", "type the word anew", "characters"
                )
    if language and (letter := language.foreign_letters.search(text)):
        yield Finding(
            where,
            f"«{letter[0]}» (U+{ord(letter[0]):04X}) is no letter of the language",
            "type it with the keyboard of the language",
            "characters",
        )


def _scripts(text: str) -> set[str]:
    return {name for name, letters in _SCRIPTS.items() if letters.search(text)}


def check_spacing(where: str, text: str, language: Language | None) -> Iterator[Finding]:
    """Yield the spaces and quotation marks of French, which other languages set otherwise."""
    if _DOUBLED_SPACE.search(text):
        yield Finding(where, "a space too many", "one space between words, none at the ends", "spacing")
    if not language:
        return
    if match := _FRENCH_SPACE.search(text):
        yield Finding(where, f"«{match[0]}» has the space of French", "delete the space", "spacing")
    if match := language.foreign_marks.search(text):
        yield Finding(
            where,
            f"«{match[0]}» is no mark of the language",
            "use the quotation marks of the language",
            "spacing",
        )


def check_copy(where: str, french: str, text: str, language: Language | None) -> Iterator[Finding]:
    """Yield a text that is the French, and one in another script than the language's."""
    words = _words(text)
    if not words:
        return
    if fold(french) == fold(text):
        strange = [
            word
            for word in words
            if not (language and (language.own_endings.fullmatch(word) or _is_own(word, text, language)))
        ]
        if (language and strange) or len(strange) > MAX_SHARED:
            yield Finding(where, "is a copy of the French", "translate it, or leave it empty", "copy")
    elif (
        language
        and language.script not in ("", "Latin")
        and not _SCRIPTS[language.script].search(text)
        and any(not word.isupper() for word in _WORD.findall(source().names.sub(" ", text)))
    ):
        yield Finding(where, "is not written in the script of the language", "translate it", "copy")


def check_leftover(where: str, french: str, text: str, language: Language) -> Iterator[Finding]:
    """Yield French words left in the text: «La hip», «hanche»."""
    folded = fold(text)
    if folded == fold(french):
        return  # a copy, which is told as one
    known = source()
    if known.language.script == language.script or _SCRIPTS["Latin"].search(text):
        folded = known.names.sub(" ", folded)
        short = {match[0] for match in known.telltale.finditer(folded)}
        short |= {
            match[0]
            for match in known.function_words.finditer(folded)
            if folded[match.start() - 1 : match.start()] != "-"  # «vê-la», «sentar-se»
        }
        long = {
            word
            for word in _long_words(french).intersection(_words(folded))
            if not language.own_endings.fullmatch(word)
        }
        for word in sorted(short | long):
            if not _is_own(word, text, language):
                yield Finding(
                    where,
                    f"«{word}» is French",
                    "translate it; if your language has the word, add it to own_words in its file",
                    "leftover",
                )


@lru_cache(maxsize=4096)
def _long_words(french: str) -> frozenset[str]:
    return frozenset(word for word in _words(source().names.sub(" ", fold(french))) if len(word) > 3)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def _is_own(word: str, text: str, language: Language) -> bool:
    """Whether a word is the language's too, or an acronym as it stands."""
    if language.own_words.fullmatch(word):
        return True
    return len(word) < 6 and re.search(rf"(?<!\w){re.escape(word.upper())}(?![^\W\d_])", text) is not None


def check_ending(where: str, french: str, text: str, language: Language | None) -> Iterator[Finding]:
    """Yield a text that ends otherwise than the French: what remains when half of it was lost."""
    for closing, opening in _BRACKETS.items():
        if text.count(closing) != text.count(opening) and french.count(closing) == french.count(opening):
            yield Finding(where, f"{opening}…{closing} do not pair", "close what was opened", "ending")
    if language and language.sentence_ends:
        wanted, found = _end(french), _end(text)
        if wanted != found:
            yield Finding(
                where,
                f"ends with «{found or 'a word'}», the French with «{wanted or 'a word'}»",
                "end as the French does; if words are missing, write them",
                "ending",
            )
        elif (last := _LAST_WORD.search(fold(text))) and language.never_last.fullmatch(last[1]):
            yield Finding(where, f"ends with «{last[1]}»", "write the rest of the text", "ending")


def _end(text: str) -> str:
    last = re.sub(r"[\s»”“’‘\")\]*]+$", "", text)[-1:].translate(_SAME_END)
    return "" if last.isalnum() or last in "%" or unicodedata.category(last)[0] in "LM" else last


def check_length(where: str, french: str, text: str, language: Language | None) -> Iterator[Finding]:
    """Yield a text far shorter or far longer than the French, or with sentences missing.

    The shorter the French, the more is allowed: «IRM» is «MRI» in one language and a phrase in another.
    """
    found, wanted = len(text), len(french)
    usual = (language.length if language else 1.0) * wanted
    shortest = 0.3 * usual - 6
    if language and wanted > LONG:
        shortest = max(shortest, 0.55 * usual)
    if language and _sentences(text) < _sentences(french):
        shortest = max(shortest, 0.72 * usual - 4)
    if found < shortest:
        yield Finding(
            where,
            f"has {found} letters, the French {wanted}",
            "is something missing? If not, waive this rule",
            "length",
        )
    elif found > (2.2 if language else 4) * usual + 60:
        yield Finding(
            where, f"has {found} letters, the French {wanted}", "say what the French says, no more", "length"
        )


def _sentences(text: str) -> int:
    return len(_SENTENCE_END.findall(text.translate(_SAME_END)))
