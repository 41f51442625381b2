"""Marks for texts that the phone fills in: a page of the pack says which text stands where, once.

A slot is `START key END`, of private-use characters no text may contain (`validate` and the catalog
checks refuse them), so a page with slots is filled by one pass over it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from markupsafe import Markup

FIRST, SECOND, END = "\ue000", "\ue001", "\ue002"
"""Start of a text in the page's language, of one in the second language, and the end of both."""

TAG, DIRECTION = "@tag", "@dir"
"""Keys of the second language's own tag and direction of writing."""

_SLOT = re.compile(f"([{FIRST}{SECOND}])([^{END}]*){END}")


def first(key: str) -> Markup:
    """Return the slot of a text in the page's language."""
    return Markup(f"{FIRST}{key}{END}")  # keys are ours: words of the store, checked when it is written


def second(key: str) -> Markup:
    """Return the slot of a text in the second language."""
    return Markup(f"{SECOND}{key}{END}")


def replace(html: str, fill: Callable[[str, str], str]) -> str:
    """Return `html` with every slot replaced by `fill(FIRST or SECOND, key)`."""
    return _SLOT.sub(lambda match: fill(match[1], match[2]), html)
