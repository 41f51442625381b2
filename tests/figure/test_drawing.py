"""The figures as the templates write them, read back as XML."""

import xml.etree.ElementTree as ET
from collections import Counter

import brotli
import jinja2
import pytest

from webapp.figure import LAYERS, load_geometry, locator, map_figure, mini_figures
from webapp.figure.coarse import GRID

VIEWS = ("front", "back", "left", "right", "soles")
MIRROR = "matrix(-1 0 0 1 1600 0)"
MINI_MIRROR = f"matrix(-1 0 0 1 {1600 // GRID} 0)"
SCIATICA = [
    f"{zone}-right"
    for zone in [
        "buttock-deep",
        "thigh-back-upper",
        "thigh-back-lower",
        "thigh-outer",
        "knee-outer",
        "knee-back",
        "leg-outer",
        "calf",
        "ankle-outer",
        "heel",
        "foot-top",
        "big-toe",
        "little-toes",
        "foot-outer",
        "sole",
    ]
]
PERHAPS = ["lumbar-mid", "lumbar-side-right", "buttock-upper-right", "sit-bone-right", "shin-right"]


@pytest.fixture(scope="module")
def geometry():
    return load_geometry()


@pytest.fixture(scope="module")
def templates(request):
    root = request.config.rootpath / "webapp" / "templates"
    # As the app sets it up (webapp.create_app), and strict.
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(root),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


@pytest.fixture(scope="module")
def draw(geometry, templates):
    def drawn(view="back", window="pelvis-knee", *, chosen=(), **options):
        options.setdefault(
            "links", {place: f"/fr/map/?zone={place}&view={view}" for place in geometry.places}
        )
        options.setdefault("names", {place: f"Nom de « {place} »" for place in geometry.places})
        figure = map_figure(geometry, view, window, chosen=chosen, **options)
        return templates.get_template("figure/_figure.html").render(figure=figure)

    return drawn


@pytest.fixture(scope="module")
def draw_mini(geometry, templates):
    def drawn(views, often, some=()):
        minis = mini_figures(geometry, views, often=often, some=some)
        return [templates.get_template("figure/_mini.html").render(mini=mini) for mini in minis]

    return drawn


def size(*drawings):
    return len(brotli.compress("".join(drawings).encode()))


def parse(svg):
    return ET.fromstring(svg)


def group(svg, name):
    return next(element for element in parse(svg).iter("g") if element.get("class") == name)


def links(svg):
    return {link.get("data-place"): link for link in group(svg, "zones").iter("a")}


# --- the map's figure ---


@pytest.mark.parametrize("view", VIEWS)
def test_every_place_of_a_view_has_one_link_with_its_name(geometry, draw, view):
    svg = draw(view, "full")
    found = [link.get("data-place") for link in parse(svg).iter("a")]
    assert Counter(found) == Counter(p for p in geometry.places if view in geometry.place(p).views)
    for place, link in links(svg).items():
        assert link.get("href") == f"/fr/map/?zone={place}&view={view}"
        assert link.findtext("title") == f"Nom de « {place} »"
        assert link.get("tabindex") == "-1"
        assert sum(use.get("class") in ("z", "z z0") for use in link) == 1


def test_place_without_link_is_drawn_and_cannot_be_touched(draw):
    svg = draw(links={"sacrum": "/fr/map/?zone=sacrum"}, names={})
    assert list(links(svg)) == ["sacrum"]
    assert "#z-back-coccyx" in svg
    assert "<title>" not in svg


def test_mirrored_side_is_the_same_path_with_the_mirror(draw):
    right, left = (links(draw("back"))[f"buttock-deep-{side}"].find("use") for side in ("right", "left"))
    assert right.get("href") == left.get("href") == "#z-back-buttock-deep"
    assert right.get("transform") is None
    assert left.get("transform") == MIRROR
    front = links(draw("front"))
    assert front["asis-left"].find("use").get("transform") is None
    assert front["asis-right"].find("use").get("transform") == MIRROR
    soles = links(draw("soles"))
    assert soles["sole-right"].find("use").get("transform") == "matrix(-1 0 0 1 800 0)"


def test_right_side_is_the_left_drawing_turned_as_a_whole(draw):
    svg = draw("right", chosen=["hip-side-right"])
    turned = parse(svg).find("g")
    assert turned.get("transform") == MIRROR
    assert {use.get("transform") for use in turned.iter("use")} == {None}
    assert set(links(svg)) & {"hip-side-left", "hip-side-right"} == {"hip-side-right"}
    assert group(svg, "badges") not in list(turned.iter()), "a number is never mirrored"


@pytest.mark.parametrize("view", VIEWS)
def test_every_reference_leads_to_a_path_and_every_path_is_painted(draw, view):
    svg = draw(view, "full", layers=LAYERS, chosen=["heel-left", "heel-right"])
    root = parse(svg)
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    used = {use.get("href")[1:] for use in root.iter("use")}
    paths = {path.get("id") for path in root.iter("path") if path.get("id")}
    assert used <= ids
    assert paths <= used
    for attribute in ("fill", "clip-path"):
        for element in root.iter():
            if value := element.get(attribute):
                assert value.removeprefix("url(#").removesuffix(")") in ids


def test_all_views_share_a_page_without_sharing_an_id(draw):
    drawings = [draw(view, "full", layers=LAYERS, holds_paths=view != "right") for view in VIEWS]
    root = parse(f"<page>{''.join(drawings)}</page>")
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    assert [id_ for id_, times in ids.items() if times > 1] == []
    assert {use.get("href")[1:] for use in root.iter("use")} <= set(ids)


def test_numbers_follow_the_order_of_choice(draw):
    chosen = ["thigh-back-upper-right", "sacrum", "buttock-deep-left"]
    badges = group(draw(chosen=chosen), "badges")
    assert [(g.get("data-place"), g.findtext("text")) for g in badges] == [
        ("thigh-back-upper-right", "1"),
        ("sacrum", "2"),
        ("buttock-deep-left", "3"),
    ]


def test_place_chosen_in_no_zone_of_this_view_keeps_its_number_for_itself(draw):
    badges = group(draw(chosen=["groin-left", "sacrum"]), "badges")
    assert [g.findtext("text") for g in badges] == ["2"]


def test_number_has_the_same_size_in_every_window(draw):
    for window, scale in {"pelvis-knee": "2.36", "pelvis": "2.05", "full": "4.1"}.items():
        badge = group(draw("back", window, chosen=["sacrum"]), "badges").find("g")
        assert badge.get("transform").endswith(f"scale({scale})")


def test_number_of_the_mirrored_side_stands_on_that_side(draw):
    svg = draw(chosen=["heel-left", "heel-right"])
    left, right = (
        int(g.get("transform").removeprefix("translate(").split()[0]) for g in group(svg, "badges")
    )
    assert left + right == 1600
    assert left < 800 < right, "from behind the patient's left is on the viewer's left"


def test_script_can_place_a_number_where_the_server_would(draw):
    svg = draw(chosen=["heel-left"])
    (badge,) = group(svg, "badges")
    assert links(svg)["heel-left"].get("data-badge") == badge.get("transform")


def test_states_are_painted_coat_by_coat_over_all_places(draw):
    states = group(draw(chosen=["sacrum", "buttock-deep-left"], twins=["coccyx"]), "states")
    assert [use.get("class") for use in states] == [
        *["on", "on", "on tw"],
        *["on-hatch"] * 3,
        *["on-halo"] * 2,
        *["on-edge", "on-edge", "on-twin"],
    ]


def test_chosen_copies_have_path_and_side_of_the_link(draw):
    svg = draw(chosen=["buttock-deep-left"])
    seam = links(svg)["buttock-deep-left"].find("use")
    for use in group(svg, "states"):
        assert (use.get("href"), use.get("transform")) == (seam.get("href"), seam.get("transform"))


def test_hatching_is_turned_back_on_the_mirrored_side(draw):
    root = parse(draw("back"))
    turns = {p.get("id"): p.get("patternTransform") for p in root.iter("pattern")}
    assert turns == {"h-back": "rotate(45)scale(2.36)", "g-back": "rotate(-45)scale(2.36)"}
    fills = [
        u.get("fill") for u in group(draw(chosen=["heel-right", "heel-left"]), "states") if u.get("fill")
    ]
    assert fills == ["url(#h-back)", "url(#g-back)"]


def test_twin_has_no_number_and_can_still_be_touched(draw):
    svg = draw("right", chosen=["buttock-deep-right"], twins=["buttock-deep-right"])
    assert len(group(svg, "badges")) == 0
    assert "buttock-deep-right" in links(svg)


def test_small_zones_are_touched_before_their_neighbours(draw):
    order = list(links(draw("back")))
    with_hit = [place for place, link in links(draw("back")).items() if len(link.findall("use")) == 2]
    assert "coccyx" in with_hit
    assert order[-len(with_hit) :] == with_hit, "later in the file is higher on the screen"


def test_what_lies_over_the_links_takes_no_touch(draw):
    root = parse(draw(chosen=["sacrum"], layers=LAYERS))
    seen = [g.get("class") for g in root.findall("g")]
    assert seen[seen.index("zones") + 1 :] == ["over", "over"], "only groups without pointer events"


def test_uncovered_zones_are_muted(draw):
    svg = draw("front", "full")
    muted = {p for p, link in links(svg).items() if link.find("use").get("class") == "z z0"}
    assert muted == {"head-neck", "chest", "abdomen", "arm-left", "arm-right"}


def test_window_the_view_lacks_is_drawn_whole(draw):
    root = parse(draw("soles", "pelvis-knee"))
    assert root.get("data-window") == "full"
    assert root.get("viewBox") == "0 0 800 688"


@pytest.mark.parametrize("view", ["front", "back", "left", "right"])
def test_every_window_has_its_own_frame_and_the_same_places(draw, view):
    frames = [
        parse(draw(view, window)).get("viewBox") for window in ("pelvis-knee", "pelvis", "knee-foot", "full")
    ]
    assert len(set(frames)) == 4
    assert set(links(draw(view, "pelvis"))) == set(links(draw(view, "full")))


# --- layers ---


def layers_of(svg):
    return [g.get("data-layer") for g in parse(svg).iter("g") if g.get("data-layer")]


def test_layers_are_drawn_only_when_asked_for_and_in_one_order(draw):
    assert layers_of(draw()) == []
    assert layers_of(draw(layers=["nerve", "paths", "bones"])) == ["paths", "bones", "nerve"]


def test_layer_does_not_react_to_what_was_touched(draw):
    def layer(svg):
        return [ET.tostring(g) for g in parse(svg).iter("g") if g.get("data-layer")]

    assert layer(draw(layers=LAYERS)) == layer(draw(layers=LAYERS, chosen=["calf-left", "calf-right"]))


def test_bands_are_named_on_both_legs_and_never_in_mirror_writing(draw):
    for view, texts in {"back": 8, "front": 6, "left": 4, "right": 4, "soles": 2}.items():
        root = parse(draw(view, "full", layers=["paths"]))
        words = [text for text in root.iter("text") if text.get("class") == "word"]
        assert len(words) == texts
        assert {text.text for text in words} <= {"L5", "S1"}
        assert all(text.get("transform").startswith("translate(") for text in words)


# --- what must never be there ---


@pytest.mark.parametrize("view", VIEWS)
def test_figure_has_no_inline_code_and_is_silent(draw, view):
    svg = draw(view, "full", chosen=["heel-left"], layers=LAYERS)
    for word in ("style=", "<script", " onclick", " onload", "javascript:"):
        assert word not in svg
    root = parse(svg)
    assert root.get("aria-hidden") == "true"
    assert root.get("focusable") == "false"
    assert not [element for element in root.iter() if element.get("tabindex", "-1") != "-1"]


def test_names_and_addresses_are_escaped(draw):
    svg = draw(links={"sacrum": '/?a="&b=<x>'}, names={"sacrum": "<b>L’os & l’autre</b>"})
    link = links(svg)["sacrum"]
    assert (link.get("href"), link.findtext("title")) == ('/?a="&b=<x>', "<b>L’os & l’autre</b>")


@pytest.mark.parametrize(
    ("view", "options"),
    [
        ("back", {"chosen": ["elbow-left"]}),
        ("back", {"chosen": ["buttock-deep"]}),
        ("back", {"twins": ["sacrum-left"]}),
        ("back", {"layers": ["muscles"]}),
        ("above", {}),
    ],
)
def test_unknown_view_place_or_layer_raises_keyerror(draw, view, options):
    with pytest.raises(KeyError):
        draw(view, **options)


# --- budgets ---


def test_five_views_with_all_links_fit_in_16_kb(draw):
    assert size(*(draw(view, holds_paths=view != "right") for view in VIEWS)) <= 16_000


def test_one_view_fits_in_5_kb(draw):
    assert max(size(draw(view)) for view in VIEWS) <= 5_000


def test_each_mini_of_the_fullest_card_fits_in_2_kb(draw_mini):
    assert max(map(size, draw_mini(["front", "back", "left", "right", "soles"], SCIATICA, PERHAPS))) <= 2_000


# --- small figures ---


def test_minis_come_in_the_order_asked_for(geometry):
    views = ["back", "right", "soles"]
    assert [mini.view for mini in mini_figures(geometry, views, often=SCIATICA, some=PERHAPS)] == views


def test_mini_marks_often_and_some_with_their_own_patterns(draw_mini):
    (svg,) = draw_mini(["back"], SCIATICA, PERHAPS)
    root = parse(svg)
    assert {p.get("id") for p in root.iter("pattern")} == {"mini-often-back", "mini-some-back"}
    assert {use.get("class") for use in root.iter("use")} >= {"often", "some", "skin", "ol"}
    for use in root.iter("use"):
        if use.get("class") == "often":
            assert use.get("href") == "#mini-often-h-back"


def test_mini_draws_a_place_in_both_lists_as_often(draw_mini):
    (svg,) = draw_mini(["back"], ["sacrum"], ["sacrum"])
    assert "some" not in svg


def test_mini_paints_the_patients_left_in_mirror_image_from_behind(draw_mini):
    (left,), (right,), (both,) = (
        draw_mini(["back"], [f"calf-{side}" for side in sides])
        for sides in (["left"], ["right"], ["left", "right"])
    )

    def sides(svg):
        return [use.get("transform") for use in parse(svg).iter("use") if use.get("class") == "often"]

    assert sides(left) == [MINI_MIRROR]
    assert sides(right) == [None]
    assert sides(both) == [None, MINI_MIRROR]


def test_minis_of_a_card_are_cut_at_the_same_heights(draw_mini):
    boxes = [parse(svg).get("viewBox").split() for svg in draw_mini(["front", "back", "left"], SCIATICA)]
    assert len({(y, height) for _x, y, _width, height in boxes}) == 1


def test_mini_shows_pelvis_to_knee_and_grows_to_the_feet_when_needed(draw_mini):
    def bottom(often):
        (svg,) = draw_mini(["back"], often)
        _x, y, _width, height = map(int, parse(svg).get("viewBox").split())
        return y + height

    assert bottom(["groin-left", "buttock-deep-left"]) == bottom(["knee-back-left"]) < 3000
    assert bottom(["calf-left"]) == bottom(["heel-left"]) > 3840


@pytest.mark.parametrize("often", [SCIATICA, ["lumbar-mid", "flank-left"], ["big-toe-left"]])
def test_mini_shows_every_marked_zone_whole(geometry, often):
    for mini in mini_figures(geometry, VIEWS, often=often, some=()):
        x, y, width, height = map(int, mini.view_box.split())
        for spot in geometry.spots(mini.view):
            if spot.place in often:
                box = spot.shape.box
                assert x <= box.x and box.x + box.width <= x + width, (mini.view, spot.place)
                assert y <= box.y and box.y + box.height <= y + height, (mini.view, spot.place)


def test_mini_has_no_inline_code_and_is_silent(draw_mini):
    for svg in draw_mini(VIEWS, SCIATICA, PERHAPS):
        assert "style=" not in svg
        assert parse(svg).get("aria-hidden") == "true"
        assert list(parse(svg).iter("a")) == []


def test_mini_of_an_unknown_place_raises_keyerror(draw_mini):
    with pytest.raises(KeyError):
        draw_mini(["back"], ["elbow-left"])


# --- the locator ---


@pytest.mark.parametrize("view", VIEWS)
def test_locator_paints_paths_of_the_figure_beside_it(geometry, templates, draw, view):
    svg = templates.get_template("figure/_locator.html").render(locator=locator(geometry, view, "pelvis"))
    in_figure = {path.get("id") for path in parse(draw(view)).iter("path")}
    assert {use.get("href")[1:] for use in parse(svg).iter("use")} <= in_figure
    assert "style=" not in svg


def test_locator_draws_the_window(geometry, templates):
    svg = templates.get_template("figure/_locator.html").render(locator=locator(geometry, "back", "pelvis"))
    rect = parse(svg).find("rect")
    assert [rect.get(name) for name in ("x", "y", "width", "height")] == ["400", "1232", "800", "1000"]
