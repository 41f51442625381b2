"""The real server, as people start it, on a free port of this machine."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    address: str
    port: int
    process: subprocess.Popen
    log: Path

    def said(self) -> str:
        """Return everything it has written to its terminal."""
        return self.log.read_text("utf-8", "replace")

    def workers(self) -> list[int]:
        """Return the process ids of its workers, by their number."""
        found = {
            number: int(pid)
            for number, pid in re.findall(r"Spawning (worker-\d+) with PID: (\d+)", self.said())
        }
        return [found[number] for number in sorted(found)]

    def memory(self) -> int:
        """Return the bytes that its workers hold in memory (Linux), or 0 elsewhere."""
        pages = 0
        for pid in self.workers():
            with contextlib.suppress(OSError):  # it died, or this is no Linux
                pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def running(data: Path, *options: str, environ: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run `serve` over `data`; stop it in the end."""
    port = free_port()
    command = [sys.executable, "-m", "webapp.cli", "serve", "--port", str(port), *options]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "REPERE_DATA": str(data), **(environ or {})},
                stdout=out,
                stderr=out,
            )
        server = Server(f"http://127.0.0.1:{port}", port, process, log)
        try:
            for _ in range(200):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"{server.address}/healthz", timeout=1).close()
                    break
                try:
                    process.wait(timeout=0.1)
                    pytest.fail(f"the server did not start: {server.said()}")
                except subprocess.TimeoutExpired:
                    continue
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)


@contextlib.contextmanager
def serving(data: Path, *options: str) -> Iterator[str]:
    """Run `serve` over `data`; give its address; stop it in the end."""
    with running(data, *options) as server:
        yield server.address
