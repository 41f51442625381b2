"""The body figure: its geometry, and the values its templates draw.

Knows neither Flask nor languages: names and addresses come from the caller. The templates are in
`templates/figure/`, the rules of the drawing in `styles/30-figure.css`.
"""

from webapp.figure.drawing import (
    LAYERS,
    Locator,
    MapFigure,
    MiniFigure,
    Mosaic,
    locator,
    map_figure,
    mini_figures,
    mosaic,
)
from webapp.figure.geometry import Geometry, GeometryError, Place, fitting_window, load_geometry
from webapp.figure.plates import Plate, load_plates

__all__ = [
    "LAYERS",
    "Geometry",
    "GeometryError",
    "Locator",
    "MapFigure",
    "MiniFigure",
    "Mosaic",
    "Place",
    "Plate",
    "fitting_window",
    "load_geometry",
    "load_plates",
    "locator",
    "map_figure",
    "mini_figures",
    "mosaic",
]
