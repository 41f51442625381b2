"""WSGI applications to compare with, each loaded by the same server as Repère itself."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_BODIES = {path.stem: path.read_bytes() for path in Path(os.environ.get("BENCH_BODIES", ".")).glob("*.body")}


def bare(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with bytes from memory, named by the last part of the path; nothing else: the ceiling."""
    body = _BODIES[environ["PATH_INFO"].rpartition("/")[2]]
    start_response(
        "200 OK",
        [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Encoding", "br"),
            ("Content-Length", str(len(body))),
        ],
    )
    return [body]


def __getattr__(name: str) -> WSGIApplication:
    """Make the others when asked for: the server that needs one loads one."""
    if name == "without_layer":
        from webapp.wsgi import app as ours

        return ours.wsgi_app._app  # type: ignore[attr-defined,no-any-return]
    if name == "hello":
        from flask import Flask

        app = Flask("hello")
        app.add_url_rule("/healthz", view_func=lambda: "hello")
        return app
    raise AttributeError(name)
