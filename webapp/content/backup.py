"""Copies of everything a data folder holds: one zip with the store and the catalogs.

A backup is taken while the site runs, because content.db is only ever replaced; it is opened and
checked before it counts. A restore checks the whole copy first and keeps the old state as a backup.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
import tempfile
import zipfile
from pathlib import Path, PurePath, PurePosixPath

from sqlite_utils import Database

from webapp.content import bell
from webapp.content.archive import read_archive
from webapp.content.catalog import write_atomically
from webapp.content.editor import locked
from webapp.content.model import ContentError, Problem
from webapp.content.schema import require_known
from webapp.content.snapshot import open_snapshot

STORE = "content.db"
MAX_BYTES = 100_000_000
"""Most that a backup may unpack to; ours are near 5 MB."""


def backup(data: Path, target: Path) -> None:
    """Write a checked copy of `data` to `target`, whole or not at all.

    :raises ContentError: when the store is damaged or `target` exists or cannot be written.
    """
    if target.exists():
        raise ContentError(Problem(str(target), "exists already", "choose another name"))
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
            copy = Path(folder) / STORE
            shutil.copyfile(
                (data / STORE).resolve(), copy
            )  # one open file: consistent, it is never written in place
            _require_sound(copy)
            archive = Path(folder) / "backup.zip"
            with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
                zipped.write(copy, STORE)
                for path in sorted((data / "translations").rglob("*")):
                    if _is_kept(path):
                        zipped.write(path, path.relative_to(data).as_posix())
            archive.replace(target)
    except OSError as error:
        raise ContentError(
            Problem(str(target), f"cannot be written ({error.strerror or error})", "choose another place")
        ) from error


def restore(data: Path, source: Path) -> Path:
    """Replace the content of `data` by a backup; return the backup made of what was there before.

    :raises ContentError: when `source` is no sound backup; nothing is changed then.
    """
    files = _unpack(source)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=data) as folder:
        (Path(folder) / STORE).write_bytes(files[STORE])
        _require_sound(Path(folder) / STORE)
        before = data / f"before-restore-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}.zip"
        real = (data / STORE).resolve()
        with locked(real.parent):
            if real.exists():
                backup(data, before)
            write_atomically(real, files.pop(STORE))
            for name, body in sorted(files.items()):
                write_atomically(data / name, body)
            bell.ring(data / "translations")
    return before


def _unpack(source: Path) -> dict[str, bytes]:
    problem = Problem(str(source), "is not a backup of Repère", "choose a file made by: manage.py backup")
    files = read_archive(source, problem, MAX_BYTES)
    if STORE not in files or not all(map(_is_ours, files)):
        raise ContentError(problem)
    return files


def _is_ours(name: str) -> bool:
    """Tell whether `backup` would write a file of this name."""
    path = PurePosixPath(name)
    is_inside = path.parts[:1] == ("translations",) and ".." not in path.parts and not set(name) & set("\\\0")
    return name == STORE or (is_inside and _is_kept(path))


def _is_kept(path: PurePath) -> bool:
    return path.suffix in (".po", ".pot", ".md", ".toml", ".tsv") or path.name == "state"


def _require_sound(path: Path) -> None:
    try:
        db = Database(open_snapshot(path))
        try:
            sound = next(iter(db.query("pragma integrity_check")))["integrity_check"] == "ok"
            require_known(db, str(path))
        finally:
            db.close()
    except sqlite3.DatabaseError as error:
        raise ContentError(Problem(path.name, f"is damaged ({error})", "use an older backup")) from error
    if not sound:
        raise ContentError(Problem(path.name, "is damaged", "use an older backup"))
