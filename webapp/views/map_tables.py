"""What the phone needs to answer a touch by itself, with or without a network: the same words, made of the same pieces.

`table.json` says which cards speak of which places, with every piece of the answer in the page's language;
`plates.json` has the frames around the drawing, and each layer in words; `figures.json` the drawings, the same
in every language. `static/places.js` and `static/map.js` put them together; tests compare both sides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app, render_template
from flask_babel import get_locale
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from webapp import figure
from webapp.content.model import CardEntry, Zone
from webapp.content.places import find_cards
from webapp.page import library, localizer, plain_words, send_data, words
from webapp.views.body_map import (
    LAYERS,
    Selection,
    count_cards,
    count_places,
    head_cards,
    summary_of,
    view_of,
    zoom_of,
)

blueprint = Blueprint("tables", __name__)


@blueprint.get("/<locale:locale>/map/table.json")
def show_table(locale: str) -> Response:
    """Send the zone table: what a touch answers, in pieces."""
    zones = library().places.zones
    found = {zone.id: _cards_of(zone) for zone in zones}
    listed = {entry.slug for cards, learn in found.values() for entry in (*cards, *learn)}
    entries = [entry for entry in library().store.entries() if entry.slug in listed]  # in the editors' order
    numbers = {entry.slug: number for number, entry in enumerate(entries)}
    card_words: Any = current_app.jinja_env.globals["card_words"]
    return send_data(
        {
            "address": Selection().address(),
            "zones": [
                {
                    "places": [_place(id_) for id_ in zone.places],
                    "covered": zone.covered,
                    "cards": [numbers[entry.slug] for entry in found[zone.id][0]],
                    "learn": [numbers[entry.slug] for entry in found[zone.id][1]],
                }
                for zone in zones
            ],
            "cards": [card_words(localizer().entry(entry)) for entry in entries],
            "pieces": _pieces(),
            "summary": summary_of(_hole("places"), _hole("cards")),
            "counts": {
                "places": _forms(count_places, len(library().places.by_id)),
                "heading": _forms(head_cards, len(library().places.by_id)),
                "cards": _forms(count_cards, len(entries)),
            },
            "list": dict(get_locale().list_patterns["standard"]),
        }
    )


@blueprint.get("/<locale:locale>/map/plates.json")
def show_plates(locale: str) -> Response:
    """Send the frames around every drawing, with nothing chosen, and the layers in words."""
    geometry = figure.load_geometry()
    return send_data(
        {
            "frames": {
                view: {window: _frame(view, window) for window in geometry.windows(view)}
                for view in geometry.views
            },
            "layers": {
                layer: render_template("map/_layers.html", map=view_of(Selection(layers=(layer,))))
                for layer in LAYERS
            },
        }
    )


@blueprint.get("/map/figures.json")
def show_figures() -> Response:
    """Send every drawing with all its layers, nothing chosen and nothing named; each path once."""
    geometry = figure.load_geometry()
    return send_data(
        {
            "paths": {view.drawing.name: _paths(name) for name, view in geometry.views.items()},
            "figures": {
                name: {
                    "drawing": view.drawing.name,
                    "windows": {window: _figure(name, window) for window in view.windows},
                }
                for name, view in geometry.views.items()
            },
        }
    )


def _cards_of(zone: Zone) -> tuple[tuple[CardEntry, ...], tuple[CardEntry, ...]]:
    """Return the cards that speak of a zone, and those that explain it: what the map answers to it alone."""
    found = find_cards(library().store, [library().places.by_id[zone.places[0]]])
    return tuple(finding.entry for finding in found.all), found.learn


def _place(id_: str) -> dict[str, Any]:
    place = library().places.by_id[id_]
    name = localizer().zone_name(place.zone, place.side)
    row = {
        "id": id_,
        "name": words(name),
        "short": words(localizer().zone_name(place.zone, place.side, short=True)),
        "views": " ".join(figure.load_geometry().place(id_).views),
    }
    plain = escape(plain_words(name))
    return row if plain == row["name"] else {**row, "plain": plain}


def _pieces() -> dict[str, str]:
    """Return every macro of map/_pieces.html, written with a hole for each argument."""
    module = current_app.jinja_env.get_template("map/_pieces.html").module
    return {
        name: Markup(macro(*map(_hole, macro.arguments))).strip()
        for name, macro in sorted(vars(module).items())  # Jinja's own order is not the same in every worker
        if isinstance(macro, Macro)
    }


def _hole(name: str) -> Markup:
    """Return what the phone replaces by the value of that name."""
    return Markup(f"⟦{name}⟧")


def _forms(write: Callable[..., Markup], most: int) -> dict[str, Any]:
    """Return the forms of a counted phrase, and which of them each number up to `most` takes."""
    phrases = [write(number, count=_hole("count")) for number in range(most + 1)]
    forms = list(dict.fromkeys(phrases))
    return {"forms": forms, "of": [forms.index(phrase) for phrase in phrases]}


def _frame(view: str, window: str) -> str:
    return render_template(
        "map/_plate.html", map=replace(view_of(Selection(view=view, window=window)), figure=None)
    )


def _paths(view: str) -> str:
    drawn = figure.map_figure(
        figure.load_geometry(), view, "full", chosen=(), links={}, names={}, layers=figure.LAYERS
    )
    return render_template("figure/_paths.html", figure=drawn)


def _figure(view: str, window: str) -> str:
    geometry = figure.load_geometry()
    drawn = figure.map_figure(
        geometry,
        view,
        window,
        chosen=(),
        links=dict.fromkeys(geometry.places, "#"),
        names={},
        layers=figure.LAYERS,
        zooms={place: " ".join(zoom) for place in geometry.places if (zoom := zoom_of(place, view, window))},
        holds_paths=False,
    )
    return render_template("figure/_figure.html", figure=drawn)
