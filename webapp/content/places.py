"""From places touched to cards that speak of them.

The rule is a library's index, not a judgement: the same places give everybody the same cards in the
editors' order; nothing is scored, and how often a place is named never moves a card (design, section 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from webapp.content.model import CardEntry, Zone
from webapp.content.store import Store


@dataclass(frozen=True, slots=True)
class Place:
    """A zone on one side of the patient; midline zones have no side."""

    zone: Zone
    side: str | None

    @property
    def id(self) -> str:
        """`buttock-deep-right`, or the zone's id."""
        return f"{self.zone.id}-{self.side}" if self.side else self.zone.id


@dataclass(frozen=True, slots=True)
class Finding:
    """A card and the chosen places it speaks of."""

    entry: CardEntry
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """What the map answers."""

    chosen: tuple[Place, ...]
    rule_out: tuple[CardEntry, ...]
    """The fixed band: every emergency card, whatever was chosen."""
    all: tuple[Finding, ...]
    """Cards that speak of every covered place."""
    some: tuple[Finding, ...]
    learn: tuple[CardEntry, ...]
    """Anatomy cards for these places."""
    uncovered: tuple[Place, ...]
    """Places that Repère does not speak of."""

    @property
    def count(self) -> int:
        """How many cards are listed because of the places."""
        return len(self.all) + len(self.some)


class Places:
    """Every place of the map, in the order of its zones, which is that of the form."""

    def __init__(self, zones: Iterable[Zone]) -> None:
        self.zones = tuple(zones)
        self.by_id = {
            place.id: place
            for zone in self.zones
            for place in ([Place(zone, "left"), Place(zone, "right")] if zone.paired else [Place(zone, None)])
        }

    def choose(self, ids: Iterable[str]) -> tuple[Place, ...]:
        """Return the places named, each once, in the order of the form.

        :raises KeyError: for a place that does not exist.
        """
        wanted = {self.by_id[id_].id for id_ in ids}
        return tuple(place for id_, place in self.by_id.items() if id_ in wanted)


def find_cards(store: Store, chosen: Sequence[Place]) -> Results:
    """Return the cards for `chosen`; with nothing chosen, only the fixed band."""
    covered = [place for place in chosen if place.zone.covered]
    touched: dict[str, list[Place]] = {}
    entries: dict[str, CardEntry] = {}
    learn: dict[str, CardEntry] = {}
    for zone, entry, relation in store.zone_cards({place.zone.id for place in covered}):
        if relation == "learn":
            learn[entry.slug] = entry
        elif entry.kind != "emergency":
            entries[entry.slug] = entry
            touched.setdefault(entry.slug, []).extend(place for place in covered if place.zone.id == zone)
    findings = [
        Finding(entry, tuple(place for place in covered if place in touched[slug]))
        for slug, entry in entries.items()
    ]
    return Results(
        chosen=tuple(chosen),
        rule_out=store.emergencies(),
        all=tuple(finding for finding in findings if len(finding.places) == len(covered)),
        some=tuple(finding for finding in findings if len(finding.places) < len(covered)),
        learn=tuple(learn.values()),
        uncovered=tuple(place for place in chosen if not place.zone.covered),
    )
