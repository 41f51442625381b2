"""Packs: all pages of a language as the server renders them, small enough to keep on a phone.

What all languages share travels once, in the common pack: the skeleton of every page, the style sheet, the
outlines of drawings, the sources. A language's pack is little more than its texts, each once. A skeleton
says by number which text stands where; `static/sw.js` puts pages together again, and `unfold` here is the
same rule in Python. A page that is not made like the French one (a notice, a text still missing) travels
whole, so `unfold(fold(page)) == page` always; the tests hold it against what the server sends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from typing import Any, NamedTuple

from webapp.offline.slots import END, FIRST, SECOND

PART, STRING, PLACE = "\ue003", "\ue004", "\ue005"
"""Starts of slots beside those of content texts: a shared piece, a string of the interface, and the
language's own place in an address (`/fr/`), which needs no number."""

_UP_TO_MARK = re.compile(f'[^<"{FIRST}{SECOND}]*')


class Piece(NamedTuple):
    """A stretch of a page: what kind of slot it becomes, or an empty kind for what stays as it is."""

    kind: str
    text: str


@dataclass
class Common:
    """What the packs of one content version share; numbers are places in the packs' lists."""

    texts: dict[str, int] = field(default_factory=dict)
    """Keys of content texts."""
    strings: dict[str, int] = field(default_factory=dict)
    """Strings of the interface, in French."""
    parts: dict[str, int] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    """Skeletons by path below the language."""
    french: dict[str, list[Piece]] = field(default_factory=dict)
    """The French pages in pieces, for other languages to be held against; not sent."""


@dataclass
class Pack:
    """A language's own part."""

    strings: list[str]
    pages: dict[str, str] = field(default_factory=dict)
    """Pages that are not made like the French ones."""


def fold_french(pages: Mapping[str, str], origin: str) -> Common:
    """Return what the packs share, from the French pages with slots, by path below the language."""
    common = Common()
    for path, html in pages.items():
        pieces = common.french[path] = list(split(html, "fr", origin))
        for kind, text in pieces:
            if kind in (FIRST, SECOND):
                common.texts.setdefault(text, len(common.texts))
            elif kind == STRING:
                common.strings.setdefault(text, len(common.strings))
            elif kind == PART:
                common.parts.setdefault(text, len(common.parts))
        common.pages[path] = _join(pieces, common)
    return common


def fold(common: Common, pages: Mapping[str, str], tag: str, origin: str, text: Callable[[str], str]) -> Pack:
    """Return the pack of a language from its pages with slots, by path below the language.

    `text` says the text of a key in this language, for one that stands on no French page.
    """
    strings: dict[int, str] = {}
    whole: dict[str, str] = {}
    for path, html in pages.items():
        found = _read_strings(common, common.french.get(path, []), html, tag)
        # One French string may be said in two ways: the first way stands, the other keeps its page whole.
        if found is None or any(strings.get(number, text) != text for number, text in found.items()):
            whole[path] = _join([_known(piece, common, text) for piece in split(html, tag, origin)], common)
        else:
            strings.update(found)
    return Pack([strings.get(number, "") for number in range(len(common.strings))], whole)


def _read_strings(common: Common, french: list[Piece], html: str, tag: str) -> dict[int, str] | None:
    """Return how a page says the strings of its French twin, or nothing when it is made otherwise."""
    found: dict[int, str] = {}
    at = 0
    for kind, text in french:
        if kind == STRING:
            match = _UP_TO_MARK.match(html, at)
            said = match[0] if match else ""
            if found.setdefault(common.strings[text], said) != said:
                return None
        else:
            said = f"{kind}{text}{END}" if kind in (FIRST, SECOND) else f"/{tag}/" if kind == PLACE else text
            if not html.startswith(said, at):
                return None
        at += len(said)
    return found if at == len(html) else None


def _known(piece: Piece, common: Common, text: Callable[[str], str]) -> Piece:
    """Return a piece of a page that travels whole: written out if the packs do not share it."""
    kind, words = piece
    if kind == STRING or (kind == PART and words not in common.parts):
        return Piece("", words)
    if kind == FIRST and words not in common.texts:
        return Piece("", text(words))
    return piece


def _join(pieces: list[Piece], common: Common) -> str:
    """Write pieces as a skeleton: a number that follows the last one of its kind is left out."""
    numbers = {FIRST: common.texts, SECOND: common.texts, STRING: common.strings, PART: common.parts}
    last = dict.fromkeys(numbers, -1)
    out = []
    for kind, text in pieces:
        if not kind:
            out.append(text)
        elif kind == PLACE:
            out.append(PLACE)
        else:
            number = numbers[kind][text]
            out.append(f"{kind}{'' if number == last[kind] + 1 else _base36(number)}{END}")
            last[kind] = number
    return "".join(out)


def unfold(
    page: str, tag: str, parts: list[str], strings: list[str], first: list[str], second: list[str]
) -> str:
    """Return the page a skeleton stands for; the worker's rule."""
    lists = {PART: parts, STRING: strings, FIRST: first, SECOND: second}
    last = dict.fromkeys(lists, -1)

    def fill(match: re.Match[str]) -> str:
        if match[0] == PLACE:
            return f"/{tag}/"
        kind = match[1]
        last[kind] = int(match[2], 36) if match[2] else last[kind] + 1
        return lists[kind][last[kind]]

    return re.sub(f"([{PART}{STRING}{FIRST}{SECOND}])([0-9a-z]*){END}|{PLACE}", fill, page)


def split(html: str, tag: str, origin: str) -> Iterator[Piece]:
    """Yield a page with slots in pieces: what differs between languages, what is long, and the rest."""
    done = 0
    for match in _pattern(tag, origin).finditer(html):
        if match.start() > done:
            yield Piece("", html[done : match.start()])
        done = match.end()
        if match["slot"]:
            yield Piece(match[0][0], match[0][1:-1])
        elif match["place"]:
            yield Piece(PLACE, "")
        elif match["node"]:
            yield from _split_node(match[0])
        else:
            yield Piece(PART if match["part"] else STRING if match["string"] else "", match[0])
    yield Piece("", html[done:])


def _split_node(words: str) -> Iterator[Piece]:
    """Yield the pieces of what stands between two tags; a sentence around a slot may begin or end with it."""
    stretches = _SLOT.split(words)
    is_sentence = bool(_LETTER.search("".join(stretches)))
    for stretch, slot in zip_longest(stretches, _SLOT.findall(words)):
        yield Piece(STRING if is_sentence else "", stretch)
        if slot:
            yield Piece(slot[0], slot[1:-1])


_SLOT = re.compile(f"[{FIRST}{SECOND}][^{END}]*{END}")
_LETTER = re.compile(r"[^\W\d_]")


@lru_cache(maxsize=64)
def _pattern(tag: str, origin: str) -> re.Pattern[str]:
    start = f"(?:(?<=[\"'=])|(?<={re.escape(origin)}))" if origin else "(?<=[\"'=])"
    return re.compile(
        rf"""<link\ rel="alternate"[^>]*>
        |(?P<part>(?<=<style>)[^<]+|(?<=\ d=")[^"]{{16,}}|(?<=<a\ )href="https://[^"]+"\ rel="noreferrer">[^<]+)
        |(?P<node>(?<=>)[^<>]+(?=<))
        |(?P<slot>{_SLOT.pattern})
        |(?P<place>(?:{start}|(?<=/with))/{re.escape(tag)}/)
        |(?P<string>
            (?:(?<=\ lang=")|(?<=\ dir="))[a-zA-Z-]+(?=")
            |(?<==")[A-ZÀ-Ý«][^"/<>{FIRST}{SECOND}]*(?="))""",
        re.VERBOSE,
    )


def number_texts(data: Any, places: Mapping[str, int]) -> Any:
    """Return JSON data with every string that is a text of the pack, marks apart, as its number there."""
    if isinstance(data, str):
        return places.get(data, data)
    if isinstance(data, list):
        return [number_texts(item, places) for item in data]
    return {key: number_texts(value, places) for key, value in data.items()}


def plain(html: str) -> str:
    """Return the words of a text of the pack; what `number_texts` is undone by, on the phone too."""
    return _ESCAPED.sub(lambda match: _ESCAPES[match[0]], _TAG.sub("", html))


_TAG = re.compile("<[^>]*>")
_ESCAPES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'"}
_ESCAPED = re.compile("|".join(_ESCAPES))


def _base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits
