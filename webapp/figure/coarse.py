"""Paths of small figures: on a coarser grid, and without what their frame cuts off at the top.

A small figure shows four to six units of the geometry to a CSS pixel; coordinates that fine are a fifth of
the bytes of the fullest card. The paths are uniform quadratic splines: most of their control points are
implied (`t`), so that a rounded point moves every control after it. Points are therefore rounded to where
the next control falls right, not to where they are nearest: no error is handed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

GRID = 4
"""Units of the geometry; small figures are drawn in these and scaled back."""

_COMMAND = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_NUMBER = re.compile(r"-?\d+")


@dataclass(frozen=True, slots=True)
class _Step:
    """One absolute piece of a path; points are complex numbers, x + yj."""

    kind: str
    """M, L, Q, T (a Q whose control is implied), or Z."""
    end: complex
    control: complex = 0


@lru_cache(maxsize=512)
def redraw(path: str, top: int) -> str:
    """Return `path` in units of `GRID`; what lies above `top` becomes straight lines that stay above it."""
    return "".join(_written(list(_cut(_steps(path), top))))


def _steps(path: str) -> Iterator[_Step]:
    at = start = control = 0j
    for letter, rest in _COMMAND.findall(path):
        numbers = [int(number) for number in _NUMBER.findall(rest)]
        if letter == "z":
            yield _Step("Z", start)
            at = start
            continue
        points = [complex(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]
        if letter == "M":
            at = start = points[0]
            yield _Step("M", at)
        elif letter == "l":
            for end in points:
                at += end
                yield _Step("L", at)
        elif letter == "q":
            for bend, end in zip(points[::2], points[1::2], strict=True):
                control, at = at + bend, at + end
                yield _Step("Q", at, control)
        elif letter == "t":
            for end in points:
                control, at = 2 * at - control, at + end
                yield _Step("T", at, control)
        else:
            raise ValueError(f"{letter} in a path of the geometry")


def _cut(steps: Iterable[_Step], top: int) -> Iterator[_Step]:
    """Draw each stretch above `top` as one line."""
    at = 0j
    above: _Step | None = None
    for step in steps:
        points = (at, step.end, step.control) if step.kind in "QT" else (at, step.end)
        at = step.end
        if step.kind not in "MZ" and all(point.imag < top for point in points):
            above = _Step("L", step.end)
            continue
        if above:
            yield above
            step = _Step("Q", step.end, step.control) if step.kind == "T" else step
        above = None
        yield step
    if above:
        yield above


def _written(steps: list[_Step]) -> Iterator[str]:
    at = control = 0j
    last = ""
    for place, step in enumerate(steps):
        if step.kind == "Z":
            yield "z"
            last = ""
            continue
        end = _on_grid(step.end / GRID)
        if step.kind in "QT":
            control = 2 * at - control if step.kind == "T" else _on_grid(step.control / GRID)
            if (following := steps[place + 1 : place + 2]) and following[0].kind == "T":
                end = _on_grid((control + following[0].control / GRID) / 2)
        moved = end - at
        if step.kind == "M":
            command, numbers = "M", [end]
        elif step.kind == "L":
            command, numbers = "l", [moved]
        elif step.kind == "T":
            command, numbers = "t", [moved]
        else:
            command, numbers = "q", [control - at, moved]
        text = " ".join(f"{point.real:.0f} {point.imag:.0f}" for point in numbers).replace(" -", "-")
        if command != last or command == "M":
            yield command
        elif not text.startswith("-"):
            yield " "
        yield text
        at, last = end, command


def _on_grid(point: complex) -> complex:
    return complex(round(point.real), round(point.imag))
