"""Headers that keep a reader's page theirs: no third party, no inline code, no trace (design, section 9)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, redirect, request
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from webapp.assets import Assets

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_SENT = 100_000
"""Bytes of a body that any address takes; a longer one is answered 413 without being read."""


def content_security_policy(style_hash: str) -> str:
    """Return the policy of every response; the one style sheet is allowed by its hash."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' '{style_hash}'",
            "img-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def init_app(app: Flask, assets: Assets, *, is_public: bool) -> None:
    """Set the headers on every response of `app`; HSTS once there is a public https origin."""
    app.config["MAX_CONTENT_LENGTH"] = MOST_SENT
    headers = {
        "Content-Security-Policy": content_security_policy(assets.style_hash),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if is_public:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    app.wsgi_app = without_host(app.wsgi_app)  # type: ignore[method-assign,assignment]
    app.before_request(redirect_within)

    @app.after_request
    def set_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response


def without_host(app: WSGIApplication) -> WSGIApplication:
    """Return `app` blind to the Host header: anybody can set it, and some values stop Werkzeug's routing."""

    def blind(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["HTTP_HOST"] = "localhost"
        return app(environ, start_response)

    return blind


def redirect_within() -> AnyResponse | None:
    """Answer an address without its last slash, or with doubled ones, by the path of the right one.

    Werkzeug's own answer would name a host.
    """
    asked = request.routing_exception
    if not isinstance(asked, RequestRedirect):
        return None
    return redirect("/" + asked.new_url.split("/", 3)[3].lstrip("/"), asked.code)
