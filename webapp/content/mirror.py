"""The French documents as files: what people review in a diff, equal to the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from webapp.content import document, reference
from webapp.content.catalog import write_atomically
from webapp.content.model import ContentError, Problem
from webapp.content.store import Store

FOLDERS = {"cards": ".md", "reference": ".toml"}


def documents(store: Store) -> dict[str, str]:
    """Return the canonical text of every published document, by name."""
    tables = store.reference()
    found = {f"cards/{card.slug}": document.render(card) for card in store.cards()}
    for name in reference.TABLES:
        # A store that was just upgraded has no rows of a new table yet, and nobody wrote its document.
        if text := reference.render(name, tables):
            found[f"reference/{name}"] = text
    return found


def path_of(name: str, folder: Path) -> Path:
    """Return the file of a document below `folder`."""
    return folder / f"{name}{FOLDERS[name.split('/')[0]]}"


def write(texts: Mapping[str, str], folder: Path) -> list[Path]:
    """Write documents below `folder`, leave equal files alone; return what was written."""
    written = []
    for name, text in texts.items():
        path = path_of(name, folder)
        if not _holds(path, text):
            write_atomically(path, text.encode())
            written.append(path)
    return written


def export_all(store: Store, folder: Path) -> list[Path]:
    """Make the mirror below `folder` equal to the store; return what changed.

    A file whose document was never imported stays: it may be the only copy of somebody's work.
    """
    texts = documents(store)
    changed = write(texts, folder)
    for path in _files(folder):
        if _name(path) not in texts and store.revisions(_name(path)):
            path.unlink()
            changed.append(path)
    return changed


def check(store: Store, folder: Path) -> Iterable[Problem]:
    """Yield every difference between the mirror and the store."""
    texts = documents(store)
    for name, text in texts.items():
        path = path_of(name, folder)
        if not _holds(path, text):
            yield Problem(
                str(path),
                "differs from content.db",
                f"run: manage.py content export, or content import {path}",
            )
    for path in _files(folder):
        if _name(path) not in texts:
            yield Problem(str(path), "is not in content.db", f"run: manage.py content import {path}")


def read(paths: Iterable[Path]) -> dict[str, str]:
    """Return the documents in `paths` by name; the name comes from folder and file name.

    :raises ContentError: for a file that is no document or cannot be read.
    """
    found: dict[str, str] = {}
    for path in paths:
        if path.suffix not in FOLDERS.values():
            raise ContentError(Problem(str(path), "is not a document", "give .md cards or .toml tables"))
        if path.suffix == ".toml" and path.stem not in reference.TABLES:
            raise ContentError(
                Problem(str(path), "is not a table we know", f"one of {', '.join(reference.TABLES)}")
            )
        if _name(path) in found:
            raise ContentError(
                Problem(str(path), f"is {_name(path)} a second time", "give one file a document")
            )
        try:
            found[_name(path)] = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ContentError(Problem(str(path), f"cannot be read ({error})", "save it as UTF-8")) from error
    return found


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_bytes() == text.encode()  # bytes: whatever else lies there differs


def _files(folder: Path) -> list[Path]:
    return sorted(path for name, suffix in FOLDERS.items() for path in (folder / name).glob(f"*{suffix}"))


def _name(path: Path) -> str:
    return f"{'cards' if path.suffix == '.md' else 'reference'}/{path.stem}"
