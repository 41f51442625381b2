"""Commands about the site as a whole."""

from __future__ import annotations

import datetime as dt
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import click

from webapp.cli.common import json_option, settings, tell_problems
from webapp.content import backup as backups
from webapp.content import mirror, validate
from webapp.content.editor import Editor
from webapp.content.model import ContentError, Problem
from webapp.content.store import Store
from webapp.i18n import catalogs, checks
from webapp.i18n.locales import SOURCE
from webapp.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--access-log", is_flag=True, help="Log requests: never a query, never a client's address.")
@click.option("--debug", is_flag=True, help="Reload code, templates and catalogs when they change.")
@click.option(
    "--translator", is_flag=True, help="Mark each text with its key and state; follow saved PO files."
)
def serve(host: str, port: int, workers: int, access_log: bool, debug: bool, translator: bool) -> None:
    """Serve Repère.

    \b
    Example:
      python3 manage.py serve --port 8080
    """
    if translator:
        os.environ["REPERE_TRANSLATOR"] = "1"  # the workers read it too
    found = settings()
    compile_catalogs(found)
    from werkzeug.serving import is_running_from_reloader

    from webapp import create_app

    app = create_app(found)  # content that cannot be served is told here, once, before any worker starts
    if not is_running_from_reloader():  # whose parent holds the port for it
        _require_free_port(host, port)
    click.echo(
        f"Repère: http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/  (stop with Ctrl-C)", err=True
    )
    if debug:
        app.run(host, port, debug=True, extra_files=[str(p) for p in found.translations.rglob("*.po")])
        return
    from webapp import serving  # here, so that other commands do not load the server

    serving.server("webapp.wsgi:app", host, port, workers, log_access=access_log).serve()


@click.group()
def deploy() -> None:
    """Print what runs the server on a host; nothing is installed or changed."""


@deploy.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def systemd(port: int, workers: int) -> None:
    """Print a hardened systemd unit for this installation and the settings of this environment.

    \b
    Example:
      python3 manage.py deploy systemd --workers 2 > repere.service
    """
    from webapp import serving

    click.echo(serving.systemd_unit(settings().data, os.environ, port, workers), nl=False)


@deploy.command()
def container() -> None:
    """Print a container file: locked packages, no root, a read-only file system.

    \b
    Example:
      python3 manage.py deploy container > Containerfile
    """
    from webapp import serving

    settings()
    click.echo(serving.container_file(), nl=False)


def compile_catalogs(found: Settings) -> None:
    """Build compiled catalogs that are missing or old, saying so when it takes long."""
    start = time.monotonic()
    built = catalogs.compile_all(found.translations)
    if built and time.monotonic() - start > 1:
        click.echo(f"Compiled catalogs: {', '.join(built)}", err=True)


def _require_free_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ContentError(
                Problem(
                    f"{host}:{port}",
                    f"cannot be used ({error.strerror})",
                    "choose another: serve --port 8001",
                )
            ) from error


@click.command()
@click.option("--production", is_flag=True, help="Also refuse settings that a public site must have.")
@json_option
def check(production: bool, as_json: bool) -> None:
    """Find everything that can be wrong with content, mirror and catalogs.

    \b
    Example:
      python3 manage.py check
    """
    found = settings()
    tell_problems(_problems(found, production=production), as_json=as_json, clean="No problems found.")


def _problems(found: Settings, *, production: bool) -> Iterator[Problem]:
    store = Store(found.content_db)
    yield from validate.check_store(store)
    yield from mirror.check(store, found.translations / SOURCE)
    yield from checks.check_catalogs(found.translations, store)
    if production:
        for name in Settings.LEGAL:
            if not getattr(found, name):
                yield Problem(
                    f"REPERE_{name.upper()}", "is not set", "a public site must name it (README, settings)"
                )
        if not found.origin.startswith("https://"):
            yield Problem("REPERE_ORIGIN", "is not a public https address", "write https://example.org")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Copy content and catalogs into one zip, checked; the site may be running.

    \b
    Example:
      python3 manage.py backup repere-monday.zip
    """
    backups.backup(settings().data, file)
    click.echo(f"Backup written and checked: {file}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Go back to a backup; what is there now is backed up first.

    \b
    Example:
      python3 manage.py restore repere-monday.zip
    """
    found = settings()
    before = backups.restore(found.data, file)
    compile_catalogs(found)
    click.echo(f"Restored {file}. To undo: python3 manage.py restore {before}")


@click.command()
def upgrade() -> None:
    """Bring content.db to the form that this version of the software needs; backs up first.

    \b
    Example:
      python3 manage.py upgrade
    """
    found = settings()
    editor = Editor(found.data)
    before = found.data / f"before-upgrade-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}.zip"
    backups.backup(found.data, before)
    applied = editor.upgrade()
    if not applied:
        before.unlink()
        click.echo("content.db is up to date.")
        return
    click.echo(f"Upgraded: {', '.join(applied)}. To go back: install the older software, then")
    click.echo(f"  python3 manage.py restore {before}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def freeze(folder: Path) -> None:
    """Write the whole site as static files to FOLDER, for a CDN, an object store or a file server.

    \b
    Example:
      REPERE_ORIGIN=https://repere.example.org python3 manage.py freeze site/
    """
    found = settings()
    compile_catalogs(found)
    from webapp import create_app
    from webapp.freeze import freeze as freeze_to

    click.echo("Writing every page in every language…", err=True)
    written = freeze_to(create_app(found), folder)
    click.echo(f"{written.files} files, {written.bytes / 1e6:.0f} MB, in {folder}", err=True)
