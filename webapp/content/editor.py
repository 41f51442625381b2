"""Writing content.db: drafts, publishing, and the protocol that never leaves half a store.

A writer takes a kernel lock (it dies with the process), works on a copy in one transaction, checks
the whole of it, writes it compactly to a temporary file, flushes file and folder to disk, and
replaces content.db by rename. Killed at any instant, it leaves the old store or the new one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from sqlite_utils import Database

from webapp.content import bell, validate
from webapp.content import document as card_document
from webapp.content import reference as reference_document
from webapp.content.impact import changed_messages
from webapp.content.model import URGENT_SLUG, Card, ContentError, Problem, Review, Revision
from webapp.content.schema import migrations, require_current, require_known, require_sqlite
from webapp.content.store import Store

KINDS = ("meaning", "typo", "unsafe")


class Editor:
    """The one writer of the content store in `data`."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.path = data / "content.db"

    def save(
        self, documents: Mapping[str, str], *, author: str, note: str, kind: str = "meaning"
    ) -> tuple[str, ...]:
        """Keep `documents` (name -> text) as drafts; return the names that really changed.

        The text is stored in its canonical form. Readers see nothing of it before `publish`.

        :raises ContentError: when a text cannot be read; nothing is kept then.
        """
        canonical = canonical_documents(documents)
        with self._writing() as db:
            changed = tuple(name for name, text in canonical.items() if latest_text(db, name) != text)
            for name in changed:
                _insert_revision(db, name, canonical[name], author, note, kind)
        return changed

    def publish(self, names: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Give readers the latest draft of `names` (default: every draft); return what was published.

        :raises ContentError: when the store would then have a problem; nothing is published then.
        """
        with self._writing() as db:
            newest = {r.document: r for r in Store.over(db).revisions()}
            latest = {
                name: revision
                for name, revision in newest.items()
                if revision.published is None and (names is None or name in names)
            }
            if not latest:
                return ()
            cards = [r for r in latest.values() if r.document.startswith("cards/")]
            for name in latest:
                _record_changes(db, name)
            for revision in latest.values():
                if revision not in cards:
                    _write_reference(db, revision)
            for revision in cards:
                _write_card(db, card_document.parse(revision.text, revision.document.removeprefix("cards/")))
            for revision in latest.values():
                db.table("revision").update(revision.id, {"published": now()})
            _seal(db)
            problems = validate.check_store(Store.over(db))
            if problems:
                raise ContentError(*problems)
        return tuple(latest)

    def withdraw(self, slug: str) -> None:
        """Take a card away from readers at once: its address answers 410.

        :raises ContentError: when it is not published, or another card shows a section of it.
        """
        with self._writing() as db:
            if slug == URGENT_SLUG:
                raise ContentError(Problem(slug, "holds every danger sign and stays", "change it instead"))
            if Store.over(db).card(slug) is None:
                raise ContentError(Problem(slug, "is not published", "see: manage.py content list"))
            db.table("card").update(slug, {"withdrawn": now()})
            _seal(db)
            if problems := validate.check_store(Store.over(db)):
                raise ContentError(*problems)

    def rollback(self, name: str, revision: int, *, author: str) -> None:
        """Save an old revision's text as a new draft; history is never cut.

        :raises ContentError: when the document has no such revision.
        """
        with self._writing() as db:
            found = {r.id: r for r in Store.over(db).revisions(name)}
            if revision not in found:
                raise ContentError(Problem(name, f"has no revision {revision}", "see: manage.py content log"))
            _insert_revision(
                db, name, found[revision].text, author, f"back to revision {revision}", "meaning"
            )

    def sign(self, review: Review) -> None:
        """Record a real person's sign-off of an exact text."""
        with self._writing() as db:
            db.table("review").insert({name: getattr(review, name) for name in review.__dataclass_fields__})
            _seal(db)

    def upgrade(self) -> tuple[str, ...]:
        """Bring an older store to this software's schema; return the migrations applied."""
        with self._writing(migrate=True) as db:
            pending = tuple(migration.name for migration in migrations.pending(db))
            migrations.apply(db)
        return pending

    @contextlib.contextmanager
    def _writing(self, *, migrate: bool = False) -> Iterator[Database]:
        require_sqlite()
        real = self.path.resolve()  # a symlinked store is replaced where it really lies
        with locked(real.parent):
            for suffix in ("-wal", "-journal"):
                if Path(f"{real}{suffix}").exists():
                    raise ContentError(
                        Problem(
                            f"{real}{suffix}",
                            "another program is writing the store",
                            "close it, then try again",
                        )
                    )
            with _telling_failure(real):
                handle, name = tempfile.mkstemp(prefix=".content-", suffix=".tmp", dir=real.parent)
            os.close(handle)
            working, compact = Path(name), Path(f"{name}.new")
            try:
                with _telling_failure(real):
                    if real.exists():
                        shutil.copyfile(real, working)
                    db = Database(sqlite3.connect(working, isolation_level=None))
                    try:
                        if migrate:
                            require_known(db, str(real))
                        elif real.exists():
                            require_current(db, str(real))
                        else:
                            migrations.apply(db)
                            _seal(db)
                        with db.atomic():
                            yield db
                        if real.exists() and not db.conn.total_changes:
                            return  # the same file stays: no reload for servers, no change for git
                        db.execute("vacuum into ?", [str(compact)])
                    finally:
                        db.close()
                    _flush(compact)
                    if real.exists():
                        shutil.copymode(real, compact)
                    else:
                        compact.chmod(0o644)
                    compact.replace(real)
                    _flush(real.parent)
                    bell.wait()
            finally:
                for leftover in (working, compact, Path(f"{name}-journal")):
                    leftover.unlink(missing_ok=True)


@contextlib.contextmanager
def _telling_failure(path: Path) -> Iterator[None]:
    """Turn a failure of disk or database into the one line that says so."""
    try:
        yield
    except (OSError, sqlite3.DatabaseError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ContentError(
            Problem(str(path), f"cannot be written ({reason})", "nothing was changed")
        ) from error


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep every other writer of the store in `folder` waiting; the kernel lets go when the process dies."""
    with _telling_failure(folder):
        handle = os.open(folder / ".content.lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        with _telling_failure(folder):
            fcntl.flock(handle, fcntl.LOCK_EX)
            for leftover in folder.glob(".content-*.tmp*"):  # of a writer that was killed: the lock is ours
                leftover.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _insert_revision(db: Database, name: str, text: str, author: str, note: str, kind: str) -> None:
    db.table("revision").insert(
        {
            "document": name,
            "text": text,
            "sha256": digest(text),
            "author": author,
            "time": now(),
            "note": note,
            "kind": kind,
            "published": None,
        }
    )


def _record_changes(db: Database, name: str) -> None:
    """Keep what `typo` and `unsafe` drafts, step by step since the last publication, said of each sentence."""
    revisions = Store.over(db).revisions(name)
    last = max((place for place, revision in enumerate(revisions) if revision.published), default=0)
    for before, after in pairwise(revisions[last:]):
        if after.kind == "meaning":
            continue
        for change in changed_messages(name, before.text, after.text):
            if change.old and (change.new or after.kind == "unsafe"):
                db.table("text_change").insert(
                    {
                        "key": change.key,
                        "old": change.old,
                        "new": change.new,
                        "kind": after.kind,
                        "revision": after.id,
                    }
                )


def _write_card(db: Database, card: Card) -> None:
    for table in ("block", "red_flag", "term", "zone_card", "card_source"):
        db.execute(f"delete from {table} where card = ?", [card.slug])
    db.table("card").upsert(
        {
            "slug": card.slug,
            "kind": card.kind,
            "code": card.code,
            "ord": card.order,
            "title": card.title,
            "also": card.also,
            "summary": card.summary,
            "urgency": card.urgency,
            "sides": card.sides,
            "views": json.dumps(card.views),
            "icd10": json.dumps(card.icd10),
            "words": json.dumps(card.words),
            "see_also": json.dumps(card.see_also),
            "zone_sources": json.dumps(card.zone_sources),
            "review_due": card.review_due.isoformat(),
            "withdrawn": None,
        },
        pk="slug",
    )
    db.table("block").insert_all(
        {
            "card": card.slug,
            "key": block.key,
            "position": position,
            "section": block.section,
            "form": block.form,
            "role": block.role,
            "urgency": block.urgency,
            "first": int(block.first),
            "text": block.text,
            "sources": json.dumps(block.sources),
            "target": block.target,
        }
        for position, block in enumerate(card.blocks)
    )
    db.table("red_flag").insert_all(
        {"card": card.slug, "sign": sign, "position": position} for position, sign in enumerate(card.signs)
    )
    db.table("term").insert_all(
        {"card": card.slug, "word": word, "position": position} for position, word in enumerate(card.search)
    )
    position = 0
    for relation, zones in (("typical", card.typical), ("possible", card.possible), ("learn", card.learn)):
        for zone in zones:
            db.table("zone_card").insert(
                {"zone": zone, "card": card.slug, "relation": relation, "position": position}
            )
            position += 1
    db.table("card_source").insert_all({"card": card.slug, "source": key} for key in card.source_keys)


_REFERENCE_TABLES = {
    "region": "region",
    "zone": "zone",
    "source": "source",
    "term": "lexicon",
    "country": "country_number",
    "code": "code",
}


def _write_reference(db: Database, revision: Revision) -> None:
    for kind, rows in reference_document.parse(
        revision.document.removeprefix("reference/"), revision.text
    ).items():
        table = _REFERENCE_TABLES[kind]
        db.execute(f"delete from {table}")
        for position, row in enumerate(rows):
            values = {name: getattr(row, name) for name in row.__dataclass_fields__}
            db.table(table).insert(
                {**{name: _column(value) for name, value in values.items()}, "position": position}
            )


def _column(value: object) -> object:
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dt.date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _seal(db: Database) -> None:
    """Write the version: a hash of everything readers can see in the store."""
    rows = db.query(
        """select document, sha256 from revision
           where id in (select max(id) from revision where published is not null group by document)
           union all select 'withdrawn', slug from card where withdrawn is not null
           union all select 'review', scope || locale || sha256 || "by" || role || date from review
           order by 1, 2"""
    )
    version = digest(json.dumps([list(row.values()) for row in rows]))[:12]
    db.table("meta").upsert({"key": "version", "value": version}, pk="key")


def canonical_documents(documents: Mapping[str, str]) -> dict[str, str]:
    """Return each document in the one form that is stored and hashed.

    :raises ContentError: with the problems of every document that cannot be read.
    """
    canonical: dict[str, str] = {}
    problems: list[Problem] = []
    for name, text in documents.items():
        folder, _, stem = name.partition("/")
        try:
            if folder == "cards":
                canonical[name] = card_document.render(card_document.parse(text, stem))
            else:
                rows = reference_document.parse(stem, text)
                canonical[name] = reference_document.render_rows(stem, rows)
        except ContentError as error:
            problems += error.problems
    if problems:
        raise ContentError(*problems)
    return canonical


def latest_text(db: Database, name: str) -> str | None:
    """Return the newest text of a document, draft or not."""
    row = next(
        iter(db.query("select text from revision where document = ? order by id desc limit 1", [name])), None
    )
    return row["text"] if row else None


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hex: what reviews and versions are tied to."""
    return hashlib.sha256(text.encode()).hexdigest()


def now() -> str:
    """Return this instant, UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
