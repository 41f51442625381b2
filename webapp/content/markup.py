"""Inline Markdown of blocks: strong text and inner links, nothing else.

Catalog texts come from outside, so whatever is not one of the two marks is shown as the characters
it is. Parsing is markdown-it-py's, with every other rule off; this file writes the few elements.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

INNER_LINK: re.Pattern[str] = re.compile(r"(?:card:[a-z0-9-]+|page:(?:urgent|map|numbers))")
"""`card:<slug>` or `page:<name>`: the only places a text may point to."""

_parser = MarkdownIt("zero").enable(["emphasis", "link"])
_parser.validateLink = lambda url: bool(INNER_LINK.fullmatch(url))  # type: ignore[method-assign]
# Once before there are threads: mdurl fills a table at its first link, and hands it out before it is full.
_parser.parseInline("[a](card:a)")

_ALLOWED = frozenset({"text", "strong_open", "strong_close", "link_open", "link_close"})
_SPACE_BEFORE = re.compile(r" (?=[:;?!»]|%(?!\())")
_SPACE_AFTER = re.compile(r"(?<=«) ")


@lru_cache(maxsize=64)  # the functions below ask several times for one text
def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(_parser.parseInline(text)[0].children or ())


def render(text: str, link: Callable[[str], str], language: str = "fr") -> Markup:
    """Return `text` as HTML; `link` turns an inner target into an address.

    An unknown target or mark never breaks the page: the words stay.
    """
    out = Markup()
    open_links: list[bool] = []
    for token in _tokens(text):
        if token.type == "text":
            out += escape(typeset(token.content, language))
        elif token.type in ("strong_open", "strong_close"):
            out += Markup("<strong>" if token.nesting == 1 else "</strong>")
        elif token.type == "link_open":
            address = link(str(token.attrs.get("href", "")))
            open_links.append(bool(address))
            out += Markup('<a href="{}">').format(address) if address else ""
        elif token.type == "link_close":
            out += Markup("</a>") if open_links.pop() else ""
        else:
            out += escape(typeset(_as_typed(token), language))
    return out


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """Return the words of `text` without its marks."""
    return "".join(_as_typed(token) for token in _tokens(text))


def _as_typed(token: Token) -> str:
    """Return the characters of what is no allowed mark; the star of `5*3*2` among them."""
    return token.content or ("" if token.type in _ALLOWED else token.markup)


def targets(text: str) -> tuple[str, ...]:
    """Return the inner targets `text` links to, in order."""
    return tuple(str(token.attrs["href"]) for token in _tokens(text) if token.type == "link_open")


def structure(text: str) -> tuple[str, ...]:
    """Return marks and targets in a form that a translation must share, in any order."""
    strong = sum(token.type == "strong_open" for token in _tokens(text))
    return (*("strong",) * strong, *sorted(targets(text)))


def faults(text: str) -> list[str]:
    """Say what in `text` is neither words nor an allowed mark."""
    found = [token.markup or token.type for token in _tokens(text) if token.type not in _ALLOWED]
    found += [str(token.attrs["title"]) for token in _tokens(text) if "title" in token.attrs]
    words = plain(text)
    found += re.findall(r"</?[A-Za-z!][^>]*>?", words)
    found += re.findall(r"\]\((?:[^)]*\)|\S*)|\*\*|https?://\S+|`+|(?<!\S)_\w", words)
    return [f"«{fault}»" for fault in dict.fromkeys(found)]


def typeset(text: str, language: str) -> str:
    """Apply French spacing: no-break spaces before : ; ? ! » % and after « (authors type plain ones)."""
    if language != "fr":
        return text
    return _SPACE_AFTER.sub("\u00a0", _SPACE_BEFORE.sub("\u00a0", text))
