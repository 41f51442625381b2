"""Servers to measure: each a process of its own, on a free port, with its CPU time and memory."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT = 120
"""s; a store of a hundred times the cards is read and checked first."""

_NGINX = """
{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes {workers};
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; open_file_cache max=100; keepalive_requests 100000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port};
    location / {{ root {folder}; default_type "text/html; charset=utf-8"; add_header Content-Encoding br; }}
  }}
}}
"""


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int
    first_answer: float
    """s from its start to its first answer."""

    @property
    def cpu(self) -> float:
        """CPU seconds of all its processes until now."""
        return sum(_cpu(pid) for pid in _family(self.pid))

    @property
    def worker_memory(self) -> float:
        """MB of its largest process: a worker."""
        return max(_memory(pid) for pid in _family(self.pid))

    def get(self, path: str, **headers: str) -> bytes:
        """Return the body of a page."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            headers={k.replace("_", "-"): v for k, v in headers.items()},
        )
        with urllib.request.urlopen(request, timeout=120) as response:
            body: bytes = response.read()
            return body


@contextlib.contextmanager
def granian(
    target: str, folder: Path, *, workers: int = 1, environ: Mapping[str, str] = {}, path: str = "/healthz"
) -> Iterator[Server]:
    """Run `target` on the server that `serve` uses, with its settings."""
    port = free_port()
    code = f"from webapp.serving import server; server({target!r}, '127.0.0.1', {port}, {workers}).serve()"
    own = {"BENCH_BODIES": str(folder), "PYTHONPATH": str(Path(__file__).parents[2])}
    with _process([sys.executable, "-c", code], {**os.environ, **own, **environ}, port, path) as server:
        yield server


@contextlib.contextmanager
def nginx(folder: Path) -> Iterator[Server]:
    """Run nginx over the files of `folder`, which it sends as they are.

    :raises FileNotFoundError: where nginx is not installed.
    """
    program = nginx_program()
    if program is None:
        raise FileNotFoundError("nginx")
    port = free_port()
    user = "user root root;" if os.geteuid() == 0 else ""  # its workers read a folder of ours
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port, workers=1, user=user), "utf-8")
    (folder / "healthz").write_text("ok")
    with _process(
        [program, "-p", str(folder), "-c", str(config)], dict(os.environ), port, "/healthz"
    ) as server:
        yield server


def nginx_program() -> str | None:
    """Return nginx, which Debian puts where only root's PATH looks."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def _process(command: list[str], environ: dict[str, str], port: int, path: str) -> Iterator[Server]:
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60).close()
                break
            if process.poll() is not None or time.perf_counter() - start > START_TIMEOUT:
                said = process.stderr.read() if process.stderr and process.poll() is not None else ""
                raise RuntimeError(f"{command[0]} did not start: {said.strip()[-500:]}")
            time.sleep(0.005)
        yield Server(port, process.pid, time.perf_counter() - start)
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr:
            process.stderr.close()


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _family(int(child))


def _cpu(pid: int) -> float:
    """Return the CPU seconds of its threads in nanoseconds' detail: /proc/<pid>/stat counts by 10 ms."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def _memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    return 0
