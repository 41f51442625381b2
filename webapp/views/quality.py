"""The audit, in public: what a program confirms of each card, what a person signed, what is open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response
from flask_babel import format_date
from markupsafe import Markup

from webapp.content import audit
from webapp.content.audit import CHECKLISTS, POINTS, Checklist, Finding
from webapp.content.localize import Text
from webapp.content.model import N_, Card
from webapp.i18n.locales import SOURCE
from webapp.i18n.ui import gettext as _
from webapp.page import library, localizer, page, show

blueprint = Blueprint("quality", __name__)

STATES: dict[audit.State, str] = {
    "open": N_("Pas confirmé"),
    "signed": N_("Signé par une personne"),
    "confirmed": N_("Confirmé par le programme"),
}
"""In the order of the page: what is missing first."""


@dataclass(frozen=True, slots=True)
class PointView:
    """One point with what was seen."""

    name: Markup
    counted: Markup | str
    said: tuple[Markup | str, ...]
    """Dates, settings, who signed."""
    quoted: Text | None


@dataclass(frozen=True, slots=True)
class CardAudit:
    """One card with its points, by state."""

    slug: str
    title: Text
    groups: tuple[tuple[Markup, tuple[PointView, ...]], ...]


@blueprint.get("/<locale:locale>/about/quality/")
def show_quality(locale: str) -> Response:
    """Show every point of every card; a list, never a mark."""
    found = library()
    today = dt.datetime.now(dt.UTC).date()
    settings = found.settings
    cards = tuple(found.store.cards())
    site = audit.audit_site(
        found.store.countries(),
        publisher=settings.publisher,
        funding=settings.funding,
        contact=settings.contact,
    )
    audits = [
        CardAudit(
            card.slug,
            localizer().text(f"{card.slug}/title", card.title, is_safety=card.is_safety),
            _by_state(audit.audit_card(found.store, card, today, found.signed, found.offered), card),
        )
        for card in cards
    ]
    return show(
        "about/quality.html",
        page(
            _("Ce qui est vérifié, fiche par fiche"),
            "quality.show_quality",
            scripts=("audit.js",),
            description=_("Ce qu’un programme a vérifié, ce qu’une personne a signé, ce qui manque encore."),
        ),
        states=STATES,
        site=_by_state(site),
        audits=audits,
        signed=sum(bool(found.signed(card, SOURCE)) for card in cards),
        checklists=[(checklist, _asked_by(checklist)) for checklist in CHECKLISTS],
    )


def _by_state(
    findings: list[Finding], card: Card | None = None
) -> tuple[tuple[Markup, tuple[PointView, ...]], ...]:
    order = list(STATES)
    found = sorted(findings, key=lambda finding: order.index(finding.state))
    return tuple(
        (_(STATES[state]), tuple(_view(finding, card) for finding in group))
        for state, group in groupby(found, lambda finding: finding.state)
    )


def _view(finding: Finding, card: Card | None) -> PointView:
    counted: Markup | str = "" if finding.count is None else str(finding.count)
    if finding.total is not None:
        counted = _("%(count)s sur %(total)s", count=finding.count, total=finding.total)
        counted = counted.replace(" ", "\u00a0")  # stays on one line
    said: list[Markup | str] = [finding.text] if finding.text else []
    if finding.point == "dates" and card:
        state = library().store.state(card.slug)
        said.append(
            _(
                "Version %(version)s, du %(date)s. Prochaine relecture : %(due)s.",
                version=state.version,
                date=format_date(dt.datetime.fromisoformat(state.changed).date(), "long"),
                due=format_date(card.review_due, "MMMM y"),
            )
        )
    said += [f"{review.by}, {review.role}, {review.date}" for review in finding.signed]
    quoted = None
    if finding.block:
        slug, block = finding.block
        quoted = localizer().text(f"{slug}/{block.key}", block.text, is_safety=block.is_safety)
    return PointView(_(finding.name), counted, tuple(said), quoted)


def _asked_by(checklist: Checklist) -> tuple[Markup, ...]:
    return tuple(_(point.name) for point in POINTS.values() if checklist.name in point.asked_by)
