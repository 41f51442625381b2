"""Cards and the danger signs in two languages at once, to read with a clinician (design, section 3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, url_for
from markupsafe import Markup

from webapp.content.localize import LocalizedBlock, LocalizedCard, Localizer
from webapp.content.model import SECTIONS, URGENT_SLUG
from webapp.i18n.ui import gettext as _
from webapp.page import Page, card_address, emergency, library, localizer, page, plain_words, show
from webapp.two_languages import begin, say, second_locale, seconds, vocabulary
from webapp.views import cards, plates
from webapp.views.urgent import sign_groups

blueprint = Blueprint("two", __name__)


@blueprint.get("/<locale:locale>/cards/<slug>/with/<locale:second>/")
def show_card(locale: str, slug: str, second: str) -> Response:
    """Show one card in two languages; with itself, a language needs one page only."""
    store = library().store
    card = store.card(slug)
    if card is None:
        abort(410 if store.is_withdrawn(slug) else 404)
    if slug == URGENT_SLUG:
        return redirect(url_for("two.show_urgent", locale=g.locale, second=second), 301)  # type: ignore[return-value]
    if second == g.locale:
        return redirect(card_address(slug), 303)  # type: ignore[return-value]
    twin = beside(second)
    localized = localizer().card(card)
    return show(
        "cards/two.html",
        frame(localized, "cards.show_card", "cards", slug=slug),
        emergency=emergency(localized.signs or localizer().first_signs()),
        sections=tuple(
            cards.section_view(key, SECTIONS[card.kind][key], blocks, say)
            for key, blocks in localized.sections.items()
        ),
        minis=cards.mini_figures(localized),
        plate=plates.plate_of(slug, say),
        review=cards.review_state(localized, store.state(slug)),
        card=localized,
        **vocabulary(twin.card(card), twin.signs()),
        **ways("two.show_card", slug=slug),
    )


@blueprint.get("/<locale:locale>/urgent/with/<locale:second>/")
def show_urgent(locale: str, second: str) -> Response:
    """Show every danger sign in two languages."""
    card = library().store.card(URGENT_SLUG)
    if card is None:
        abort(404)
    if second == g.locale:
        return redirect(card_address(URGENT_SLUG), 303)  # type: ignore[return-value]
    twin = beside(second)
    localized = localizer().card(card)
    signs = tuple(localizer().signs().values())

    def section(key: str) -> tuple[Markup, tuple[LocalizedBlock, ...]]:
        heading = SECTIONS["urgent"][key]
        return say(heading), localized.sections[key]

    return show(
        "urgent_two.html",
        frame(localized, "urgent.show_urgent", "urgent"),
        emergency=emergency(tuple(sign for sign in signs if sign.urgency == "U0")),
        groups=sign_groups(signs, say),
        waiting=section("while-waiting"),
        meaning=section("meaning"),
        card=localized,
        **vocabulary(twin.card(card), twin.signs()),
        **ways("two.show_urgent"),
    )


def frame(localized: LocalizedCard, endpoint: str, tab: str, **values: Any) -> Page:
    """Return the frame of a two-language page: it points to the page in one language and is in no index."""
    found = page(plain_words(localized.title), endpoint, tab=tab, is_indexed=False, **values)
    title = _("%(title)s, en deux langues", title=found.title)
    return replace(found, title=str(title), alternates=(), here=url_for(endpoint, locale=g.locale, **values))


def beside(second: str) -> Localizer:
    """Begin a page with `second` as its other language; 404 for one that readers may not choose yet."""
    if second not in library().offered:
        abort(404)
    return begin(second)


def ways(endpoint: str, **values: Any) -> dict[str, Any]:
    """Return what leads from this pair of languages to others."""
    return {
        "seconds": seconds(),
        "swapped": url_for(endpoint, locale=second_locale(), second=g.locale, **values),
    }
