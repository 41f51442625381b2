"""A card as one Markdown document, and back.

Front matter is TOML between `+++` lines (read by the standard library); the body is sections of
blocks, each ending in `{#key tokens}`. `parse` refuses what `render` could not give back, so export
and import are each other's inverse. What the text means is checked in `validate`.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import fields
from typing import Any

from webapp.content.model import (
    RESERVED_KEYS,
    ROLES,
    SECTIONS,
    URGENCIES,
    Block,
    Card,
    ContentError,
    Problem,
)
from webapp.content.toml import toml_value

FENCE = "+++"
FRONT_MATTER = tuple(f.name for f in fields(Card) if f.name not in ("slug", "blocks"))
_LISTS = frozenset(
    ("signs", "icd10", "search", "words", "views", "typical", "possible", "learn", "zone_sources", "see_also")
)
# (?<!\s): a run of spaces is tried once, not from each of its spaces.
_ATTRIBUTES = re.compile(r"(?<!\s)\s*\{#(?P<key>[a-z0-9]+(?:-[a-z0-9]+)*)(?P<tokens>(?: +[^\s{}]+)*)\}$")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SOURCE = re.compile(r"[A-Z]\d+[a-z]?|editor")
MAX_BYTES = 200_000
"""Longest document accepted; the longest card is near 12 kB."""
MAX_ORDER = 1_000_000


def parse(text: str, slug: str) -> Card:
    """Return the card that `text` describes.

    :raises ContentError: with one problem per fault, each with its line.
    """
    if not _SLUG.fullmatch(slug):
        raise ContentError(Problem(f"{slug}:1", "cannot name a card", "lower-case words joined by hyphens"))
    if len(text.encode()) > MAX_BYTES:
        raise ContentError(Problem(f"{slug}:1", f"longer than {MAX_BYTES} bytes", "split it into two cards"))
    lines = text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    if not lines or lines[0].strip() != FENCE or FENCE not in [line.strip() for line in lines[1:]]:
        raise ContentError(
            Problem(f"{slug}:1", "no front matter", f"start with TOML between two lines {FENCE}")
        )
    end = [line.strip() for line in lines].index(FENCE, 1)
    problems: list[Problem] = []
    front = _front_matter("\n".join(lines[1:end]), slug, problems)
    kind = front.get("kind")
    blocks = _body(lines[end + 1 :], end + 2, slug, kind, problems) if kind else []
    if problems:
        raise ContentError(*problems)
    return Card(slug=slug, blocks=tuple(blocks), **front)


def _front_matter(source: str, slug: str, problems: list[Problem]) -> dict[str, Any]:
    try:
        values = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as error:  # the latter: brackets by the thousand
        what, _, place = str(error).partition(" (at ")
        line = re.match(r"line (\d+)", place)
        where = f"{slug}:{int(line[1]) + 1 if line else source.count(chr(10)) + 2}"
        problems.append(Problem(where, f"not TOML: {what}", 'write  name = "value"'))
        return {}
    problems += [
        Problem(f"{slug}:{_line_of(key, source)}", f"«{key}» is unknown", "remove it")
        for key in values
        if key not in FRONT_MATTER
    ]
    result: dict[str, Any] = {}
    for name in FRONT_MATTER:
        if name not in values:
            problems.append(Problem(f"{slug}:1", f"«{name}» is missing", "add it; an empty list is []"))
            continue
        where = f"{slug}:{_line_of(name, source)}"
        value = values[name]
        if name in _LISTS:
            ok = isinstance(value, list) and all(isinstance(item, str) and item for item in value)
            value = tuple(value) if ok else value
            if ok and len(set(value)) != len(value):
                problems.append(Problem(where, f"«{name}» says something twice", "keep one"))
        elif name == "order":
            ok = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_ORDER
        elif name == "review_due":
            ok = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
        else:
            ok = isinstance(value, str) and value == " ".join(value.split())
        if not ok:
            problems.append(Problem(where, f"«{name}» has the wrong form: {value!r}", "see another card"))
        elif name == "kind" and value not in SECTIONS:
            problems.append(Problem(where, f"kind «{value}» is unknown", f"one of {', '.join(SECTIONS)}"))
        else:
            result[name] = value
    zones = [zone for name in ("typical", "possible", "learn") for zone in result.get(name, ())]
    for zone in dict.fromkeys(zone for zone in zones if zones.count(zone) > 1):
        where = f"{slug}:{_line_of('possible', source)}"
        problems.append(
            Problem(where, f"zone «{zone}» stands twice", "typical, possible or learn, one of them")
        )
    return result


def _line_of(name: str, source: str) -> int:
    """Return the document's line that sets `name` in its front matter."""
    match = re.search(rf"^[ \t]*[\[\"']*{re.escape(name)}\b", source, re.MULTILINE)
    return source.count("\n", 0, match.start()) + 2 if match else 1


def _body(lines: list[str], first_line: int, slug: str, kind: str, problems: list[Problem]) -> list[Block]:
    headings = SECTIONS[kind]
    places = list(headings)
    blocks: list[Block] = []
    keys: set[str] = set()
    section = ""
    seen: list[str] = []
    for number, chunk in _chunks(lines, first_line):
        where = f"{slug}:{number}"
        match = _ATTRIBUTES.search(chunk)
        if not match:
            problems.append(
                Problem(where, "a block without {#key}", f"end «{chunk[:40]}…» with {{#some-key}}")
            )
            continue
        key, tokens, text = match["key"], match["tokens"].split(), chunk[: match.start()].strip()
        if text == "##" or text.startswith("## "):
            section = key
            if key not in headings:
                problems.append(
                    Problem(where, f"section «{key}» is not one of a {kind}", f"use {', '.join(headings)}")
                )
                continue
            if text[3:] != headings[key]:
                problems.append(
                    Problem(where, f"heading «{text[3:]}»", f"section {key} is «{headings[key]}»")
                )
            if tokens:
                problems.append(Problem(where, f"«{tokens[0]}» on a ## heading", "write it on a block"))
            if any(places.index(key) <= places.index(earlier) for earlier in seen):
                order = ", ".join(headings)
                problems.append(Problem(where, f"section «{key}» twice or out of order", f"order: {order}"))
            seen.append(key)
            continue
        if not section:
            problems.append(Problem(where, "a block before the first ## section", "move it below one"))
        if key in keys or key in RESERVED_KEYS:
            problems.append(Problem(where, f"key «{key}» is taken", "choose another word"))
        keys.add(key)
        block = _block(text, key, tokens, section, where, problems)
        if block:
            blocks.append(block)
    return blocks


def _chunks(lines: list[str], first_line: int) -> list[tuple[int, str]]:
    """Group lines into blocks: list items stand alone, paragraphs end at a blank line."""
    chunks: list[tuple[int, str]] = []
    current: list[str] = []
    start = first_line
    for number, line in enumerate([*lines, ""], first_line):
        stripped = line.strip()
        if current and (not stripped or stripped.startswith(("- ", "## ", "### "))):
            chunks.append((start, " ".join(current)))
            current = []
        if stripped:
            if not current:
                start = number
            current.append(stripped)
            if _ATTRIBUTES.search(stripped):
                chunks.append((start, " ".join(current)))
                current = []
    return chunks


def _block(
    text: str, key: str, tokens: list[str], section: str, where: str, problems: list[Problem]
) -> Block | None:
    sources: list[str] = []
    role = urgency = target = ""
    first = False
    for token in tokens:
        if token in URGENCIES:
            urgency = token
        elif token in ROLES:
            role = token
        elif token == "first":
            first = True
        elif token.startswith("=") and "/" in token:
            target = token[1:]
        elif _SOURCE.fullmatch(token):
            sources.append(token)
        else:
            problems.append(Problem(where, f"«{token}» is unknown", "a source, U0 to U3, or a role"))
    for name, known in (("urgency", URGENCIES), ("role", ROLES)):
        if sum(token in known for token in tokens) > 1:
            problems.append(Problem(where, f"more than one {name}", "keep one"))
    if sum(token.startswith("=") for token in tokens) > 1:
        problems.append(Problem(where, "more than one shared section", "give each a block of its own"))
    form: Any = "paragraph"
    for mark, name in (("### ", "heading"), ("- ", "item")):
        if f"{text} ".startswith(mark):
            form, text = name, text[len(mark) :].strip()
            break
    if target:
        form = "shared"
    if not text and not target:
        problems.append(Problem(where, f"block «{key}» has no text", "write it, or remove the block"))
        return None
    if text and target:
        problems.append(Problem(where, "a shared block with text", f"leave only {{#{key} ={target}}}"))
        return None
    if form == "paragraph" and text.startswith(("#", "* ", "+ ", "> ")):
        problems.append(
            Problem(
                where, f"«{text[:2].strip()}» begins nothing here", "«- » begins an item, «### » a heading"
            )
        )
    return Block(key, section, form, text, role, urgency, first, tuple(dict.fromkeys(sources)), target)


def render(card: Card) -> str:
    """Return the one canonical text of `card`; `parse` gives the same card back."""
    out = [FENCE, *(f"{name} = {toml_value(getattr(card, name))}" for name in FRONT_MATTER), FENCE]
    section = ""
    for block in card.blocks:
        if block.section != section:
            section = block.section
            out += ["", f"## {SECTIONS[card.kind][section]} {{#{section}}}"]
        mark = {"heading": "### ", "item": "- "}.get(block.form, "")
        tokens = [block.role, block.urgency, "first" if block.first else "", *block.sources]
        if block.target:
            tokens.append(f"={block.target}")
        attributes = " ".join([f"#{block.key}", *filter(None, tokens)])
        out += ["", f"{mark}{block.text} {{{attributes}}}".strip()]
    return "\n".join(out) + "\n"
