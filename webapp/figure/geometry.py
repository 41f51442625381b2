"""The body map's shapes as values: places, views, windows, paths.

Reads `bodymap.json`, whose curves are quarter units of the shared body map. A drawing holds one side of the
body (all of it in the side view); the other side is its mirror image. `left` and `right` are always the
patient's. What is painted from these values is `drawing`'s affair.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

Side = Literal["left", "right"]

DATA = Path(__file__).with_name("bodymap.json")

SCREEN = 390
"""Width in CSS px of the screen the sizes of targets are told for."""

FINGER = 44
"""CSS px a target needs (issue 6)."""

_FALLBACK = "full"
_OPPOSITE: Mapping[Side, Side] = MappingProxyType({"left": "right", "right": "left"})
# Only what the fitted curves need: absolute M, then relative lines and smooth quadratic chains, in integers.
_PATH = re.compile(r"(?:M-?\d+[ -]\d+(?:[lqt]-?\d+(?: ?-?\d+)*)*z?)+")


class GeometryError(Exception):
    """The data file cannot be drawn; the message is one line: file, where, what."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, as a viewBox writes it."""

    x: int
    y: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.x} {self.y} {self.width} {self.height}"

    def holds(self, x: float, y: float, radius: float = 0) -> bool:
        """Say whether a circle lies inside."""
        return (
            self.x <= x - radius
            and x + radius <= self.x + self.width
            and self.y <= y - radius
            and y + radius <= self.y + self.height
        )

    def contains(self, other: Box) -> bool:
        """Say whether another box lies inside."""
        return self.holds(other.x, other.y) and self.holds(other.x + other.width, other.y + other.height)

    def mirrored(self, width: int) -> Box:
        """Return the box in the mirror image of a drawing `width` wide."""
        return Box(width - self.x - self.width, self.y, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle inside a zone."""

    x: int
    y: int
    radius: int

    def mirrored(self, width: int) -> Circle:
        """Return the circle in the mirror image of a drawing `width` wide."""
        return Circle(width - self.x, self.y, self.radius)


@dataclass(frozen=True, slots=True)
class Shape:
    """A zone as one drawing shows it, on the drawn side."""

    path: str
    hit: str
    """A larger outline that takes the touch of a small zone; empty when its own does."""
    box: Box
    pole: Circle
    """The largest circle inside: where a number stands best."""
    touch: Circle
    """The largest circle of what reacts to a finger, `hit` and neighbours counted."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the body that has a name."""

    id: str
    is_covered: bool
    """Whether cards speak of it; the others are drawn for orientation."""
    is_paired: bool
    shapes: Mapping[str, Shape]
    """By drawing."""


@dataclass(frozen=True, slots=True)
class Strokes:
    """Lines of one kind."""

    half: str
    """Drawn, and drawn again as its mirror image where the drawing is symmetric."""
    middle: str = ""
    """Drawn once: lines on the midline."""
    hidden: str = ""
    """Like `half`, for what runs behind the bones or on the far side."""


@dataclass(frozen=True, slots=True)
class Band:
    """Where pain from one nerve root often runs."""

    root: str
    path: str
    labels: tuple[tuple[int, int], ...]
    """Where its name stands, so that every window shows it."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """One drawn body: front, back, side or soles."""

    name: str
    width: int
    height: int
    side: Side
    """The patient's side it holds."""
    is_symmetric: bool
    """Whether its mirror image completes it; the side view is whole by itself."""
    outline: str
    seam: tuple[int, int] | None
    """Upper and lower end of the midline, where an open outline meets its mirror image."""
    light: tuple[str, ...]
    hair: str
    contour: Strokes
    detail: Strokes
    nerve: Strokes | None
    bones: Strokes | None
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A drawing as a reader sees it."""

    name: str
    drawing: Drawing
    is_turned: bool
    """Whether the whole drawing is mirrored: the right side is the left one, turned."""
    windows: Mapping[str, Box]


@dataclass(frozen=True, slots=True)
class Place:
    """A zone with its side: what a reader touches."""

    zone: str
    side: Side | None
    covered: bool
    views: tuple[str, ...]
    """Views in which it can be touched."""

    @property
    def id(self) -> str:
        """Return `buttock-deep-right`, or the bare zone on the midline."""
        return place_id(self.zone, self.side)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as one view shows it."""

    place: str
    zone: Zone
    shape: Shape
    is_mirrored: bool
    """Whether it is the mirror image of the drawn side."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Everything the data file says. Unknown places, views and windows raise KeyError."""

    zones: tuple[Zone, ...]
    views: Mapping[str, View]
    _places: Mapping[str, Place] = field(repr=False)

    @property
    def places(self) -> tuple[str, ...]:
        """Return every place in the order of the file, left before right."""
        return tuple(self._places)

    def place(self, place: str) -> Place:
        """Return what is known of a place."""
        return self._places[place]

    def windows(self, view: str) -> tuple[str, ...]:
        """Return the windows of a view, the default one first."""
        return tuple(self.views[view].windows)

    def window(self, view: str, window: str) -> Box:
        """Return the part of the drawing a window shows; a window the view lacks shows the whole."""
        windows = self.views[view].windows
        return windows.get(window) or windows[_FALLBACK]

    def spots(self, view: str) -> tuple[Spot, ...]:
        """Return the places of a view in the order of the file, drawn side first."""
        return _spots_of(self, view)

    def reach(self, place: str, view: str, window: str) -> float:
        """Return the width in CSS px of a place's target on a 390 px screen; 0 where the window cuts it."""
        return _sizes(self, place, view, window)[0]

    def best_view(self, place: str) -> tuple[str, str]:
        """Return the view and window in which a place is the largest on the screen, whole and easy to touch.

        - Targets of 44 px and more come first.
        - Among these the zone that is drawn largest: the back of the knee is seen from behind, although
          from the side its target, widened by the empty ground beside it, would be wider still.
        """
        return _best_view(self, place)

    def __hash__(self) -> int:
        # One geometry per process; the caches below need no more than its identity.
        return id(self)


def place_id(zone: str, side: Side | None) -> str:
    """Return the id of a zone's side."""
    return f"{zone}-{side}" if side else zone


def fitting_window(view: str, window: str) -> str:
    """Return `window`, or `full` when the view has no such window."""
    return window if window in load_geometry().windows(view) else _FALLBACK


@cache
def load_geometry() -> Geometry:
    """Return the shipped geometry, read once.

    :raises GeometryError: when the file is missing or damaged.
    """
    return read_geometry(DATA)


def read_geometry(path: Path) -> Geometry:
    """Read a geometry file.

    :raises GeometryError: with one line that says where it is damaged.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise GeometryError(f"{path}: cannot be read: {error}") from None
    reader = _Reader(path)
    try:
        return reader.geometry(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise GeometryError(f"{path}: {reader.where}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


class _Reader:
    """Turns the file's JSON into values and remembers where it is, for the message."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.where = "file"

    def geometry(self, data: Any) -> Geometry:
        drawings = {name: self.drawing(name, value) for name, value in data["drawings"].items()}
        zones = tuple(self.zone(value, drawings) for value in data["zones"])
        views = {}
        for name, value in data["views"].items():
            self.where = f"views.{name}"
            windows = {window: self.box(box) for window, box in value["windows"].items()}
            if _FALLBACK not in windows:
                raise ValueError(f"the window {_FALLBACK} is missing")
            views[name] = View(
                name, drawings[value["drawing"]], value.get("turned", False), MappingProxyType(windows)
            )
        self.where = "zones"
        if len({zone.id for zone in zones}) < len(zones):
            raise ValueError("an id is there twice")
        places = _places(zones, views)
        for place in places.values():
            if not place.views:
                raise ValueError(f"{place.id} is drawn in no view")
        return Geometry(zones, MappingProxyType(views), MappingProxyType(places))

    def drawing(self, name: str, value: Any) -> Drawing:
        self.where = f"drawings.{name}"
        width, height = value["size"]
        seam = value.get("seam")
        layers = value["layers"]
        return Drawing(
            name=name,
            width=width,
            height=height,
            side=_side(value["side"]),
            is_symmetric=value["symmetric"],
            outline=self.path_of(value["outline"]),
            seam=(seam[0], seam[1]) if seam else None,
            light=tuple(map(self.path_of, value["light"])),
            hair=self.path_of(value["hair"]) if "hair" in value else "",
            contour=self.strokes(value["contour"]),
            detail=self.strokes(value["detail"]),
            nerve=self.strokes(layers["nerve"]) if "nerve" in layers else None,
            bones=self.strokes(layers["bones"]) if "bones" in layers else None,
            bands=tuple(
                Band(band["root"], self.path_of(band["path"]), tuple((x, y) for x, y in band["labels"]))
                for band in layers.get("paths", ())
            ),
        )

    def strokes(self, value: Any) -> Strokes:
        return Strokes(**{part: self.path_of(path) for part, path in value.items()})

    def zone(self, value: Any, drawings: Mapping[str, Drawing]) -> Zone:
        self.where = "zones"
        id_ = value["id"]
        shapes = {}
        for name, shape in value["shapes"].items():
            self.where = f"zones.{id_}.{name}"
            drawing = drawings[name]
            left, top, right, bottom = shape["box"]
            pole = Circle(*shape["pole"])
            if not Box(0, 0, drawing.width, drawing.height).holds(pole.x, pole.y):
                raise ValueError("the pole lies outside the drawing")
            shapes[name] = Shape(
                path=self.path_of(shape["path"]),
                hit=self.path_of(shape["hit"]) if "hit" in shape else "",
                box=self.box([left, top, right - left, bottom - top]),
                pole=pole,
                touch=Circle(*shape["touch"]),
            )
        return Zone(id_, value["covered"], value["paired"], MappingProxyType(shapes))

    def box(self, value: Any) -> Box:
        x, y, width, height = value
        if not (width > 0 and height > 0):
            raise ValueError(f"an empty box: {value}")
        return Box(x, y, width, height)

    def path_of(self, value: Any) -> str:
        if not isinstance(value, str) or not _PATH.fullmatch(value):
            raise ValueError(f"not a path: {str(value)[:40]!r}")
        return value


def _side(value: str) -> Side:
    if value == "left":
        return "left"
    if value == "right":
        return "right"
    raise ValueError(f"no side: {value!r}")


def _spots(zones: tuple[Zone, ...], view: View) -> Iterator[Spot]:
    drawing = view.drawing
    side = _OPPOSITE[drawing.side] if view.is_turned else drawing.side
    for zone in zones:
        shape = zone.shapes.get(drawing.name)
        if not shape:
            continue
        if not zone.is_paired:
            yield Spot(zone.id, zone, shape, False)
            continue
        yield Spot(place_id(zone.id, side), zone, shape, False)
        if drawing.is_symmetric:
            yield Spot(place_id(zone.id, _OPPOSITE[side]), zone, shape, True)


def _places(zones: tuple[Zone, ...], views: Mapping[str, View]) -> dict[str, Place]:
    shown: dict[str, list[str]] = {}
    for view in views.values():
        for spot in _spots(zones, view):
            shown.setdefault(spot.place, []).append(view.name)
    sides: tuple[Side, Side] = ("left", "right")
    places: list[Place] = []
    for zone in zones:
        for side in sides if zone.is_paired else (None,):
            id_ = place_id(zone.id, side)
            places.append(Place(zone.id, side, zone.is_covered, tuple(shown.get(id_, ()))))
    return {place.id: place for place in places}


@cache
def _spots_of(geometry: Geometry, view: str) -> tuple[Spot, ...]:
    return tuple(_spots(geometry.zones, geometry.views[view]))


@cache
def _sizes(geometry: Geometry, place: str, view: str, window: str) -> tuple[float, float]:
    """Return the widths of the target and of the zone itself."""
    frame = geometry.window(view, window)
    shown = geometry.views[view]
    for spot in geometry.spots(view):
        if spot.place == place:
            box, touch = spot.shape.box, spot.shape.touch
            if spot.is_mirrored != shown.is_turned:
                box, touch = box.mirrored(shown.drawing.width), touch.mirrored(shown.drawing.width)
            if not (frame.contains(box) and frame.holds(touch.x, touch.y)):
                return 0, 0
            scale = 2 * SCREEN / frame.width
            return touch.radius * scale, spot.shape.pole.radius * scale
    raise KeyError(place)


@cache
def _best_view(geometry: Geometry, place: str) -> tuple[str, str]:
    def rank(option: tuple[str, str]) -> tuple[bool, float]:
        target, drawn = _sizes(geometry, place, *option)
        return target >= FINGER, drawn

    options = [(view, window) for view in geometry.place(place).views for window in geometry.windows(view)]
    return max(options, key=rank)
