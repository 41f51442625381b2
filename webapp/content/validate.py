"""What may not be published: every rule about cards and tables that a program can see.

Each rule says where, what and how to mend it. Rules about translations live in `checker`.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from webapp.content import checker_text, markup
from webapp.content.languages import load
from webapp.content.model import (
    CLAIM_SECTIONS,
    MAX_SIGNS,
    SECTIONS,
    URGENCIES,
    URGENT_SLUG,
    Block,
    Card,
    Country,
    Problem,
    Reference,
)
from webapp.content.store import Store

VIEWS = ("front", "back", "left", "right", "soles")
SUMMARY_LENGTH = 110
MAX_FIRST = 4
"""Danger signs that stand on map, search and note (design, section 4)."""
SAFETY_SENTENCE_WORDS = 20
"""Longest sentence of a safety block (design, section 4)."""

CODE = re.compile(r"[A-Z]\d\d(?:\.\d)?")
"""A category or subcategory of ICD-10."""

_SECTION_URGENCY = {"call-now": "U0", "today": "U1", "days": "U2", "ordinary": "U3"}
_BAD_CHARACTERS = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


@dataclass(frozen=True, slots=True)
class Known:
    """What a card may point to."""

    zones: frozenset[str]
    sources: frozenset[str]
    terms: frozenset[str]
    slugs: frozenset[str]
    signs: frozenset[str]
    sections: frozenset[str]
    """`slug/section` of every section without shared blocks."""


def check_store(store: Store) -> tuple[Problem, ...]:
    """Return everything wrong with the published content, in reading order."""
    cards = tuple(store.cards())
    reference = store.reference()
    # A link to a withdrawn card stays: its page says that it was taken back.
    known = known_from(cards, reference, frozenset(store.withdrawn()))
    problems = [*check_reference(reference)]
    for card in cards:
        problems += check_card(card, known)
    for name, counted in (("code", [c.code for c in cards]), ("order", [c.order for c in cards])):
        problems += [
            Problem("cards", f"two cards have {name} {value}", "give one another")
            for value, count in Counter(counted).items()
            if count > 1
        ]
    if cards and URGENT_SLUG not in {card.slug for card in cards}:
        problems.append(
            Problem("cards", f"{URGENT_SLUG} is not published", "publish it: it holds every danger sign")
        )
    return tuple(problems)


def known_from(
    cards: tuple[Card, ...], reference: Reference, withdrawn: frozenset[str] = frozenset()
) -> Known:
    """Return what the cards and tables define."""
    return Known(
        zones=frozenset(zone.id for zone in reference.zones),
        sources=frozenset(source.key for source in reference.sources),
        terms=frozenset(term.key for term in reference.terms),
        slugs=frozenset(card.slug for card in cards) | withdrawn,
        signs=frozenset(
            block.key for card in cards if card.slug == URGENT_SLUG for block in card.blocks if block.urgency
        ),
        sections=frozenset(
            f"{card.slug}/{section}"
            for card in cards
            for section in card.sections
            if all(block.form != "shared" for block in card.section(section))
        ),
    )


def check_card(card: Card, known: Known) -> Iterator[Problem]:
    """Yield everything wrong with one card."""
    yield from _check_front(card, known)
    yield from _check_sections(card)
    for block in card.blocks:
        yield from _check_block(card, block, known)
    yield from _check_treatments(card)
    yield from _check_signs(card)
    yield from _check_wording(card)


def _check_front(card: Card, known: Known) -> Iterator[Problem]:
    where = f"{card.slug}: front matter"
    for name in ("title", "summary", "code"):
        if not getattr(card, name):
            yield Problem(where, f"{name} is empty", "write it")
    for text in (card.title, card.also, card.summary):
        for fault in markup.faults(text):
            yield Problem(where, f"{fault} is not allowed in a text", "write words only")
    if len(card.summary) > SUMMARY_LENGTH:
        yield Problem(where, f"summary has {len(card.summary)} characters", f"at most {SUMMARY_LENGTH}")
    if card.urgency and card.urgency not in URGENCIES:
        yield Problem(where, f"urgency «{card.urgency}»", f"one of {', '.join(URGENCIES)} or empty")
    if card.sides not in ("one", "both"):
        yield Problem(where, f"sides «{card.sides}»", "one or both")
    pointers = (
        ("zone", (*card.typical, *card.possible, *card.learn), known.zones),
        ("source", card.zone_sources, known.sources),
        ("term", card.words, known.terms),
        ("card", card.see_also, known.slugs),
        ("danger sign", card.signs, known.signs),
        ("view", card.views, frozenset(VIEWS)),
    )
    for name, used, existing in pointers:
        for key in used:
            if key not in existing:
                yield Problem(where, f"{name} «{key}» does not exist", "mend the key or add what it names")
    if card.slug != URGENT_SLUG and len(card.signs) > MAX_SIGNS:
        yield Problem(where, f"{len(card.signs)} danger signs", f"at most {MAX_SIGNS}")
    if card.kind in ("condition", "emergency") and not card.signs:
        yield Problem(where, "no danger signs", "every condition card opens with its danger signs")
    if card.kind in ("condition", "emergency") and not (card.typical or card.possible):
        yield Problem(where, "no zones", "say where it is felt")
    if (card.kind == "urgent") != (card.slug == URGENT_SLUG):
        yield Problem(where, f"kind «{card.kind}»", f"{URGENT_SLUG} and no other card is urgent")
    for code in card.icd10:
        if not CODE.fullmatch(code):
            yield Problem(where, f"«{code}» is no ICD-10 code", "write it like M54.3 or M16")
    if card.slug in card.see_also:
        yield Problem(where, "see_also names the card itself", "remove it")


def _check_sections(card: Card) -> Iterator[Problem]:
    required = ["in-brief"] if card.kind == "guide" else list(SECTIONS[card.kind])
    for section in required:
        if section not in card.sections:
            yield Problem(card.slug, f"section «{section}» is missing or empty", "write it")
    questions = card.section("questions")
    if questions and not 3 <= len(questions) <= 5:
        yield Problem(card.slug, f"{len(questions)} questions to ask", "three to five")
    urgencies = [block.urgency for block in card.section("when") if block.urgency]
    if urgencies != sorted(urgencies):
        yield Problem(card.slug, "«when» is not in order of urgency", "most urgent first")


def _check_block(card: Card, block: Block, known: Known) -> Iterator[Problem]:
    where = f"{card.slug}/{block.key}"
    if block.form == "shared":
        if block.target not in known.sections or block.target.split("/")[0] == card.slug:
            yield Problem(
                where, f"shared section «{block.target}» does not exist", "name slug/section of another card"
            )
        return
    for source in block.sources:
        if source not in known.sources:
            yield Problem(where, f"source «{source}» does not exist", "add it to reference/sources.toml")
    if not block.sources and block.form != "heading":
        if block.section in CLAIM_SECTIONS and card.kind != "guide":
            yield Problem(where, "a claim without a source", "add its source key, or «editor»")
        elif re.search(r"\d", block.text) and block.section != "questions":
            yield Problem(where, "a number without a source", "add its source key")
    for fault in markup.faults(block.text):
        yield Problem(where, f"{fault} is not allowed in a text", "only **strong** and [words](card:slug)")
    for target in markup.targets(block.text):
        scheme, _, slug = target.partition(":")
        if scheme == "card" and slug not in known.slugs:
            yield Problem(where, f"link to «{slug}», which is not published", "mend the link")
    expected = _SECTION_URGENCY.get(block.section) if card.kind == "urgent" and not block.role else None
    if (expected and block.urgency != expected) or (block.section == "when" and not block.urgency):
        yield Problem(where, f"urgency «{block.urgency}»", f"expected {expected or 'U0 to U3'}")
    if block.is_safety:
        for words in sentence_lengths(block.text):
            if words > SAFETY_SENTENCE_WORDS:
                yield Problem(
                    where, f"a safety sentence of {words} words", f"at most {SAFETY_SENTENCE_WORDS}"
                )


def sentence_lengths(text: str) -> list[int]:
    """Return the number of words of each sentence of a text."""
    return [len(sentence.split()) for sentence in re.split(r"(?<=[.?!])\s+", markup.plain(text))]


def _check_treatments(card: Card) -> Iterator[Problem]:
    option: Block | None = None
    roles: list[str] = []
    for block in (*card.section("treatments"), None):
        if block is None or block.form == "heading":
            if option and sorted(roles) != ["benefit", "risk"]:
                yield Problem(
                    f"{card.slug}/{option.key}", "a treatment needs one benefit and one risk", "write both"
                )
            option, roles = block, []
        elif block.role in ("benefit", "risk"):
            roles.append(block.role)


def _check_signs(card: Card) -> Iterator[Problem]:
    """Yield danger signs that no page would show, for nothing would look wrong there."""
    signs = {block.key for block in card.blocks if block.urgency}
    firsts = [block for block in card.blocks if block.first]
    for block in firsts:
        if card.slug != URGENT_SLUG or block.urgency != "U0":
            yield Problem(f"{card.slug}/{block.key}", "«first» on another block than a sign U0", "remove it")
    if card.slug != URGENT_SLUG:
        return
    if not 1 <= len(firsts) <= MAX_FIRST:
        yield Problem(
            card.slug, f"{len(firsts)} signs are «first»", f"one to {MAX_FIRST}, for map and search"
        )
    for block in card.blocks:
        if block.role in ("action", "detail") and block.key.removesuffix(f"-{block.role}") not in signs:
            yield Problem(
                f"{card.slug}/{block.key}", f"«{block.role}» of no sign", "name it SIGN-" + block.role
            )


def _check_wording(card: Card) -> Iterator[Problem]:
    forbidden = _never_write()
    patterns = [*forbidden["everywhere"], *forbidden["documents"].get(card.slug, [])]
    for message in card.messages():
        key = message.key.removeprefix(f"{card.slug}/")
        if key in ("search", "also"):  # what patients say, quoted as they say it
            continue
        where = message.key
        text = re.sub(r"«[^»]*»", "«»", message.text) if "«" in message.text else message.text
        for pattern in patterns:
            if match := re.search(pattern, text, re.IGNORECASE):
                yield Problem(
                    where, f"«{match[0]}» is never written", "say it another way (content/never_write.toml)"
                )
        yield from check_characters(where, message.text)


def check_characters(where: str, text: str) -> Iterator[Problem]:
    """Yield invisible, look-alike or unnormalised characters of a French text."""
    if _BAD_CHARACTERS.search(text):
        yield Problem(where, "an invisible control character", "type the sentence anew")
    if "'" in text:
        yield Problem(where, "a straight apostrophe", "type ’")
    yield from checker_text.check_characters(where, _BAD_CHARACTERS.sub("", text), load("fr"))


@cache
def _never_write() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("webapp.content").joinpath("never_write.toml").read_text("utf-8"))


def check_reference(reference: Reference) -> Iterator[Problem]:
    """Yield everything wrong with the tables beside the cards."""
    regions = {region.id for region in reference.regions}
    names = Counter(message.text for zone in reference.zones for message in zone.messages())
    sources = {source.key for source in reference.sources}
    for name, count in names.items():
        if count > 1 and not any(name in (z.label, z.short) and not z.paired for z in reference.zones):
            yield Problem("zones.toml", f"two zones are called «{name}»", "tell them apart")
    for zone in reference.zones:
        sides = (zone.left, zone.right, zone.short_left, zone.short_right)
        if zone.region not in regions:
            yield Problem("zones.toml", f"zone {zone.id}: region «{zone.region}» does not exist", "add it")
        if not zone.label or not zone.short:
            yield Problem("zones.toml", f"zone {zone.id}: no label or short name", "write both")
        if zone.paired != all(sides) or zone.paired != any(sides):
            yield Problem(
                "zones.toml", f"zone {zone.id}: names for left and right", "give both, or none if midline"
            )
    for source in reference.sources:
        if source.url and urlsplit(source.url).scheme not in ("http", "https"):
            yield Problem(
                "sources.toml", f"source {source.key}: «{source.url}» is not a web address", "mend it"
            )
        if not source.organisation or not source.title:
            yield Problem("sources.toml", f"source {source.key}: no organisation or title", "write both")
    for owner, keys in [(t.key, t.sources) for t in reference.terms] + [
        (c.code, c.sources) for c in reference.countries
    ]:
        for key in keys:
            if key not in sources:
                yield Problem(
                    "reference", f"{owner}: source «{key}» does not exist", "add it to sources.toml"
                )
    for country in reference.countries:
        yield from _check_country(country)
    for code in reference.codes:
        if not CODE.fullmatch(code.code):
            yield Problem("codes.toml", f"«{code.code}» is no ICD-10 code", "write it like M54.3 or M16")
        if not code.label:
            yield Problem("codes.toml", f"{code.code} stands for nothing", "say it in plain words")
    for message in reference.messages():
        for fault in markup.faults(message.text):
            yield Problem(message.key, f"{fault} is not allowed in a text", "write words only")
        yield from check_characters(message.key, message.text)


def _check_country(country: Country) -> Iterator[Problem]:
    where = f"countries.toml: {country.code}"
    if not re.fullmatch(r"[A-Z]{2}", country.code):
        yield Problem(where, "code", "two capital letters")
    for number in (country.number, *country.others):
        if not re.fullmatch(r"\d[\d ]{1,8}", number):
            yield Problem(where, f"«{number}» is not a number to dial", "digits only")
