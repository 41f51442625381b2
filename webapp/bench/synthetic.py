"""Stores and catalogs of any size, grown from real ones through the same editor and sync that people use."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import polib

from webapp.content import document, mirror
from webapp.content.catalog import sync, write_po
from webapp.content.editor import Editor
from webapp.content.store import Store
from webapp.i18n import catalogs, offering
from webapp.i18n.locales import SOURCE

MORE_LOCALES = [
    "bg",
    "bn",
    "ca",
    "cs",
    "da",
    "el",
    "et",
    "eu",
    "fa",
    "fi",
    "ga",
    "gl",
    "he",
    "hi",
    "hr",
    "hu",
    "hy",
    "id",
    "is",
    "ja",
    "ka",
    "ko",
    "lt",
    "lv",
    "ms",
    "mt",
    "nb",
    "nl",
    "pl",
    "ro",
    "ru",
    "sk",
    "sl",
    "sq",
    "sr",
    "sv",
    "sw",
    "ta",
    "th",
    "tr",
    "uk",
    "ur",
    "vi",
    "zh_Hans",
    "zh_Hant",
]
"""Languages that take their texts from an existing one: as many bytes, whatever they say."""


def grow(source: Path, target: Path, *, cards: int, locales: tuple[str, ...]) -> None:
    """Make the data folder `target` out of `source` with `cards` cards in `locales`, compiled and offered.

    New cards are copies of the others under new names; new languages are copies of the first one.
    """
    (target / "translations").mkdir(parents=True)
    shutil.copyfile(source / "content.db", target / "content.db")
    _add_cards(target, cards)
    store = Store(target / "content.db")
    mirror.export_all(store, target / "translations" / SOURCE)
    for locale in (SOURCE, *locales):
        _add_locale(source / "translations", target / "translations", locale, store)
    catalogs.compile_all(target / "translations")
    offering.remember(target / "translations", locales)


def _add_cards(target: Path, wanted: int) -> None:
    editor = Editor(target)
    store = Store(editor.path)
    # What to rule out first is a few cards however many there are: the map shows them all.
    templates = [card for card in store.cards() if card.kind not in ("emergency", "urgent")]
    highest = max(entry.order for entry in store.entries())
    copies = {}
    for number in range(wanted - len(store.entries())):
        card = templates[number % len(templates)]
        slug = f"{card.slug}-{number}"
        copy = dataclasses.replace(
            card, slug=slug, code=f"{card.code}X{number}", order=highest + 1 + number, search=()
        )
        copies[f"cards/{slug}"] = document.render(copy)
    if copies:
        editor.save(copies, author="bench", note="grown")
        editor.publish()


def _add_locale(source: Path, target: Path, locale: str, store: Store) -> None:
    """Give `locale` whole catalogs; those of a language that `source` lacks say what its first one says."""
    known = (
        locale
        if locale in catalogs.locales(source)
        else next(x for x in catalogs.locales(source) if x != SOURCE)
    )
    for domain in ("messages", "content"):
        path = catalogs.po_path(source, known, domain)
        if not path.exists():
            continue
        catalog = polib.pofile(str(path), wrapwidth=0)
        if domain == "content":
            texts = {entry.msgid: entry.msgstr for entry in catalog if entry.msgstr and not entry.fuzzy}
            catalog = sync(catalog, store.messages())
            for entry in catalog:
                entry.msgstr = entry.msgstr or texts.get(entry.msgid, "")
        catalog.metadata["Language"] = locale
        write_po(catalog, catalogs.po_path(target, locale, domain))
