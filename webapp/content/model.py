"""The values that travel between documents, the store and the pages.

Everything here is frozen and free of I/O. What a document may contain (kinds, sections, roles,
urgencies) is said once, in this file; `document` reads and writes it, `validate` enforces it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "right"]
Relation = Literal["typical", "possible", "learn"]

URGENT_SLUG = "signaux-alerte"
"""Slug of the document that defines every danger sign; its page is /urgent/."""

URGENCIES = ("U0", "U1", "U2", "U3")
"""U0 call now, U1 seen the same day, U2 within a few days, U3 ordinary appointment (content brief)."""

MAX_SIGNS = 6
"""Danger signs in one card's box (design: at most six lines)."""


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for «mark, do not translate here»
    """Mark `message` for the `messages` catalog; it is translated where it is shown."""
    return message


SECTIONS: dict[str, dict[str, str]] = {
    "condition": {
        "in-brief": N_("En bref"),
        "where": N_("Où cela fait mal"),
        "what-it-is": N_("Ce que c’est"),
        "feels": N_("Ce que l’on ressent"),
        "who": N_("Qui est concerné"),
        "self-care": N_("Ce que vous pouvez faire"),
        "when": N_("Quand consulter"),
        "exams": N_("Examens"),
        "treatments": N_("Traitements"),
        "course": N_("Ce qui se passe d’habitude"),
        "unknown": N_("Ce que l’on ne sait pas bien"),
        "questions": N_("Questions à poser"),
    },
    "anatomy": {
        "in-brief": N_("En bref"),
        "what-it-is": N_("Comment c’est fait"),
        "what-for": N_("À quoi cela sert"),
        "pain-link": N_("Et la douleur ?"),
        "unknown": N_("Ce que l’on ne sait pas bien"),
        "questions": N_("Questions à poser"),
    },
    "urgent": {
        "call-now": N_("Appelez maintenant"),
        "today": N_("Voyez un médecin aujourd’hui"),
        "days": N_("Prenez rendez-vous sous quelques jours"),
        "ordinary": N_("Prenez un rendez-vous ordinaire"),
        "while-waiting": N_("En attendant les secours"),
        "meaning": N_("Ce que ces signes veulent dire"),
    },
    "guide": {
        "in-brief": N_("En bref"),
        "today": N_("Ce que vous pouvez faire aujourd’hui"),
        "who-to-see": N_("Qui consulter"),
        "exams": N_("Examens"),
        "first-days": N_("Les premiers jours"),
        "exercises": N_("Bouger, famille par famille"),
        "pain-rule": N_("La règle de la douleur"),
        "not-for": N_("Pas pour tout le monde"),
        "medicines": N_("Médicaments"),
        "back-to-life": N_("Reprendre sa vie"),
        "questions": N_("Questions à poser"),
    },
}
"""Kind -> section key -> French heading, in the order of the page (design, section 4)."""

SECTIONS["emergency"] = {
    ("while-waiting" if key == "self-care" else key): (
        N_("En attendant les secours") if key == "self-care" else heading
    )
    for key, heading in SECTIONS["condition"].items()
}

OPTIONAL_SECTIONS = frozenset(SECTIONS["guide"]) - {"in-brief"}
"""A guide takes the sections it needs; every other kind must have all of its own."""

CLAIM_SECTIONS = frozenset({"what-it-is", "who", "exams", "treatments", "course"})
"""Sections in which every block names where it comes from."""

ROLES = frozenset({"worse", "better", "benefit", "risk", "detail", "action"})

RESERVED_KEYS = frozenset({"title", "also", "summary", "search"})
"""Catalog keys of a card's front matter; no block may take one."""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item or sub-heading: the unit of translation."""

    key: str
    section: str
    form: Literal["paragraph", "item", "heading", "shared"]
    text: str = ""
    role: str = ""
    urgency: str = ""
    first: bool = False
    """One of the few danger signs shown on map, search and note."""
    sources: tuple[str, ...] = ()
    target: str = ""
    """`slug/section` of the blocks that stand here (form `shared`)."""

    @property
    def is_safety(self) -> bool:
        """Whether a wrong word here could cost a life or a limb (design, section 6)."""
        return (
            self.urgency in ("U0", "U1")
            or self.role in ("detail", "action")
            or self.section == "while-waiting"
        )


@dataclass(frozen=True, slots=True)
class Card:
    """One document: its front matter and its blocks in reading order."""

    slug: str
    title: str
    also: str
    summary: str
    kind: str
    code: str
    """The content brief's code, e.g. `C07`: the key between our texts and their evidence."""
    order: int
    """Place in every list; the same for every reader."""
    urgency: str
    signs: tuple[str, ...] = ()
    icd10: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    sides: str = "one"
    views: tuple[str, ...] = ()
    typical: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    learn: tuple[str, ...] = ()
    zone_sources: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()
    review_due: dt.date = dt.date.max
    blocks: tuple[Block, ...] = ()

    def section(self, key: str) -> tuple[Block, ...]:
        """Return the blocks of one section, in order."""
        return tuple(block for block in self.blocks if block.section == key)

    @property
    def sections(self) -> tuple[str, ...]:
        """Keys of the sections that have blocks, in order."""
        return tuple(dict.fromkeys(block.section for block in self.blocks))

    @property
    def is_safety(self) -> bool:
        """Whether the title and summary name an emergency."""
        return self.kind in ("emergency", "urgent")

    @property
    def source_keys(self) -> tuple[str, ...]:
        """Sources in order of first use."""
        cited = (key for block in self.blocks for key in block.sources)
        return tuple(dict.fromkeys([*cited, *self.zone_sources]))

    def messages(self) -> Iterator[Message]:
        """Yield every translatable text, in reading order."""
        base = f"{self.slug}/"
        about = f"{self.title} ({self.kind})"
        yield Message(base + "title", self.title, self.is_safety, f"{about}: title")
        if self.also:
            yield Message(base + "also", self.also, False, f"{about}: other names patients use")
        yield Message(base + "summary", self.summary, self.is_safety, f"{about}: one sentence for lists")
        if self.search:
            yield Message(
                base + "search",
                "; ".join(self.search),
                False,
                f"{about}: words patients type into the search, separated by «; ». "
                "Not a translation: what people say in your language, as many or as few as there are",
            )
        for block in self.blocks:
            if block.form != "shared":
                kind = " ".join(filter(None, (block.section, block.form, block.role, block.urgency)))
                yield Message(base + block.key, block.text, block.is_safety, f"{about}: {kind}")


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of the `content` catalog: a stable key and today's French."""

    key: str
    """msgctxt, e.g. `sciatique/new-weakness`; never a position."""
    text: str
    is_safety: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Region:
    """A group of zones: one fieldset of the form."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Zone:
    """A named place of the body; paired zones exist on both sides of the patient."""

    id: str
    region: str
    covered: bool
    paired: bool
    label: str
    left: str = ""
    right: str = ""
    short: str = ""
    short_left: str = ""
    short_right: str = ""

    @property
    def places(self) -> tuple[str, ...]:
        """`buttock-deep-left`, `buttock-deep-right`; a midline zone is one place, its own id."""
        return (f"{self.id}-left", f"{self.id}-right") if self.paired else (self.id,)

    def messages(self) -> Iterator[Message]:
        """Yield every translatable name, with its side."""
        names = ("label", "left", "right", "short", "short_left", "short_right")
        for name in names:
            if text := getattr(self, name):
                note = "in a list after «felt in:»" if name.startswith("short") else "name"
                side = name.removeprefix("short_")
                side = f", the patient's {side}" if side in ("left", "right") else ""
                yield Message(
                    f"zone/{self.id}/{name.replace('_', '-')}", text, True, f"Body map: {note}{side}"
                )


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read."""

    key: str
    organisation: str
    title: str
    year: int = 0
    url: str = ""
    via: str = ""
    """The copy it was read through when the original was not."""


@dataclass(frozen=True, slots=True)
class Term:
    """A medical word and its plain meaning."""

    key: str
    name: str
    meaning: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """A diagnosis code of ICD-10 (WHO, version of 2019), as it stands in a doctor's letter."""

    code: str
    """`M54.3`, or `M16` for a whole category."""
    label: str
    """What it stands for, in plain words."""


@dataclass(frozen=True, slots=True)
class Country:
    """How to call for help in one country."""

    code: str
    """ISO 3166-1 alpha-2, or `EU`."""
    number: str
    others: tuple[str, ...] = ()
    note: str = ""
    deaf: str = ""
    status: str = "secondary"
    """official | secondary | conflicting: what our source is worth."""
    sources: tuple[str, ...] = ()
    seen: str = ""
    """What the source said, for whoever reads it again; not shown."""
    read: dt.date | None = None
    """When our source was read; None: not read again since the content brief."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The tables beside the cards."""

    regions: tuple[Region, ...] = ()
    zones: tuple[Zone, ...] = ()
    sources: tuple[Source, ...] = ()
    terms: tuple[Term, ...] = ()
    countries: tuple[Country, ...] = ()
    codes: tuple[Code, ...] = ()

    def messages(self) -> Iterator[Message]:
        """Yield every translatable text of the tables."""
        for region in self.regions:
            yield Message(f"region/{region.id}/label", region.label, False, "Body map: heading of a group")
        for zone in self.zones:
            yield from zone.messages()
        for term in self.terms:
            yield Message(f"term/{term.key}/name", term.name, False, "Words explained: the word")
            yield Message(f"term/{term.key}/meaning", term.meaning, False, "Words explained: its meaning")
        for country in self.countries:
            for name in ("note", "deaf"):
                if text := getattr(country, name):
                    yield Message(f"country/{country.code}/{name}", text, True, "Emergency numbers: note")
        for code in self.codes:
            yield Message(
                f"code/{code.code}/label",
                code.label,
                False,
                f"Search: «this code ({code.code}) stands for: …» (ICD-10, in plain words)",
            )


@dataclass(frozen=True, slots=True)
class Revision:
    """One saved state of one document; history is only ever added to."""

    id: int
    document: str
    """`cards/sciatique`, `reference/zones`."""
    text: str
    sha256: str
    author: str
    time: str
    note: str
    kind: str
    """meaning | typo | unsafe."""
    published: str | None = None
    """When readers got it (UTC, ISO 8601); None while a draft."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, said so that a person can mend it."""

    where: str
    what: str
    mend: str = ""

    def __str__(self) -> str:
        """One line: where, what, how to mend; control characters of a quoted text are spelt out."""
        line = f"{self.where}: {self.what}" + (f" -> {self.mend}" if self.mend else "")
        return "".join(
            sign if sign.isprintable() or sign in "\u00a0\u202f" else sign.encode("unicode_escape").decode()
            for sign in line
        )


class ContentError(Exception):
    """The content cannot be used as it is; `problems` say why, one line each."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Review:
    """A real person's sign-off for one exact text."""

    scope: str
    """A document, e.g. `cards/sciatique`."""
    locale: str
    sha256: str
    by: str
    role: str
    date: str


@dataclass(frozen=True, slots=True)
class CardEntry:
    """What lists say of a card."""

    slug: str
    title: str
    summary: str
    kind: str
    order: int


@dataclass(frozen=True, slots=True)
class CardState:
    """How old a published text is and how often it has changed."""

    version: int = 0
    changed: str = ""
    sha256: str = ""
