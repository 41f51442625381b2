"""French content in another language, block by block, with the honest state of each block.

- current: the translation;
- stale, ordinary block: today's French, marked as French;
- stale, safety block: the old translation stays, marked, with today's French under it;
- draft, missing or withdrawn as unsafe: today's French.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from webapp.content import explained
from webapp.content.catalog import NO_CHANGES, Changes, Compiled, State, Translation, state_of
from webapp.content.model import URGENT_SLUG, Block, Card, CardEntry, Message, Relation, Source, Term, Zone
from webapp.content.store import Store

SOURCE_LOCALE = "fr"


@dataclass(frozen=True, slots=True)
class Text:
    """One text as a reader gets it."""

    text: str
    locale: str
    """What language `text` is in: the page's, or French."""
    key: str
    state: State = "current"
    french: str = ""
    """Today's French to show under a stale safety translation."""


@dataclass(frozen=True, slots=True)
class LocalizedBlock:
    """A block with its text in the reader's language."""

    block: Block
    text: Text
    source_numbers: tuple[int, ...] = ()
    """Places of its sources in the page's list, from 1."""
    words: tuple[LocalizedTerm, ...] = ()
    """Medical words that it explains in place."""


@dataclass(frozen=True, slots=True)
class LocalizedSign:
    """A danger sign in one line, what else counts as it, and what to do beside the group's heading."""

    key: str
    urgency: str
    sign: Text
    detail: Text | None
    action: Text | None


@dataclass(frozen=True, slots=True)
class LocalizedTerm:
    """A word explained."""

    key: str
    name: Text
    meaning: Text


@dataclass(frozen=True, slots=True)
class LocalizedCard:
    """Everything a card's page shows, ready for the template."""

    card: Card
    title: Text
    also: Text | None
    summary: Text
    sections: dict[str, tuple[LocalizedBlock, ...]]
    signs: tuple[LocalizedSign, ...]
    words: tuple[LocalizedTerm, ...]
    unplaced: tuple[LocalizedTerm, ...]
    """Those of `words` that no block explains in place."""
    see_also: tuple[LocalizedEntry, ...]
    sources: tuple[Source, ...]
    states: Counter[State]


@dataclass(frozen=True, slots=True)
class LocalizedEntry:
    """A card in a list."""

    slug: str
    kind: str
    title: Text
    summary: Text


class Localizer:
    """Looks texts up in one locale; made anew for each page, remembers what it found."""

    def __init__(
        self, store: Store, locale: str, compiled: Compiled | None = None, changes: Changes = NO_CHANGES
    ) -> None:
        self.store = store
        self.locale = locale
        self._compiled = compiled
        self._changes = changes
        self._found: dict[str, Mapping[str, Translation]] = {}
        self._signs: dict[str, LocalizedSign] | None = None
        self.states: Counter[State] = Counter()

    def text(self, key: str, french: str, *, is_safety: bool = False) -> Text:
        """Return today's `french` in this locale, by the rules of this module."""
        if self.locale == SOURCE_LOCALE:
            return Text(french, SOURCE_LOCALE, key)
        prefix = "/".join(key.split("/")[:-1]) + "/"
        if prefix not in self._found:
            self._found[prefix] = self._compiled.under(prefix) if self._compiled else {}
        translation = self._found[prefix].get(key)
        state = state_of(translation, key, french, self._changes)
        self.states[state] += 1
        if translation and state == "current":
            return Text(translation.text, self.locale, key)
        if translation and state == "stale" and is_safety:
            return Text(translation.text, self.locale, key, "stale", french)
        return Text(french, SOURCE_LOCALE, key, state)

    def message(self, message: Message) -> Text:
        """Return a catalog entry in this locale."""
        return self.text(message.key, message.text, is_safety=message.is_safety)

    def entry(self, entry: CardEntry) -> LocalizedEntry:
        """Return what lists say of a card."""
        safety = entry.kind in ("emergency", "urgent")
        return LocalizedEntry(
            entry.slug,
            entry.kind,
            self.text(f"{entry.slug}/title", entry.title, is_safety=safety),
            self.text(f"{entry.slug}/summary", entry.summary, is_safety=safety),
        )

    def signs(self) -> dict[str, LocalizedSign]:
        """Return every danger sign by key, in the order of the urgent page."""
        if self._signs is None:
            card = self.store.card(URGENT_SLUG)
            blocks = card.blocks if card else ()
            beside = {block.key: self._block_text(URGENT_SLUG, block) for block in blocks if block.role}
            self._signs = {
                block.key: LocalizedSign(
                    block.key,
                    block.urgency,
                    self._block_text(URGENT_SLUG, block),
                    beside.get(f"{block.key}-detail"),
                    beside.get(f"{block.key}-action"),
                )
                for block in blocks
                if block.urgency
            }
        return self._signs

    def first_signs(self) -> tuple[LocalizedSign, ...]:
        """Return the few signs that stand on map, search and note, the same for everybody."""
        firsts = {block.key for block in self.store.section(URGENT_SLUG, "call-now") if block.first}
        return tuple(sign for key, sign in self.signs().items() if key in firsts)

    def zone_name(self, zone: Zone, side: str | None, *, short: bool = False) -> Text:
        """Return the name of a place, with its side; `short` is the form for running text."""
        field = "_".join(filter(None, ("short" if short else "", side or ("" if short else "label"))))
        return self.text(f"zone/{zone.id}/{field.replace('_', '-')}", getattr(zone, field), is_safety=True)

    def term(self, term: Term) -> LocalizedTerm:
        """Return a word explained."""
        return LocalizedTerm(
            term.key,
            self.text(f"term/{term.key}/name", term.name),
            self.text(f"term/{term.key}/meaning", term.meaning),
        )

    def card(self, card: Card) -> LocalizedCard:
        """Return everything the page of `card` shows."""
        blocks = [
            (owner, block, section)
            for section in card.sections
            for owner, block in self.store.resolved(card, section)
        ]
        cited = dict.fromkeys(key for _, block, _ in blocks for key in block.sources if key != "editor")
        cited.update(dict.fromkeys(key for key in card.zone_sources if key != "editor"))
        sources = self.store.sources(tuple(cited))
        numbers = {source.key: number for number, source in enumerate(sources, 1)}
        terms = self.store.terms(card.words)
        words = {term: self.term(term) for term in terms}
        explains = explained.places((block for _owner, block, _section in blocks), terms)
        placed = {term for named in explains for term in named}
        sections: dict[str, list[LocalizedBlock]] = {}
        for (owner, block, section), named in zip(blocks, explains, strict=True):
            found = tuple(sorted(numbers[key] for key in block.sources if key in numbers))
            sections.setdefault(section, []).append(
                LocalizedBlock(
                    block, self._block_text(owner, block), found, tuple(words[term] for term in named)
                )
            )
        signs = self.signs()
        safety = card.is_safety
        return LocalizedCard(
            card=card,
            title=self.text(f"{card.slug}/title", card.title, is_safety=safety),
            also=self.text(f"{card.slug}/also", card.also) if card.also else None,
            summary=self.text(f"{card.slug}/summary", card.summary, is_safety=safety),
            sections={key: tuple(found) for key, found in sections.items()},
            signs=tuple(signs[key] for key in card.signs if key in signs),
            words=tuple(words.values()),
            unplaced=tuple(word for term, word in words.items() if term not in placed),
            see_also=tuple(map(self.entry, self.store.entries(card.see_also))),
            sources=sources,
            states=self.states,
        )

    def _block_text(self, slug: str, block: Block) -> Text:
        return self.text(f"{slug}/{block.key}", block.text, is_safety=block.is_safety)


RELATIONS: tuple[Relation, ...] = ("typical", "possible", "learn")
