"""Repère: understanding pain in the hip, the buttock or the leg. The application factory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from webapp.settings import Settings

__version__ = "0.1.0"


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application over the content that `settings` name.

    :raises webapp.content.model.ContentError: when store or catalogs cannot be served; one line says why.
    """
    # Imported here so that commands which only touch content do not load Flask.
    from flask import Flask

    from webapp import localization, page, security, views
    from webapp.assets import Assets, code_fingerprint
    from webapp.library import Shelf
    from webapp.packs import Packs
    from webapp.responses import ResponseLayer
    from webapp.settings import Settings

    settings = settings or Settings.from_environ()
    app = Flask(__name__, static_folder=None)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.url_map.strict_slashes = True
    assets = Assets(for_translators=settings.translator)
    shelf = Shelf(settings, assets.fingerprint + code_fingerprint(), app.logger.error)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # packs are full of Arabic and accents
    app.extensions["repere"] = page.Extension(assets, shelf, Packs(app, assets))
    security.init_app(app, assets, is_public=settings.origin.startswith("https://"))
    localization.init_app(app, shelf)  # before the views: their addresses use its locale converter
    page.init_app(app, assets)  # after the UI strings: its macros use them
    views.init_app(app)
    app.wsgi_app = ResponseLayer(app.wsgi_app, lambda: shelf.current().version)  # type: ignore[method-assign]
    return app
