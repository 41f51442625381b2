"""All danger signs, and the emergency numbers of each country."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, abort, request
from flask_babel import format_date
from markupsafe import Markup

from webapp.content.localize import LocalizedBlock, LocalizedCard, LocalizedSign, Text
from webapp.content.model import N_, SECTIONS, URGENT_SLUG, Country, Source
from webapp.i18n.locales import babel_locale
from webapp.i18n.ui import gettext as _
from webapp.page import Emergency, emergency, library, localizer, page, plain_words, show
from webapp.two_languages import seconds
from webapp.views.sheets import sheet_of

blueprint = Blueprint("urgent", __name__)

STATUS = {
    "official": N_("Source officielle"),
    "secondary": N_("Source secondaire"),
    "conflicting": N_("À confirmer sur place"),
}


@dataclass(frozen=True, slots=True)
class CountryView:
    """One row of the numbers."""

    code: str
    name: str
    number: str
    others: tuple[str, ...]
    note: Text | None
    deaf: Text | None
    status: str
    status_text: str
    read: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class SignGroup:
    """Signs of one urgency with the action that is their title."""

    urgency: str
    title: Markup
    signs: tuple[LocalizedSign, ...]


@blueprint.get("/<locale:locale>/urgent/")
def show_urgent(locale: str) -> Response:
    """Show every sign by urgency, what to do meanwhile, and the numbers."""
    card = library().store.card(URGENT_SLUG)
    if card is None:
        abort(404)
    localized: LocalizedCard = localizer().card(card)
    signs = tuple(localizer().signs().values())
    titles = {section: _(heading) for section, heading in SECTIONS["urgent"].items()}
    block: Emergency = emergency(tuple(sign for sign in signs if sign.urgency == "U0"))
    waiting: tuple[LocalizedBlock, ...] = localized.sections["while-waiting"]
    return show(
        "urgent.html",
        page(
            plain_words(localized.title),
            "urgent.show_urgent",
            tab="urgent",
            is_indexed="v" not in request.args,
            description=plain_words(localized.summary),
        ),
        card=localized,
        sheet=sheet_of(localized),
        emergency=block,
        call_now=titles["call-now"],
        groups=sign_groups(signs),
        waiting=(titles["while-waiting"], waiting),
        meaning=(titles["meaning"], localized.sections["meaning"]),
        countries=tuple(map(_country, library().store.countries())),
        seconds=seconds(),
    )


def sign_groups(signs: tuple[LocalizedSign, ...], say: Callable[[str], Markup] = _) -> tuple[SignGroup, ...]:
    """Return the signs that are no reason to call at once, soonest first; `say` gives their titles."""
    titles = SECTIONS["urgent"]
    return tuple(
        SignGroup(urgency, say(titles[section]), tuple(sign for sign in signs if sign.urgency == urgency))
        for urgency, section in (("U1", "today"), ("U2", "days"), ("U3", "ordinary"))
    )


def _country(country: Country) -> CountryView:
    def optional(name: str) -> Text | None:
        french = getattr(country, name)
        return localizer().text(f"country/{country.code}/{name}", french, is_safety=True) if french else None

    territories = babel_locale(localizer().locale).territories
    return CountryView(
        code=country.code,
        name=territories.get(country.code, country.code),
        number=country.number,
        others=country.others,
        note=optional("note"),
        deaf=optional("deaf"),
        status=country.status,
        status_text=_(STATUS[country.status]),
        read=format_date(country.read, "long") if country.read else "",
        sources=library().store.sources(country.sources),
    )
