"""Reading content.db: what is published, as values.

Whoever holds a `Store` keeps reading the same content until they let go of it, whatever becomes of the
file. Writing is `editor`'s.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
import weakref
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from sqlite_utils import Database

from webapp.content.catalog import Changes
from webapp.content.model import (
    URGENT_SLUG,
    Block,
    Card,
    CardEntry,
    CardState,
    Code,
    ContentError,
    Country,
    Message,
    Problem,
    Reference,
    Region,
    Relation,
    Review,
    Revision,
    Source,
    Term,
    Zone,
)
from webapp.content.remembered import remembered
from webapp.content.schema import require_current, require_sqlite
from webapp.content.snapshot import open_snapshot

Row = dict[str, Any]

# What readers may see, said once, as a view of each connection.
_PUBLIC = "create temp view public_card as select * from card where withdrawn is null"
_SIGNED = f"""
  and (slug = '{URGENT_SLUG}' or exists (
    select 1 from review where scope = 'cards/' || card.slug and locale = 'fr' and sha256 = (
      select sha256 from revision where document = 'cards/' || card.slug and published is not null
      order by id desc limit 1)))"""


class Store:
    """The published content of one file.

    :raises ContentError: at once, when the file is missing, damaged or of another schema.
    """

    def __init__(self, path: Path, *, signed_only: bool = False) -> None:
        """Open `path`; `signed_only` withholds cards that no clinician signed in their present words."""
        require_sqlite()
        self.path = path
        self.memory: dict[Any, Any] | None = {}
        self._public = _PUBLIC + (_SIGNED if signed_only else "")
        self._lock = threading.Lock()
        where = str(path)
        if not path.exists():
            raise ContentError(Problem(where, "does not exist", "check REPERE_DATA, or restore a backup"))
        try:
            self._db = Database(open_snapshot(path))
            weakref.finalize(self, self._db.close)
            require_current(self._db, where)
            self._db.execute(self._public)
            self.version = self._one("select value from meta where key = 'version'")["value"]
        except (OSError, sqlite3.DatabaseError, TypeError) as error:
            problem = Problem(
                where, f"cannot be read ({error})", "restore a backup: python3 manage.py restore FILE"
            )
            raise ContentError(problem) from error

    @classmethod
    def over(cls, db: Database) -> Self:
        """Read through a connection that a writer holds, to check what it is about to publish."""
        store = cls.__new__(cls)
        store.path = Path()
        store.version = ""
        store.memory = None  # what it reads is being written
        store._public = _PUBLIC
        store._lock = threading.Lock()
        store._db = db
        db.execute("drop view if exists temp.public_card")
        db.execute(store._public)
        return store

    def _rows(self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> list[Row]:
        with self._lock:
            return list(self._db.query(sql, parameters))  # type: ignore[arg-type,unused-ignore]

    def _one(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        return next(iter(self._rows(sql, parameters)), None)

    @remembered
    def card(self, slug: str) -> Card | None:
        """Return a published card, or None for an unknown or withdrawn one."""
        row = self._one("select * from public_card where slug = ?", [slug])
        return self._card(row) if row else None

    def is_withdrawn(self, slug: str) -> bool:
        """Whether readers once had this card and must no longer."""
        return bool(self._one("select 1 as found from card where slug = ? and withdrawn is not null", [slug]))

    def cards(self) -> Iterator[Card]:
        """Yield every published card in the editors' order."""
        for row in self._rows("select * from public_card order by ord, slug"):
            yield self._card(row)

    def _card(self, row: Row) -> Card:
        slug = row["slug"]
        zones: dict[str, list[str]] = {"typical": [], "possible": [], "learn": []}
        for link in self._rows(
            "select zone, relation from zone_card where card = ? order by position", [slug]
        ):
            zones[link["relation"]].append(link["zone"])
        return Card(
            slug=slug,
            title=row["title"],
            also=row["also"],
            summary=row["summary"],
            kind=row["kind"],
            code=row["code"],
            order=row["ord"],
            urgency=row["urgency"],
            signs=self._column("select sign from red_flag where card = ? order by position", slug),
            icd10=_list(row["icd10"]),
            search=self._column("select word from term where card = ? order by position", slug),
            words=_list(row["words"]),
            sides=row["sides"],
            views=_list(row["views"]),
            typical=tuple(zones["typical"]),
            possible=tuple(zones["possible"]),
            learn=tuple(zones["learn"]),
            zone_sources=_list(row["zone_sources"]),
            see_also=_list(row["see_also"]),
            review_due=dt.date.fromisoformat(row["review_due"]),
            blocks=tuple(
                map(_block, self._rows("select * from block where card = ? order by position", [slug]))
            ),
        )

    def _column(self, sql: str, slug: str) -> tuple[str, ...]:
        return tuple(next(iter(row.values())) for row in self._rows(sql, [slug]))

    @remembered
    def section(self, slug: str, section: str) -> tuple[Block, ...]:
        """Return the blocks of one section of a published card: what a shared block stands for."""
        sql = """select block.* from block join public_card on slug = card
                 where card = ? and section = ? order by position"""
        return tuple(map(_block, self._rows(sql, [slug, section])))

    def resolved(self, card: Card, section: str) -> list[tuple[str, Block]]:
        """Return the blocks of a section with the card that owns each: shared ones stand once, elsewhere."""
        found: list[tuple[str, Block]] = []
        for block in card.section(section):
            if block.form == "shared":
                slug, _, target = block.target.partition("/")
                found += [(slug, shared) for shared in self.section(slug, target)]
            else:
                found.append((card.slug, block))
        return found

    @remembered
    def entries(self, slugs: tuple[str, ...] | None = None) -> tuple[CardEntry, ...]:
        """Return what lists say of published cards, in the editors' order; of `slugs` only, when given."""
        sql = "select slug, title, summary, kind, ord from public_card"
        if slugs is not None:
            sql += " where slug in (select value from json_each(?))"
        rows = self._rows(sql + " order by ord, slug", [] if slugs is None else [json.dumps(sorted(slugs))])
        return tuple(CardEntry(r["slug"], r["title"], r["summary"], r["kind"], r["ord"]) for r in rows)

    def state(self, slug: str) -> CardState:
        """Return how often and when a published card changed, and the hash of its text."""
        document = f"cards/{slug}"
        row = self._one(
            """select count(*) as version, max(published) as changed,
                 (select sha256 from revision where document = ?1 and published is not null order by id desc limit 1) as sha
               from revision where document = ?1 and published is not null""",
            [document],
        )
        return CardState(row["version"], row["changed"] or "", row["sha"] or "")

    def versions(self, slug: str) -> tuple[str, ...]:
        """Return when each version of a card was published, the first one first (UTC, ISO 8601)."""
        return self._column(
            """select published from revision where document = 'cards/' || ? and published is not null
               order by id""",
            slug,
        )

    def reviews(self, scope: str) -> tuple[Review, ...]:
        """Return every sign-off ever recorded for `scope`; the hash tells whether it still stands."""
        rows = self._rows(
            'select scope, locale, sha256, "by", role, date from review where scope = ? order by id', [scope]
        )
        return tuple(Review(**row) for row in rows)

    @remembered
    def emergencies(self) -> tuple[CardEntry, ...]:
        """Return the cards of what to rule out first, in the editors' order."""
        return tuple(entry for entry in self.entries() if entry.kind == "emergency")

    def reviewed_cards(self, locale: str) -> tuple[str, ...]:
        """Return the slugs of published cards that anybody ever signed in `locale`."""
        return tuple(
            row["slug"]
            for row in self._rows(
                "select distinct slug from public_card join review on scope = 'cards/' || slug where locale = ?",
                [locale],
            )
        )

    @remembered
    def regions(self) -> tuple[Region, ...]:
        """Return the groups of zones, head of the list first."""
        return tuple(
            Region(r["id"], r["label"]) for r in self._rows("select * from region order by position")
        )

    @remembered
    def zones(self) -> tuple[Zone, ...]:
        """Return every zone in the order of the editors' file."""
        return tuple(map(_zone, self._rows("select * from zone order by position")))

    def zone_cards(self, zones: Collection[str]) -> tuple[tuple[str, CardEntry, Relation], ...]:
        """Return (zone, card, relation) for published cards of `zones`, in the editors' order."""
        sql = """select zone, relation, slug, title, summary, kind, ord
                 from zone_card join public_card on slug = card
                 where zone in (select value from json_each(?))
                 order by ord, slug, zone"""
        return tuple(
            (r["zone"], CardEntry(r["slug"], r["title"], r["summary"], r["kind"], r["ord"]), r["relation"])
            for r in self._rows(sql, [json.dumps(sorted(zones))])
        )

    @remembered
    def sources(self, keys: tuple[str, ...] | None = None) -> tuple[Source, ...]:
        """Return sources, all or those of `keys` in that order."""
        if keys is None:
            return tuple(map(_source, self._rows("select * from source order by position")))
        sql = """select source.* from json_each(?) as wanted join source on source.key = wanted.value
                 order by wanted.key"""
        return tuple(map(_source, self._rows(sql, [json.dumps(list(keys))])))

    @remembered
    def terms(self, keys: tuple[str, ...] | None = None) -> tuple[Term, ...]:
        """Return words explained, all or those of `keys` in that order."""
        if keys is None:
            return tuple(map(_term, self._rows("select * from lexicon order by position")))
        sql = """select lexicon.* from json_each(?) as wanted join lexicon on lexicon.key = wanted.value
                 order by wanted.key"""
        return tuple(map(_term, self._rows(sql, [json.dumps(list(keys))])))

    @remembered
    def countries(self) -> tuple[Country, ...]:
        """Return the emergency numbers, in the editors' order."""
        return tuple(
            Country(
                code=r["code"],
                number=r["number"],
                others=_list(r["others"]),
                note=r["note"],
                deaf=r["deaf"],
                status=r["status"],
                sources=_list(r["sources"]),
                seen=r["seen"],
                read=dt.date.fromisoformat(r["read"]) if r["read"] else None,
            )
            for r in self._rows("select * from country_number order by position")
        )

    def codes(self) -> tuple[Code, ...]:
        """Return what diagnosis codes stand for, in the editors' order."""
        rows = self._rows("select code, label from code order by position")
        return tuple(Code(r["code"], r["label"]) for r in rows)

    def reference(self) -> Reference:
        """Return all tables beside the cards."""
        return Reference(
            self.regions(), self.zones(), self.sources(), self.terms(), self.countries(), self.codes()
        )

    def messages(self) -> Iterator[Message]:
        """Yield every translatable text of the published content, in the order of the catalogs."""
        for card in self.cards():
            yield from card.messages()
        yield from self.reference().messages()

    def changes(self) -> Changes:
        """Return what editors said of changed sentences."""
        rows = self._rows("select key, old, new, kind from text_change order by id")
        return Changes(
            typos={(r["key"], r["old"]): r["new"] for r in rows if r["kind"] == "typo"},
            unsafe=frozenset((r["key"], r["old"]) for r in rows if r["kind"] == "unsafe"),
        )

    def revisions(self, document: str | None = None) -> tuple[Revision, ...]:
        """Return saved states, oldest first."""
        where = "" if document is None else "where document = ?"
        rows = self._rows(f"select * from revision {where} order by id", [document] if document else [])
        return tuple(Revision(**row) for row in rows)

    def withdrawn(self) -> tuple[str, ...]:
        """Return the slugs of cards taken back."""
        return tuple(
            r["slug"] for r in self._rows("select slug from card where withdrawn is not null order by slug")
        )


def _list(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _block(row: Row) -> Block:
    return Block(
        key=row["key"],
        section=row["section"],
        form=row["form"],
        text=row["text"],
        role=row["role"],
        urgency=row["urgency"],
        first=bool(row["first"]),
        sources=_list(row["sources"]),
        target=row["target"],
    )


def _zone(row: Row) -> Zone:
    values = {name: value for name, value in row.items() if name != "position"}
    return Zone(**{**values, "covered": bool(row["covered"]), "paired": bool(row["paired"])})


def _source(row: Row) -> Source:
    return Source(**{name: value for name, value in row.items() if name != "position"})


def _term(row: Row) -> Term:
    return Term(row["key"], row["name"], row["meaning"], _list(row["sources"]))
