"""One fault of a translation, and the names of the rules that find them.

A rule's name is what a translator writes to waive it for one entry, and what the guide's table is
sorted by (translations/README.md); names are kept once they have shipped.
"""

from __future__ import annotations

from dataclasses import dataclass

from webapp.content.model import Problem

RULES: dict[str, str] = {
    "placeholders": "placeholders such as %(count)s are those of the French",
    "markup": "strong words and links are those of the French",
    "html": "words only: no HTML, no addresses, no stray marks",
    "characters": "no invisible, look-alike or foreign characters",
    "spacing": "no French spacing, doubled spaces or foreign quotation marks",
    "empty": "the text has words",
    "copy": "the text is not the French",
    "leftover": "no French words stay in the text",
    "doubled": "no word is said twice",
    "ending": "the text ends as the French does, and brackets close",
    "length": "the text is neither far shorter nor far longer than the French",
    "numbers": "numbers are those of the French",
    "phone": "telephone numbers are those of the French",
    "number-format": "numbers are written as in the language",
    "units": "weeks stay weeks, per cent stays per cent",
    "sides": "left and right are those of the French",
    "negation": "a danger sign says «not» where the French does, and nowhere else",
    "urgency": "how urgent something is, is said as in the French",
    "missing": "a danger sign says everything that the French says",
    "glossary": "no word that the glossary forbids for a French term",
    "never": "no word that is wrong in every text",
    "diagnosis": "nobody is told that they have a disease",
    "waiver": "a waiver names a rule, gives a reason and is needed",
}
"""Rule -> what holds when it is silent."""


@dataclass(frozen=True, slots=True)
class Finding(Problem):
    """A problem together with the rule that found it."""

    rule: str = ""

    def __str__(self) -> str:
        """One line: where, what, how to mend, and the rule's name, for a waiver."""
        # Not super(): slots make a second class, which the zero-argument form does not know (Python 3.11).
        return f"{Problem.__str__(self)} [{self.rule}]"
