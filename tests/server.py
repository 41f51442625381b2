"""The real server, as people start it, on a free port of this machine."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serving(
    data: Path, *options: str, pids: list[int] | None = None, said: list[str] | None = None
) -> Iterator[str]:
    """Run `serve` over `data`; give its address; stop it in the end.

    Its process goes into `pids`, and what it printed into `said` once it has stopped.
    """
    port = free_port()
    command = [sys.executable, "-m", "webapp.cli", "serve", "--port", str(port), *options]
    log = tempfile.TemporaryFile()  # noqa: SIM115 - closed below, after the server
    server = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "REPERE_DATA": str(data)}, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    if pids is not None:
        pids.append(server.pid)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/healthz", timeout=1).close()
                break
            try:
                server.wait(timeout=0.1)
                pytest.fail(f"the server did not start: {_said(log)}")
            except subprocess.TimeoutExpired:
                continue
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)
        if said is not None:
            said.append(_said(log))
        log.close()


def _said(log) -> str:
    log.seek(0)
    return log.read().decode()
