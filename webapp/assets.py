"""Static files under names that change with their bytes, and the one style sheet with its CSP hash."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from webapp.content.model import ContentError, Problem

PACKAGE = Path(__file__).parent
HTMX = "vendor/htmx-2.0.10.min.js"
_SUFFIXES = {".js", ".css", ".svg", ".png", ".webmanifest"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file."""

    name: str
    """Its address below /static/: `map.3f2a91bc.js`."""
    body: bytes
    mimetype: str


class Assets:
    """Every static file and the style sheet, read once at start.

    :raises ContentError: when htmx, which the build puts in place, is missing.
    """

    def __init__(
        self,
        folder: Path = PACKAGE / "static",
        styles: Path = PACKAGE / "styles",
        *,
        for_translators: bool = False,
    ) -> None:
        """Read the files; `for_translators` adds the marks of `serve --translator`."""
        if not (folder / HTMX).exists():
            raise ContentError(Problem(str(folder / HTMX), "was not built", "run: python3 manage.py serve"))
        self.by_name: dict[str, Asset] = {}
        self._addresses: dict[str, str] = {}
        for path in sorted(folder.rglob("*")):
            if path.suffix in _SUFFIXES:
                logical = path.relative_to(folder).as_posix()
                asset = _asset(logical, _served(path))
                self.by_name[asset.name] = asset
                self._addresses[logical] = asset.name
        sheets = sorted(styles.glob("*.css"))
        if for_translators:
            sheets += sorted(styles.glob("translator/*.css"))
        self.style = "".join(_compact(path.read_text("utf-8")) for path in sheets)
        digest = hashlib.sha256(self.style.encode()).digest()
        self.style_hash = f"sha256-{base64.b64encode(digest).decode()}"

    def address(self, logical: str) -> str:
        """Return the address of a static file; raises KeyError for one that does not exist."""
        return "/static/" + quote(self._addresses[logical])

    def body(self, logical: str) -> bytes:
        """Return the bytes of a static file; raises KeyError for one that does not exist."""
        return self.by_name[self._addresses[logical]].body

    @property
    def kept_offline(self) -> list[str]:
        """Names of the files that pages need without a network: scripts, sheets and the icon."""
        return [
            name
            for logical, name in self._addresses.items()
            if logical.endswith((".js", ".css", "icon.svg"))
            and not logical.startswith(("worker/", "translator"))
        ]

    @property
    def fingerprint(self) -> str:
        """What identifies all assets together."""
        return _hash([self.style, *sorted(self.by_name)])


def _asset(logical: str, body: bytes) -> Asset:
    stem, _, suffix = logical.rpartition(".")
    mimetype = mimetypes.guess_type(logical)[0] or "application/octet-stream"
    return Asset(f"{stem}.{hashlib.sha256(body).hexdigest()[:8]}.{suffix}", body, mimetype)


def _served(path: Path) -> bytes:
    """Return what readers get of a file: our own code without its comments and indents."""
    if path.parent.name == "vendor" or path.suffix not in (".js", ".css"):
        return path.read_bytes()
    text = path.read_text("utf-8")
    if path.suffix == ".css":
        return _compact(text).encode()
    return re.sub(r"^\s*(?://.*\n\s*)*", "", text, flags=re.MULTILINE).encode()


def _compact(css: str) -> str:
    """Drop comments and line breaks: the sheet travels in every page."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "", css)


def _hash(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def code_fingerprint() -> str:
    """Return what identifies the code and templates that make pages."""
    paths = sorted(p for suffix in ("*.py", "*.html", "*.json") for p in PACKAGE.rglob(suffix))
    return _hash(hashlib.sha256(p.read_bytes()).hexdigest() for p in paths if "bundled" not in p.parts)
