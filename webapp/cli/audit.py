"""The command that says what has been verified, and what has not."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import click

from webapp.cli import supply
from webapp.cli.common import json_option, library, settings, tell, tell_problems
from webapp.content import audit as audits
from webapp.content.audit import Finding
from webapp.content.model import ContentError, Problem


@click.command()
@click.argument("slug", required=False)
@click.option("--licences", is_flag=True, help="Locked packages with version and licence instead.")
@click.option("--vulnerabilities", is_flag=True, help="What pip-audit knows of the locked packages instead.")
@json_option
def audit(slug: str | None, licences: bool, vulnerabilities: bool, as_json: bool) -> None:
    """Say, card by card, what a program confirms, what a person signed, and what is open.

    The same list stands in public at /fr/about/quality/. An open point is no fault of the content that
    readers get (that is what `check` finds), so the exit code is 0; a licence that a person must look at
    and a vulnerability are 1.

    \b
    Example:
      python3 manage.py audit sciatique
    """
    if (slug and (licences or vulnerabilities)) or (licences and vulnerabilities):
        raise click.UsageError("one of SLUG, --licences and --vulnerabilities")
    found = settings()
    if licences:
        _tell_licences(as_json)
    elif vulnerabilities:
        looked_up, problems = supply.vulnerabilities(supply.CHECKOUT)
        clean = f"No known vulnerability in {looked_up} packages."
        tell_problems(problems, as_json=as_json, clean=clean)
    else:
        opened = library(found)
        cards = [card for card in opened.store.cards() if slug in (None, card.slug)]
        if not cards:
            raise ContentError(Problem(str(slug), "is not published", "see: python3 manage.py content list"))
        today = dt.datetime.now(dt.UTC).date()
        site = audits.audit_site(
            opened.store.countries(),
            publisher=found.publisher,
            funding=found.funding,
            contact=found.contact,
        )
        rows = {} if slug else {"(site)": site}
        for card in cards:
            rows[card.slug] = audits.audit_card(opened.store, card, today, opened.signed, opened.offered)
        tell(
            {name: [_row(finding) for finding in findings] for name, findings in rows.items()},
            as_json=as_json,
            lines=(
                line
                for name, findings in rows.items()
                for line in (name, *(f"  {_line(finding)}" for finding in findings))
            ),
        )


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "point": finding.point,
        "state": finding.state,
        "asked_by": audits.POINTS[finding.point].asked_by,
        "count": finding.count,
        "total": finding.total,
        "passage": "/".join((finding.block[0], finding.block[1].key)) if finding.block else None,
        "signed": [dataclasses.asdict(review) for review in finding.signed],
    }


def _line(finding: Finding) -> str:
    row = _row(finding)
    counted = "" if row["count"] is None else str(row["count"])
    counted += f" of {row['total']}" if row["total"] is not None else ""
    people = [f"{review.by}, {review.role}, {review.date}" for review in finding.signed]
    seen = "; ".join(filter(None, [counted, finding.text, row["passage"] or "", *people]))
    return f"{finding.state:9}  {finding.point:16}  {seen}".rstrip()


def _tell_licences(as_json: bool) -> None:
    found = supply.packages(supply.CHECKOUT)
    width = max(len(package.name) for package in found)
    tell(
        [dataclasses.asdict(package) for package in found],
        as_json=as_json,
        lines=(
            f"{p.use:7}  {p.name:{width}}  {p.version:12}  {p.licence}"
            + (f"  (only where {p.marker})" if p.marker else "")
            for p in found
        ),
    )
    problems = list(supply.licence_problems(found))
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        raise SystemExit(1)
