"""A small load generator: one process, one thread, keep-alive connections, each answer read whole.

Run as `python -m webapp.bench.load`, in a process of its own; a plan comes in as JSON on stdin, what was
measured goes out as JSON.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import NoReturn


@dataclass(frozen=True)
class Plan:
    """What to ask, and how."""

    port: int
    path: str
    headers: dict[str, str]
    connections: int = 1
    seconds: float = 0.5
    most: int = 0
    """Stop after so many answers; 0 for no end but the time."""


@dataclass(frozen=True)
class Measured:
    """What came of it."""

    answers: int
    seconds: float
    p50: float
    """ms to a whole answer."""
    p99: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


def measure(plan: Plan) -> Measured:
    """Run `plan` in a process of its own."""
    command = [sys.executable, "-m", "webapp.bench.load"]
    done = subprocess.run(
        command, input=json.dumps(asdict(plan)), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr else "the load stopped")
    return Measured(**json.loads(done.stdout))


def run(plan: Plan) -> Measured:
    """Ask until the time is over."""
    lines = [f"GET {plan.path} HTTP/1.1", "Host: bench", *(f"{k}: {v}" for k, v in plan.headers.items())]
    question = "\r\n".join([*lines, "", ""]).encode()
    selector = selectors.DefaultSelector()
    waiting: dict[socket.socket, tuple[float, bytes, int]] = {}
    """Connection -> when it asked, its headers until they are whole, bytes still missing (-1: unknown)."""
    took: list[float] = []
    for _ in range(plan.connections):
        connection = socket.create_connection(("127.0.0.1", plan.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ)
        connection.sendall(question)
        waiting[connection] = (time.perf_counter(), b"", -1)
    start = now = time.perf_counter()
    end = start + plan.seconds
    while not took or (now < end and not (plan.most and len(took) >= plan.most)):
        for key, _events in selector.select(timeout=30) or _stop("no answer in 30 s"):
            connection = key.fileobj  # type: ignore[assignment]
            begun, head, missing = waiting[connection]
            data = connection.recv(262_144) or _stop("the server closed the connection")
            now = time.perf_counter()
            if missing < 0:
                head += data
                missing = _missing(head, plan)
            else:
                missing -= len(data)
            if missing == 0:
                took.append(now - begun)
                connection.sendall(question)
                waiting[connection] = (now, b"", -1)
            else:
                waiting[connection] = (begun, head, missing)
    for connection in waiting:
        connection.close()
    took.sort()
    return Measured(len(took), now - start, took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000)


def _missing(data: bytes, plan: Plan) -> int:
    """Return how many bytes of the answer that `data` begins are still to come; -1 while headers are."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return -1
    status = data[9:12]
    if status == b"304":
        return 0
    if status != b"200":
        _stop(f"{plan.path} answered {status.decode()}")
    # A length each time: a page gets shorter once its best compressed form is ready.
    at = data[:end].lower().find(b"\r\ncontent-length:") + 17
    return int(data[at : data.find(b"\r\n", at)]) - (len(data) - end - 4)


def _stop(why: str) -> NoReturn:
    raise SystemExit(why)


if __name__ == "__main__":
    print(json.dumps(asdict(run(Plan(**json.load(sys.stdin))))))
