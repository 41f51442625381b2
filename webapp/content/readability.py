"""How hard a French card is to read: reported to its authors, never a gate (but see safety sentences).

The score is Kandel and Moles's adaptation of Flesch's formula to French (1958):
207 - 1.015 x words per sentence - 73.6 x syllables per word. Above 70: easy; below 50: hard.
Syllables are counted as groups of vowels without a silent ending, which is near enough to compare cards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from webapp.content import markup
from webapp.content.model import Card

_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿŒœ]+")
_VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüÿœæ]+", re.IGNORECASE)
_SILENT = re.compile(r"(?<=[^aeiouyàâäéèêëîïôöùûü])(?:e|es|ent)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Readability:
    """What can be counted of a card's sentences."""

    words: int
    words_per_sentence: float
    longest: str
    """The longest sentence."""
    score: float
    """Kandel and Moles: higher is easier."""


def measure(card: Card) -> Readability:
    """Return how hard the body of `card` is to read."""
    texts = [markup.plain(block.text) for block in card.blocks if block.form in ("paragraph", "item")]
    sentences = [s for text in texts for s in re.split(r"(?<=[.?!:;])\s+", text) if _WORD.search(s)]
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    syllables = sum(map(_syllables, words))
    per_sentence = len(words) / len(sentences)
    return Readability(
        words=len(words),
        words_per_sentence=round(per_sentence, 1),
        longest=max(sentences, key=lambda sentence: len(_WORD.findall(sentence))),
        score=round(207 - 1.015 * per_sentence - 73.6 * syllables / len(words), 1),
    )


def _syllables(word: str) -> int:
    return max(1, len(_VOWELS.findall(_SILENT.sub("", word))))
