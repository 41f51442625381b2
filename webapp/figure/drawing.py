"""What the figure's templates draw: values of the geometry in, view models out.

Decides what is painted, in which order and in which state; the templates write it down as SVG and the style
sheet colours it. Numbers are written here, short, so that a template never computes.

A path stands once in the page, under an id, and is painted by references to it: the other side of the body
is the same reference with the mirror as its transform.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from webapp.figure import coarse
from webapp.figure.geometry import SCREEN, Box, Drawing, Geometry, Spot, Strokes, View

LAYERS = ("paths", "bones", "nerve")
"""What can be shown on the body, from the lowest to the highest."""

BADGE = 14
"""Radius of a number in CSS px on a 390 px screen, whatever the window."""

# Heights at which small figures are cut. Toes of the front view hang lower than the others' soles.
_WAIST, _UNDER_KNEE, _FLOOR, _TOES = 1190, 2960, 3890, 4010
_MARGIN = 48
_STROKE = 24
"""How far above its cut a small figure is still drawn: half a line of the smallest one, with room to spare."""
_MINI_WIDTH, _MINI_HEIGHT = SCREEN // 2, 432
"""CSS px a small figure fills at most, two side by side on a 390 px screen: what its patterns are drawn for."""


@dataclass(frozen=True, slots=True)
class Path:
    """A path that others refer to."""

    id: str
    d: str
    layer: str = ""
    """The layer it belongs to, if any."""


@dataclass(frozen=True, slots=True)
class Use:
    """A path, painted."""

    href: str
    """`#z-back-sit-bone`"""
    transform: str = ""
    """The mirror for the side that is not drawn; else empty."""
    kind: str = ""
    """Its class, where a group holds several kinds."""


@dataclass(frozen=True, slots=True)
class Target:
    """A place to touch."""

    place: str
    name: str
    link: str
    """Where a touch leads without script; without it the place is drawn and cannot be touched."""
    is_covered: bool
    use: Use
    hit: str
    """Reference to the larger outline that takes its touch; empty when it needs none."""
    badge: str
    """Transform of its number, for scripts that mark it."""
    zoom: str
    """View and window that a touch opens while the place is not chosen; empty where a finger can tell it apart."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a state: chosen here, or chosen where another view shows it better."""

    place: str
    use: Use
    hatch: str
    """Fill of the second coat: hatching runs the same way on both sides."""
    is_twin: bool


@dataclass(frozen=True, slots=True)
class Badge:
    """The number of a chosen place."""

    number: int
    place: str
    transform: str


@dataclass(frozen=True, slots=True)
class Label:
    """A word on the drawing."""

    text: str
    transform: str


@dataclass(frozen=True, slots=True)
class MapFigure:
    """One view of the body map."""

    view: str
    window: str
    view_box: str
    turn: str
    """Transform of everything but words: the right side is the left one, turned."""
    paths: tuple[Path, ...]
    """Empty when the page already holds them."""
    body: tuple[Use, ...]
    """The outline, painted."""
    seam: str
    """A strip over the midline, where two halves meet; empty when the outline is whole."""
    hatch_turns: tuple[tuple[str, str], ...]
    """Id and transform of the hatchings."""
    light: tuple[tuple[Use, ...], ...]
    hair: tuple[Use, ...]
    targets: tuple[Target, ...]
    layers: tuple[tuple[str, tuple[Use, ...]], ...]
    labels: tuple[Label, ...]
    lines: tuple[Use, ...]
    marks: tuple[Mark, ...]
    badges: tuple[Badge, ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """Zones of one kind, painted together."""

    kind: str
    """`often` or `some`"""
    path: Path
    transforms: tuple[str, ...]
    """Where it is painted: empty for the drawn side, the mirror for the other."""


@dataclass(frozen=True, slots=True)
class MiniFigure:
    """A small figure of where something is often and sometimes felt."""

    view: str
    view_box: str
    turn: str
    """Transform of the whole, from the grid of its paths; the right side is the left one, turned."""
    outline: Path
    light: Path
    lines: Path
    """The few that tell front from back."""
    middle: str
    """Lines on the midline, drawn once."""
    sides: tuple[str, ...]
    """Transforms that make the body out of outline, light and lines."""
    seam: str
    patches: tuple[Patch, ...]
    patterns: tuple[tuple[str, str], ...]
    """Kind and id of the patterns in use."""
    pattern_scale: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A place of a mosaic."""

    place: str
    d: str
    is_mirrored: bool


@dataclass(frozen=True, slots=True)
class Mosaic:
    """A small figure of all places, for one that says which were chosen."""

    view: str
    view_box: str
    mirror: str
    """Transform of the mirrored pieces."""
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Locator:
    """A small whole body with the window drawn on it. It refers to the paths of the figure beside it."""

    view_box: str
    turn: str
    body: tuple[Use, ...]
    seam: str
    window: Box


def map_figure(
    geometry: Geometry,
    view: str,
    window: str,
    *,
    chosen: Sequence[str],
    links: Mapping[str, str],
    names: Mapping[str, str],
    layers: Collection[str] = (),
    twins: Collection[str] = (),
    zooms: Mapping[str, str] = MappingProxyType({}),
    holds_paths: bool = True,
) -> MapFigure:
    """Return one view of the body map.

    - A window the view lacks is the whole body.
    - `chosen` in its order gives the numbers, from 1; `twins` among them are marked without their number.
    - A place without link is drawn but cannot be touched; without a name it has none on hover.
    - A touch of one of `zooms` opens another window, for which it has the names: «back pelvis».
    - With `holds_paths` false the paths are left out: the page holds the opposite side view already.

    :raises KeyError: for an unknown view, place or layer.
    """
    shown = geometry.views[view]
    drawing = shown.drawing
    for place in (*chosen, *twins):
        geometry.place(place)
    if unknown := set(layers) - set(LAYERS):
        raise KeyError(min(unknown))
    frame = geometry.window(view, window)
    spots = geometry.spots(view)
    numbers = {place: number for number, place in enumerate(chosen, 1)}
    pens = [(layer, _pens(drawing, layer)) for layer in LAYERS if layer in layers]
    return MapFigure(
        view=view,
        window=window if window in shown.windows else "full",
        view_box=str(frame),
        turn=_mirror(drawing) if shown.is_turned else "",
        paths=tuple(_paths(drawing, spots, pens)) if holds_paths else (),
        body=_both(drawing, f"o-{drawing.name}"),
        seam=_seam(drawing),
        hatch_turns=_hatchings(shown, frame),
        light=tuple(_both(drawing, f"t{n}-{drawing.name}") for n, _path in enumerate(drawing.light)),
        hair=_both(drawing, f"hair-{drawing.name}") if drawing.hair else (),
        targets=tuple(
            _target(spot, shown, frame, links, names, zooms) for spot in sorted(spots, key=_by_touch)
        ),
        layers=tuple((layer, tuple(_painted(drawing, kinds))) for layer, kinds in pens),
        labels=tuple(_labels(shown, frame)) if "paths" in layers else (),
        lines=tuple(_painted(drawing, _line_pens(drawing))),
        marks=tuple(
            Mark(
                spot.place,
                _use(spot, drawing),
                f"url(#{'g' if spot.is_mirrored else 'h'}-{view})",
                spot.place in twins,
            )
            for place in dict.fromkeys((*chosen, *twins))
            for spot in spots
            if spot.place == place
        ),
        badges=tuple(_badges(shown, frame, spots, numbers, twins)),
    )


def mini_figures(
    geometry: Geometry, views: Sequence[str], *, often: Collection[str], some: Collection[str]
) -> tuple[MiniFigure, ...]:
    """Return small figures of places, often first where a place is in both, all cut at the same heights.

    :raises KeyError: for an unknown view or place.
    """
    return _minis(geometry, tuple(views), tuple(often), tuple(some))


@lru_cache(maxsize=128)  # 2 ms; a card has the same in every language
def _minis(
    geometry: Geometry, views: tuple[str, ...], often: tuple[str, ...], some: tuple[str, ...]
) -> tuple[MiniFigure, ...]:
    for place in (*often, *some):
        geometry.place(place)
    marked = {"some": set(some) - set(often), "often": set(often)}
    shown = [
        spot.shape.box
        for view in views
        if view != "soles"
        for spot in geometry.spots(view)
        if any(spot.place in places for places in marked.values())
    ]
    top = min([_WAIST, *(box.y - _MARGIN for box in shown)])
    bottom = _UNDER_KNEE
    if any(box.y + box.height + _MARGIN > bottom for box in shown):
        bottom = _TOES if "front" in views else _FLOOR
    return tuple(_mini(geometry, geometry.views[view], top, bottom, marked) for view in views)


def mosaic(geometry: Geometry, view: str) -> Mosaic:
    """Return a whole body made of its places alone: half the bytes of a drawn one.

    :raises KeyError: for an unknown view.
    """
    drawing = geometry.views[view].drawing
    return Mosaic(
        view=view,
        view_box=str(_whole(drawing)),
        mirror=_mirror(drawing),
        pieces=tuple(Piece(spot.place, spot.shape.path, spot.is_mirrored) for spot in geometry.spots(view)),
    )


def locator(geometry: Geometry, view: str, window: str) -> Locator:
    """Return a small whole body with the window drawn on it, to stand beside the figure of the same view."""
    shown = geometry.views[view]
    drawing = shown.drawing
    return Locator(
        view_box=str(_whole(drawing)),
        turn=_mirror(drawing) if shown.is_turned else "",
        body=_both(drawing, f"o-{drawing.name}"),
        seam=_seam(drawing),
        window=geometry.window(view, window),
    )


def _whole(drawing: Drawing) -> Box:
    if drawing.name == "soles":
        return Box(0, 0, drawing.width, drawing.height)
    return Box(40, 40, drawing.width - 80, drawing.height - 80)  # the body with little ground around it


# --- references ---


def _mirror(drawing: Drawing, grid: int = 1) -> str:
    return f"matrix(-1 0 0 1 {drawing.width // grid} 0)"


def _both(drawing: Drawing, id_: str, kind: str = "") -> tuple[Use, ...]:
    """Return a path painted, with its mirror image where the drawing is symmetric."""
    here = Use(f"#{id_}", kind=kind)
    return (here, Use(f"#{id_}", _mirror(drawing), kind)) if drawing.is_symmetric else (here,)


def _use(spot: Spot, drawing: Drawing) -> Use:
    return Use(f"#z-{drawing.name}-{spot.zone.id}", _mirror(drawing) if spot.is_mirrored else "")


def _seam(drawing: Drawing) -> str:
    if not drawing.seam:
        return ""
    top, bottom = drawing.seam
    return f"M{drawing.width // 2 - 2} {top}l4 0 0 {bottom - top} -4 0z"


def _paths(
    drawing: Drawing, spots: Iterable[Spot], pens: Iterable[tuple[str, Sequence[tuple[str, Strokes, str]]]]
) -> Iterable[Path]:
    yield Path(f"o-{drawing.name}", drawing.outline)
    for number, light in enumerate(drawing.light):
        yield Path(f"t{number}-{drawing.name}", light)
    if drawing.hair:
        yield Path(f"hair-{drawing.name}", drawing.hair)
    for layer, some in (("", _line_pens(drawing)), *pens):
        for id_, strokes, _kind in some:
            for part, ending in ((strokes.half, ""), (strokes.middle, "m"), (strokes.hidden, "x")):
                if part:
                    yield Path(f"{id_}{ending}-{drawing.name}", part, layer)
    for spot in spots:
        if not spot.is_mirrored:
            yield Path(f"z-{drawing.name}-{spot.zone.id}", spot.shape.path)
            if spot.shape.hit:
                yield Path(f"h-{drawing.name}-{spot.zone.id}", spot.shape.hit)


def _line_pens(drawing: Drawing) -> list[tuple[str, Strokes, str]]:
    return [("d", drawing.detail, "ln w2"), ("c", drawing.contour, "ln")]


def _pens(drawing: Drawing, layer: str) -> list[tuple[str, Strokes, str]]:
    """Return the pens of a layer: beginning of their ids, what they draw, class."""
    if layer == "paths":
        return [
            (band.root.lower(), Strokes(band.path), f"path {band.root.lower()}") for band in drawing.bands
        ]
    strokes = drawing.nerve if layer == "nerve" else drawing.bones
    return [(layer, strokes, layer)] if strokes else []


def _painted(drawing: Drawing, pens: Iterable[tuple[str, Strokes, str]]) -> Iterable[Use]:
    for id_, strokes, kind in pens:
        if strokes.hidden:
            yield from _both(drawing, f"{id_}x-{drawing.name}", f"{kind} far")
        if strokes.half:
            yield from _both(drawing, f"{id_}-{drawing.name}", kind)
        if strokes.middle:
            yield Use(f"#{id_}m-{drawing.name}", kind=kind)


# --- places ---


def _by_touch(spot: Spot) -> tuple[bool, bool]:
    """Order the targets: ground, zones, then zones with a wider outline, which may reach into neighbours."""
    return bool(spot.shape.hit), spot.zone.is_covered


def _target(
    spot: Spot,
    view: View,
    frame: Box,
    links: Mapping[str, str],
    names: Mapping[str, str],
    zooms: Mapping[str, str],
) -> Target:
    drawing = view.drawing
    return Target(
        place=spot.place,
        name=names.get(spot.place, ""),
        link=links.get(spot.place, ""),
        is_covered=spot.zone.is_covered,
        use=_use(spot, drawing),
        hit=f"#h-{drawing.name}-{spot.zone.id}" if spot.shape.hit else "",
        badge=_badge_place(view, frame, spot),
        zoom=zooms.get(spot.place, ""),
    )


def _hatchings(view: View, frame: Box) -> tuple[tuple[str, str], ...]:
    """Return the hatching of the drawn and of the mirrored side: after all transforms both rise to the right."""
    scale = _short(frame.width / SCREEN)
    turns = (-45, 45) if view.is_turned else (45, -45)
    ids = ("h", "g") if view.drawing.is_symmetric else ("h",)
    return tuple(
        (f"{id_}-{view.name}", f"rotate({turn})scale({scale})") for id_, turn in zip(ids, turns, strict=False)
    )


def _badges(
    view: View, frame: Box, spots: Iterable[Spot], numbers: Mapping[str, int], twins: Collection[str]
) -> Iterable[Badge]:
    here = [spot for spot in spots if spot.place in numbers and spot.place not in twins]
    for spot in sorted(here, key=lambda spot: numbers[spot.place]):
        yield Badge(numbers[spot.place], spot.place, _badge_place(view, frame, spot))


def _badge_place(view: View, frame: Box, spot: Spot) -> str:
    pole = spot.shape.pole
    x = pole.x if spot.is_mirrored == view.is_turned else view.drawing.width - pole.x
    return f"translate({x} {pole.y})scale({_short(frame.width / SCREEN)})"


def _labels(view: View, frame: Box) -> Iterable[Label]:
    drawing, scale = view.drawing, _short(frame.width / SCREEN)
    for band in drawing.bands:
        for x, y in band.labels:
            for at in _sides(view, x):
                yield Label(band.root, f"translate({at} {y})scale({scale})")


def _sides(view: View, x: int) -> tuple[int, ...]:
    """Return where a point of the drawn side appears in a view: on both sides, or where the turned body has it."""
    mirrored = view.drawing.width - x
    if view.drawing.is_symmetric:
        return x, mirrored
    return (mirrored,) if view.is_turned else (x,)


# --- small figures ---


def _mini(
    geometry: Geometry, view: View, top: int, bottom: int, marked: Mapping[str, Collection[str]]
) -> MiniFigure:
    drawing = view.drawing
    frame = _whole(drawing) if view.name == "soles" else Box(300, top, 1000, bottom - top)
    cut = frame.y - _STROKE
    mirror = _mirror(drawing, coarse.GRID)
    spots = geometry.spots(view.name)
    patches = [patch for kind, places in marked.items() for patch in _patches(view, spots, kind, places, cut)]
    kinds = dict.fromkeys(patch.kind for patch in patches)
    return MiniFigure(
        view=view.name,
        view_box=str(frame),
        turn=(_mirror(drawing) if view.is_turned else "") + f"scale({coarse.GRID})",
        outline=Path(f"mini-o-{view.name}", coarse.redraw(drawing.outline, cut)),
        light=Path(f"mini-t-{view.name}", coarse.redraw(drawing.light[0], cut)),
        lines=Path(f"mini-l-{view.name}", coarse.redraw(drawing.contour.half, cut)),
        middle=coarse.redraw(drawing.contour.middle, cut),
        sides=("", mirror) if drawing.is_symmetric else ("",),
        seam=coarse.redraw(_seam(drawing), cut),
        patches=tuple(patches),
        patterns=tuple((kind, f"mini-{kind}-{view.name}") for kind in kinds),
        pattern_scale=_short(max(frame.width / _MINI_WIDTH, frame.height / _MINI_HEIGHT) / coarse.GRID),
    )


def _patches(
    view: View, spots: Iterable[Spot], kind: str, places: Collection[str], cut: int
) -> Iterable[Patch]:
    """Yield the marked zones: those of both sides once, with the mirror."""
    here: list[Spot] = []
    there: list[Spot] = []
    both: list[Spot] = []
    shown = [spot for spot in spots if spot.place in places]
    mirrored = {spot.zone.id for spot in shown if spot.is_mirrored}
    drawn = {spot.zone.id for spot in shown if not spot.is_mirrored}
    for spot in shown:
        if spot.is_mirrored:
            if spot.zone.id not in drawn:
                there.append(spot)
        else:
            (both if spot.zone.id in mirrored else here).append(spot)
    mirror = _mirror(view.drawing, coarse.GRID)
    sides = (("h", here, ("",)), ("x", there, (mirror,)), ("b", both, ("", mirror)))
    for letter, some, transforms in sides:
        if some:
            shapes = coarse.redraw("".join(spot.shape.path for spot in some), cut)
            yield Patch(kind, Path(f"mini-{kind}-{letter}-{view.name}", shapes), transforms)


def _short(number: float) -> str:
    """Write a number with two decimals at most, none where it is whole."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
