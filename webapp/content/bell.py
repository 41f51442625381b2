"""The bell a writer rings when readers have new catalogs to read: a file whose one stat costs 3 µs.

A server asks before every answer. To ask after each catalog of each language instead would cost it more
than the answer itself. content.db needs no bell: it is one file.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path


def path(translations: Path) -> Path:
    """Return the file that a server watches."""
    return translations / ".rung"


def ring(translations: Path) -> None:
    """Tell every server that something under `translations` was replaced, once it was."""
    handle, name = tempfile.mkstemp(prefix=".rung-", dir=translations)
    os.close(handle)
    # Replaced, not touched, for another account may have made it; its time set, for the kernel's own clock
    # stands still for 4 ms, and two changes must not look like one.
    now = time.time_ns()
    os.utime(name, ns=(now, now))
    Path(name).chmod(0o644)
    Path(name).replace(path(translations))
