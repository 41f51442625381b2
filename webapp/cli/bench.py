"""`bench`: how long things take here, as medians; figures for people, never a test."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click

from webapp.cli.common import json_option, open_store, settings, tell
from webapp.content import catalog, validate
from webapp.i18n import catalogs
from webapp.i18n.locales import SOURCE

ROUNDS = 7


@click.command()
@json_option
def bench(as_json: bool) -> None:
    """Measure upkeep and answers on this machine: medians of seven rounds, in milliseconds.

    \b
    Example:
      python3 manage.py bench
    """
    found = settings()
    catalogs.compile_all(found.translations)
    store = open_store(found)
    messages = list(store.messages())
    locale = next((name for name in catalogs.locales(found.translations) if name != SOURCE), None)
    rows = {"check the store": _median(lambda: validate.check_store(store))}
    if locale:
        path = catalogs.po_path(found.translations, locale, "content")
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "content.po"
            copy.write_bytes(path.read_bytes())
            rows[f"sync one catalog, {len(messages)} entries"] = _median(
                lambda: catalog.write_po(catalog.sync(catalog.read_po(copy), messages), copy)
            )
            rows["compile one catalog"] = _median(lambda: catalog.compile_po(copy, Path(folder) / "compiled"))
    from webapp import create_app

    start = time.perf_counter()
    app = create_app(found)
    rows["start the application"] = (time.perf_counter() - start) * 1000
    flask = app.wsgi_app._app  # type: ignore[attr-defined]
    kept = app.wsgi_app
    slug = next(entry.slug for entry in store.entries() if entry.kind == "condition")
    for name, address in (("card", f"/fr/cards/{slug}/"), ("map", "/fr/map/"), ("home", "/fr/")):
        app.wsgi_app = flask  # type: ignore[method-assign]
        rows[f"render {name} anew"] = _median(lambda address=address: app.test_client().get(address))  # type: ignore[misc]
        app.wsgi_app = kept  # type: ignore[method-assign]
        client = app.test_client()
        client.get(address, headers={"Accept-Encoding": "br"})
        rows[f"answer {name} from what is kept"] = _median(
            lambda address=address, client=client: client.get(address, headers={"Accept-Encoding": "br"})  # type: ignore[misc]
        )
    tell(
        {name: round(value, 2) for name, value in rows.items()},
        as_json=as_json,
        lines=[f"{value:8.2f} ms  {name}" for name, value in rows.items()],
    )


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)
