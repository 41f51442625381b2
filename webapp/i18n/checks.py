"""Faults of the catalogs that a program can see, entry by entry, over every locale."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polib

from webapp.content import catalog as content_catalog
from webapp.content import checker, checker_text
from webapp.content.finding import Finding
from webapp.content.glossary import read as read_glossary
from webapp.content.languages import load
from webapp.content.model import ContentError, Problem
from webapp.content.store import Store
from webapp.i18n import catalogs
from webapp.i18n.locales import SOURCE


def check_catalogs(folder: Path, store: Store, only: str | None = None) -> Iterator[Problem]:
    """Yield every fault of every catalog below `folder`, or of one locale's.

    :raises ContentError: when `only` names no locale.
    """
    found = catalogs.locales(folder)
    if only is not None and only not in found:
        raise ContentError(Problem(only, "no such locale", f"one of {', '.join(found)}"))
    french = {message.key: message for message in store.messages()}
    template = catalogs.extract_messages()
    glossary = read_glossary(folder)
    for locale in found if only is None else (only,):
        path = catalogs.po_path(folder, locale, "messages")
        try:
            yield from _check_messages(path, locale, {(e.msgctxt, e.msgid) for e in template})
            if locale == SOURCE:
                continue
            path = catalogs.po_path(folder, locale, "content")
            catalog = content_catalog.read_po(path)
        except ContentError as error:
            yield from error.problems
            continue
        keys = set()
        for entry in catalog:
            if entry.obsolete:
                continue
            keys.add(entry.msgctxt)
            where = f"{path.name} {locale} {entry.msgctxt}"
            message = french.get(entry.msgctxt)
            if message is None:
                yield Problem(where, "is a key the French does not have", "run: python3 manage.py i18n sync")
            elif entry.msgid != message.text:
                yield Problem(where, "does not have today's French", "run: python3 manage.py i18n sync")
            elif entry.msgstr and not entry.fuzzy:
                yield from checker.check_text(
                    where,
                    locale,
                    entry.msgid,
                    entry.msgstr,
                    is_safety=message.is_safety,
                    is_search=message.key.endswith(("/search", "/also")),
                    comment=entry.tcomment,
                    glossary=glossary,
                )
        for key in french.keys() - keys:
            yield Problem(
                f"{path.name} {locale} {key}",
                "is missing from the catalog",
                "run: python3 manage.py i18n sync",
            )


def _check_messages(path: Path, locale: str, strings: set[tuple[str | None, str]]) -> Iterator[Problem]:
    catalog = content_catalog.read_po(path)
    known = set()
    for entry in catalog:
        if entry.obsolete:
            continue
        known.add((entry.msgctxt, entry.msgid))
        where = f"{path.name} {locale} «{entry.msgid[:40]}»"
        if entry.fuzzy:
            continue
        yield from checker.apply_waivers(where, entry.tcomment, _faults(where, locale, entry))
    if known != strings:
        yield Problem(
            f"{path.name} {locale}", "does not have today's strings", "run: python3 manage.py i18n sync"
        )


def _faults(where: str, locale: str, entry: polib.POEntry) -> Iterator[Finding]:
    for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
        if text:
            french = [entry.msgid, entry.msgid_plural or entry.msgid]
            is_plural = bool(entry.msgid_plural)
            yield from checker.check_placeholders(where, french, text, is_plural=is_plural)
            if locale != SOURCE:
                language = load(locale)
                yield from checker.check_markup(where, entry.msgid, text)
                yield from checker_text.check_characters(where, text, language)
                yield from checker_text.check_length(where, entry.msgid, text, language)
