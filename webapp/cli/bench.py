"""`bench`: how fast the site answers here, beside others; figures for people, never a test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from webapp.cli.common import json_option, settings, tell
from webapp.i18n import catalogs

PARTS = ("answers", "start", "publishing", "growth")


@click.command()
@click.option("--only", multiple=True, type=click.Choice(PARTS), help="Part to measure (default: all).")
@click.option(
    "--rounds", default=5, show_default=True, type=click.IntRange(1, 50), help="Interleaved rounds."
)
@click.option(
    "--seconds", default=0.5, show_default=True, type=click.FloatRange(0.05, 60), help="Length of one."
)
@click.option("--cards", default=2600, show_default=True, type=click.IntRange(26), help="Cards to grow to.")
@click.option(
    "--locales", default=30, show_default=True, type=click.IntRange(7, 45), help="Languages to grow to."
)
@click.option("--browser", is_flag=True, help="What a first visit is like on a slow phone, instead.")
@json_option
def bench(
    only: tuple[str, ...], rounds: int, seconds: float, cards: int, locales: int, browser: bool, as_json: bool
) -> None:
    """Measure answers, start, publishing and growth beside nginx and bare servers; it starts them all itself.

    Figures are ratios of what is measured side by side: medians of interleaved rounds, with their spread.

    \b
    Example:
      python3 manage.py bench --only answers
    """
    found = settings()
    catalogs.compile_all(found.translations)
    from webapp.bench import measure, slow_phone, table  # here: other commands need none of it

    def say(line: str) -> None:
        click.echo(line, err=True)

    rows: list[table.Row] = []

    def note(found: Iterable[table.Row]) -> None:
        for row in found:
            rows.append(row)
            say(list(table.lines([row]))[1])

    with tempfile.TemporaryDirectory(prefix="repere-bench-") as name:
        folder = Path(name)
        data = folder / "data"  # a copy: publishing changes it
        data.mkdir()
        shutil.copyfile(found.content_db, data / "content.db")
        shutil.copytree(found.translations, data / "translations")
        parts = set(only or PARTS) if not browser else {"browser"}
        if "browser" in parts:
            note(slow_phone.first_visits(data, folder, say))
        if "answers" in parts:
            note(measure.answers(data, folder, rounds, seconds, say))
        if "start" in parts:
            note(measure.start(data, folder, rounds))
        if "growth" in parts:
            note(measure.growth(data, folder, cards, locales, rounds, seconds, say))
        if "publishing" in parts:
            note(measure.publishing(data, folder, max(seconds, 2)))
    tell([row.as_dict() for row in rows], as_json=as_json, lines=table.lines(rows))
