"""The anatomy plates as the template writes them, with the words of their cards, read back as XML."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations
from math import dist
from types import SimpleNamespace

import brotli
import jinja2
import pytest

from webapp.figure import GeometryError, load_plates, plates
from webapp.views.plates import PLATES

NAMES = [words.plate for words in PLATES.values()]
RADIUS = 14


@pytest.fixture(scope="module")
def draw(request):
    root = request.config.rootpath / "webapp" / "templates"
    # As the app sets it up (webapp.create_app), and strict.
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(root),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    templates.globals.update({"_": str, "icon": lambda name: f"[{name}]"})

    def drawn(name):
        words = next(words for words in PLATES.values() if words.plate == name)
        plate = SimpleNamespace(
            drawing=load_plates()[name], view=words.view, caption=words.caption, parts=words.parts
        )
        return templates.get_template("figure/_anatomy.html").render(plate=plate)

    return drawn


def parse(html):
    return ET.fromstring(html.replace("<br>", "<br/>"))


def svg_of(html):
    return re.search(r"<svg class=\"fig\".*</svg>", html, re.DOTALL)[0]


def test_every_plate_has_its_card():
    assert set(load_plates()) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_the_drawing_has_its_line_and_every_line_its_number(draw, name):
    root = parse(draw(name))
    drawn = [text.text for text in root.iter("text") if text.get("class") == "pin-n"]
    listed = [n.text for n in root.iter("span") if n.get("class") == "n"]
    assert drawn == listed == [str(n) for n in range(1, len(listed) + 1)]
    assert len(listed) == len(root.findall("ol/li")) == load_plates()[name].leaders.count("M")
    for line in root.findall("ol/li"):
        assert line.findtext(".//b") and line.findtext(".//span[@class='sm']")


@pytest.mark.parametrize("name", NAMES)
def test_the_drawing_is_silent_and_wordless(draw, name):
    svg = ET.fromstring(svg_of(draw(name)))
    assert (svg.get("aria-hidden"), svg.get("focusable")) == ("true", "false")
    assert not list(svg.iter("title")) and not list(svg.iter("a"))
    words = [text.text for text in svg.iter("text")]
    assert all(re.fullmatch(r"\d|[LS]\d", word) for word in words), words


@pytest.mark.parametrize("name", NAMES)
def test_numbers_and_codes_lie_inside_the_view_box_and_apart(draw, name):
    svg = ET.fromstring(svg_of(draw(name)))
    _x, _y, width, height = map(int, svg.get("viewBox").split())
    right, bottom = plates.SCREEN, height * plates.SCREEN / width
    circles = [(float(c.get("cx")), float(c.get("cy"))) for c in svg.iter("circle")]
    for x, y in circles:
        assert RADIUS < x < right - RADIUS and RADIUS < y < bottom - RADIUS
    for one, other in combinations(circles, 2):
        assert dist(one, other) > 2 * RADIUS + 2
    for code in svg.iter("text"):
        assert RADIUS < float(code.get("x")) < right - RADIUS and RADIUS < float(code.get("y")) < bottom


@pytest.mark.parametrize("name", NAMES)
def test_every_leader_ends_inside_the_view_box_clear_of_its_number(name):
    plate = load_plates()[name]
    left, top, width, height = map(int, plate.view_box.split())
    radius = RADIUS * width / plates.SCREEN
    for leader in plate.leaders.split("M")[1:]:
        x, y, to_x, to_y = map(int, re.findall(r"\d+", leader))
        assert left < to_x < left + width and top < to_y < top + height
        assert dist((x, y), (to_x, to_y)) > 1.2 * radius


@pytest.mark.parametrize("name", NAMES)
def test_the_enlarged_part_lies_inside_the_view_box(name):
    plate = load_plates()[name]
    if not plate.inset:
        pytest.skip("nothing is enlarged")
    left, top, width, height = map(int, plate.view_box.split())
    x, y, wide, high = map(int, re.findall(r"-?\d+", plate.inset.frame)[:4])
    assert left < x < x + wide < left + width
    assert top < y < y + high < top + height


@pytest.mark.parametrize("name", NAMES)
def test_no_style_attribute_and_every_reference_has_its_target(draw, name):
    root = parse(draw(name))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in root.iter():
        assert element.get("style") is None
        for reference in (element.get("href"), element.get("clip-path")):
            if reference:
                assert reference.removeprefix("url(").removesuffix(")")[1:] in ids


def test_every_way_to_paint_has_its_rule(request):
    folder = request.config.rootpath / "webapp"
    sheets = (folder / "styles" / "30-figure.css", folder / "static" / "anatomy.css")
    sheet = "".join(path.read_text("utf-8") for path in sheets)
    used = {curve.kind for plate in load_plates().values() for curve in plate.curves}
    assert used == plates.KINDS
    classes = {name for kind in used for name in kind.split()}
    for name in classes | {"lead", "ground", "code"}:
        assert re.search(rf"\.{name}\b[^}}]*{{", sheet), name


@pytest.mark.parametrize("name", NAMES)
def test_a_plate_stays_small(draw, name):
    assert len(brotli.compress(svg_of(draw(name)).encode())) <= 2000


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "Expecting property name"),
        ("{}", "plates"),
        (
            '{"plates": {"hip": {"box": [0, 0, 9, 9], "numbers": [], "codes": [], "paths": [["ink", "M0 0z"]]}}}',
            "hip: path 0",
        ),
        (
            '{"plates": {"hip": {"box": [0, 0, 9, 9], "numbers": [[10, 1, 2, 2]], "codes": [], "paths": []}}}',
            "hip: 1 lies outside",
        ),
    ],
)
def test_a_damaged_file_is_told_in_one_line(tmp_path, monkeypatch, text, told):
    path = tmp_path / "plates.json"
    path.write_text(text, "utf-8")
    monkeypatch.setattr(plates, "DATA", path)
    with pytest.raises(GeometryError, match=told) as caught:
        load_plates.__wrapped__()
    assert "\n" not in str(caught.value)
