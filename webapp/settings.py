"""What a host may set: environment variables, read once at start (the README's table)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import ClassVar, Self

from webapp.content.model import ContentError, Problem

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """One field a variable; see `from_environ` for their names."""

    data: Path
    """Folder that holds content.db and translations/."""
    origin: str = ""
    """Public https origin, for canonical addresses; empty: this machine only."""
    require_review: bool = False
    """Withhold what no clinician, or no second reader, has signed."""
    locales: tuple[str, ...] = ()
    """Locales to offer; empty: every one that passes the safety floor."""
    offline: bool = True
    """Let phones keep the site; off: what they keep is taken back at their next visit (`REPERE_OFFLINE=0`)."""
    translator: bool = False
    """Mark every text with its key and state, and follow PO files as they are saved (`serve --translator`)."""
    publisher: str = ""
    host: str = ""
    contact: str = ""
    """Where errors are reported: an e-mail address or a web address."""
    controller: str = ""
    """Data controller (GDPR)."""
    funding: str = ""

    LEGAL: ClassVar = ("publisher", "host", "contact", "controller", "funding")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read `REPERE_DATA`, `REPERE_ORIGIN`, `REPERE_REQUIRE_REVIEW`, `REPERE_LOCALES`, `REPERE_OFFLINE` and the legal notice.

        :raises ContentError: when a value cannot be meant.
        """
        origin = environ.get("REPERE_ORIGIN", "").rstrip("/")
        if origin and not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+", origin):
            raise ContentError(
                Problem("REPERE_ORIGIN", f"«{origin}» is not an origin", "write https://example.org")
            )
        review = environ.get("REPERE_REQUIRE_REVIEW", "")
        if review not in ("", "0", "1"):
            raise ContentError(Problem("REPERE_REQUIRE_REVIEW", f"«{review}»", "write 1 or 0"))
        offline = environ.get("REPERE_OFFLINE", "")
        if offline not in ("", "0", "1"):
            raise ContentError(Problem("REPERE_OFFLINE", f"«{offline}»", "write 1 or 0"))
        data = Path(environ["REPERE_DATA"]) if environ.get("REPERE_DATA") else default_data()
        if not data.is_dir():
            raise ContentError(
                Problem("REPERE_DATA", f"«{data}» is not a folder", "create it or mend the path")
            )
        return cls(
            data=data,
            origin=origin,
            require_review=review == "1",
            offline=offline != "0",
            translator=environ.get("REPERE_TRANSLATOR") == "1",
            locales=tuple(filter(None, re.split(r"[,\s]+", environ.get("REPERE_LOCALES", "")))),
            **{name: environ.get(f"REPERE_{name.upper()}", "").strip() for name in cls.LEGAL},
        )

    @property
    def content_db(self) -> Path:
        """The store."""
        return self.data / "content.db"

    @property
    def translations(self) -> Path:
        """The catalogs."""
        return self.data / "translations"

    def shown(self) -> str:
        """Return the settings that change pages, as text to hash."""
        return repr([(f.name, getattr(self, f.name)) for f in fields(self) if f.name != "data"])


def default_data() -> Path:
    """Return the checkout, or what was bundled when the package was installed without one."""
    return _CHECKOUT if (_CHECKOUT / "manage.py").exists() else _PACKAGE / "bundled"
