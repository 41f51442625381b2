"""Makes packs: has the app's own views render every page of a language, and folds what they say.

One generation of content at a time: pages of two generations never meet in a pack.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response

from webapp import two_languages
from webapp.assets import Assets
from webapp.content.model import URGENT_SLUG
from webapp.i18n.locales import SOURCE, direction, language_tag, own_name
from webapp.i18n.ui import gettext as _
from webapp.i18n.ui import gettext_in
from webapp.library import Library
from webapp.localization import LIBRARY
from webapp.offline import pack, slots
from webapp.page import told_in

DATA = ("map/table.json", "map/plates.json")
"""What scripts read, below `/<l>/`; `SHARED_DATA` is the same in every language."""
SHARED_DATA = ("map/figures.json",)
SEARCH = "search/index.json"

DATE = "{date}"
"""Where the phone writes the day of its copy."""


@dataclass(frozen=True)
class Generation:
    """What was folded for one content version."""

    version: str
    common: pack.Common
    search: dict[str, Any]
    """What the French search index is built from, with texts by number."""
    headers: dict[str, str]
    """Headers of every page: they travel with the pages, so that a page always meets its own policy."""


class Packs:
    """The packs of the newest content, made when first asked for."""

    def __init__(self, app: Flask, assets: Assets) -> None:
        self._app = app
        self._assets = assets
        self._lock = threading.Lock()
        self._newest: Generation | None = None

    def common(self, library: Library) -> dict[str, Any]:
        """Return what all packs share, ready for JSON."""
        found = self._generation(library)
        return {
            "version": found.version,
            "headers": found.headers,
            "parts": list(found.common.parts),
            "pages": found.common.pages,
            "data": {SEARCH: found.search, **{path: self._data(library, f"/{path}") for path in SHARED_DATA}},
            "assets": [f"/static/{name}" for name in self._assets.kept_offline],
        }

    def language(self, library: Library, locale: str) -> dict[str, Any]:
        """Return the pack of a language, ready for JSON."""
        found = self._generation(library)
        shared = found.common
        pages = {path: self._page(library, locale, path)[0] for path in paths(library, locale)}
        tag = language_tag(locale)
        data = {path: self._data(library, f"/{tag}/{path}") for path in DATA}
        with self._speaking(tag, library):
            text = _texts(library, locale)
            own = pack.fold(shared, pages, tag, library.settings.origin, text)
            texts = [text(key) for key in shared.texts]
            places = {pack.plain(html): place for place, html in enumerate(texts)}
            data[SEARCH] = _differing(pack.number_texts(library.search_data(locale), places), found.search)
            return {
                "tag": tag,
                "strings": own.strings,
                "pages": own.pages,
                "data": data,
                "texts": texts,
                "say": says(),
            }

    def _generation(self, library: Library) -> Generation:
        with self._lock:
            if self._newest is None or self._newest.version != library.version:
                version = library.version
                rendered = {path: self._page(library, SOURCE, path) for path in paths(library, SOURCE)}
                common = pack.fold_french(
                    {p: html for p, (html, _) in rendered.items()}, library.settings.origin
                )
                headers = rendered[""][1]
                with self._speaking(language_tag(SOURCE), library):
                    text = _texts(library, SOURCE)
                    places = {pack.plain(text(key)): place for key, place in common.texts.items()}
                search = pack.number_texts(library.search_data(SOURCE), places)
                self._newest = Generation(version, common, search, headers)
            return self._newest

    @contextmanager
    def _speaking(self, tag: str, library: Library) -> Iterator[None]:
        """Make UI strings and addresses those of a language."""
        with _asking(self._app, library, f"/{tag}/"):
            self._app.preprocess_request()
            yield

    def _page(self, library: Library, locale: str, path: str) -> tuple[str, dict[str, str]]:
        """Return a page with slots, and its headers."""
        if path.endswith("with/"):
            path += f"{language_tag(next(other for other in library.offered if other != locale))}/"
        response = answer(self._app, library, f"/{language_tag(locale)}/{path}", slots.KEY)
        own = ("Content-Length", "Content-Language", "X-Content-Version")
        return response.get_data(as_text=True), {k: v for k, v in response.headers if k not in own}

    def _data(self, library: Library, path: str) -> Any:
        return json.loads(answer(self._app, library, path).get_data())


def answer(app: Flask, library: Library, path: str, *marks: str, status: int = 200) -> Response:
    """Return the app's own answer to a request that carries `marks`, past the layer that keeps responses.

    :raises RuntimeError: when it answers with another status.
    """
    with _asking(app, library, path, *marks):
        response = app.full_dispatch_request()
    if response.status_code != status:
        raise RuntimeError(f"{path} answered {response.status_code}")
    return response


@contextmanager
def _asking(app: Flask, library: Library, path: str, *marks: str) -> Iterator[None]:
    """Be a request of one generation of content that carries `marks`."""
    environ = {LIBRARY: library, **dict.fromkeys(marks, True)}
    # A context of its own: what the request that asks for the pack has in `g` is not this page's.
    with app.app_context(), app.test_request_context(path, environ_overrides=environ):
        yield


def _texts(library: Library, locale: str) -> Callable[[str], str]:
    """Return what says the text of a slot in `locale`."""
    localizer = library.localizer(locale)
    messages = {message.key: message for message in library.store.messages()}
    own = {slots.TAG: language_tag(locale), slots.DIRECTION: direction(locale), slots.NAME: own_name(locale)}

    def text(key: str) -> str:
        if key in own:
            return own[key]
        if key.startswith(two_languages.UI):
            return str(gettext_in(locale, key.removeprefix(two_languages.UI)))
        found = localizer.message(messages[key])
        return str(told_in(locale, found))

    return text


def _differing(data: dict[str, Any], french: dict[str, Any]) -> dict[str, Any]:
    """Return what a language's search data say otherwise than the French ones; texts have the same numbers."""
    pairs = zip(data["cards"], french["cards"], strict=True)
    cards = [{key: value for key, value in own.items() if value != theirs.get(key)} for own, theirs in pairs]
    return {**data, "cards": cards}


def paths(library: Library, locale: str) -> list[str]:
    """Return every page of a language that has no query, below `/<l>/`.

    `…/with/` stands for the two-language pages: their second language is a slot.
    """
    cards = [f"cards/{entry.slug}/" for entry in library.store.entries() if entry.slug != URGENT_SLUG]
    pairs = [f"{card}with/" for card in (*cards, "urgent/")]
    return [
        "",
        "map/",
        "cards/",
        *cards,
        "urgent/",
        *pairs,
        "note/",
        "search/",
        "languages/",
        "legal/",
        "offline/",
    ]


def says() -> dict[str, str]:
    """Return what the worker and the page's script say, in the language of the request."""
    return {
        "copy": _("Copie gardée sur ce téléphone, du %(date)s.", date=DATE),
        "slow": _("Le réseau est lent. Voici la copie du %(date)s.", date=DATE),
        "trouble": _("Le site ne répond pas bien. Voici la copie du %(date)s.", date=DATE),
        "old": _(
            "Cette copie date du %(date)s, il y a plus de 30 jours. Connectez-vous dès que possible pour la mettre à jour.",
            date=DATE,
        ),
        "newer": _(
            "Une version plus récente existe. Elle n’a pas encore pu être enregistrée. Copie du %(date)s.",
            date=DATE,
        ),
        "missing": _("Cette page n’est pas gardée sur ce téléphone. Connectez-vous pour la lire."),
        "quota": _(
            "Il n’y a plus assez de place sur ce téléphone pour garder une copie. Le site marche en ligne."
        ),
        "update": _("Une nouvelle version est prête."),
        "reload": _("Recharger"),
        "ios": _(
            "Pour garder Repère sur cet iPhone : touchez le bouton de partage, puis « Sur l’écran d’accueil »."
        ),
        "close": _("Fermer"),
    }
