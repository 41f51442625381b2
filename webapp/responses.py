"""Rendered responses, kept before Flask's dispatch, and compressed once.

A response is kept under everything it depends on: path, query, whether htmx asked, and the content
version. Views mark what may be kept (`KEEP` in the WSGI environment): whole pages and fragments with
no query or one they read; never errors, redirects, notes or a query nobody knows. When content
changes, a kept response is made anew on its next request; if its bytes are the same, its compressed
forms stay.

Only compressed forms are kept of what can be compressed: nearly every browser asks for one, and a page
takes six times as much room without. For the others one is unpacked (0.1 ms).
"""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import lru_cache
from queue import SimpleQueue
from typing import TYPE_CHECKING, NamedTuple

import brotli

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEEP = "repere.keep"
"""Set in the environment by a view whose response may be kept: «page» (of a finite set) or «query»."""

MOST_BYTES = 24_000_000
"""All kept bytes of one worker, every form counted."""
_OVERHEAD = 3_000
"""Bytes of a kept response beside its forms: headers, key, objects."""

_COMPRESSIBLE = (
    "text/",
    "application/json",
    "application/javascript",
    "application/manifest+json",
    "application/xml",
    "image/svg+xml",
)
_LEAST_BYTES = 200
"""Shorter bodies gain nothing from compression."""
_LONGEST_HEADER = 500
"""A longer Accept-Encoding is noise or an attack."""
_GZIP_LEVEL = 6
_BROTLI_NOW, _BROTLI_BEST = 5, 11
"""Level while a reader waits (3 ms for a 117 kB page), and in the background (181 ms)."""

_WEIGHT = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*")

Headers = list[tuple[str, str]]
Key = tuple[str, str, bool]


class Answer(NamedTuple):
    """A response in one form, ready to be sent."""

    headers: Headers
    body: bytes
    unchanged: Headers
    """Headers of the 304 to a reader who has it."""


class Kept:
    """One response in the forms it was asked for."""

    __slots__ = (
        "answers",
        "digest",
        "etag",
        "forms",
        "headers",
        "is_best",
        "is_compressible",
        "is_finite",
        "is_kept",
        "version",
    )

    def __init__(self, version: str, headers: Headers, identity: bytes, *, is_finite: bool) -> None:
        self.is_finite = is_finite
        self.is_kept = False
        self.is_best = False
        """Whether the brotli form is as small as can be."""
        self.digest = hashlib.sha256(identity).digest()
        self.forms = {"": identity}
        """Content coding -> bytes."""
        self.describe(version, headers)

    def describe(self, version: str, headers: Headers) -> None:
        """Take over `headers`: those of the same bytes made from newer content."""
        found = {name.lower(): value for name, value in headers}
        self.is_compressible = len(self.forms.get("", b" " * _LEAST_BYTES)) >= _LEAST_BYTES and found.get(
            "content-type", ""
        ).startswith(_COMPRESSIBLE)
        self.etag = found.get("etag", "")
        if self.is_compressible:
            # One entity tag for all forms, weak: the meaning is the same, the bytes are not.
            self.etag = f"W/{self.etag}" if self.etag and not self.etag.startswith("W/") else self.etag
            vary = ", ".join(filter(None, (found.get("vary"), "Accept-Encoding")))
            headers = [(n, v) for n, v in headers if n.lower() not in ("vary", "etag")]
            headers += [("Vary", vary), *([("ETag", self.etag)] if self.etag else [])]
        self.headers = headers
        self.answers: dict[str, Answer] = {}
        self.version = version

    @property
    def size(self) -> int:
        """Bytes it takes."""
        return _OVERHEAD + sum(map(len, self.forms.values()))

    @property
    def identity(self) -> bytes:
        """The response without content coding."""
        return self.forms[""] if "" in self.forms else brotli.decompress(self.forms["br"])

    def answer(self, encoding: str) -> Answer:
        """Return the response in a form it has, or as it is."""
        found = self.answers.get(encoding)
        if found is None:
            form = self.forms.get(encoding)
            body = self.identity if form is None else form
            coding = [("Content-Encoding", encoding)] if encoding else []
            found = Answer(
                [*self.headers, *coding, ("Content-Length", str(len(body)))],
                body,
                [(name, value) for name, value in self.headers if name.lower() not in _OF_THE_BODY],
            )
            if form is not None:
                self.answers[encoding] = found
        return found


_OF_THE_BODY = ("content-type", "content-language")
"""Headers that a 304 leaves out."""


class ResponseLayer:
    """WSGI middleware; thread-safe."""

    def __init__(
        self, app: WSGIApplication, version: Callable[[], str], most_bytes: int = MOST_BYTES
    ) -> None:
        """Wrap `app`; `version` names the content that a request starting now would read."""
        self._app = app
        self._version = version
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._waiting: SimpleQueue[Kept] = SimpleQueue()
        self._worker: threading.Thread | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from what is kept, or from the application."""
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            return self._app(environ, start_response)
        key = (
            environ.get("PATH_INFO", ""),
            environ.get("QUERY_STRING", ""),
            environ.get("HTTP_HX_REQUEST", "").lower() == "true",  # as htmx-flask reads it
        )
        version = self._version()
        kept = self._kept.get(key)
        status = "200 OK"
        if kept is not None and kept.version == version:
            self._touch(key)
        else:
            status, kept = self._ask(key, version, environ)
        encoding = _encoding(environ.get("HTTP_ACCEPT_ENCODING", "")) if kept.is_compressible else ""
        answer = kept.answers.get(encoding) or self._answer(kept, encoding)
        condition = environ.get("HTTP_IF_NONE_MATCH")
        if condition and kept.etag and status == "200 OK" and _matches(condition, kept.etag):
            start_response("304 Not Modified", list(answer.unchanged))
            return []
        start_response(status, list(answer.headers))
        return [] if method == "HEAD" else [answer.body]

    def _ask(self, key: Key, version: str, environ: WSGIEnvironment) -> tuple[str, Kept]:
        """Return the application's whole answer; keep it if it may be kept."""
        status, headers, body = self._whole(environ)
        # What the page says it was made from, should content have changed since the request came in.
        version = next((value for name, value in headers if name == "X-Content-Version"), version)
        fresh = Kept(version, headers, body, is_finite=environ.get(KEEP) == "page")
        if KEEP not in environ or status != "200 OK":
            return status, fresh
        with self._lock:
            old = self._kept.get(key)
            if old is not None and old.digest == fresh.digest:
                old.describe(version, headers)
                return status, old
        if fresh.is_compressible:
            fresh.forms = {"br": brotli.compress(body, quality=_BROTLI_NOW)}
        self._keep(key, fresh)
        return status, fresh

    def _whole(self, environ: WSGIEnvironment) -> tuple[str, Headers, bytes]:
        """Ask the application unconditionally, with GET: 304 and HEAD are made here."""
        seen: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, exc_info: object = None) -> Callable[[bytes], object]:
            seen.append((status, headers))
            return lambda data: None

        condition = environ.pop("HTTP_IF_NONE_MATCH", None)
        method, environ["REQUEST_METHOD"] = environ["REQUEST_METHOD"], "GET"
        chunks = self._app(environ, start)
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
            environ["REQUEST_METHOD"] = method
            if condition is not None:
                environ["HTTP_IF_NONE_MATCH"] = condition
        status, headers = seen[-1]
        return status, [(name, value) for name, value in headers if name.lower() != "content-length"], body

    def _answer(self, kept: Kept, encoding: str) -> Answer:
        """Return the response in the form asked for, which is made now and kept."""
        if encoding and encoding not in kept.forms:
            if encoding == "br":
                form = brotli.compress(kept.identity, quality=_BROTLI_NOW)
            else:
                form = gzip.compress(kept.identity, _GZIP_LEVEL, mtime=0)
            self._put_form(kept, encoding, form)
        if encoding == "br" and kept.is_kept and kept.is_finite and not kept.is_best:
            self._improve(kept)
        return kept.answer(encoding)

    def _put_form(self, kept: Kept, encoding: str, form: bytes) -> None:
        with self._lock:
            if kept.is_kept:
                self._bytes += len(form) - len(kept.forms.get(encoding, b""))
            kept.forms[encoding] = form
            kept.answers.pop(encoding, None)
            self._evict()

    def _improve(self, kept: Kept) -> None:
        """Have the best brotli form made in the background."""
        self._waiting.put(kept)
        with self._lock:
            if self._worker is None:
                self._worker = threading.Thread(target=self._compress_best, name="brotli", daemon=True)
                self._worker.start()

    def _compress_best(self) -> None:
        while True:
            kept = self._waiting.get()
            if kept.is_kept and not kept.is_best:
                self._put_form(kept, "br", brotli.compress(kept.identity, quality=_BROTLI_BEST))
                kept.is_best = True

    def _touch(self, key: Key) -> None:
        try:
            self._kept.move_to_end(key)  # one step for other threads: no lock
        except KeyError:
            pass  # dropped just now

    def _keep(self, key: Key, fresh: Kept) -> None:
        with self._lock:
            if old := self._kept.pop(key, None):
                self._drop(old)
            self._kept[key] = fresh
            fresh.is_kept = True
            self._bytes += fresh.size
            self._evict()

    def _evict(self) -> None:
        while self._bytes > self._most_bytes and len(self._kept) > 1:
            _key, oldest = self._kept.popitem(last=False)
            self._drop(oldest)

    def _drop(self, kept: Kept) -> None:
        kept.is_kept = False
        self._bytes -= kept.size


@lru_cache(maxsize=256)  # browsers send a handful
def _encoding(header: str) -> str:
    """Return `br`, `gzip` or an empty text: what an Accept-Encoding header likes best (RFC 9110, 12.5.3)."""
    if len(header) > _LONGEST_HEADER:
        return ""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, semicolon, parameters = part.partition(";")
        weight = _WEIGHT.fullmatch(parameters)
        if weight or not semicolon:
            weights[name.strip()] = float(weight[1]) if weight else 1
    rest = weights.get("*", 0)
    best = max(("br", "gzip"), key=lambda name: weights.get(name, rest))  # br, if both are as welcome
    is_welcome = weights.get(best, rest) > 0 and weights.get(best, rest) >= weights.get("identity", 0)
    return best if is_welcome else ""


def _matches(header: str, etag: str) -> bool:
    """Tell whether If-None-Match names `etag`; weak comparison, as RFC 9110 wants it here."""
    opaque = etag.removeprefix("W/")
    return header.strip() == "*" or any(
        tag.strip().removeprefix("W/") == opaque for tag in header[:2000].split(",")
    )
