"""Sign-offs by real people, tied to the exact words they read.

A sign-off of the French holds for one revision; one of a translation holds for these translated words
of this French. When either changes, the hash differs and the sign-off no longer counts; it stays in
the history.
"""

from __future__ import annotations

import hashlib
import json

from webapp.content.catalog import Compiled, state_of
from webapp.content.localize import SOURCE_LOCALE
from webapp.content.model import Card, Review
from webapp.content.store import Store


def text_digest(store: Store, card: Card, locale: str, compiled: Compiled | None) -> str:
    """Return the hash of the exact text of `card` that readers of `locale` get.

    Empty when the card is not wholly translated: there is nothing yet that a person could sign.
    """
    if locale == SOURCE_LOCALE:
        return store.state(card.slug).sha256
    found = compiled.under(f"{card.slug}/") if compiled else {}
    changes = store.changes()
    rows = []
    for message in card.messages():
        translation = found.get(message.key)
        if state_of(translation, message.key, message.text, changes) != "current":
            return ""
        rows.append([message.key, translation.text if translation else ""])
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def standing(store: Store, card: Card, locale: str, compiled: Compiled | None) -> tuple[Review, ...]:
    """Return the sign-offs of `card` in `locale` that hold for today's words."""
    signed = [review for review in store.reviews(f"cards/{card.slug}") if review.locale == locale]
    if not signed:
        return ()
    digest = text_digest(store, card, locale, compiled)
    return tuple(review for review in signed if digest and review.sha256 == digest)
