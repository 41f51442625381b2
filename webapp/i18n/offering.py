"""Which languages were once offered: the safety floor decides when one is first; leaving is a command.

The memory is a small file in the locale's folder (`offered` or `withdrawn`), kept with the catalogs.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from webapp.content import bell
from webapp.content.catalog import write_atomically

OFFERED, WITHDRAWN = "offered", "withdrawn"


def path(folder: Path, locale: str) -> Path:
    """Return the file that remembers a locale."""
    return folder / locale / "state"


def state(folder: Path, locale: str) -> str:
    """Return `offered`, `withdrawn`, or an empty text for a locale that never passed the floor."""
    try:
        return path(folder, locale).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def remember(folder: Path, locales: Iterable[str]) -> tuple[str, ...]:
    """Note that `locales` are offered; return those that were not before."""
    new = tuple(locale for locale in locales if not state(folder, locale))
    for locale in new:
        write_atomically(path(folder, locale), f"{OFFERED}\n".encode())
    if new:
        bell.ring(folder)
    return new


def change(folder: Path, locale: str, *, is_offered: bool) -> None:
    """Take a locale back from readers, or give it to them again once it passes the floor."""
    if is_offered:
        path(folder, locale).unlink(missing_ok=True)
    else:
        write_atomically(path(folder, locale), f"{WITHDRAWN}\n".encode())
    bell.ring(folder)
