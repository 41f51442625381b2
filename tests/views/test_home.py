import pytest


@pytest.mark.parametrize(
    ("header", "locale"),
    [("en", "en"), ("ar-MA;q=0.8,en;q=0.2", "ar"), ("de", "fr"), ("", "fr"), ("en;q=0,ar", "ar")],
)
def test_the_root_sends_to_the_best_language(client, header, locale):
    response = client.get("/", headers={"Accept-Language": header})
    assert (response.status_code, response.headers["Location"]) == (302, f"/{locale}/")
    assert "Accept-Language" in response.headers["Vary"]


def test_home_shows_danger_signs_before_the_map_and_the_cards(client):
    html = client.get("/fr/").get_data(as_text=True)
    assert (
        html.index('class="sos"')
        < html.index("<h1>")
        < html.index('class="plate"')
        < html.index("fiche-essai")
    )


def test_every_page_names_itself_in_every_offered_language(client):
    html = client.get("/en/cards/fiche-essai/").get_data(as_text=True)
    assert '<link rel="canonical" href="/en/cards/fiche-essai/">' in html
    for tag in ("fr", "en", "ar"):
        assert f'<link rel="alternate" hreflang="{tag}" href="/{tag}/cards/fiche-essai/">' in html
    assert '<link rel="alternate" hreflang="x-default" href="/fr/cards/fiche-essai/">' in html


def test_arabic_pages_are_written_from_right_to_left(client):
    assert '<html lang="ar" dir="rtl">' in client.get("/ar/").get_data(as_text=True)
