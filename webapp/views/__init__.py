"""One blueprint per kind of page; thin: they know HTTP and leave content to `webapp.content`."""

from __future__ import annotations

from flask import Flask

from webapp.views import (
    about,
    body_map,
    cards,
    errors,
    home,
    machines,
    map_tables,
    note,
    offline,
    quality,
    search,
    sheets,
    two,
    urgent,
)


def init_app(app: Flask) -> None:
    """Register every page and every error page."""
    for module in (
        home,
        body_map,
        map_tables,
        cards,
        search,
        sheets,
        urgent,
        two,
        note,
        about,
        quality,
        offline,
        machines,
    ):
        app.register_blueprint(module.blueprint)
    errors.init_app(app)
