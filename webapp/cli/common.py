"""What several commands share: finding the data, telling results."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from webapp.content.model import Problem
from webapp.content.store import Store
from webapp.i18n import catalogs, offering
from webapp.settings import Settings

if TYPE_CHECKING:
    from webapp.library import Library


def settings() -> Settings:
    """Return the settings of this environment."""
    return Settings.from_environ()


def open_store(found: Settings | None = None) -> Store:
    """Return the published content."""
    return Store((found or settings()).content_db)


def tell(rows: Any, *, as_json: bool, lines: Iterable[str]) -> None:
    """Print `rows` as JSON for a program, or `lines` for a person."""
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for line in lines:
            click.echo(line)


def tell_problems(problems: Iterable[Problem], *, as_json: bool, clean: str) -> None:
    """Print problems, one line each, and exit 1; or say that all is well."""
    found = list(problems)
    rows = [{"where": p.where, "what": p.what, "mend": p.mend} for p in found]
    tell(rows, as_json=as_json, lines=[str(p) for p in found] or [clean])
    if found:
        raise SystemExit(1)


def author() -> str:
    """Return who is editing: the account's name, for the history."""
    return os.environ.get("REPERE_AUTHOR") or os.environ.get("USER") or os.environ.get("LOGNAME") or "unknown"


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program.")


def library(found: Settings | None = None) -> Library:
    """Return content and catalogs as a server would read them, and note which languages it would offer."""
    from webapp.library import Shelf  # here, so that commands without need of it do not load Flask

    found = found or settings()
    catalogs.compile_all(found.translations)
    opened = Shelf(found, "", lambda line: click.echo(line, err=True)).current()
    for locale in offering.remember(found.translations, opened.offered[1:]):
        click.echo(f"{locale} passes the safety floor: it is offered from now on.", err=True)
    return opened
