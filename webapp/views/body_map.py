"""The body map: a plain GET form of places, its drawn twin, and the cards for what was chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from babel.lists import format_list
from flask import Blueprint, Response, abort, g, redirect, render_template, request
from flask_babel import get_locale
from htmx_flask import request as htmx_request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from webapp import figure
from webapp.content.localize import LocalizedEntry, Text
from webapp.content.model import N_, Zone
from webapp.content.places import Finding, Place, Results, find_cards
from webapp.figure import Locator, MapFigure
from webapp.i18n.ui import gettext as _
from webapp.i18n.ui import ngettext
from webapp.page import (
    emergency,
    is_frozen,
    library,
    localizer,
    page,
    path_to,
    plain_words,
    send_page,
    show,
    words,
)

blueprint = Blueprint("map", __name__)

PURPOSE = N_("Repère informe. Il ne pose pas de diagnostic et ne remplace pas un professionnel.")
VIEWS = {
    "front": N_("Devant"),
    "back": N_("Dos"),
    "left": N_("Gauche"),
    "right": N_("Droite"),
    "soles": N_("Plantes"),
}
WINDOWS = ("full", "pelvis-knee", "pelvis", "knee-foot")
LAYERS = {
    "nerve": N_("Le trajet du nerf sciatique"),
    "bones": N_("Les os"),
    "paths": N_("Là où court souvent une douleur des racines L5 et S1"),
}
DEFAULT_VIEW, DEFAULT_WINDOW = "back", "pelvis-knee"
PARAMETERS = ("zone", "view", "window", "layer")
LEAST_REACH = 34
"""CSS px of a place at 390 px below which a touch opens a closer window (design, section 4)."""
MOST_PLACES = 80
"""More than there are; a longer query is not read on."""

_CAPTIONS = {
    ("front", "full"): N_("Vue de face, corps entier. Dessin schématique."),
    ("front", "pelvis-knee"): N_("Vue de face, du bassin au genou. Dessin schématique."),
    ("front", "pelvis"): N_("Vue de face, le bassin. Dessin schématique."),
    ("front", "knee-foot"): N_("Vue de face, du genou au pied. Dessin schématique."),
    ("back", "full"): N_("Vue de dos, corps entier. Dessin schématique."),
    ("back", "pelvis-knee"): N_("Vue de dos, du bassin au genou. Dessin schématique."),
    ("back", "pelvis"): N_("Vue de dos, le bassin. Dessin schématique."),
    ("back", "knee-foot"): N_("Vue de dos, du genou au pied. Dessin schématique."),
    ("left", "full"): N_("Côté gauche, corps entier. Dessin schématique."),
    ("left", "pelvis-knee"): N_("Côté gauche, du bassin au genou. Dessin schématique."),
    ("left", "pelvis"): N_("Côté gauche, le bassin. Dessin schématique."),
    ("left", "knee-foot"): N_("Côté gauche, du genou au pied. Dessin schématique."),
    ("right", "full"): N_("Côté droit, corps entier. Dessin schématique."),
    ("right", "pelvis-knee"): N_("Côté droit, du bassin au genou. Dessin schématique."),
    ("right", "pelvis"): N_("Côté droit, le bassin. Dessin schématique."),
    ("right", "knee-foot"): N_("Côté droit, du genou au pied. Dessin schématique."),
    ("soles", "full"): N_("Plantes des pieds, vues par en dessous. Dessin schématique."),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """What the address says: places chosen and how the figure is shown."""

    places: tuple[Place, ...] = ()
    view: str = DEFAULT_VIEW
    window: str = DEFAULT_WINDOW
    layers: tuple[str, ...] = ()

    @property
    def drawn(self) -> tuple[tuple[str, str], ...]:
        """Return what the address says of the figure, defaults left out."""
        default = figure.fitting_window(self.view, DEFAULT_WINDOW)
        return (
            *((("view", self.view),) if self.view != DEFAULT_VIEW else ()),
            *((("window", self.window),) if self.window != default else ()),
            *(("layer", layer) for layer in self.layers),
        )

    def address(self) -> str:
        """Return the canonical address of the map with this selection, in the page's language."""
        zones = [("zone", place) for place in sorted(place.id for place in self.places)]
        query = urlencode([*zones, *self.drawn])
        return path_to("map.show_map", locale=g.locale) + (f"?{query}" if query else "")

    def toggled(self, place: Place) -> Selection:
        """Return the selection after a touch of `place`."""
        kept = tuple(p for p in self.places if p != place)
        return replace(self, places=kept if place in self.places else (*self.places, place))


@dataclass(frozen=True, slots=True)
class Step:
    """A link that changes how the figure is shown."""

    name: str
    label: Markup
    address: str
    window: str = ""
    """Which window it opens; empty for a layer."""
    is_current: bool = False
    has_choice: bool = False


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place with its names in the page's language."""

    id: str
    name: Text
    toggle: str
    """Address of the map after a touch of it."""
    is_chosen: bool = False
    view: str = ""
    """Where on the figure it is seen best."""


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """One fieldset of the form."""

    label: Text
    places: tuple[NamedPlace, ...]


@dataclass(frozen=True, slots=True)
class ListedCard:
    """A card in the results, with why it is there."""

    entry: LocalizedEntry
    felt_in: Markup


def count_places(number: int, **values: Any) -> Markup:
    """Return «2 endroits»; `values` may put something else where the number stands, as in the two below."""
    return ngettext("%(count)s endroit", "%(count)s endroits", number, **values)


def count_cards(number: int, **values: Any) -> Markup:
    """Return «7 fiches»."""
    return ngettext("%(count)s fiche", "%(count)s fiches", number, **values)


def head_cards(number: int, **values: Any) -> Markup:
    """Return the heading over cards that speak of every one of a number of places."""
    return ngettext(
        "Ces fiches parlent de cet endroit", "Ces fiches parlent de vos %(count)s endroits", number, **values
    )


def summary_of(places: Markup, cards: Markup) -> Markup:
    """Return «2 endroits · 7 fiches»."""
    return Markup("{} · {}").format(places, cards)


@dataclass(frozen=True, slots=True)
class ResultsView:
    """Everything the results region shows."""

    chosen: tuple[NamedPlace, ...]
    rule_out: tuple[LocalizedEntry, ...]
    all: tuple[ListedCard, ...]
    some: tuple[ListedCard, ...]
    learn: tuple[LocalizedEntry, ...]
    uncovered: tuple[NamedPlace, ...]
    count: int
    both_sides: tuple[NamedPlace, ...] = ()
    """The same places on the other side, offered after a first one."""

    @property
    def summary(self) -> Markup:
        """Return «2 endroits · 7 fiches»."""
        return summary_of(self.places_text, self.cards_text)

    @property
    def places_text(self) -> Markup:
        """Return «2 endroits»."""
        return count_places(len(self.chosen))

    @property
    def cards_text(self) -> Markup:
        """Return «7 fiches»."""
        return count_cards(self.count)

    @property
    def heading(self) -> Markup:
        """Return the heading over the cards that speak of every place."""
        return head_cards(len(self.chosen))


@dataclass(frozen=True, slots=True)
class MapView:
    """Everything the map shows."""

    selection: Selection
    figure: MapFigure | None
    """None in the frames that the phone fills with its own drawings."""
    locator: Locator | None
    caption: Markup
    views: tuple[Step, ...]
    whole: Step | None
    closer: Step | None
    wider: Step | None
    layers: tuple[Step, ...]
    groups: tuple[PlaceGroup, ...]
    saddle: NamedPlace
    results: ResultsView


@blueprint.get("/<locale:locale>/map/")
def show_map(locale: str) -> Response:
    """Show the map; an address that is not canonical is redirected, an unknown value is 404."""
    selection = read_selection(request.args)
    if request.full_path.rstrip("?") != _plain(selection.address()):
        return redirect(selection.address(), 303)  # type: ignore[return-value]
    return show_selection(selection)


def show_selection(selection: Selection, status: int = 200) -> Response:
    """Show the map page for a selection (also under a 404)."""
    view = view_of(selection)
    has_query = selection != Selection()
    title = view.results.summary if selection.places else _("Où avez-vous mal ?")
    return show(
        "map/map.html",
        page(
            title,
            "map.show_map",
            tab="map",
            is_indexed=not has_query,
            scripts=("vendor/htmx-2.0.10.min.js", "places.js", "map.js"),
            description=_(PURPOSE),
        ),
        status,
        emergency=emergency(localizer().first_signs()),
        map=view,
        is_unknown=status == 404,
        pages=pages_of_zones() if is_frozen() else (),
    )


def pages_of_zones() -> tuple[tuple[str, Text], ...]:
    """Return the address and the name of every zone's page: without script, a static host's only answers."""
    return tuple(
        (path_to("map.show_place", locale=g.locale, zone=zone.id), localizer().zone_name(zone, None))
        for zone in library().store.zones()
    )


@blueprint.get("/<locale:locale>/map/results/")
def show_results(locale: str) -> Response:
    """Return the results region for htmx; anybody else is sent to the page."""
    selection = read_selection(request.args)
    if not htmx_request.htmx:
        return redirect(selection.address(), 303)  # type: ignore[return-value]
    html = render_template("map/_answer.html", results=results_of(selection))
    response = send_page(html)
    response.headers["HX-Push-Url"] = selection.address()
    return response


@blueprint.get("/<locale:locale>/places/<zone>/")
def show_place(locale: str, zone: str) -> Response:
    """Show one zone with the cards that speak of it: the map's answer without script or query."""
    found = next((z for z in library().store.zones() if z.id == zone), None)
    if found is None:
        abort(404)
    name = localizer().zone_name(found, None)
    chosen = Selection(tuple(library().places.by_id[id_] for id_ in found.places[-1:]))
    results = results_of(chosen)
    return show(
        "map/place.html",
        page(
            plain_words(name),
            "map.show_place",
            tab="map",
            zone=zone,
            description=_("Les fiches qui parlent de cet endroit, les mêmes pour tout le monde."),
        ),
        emergency=emergency(localizer().first_signs()),
        name=name,
        places=tuple(_named(library().places.by_id[id_], Selection()) for id_ in found.places),
        results=results,
        is_covered=found.covered,
    )


def read_selection(args: MultiDict[str, str]) -> Selection:
    """Return what an address asks for; a parameter or value that does not exist is 404."""
    if set(args) - set(PARAMETERS) or len(args.getlist("zone")) > MOST_PLACES:
        abort(404)
    try:
        places = library().places.choose(args.getlist("zone"))
    except KeyError:
        abort(404)
    views, windows, layers = (args.getlist(name) for name in ("view", "window", "layer"))
    view = views[0] if views else DEFAULT_VIEW
    window = windows[0] if windows else DEFAULT_WINDOW
    if (
        view not in VIEWS
        or window not in WINDOWS
        or set(layers) - set(LAYERS)
        or len(views) > 1
        or len(windows) > 1
    ):
        abort(404)
    return Selection(
        places, view, figure.fitting_window(view, window), tuple(layer for layer in LAYERS if layer in layers)
    )


def view_of(selection: Selection) -> MapView:
    """Return everything the map shows for a selection."""
    geometry = figure.load_geometry()
    by_id = library().places.by_id
    named = {id_: _named(place, selection) for id_, place in by_id.items()}
    zooms = {id_: zoom for id_ in by_id if (zoom := zoom_of(id_, selection.view, selection.window))}
    drawing = figure.map_figure(
        geometry,
        selection.view,
        selection.window,
        chosen=[place.id for place in selection.places],
        links={id_: _touch_address(place, selection, zooms.get(id_)) for id_, place in named.items()},
        zooms={id_: " ".join(zoom) for id_, zoom in zooms.items()},
        names={id_: plain_words(place.name) for id_, place in named.items()},
        layers=selection.layers,
    )
    groups = []
    for region in library().store.regions():
        members = tuple(named[id_] for id_, place in by_id.items() if place.zone.region == region.id)
        label = localizer().text(f"region/{region.id}/label", region.label)
        groups.append(PlaceGroup(label, members))
    shown_in = {view for place in selection.places for view in geometry.place(place.id).views}
    windows = [w for w in WINDOWS if w in geometry.windows(selection.view)]
    here = windows.index(selection.window)
    # From whole to close; the foot is reached from the whole body or by touching a cut piece.
    closer = {"full": "pelvis-knee", "pelvis-knee": "pelvis", "knee-foot": None, "pelvis": None}[
        selection.window
    ]
    wider = {"full": None, "pelvis-knee": "full", "knee-foot": "full", "pelvis": "pelvis-knee"}[
        selection.window
    ]
    return MapView(
        selection=selection,
        figure=drawing,
        locator=figure.locator(geometry, selection.view, selection.window) if len(windows) > 1 else None,
        caption=_(_CAPTIONS[selection.view, windows[here]]),
        views=tuple(
            Step(
                view,
                _(label),
                replace(selection, view=view, window=window).address(),
                window,
                view == selection.view,
                view in shown_in,
            )
            for view, label in VIEWS.items()
            for window in [figure.fitting_window(view, selection.window)]
        ),
        whole=_zoom(selection, "full", _("Corps entier"), windows),
        closer=_zoom(selection, closer, _("Agrandir"), windows),
        wider=_zoom(selection, wider, _("Réduire"), windows),
        layers=tuple(
            Step(
                layer,
                _(label),
                replace(
                    selection, layers=tuple(x for x in LAYERS if (x in selection.layers) != (x == layer))
                ).address(),
                is_current=layer in selection.layers,
            )
            for layer, label in LAYERS.items()
        ),
        groups=tuple(groups),
        saddle=named["saddle"],
        results=results_of(selection),
    )


def zoom_of(place: str, view: str, window: str) -> tuple[str, str] | None:
    """Return the view and window where a finger can tell `place` apart, or None if it can here.

    A place that Repère does not speak of answers at once, however small its piece is.
    """
    geometry = figure.load_geometry()
    known = geometry.place(place)
    if not known.covered or view not in known.views or geometry.reach(place, view, window) >= LEAST_REACH:
        return None
    reach, closer = max((geometry.reach(place, view, name), name) for name in geometry.windows(view))
    return (view, closer) if reach >= LEAST_REACH else geometry.best_view(place)


def _touch_address(place: NamedPlace, selection: Selection, zoom: tuple[str, str] | None) -> str:
    """Return where a touch of `place` leads; a chosen one is taken back, however small its piece is."""
    if zoom is None or place.is_chosen:
        return place.toggle
    return replace(selection, view=zoom[0], window=zoom[1]).address()


def results_of(selection: Selection) -> ResultsView:
    """Return what the results region shows for a selection."""
    results: Results = find_cards(library().store, selection.places)
    entry = localizer().entry
    other_sides = [_other_side(place) for place in results.chosen]
    return ResultsView(
        chosen=tuple(_named(place, selection) for place in results.chosen),
        rule_out=tuple(map(entry, results.rule_out)),
        all=tuple(map(_listed, results.all)),
        some=tuple(map(_listed, results.some)),
        learn=tuple(map(entry, results.learn)),
        uncovered=tuple(_named(place, selection) for place in results.uncovered),
        count=results.count,
        both_sides=tuple(
            _named(place, selection) for place in other_sides if place and place not in results.chosen
        ),
    )


def _listed(finding: Finding) -> ListedCard:
    names = [words(localizer().zone_name(place.zone, place.side, short=True)) for place in finding.places]
    return ListedCard(
        localizer().entry(finding.entry),
        Markup(format_list([str(name) for name in names], locale=get_locale())),
    )


def _named(place: Place, selection: Selection) -> NamedPlace:
    zone: Zone = place.zone
    best_view, _window = figure.load_geometry().best_view(place.id)
    return NamedPlace(
        place.id,
        localizer().zone_name(zone, place.side),
        selection.toggled(place).address(),
        place in selection.places,
        best_view,
    )


def _other_side(place: Place) -> Place | None:
    if place.side is None:
        return None
    return library().places.by_id[f"{place.zone.id}-{'left' if place.side == 'right' else 'right'}"]


def _zoom(selection: Selection, window: str | None, label: Markup, windows: list[str]) -> Step | None:
    if window is None or window not in windows or window == selection.window:
        return None
    return Step(window, label, replace(selection, window=window).address(), window)


def _plain(address: str) -> str:
    return address.rstrip("?")
