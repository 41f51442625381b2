"""The tables beside the cards (zones, sources, terms, countries, codes) as TOML documents, and back."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any

from webapp.content.model import Code, ContentError, Country, Problem, Reference, Region, Source, Term, Zone
from webapp.content.toml import toml_value

TABLES: dict[str, dict[str, type]] = {
    "zones": {"region": Region, "zone": Zone},
    "sources": {"source": Source},
    "terms": {"term": Term},
    "countries": {"country": Country},
    "codes": {"code": Code},
}
"""Document name -> kind of row -> what one row becomes."""

STATUSES = ("official", "secondary", "conflicting")
_IDENTITY = re.compile(r"[A-Za-z0-9]+(?:[-.][A-Za-z0-9]+)*")
_FORMS: dict[str, tuple[type, str]] = {
    "str": (str, 'one line of text: "…"'),
    "bool": (bool, "true or false"),
    "int": (int, "a year, without quotes"),
    "dt.date | None": (dt.date, "a date without quotes: 2026-01-31"),
    "tuple[str, ...]": (list, 'texts in brackets: ["…", "…"]'),
}
"""Declared type of a field -> what it must be, and how to say so."""


def parse(name: str, text: str) -> dict[str, tuple[Any, ...]]:
    """Return the rows of one reference document by kind of row, e.g. `{"source": (Source, …)}`.

    :raises ContentError: with one problem per fault.
    """
    try:
        values = tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ContentError(Problem(f"{name}.toml", f"not TOML: {error}", "mend that line")) from error
    kinds = TABLES[name]
    problems = [
        Problem(f"{name}.toml", f"table «{key}» is unknown", f"use [[{']], [['.join(kinds)}]]")
        for key in values
        if key not in kinds
    ]
    rows: dict[str, tuple[Any, ...]] = {}
    for kind, row_type in kinds.items():
        found = values.get(kind, [])
        if not isinstance(found, list):
            problems.append(Problem(f"{name}.toml", f"«{kind}» is not a list of tables", f"write [[{kind}]]"))
            continue
        rows[kind] = tuple(
            row
            for number, fields_ in enumerate(found, 1)
            if (row := _row(row_type, fields_, f"{name}.toml [[{kind}]] {number}", problems))
        )
        identities = [getattr(row, fields(row_type)[0].name) for row in rows[kind]]
        problems += [
            Problem(f"{name}.toml", f"{kind} «{identity}» stands twice", "remove one, or rename it")
            for identity in dict.fromkeys(identities)
            if identities.count(identity) > 1
        ]
    if problems:
        raise ContentError(*problems)
    return rows


def _row(row_type: type, values: Any, where: str, problems: list[Problem]) -> Any:
    known = {f.name: f for f in fields(row_type)}
    if not isinstance(values, dict):
        problems.append(Problem(where, "not a table", "write one field a line"))
        return None
    name = next(iter(known))  # id, key or code
    where = f"{where} ({values.get(name)})"
    before = len(problems)
    if not _IDENTITY.fullmatch(str(values.get(name, "x"))):
        problems.append(Problem(where, f"«{name}» is not one word", "letters, digits, hyphens and dots"))
    for key, value in values.items():
        if key not in known:
            problems.append(Problem(where, f"«{key}» is unknown", f"one of {', '.join(known)}"))
        elif not _fits(str(known[key].type), value):
            problems.append(
                Problem(where, f"«{key}» has the wrong form: {value!r}", _FORMS[str(known[key].type)][1])
            )
    for key, field in known.items():
        if field.default is MISSING and key not in values:
            problems.append(Problem(where, f"«{key}» is missing", "add it"))
    if row_type is Country and values.get("status", "secondary") not in STATUSES:
        problems.append(Problem(where, f"status «{values['status']}»", f"one of {', '.join(STATUSES)}"))
    if len(problems) > before:
        return None
    return row_type(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def _fits(declared: str, value: Any) -> bool:
    if declared == "tuple[str, ...]":
        return isinstance(value, list) and all(_fits("str", item) for item in value)
    if declared == "str":
        return isinstance(value, str) and value == value.strip() and "\n" not in value
    if declared == "int":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 9999
    return isinstance(value, _FORMS[declared][0]) and not isinstance(value, dt.datetime)


def render(name: str, reference: Reference) -> str:
    """Return the canonical text of one reference document."""
    tables = {
        "region": reference.regions,
        "zone": reference.zones,
        "source": reference.sources,
        "term": reference.terms,
        "country": reference.countries,
        "code": reference.codes,
    }
    return render_rows(name, {kind: tables[kind] for kind in TABLES[name]})


def render_rows(name: str, rows: Mapping[str, tuple[Any, ...]]) -> str:
    """Return the canonical text of `rows`; `parse` gives the same rows back."""
    return "\n".join(line for kind in TABLES[name] for row in rows[kind] for line in _table(kind, row))


def _table(kind: str, row: Any) -> Iterator[str]:
    yield f"[[{kind}]]"
    for field in fields(row):
        value = getattr(row, field.name)
        if field.default is MISSING or value != field.default:
            yield f"{field.name} = {toml_value(value)}"
    yield ""
