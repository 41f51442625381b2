"""The audit in public: honest about what nobody has signed, a list and never a mark."""

import html as markup
import re

import brotli
import html5lib
import pytest

from webapp import create_app
from webapp.content.editor import Editor
from webapp.content.model import Review
from webapp.content.store import Store
from webapp.settings import Settings


def of_card(client, slug, path="/fr/about/quality/"):
    """Return what the page says of one card: heading -> points, each as its text."""
    document = html5lib.parse(client.get(path).get_data(as_text=True), namespaceHTMLElements=False)
    [details] = [element for element in document.iter("details") if element.get("id") == slug]
    headings = [words(heading) for heading in details.iter("h3")]
    lists = [[words(item) for item in ul.iter("li")] for ul in details.iter("ul")]
    return dict(zip(headings, lists, strict=True))


def words(element):
    return " ".join(" ".join(element.itertext()).split())


def test_what_is_missing_comes_first_then_what_was_seen(client):
    said = of_card(client, "fiche-essai")
    assert list(said) == ["Pas confirmé", "Confirmé par le programme"]
    assert "Chaque source a une année (1 sur 3)" in said["Pas confirmé"]
    assert "Un clinicien a lu et signé ces mots exacts" in said["Pas confirmé"]
    assert "Au moins deux choix de traitement (2)" in said["Confirmé par le programme"]


def test_every_published_card_is_there_and_a_withdrawn_one_is_not(client, data):
    Editor(data).withdraw("fiche-essai")
    html = client.get("/fr/about/quality/").get_data(as_text=True)
    ids = re.findall(r'<details class="prose" id="([a-z-]+)">', html)
    assert ids == [entry.slug for entry in Store(data / "content.db").entries()]
    assert "fiche-essai" not in html


def test_a_sign_off_is_shown_with_its_name_escaped_and_lapses_with_the_words(client, data, publish):
    sha256 = Store(data / "content.db").state("fiche-essai").sha256
    name = "Camille <b>Essai</b>"
    Editor(data).sign(Review("cards/fiche-essai", "fr", sha256, name, "rhumatologue d’essai", "2026-11-01"))
    assert of_card(client, "fiche-essai")["Signé par une personne"] == [
        f"Un clinicien a lu et signé ces mots exacts {name}, rhumatologue d’essai, 2026-11-01"
    ]
    publish("cards/fiche-essai", "La loupe", "La lampe")
    assert "Signé par une personne" not in of_card(client, "fiche-essai")


def test_the_passage_taken_for_what_happens_untreated_is_shown_in_the_readers_language(client, publish):
    publish("cards/fiche-essai", "L’essai finit toujours.", "Sans traitement, l’essai finit toujours.")
    points = of_card(client, "fiche-essai")["Confirmé par le programme"]
    assert "Ce qui arrive sans traitement Sans traitement, l’essai finit toujours." in points
    html = client.get("/en/about/quality/").get_data(as_text=True)
    assert '<span lang="fr" dir="ltr">Sans traitement, l’essai finit toujours.</span>' in html


def test_what_the_host_says_is_shown_escaped_and_what_it_left_blank_is_open(data, client):
    def of_site(client):
        html = client.get("/fr/about/quality/").get_data(as_text=True)
        return html[html.index('id="h-site"') : html.index('id="h-cards"')]

    assert of_site(client).index("Pas confirmé") < of_site(client).index(
        "<li>Le financement est déclaré</li>"
    )
    told = Settings(data=data, publisher="Clinique <Essai>", funding="Fondation", contact="a@example.org")
    html = of_site(create_app(told).test_client())
    assert "Clinique &lt;Essai&gt;" in html
    assert html.index("Confirmé par le programme") < html.index("<li>Le financement est déclaré")


@pytest.mark.parametrize("locale", ["fr", "en", "ar"])
def test_it_is_a_list_and_no_mark(client, locale):
    html = client.get(f"/{locale}/about/quality/").get_data(as_text=True)
    text = markup.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))
    assert not re.search(r"\d\s*%|\d\s*/\s*\d|\bscore\b|★", text)
    assert "<progress" not in html and "<meter" not in html
    assert "HONcode" not in html, "that certifier has closed"


def test_about_and_each_card_lead_there(client):
    assert 'href="/fr/about/quality/"' in client.get("/fr/about/").get_data(as_text=True)
    for slug in ("fiche-essai", "anatomie-essai", "guide-essai"):
        assert f'href="/fr/about/quality/#{slug}"' in client.get(f"/fr/cards/{slug}/").get_data(as_text=True)


def test_the_real_page_says_that_nobody_has_signed_and_fits_a_slow_phone(real_client):
    response = real_client.get("/fr/about/quality/")
    assert "<h3>Signé par une personne</h3>" not in response.get_data(as_text=True)
    assert len(brotli.compress(response.data)) <= 16_000
