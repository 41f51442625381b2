"""The printed sheet of a card: what stands at its foot, and what its code says when scanned years later.

The code leads to the page's own address with `?v=<version>-<wording>`. The version counts published French
texts; the wording, six hexadecimal digits, also tells a mended translation and a changed danger sign, which
no version of the card counts. A bare `?v=<version>` is judged by the version alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import segno
from flask import Blueprint, Response, abort, request
from flask_babel import format_date

from webapp.content.localize import LocalizedCard, Text
from webapp.content.model import URGENT_SLUG
from webapp.i18n.ui import gettext as _
from webapp.page import absolute, card_address, library, localizer
from webapp.responses import KEEP

blueprint = Blueprint("sheets", __name__)

_MARK = re.compile(r"([1-9][0-9]{0,5})(?:-([0-9a-f]{6}))?")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page says of itself on paper."""

    version: int
    changed: str
    """When that version was published."""
    address: str
    """To be typed: without its scheme."""
    code: str
    """Address of the QR code; empty without a public origin, for a phone could not follow it."""
    said: str
    """Whether the sheet whose code led here is still right; empty when no code did."""


def sheet_of(card: LocalizedCard) -> Sheet:
    """Return what the page of `card` says on paper, and of the paper that led to it."""
    versions = library().store.versions(card.card.slug)
    address = card_address(card.card.slug)
    return Sheet(
        version=len(versions),
        changed=_day(versions[-1]),
        address=absolute(address).partition("://")[2] or address,
        code=f"{address}qr.svg" if library().settings.origin else "",
        said=_said(request.args.get("v", ""), versions, _wording(card)),
    )


@blueprint.get("/<locale:locale>/urgent/qr.svg")
def show_urgent_code(locale: str) -> Response:
    """Send the QR code of the sheet of danger signs."""
    return _code(URGENT_SLUG)


@blueprint.get("/<locale:locale>/cards/<slug>/qr.svg")
def show_code(locale: str, slug: str) -> Response:
    """Send the QR code of a card's sheet."""
    if slug == URGENT_SLUG:
        abort(404)
    return _code(slug)


def _code(slug: str) -> Response:
    store = library().store
    card = store.card(slug)
    if card is None or not library().settings.origin:
        abort(410 if store.is_withdrawn(slug) else 404)
    mark = f"{len(store.versions(slug))}-{_wording(localizer().card(card))}"
    picture = io.BytesIO()
    segno.make_qr(f"{absolute(card_address(slug))}?v={mark}").save(
        picture, kind="svg", xmldecl=False, omitsize=True, svgclass=None, lineclass=None, light="#fff"
    )
    response = Response(picture.getvalue(), mimetype="image/svg+xml")
    response.headers["X-Content-Version"] = library().version
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(mark)
    if not request.query_string:
        request.environ[KEEP] = "page"
    return response


def _said(asked: str, versions: tuple[str, ...], wording: str) -> str:
    found = _MARK.fullmatch(asked)
    number = int(found[1]) if found else 0
    if not found or number > len(versions):
        return ""
    then = versions[number - 1]
    if number < len(versions):
        return _(
            "Votre feuille a été imprimée à partir de la version du %(then)s. Le texte a changé depuis, le %(now)s.",
            then=_day(then),
            now=_day(versions[-1]),
        )
    if found[2] not in (None, wording):
        return _(
            "Votre feuille a été imprimée à partir de la version du %(then)s. Des phrases ont changé depuis : lisez plutôt cette page.",
            then=_day(then),
        )
    return _("Votre feuille est à jour.")


def _wording(card: LocalizedCard) -> str:
    """Return what identifies every sentence of the card as this language's readers see it."""
    texts = "\n".join(f"{text.text}\n{text.french}" for text in _texts(card))
    return hashlib.sha256(texts.encode()).hexdigest()[:6]


def _texts(card: LocalizedCard) -> Iterator[Text]:
    yield card.title
    for sign in card.signs or localizer().first_signs():
        yield sign.sign
    for blocks in card.sections.values():
        yield from (block.text for block in blocks)
    for word in card.words:
        yield from (word.name, word.meaning)


def _day(time: str) -> str:
    day: str = format_date(dt.datetime.fromisoformat(time).date(), "long")
    return day
