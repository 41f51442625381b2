"""What Repère is, in which languages, and who answers for it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, g, request, url_for

from webapp.i18n.locales import SOURCE, direction, language_tag, name_in, own_name
from webapp.i18n.ui import gettext as _
from webapp.page import library, page, show

blueprint = Blueprint("about", __name__)


@dataclass(frozen=True, slots=True)
class Language:
    """One row of the language list."""

    tag: str
    direction: str
    own_name: str
    name: str
    """In the reader's language."""
    address: str
    is_current: bool
    is_source: bool
    current: int
    total: int
    signed_cards: int
    cards: int

    @property
    def is_complete(self) -> bool:
        """Whether every text is current."""
        return self.current == self.total


@blueprint.get("/<locale:locale>/about/")
def show_about(locale: str) -> Response:
    """Say what Repère is for, where its facts come from, what it keeps, how to report an error."""
    cards = library().store.entries()
    return show(
        "about/about.html",
        page(
            _("À propos de Repère"),
            "about.show_about",
            description=_("Ce que Repère fait, ne fait pas, et d’où viennent ses textes."),
        ),
        sources=[source for source in library().store.sources() if source.key != "editor"],
        card_count=len(cards),
        signed=library().signed_cards(SOURCE),
    )


@blueprint.get("/<locale:locale>/legal/")
def show_legal(locale: str) -> Response:
    """Show the legal notice: who publishes, hosts and answers."""
    return show("about/legal.html", page(_("Mentions légales"), "about.show_legal"))


@blueprint.get("/<locale:locale>/languages/")
def show_languages(locale: str) -> Response:
    """List every offered language with its honest state; `from` keeps the page the reader came from."""
    back = request.args.get("from", "")
    languages = [_language(offered, back) for offered in library().offered]
    preparing = [own_name(locale_) for locale_ in library().locales if locale_ not in library().offered]
    return show(
        "about/languages.html",
        page(_("Langues"), "about.show_languages"),
        languages=languages,
        preparing=preparing,
    )


def _language(locale: str, back: str) -> Language:
    current, total = library().progress(locale)
    return Language(
        tag=language_tag(locale),
        direction=direction(locale),
        own_name=own_name(locale),
        name=name_in(locale, g.locale),
        address=_same_page(locale, back),
        is_current=locale == g.locale,
        is_source=locale == SOURCE,
        current=current,
        total=total,
        signed_cards=library().signed_cards(locale),
        cards=len(library().store.entries()),
    )


def _same_page(locale: str, back: str) -> str:
    """Return the address of the page the reader came from, in another language.

    Only a path below a language is taken over, so nobody can be sent elsewhere.
    """
    home = url_for("home.show_home", locale=locale)
    for known in library().locales:
        prefix = f"/{language_tag(known)}/"
        if back.startswith(prefix) and not back.startswith("//") and "\\" not in back:
            return home + quote(back.removeprefix(prefix), safe="/?&=%")
    return home
