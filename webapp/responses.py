"""Rendered responses, kept before Flask's dispatch, and compressed once.

A response is kept under everything it depends on: path, query, whether htmx asked, and the content
version. Views mark what may be kept (`KEEP` in the WSGI environment): whole pages and fragments with
no query or a canonical one; never errors, redirects, notes or a query nobody knows. When content
changes, a kept response is made anew on its next request; if its bytes are the same, its compressed
forms are kept.
"""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from typing import TYPE_CHECKING

import brotli

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEEP = "repere.keep"
"""Set in the environment by a view whose response may be kept: «page» (of a finite set) or «query»."""

MOST_BYTES = 24_000_000
"""All kept bytes of one worker, every form counted; a page is near 6 kB in its compressed forms."""

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
_GZIP_LEVEL = 6
_BROTLI_NOW, _BROTLI_BEST = 5, 11
"""Level while a reader waits (3 ms for a 117 kB page), and in the background (181 ms)."""

Headers = list[tuple[str, str]]
Key = tuple[str, str, bool]


class Kept:
    """One response in the forms it was asked for."""

    __slots__ = ("best", "etag", "forms", "headers", "identity", "is_finite", "is_kept", "version")

    def __init__(self, version: str, headers: Headers, identity: bytes, *, is_finite: bool) -> None:
        self.version = version
        self.headers = headers
        self.identity = identity
        self.is_finite = is_finite
        self.is_kept = False
        self.forms: dict[str, bytes] = {}
        self.best = False
        self.etag = next((value for name, value in headers if name.lower() == "etag"), "")

    @property
    def size(self) -> int:
        """Bytes of every form."""
        return len(self.identity) + sum(map(len, self.forms.values()))


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
        if kept is not None and kept.version == version:
            self._touch(key)
            return self._send("200 OK", kept, environ, start_response)
        status, headers, body = self._ask(environ)
        # What the page says it was made from, should content have changed since the line above.
        version = next((value for name, value in headers if name == "X-Content-Version"), version)
        fresh = Kept(version, headers, body, is_finite=environ.get(KEEP) == "page")
        if status.startswith("200") and KEEP in environ:
            if kept is not None and kept.identity == body:
                fresh.forms, fresh.best = kept.forms, kept.best
            self._keep(key, fresh)
        return self._send(status, fresh, environ, start_response)

    def _ask(self, environ: WSGIEnvironment) -> tuple[str, Headers, bytes]:
        """Return the application's whole answer, asked unconditionally: 304 and HEAD are made here."""
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

    def _send(
        self, status: str, kept: Kept, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        headers, body = kept.headers, kept.identity
        if _is_compressible(kept):
            headers = _with_vary(headers)
            encoding = _encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
            if encoding:
                body = self._form(kept, encoding)
                # One entity tag for all forms, weak: the meaning is the same, the bytes are not.
                headers = [*headers, ("Content-Encoding", encoding)]
            if kept.etag:
                headers = [
                    (n, f"W/{v}" if n.lower() == "etag" and not v.startswith("W/") else v) for n, v in headers
                ]
        if (
            status.startswith("200")
            and kept.etag
            and _matches(environ.get("HTTP_IF_NONE_MATCH", ""), kept.etag)
        ):
            dropped = ("content-type", "content-encoding", "content-language")
            start_response("304 Not Modified", [(n, v) for n, v in headers if n.lower() not in dropped])
            return []
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _form(self, kept: Kept, encoding: str) -> bytes:
        form = kept.forms.get(encoding)
        if form is None:
            if encoding == "br":
                form = brotli.compress(kept.identity, quality=_BROTLI_NOW)
            else:
                form = gzip.compress(kept.identity, _GZIP_LEVEL, mtime=0)
            self._put_form(kept, encoding, form)
            if encoding == "br" and kept.is_finite and not kept.best:
                self._improve(kept)
        return form

    def _put_form(self, kept: Kept, encoding: str, form: bytes) -> None:
        with self._lock:
            if kept.is_kept:
                self._bytes += len(form) - len(kept.forms.get(encoding, b""))
            kept.forms[encoding] = form
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
            if not kept.best:
                self._put_form(kept, "br", brotli.compress(kept.identity, quality=_BROTLI_BEST))
                kept.best = True

    def _touch(self, key: Key) -> None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)

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


def _is_compressible(kept: Kept) -> bool:
    mimetype = next((value for name, value in kept.headers if name.lower() == "content-type"), "")
    return len(kept.identity) >= _LEAST_BYTES and mimetype.startswith(_COMPRESSIBLE)


def _with_vary(headers: Headers) -> Headers:
    named = [value for name, value in headers if name.lower() == "vary"]
    rest = [(name, value) for name, value in headers if name.lower() != "vary"]
    return [*rest, ("Vary", ", ".join([*named, "Accept-Encoding"]))]


def _encoding(header: str) -> str:
    """Return `br`, `gzip` or an empty text, from an Accept-Encoding header."""
    accepted = set()
    for part in header[:500].split(","):
        name, _, parameters = part.strip().partition(";")
        if parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            accepted.add(name.strip().lower())
    return "br" if "br" in accepted else "gzip" if "gzip" in accepted or "*" in accepted else ""


def _matches(header: str, etag: str) -> bool:
    """Tell whether If-None-Match names `etag`; weak comparison, as RFC 9110 wants it here."""
    if not header:
        return False
    opaque = etag.removeprefix("W/")
    return header.strip() == "*" or any(
        tag.strip().removeprefix("W/") == opaque for tag in header[:2000].split(",")
    )
