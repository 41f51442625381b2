"""Which paragraph of a card explains which medical word in place.

Decided on the French text, once for all languages: no inflection of seven languages has to be known, and
every reader finds the same words at the same places. What is shown there is the term in their language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from webapp.content import markup
from webapp.content.model import Block, Term

MOST_IN_A_BLOCK = 2
"""More would push the text apart; a third word waits for the next block that names it."""

_LINK = re.compile(r"\[[^\]]*\]\([^)]*\)")
_NOTES = re.compile(r"\bancien(?:ne)?s? |[«»]")
_BETWEEN_FORMS = re.compile(r"[()]|, ou |,")


def places(blocks: Iterable[Block], terms: Iterable[Term]) -> list[tuple[Term, ...]]:
    """Return for each of `blocks` the terms to explain with it: each once, where it first occurs.

    - Danger signs stay one line each, headings a heading: neither explains anything.
    - A word that is a link is explained by where it leads, and waits for a block that names it plainly.
    """
    waiting = list(terms)
    found: list[tuple[Term, ...]] = []
    for block in blocks:
        named: list[Term] = []
        if waiting and not block.is_safety and block.form != "heading":
            text = _fold(markup.plain(_LINK.sub(" ", block.text)))
            named = [term for term in waiting if _pattern(term.name).search(text)][:MOST_IN_A_BLOCK]
            waiting = [term for term in waiting if term not in named]
        found.append(tuple(named))
    return found


@lru_cache(maxsize=512)
def _pattern(name: str) -> re.Pattern[str]:
    """Return an expression for a term's name and for what stands in brackets after it: «disque (…)»."""
    forms = [form.split() for form in _BETWEEN_FORMS.split(_NOTES.sub("", _fold(name)))]
    words = [r"\s+".join(re.escape(word) + "[sx]?" for word in form) for form in forms if form]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")


@lru_cache(maxsize=1024)  # French texts, the same for every language: a tenth of a page rendered anew
def _fold(text: str) -> str:
    """Return `text` without accents and capitals."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
