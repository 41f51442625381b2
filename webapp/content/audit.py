"""Which points of the known checklists for health information each card meets, as far as can be seen.

A program confirms what it can count or find; a person confirms by signing (`content review`); the rest
is open, and said to be. This is a list of points: no total, no score, no certificate. What no program
sees (whether a fact is true, a text fair, a drawing clear) is left to people. Nothing here blocks
publishing: that is `validate`'s.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from webapp.content import markup
from webapp.content.localize import SOURCE_LOCALE
from webapp.content.model import CLAIM_SECTIONS, N_, SECTIONS, URGENT_SLUG, Block, Card, Country, Review
from webapp.content.store import Store
from webapp.content.validate import SAFETY_SENTENCE_WORDS, sentence_lengths

State = Literal["open", "signed", "confirmed"]
Signed = Callable[[Card, str], Sequence[Review]]
"""Gives the sign-offs of a card in a locale that hold for today's words."""

EDITOR = "editor"
"""The source that says: a rule of caution of our own, read nowhere."""


@dataclass(frozen=True, slots=True)
class Checklist:
    """A published set of quality criteria, and where we read it: nothing is said of it beyond that."""

    name: str
    reference: str
    address: str = ""


_PMC = "https://www.ncbi.nlm.nih.gov/pmc/articles/"
CHECKLISTS = (
    Checklist("DISCERN", "PMC10367510", _PMC + "PMC10367510/"),
    Checklist("EQIP", "PMC10365578", _PMC + "PMC10365578/"),
    Checklist("PEMAT", "AHRQ, PMC11033604", _PMC + "PMC11033604/"),
    Checklist("HAS", "Haute Autorité de santé, 2008"),
    Checklist("JAMA", "PMC6754692", _PMC + "PMC6754692/"),
    Checklist("NHS", "nhsuk-service-manual, 2026", "https://github.com/nhsuk/nhsuk-service-manual"),
)


@dataclass(frozen=True, slots=True)
class Point:
    """One thing asked of a card or of the site."""

    name: str
    asked_by: tuple[str, ...]
    """Names of checklists."""


POINTS = {
    "danger-signs": Point(N_("Des signes d’alerte, avant tout le reste"), ("EQIP",)),
    "in-brief": Point(N_("L’essentiel en bref, au début"), ("PEMAT", "HAS")),
    "dates": Point(
        N_("Une date, et une relecture qui n’est pas en retard"), ("DISCERN", "EQIP", "HAS", "JAMA", "NHS")
    ),
    "when": Point(N_("Quand consulter, du plus urgent au moins urgent"), ("EQIP", "NHS")),
    "actions": Point(N_("Des gestes à faire soi-même"), ("PEMAT",)),
    "unknown": Point(SECTIONS["condition"]["unknown"], ("DISCERN",)),
    "questions": Point(N_("Au moins trois questions à poser"), ("DISCERN",)),
    "words": Point(N_("Des mots médicaux expliqués"), ("PEMAT",)),
    "more": Point(N_("D’autres fiches à lire"), ("DISCERN", "EQIP")),
    "sources-named": Point(N_("Chaque source a un titre et un organisme"), ("DISCERN", "EQIP", "JAMA")),
    "sources-dated": Point(N_("Chaque source a une année"), ("DISCERN",)),
    "sources-linked": Point(N_("Chaque source a une adresse où la lire"), ("DISCERN",)),
    "claims-sourced": Point(N_("Chaque explication médicale cite une source"), ("DISCERN", "JAMA")),
    "places-sourced": Point(N_("Les endroits du dessin citent une source"), ("JAMA",)),
    "places-in-words": Point(N_("Des phrases disent où cela fait mal, à côté du dessin"), ("PEMAT",)),
    "choice": Point(N_("Au moins deux choix de traitement"), ("DISCERN", "EQIP")),
    "benefit-and-risk": Point(
        N_("Chaque traitement a ses bénéfices et ses risques"), ("DISCERN", "EQIP", "HAS")
    ),
    "untreated": Point(N_("Ce qui arrive sans traitement"), ("DISCERN",)),
    "numbers": Point(N_("Pas de pourcentage, mais « 5 personnes sur 100 »"), ("EQIP", "PEMAT")),
    "sentences": Point(N_("Textes d’alerte : 20 mots au plus par phrase"), ("PEMAT",)),
    "clinician": Point(N_("Un clinicien a lu et signé ces mots exacts"), ("NHS",)),
    "translations": Point(N_("Chaque traduction proposée est lue et signée"), ("NHS",)),
    "publisher": Point(N_("L’éditeur est nommé"), ("EQIP", "NHS")),
    "funding": Point(N_("Le financement est déclaré"), ("EQIP", "JAMA")),
    "contact": Point(N_("Une adresse pour signaler une erreur"), ("EQIP",)),
    "calls-sourced": Point(N_("Chaque numéro d’urgence cite une source"), ("EQIP",)),
    "calls-dated": Point(N_("Chaque numéro d’urgence dit quand sa source a été lue"), ("EQIP",)),
}
"""In the order of the page: cards' points, then the site's (from `publisher` on)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen of one point."""

    point: str
    state: State
    count: int | None = None
    """How many were found; None where nothing is counted."""
    total: int | None = None
    """Out of how many, where each of them should."""
    text: str = ""
    """What a setting says."""
    block: tuple[str, Block] | None = None
    """The passage that was taken for it, and the card that owns it."""
    signed: tuple[Review, ...] = ()

    @property
    def name(self) -> str:
        """The point in French, for the `messages` catalog."""
        return POINTS[self.point].name


def audit_card(
    store: Store, card: Card, today: dt.date, signed: Signed, locales: Sequence[str]
) -> list[Finding]:
    """Return what can be seen of every point that applies to `card`; `locales` are those offered.

    A point about something that cards of this kind do not have is left out.
    """
    urgent = store.card(URGENT_SLUG)
    signs = {block.key: block for block in urgent.blocks if block.urgency} if urgent else {}
    # A card without signs of its own opens with the few that stand on every page.
    shown = card.signs or tuple(key for key, block in signs.items() if block.first)
    sections = {section: store.resolved(card, section) for section in SECTIONS[card.kind]}
    blocks = [block for found in sections.values() for _slug, block in found]
    return [
        _each("danger-signs", (key in signs for key in shown)),
        *_structure(store, card, sections, today),
        *_sources(store, card, sections, blocks),
        *_treatments(sections),
        *_wording([*(signs[key] for key in shown if key in signs), *blocks]),
        *_people(card, signed, locales),
    ]


def audit_site(countries: Sequence[Country], *, publisher: str, funding: str, contact: str) -> list[Finding]:
    """Return what can be seen of the points that are the same for every card."""
    said = {"publisher": publisher, "funding": funding, "contact": contact}
    return [
        *(Finding(point, "confirmed" if text else "open", text=text) for point, text in said.items()),
        _each("calls-sourced", (bool(country.sources) for country in countries)),
        _each("calls-dated", (country.read is not None for country in countries)),
    ]


_Sections = Mapping[str, list[tuple[str, Block]]]
"""Section -> its blocks, each with the slug of the card that owns it."""

_ACTIONS = {
    "condition": ("self-care",),
    "emergency": ("while-waiting",),
    "urgent": ("while-waiting",),
    "guide": ("today", "first-days", "exercises"),
}
"""Sections of each kind that say what readers can do themselves."""

_UNTREATED = re.compile(
    r"\bsans(?: \w+)? (?:traitement|opération|opérer|soin|chirurgie)|\bsans eux\b"
    r"|\bnon (?:traité|opéré|soigné)|\bpas (?:traité|opéré|soigné|remise? en place)",
    re.IGNORECASE,
)
"""Words of a passage about being left untreated; the passage is shown, so that a reader can judge."""

_OUT_OF = re.compile(
    r"\b(?:\d+|une?|deux|trois)\b(?: \w+){0,3}? sur (?:\d+|deux|trois|dix|cent)\b|\bsur 100\b", re.IGNORECASE
)
_PERCENT = re.compile(r"\d\s?%|\bpour ?cents?\b")


def _structure(store: Store, card: Card, sections: _Sections, today: dt.date) -> Iterator[Finding]:
    if "in-brief" in sections:
        yield _some("in-brief", len(sections["in-brief"]) if card.sections[:1] == ("in-brief",) else 0)
    is_dated = bool(store.state(card.slug).changed) and today <= card.review_due
    yield Finding("dates", "confirmed" if is_dated else "open")
    if "when" in sections:
        urgencies = [block.urgency for _slug, block in sections["when"]]
        yield _some("when", len(urgencies) if all(urgencies) and urgencies == sorted(urgencies) else 0)
    if actions := _ACTIONS.get(card.kind):
        texts = [block for section in actions for _slug, block in sections[section]]
        yield _some("actions", sum(block.form != "heading" for block in texts))
    if "unknown" in sections:
        yield _some("unknown", len(sections["unknown"]))
    if "questions" in sections:
        yield _some("questions", len(sections["questions"]), least=3)
    yield _some("words", len(store.terms(card.words)))
    yield _some("more", len(store.entries(card.see_also)))


def _sources(store: Store, card: Card, sections: _Sections, blocks: list[Block]) -> Iterator[Finding]:
    cited = {key for block in blocks for key in block.sources} | {*card.zone_sources}
    sources = store.sources(tuple(sorted(cited - {EDITOR})))
    yield _each("sources-named", (bool(source.organisation and source.title) for source in sources))
    yield _each("sources-dated", (bool(source.year) for source in sources))
    yield _each("sources-linked", (bool(source.url) for source in sources))
    claims = [
        block
        for block in blocks
        if (block.section in CLAIM_SECTIONS and block.form != "heading")
        or (card.kind == "urgent" and block.urgency)
    ]
    if claims:
        yield _each("claims-sourced", (not {*block.sources} <= {EDITOR} for block in claims))
    if card.views:  # the mini map is drawn
        yield _some("places-sourced", sum(key != EDITOR for key in card.zone_sources))
        yield _some("places-in-words", len(sections["where"]))


def _treatments(sections: _Sections) -> Iterator[Finding]:
    if "treatments" not in sections:
        return
    options: list[set[str]] = []
    for _slug, block in sections["treatments"]:
        if block.form == "heading":
            options.append(set())
        elif options:
            options[-1].add(block.role)
    yield _some("choice", len(options), least=2)
    yield _each("benefit-and-risk", ({"benefit", "risk"} <= roles for roles in options))
    passages = [*sections["course"], *sections["treatments"]]
    seen = next((found for found in passages if _UNTREATED.search(markup.plain(found[1].text))), None)
    yield Finding("untreated", "confirmed" if seen else "open", block=seen)


def _wording(blocks: Sequence[Block]) -> Iterator[Finding]:
    texts = [markup.plain(block.text) for block in blocks]
    out_of = sum(len(_OUT_OF.findall(text)) for text in texts)
    percent = sum(len(_PERCENT.findall(text)) for text in texts)
    if out_of + percent:
        yield _each("numbers", [True] * out_of + [False] * percent)
    lengths = [words for block in blocks if block.is_safety for words in sentence_lengths(block.text)]
    yield _each("sentences", (words <= SAFETY_SENTENCE_WORDS for words in lengths))


def _people(card: Card, signed: Signed, locales: Sequence[str]) -> Iterator[Finding]:
    clinicians = tuple(signed(card, SOURCE_LOCALE))
    yield Finding("clinician", "signed" if clinicians else "open", signed=clinicians)
    readers = [tuple(signed(card, locale)) for locale in locales if locale != SOURCE_LOCALE]
    if readers:
        state: State = "signed" if all(readers) else "open"
        everybody = tuple(review for found in readers for review in found)
        yield Finding("translations", state, sum(map(bool, readers)), len(readers), signed=everybody)


def _some(point: str, count: int, *, least: int = 1) -> Finding:
    return Finding(point, "confirmed" if count >= least else "open", count)


def _each(point: str, passed: Iterable[bool]) -> Finding:
    """Confirm a point that holds for each of some things; of nothing, nothing is confirmed."""
    found = list(passed)
    return Finding(point, "confirmed" if found and all(found) else "open", sum(found), len(found))
