import re
from pathlib import Path

import pytest

from webapp.content.store import Store
from webapp.views.plates import PLATES

SLUGS = [
    card.slug
    for card in Store(Path(__file__).parents[2] / "content.db").cards()
    if card.slug != "signaux-alerte"
]


def html_of(client, slug, locale="fr"):
    return client.get(f"/{locale}/cards/{slug}/").get_data(as_text=True)


@pytest.mark.parametrize("slug", PLATES)
def test_an_anatomy_card_opens_its_section_with_the_plate(real_client, slug):
    html = html_of(real_client, slug)
    section = re.search(r'<section[^>]*id="what-it-is".*?</section>', html, re.DOTALL)[0]
    assert re.match(r'<section.*?</h2>\s*<div class="anat">', section, re.DOTALL)
    assert html.count('class="anat"') == section.count('class="anat"') == 1
    for name, where in PLATES[slug].parts:
        assert f"<b>{name}</b>" in section
        assert f'<span class="sm">{where}</span>' in section.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if slug not in PLATES])
def test_other_cards_have_no_plate(real_client, slug):
    assert 'class="anat"' not in html_of(real_client, slug)


def test_a_plate_says_which_side_it_shows(real_client):
    strips = {
        slug: re.findall(r'<span dir="auto">(.*?)</span>', html_of(real_client, slug)) for slug in PLATES
    }
    assert strips == {
        "anatomie-rachis": ["Votre côté gauche"],
        "anatomie-hanche": ["Votre droite", "Votre gauche"],
        "anatomie-nerf-sciatique": ["Votre gauche", "Votre droite"],
    }


def test_the_body_does_not_turn_for_a_language_that_runs_from_right_to_left(real_client):
    drawings = [
        re.search(r'<svg class="fig".*?</svg>', html_of(real_client, "anatomie-hanche", locale), re.DOTALL)[0]
        for locale in ("fr", "ar")
    ]
    assert drawings[0] == drawings[1]


def test_every_name_is_short_and_every_fact_stands_in_the_card():
    folder = Path(__file__).parents[2] / "translations" / "fr" / "cards"
    for slug, words in PLATES.items():
        card = (folder / f"{slug}.md").read_text("utf-8").lower()
        for name, where in words.parts:
            assert len(name) <= 60 and len(where) <= 60
            for number in re.findall(r"\b[LS]?\d\b", name + where):
                assert number.lower() in card, f"{slug}: {number}"
            for word in re.findall(r"[a-zà-ÿœ]{6,}", name.lower()):
                assert word.rstrip("s") in card or word == "pointillé", f"{slug}: {word}"
