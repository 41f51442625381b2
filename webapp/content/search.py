"""Finding cards by the words people type, the same on the server and on the phone.

`index_data` gives the texts of one language as plain JSON, `build_index` turns them round, `search`
answers. `webapp/static/search.js` holds the same two functions over the same JSON, so all arithmetic is
in whole numbers and every tie falls to the editors' order. What comes first depends on the words alone:
nothing is interpreted, and no score leaves this module.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, NotRequired, TypedDict

from webapp.content import markup
from webapp.content.folding import joined, words
from webapp.content.localize import Localizer, Text

LONGEST_QUERY = 200
"""Characters read of a query; the rest is cut off."""
MOST_TERMS = 16
"""Different words read of a query."""
COMMAS = "؛،；，、,"
"""What lists of names are separated with, beside «;»."""
MOST_ROWS = 10
"""Cards shown at most."""

TITLE, SYNONYM, ALSO, SUMMARY, WORD, BLOCK = 8, 7, 6, 4, 3, 1
"""What a word found there is worth."""
EXACT, INFLECTED, BEGINNING, WITHIN = 4, 3, 2, 1
"""How well a word of a text answers a word typed."""
NAME = 3
"""How much more the nearest name of a card counts than where single words stand."""
COMPLETE = 400
"""What it is worth to have every telling word."""
DANGERS = ("emergency", "urgent")
"""Kinds of cards whose names and search words are danger words."""
CODE_FOUND = 1_000_000
"""More than words can be worth: a code names its card."""


class CardData(TypedDict):
    """The texts of one card, as shown and without marks; all in one language."""

    slug: str
    kind: str
    title: str
    summary: str
    also: str
    synonyms: list[str]
    words: list[str]
    codes: list[list[str]]
    """[code, what it stands for]."""
    blocks: list[str]
    lang: NotRequired[str]
    """`fr` for a card whose title is not translated yet; else the page's language."""


class SearchData(TypedDict):
    """What the index of one language is built from; the phone gets it as JSON."""

    cards: list[CardData]
    small: list[str]
    """Words that say nothing about a pain, as typed."""


@dataclass(slots=True)
class Index:
    """The texts of one language turned round: from words to cards."""

    cards: list[CardData]
    small: set[str] = field(default_factory=set)
    worth: dict[str, dict[int, int]] = field(default_factory=dict)
    """Word -> place of a card that has it -> the best field it stands in. Titles' words come first."""
    shown: dict[str, str] = field(default_factory=dict)
    """Word -> as it is written where it was first found."""
    buckets: dict[str, list[str]] = field(default_factory=dict)
    """First two letters -> words."""
    phrases: list[list[list[str]]] = field(default_factory=list)
    """Of each card: the words of its title, of its parts, of each synonym and of each other name."""
    sentences: list[list[tuple[str, list[str]]]] = field(default_factory=list)
    """Of each card: its summary, then every sentence of its blocks, each with its words."""

    def rarity(self, word: str) -> int:
        """Return how much a word tells cards apart: 1 for what nearly all of them say."""
        return 1 if word in self.small else _rarity(len(self.cards), len(self.worth[word]))


def _rarity(cards: int, having: int) -> int:
    return (cards // having).bit_length()


@dataclass(slots=True)
class Row:
    """One card found."""

    slug: str
    title: str
    lang: str
    """`fr` where the card is not translated, else empty."""
    pieces: list[tuple[str, bool]]
    """The sentence found, cut where words typed begin and end; True for those."""


@dataclass(slots=True)
class Result:
    """What a query finds."""

    query: str
    corrected: str = ""
    """The query as it was probably meant, when a word of it is unknown; the rows are of this one."""
    is_danger: bool = False
    """Whether the words name an emergency, or its card stands first: the danger signs are offered again."""
    codes: list[tuple[str, str]] = field(default_factory=list)
    is_partial: bool = False
    """Whether no card has every telling word; the rows are the nearest."""
    rows: list[Row] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the plain structure that `search.js` returns for the same query."""
        return asdict(self)


@cache
def _small_words() -> dict[str, str]:
    return tomllib.loads(files("webapp.content").joinpath("small_words.toml").read_text("utf-8"))


def index_data(localizer: Localizer) -> SearchData:
    """Return the texts of every published card in the editors' order: what the index is built from.

    A card speaks one language: the page's if its title is translated, else French. Of a translated
    card, texts that are not current are left out, for a sentence found stands without its notice.
    """
    codes = {code.code: code.label for code in localizer.store.codes()}
    found = []
    for card in localizer.store.cards():
        texts = localizer.card(card)
        locale = texts.title.locale
        own = Localizer(localizer.store, locale) if locale != localizer.locale else localizer
        if own is not localizer:
            texts = own.card(card)

        def shown(text: Text | None, locale: str = locale) -> str:
            if text is None or text.locale != locale or text.state != "current":
                return ""
            return markup.typeset(markup.plain(text.text), locale)

        # A list of search words is each language's own: it stays good when the French list changes.
        listed = own.text(f"{card.slug}/search", "; ".join(card.search), is_safety=True)
        data: CardData = {
            "slug": card.slug,
            "kind": card.kind,
            "title": markup.typeset(markup.plain(texts.title.text), locale),
            "summary": shown(texts.summary),
            "also": shown(texts.also),
            "synonyms": [name.strip() for name in _split(listed.text, COMMAS)]
            if listed.locale == locale
            else [],
            "words": [name for term in texts.words if (name := shown(term.name))],
            "codes": [
                [code, shown(own.text(f"code/{code}/label", codes[code])) if code in codes else ""]
                for code in card.icd10
            ],
            "blocks": [
                words_
                for blocks in texts.sections.values()
                for block in blocks
                if (words_ := shown(block.text))
            ],
        }
        if own is not localizer:
            data["lang"] = locale
        found.append(data)
    return {"cards": found, "small": _small_words().get(localizer.locale, "").split()}


def _split(text: str, marks: str) -> list[str]:
    for mark in marks:
        text = text.replace(mark, ";")
    return [part for part in text.split(";") if part.strip(" ")]


def build_index(data: SearchData) -> Index:
    """Return the index of `data`."""
    cards = data["cards"]
    index = Index(cards, {word.folded for small in data["small"] for word in words(small)})
    index.sentences = [[] for _card in cards]
    for weight, texts in (
        (TITLE, lambda card: [card["title"]]),
        (SYNONYM, lambda card: card["synonyms"]),
        (ALSO, lambda card: [card["also"]]),
        (SUMMARY, lambda card: [card["summary"]]),
        (WORD, lambda card: card["words"]),
        (BLOCK, lambda card: card["blocks"]),
    ):
        for place, card in enumerate(cards):
            for text in texts(card):
                for sentence in _sentences(text):
                    said = _read(index, place, weight, sentence)
                    if weight in (SUMMARY, BLOCK):
                        index.sentences[place].append((sentence, said))
    for card in cards:
        names = [
            card["title"],
            *_split(card["title"], ":()"),
            *card["synonyms"],
            *_split(card["also"], COMMAS),
        ]
        index.phrases.append([_distinct(name) for name in names])
    for word in index.worth:
        index.buckets.setdefault(word[:2], []).append(word)
    return index


def _read(index: Index, place: int, weight: int, text: str) -> list[str]:
    """Take the words of `text` in, and return them."""
    found = words(text)
    for word in found:
        index.shown.setdefault(word.folded, text[word.start : word.end])
    said = list(dict.fromkeys([*(word.folded for word in found), *joined(text, found)]))
    for folded in said:
        index.worth.setdefault(folded, {}).setdefault(place, weight)
    return said


def _distinct(text: str) -> list[str]:
    return list(dict.fromkeys(word.folded for word in words(text)))


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for place, character in enumerate(text):
        if character in ".!?؟…。" and text[place + 1 : place + 2] in ("", " ", "\u00a0"):
            yield text[start : place + 1]
            start = place + 2
    if start < len(text):
        yield text[start:]


_BLANK = re.compile("[\u0000-\u0020\u007f-\u00a0\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What no page may hold, and spaces."""
_CODE = re.compile(r"[a-z][0-9]{2}(?:\Z|[0-9])")
"""How a code begins, folded and without its dot; national versions add letters and digits."""


@dataclass(slots=True)
class _Term:
    """A word typed, with the words of the index that answer it."""

    answers: dict[str, int]
    """Word of the index -> how well it answers."""
    places: set[int]
    """Cards that have one of them."""
    weight: int
    """How much the term tells cards apart."""
    is_small: bool


def search(index: Index, query: str) -> Result:
    """Return the cards that `query` finds, best first; never raises, whatever was typed."""
    result = Result(_tidy(query))
    typed, codes = _without_codes(index, result.query)
    terms: list[_Term] = []
    corrections: dict[str, str] = {}
    is_unknown = False
    for folded in list(dict.fromkeys(typed))[:MOST_TERMS]:
        is_small = folded in index.small
        parts = _known(index, folded)
        if not parts and not is_small and not codes:
            parts, meant = _guessed(index, folded)
            if meant:
                corrections[folded] = meant
        is_unknown = is_unknown or not (parts or is_small)
        terms += (_term(index, answers, is_small=is_small) for answers in parts)
    if corrections:
        result.corrected = _corrected(index, result.query, corrections)
    labels = {code: label for card in index.cards for code, label in card["codes"] if label}
    result.codes = [(code, labels[code]) for code in codes if code in labels]

    # What nearly every card says («mal», «la») tells nothing: only rarer words must be there.
    wanted = [term for term in terms if not term.is_small] or terms
    telling = [term for term in wanted if len(term.places) * 2 <= len(index.cards)] or wanted
    scores: dict[int, int] = {}
    is_complete = False
    for place, card in enumerate(index.cards):
        has_all = all(place in term.places for term in telling)
        is_named = any(code in codes for code, _label in card["codes"])
        if is_named or any(place in term.places for term in wanted):
            named, whole = CODE_FOUND if is_named else 0, COMPLETE if has_all else 0
            scores[place] = named + whole + _score(index, terms, place)
            is_complete = is_complete or is_named or has_all
    best = max(scores.values(), default=0)
    near = [place for place, score in scores.items() if score * 3 >= best]
    ranked = sorted(near, key=lambda place: -scores[place])  # stable: ties in the editors' order
    result.is_partial = bool(ranked) and (is_unknown or not is_complete)
    result.rows = [_row(index, telling, place) for place in ranked[:MOST_ROWS]]
    is_told = bool(ranked) and (bool(codes) or any(not term.is_small for term in terms))
    is_first = is_told and index.cards[ranked[0]]["kind"] in DANGERS
    result.is_danger = is_first or _names_danger(index, terms)
    return result


def _tidy(query: str) -> str:
    return " ".join(part for part in _BLANK.sub(" ", query)[:LONGEST_QUERY].split(" ") if part)


def _without_codes(index: Index, query: str) -> tuple[list[str], list[str]]:
    """Return the words of `query`, and the codes of the index that it names («M54.3», «m543», «M54»)."""
    found = words(query)
    typed: list[str] = []
    codes: list[str] = []
    skip = False
    for number, word in enumerate(found):
        if skip:
            skip = False
            continue
        compact = word.folded
        after = found[number + 1] if number + 1 < len(found) else None
        if after and query[word.end : after.start] in (".", ",") and len(compact) == 3:
            compact += after.folded
        named = _codes(index, compact)
        skip = bool(named) and compact != word.folded
        if named:
            codes += [code for code in named if code not in codes]
        else:
            typed.append(word.folded)
    return typed, codes


def _codes(index: Index, compact: str) -> list[str]:
    """Return the codes that a word without its dot names: itself, else the one it refines, else those below it."""
    if not _CODE.match(compact):
        return []
    known = list(dict.fromkeys(code for card in index.cards for code, _ in card["codes"]))
    plain = {code: code.replace(".", "").lower() for code in known}
    same = [code for code in known if plain[code] == compact]
    above = [code for code in known if compact.startswith(plain[code])]
    finest = max(map(len, above), default=0)
    return (
        same
        or [code for code in above if len(code) == finest]
        or [code for code in known if plain[code].startswith(compact)]
    )


def _term(index: Index, answers: dict[str, int], *, is_small: bool) -> _Term:
    places = {place for word in answers for place in index.worth[word]}
    return _Term(answers, places, 1 if is_small else _rarity(len(index.cards), len(places)), is_small)


def _known(index: Index, word: str) -> list[dict[str, int]]:
    """Return what answers `word`: one set of words, two for a compound («Hüftschmerzen»), none if unknown."""
    close = _close(index, word)
    for cut in range(4, len(word) - 3):
        left, right = _close(index, word[:cut]), _close(index, word[cut:])
        if left and right:
            return [left | close, right | close]
    if close:
        return [_beginning(index, word) | close if len(word) >= 4 else close]
    if len(word) >= 2 and (longer := _beginning(index, word)):
        return [longer]
    if len(word) >= 5 and (around := {known: WITHIN for known in index.worth if word in known}):
        return [around]
    return []


def _close(index: Index, word: str) -> dict[str, int]:
    """Return the word itself and its inflections: «hanches» for «hanche», «gambe» for «gamba»."""
    return {
        known: EXACT if known == word else INFLECTED
        for known in index.buckets.get(word[:2], ())
        if known == word or _is_inflected(word, known)
    }


def _is_inflected(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 2:
        return False
    common = 0
    while common < min(len(one), len(other)) and one[common] == other[common]:
        common += 1
    tails = sorted((len(one) - common, len(other) - common))
    if tails[1] > 2 or common < 3:
        return False
    is_arabic = "\u0600" <= one[0] <= "\u06ff"  # its words are short: roots of three letters
    return common >= 4 or is_arabic or tails == [0, 1]


def _beginning(index: Index, word: str) -> dict[str, int]:
    return {known: BEGINNING for known in index.buckets.get(word[:2], ()) if known.startswith(word)}


def _guessed(index: Index, word: str) -> tuple[list[dict[str, int]], str]:
    """Return what answers an unknown word, and the word that was probably meant.

    One slip is corrected; then words with the same trunk answer, without a correction («sciatik» is
    far from «sciatique»); then two slips are corrected.
    """
    meant, far = _meant(index, word)
    if far != 1:
        for trunk in (word[:-1], word[:-2]):
            if len(trunk) >= 5 and (found := _beginning(index, trunk)):
                return [found], ""
    return (_known(index, meant), meant) if meant else ([], "")


def _meant(index: Index, word: str) -> tuple[str, int]:
    """Return the nearest word of the index and its distance: one slip in 4 to 6 letters, two in more."""
    most = 2 if len(word) >= 7 else 1 if len(word) >= 4 else 0
    best, nearest = "", most + 1
    for known in index.worth:
        if len(known) >= 3 and (far := distance(word, known, nearest - 1)) < nearest:
            best, nearest = known, far
    return best, nearest


def distance(one: str, other: str, most: int) -> int:
    """Return the letters to add, drop, change or swap with their neighbour (each once), or `most` + 1 if more.

    Optimal string alignment, after Damerau (1964).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)


def _corrected(index: Index, query: str, corrections: dict[str, str]) -> str:
    out, end = "", 0
    for word in words(query):
        if meant := corrections.get(word.folded):
            out += query[end : word.start] + index.shown.get(meant, meant)
            end = word.end
    return out + query[end:]


def _names_danger(index: Index, terms: Iterable[_Term]) -> bool:
    """Tell whether a name of an emergency was typed, small words aside; of four words or more, one may be missing."""
    typed = {word for term in terms for word, quality in term.answers.items() if quality >= INFLECTED}
    for card, phrases in zip(index.cards, index.phrases, strict=True):
        if card["kind"] in DANGERS:
            for phrase in phrases:
                said = [word in typed for word in phrase if word not in index.small]
                if any(said) and said.count(False) <= (len(said) >= 4):
                    return True
    return False


def _score(index: Index, terms: list[_Term], place: int) -> int:
    """Return how well a card answers: where each term stands, and the phrase of its names nearest to the query."""
    total = sum(term.weight for term in terms)
    if not total:
        return 0
    found = sum(
        term.weight
        * max((index.worth[word].get(place, 0) * q for word, q in term.answers.items()), default=0)
        for term in terms
    )
    nearest = 0
    typed = {word for term in terms for word in term.answers}
    for phrase in index.phrases[place]:
        if typed.isdisjoint(phrase):
            continue
        all_of_it = sum(map(index.rarity, phrase))
        said = sum(index.rarity(word) for word in phrase if word in typed)
        asked = sum(term.weight for term in terms if any(word in term.answers for word in phrase))
        nearest = max(nearest, (1000 * said // all_of_it) * (1000 * asked // total) // 1000)
    return 100 * found // total + NAME * nearest


def _row(index: Index, telling: list[_Term], place: int) -> Row:
    card = index.cards[place]
    marked = {word for term in telling for word in term.answers}
    best, sentence = 0, card["summary"]
    for text, said in index.sentences[place]:
        if not marked.isdisjoint(said):
            weight = sum(term.weight for term in telling if any(word in term.answers for word in said))
            if weight > best:
                best, sentence = weight, text
    return Row(card["slug"], card["title"], card.get("lang", ""), list(_pieces(sentence, marked)))


def _pieces(sentence: str, marked: set[str]) -> Iterator[tuple[str, bool]]:
    end = 0
    for word in words(sentence):
        if word.folded in marked:
            if word.start > end:
                yield sentence[end : word.start], False
            yield sentence[word.start : word.end], True
            end = word.end
    if end < len(sentence):
        yield sentence[end:], False
