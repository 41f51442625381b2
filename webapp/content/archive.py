"""Zips that came from elsewhere, read into memory: nothing is ever unpacked by the names they hold."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from pathlib import Path

from webapp.content.model import ContentError, Problem

MOST_FILES = 10_000

# What the standard library raises for damage, encryption, unknown compression and odd names (Python 3.13).
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    IndexError,
)


def read_archive(source: Path, problem: Problem, most_bytes: int) -> dict[str, bytes]:
    """Return the files of a zip by name; links come as the text they hold.

    :raises ContentError: with `problem`, when it is no sound zip, says a name twice or unpacks to more than
        `most_bytes`.
    """
    try:
        with zipfile.ZipFile(source) as zipped:
            infos = [info for info in zipped.infolist() if not info.is_dir()]
            names = {info.filename for info in infos}
            if (
                len(names) != len(infos)
                or len(infos) > MOST_FILES
                or sum(info.file_size for info in infos) > most_bytes
            ):
                raise ContentError(problem)
            return {info.filename: zipped.read(info) for info in infos}
    except _FAULTS as error:
        raise ContentError(problem) from error
