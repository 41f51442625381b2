"""The geometry file: what it says, and how a damaged one is refused."""

import json
import re

import pytest

from webapp.figure import GeometryError, fitting_window, load_geometry
from webapp.figure.geometry import DATA, FINGER, read_geometry

DATA_OF = json.loads(DATA.read_text("utf-8"))
NUMBER = re.compile(r"-?\d+")
WORD = re.compile(r"([Mlqtz])([^Mlqtz]*)")


def points(path, steps=6):
    """Walk along a path: an own reading of the four commands the file uses."""
    x = y = control_x = control_y = 0
    for command, rest in WORD.findall(path):
        numbers = [int(number) for number in NUMBER.findall(rest)]
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        if command == "M":
            ((x, y),) = pairs
            yield x, y
        elif command == "l":
            for dx, dy in pairs:
                x, y = x + dx, y + dy
                yield x, y
        elif command in "qt":
            while pairs:
                if command == "q":
                    control = x + pairs[0][0], y + pairs[0][1]
                    pairs.pop(0)
                else:
                    control = 2 * x - control_x, 2 * y - control_y
                dx, dy = pairs.pop(0)
                end = x + dx, y + dy
                for step in range(1, steps + 1):
                    t = step / steps
                    yield tuple(
                        (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c
                        for a, b, c in zip((x, y), control, end, strict=True)
                    )
                (control_x, control_y), (x, y) = control, end


def rings(path):
    """Cut a path into its closed polygons."""
    return [list(points("M" + part)) for part in path.split("M")[1:]]


def is_inside(x, y, path):
    """Count the edges to the left, over all rings."""
    crossings = 0
    for ring in rings(path):
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y1 > y) != (y2 > y) and x1 + (y - y1) * (x2 - x1) / (y2 - y1) < x:
                crossings += 1
    return crossings % 2 == 1


def shapes():
    for zone in load_geometry().zones:
        for drawing, shape in zone.shapes.items():
            yield pytest.param(shape, id=f"{zone.id}-{drawing}")


@pytest.fixture(scope="module")
def geometry():
    return load_geometry()


# --- places, views, windows ---


def test_places_stand_in_the_order_of_the_file_left_before_right(geometry):
    expected = []
    for zone in DATA_OF["zones"]:
        expected += [f"{zone['id']}-left", f"{zone['id']}-right"] if zone["paired"] else [zone["id"]]
    assert list(geometry.places) == expected


def test_there_are_36_covered_zones_and_5_that_are_not(geometry):
    assert len({geometry.place(p).zone for p in geometry.places if geometry.place(p).covered}) == 36
    assert {geometry.place(p).zone for p in geometry.places if not geometry.place(p).covered} == {
        "head-neck",
        "chest",
        "upper-back",
        "abdomen",
        "arm",
    }


def test_place_knows_its_zone_its_side_and_its_views(geometry):
    place = geometry.place("heel-right")
    assert (place.zone, place.side, place.covered, place.id) == ("heel", "right", True, "heel-right")
    assert place.views == ("back", "right", "soles")
    assert geometry.place("sacrum").side is None


def test_side_of_a_side_view_is_the_patients(geometry):
    assert {geometry.place(spot.place).side for spot in geometry.spots("left")} == {"left", None}
    assert {geometry.place(spot.place).side for spot in geometry.spots("right")} == {"right", None}


def test_every_zone_appears_in_the_views_it_names(geometry):
    drawn_as = {view: value["drawing"] for view, value in DATA_OF["views"].items()}
    for zone in DATA_OF["zones"]:
        for view, drawing in drawn_as.items():
            shown = {spot.zone.id for spot in geometry.spots(view)}
            assert (zone["id"] in shown) == (drawing in zone["shapes"]), (zone["id"], view)


def test_windows_of_a_view_begin_with_the_default_one(geometry):
    for view in ("front", "back", "left", "right"):
        assert geometry.windows(view) == ("pelvis-knee", "pelvis", "knee-foot", "full")
    assert geometry.windows("soles") == ("full",)


def test_window_the_view_lacks_is_the_whole_body(geometry):
    assert fitting_window("soles", "pelvis") == "full"
    assert fitting_window("back", "pelvis") == "pelvis"
    assert geometry.window("soles", "pelvis") == geometry.window("soles", "full")


@pytest.mark.parametrize("unknown", ["buttock-deep", "sacrum-left", "elbow-left", ""])
def test_unknown_place_raises_keyerror(geometry, unknown):
    with pytest.raises(KeyError):
        geometry.place(unknown)
    with pytest.raises(KeyError):
        geometry.best_view(unknown)


# --- targets ---


def test_every_place_has_a_view_with_a_finger_wide_target(geometry):
    narrow = {p: geometry.reach(p, *geometry.best_view(p)) for p in geometry.places}
    assert {p: px for p, px in narrow.items() if px < FINGER} == {}


def test_close_windows_give_34_px_to_every_zone_they_show_whole(geometry):
    narrow = [
        (place, view, window)
        for place in geometry.places
        for view in geometry.place(place).views
        for window in geometry.windows(view)
        if window != "full" and 0 < geometry.reach(place, view, window) < 34
    ]
    assert narrow == []


@pytest.mark.parametrize(
    ("place", "best"),
    [
        ("buttock-deep-right", ("back", "pelvis")),
        ("knee-back-left", ("back", "pelvis-knee")),
        ("knee-front-left", ("front", "pelvis-knee")),
        ("hip-side-left", ("left", "pelvis")),
        ("hip-side-right", ("right", "pelvis")),
        ("calf-right", ("back", "knee-foot")),
        ("shin-left", ("front", "knee-foot")),
        ("groin-left", ("front", "pelvis")),
        ("sole-left", ("soles", "full")),
    ],
)
def test_best_view_is_the_one_a_reader_would_turn_to(geometry, place, best):
    assert geometry.best_view(place) == best


def test_zone_that_a_window_cuts_has_no_reach_there(geometry):
    assert geometry.reach("calf-left", "back", "pelvis-knee") == 0
    assert geometry.reach("calf-left", "back", "knee-foot") >= FINGER


def test_two_sides_of_a_symmetric_drawing_reach_equally(geometry):
    for place in geometry.places:
        if place.endswith("-left") and "back" in geometry.place(place).views:
            other = place.replace("-left", "-right")
            assert geometry.reach(place, "back", "full") == geometry.reach(other, "back", "full")


# --- shapes ---


@pytest.mark.parametrize("shape", list(shapes()))
def test_shape_fills_its_box_and_holds_its_pole(shape):
    xs, ys = zip(*points(shape.path), strict=True)
    # Curves are walked in six steps here: a unit or two short of their extremes.
    assert abs(min(xs) - shape.box.x) <= 4
    assert abs(max(xs) - shape.box.x - shape.box.width) <= 4
    assert abs(min(ys) - shape.box.y) <= 4
    assert abs(max(ys) - shape.box.y - shape.box.height) <= 4
    assert is_inside(shape.pole.x, shape.pole.y, shape.path)


def test_pole_of_every_zone_lies_in_no_other_zone(geometry):
    for view in ("front", "back", "left", "soles"):
        spots = [spot for spot in geometry.spots(view) if not spot.is_mirrored]
        for spot in spots:
            pole = spot.shape.pole
            holders = [s.place for s in spots if is_inside(pole.x, pole.y, s.shape.path)]
            assert holders == [spot.place]


def test_half_outline_begins_and_ends_on_the_midline(geometry):
    for view in ("front", "back"):
        drawing = geometry.views[view].drawing
        walk = list(points(drawing.outline))
        assert [x for x, _y in (walk[0], walk[-1])] == [drawing.width / 2] * 2
        assert sorted(y for _x, y in (walk[0], walk[-1])) == list(drawing.seam)


def test_bands_lie_inside_the_outline(geometry):
    seen = 0
    for view in ("front", "back", "left", "soles"):
        drawing = geometry.views[view].drawing
        outline = drawing.outline
        for band in drawing.bands:
            outside = [(x, y) for x, y in points(band.path) if not is_inside(x, y, outline)]
            assert outside == [], (view, band.root)
            seen += 1
    assert seen == 7


@pytest.mark.parametrize(
    ("view", "root", "zones"),
    [
        # Content brief, C07, «Zones».
        ("back", "L5", "buttock-deep thigh-outer knee-outer leg-outer"),
        ("back", "S1", "buttock-deep thigh-back-upper thigh-back-lower knee-back calf heel foot-outer"),
        ("left", "L5", "buttock-deep thigh-outer knee-outer leg-outer ankle-outer foot-top"),
        ("left", "S1", "thigh-back-upper thigh-back-lower knee-back calf heel foot-outer little-toes"),
        ("front", "L5", "knee-outer leg-outer ankle-outer foot-top big-toe"),
        ("front", "S1", "foot-outer little-toes"),
        ("soles", "S1", "heel sole foot-outer little-toes"),
    ],
)
def test_bands_pass_over_the_zones_the_brief_names(geometry, view, root, zones):
    drawing = geometry.views[view].drawing
    (band,) = [band for band in drawing.bands if band.root == root]
    shapes = {
        zone.id: zone.shapes[drawing.name].path for zone in geometry.zones if drawing.name in zone.shapes
    }
    for zone in zones.split():
        edge = [is_inside(x, y, shapes[zone]) for x, y in points(band.path)]
        assert any(edge), zone


def test_layers_stay_inside_their_drawing(geometry):
    for view in ("front", "back", "left"):
        drawing = geometry.views[view].drawing
        for strokes in (drawing.nerve, drawing.bones):
            for path in filter(None, (strokes.half, strokes.middle, strokes.hidden)):
                assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in points(path))


def test_nerve_runs_from_the_low_back_to_the_foot(geometry):
    for view in ("front", "back", "left"):
        nerve = geometry.views[view].drawing.nerve
        ys = [y for path in (nerve.half, nerve.hidden) if path for _x, y in points(path)]
        assert min(ys) < 1640, "a root at L4 or higher"
        assert max(ys) > 3700, "the foot"


def test_licence_and_source_travel_with_the_data():
    assert DATA_OF["license"].startswith("CC0-1.0")
    assert "MakeHuman" in DATA_OF["source"]


# --- a damaged file ---


def damaged(tmp_path, change):
    data = json.loads(DATA.read_text("utf-8"))
    change(data)
    path = tmp_path / "bodymap.json"
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(GeometryError) as caught:
        read_geometry(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message


def test_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(GeometryError, match=r"nothing\.json: cannot be read"):
        read_geometry(tmp_path / "nothing.json")


def test_file_that_is_cut_short_is_named(tmp_path):
    path = tmp_path / "bodymap.json"
    path.write_text(DATA.read_text("utf-8")[:5000], "utf-8")
    with pytest.raises(GeometryError, match=r"bodymap\.json: cannot be read"):
        read_geometry(path)


def test_path_that_is_none_is_named_with_its_zone(tmp_path):
    def change(data):
        (zone,) = (zone for zone in data["zones"] if zone["id"] == "sacrum")
        zone["shapes"]["back"]["path"] = 'M0 0l1 1"/><script>'

    assert "zones.sacrum.back: not a path" in damaged(tmp_path, change)


def test_missing_window_is_named(tmp_path):
    assert "views.left: the window full is missing" in damaged(
        tmp_path, lambda data: data["views"]["left"]["windows"].pop("full")
    )


def test_missing_part_of_a_drawing_is_named(tmp_path):
    assert "drawings.back: 'outline' is missing" in damaged(
        tmp_path, lambda data: data["drawings"]["back"].pop("outline")
    )


def test_zone_that_is_there_twice_is_refused(tmp_path):
    assert "an id is there twice" in damaged(tmp_path, lambda data: data["zones"].append(data["zones"][0]))


def test_pole_outside_the_drawing_is_refused(tmp_path):
    def change(data):
        shape = next(iter(data["zones"][0]["shapes"].values()))
        shape["pole"] = [9999, 0, 4]

    assert "the pole lies outside the drawing" in damaged(tmp_path, change)
