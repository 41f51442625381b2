"""Paths of small figures keep their shape on the coarser grid."""

import re

import pytest

from webapp.figure import load_geometry
from webapp.figure.coarse import GRID, _steps, redraw

GEOMETRY = load_geometry()
PATHS = {
    f"{name}-{number}": path
    for name, view in GEOMETRY.views.items()
    for number, path in enumerate(
        [
            view.drawing.outline,
            *view.drawing.light,
            view.drawing.contour.half,
            *(spot.shape.path for spot in GEOMETRY.spots(name)),
        ]
    )
    if path
}
NOTHING = -10_000


def furthest(a: complex, b: complex) -> float:
    return max(abs((a - b).real), abs((a - b).imag))


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_no_point_moves_by_more_than_a_step_of_the_grid(path):
    before, after = list(_steps(path)), list(_steps(redraw(path, NOTHING)))
    assert [step.kind for step in after] == [step.kind for step in before]
    for old, new in zip(before, after, strict=True):
        assert furthest(old.end, GRID * new.end) <= GRID + 1
        assert furthest(old.control, GRID * new.control) <= GRID + 1


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_what_the_frame_shows_is_kept_and_what_it_hides_stays_hidden(path):
    top = 1190
    after = list(_steps(redraw(path, top)))
    for step in _steps(path):
        if step.end.imag >= top:
            assert any(furthest(step.end, GRID * new.end) <= GRID + 1 for new in after)
    ends = {step.end for step in after if step.end.imag * GRID >= top + GRID}
    assert all(any(furthest(old.end, GRID * end) <= GRID + 1 for old in _steps(path)) for end in ends)


def test_what_is_above_the_frame_is_one_line():
    assert redraw("M0 400q40-400 80 0q40-400 80 0l80 0 0 400z", 500) == "M0 100l60 0 0 100z"


def test_a_command_the_geometry_does_not_use_is_refused():
    with pytest.raises(ValueError, match="c in a path"):
        redraw("M0 0c1 1 2 2 3 3", NOTHING)


def test_small_paths_are_written_short():
    assert re.fullmatch(r"M\d+ \d+l-?\d+( |-)\d+", redraw("M100 100l40-40", NOTHING))
