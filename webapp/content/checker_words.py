"""Faults of meaning that words betray: sides, negation, urgency, things lost, forbidden and doubled words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from webapp.content.finding import Finding
from webapp.content.glossary import Glossary
from webapp.content.languages import Language, Negation, fold, source

_CLAUSE = re.compile(r"[.,;:!?()\[\]–—…،؛؟\n]+")
_SENTENCE = re.compile(r"(?<=[.!?…؟;:؛])\s+")


def check_sides(where: str, french: str, text: str, language: Language) -> Iterator[Finding]:
    """Yield left and right swapped, lost or added; «left arm and left hand» may be «left arm and hand»."""
    wanted, found = french_sides(french), _sides(fold(text), language)
    if wanted != found:
        told = " ".join(wanted) or "none", " ".join(found) or "none"
        yield Finding(
            where,
            f"left and right differ (French: {told[0]}; here: {told[1]})",
            "use the sides of the French, in its order",
            "sides",
        )


@lru_cache(maxsize=4096)
def french_sides(french: str) -> tuple[str, ...]:
    """Return the sides that `french` names, in order."""
    return _sides(fold(french), source().language)


def _sides(folded: str, language: Language) -> tuple[str, ...]:
    folded = language.no_side.sub(" ", folded)
    found = sorted(
        (match.start(), name)
        for name, pattern in (("left", language.left), ("right", language.right))
        for match in pattern.finditer(folded)
    )
    names = [name for _, name in found]
    return tuple(name for before, name in zip(["", *names], names, strict=False) if name != before)


def check_negation(where: str, french: str, text: str, language: Language) -> Iterator[Finding]:
    """Yield a «not» that a danger sign lost or gained."""
    negation = language.negation
    least, most = french_negations(french)
    folded = negation.idioms.sub(" ", fold(text))
    said, lacks = _negations(folded, negation)
    if said > most:
        yield Finding(
            where,
            f"says «not» {said} times, the French {most}",
            "say it in the affirmative, as the French does",
            "negation",
        )
    elif said + lacks < (least if _carries_on(folded, negation) else most):
        yield Finding(
            where,
            f"says «not» {said + lacks} times, the French {most}",
            "say what must not be done, or what is not possible",
            "negation",
        )
    elif orphan := _orphan(folded, negation):
        yield Finding(where, f"«{orphan}» without the «not» before it", "write the «not»", "negation")


@lru_cache(maxsize=4096)
def french_negations(french: str) -> tuple[int, int]:
    """Return how often a translation says «not»: where one serves two things, and where each has its own."""
    negation = source().language.negation
    folded = negation.idioms.sub(" ", fold(french))
    count = sum(_negations(folded, negation))
    repeated, carried = (len(p.findall(folded)) for p in (negation.repeats, negation.carries))
    return count - repeated, count + (carried if count else 0)


def _negations(folded: str, negation: Negation) -> tuple[int, int]:
    said = lacks = 0
    for clause in _CLAUSE.split(folded):
        strong = [match.start() for match in negation.words.finditer(clause)]
        weak = [match.start() for match in negation.weak.finditer(clause)]
        said += len(strong) + (len(weak) if weak and not any(start < weak[0] for start in strong) else 0)
        lacks += len(negation.either.findall(clause))
    return said, lacks


def _carries_on(folded: str, negation: Negation) -> bool:
    """Whether a «not» goes on to a second thing: «not stand or walk», «no feeling, or erection»."""
    for sentence in _SENTENCE.split(folded):
        found = [p.search(sentence) for p in (negation.words, negation.weak, negation.either)]
        ends = [match.end() for match in found if match]
        for join in negation.joins.finditer(sentence, min(ends)) if ends else ():
            between = sentence[min(ends) : join.start()].rstrip()
            if not _CLAUSE.search(between) or between.endswith((",", "،", ")")):
                return True
    return negation.shared.search(folded) is not None


def _orphan(folded: str, negation: Negation) -> str:
    for sentence in _SENTENCE.split(folded):
        for match in negation.follow.finditer(sentence):
            before = sentence[: match.start()].strip()
            if before and not negation.words.search(before) and not negation.weak.search(before):
                return match[0]
    return ""


def check_urgency(
    where: str, french: str, text: str, language: Language, *, is_safety: bool
) -> Iterator[Finding]:
    """Yield words of urgency that were lost: call, today, suddenly; in danger signs also fast, at once."""
    folded = fold(text)
    for name, count in french_urgency(french).items():
        pattern = language.urgency.get(name) if is_safety or name in source().everywhere else None
        if pattern and len(pattern.findall(folded)) < count:
            yield Finding(
                where, f"what is urgent was lost ({name})", "say it as strongly as the French", "urgency"
            )


@lru_cache(maxsize=4096)
def french_urgency(french: str) -> dict[str, int]:
    """Return how often `french` says each kind of urgency."""
    return _counts(fold(french), source().language.urgency)


def _counts(folded: str, patterns: Mapping[str, re.Pattern[str]]) -> dict[str, int]:
    counts = {name: len(pattern.findall(folded)) for name, pattern in patterns.items()}
    return {name: count for name, count in counts.items() if count}


def check_missing(
    where: str, french: str, text: str, language: Language, *, is_safety: bool
) -> Iterator[Finding]:
    """Yield what the French names and the translation does not: parts of the body; in danger signs, every sign."""
    folded = fold(text)
    for name, said in french_words(french).items():
        pattern = language.words.get(name) if is_safety or name in source().everywhere else None
        if pattern and not pattern.search(folded):
            yield Finding(
                where,
                f"does not say «{said}»",
                f"say it; if it does, add your word to «{name}» in the language's file",
                "missing",
            )


@lru_cache(maxsize=4096)
def french_words(french: str) -> dict[str, str]:
    """Return the things that `french` names, each as it names it."""
    folded = fold(french)
    found = ((name, pattern.search(folded)) for name, pattern in source().language.words.items())
    return {name: match[0] for name, match in found if match}


def check_doubled(where: str, french: str, text: str, language: Language | None) -> Iterator[Finding]:
    """Yield words said twice: «the the», «acetabulum or acetabulum», «acetabulum (acetabulum)»."""
    folded = fold(text)
    patterns = [r"(?<!\w)([^\W\d_]{2,}) \1(?!\w)", r"(?<!\w)([^\W\d_]{4,}),? \(\1\)"]
    if language and language.either_or:
        shortest = 4 if language.script == "Latin" else 3  # «hip or hip replacement» is good English
        patterns.append(rf"(?<!\w)([^\W\d_]{{{shortest},}}) (?:{language.either_or}) \1(?!\w)")
    for pattern in patterns:
        for match in re.finditer(pattern, folded):
            allowed = language.twice.finditer(folded) if language else ()
            if not any(a.start() <= match.start() and match.end() <= a.end() for a in allowed) and (
                not re.search(pattern, fold(french))
            ):
                yield Finding(where, f"«{match[0]}»: a word said twice", "say it once", "doubled")


def check_glossary(where: str, locale: str, french: str, text: str, glossary: Glossary) -> Iterator[Finding]:
    """Yield words that the glossary forbids for a term that the French has."""
    folded = fold(text)
    terms = tuple(glossary.forms(french, locale))
    found = [(term, match) for term in terms for match in term.forbidden.finditer(folded)]
    if not found:
        return
    # «sciatic» is wrong for «sciatique», and right within «sciatic nerve».
    right = [match.span() for term in terms for match in term.right.finditer(folded)]
    for term, match in found:
        if not any(_is_part_of(match.span(), span) for span in right):
            yield Finding(
                where,
                f"«{match[0]}» is not the word for «{term.term}»",
                f"write «{term.translation}» (glossary.tsv)",
                "glossary",
            )


def _is_part_of(span: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether `other` takes `span` in, or takes its words on: «the sciatic» in «the sciatic nerve»."""
    (start, end), (first, last) = span, other
    return first <= start < end <= last or first < end < last or first < start < last


def check_never(where: str, text: str, language: Language) -> Iterator[Finding]:
    """Yield words that are wrong in every text of the language: «tomies», «impotence»."""
    for match in language.never.finditer(fold(text)):
        yield Finding(where, f"«{match[0]}» is never right", "say what the French says", "never")


def check_diagnosis(where: str, text: str, language: Language) -> Iterator[Finding]:
    """Yield a sentence that tells the reader what disease they have (design, section 4: purpose line)."""
    folded = fold(text)
    if not language.diagnosis.says.search(folded):
        return
    for sentence in _SENTENCE.split(folded):
        says = language.diagnosis.says.search(sentence)
        if (
            says
            and not sentence.rstrip(" )»”’").endswith(("?", "؟"))
            and not language.diagnosis.unless.search(sentence, 0, says.start())
        ):
            # Up to two words may stand between: «you have a mild sciatica».
            for condition in language.diagnosis.condition.finditer(sentence, says.end()):
                between = sentence[says.end() : condition.start()]
                if len(between.split()) <= 2 and not _CLAUSE.search(between):
                    yield Finding(
                        where,
                        f"«{sentence[says.start() : condition.end()]}» is a diagnosis",
                        "say what may be, or begin with «if»",
                        "diagnosis",
                    )
                    break
