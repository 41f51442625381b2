"""HTTP over a bare socket: whatever bytes go out, and one answer at a time comes back."""

from __future__ import annotations

import contextlib
import gzip
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field

import brotli

PATIENCE = 20
"""Seconds after which a silent server counts as hung: four times what an idle machine would be allowed."""


class HangError(Exception):
    """The server said nothing for too long."""


@dataclass(frozen=True)
class Answer:
    """One answer as it came."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes = field(default=b"", repr=False)

    def get(self, name: str) -> str:
        """Return a header, or an empty text."""
        return next((value for key, value in self.headers if key == name.lower()), "")

    @property
    def body(self) -> bytes:
        """The body without its compression."""
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(self.get("content-encoding"))
        return unpack(self.raw) if unpack and self.raw else self.raw


class Wire:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._left = b""
        self.was_reset = False
        """The server closed while it still had bytes to read; what it had answered may be lost with them."""

    def send(self, pieces: Iterable[bytes], *, is_last: bool = False) -> None:
        """Send bytes; `is_last` closes our half of the connection."""
        with contextlib.suppress(OSError):  # refused half-way: the answer says why
            for piece in pieces:
                self.socket.sendall(piece)
            if is_last:
                self.socket.shutdown(socket.SHUT_WR)

    def answer(self, *, to_head: bool = False) -> Answer | None:
        """Return the next answer, or None when the server has closed.

        :raises HangError: when nothing comes.
        """
        while True:
            head = self._until(b"\r\n\r\n")
            if head is None:
                return None
            first, *lines = head.decode("latin-1").split("\r\n")
            status = int(first.split(" ")[1])
            headers = tuple((n.lower(), v.strip()) for n, _, v in (line.partition(":") for line in lines))
            if status >= 200:
                break
        answer = Answer(status, headers)
        if to_head or status in (204, 304):
            return answer
        return Answer(status, headers, self._exactly(int(answer.get("content-length") or 0)))

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def _read(self) -> bool:
        try:
            data = self.socket.recv(1 << 18)
        except TimeoutError as error:
            raise HangError from error
        except ConnectionError:
            data, self.was_reset = b"", True
        self._left += data
        return bool(data)

    def _until(self, end: bytes) -> bytes | None:
        while end not in self._left:
            if not self._read():
                return None
        head, _, self._left = self._left.partition(end)
        return head

    def _exactly(self, size: int) -> bytes:
        while len(self._left) < size and self._read():
            pass
        body, self._left = self._left[:size], self._left[size:]
        return body


def fetch(port: int, address: str, **headers: str) -> Answer | None:
    """Ask for `address` as a browser would."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    wire = Wire(port)
    try:
        wire.send([f"GET {address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n".encode()])
        return wire.answer()
    finally:
        wire.close()
