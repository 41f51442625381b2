"""The `content` catalogs: PO files for translators, one compiled file per locale for readers.

An entry is found by its key (msgctxt), never by likeness of its French. The compiled file keeps for
each key the translation and *the French it translates*; whether that is still today's French is
decided when it is looked up (`localize`), so a French sentence taken back makes its translation
current again, and no page ever mistakes an old translation for a new one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sqlite3
import tempfile
import threading
import weakref
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polib

from webapp.content.model import ContentError, Message, Problem
from webapp.content.remembered import remembered
from webapp.content.snapshot import open_snapshot

State = Literal["current", "stale", "draft", "missing"]
_PO_LINE = re.compile(r'(?:#.*|(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s*".*"|".*"|)')
FORMAT = 1
"""Raise when the compiled form changes, so that old ones are built anew."""


@dataclass(frozen=True, slots=True)
class Translation:
    """What a catalog holds for one key."""

    text: str
    french: str
    """The French that `text` translates; empty for a draft nobody vouched for."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What editors said of changed sentences."""

    typos: Mapping[tuple[str, str], str]
    """(key, old French) -> new French of the same meaning."""
    unsafe: Collection[tuple[str, str]]
    """(key, French) whose translations must not be shown any more."""

    def lineage(self, key: str, french: str) -> tuple[str, ...]:
        """Return `french` and what it became through corrections of typing errors alone."""
        steps = [french]
        while (french := self.typos.get((key, french), french)) not in steps:
            steps.append(french)
        return tuple(steps)


NO_CHANGES = Changes({}, frozenset())


def state_of(translation: Translation | None, key: str, french: str, changes: Changes = NO_CHANGES) -> State:
    """Return what a translation is worth for today's `french`."""
    if translation is None or not translation.text:
        return "missing"
    if translation.french == french:
        return "current"
    lineage = changes.lineage(key, translation.french)
    if not translation.french or any((key, step) in changes.unsafe for step in lineage):
        return "draft"
    return "current" if french in lineage else "stale"


def read_po(path: Path) -> polib.POFile:
    """Return the catalog at `path`.

    :raises ContentError: naming the file and line when it is not a PO file in UTF-8.
    """
    try:
        for number, line in enumerate(path.read_bytes().decode("utf-8-sig").split("\n"), 1):
            # polib drops the last letter of a text whose quote was never closed, and says nothing.
            if not _PO_LINE.fullmatch(line.strip()):
                raise ValueError(f"line {number}: {line.strip()[:60]}")
        catalog = polib.pofile(str(path), encoding="utf-8", wrapwidth=0)
        # polib's own check compares each entry with all before it: an hour for a hundred thousand.
        seen: set[tuple[str | None, str]] = set()
        for entry in catalog:
            if (key := (entry.msgctxt, entry.msgid)) in seen:
                raise ValueError(f"«{entry.msgctxt or entry.msgid}» is there twice")
            seen.add(key)
        return catalog
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise ContentError(
            Problem(str(path), f"not a readable catalog: {error}", "mend the line, or undo the change")
        ) from error


def translations(catalog: polib.POFile) -> dict[str, Translation]:
    """Return what `catalog` holds, by key."""
    return {
        entry.msgctxt: Translation(entry.msgstr, _french_of(entry))
        for entry in catalog
        if not entry.obsolete and entry.msgctxt and entry.msgstr
    }


def _french_of(entry: polib.POEntry) -> str:
    if not entry.fuzzy:
        return str(entry.msgid)
    return str(entry.previous_msgid or "")


def sync(catalog: polib.POFile, messages: Iterable[Message], changes: Changes = NO_CHANGES) -> polib.POFile:
    """Return `catalog` brought to today's French, in the order of `messages`.

    - same French: kept as it is; French of the same meaning (`typo`): msgid replaced, stays current;
    - other French: marked fuzzy, the French it translated kept as previous msgid;
    - `unsafe`: the translation becomes a draft, which is never shown;
    - a key the French no longer has is kept as obsolete and comes back with the key.
    """
    # Obsolete entries first, for a live one of the same key wins.
    before = {entry.msgctxt: entry for entry in sorted(catalog, key=lambda entry: not entry.obsolete)}
    fresh = polib.POFile(wrapwidth=0)
    fresh.header, fresh.metadata = catalog.header, catalog.metadata
    for message in messages:
        old = before.pop(message.key, None)
        fresh.append(_synced(old, message, changes))
    for entry in before.values():
        if entry.msgstr:
            fresh.append(_set_aside(entry))
    return fresh


def _synced(old: polib.POEntry | None, message: Message, changes: Changes) -> polib.POEntry:
    entry = polib.POEntry(msgctxt=message.key, msgid=message.text, comment=_comment(message))
    if old is None:
        return entry
    entry.msgstr, entry.tcomment = old.msgstr, old.tcomment
    french = _french_of(old)
    state = state_of(Translation(old.msgstr, french), message.key, message.text, changes)
    if state in ("stale", "draft"):
        entry.flags = ["fuzzy"]
    if state == "stale":
        entry.previous_msgid = french
    return entry


def _set_aside(entry: polib.POEntry) -> polib.POEntry:
    """Return `entry` as obsolete, under the French it translates: polib 1.2 loses such an entry's previous msgid."""
    if entry.fuzzy and (french := _french_of(entry)):
        entry.flags.remove("fuzzy")
        entry.msgid, entry.previous_msgid = french, None
    entry.obsolete, entry.comment = True, ""
    return entry


def _comment(message: Message) -> str:
    return message.comment + ("\nsafety" if message.is_safety else "")


def new_catalog(locale: str, plural_forms: str) -> polib.POFile:
    """Return an empty catalog with the header that Poedit, Weblate and msgfmt expect."""
    catalog = polib.POFile(wrapwidth=0)
    catalog.metadata = {
        "Project-Id-Version": "Repère",
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plural_forms,
    }
    return catalog


def write_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data`, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_po(catalog: polib.POFile, path: Path) -> bool:
    """Write `catalog` in its stable form; return whether the file changed."""
    data = (str(catalog).rstrip("\n") + "\n").encode()
    if path.exists() and path.read_bytes() == data:
        return False
    write_atomically(path, data)
    return True


def stamp(source: Path) -> str:
    """Return what identifies the compiled form of `source`."""
    return f"{FORMAT}:{hashlib.sha256(source.read_bytes()).hexdigest()}"


def compile_po(source: Path, target: Path) -> None:
    """Build the compiled form of `source`.

    :raises ContentError: when the source cannot be read; the old compiled form stays.
    """
    rows = translations(read_po(source))
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    os.close(handle)
    try:
        with contextlib.closing(sqlite3.connect(name)) as db:
            db.execute(
                "create table translation (key text primary key, text text, french text) without rowid"
            )
            db.execute("create table meta (stamp text)")
            db.executemany(
                "insert into translation values (?, ?, ?)", [(k, t.text, t.french) for k, t in rows.items()]
            )
            db.execute("insert into meta values (?)", [stamp(source)])
            db.commit()
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class Compiled:
    """One locale's translations, read by key.

    :raises ContentError: when the file is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.memory: dict[Any, Any] = {}
        self._lock = threading.Lock()
        try:
            self._db = open_snapshot(path)
            weakref.finalize(self, self._db.close)
            self.stamp: str = self._db.execute("select stamp from meta").fetchone()[0]
        except (OSError, sqlite3.DatabaseError, TypeError) as error:
            raise ContentError(
                Problem(str(path), f"cannot be read ({error})", "run: python3 manage.py i18n compile")
            ) from error

    @remembered
    def under(self, prefix: str) -> Mapping[str, Translation]:
        """Return all translations whose key starts with `prefix` (ends in `/`)."""
        # A range, not LIKE: it uses the primary key. "0" follows "/" in ASCII.
        return self._read("where key >= ? and key < ?", prefix, prefix[:-1] + "0")

    def all(self) -> dict[str, Translation]:
        """Return every translation, by key."""
        return self._read("")

    def _read(self, where: str, *parameters: str) -> dict[str, Translation]:
        with self._lock:
            rows = self._db.execute(
                f"select key, text, french from translation {where}", parameters
            ).fetchall()
        return {key: Translation(text, french) for key, text, french in rows}
