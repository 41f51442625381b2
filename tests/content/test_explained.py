"""Which paragraph explains which word."""

import pytest

from webapp.content.explained import MOST_IN_A_BLOCK, places
from webapp.content.model import Block, Term


def term(name: str) -> Term:
    return Term(name, name, "…")


def paragraph(text: str, **more) -> Block:
    return Block("key", "what-it-is", more.pop("form", "paragraph"), text, **more)


def explained(names: list[str], *texts: str | Block) -> list[list[str]]:
    blocks = [text if isinstance(text, Block) else paragraph(text) for text in texts]
    return [[found.name for found in terms] for terms in places(blocks, [term(name) for name in names])]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("disque (disque intervertébral)", "Deux disques s’usent."),
        ("vertèbre", "Les VERTEBRES, empilées."),
        ("creux de la hanche (cotyle, ou acétabulum)", "Le cotyle se creuse."),
        ("creux de la hanche (cotyle, ou acétabulum)", "Un acétabulum plat."),
        ("muscle piriforme (ancien « pyramidal »)", "Le « pyramidal » est le même muscle."),
        ("nerf fémoral (ancien nerf crural)", "Le nerf crural descend."),
        ("tête du fémur", "La **tête du fémur** tourne."),
        ("anti-inflammatoire (AINS)", "Des anti-inflammatoires, en gel."),
        ("os sur lequel on s’assoit (ischion)", "Près de l’ischion."),
    ],
)
def test_a_word_is_found_in_its_forms(name, text):
    assert explained([name], text) == [[name]]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("disque (disque intervertébral)", "Une discopathie, un disquaire."),
        ("nerf tibial", "Le nerf et l’os tibial."),
        ("nerf fémoral (ancien nerf crural)", "Un ancien joueur."),
        ("bourse", "Rembourser la visite."),
        ("tendon", ""),
    ],
)
def test_what_only_looks_like_a_word_is_not_explained(name, text):
    assert explained([name], text) == [[]]


def test_a_word_is_explained_once_where_it_first_occurs():
    assert explained(["disque", "tendon"], "Rien ici.", "Le disque.", "Le disque, le tendon.") == [
        [],
        ["disque"],
        ["tendon"],
    ]


def test_a_paragraph_explains_few_words_and_the_next_one_takes_the_rest():
    names = ["disque", "vertèbre", "tendon"]
    assert MOST_IN_A_BLOCK == 2
    assert explained(names, "Tendon, vertèbre, disque.", "Encore le tendon.") == [names[:2], names[2:]]


def test_neither_a_danger_sign_nor_a_heading_explains_anything():
    assert explained(
        ["disque"],
        paragraph("Le disque appuie.", form="item", urgency="U0"),
        paragraph("Le disque", form="heading"),
        paragraph("Un disque.", form="item", urgency="U2"),
    ) == [[], [], ["disque"]]


def test_a_word_that_is_a_link_waits_for_a_plain_one():
    assert explained(
        ["queue de cheval"], "Lisez [Queue de cheval](card:queue-de-cheval).", "La queue de cheval souffre."
    ) == [[], ["queue de cheval"]]
