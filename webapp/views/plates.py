"""What the numbers of the anatomy plates name, in the page's language.

The drawings are `webapp.figure`'s, which knows no words. Every fact here stands in the card it is shown in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from webapp.content.model import N_
from webapp.figure import Plate, load_plates
from webapp.i18n.ui import gettext as _


@dataclass(frozen=True, slots=True)
class Words:
    """The French words of a plate."""

    plate: str
    view: str
    """`front`, `back` or `left`: what the reader sees of the body."""
    caption: str
    parts: tuple[tuple[str, str], ...]
    """(name, where it is or what it is like), in the order of the drawing's numbers."""


@dataclass(frozen=True, slots=True)
class LabelledPlate:
    """A plate with its words in the page's language."""

    drawing: Plate
    view: str
    caption: Markup
    parts: tuple[tuple[Markup, Markup], ...]


PLATES = {
    "anatomie-rachis": Words(
        "spine",
        "left",
        N_("Le bas de la colonne, vu de côté. Le ventre est à gauche, le dos à droite."),
        (
            (N_("Vertèbres"), N_("les 5 os du bas du dos, L1 à L5")),
            (N_("Disque"), N_("un anneau entre deux vertèbres")),
            (N_("Canal"), N_("comme un tunnel, derrière les disques")),
            (N_("Moelle épinière"), N_("s’arrête vers L1 ou L2")),
            (N_("Queue de cheval"), N_("le bouquet de racines, plus bas")),
            (N_("Racines L4, L5 et S1"), N_("sortent par un trou, sur le côté")),
            (N_("Sacrum"), N_("5 vertèbres collées, S1 à S5")),
            (N_("Coccyx"), N_("3 à 5 petits os, tout en bas")),
        ),
    ),
    "anatomie-hanche": Words(
        "hip",
        "front",
        N_("Hanche droite, vue de devant. À gauche, c’est pareil."),
        (
            (N_("Crête iliaque"), N_("le haut du bassin")),
            (N_("Épine iliaque"), N_("la pointe du bassin, devant")),
            (N_("Cotyle (acétabulum)"), N_("le creux du bassin")),
            (N_("Tête du fémur"), N_("la boule qui tourne dans le creux")),
            (N_("Col du fémur"), N_("sous la boule, là où l’os s’amincit")),
            (N_("Grand trochanter"), N_("la bosse que l’on sent sur le côté")),
            (N_("Fémur"), N_("l’os de la cuisse")),
            (N_("Ischion"), N_("l’os sur lequel on s’assoit")),
            (N_("Pli de l’aine (en pointillé)"), N_("la hanche est derrière")),
        ),
    ),
    "anatomie-nerf-sciatique": Words(
        "sciatic-nerve",
        "back",
        N_("Jambe droite, vue de dos. Le cadre montre la fesse en plus grand."),
        (
            (N_("Racines, de L4 à S3"), N_("en pointillé : elles partent du dos")),
            (N_("Muscle piriforme"), N_("le nerf passe le plus souvent dessous")),
            (N_("Nerf sciatique"), N_("au milieu de l’arrière de la cuisse")),
            (N_("Ischion"), N_("l’os sur lequel on s’assoit")),
            (N_("Grand trochanter"), N_("la bosse que l’on sent sur le côté")),
            (N_("Partage en deux"), N_("au-dessus du creux du genou")),
            (N_("Nerf tibial"), N_("par le mollet, jusque sous le pied")),
            (N_("Nerf fibulaire commun"), N_("autour du haut de la fibula, puis devant")),
        ),
    ),
}
"""Card -> the words of its plate."""


def plate_of(slug: str, say: Callable[[str], Markup] = _) -> LabelledPlate | None:
    """Return the plate of a card, its words as `say` gives them; None for a card without one."""
    words = PLATES.get(slug)
    if not words:
        return None
    return LabelledPlate(
        drawing=load_plates()[words.plate],
        view=words.view,
        caption=say(words.caption),
        parts=tuple((say(name), say(where)) for name, where in words.parts),
    )
