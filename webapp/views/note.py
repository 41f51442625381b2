"""The note for a clinician: what the reader ticked and wrote, said in two languages, and nothing else.

Nothing is interpreted, added up or kept. The phone makes the sheet out of the form's page (`static/note.js`);
without script the form is sent, and the answer is the same sheet, stored nowhere.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from babel.dates import format_date
from flask import Blueprint, Response, abort, g, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from webapp import figure
from webapp.content.localize import LocalizedSign, Text
from webapp.content.model import N_
from webapp.content.places import Place
from webapp.figure import Mosaic
from webapp.i18n.locales import SOURCE, babel_locale, language_tag
from webapp.i18n.ui import gettext as _
from webapp.page import emergency, has_slots, library, localizer, page, show, told
from webapp.two_languages import Pair, begin, seconds, vocabulary

blueprint = Blueprint("note", __name__)

MOST_BYTES = 16_384
"""Of a form that is sent: every box ticked and both texts full in a script of three bytes is 14 kB."""
MOST_CHARACTERS = 600
VIEWS = ("front", "back")
"""Views of the small figure: all places but the soles of the feet, which would take the page over 20 kB."""


@dataclass(frozen=True, slots=True)
class Question:
    """One group of statements: the reader ticks those that are true."""

    name: str
    title: str
    choices: Mapping[str, str]
    """Value in the form -> the statement, in French."""
    has_one_answer: bool = False


QUESTIONS = (
    Question(
        "since",
        N_("Depuis quand"),
        {
            "today": N_("J’ai mal depuis aujourd’hui."),
            "days": N_("J’ai mal depuis quelques jours."),
            "weeks": N_("J’ai mal depuis quelques semaines."),
            "months": N_("J’ai mal depuis quelques mois."),
            "years": N_("J’ai mal depuis plus d’un an."),
        },
        has_one_answer=True,
    ),
    Question("course", N_("Au fil du temps"), {"comes": N_("La douleur va et vient.")}),
    Question(
        "began",
        N_("Comment cela a commencé"),
        {
            "sudden": N_("La douleur a commencé d’un coup."),
            "slow": N_("La douleur est venue peu à peu."),
            "fall": N_("La douleur a commencé après une chute ou un coup."),
            "effort": N_("La douleur a commencé après un effort."),
            "unknown": N_("Je ne sais pas comment la douleur a commencé."),
        },
        has_one_answer=True,
    ),
    Question(
        "feels",
        N_("Ce que je ressens"),
        {
            "shocks": N_("Je sens comme des décharges électriques."),
            "burning": N_("Je sens une brûlure."),
            "ache": N_("Je sens une douleur sourde et profonde."),
            "throbbing": N_("Je sens des battements dans la douleur."),
            "cramp": N_("Je sens comme une crampe."),
            "pins": N_("J’ai des fourmillements."),
            "numb": N_("Un endroit est engourdi : je le sens moins bien."),
            "weak": N_("Ma jambe a moins de force."),
            "stiff": N_("Je me sens raide."),
        },
    ),
    Question(
        "worse",
        N_("Ce qui augmente la douleur"),
        {
            "sit": N_("J’ai plus mal assis."),
            "stand": N_("J’ai plus mal debout."),
            "walk": N_("J’ai plus mal quand je marche."),
            "lie": N_("J’ai plus mal couché sur ce côté."),
            "stairs": N_("J’ai plus mal dans les escaliers."),
            "bend": N_("J’ai plus mal quand je me penche."),
            "cough": N_("J’ai plus mal quand je tousse ou éternue."),
            "night": N_("J’ai plus mal la nuit."),
            "cold": N_("J’ai plus mal au froid."),
        },
    ),
    Question(
        "better",
        N_("Ce qui soulage la douleur"),
        {
            "rest": N_("Le repos me soulage."),
            "movement": N_("Bouger me soulage."),
            "sit": N_("M’asseoir me soulage."),
            "lie": N_("M’allonger me soulage."),
            "bend": N_("Me pencher en avant me soulage."),
            "warmth": N_("La chaleur me soulage."),
            "cold": N_("Le froid me soulage."),
            "nothing": N_("Rien ne me soulage."),
        },
    ),
)
TEXTS = {
    "medicines": N_("Les médicaments que je prends"),
    "illnesses": N_("Mes maladies, opérations et allergies"),
}
"""What the reader says in their own words."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form says: ticked values by name, and own words."""

    ticked: Mapping[str, frozenset[str]]
    texts: Mapping[str, str]

    def has(self, name: str, value: str) -> bool:
        """Tell whether a box is ticked."""
        return value in self.ticked.get(name, ())


@dataclass(frozen=True, slots=True)
class Sheet:
    """The note itself. In a page to be filled on the phone it holds every statement there is."""

    places: tuple[tuple[str, Text], ...]
    figures: tuple[Mosaic, ...]
    marked: frozenset[str]
    """Places chosen, marked on the figures."""
    questions: tuple[Question, ...]
    """With the choices that were made."""
    texts: tuple[tuple[str, str, str], ...]
    """(name, title, own words)"""
    signs: tuple[LocalizedSign, ...]
    date: str = ""
    """ISO 8601; empty when the phone writes it."""


@blueprint.get("/<locale:locale>/note/")
def show_note(locale: str) -> Response:
    """Show the form; `zone` ticks places, `with` is the clinician's language, French if none is named."""
    if set(request.args) - {"zone", "with"} or len(request.args.getlist("zone")) > len(
        library().places.by_id
    ):
        abort(404)
    try:
        chosen = library().places.choose(request.args.getlist("zone"))
    except KeyError:
        abort(404)
    second = _second(request.args.get("with"))
    if second is None:
        abort(404)
    return _show(second, Filled({"zone": frozenset(place.id for place in chosen)}, {}))


@blueprint.post("/<locale:locale>/note/")
def show_sheet(locale: str) -> Response:
    """Answer a form with its sheet, for browsers without script; what nobody could tick is left out.

    No token against forged requests: there is no account, no cookie and nothing that a request changes,
    so another site that sends this form gets nothing and does nothing.
    """
    request.max_content_length = MOST_BYTES
    filled = _read(request.form)
    response = _show(_second(request.form.get("with")) or SOURCE, filled, sheet_of(filled))
    response.headers["Cache-Control"] = "no-store"
    del response.headers["ETag"]
    return response


def sheet_of(filled: Filled | None = None) -> Sheet:
    """Return the sheet of a filled form, dated today; without one, the sheet with everything a form may say."""

    def said(name: str, value: str) -> bool:
        return filled is None or filled.has(name, value)

    places = [place for id_, place in library().places.by_id.items() if said("zone", id_)]
    marked = filled.ticked.get("zone", frozenset()) if filled else frozenset()
    questions = (
        replace(question, choices={v: text for v, text in question.choices.items() if said(question.name, v)})
        for question in QUESTIONS
    )
    own = filled.texts if filled else dict.fromkeys(TEXTS, "")
    return Sheet(
        places=tuple(map(_named, places)),
        figures=tuple(
            drawing
            for drawing in (figure.mosaic(figure.load_geometry(), view) for view in VIEWS)
            if filled is None or any(piece.place in marked for piece in drawing.pieces)
        ),
        marked=marked,
        questions=tuple(question for question in questions if question.choices),
        texts=tuple((name, title, own[name]) for name, title in TEXTS.items() if name in own),
        signs=tuple(sign for sign in _signs() if said("sign", sign.key)),
        date=dt.datetime.now().astimezone().date().isoformat() if filled else "",
    )


def _show(second: str, filled: Filled, sheet: Sheet | None = None) -> Response:
    is_pair = second != g.locale or has_slots()
    groups = tuple(
        (
            localizer().text(f"region/{region.id}/label", region.label),
            tuple(_named(p) for p in library().places.by_id.values() if p.zone.region == region.id),
        )
        for region in library().store.regions()
    )
    here = url_for("note.show_note", locale=g.locale)
    zones = sorted(filled.ticked.get("zone", ()))
    return show(
        "note/note.html",
        replace(
            page(
                _("Note pour un soignant"),
                "note.show_note",
                tab="note",
                scripts=("note.js",),
                description=_(
                    "Ce que vous ressentez, sur une page, dans votre langue et dans celle du soignant."
                ),
            ),
            here=here,
        ),
        emergency=emergency(localizer().first_signs()),
        is_pair=is_pair,
        filled=filled,
        sheet=sheet,
        whole=None if sheet else sheet_of(),
        groups=groups,
        chosen=tuple(name for _label, places in groups for name in places if filled.has("zone", name[0])),
        questions=QUESTIONS,
        texts=TEXTS,
        most=MOST_CHARACTERS,
        signs=_signs(),
        firsts={sign.key for sign in localizer().first_signs()},
        seconds=seconds(),
        zones=url_for("note.show_note", locale=g.locale, zone=zones).partition("?")[2],
        map_address=url_for("map.show_map", locale=g.locale, zone=zones),
        date_in=lambda locale: (
            format_date(dt.date.fromisoformat(sheet.date), "long", babel_locale(locale))
            if sheet and sheet.date
            else ""
        ),
        **(_pair(second) if is_pair else _single()),
    )


def _pair(second: str) -> dict[str, Any]:
    twin = begin(second)
    named = [twin.zone_name(place.zone, place.side) for place in library().places.by_id.values()]
    return {**vocabulary(twin.signs(), named), "second": second}


def _single() -> dict[str, Any]:
    return {
        "pair": lambda message: Pair(_(message), Markup()),
        "of": lambda text: Pair(told(text), Markup()),
        "second": "",
    }


def _named(place: Place) -> tuple[str, Text]:
    return place.id, localizer().zone_name(place.zone, place.side)


def _signs() -> tuple[LocalizedSign, ...]:
    """Return the signs a reader may tick: those that need a call or a doctor the same day."""
    return tuple(sign for sign in localizer().signs().values() if sign.urgency in ("U0", "U1"))


def _second(tag: str | None) -> str | None:
    """Return the locale of a tag, French without one, nothing for a language that is not offered."""
    return {language_tag(locale): locale for locale in library().offered}.get(tag or language_tag(SOURCE))


def _read(form: MultiDict[str, str]) -> Filled:
    """Return what a form says of what it may say."""
    allowed = {question.name: frozenset(question.choices) for question in QUESTIONS}
    allowed["zone"] = frozenset(library().places.by_id)
    allowed["sign"] = frozenset(sign.key for sign in _signs())
    ticked = {name: frozenset(form.getlist(name)) & values for name, values in allowed.items()}
    for question in QUESTIONS:
        if question.has_one_answer:
            ticked[question.name] = frozenset(sorted(ticked[question.name])[:1])
    texts = {name: text for name in TEXTS if (text := _own_words(form.get(name, "")))}
    return Filled(ticked, texts)


def _own_words(text: str) -> str:
    """Return a text as typed, without what is no character: controls, private use, halves of pairs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Co", "Cs"))
    return kept[:MOST_CHARACTERS].strip()
