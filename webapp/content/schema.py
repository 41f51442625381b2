"""The tables of content.db, as numbered migrations.

A migration that has shipped is never edited: a change of shape is a new function below the last.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from webapp.content.model import ContentError, Problem

MINIMUM_SQLITE = (3, 37, 0)
"""STRICT tables (sqlite.org/stricttables.html)."""

migrations = Migrations("repere")


@migrations()
def m001_content(db: Database) -> None:
    """Create cards and their blocks, the reference tables, revisions and reviews."""
    for statement in (
        """create table card (
            slug text primary key, kind text not null, code text not null, ord integer not null,
            title text not null, also text not null, summary text not null, urgency text not null,
            sides text not null, views text not null, icd10 text not null, words text not null,
            see_also text not null, zone_sources text not null, review_due text not null,
            withdrawn text
        ) strict""",
        """create table block (
            card text not null references card(slug), key text not null, position integer not null,
            section text not null, form text not null, role text not null, urgency text not null,
            first integer not null, text text not null, sources text not null, target text not null,
            primary key (card, key)
        ) strict""",
        """create table red_flag (
            card text not null references card(slug), sign text not null, position integer not null,
            primary key (card, sign)
        ) strict""",
        """create table term (
            card text not null references card(slug), word text not null, position integer not null,
            primary key (card, word)
        ) strict""",
        """create table region (
            id text primary key, position integer not null, label text not null
        ) strict""",
        """create table zone (
            id text primary key, position integer not null, region text not null references region(id),
            covered integer not null, paired integer not null, label text not null,
            "left" text not null, "right" text not null,
            short text not null, short_left text not null, short_right text not null
        ) strict""",
        """create table zone_card (
            zone text not null references zone(id), card text not null references card(slug),
            relation text not null check (relation in ('typical', 'possible', 'learn')),
            position integer not null,
            primary key (zone, card)
        ) strict""",
        "create index zone_card_by_card on zone_card (card)",
        """create table source (
            key text primary key, position integer not null, organisation text not null,
            title text not null, year integer not null, url text not null, via text not null
        ) strict""",
        """create table card_source (
            card text not null references card(slug), source text not null references source(key),
            primary key (card, source)
        ) strict""",
        """create table lexicon (
            key text primary key, position integer not null, name text not null,
            meaning text not null, sources text not null
        ) strict""",
        """create table country_number (
            code text primary key, position integer not null, number text not null,
            others text not null, note text not null, deaf text not null,
            status text not null check (status in ('official', 'secondary', 'conflicting')),
            sources text not null, seen text not null, "read" text
        ) strict""",
        """create table revision (
            id integer primary key, document text not null, text text not null, sha256 text not null,
            author text not null, time text not null, note text not null,
            kind text not null check (kind in ('meaning', 'typo', 'unsafe')), published text
        ) strict""",
        "create index revision_by_document on revision (document, id)",
        """create table review (
            id integer primary key, scope text not null, locale text not null, sha256 text not null,
            "by" text not null, role text not null, date text not null
        ) strict""",
        # A changed sentence whose kind says more than «it changed»: `typo` keeps translations of `old`
        # valid for `new`, `unsafe` withdraws them at once.
        """create table text_change (
            id integer primary key, key text not null, old text not null, new text not null,
            kind text not null check (kind in ('typo', 'unsafe')), revision integer not null
        ) strict""",
        "create index text_change_by_key on text_change (key)",
        "create table meta (key text primary key, value text not null) strict",
    ):
        db.execute(statement)


@migrations()
def m002_codes(db: Database) -> None:
    """Create the table of diagnosis codes; cards named their codes before, without what they stand for."""
    db.execute(
        "create table code (code text primary key, position integer not null, label text not null) strict"
    )


def require_sqlite() -> None:
    """Refuse an SQLite without STRICT tables.

    :raises ContentError: naming both versions.
    """
    if sqlite3.sqlite_version_info < MINIMUM_SQLITE:
        wanted = ".".join(map(str, MINIMUM_SQLITE[:2]))
        raise ContentError(
            Problem(
                "SQLite",
                f"version {sqlite3.sqlite_version} is too old",
                f"use a Python built with {wanted} or newer",
            )
        )


def require_known(db: Database, where: str) -> None:
    """Refuse what is not a store of ours, or one that newer software wrote.

    :raises ContentError: saying which.
    """
    nothing = Database(memory=True)
    known = {migration.name for migration in migrations.pending(nothing)}
    nothing.close()
    applied = {migration.name for migration in migrations.applied(db)}
    if not applied:
        raise ContentError(
            Problem(where, "is not a content store of Repère", "restore a backup: manage.py restore FILE")
        )
    if applied - known:
        raise ContentError(Problem(where, "was written by a newer Repère", "update the software"))


def require_current(db: Database, where: str) -> None:
    """Refuse a store of another schema than this code's.

    :raises ContentError: an older one names `upgrade`; a newer one asks for newer software.
    """
    require_known(db, where)
    if migrations.pending(db):
        raise ContentError(Problem(where, "has an older form", "run: python3 manage.py upgrade"))
