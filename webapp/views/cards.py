"""The card index and the cards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from flask_babel import format_date
from markupsafe import Markup

from webapp import figure
from webapp.content.localize import LocalizedBlock, LocalizedCard, LocalizedEntry
from webapp.content.model import N_, SECTIONS, URGENT_SLUG, CardState, Review
from webapp.figure import MiniFigure
from webapp.i18n.locales import SOURCE
from webapp.i18n.ui import gettext as _
from webapp.page import emergency, library, localizer, page, plain_words, show
from webapp.two_languages import seconds
from webapp.views import plates, sheets

blueprint = Blueprint("cards", __name__)

GROUPS = {
    "emergency": N_("À écarter d’abord"),
    "condition": N_("Les causes possibles d’une douleur"),
    "anatomy": N_("Comprendre le corps"),
    "guide": N_("Que faire"),
}
"""Kinds of cards in the order of the index."""

ACTIONS = {
    "U0": N_("Appelez tout de suite"),
    "U1": N_("Voyez un médecin aujourd’hui"),
    "U2": N_("Rendez-vous sous quelques jours"),
    "U3": N_("Rendez-vous ordinaire"),
}


@dataclass(frozen=True, slots=True)
class CardGroup:
    """One heading of the index with its cards."""

    title: str
    cards: tuple[LocalizedEntry, ...]


@dataclass(frozen=True, slots=True)
class ReviewState:
    """Who has read this text, and when it is due again."""

    clinicians: tuple[Review, ...]
    """Sign-offs of exactly this French text."""
    translators: tuple[Review, ...]
    is_translation: bool
    version: int
    changed: str
    due: str
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Option:
    """A treatment with what it brings and what it risks."""

    name: LocalizedBlock
    benefit: LocalizedBlock
    risk: LocalizedBlock


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section, its blocks sorted by how they are shown."""

    key: str
    heading: Markup
    runs: tuple[tuple[LocalizedBlock, ...], ...] = ()
    """Neighbouring blocks of one form: a list, some paragraphs, or a sub-heading."""
    worse: tuple[LocalizedBlock, ...] = ()
    better: tuple[LocalizedBlock, ...] = ()
    options: tuple[Option, ...] = ()
    when: tuple[tuple[str, Markup, tuple[LocalizedBlock, ...]], ...] = ()
    """(urgency, what to do, signs), most urgent first."""


@blueprint.get("/<locale:locale>/cards/")
def show_index(locale: str) -> Response:
    """Show every card by kind, in the editors' order."""
    entries = library().store.entries()
    groups = [
        CardGroup(_(title), tuple(localizer().entry(e) for e in entries if e.kind == kind))
        for kind, title in GROUPS.items()
    ]
    return show(
        "cards/index.html",
        page(
            _("Toutes les fiches"),
            "cards.show_index",
            tab="cards",
            description=_("Sciatique et douleurs de hanche, fiche par fiche."),
        ),
        emergency=emergency(localizer().first_signs()),
        groups=[group for group in groups if group.cards],
    )


@blueprint.get("/<locale:locale>/cards/<slug>/")
def show_card(locale: str, slug: str) -> Response:
    """Show one card; the danger signs moved to /urgent/, a withdrawn card is gone."""
    if slug == URGENT_SLUG:
        return redirect(url_for("urgent.show_urgent", locale=g.locale), 301)  # type: ignore[return-value]
    store = library().store
    card = store.card(slug)
    if card is None:
        abort(410 if store.is_withdrawn(slug) else 404)
    localized = localizer().card(card)
    return show(
        "cards/card.html",
        page(
            plain_words(localized.title),
            "cards.show_card",
            tab="cards",
            slug=slug,
            is_indexed="v" not in request.args,
            description=plain_words(localized.summary),
        ),
        card=localized,
        emergency=emergency(localized.signs or localizer().first_signs()),
        sections=tuple(
            section_view(key, SECTIONS[card.kind][key], blocks) for key, blocks in localized.sections.items()
        ),
        minis=mini_figures(localized),
        plate=plates.plate_of(slug),
        review=review_state(localized, store.state(slug)),
        seconds=seconds(),
        sheet=sheets.sheet_of(localized),
    )


def section_view(
    key: str, heading: str, blocks: tuple[LocalizedBlock, ...], say: Callable[[str], Markup] = _
) -> SectionView:
    """Return a section as it is shown; `say` gives its UI strings in the language or languages of the page."""
    if key == "when":
        return SectionView(
            key,
            say(heading),
            when=tuple(
                (urgency, say(ACTIONS[urgency]), tuple(group))
                for urgency, group in groupby(blocks, lambda item: item.block.urgency)
            ),
        )
    options = tuple(
        Option(*blocks[place : place + 3])
        for place, item in enumerate(blocks)
        if item.block.form == "heading"
        and [b.block.role for b in blocks[place + 1 : place + 3]] == ["benefit", "risk"]
    )
    shown = {id(part) for option in options for part in (option.name, option.benefit, option.risk)}
    rest = [b for b in blocks if id(b) not in shown and b.block.role not in ("worse", "better")]
    return SectionView(
        key,
        say(heading),
        runs=tuple(tuple(run) for _form, run in groupby(rest, lambda item: item.block.form)),
        worse=tuple(b for b in blocks if b.block.role == "worse"),
        better=tuple(b for b in blocks if b.block.role == "better"),
        options=options,
    )


def mini_figures(localized: LocalizedCard) -> tuple[MiniFigure, ...]:
    """Return the small figures of where this card's subject is felt."""
    card = localized.card
    sides = ("left", "right") if card.sides == "both" else ("right",)
    geometry = figure.load_geometry()

    def places(zones: tuple[str, ...]) -> tuple[str, ...]:
        by_id = {zone.id: zone for zone in library().store.zones()}
        return tuple(
            p
            for zone in zones
            for p in ([f"{zone}-{side}" for side in sides] if by_id[zone].paired else [zone])
        )

    return figure.mini_figures(geometry, card.views, often=places(card.typical), some=places(card.possible))


def review_state(localized: LocalizedCard, state: CardState) -> ReviewState:
    """Return who has read this text in the page's language, and when it is due again."""
    due = localized.card.review_due
    found = library()
    return ReviewState(
        clinicians=found.signed(localized.card, SOURCE),
        translators=() if g.locale == SOURCE else found.signed(localized.card, g.locale),
        is_translation=g.locale != SOURCE,
        version=state.version,
        changed=format_date(dt.datetime.fromisoformat(state.changed).date(), "long") if state.changed else "",
        due=format_date(due, "MMMM y"),
        is_overdue=due < dt.datetime.now(dt.UTC).date(),
    )
