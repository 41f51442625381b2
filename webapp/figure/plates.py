"""The labelled plates of the anatomy cards: spine, hip, sciatic nerve.

Reads `plates.json`. A plate holds curves, codes and numbers, and no words: the caller knows what each number
names. `templates/figure/_anatomy.html` writes it down as SVG with the caller's list beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from webapp.figure.geometry import SCREEN, Box, GeometryError

DATA = Path(__file__).with_name("plates.json")

KINDS = frozenset({"body", "bone", "soft", "canal", "cord", "thin", "nerve", "nerve far", "ln w2", "ln far"})
"""How a curve is painted: a class, or two, of the style sheet."""

# As in the body map: absolute M, then relative lines and curves, in integers.
_PATH = re.compile(r"(?:M-?\d+[ -]\d+(?:[lc]-?\d+(?: ?-?\d+)*)*z?)+")
_MIDLINE = 800


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve, painted."""

    id: str
    kind: str
    d: str
    mirror: str
    """Transform of its other half; empty where it is whole."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A number or a code on the drawing, in CSS px from the upper left corner on a 390 px screen."""

    text: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Inset:
    """A part of the drawing shown again, larger, in a frame."""

    transform: str
    frame: str
    """The frame, as a path."""
    lines: str
    """The part's own frame on the drawing, and a line that leads to the larger one."""


@dataclass(frozen=True, slots=True)
class Plate:
    """A labelled drawing without its words."""

    name: str
    view_box: str
    curves: tuple[Curve, ...]
    inset: Inset | None
    leaders: str
    """From each number to what it names, as one path."""
    turn: str
    """Transform that gives numbers and codes their size, whatever the view box."""
    numbers: tuple[Spot, ...]
    codes: tuple[Spot, ...]


@cache
def load_plates() -> Mapping[str, Plate]:
    """Return the shipped plates by name, read once.

    :raises GeometryError: when the file is missing or damaged.
    """
    try:
        plates: dict[str, Any] = json.loads(DATA.read_text("utf-8"))["plates"]
        return MappingProxyType({name: _plate(name, value) for name, value in plates.items()})
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise GeometryError(f"{DATA}: {error}") from None


def _plate(name: str, value: Any) -> Plate:
    box = Box(*value["box"])
    scale = box.width / SCREEN

    def spot(text: str, x: int, y: int) -> Spot:
        if not box.holds(x, y):
            raise ValueError(f"{name}: {text} lies outside the view box")
        return Spot(text, round((x - box.x) / scale), round((y - box.y) / scale))

    numbers = value["numbers"]
    return Plate(
        name=name,
        view_box=str(box),
        curves=tuple(_curve(name, number, *entry) for number, entry in enumerate(value["paths"])),
        inset=_inset(value["inset"]) if "inset" in value else None,
        leaders="".join(f"M{x} {y}L{to_x} {to_y}" for x, y, to_x, to_y in numbers),
        turn=f"translate({box.x} {box.y})scale({scale:.3g})",
        numbers=tuple(spot(str(number), x, y) for number, (x, y, *_to) in enumerate(numbers, 1)),
        codes=tuple(spot(*code) for code in value["codes"]),
    )


def _curve(plate: str, number: int, kind: str, d: str, half: str = "") -> Curve:
    if kind not in KINDS or not _PATH.fullmatch(d):
        raise ValueError(f"{plate}: path {number} cannot be painted")
    return Curve(f"part-{number}", kind, d, f"matrix(-1 0 0 1 {2 * _MIDLINE} 0)" if half else "")


def _inset(value: Any) -> Inset:
    part, scale = Box(*value["from"]), value["scale"]
    x, y = value["to"]
    width, height = round(part.width * scale), round(part.height * scale)
    right, middle = part.x + part.width, part.y + part.height // 2
    return Inset(
        transform=f"translate({x - part.x * scale:.0f} {y - part.y * scale:.0f})scale({scale})",
        frame=f"M{x} {y}h{width}v{height}h{-width}z",
        lines=f"M{part.x} {part.y}h{part.width}v{part.height}h{-part.width}zM{right} {middle}H{x}",
    )
