"""Marks for texts that the phone fills in: a page of the pack says which text stands where, once.

A slot is `START key END`, of private-use characters no text may contain (`validate` and the catalog
checks refuse them), so a page with slots is filled in one pass.
"""

from __future__ import annotations

from markupsafe import Markup

KEY = "repere.slots"
"""WSGI key under which the maker of packs asks for a page with slots."""

FIRST, SECOND, END = "\ue000", "\ue001", "\ue002"
"""Start of a text in the page's language, of one in the second language, and the end of both."""

TAG, DIRECTION, NAME = "@tag", "@dir", "@name"
"""Keys of the second language's own tag, direction of writing and name."""


def first(key: str) -> Markup:
    """Return the slot of a text in the page's language."""
    return Markup(f"{FIRST}{key}{END}")  # keys are ours: words of the store, checked when it is written


def second(key: str) -> Markup:
    """Return the slot of a text in the second language."""
    return Markup(f"{SECOND}{key}{END}")
