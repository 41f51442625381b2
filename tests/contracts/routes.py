"""Every address of the application, out of its own URL map: a new route is covered without being named here.

Only a new kind of variable needs a line in `samples`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from flask import Flask


@dataclass(frozen=True)
class Route:
    """One rule of the URL map with sample values filled in."""

    endpoint: str
    methods: frozenset[str]
    address: str


def samples(app: Flask) -> dict[str, tuple[str, ...]]:
    """Return values for each variable of an address: real ones, for the invented content of `data`."""
    extension = app.extensions["repere"]
    kinds = {name.rpartition(".")[2]: name for name in sorted(extension.assets.by_name)}
    return {
        "locale": ("fr", "ar"),
        "second": ("en",),
        "slug": ("fiche-essai", "signaux-alerte"),
        "zone": ("groin",),
        "name": tuple(kinds.values()),  # a static file of each kind
        "version": (extension.shelf.current().version,),
    }


def routes(app: Flask) -> Iterator[Route]:
    """Yield every rule with every combination of its samples."""
    values = samples(app)
    for rule in app.url_map.iter_rules():
        if unknown := rule.arguments - values.keys():
            pytest.fail(f"{rule.rule}: add sample values of {unknown} to tests/contracts/routes.py")
        names = sorted(rule.arguments)
        for chosen in itertools.product(*(values[name] for name in names)):
            adapter = app.url_map.bind("localhost")
            address = adapter.build(rule.endpoint, dict(zip(names, chosen, strict=True)))
            yield Route(rule.endpoint, frozenset(rule.methods or ()), address)


def variants(route: Route) -> Iterator[str]:
    """Yield spellings of an address that people, robots and attackers try."""
    yield route.address
    yield route.address + "?zone=groin-left&q=x&from=/fr/"
    yield route.address + "?zone=%3Cscript%3E&zone=%00"
    yield route.address.rstrip("/") or "/"
    yield "/" + route.address
    yield route.address + "nothing/"
    yield "/xx" + route.address
    first, _, rest = route.address.lstrip("/").partition("/")
    yield f"/{first}/{quote('<b>é')}{rest}"
