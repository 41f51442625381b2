"""Handing catalogs to a translator and taking them back: one zip out, one file in, one step to undo."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from webapp.content import catalog as content_catalog
from webapp.content.archive import read_archive
from webapp.content.model import ContentError, Problem
from webapp.content.store import Store
from webapp.i18n import catalogs, checks
from webapp.i18n.locales import SOURCE, babel_locale

DOMAINS = ("messages", "content")
MAX_BYTES = 50_000_000
"""Most that a translator's file may hold; a whole language is near 1 MB."""


def add(folder: Path, locale: str, store: Store) -> None:
    """Begin a new language: empty catalogs with its plural forms.

    :raises ContentError: when the id is no locale or has catalogs already.
    """
    try:
        babel_locale(locale)
    except ValueError as error:
        raise ContentError(
            Problem(locale, "is not a locale", "write an id such as ro, pt_BR or zh_Hans")
        ) from error
    target = folder / locale / "LC_MESSAGES"
    if target.exists():
        raise ContentError(Problem(str(target), "exists already", "run: manage.py i18n status"))
    target.mkdir(parents=True)
    catalogs.sync(folder, store)


def pack(folder: Path, locale: str, target: Path, address: str) -> None:
    """Write one zip with what a translator needs: catalogs, glossary, guide, where to see the pages.

    :raises ContentError: when there is no such locale or the file cannot be written.
    """
    require_locale(folder, locale)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for domain in DOMAINS:
            zipped.write(catalogs.po_path(folder, locale, domain), f"{locale}/LC_MESSAGES/{domain}.po")
        for name in ("README.md", "glossary.tsv"):
            zipped.write(folder / name, name)
        zipped.writestr("PREVIEW.txt", f"{address}\n")
    try:
        content_catalog.write_atomically(target, buffer.getvalue())
    except OSError as error:
        raise ContentError(
            Problem(str(target), f"cannot be written ({error.strerror})", "choose another place")
        ) from error


def take_in(folder: Path, source: Path, store: Store) -> tuple[str, ...]:
    """Replace catalogs by a translator's zip or PO file after checking it; return what was replaced.

    The old files stay beside the new ones for `undo`.

    :raises ContentError: with every fault found; nothing is replaced then.
    """
    incoming = dict(_incoming(source))
    if not incoming:
        raise ContentError(
            Problem(str(source), "holds no catalog", "send messages.po, content.po or the whole pack")
        )
    for locale, _domain in incoming:
        require_locale(folder, locale)
    with tempfile.TemporaryDirectory(prefix=".import-", dir=folder) as name:
        trial = Path(name)
        for locale in {locale for locale, _domain in incoming}:
            for domain in DOMAINS:
                path = catalogs.po_path(trial, locale, domain)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(
                    incoming.get((locale, domain)) or catalogs.po_path(folder, locale, domain).read_bytes()
                )
        catalogs.sync(trial, store)  # an older file meets today's French: what changed since becomes stale
        problems = [problem for problem in checks.check_catalogs(trial, store)]
        if problems:
            raise ContentError(*problems)
        for locale, domain in incoming:
            path = catalogs.po_path(folder, locale, domain)
            content_catalog.write_atomically(_before(path), path.read_bytes())
            content_catalog.write_atomically(path, catalogs.po_path(trial, locale, domain).read_bytes())
    return tuple(f"{locale}/{domain}" for locale, domain in incoming)


def undo(folder: Path, locale: str) -> tuple[str, ...]:
    """Bring back the catalogs that the last import replaced; doing it twice takes the undo back.

    :raises ContentError: when nothing was imported.
    """
    require_locale(folder, locale)
    undone = []
    for domain in DOMAINS:
        path = catalogs.po_path(folder, locale, domain)
        if _before(path).exists():
            now, before = path.read_bytes(), _before(path).read_bytes()
            content_catalog.write_atomically(path, before)
            content_catalog.write_atomically(_before(path), now)
            undone.append(f"{locale}/{domain}")
    if not undone:
        raise ContentError(
            Problem(locale, "nothing was imported that could be undone", "see: manage.py i18n status")
        )
    return tuple(undone)


def _incoming(source: Path) -> Iterator[tuple[tuple[str, str], bytes]]:
    unreadable = Problem(
        str(source), "is neither a pack nor a PO file", "send messages.po, content.po or the whole pack"
    )
    if source.stat().st_size > MAX_BYTES:
        raise ContentError(Problem(str(source), "is too large for a catalog", "send only the PO files"))
    if source.suffix == ".po":
        catalog = content_catalog.read_po(source)
        locale = str(catalog.metadata.get("Language", "")).replace("-", "_")
        domain = "content" if any(entry.msgctxt and "/" in entry.msgctxt for entry in catalog) else "messages"
        yield (locale, domain), source.read_bytes()
        return
    names = {f"{domain}.po": domain for domain in DOMAINS}
    for name, body in read_archive(source, unreadable, MAX_BYTES).items():
        parts = PurePosixPath(name).parts
        if len(parts) == 3 and parts[1] == "LC_MESSAGES" and parts[2] in names:
            yield (parts[0], names[parts[2]]), body


def require_locale(folder: Path, locale: str) -> None:
    """Refuse a locale that has no catalogs.

    :raises ContentError: naming the command that begins one.
    """
    if locale not in catalogs.locales(folder) or locale == SOURCE:
        raise ContentError(
            Problem(
                locale or "Language", "is not a language being translated", "run: manage.py i18n add LOCALE"
            )
        )


def _before(path: Path) -> Path:
    return path.with_name(f"{path.name}.before")
