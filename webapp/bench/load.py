"""A small load generator: one process, one thread, keep-alive connections, each answer read whole.

Run as `python -m webapp.bench.load`, in a process of its own; a plan comes in as JSON on stdin, what was
measured goes out as JSON. It asks for one thing over and over, so the length of the first answer is that of all.
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
    length = _length(plan, question)
    waiting: dict[socket.socket, tuple[float, int]] = {}
    took: list[float] = []
    for _ in range(plan.connections):
        connection = socket.create_connection(("127.0.0.1", plan.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ)
        connection.sendall(question)
        waiting[connection] = (time.perf_counter(), 0)
    start = now = time.perf_counter()
    end = start + plan.seconds
    while not took or (now < end and not (plan.most and len(took) >= plan.most)):
        for key, _events in selector.select(timeout=30) or _stop("no answer in 30 s"):
            connection = key.fileobj  # type: ignore[assignment]
            begun, read = waiting[connection]
            read += len(connection.recv(262_144)) or _stop("the server closed the connection")
            now = time.perf_counter()
            if read >= length:
                took.append(now - begun)
                connection.sendall(question)
                waiting[connection] = (now, 0)
            else:
                waiting[connection] = (begun, read)
    for connection in waiting:
        connection.close()
    took.sort()
    return Measured(len(took), now - start, took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000)


def _length(plan: Plan, question: bytes) -> int:
    """Ask once; return the bytes of the whole answer."""
    with socket.create_connection(("127.0.0.1", plan.port)) as connection:
        connection.sendall(question)
        head, _, body = _until_blank_line(connection)
        status = head.split(b" ", 2)[1]
        if status not in (b"200", b"304"):
            _stop(f"{plan.path} answered {status.decode()}")
        fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line)
        missing = 0 if status == b"304" else int(fields[b"content-length"]) - len(body)
        while missing > 0:
            missing -= len(connection.recv(262_144)) or _stop("the answer was cut short")
        expected = 0 if status == b"304" else int(fields[b"content-length"])
        return len(head) + 4 + expected


def _until_blank_line(connection: socket.socket) -> tuple[bytes, bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(262_144) or _stop("no headers came")
    return data.partition(b"\r\n\r\n")


def _stop(why: str) -> NoReturn:
    raise SystemExit(why)


if __name__ == "__main__":
    print(json.dumps(asdict(run(Plan(**json.load(sys.stdin))))))
