"""The one form under which spellings of a word are the same to the search, and the words of a text.

Accents, case, width, Arabic vowel signs and letter variants, and characters nobody sees make no
difference. `webapp/static/search.js` holds the same rule, so it uses nothing that two Unicode versions
could see differently: canonical forms, lower case and the small tables below.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

# Accents and vowel signs of the scripts that write words without them too; tatweel; what nobody sees.
_DROPPED = re.compile(
    "[\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061c\u0621"
    "\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u180e\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]"
)
_SAME = {
    **{"œ": "oe", "æ": "ae", "ß": "ss", "ı": "i", "ø": "o", "đ": "d", "ł": "l", "ς": "σ", "ʼ": " "},
    # Alef wasla, alef maqsura, ta marbuta, Persian ya, kaf and ha; NFKD takes the hamza off the others.
    **{"ٱ": "ا", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "ہ": "ه"},
    **{chr(start + digit): str(digit) for start in (0x0660, 0x06F0) for digit in range(10)},
}

_HYPHENS = "-\u2010\u2011"
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
"""Scripts that put no space between words: each character is found by itself."""
_ARTICLE = re.compile("(?:[وفبك]?ال|لل)(?=...)")
"""«The», with «and», «with», «for»…, as Arabic writes them onto the word; three letters must remain."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, folded, and where it stands there."""

    folded: str
    start: int
    end: int


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> tuple[str, bool, bool]:
    """Return a character folded, whether it belongs to a word, and whether it is a word by itself."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).lower())
    # Beyond U+FFFF stand scripts of no living language of ours; JavaScript counts them as two letters.
    folded = "".join(_SAME.get(one, one) if one <= "\uffff" else " " for one in _DROPPED.sub("", plain))
    is_word = all(unicodedata.category(one)[0] in "LNM" for one in folded)
    return folded, is_word, _IDEOGRAPH.match(folded) is not None


def fold(text: str) -> str:
    """Return `text` without what makes no difference; folding twice is folding once."""
    return "".join(_fold_character(character)[0] for character in text)


def words(text: str) -> list[Word]:
    """Return the words of `text` in order, with Arabic articles taken off."""
    found: list[Word] = []
    folded, start, is_alone = "", -1, False
    for place, character in enumerate(f"{text} "):
        letters, is_word, is_ideograph = _fold_character(character)
        if not letters:
            continue  # an accent or a mark nobody sees: within a word it ends nothing
        if folded and (not is_word or is_ideograph or is_alone):
            found.append(Word(_without_article(folded), start, place))
            folded = ""
        if is_word:
            start = start if folded else place
            folded += letters
            is_alone = is_ideograph
    return found


def joined(text: str, found: list[Word]) -> list[str]:
    """Return hyphenated pairs of `found` as one word: «sacro-iliaque» is also «sacroiliaque»."""
    return [
        before.folded + after.folded
        for before, after in pairwise(found)
        if after.start - before.end == 1 and text[before.end] in _HYPHENS
    ]


def _without_article(folded: str) -> str:
    while match := _ARTICLE.match(folded):
        folded = folded[match.end() :]
    return folded
