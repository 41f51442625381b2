"""What a change of French would do to translations, before anybody publishes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.content import document, reference
from webapp.content.catalog import Changes, Translation, state_of
from webapp.content.model import Message, Reference


@dataclass(frozen=True, slots=True)
class Change:
    """One text that a new document would change."""

    key: str
    old: str
    """Empty for a new text."""
    new: str
    """Empty for a text that goes."""
    is_safety: bool


@dataclass(frozen=True, slots=True)
class Impact:
    """What a new document would do."""

    changes: tuple[Change, ...]
    """Safety texts first."""
    stale: Mapping[str, tuple[Change, ...]]
    """Locale -> changed texts whose translation, right until now, would no longer be."""


def messages_of(name: str, text: str) -> dict[str, Message]:
    """Return the translatable texts of a document by key.

    :raises ContentError: when it cannot be read.
    """
    folder, _, stem = name.partition("/")
    if folder == "cards":
        return {message.key: message for message in document.parse(text, stem).messages()}
    rows = reference.parse(stem, text)
    tables = Reference(
        regions=rows.get("region", ()),
        zones=rows.get("zone", ()),
        terms=rows.get("term", ()),
        countries=rows.get("country", ()),
        codes=rows.get("code", ()),
    )
    return {message.key: message for message in tables.messages()}


def changed_messages(name: str, old: str | None, new: str) -> tuple[Change, ...]:
    """Return the texts that differ between two states of a document, safety texts first."""
    before = messages_of(name, old) if old else {}
    after = messages_of(name, new)
    changes = [
        Change(
            key,
            before[key].text if key in before else "",
            after[key].text if key in after else "",
            any(side[key].is_safety for side in (before, after) if key in side),
        )
        for key in [*after, *(key for key in before if key not in after)]
        if key not in before or key not in after or before[key].text != after[key].text
    ]
    return tuple(sorted(changes, key=lambda change: not change.is_safety))


def impact_of(
    changes: tuple[Change, ...],
    catalogs: Mapping[str, Mapping[str, Translation]],
    kind: str,
    said: Changes,
) -> Impact:
    """Return what `changes` would do to `catalogs` (locale -> translations); a `typo` makes nothing stale."""
    stale: dict[str, tuple[Change, ...]] = {}
    for locale, translations in catalogs.items():
        stale[locale] = tuple(
            change
            for change in changes
            if kind != "typo"
            and change.old
            and change.new
            and state_of(translations.get(change.key), change.key, change.old, said) == "current"
        )
    return Impact(changes, stale)
