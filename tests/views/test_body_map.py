import pytest


def test_two_places_list_the_cards_that_speak_of_both_with_the_reason(client):
    html = client.get("/fr/map/?zone=buttock-deep-right&zone=thigh-back-upper-right").get_data(as_text=True)
    assert "2 endroits" in html
    assert "Ressentie à" in html
    assert "ne veut pas dire que vous avez ce problème" in html


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("zone=groin-right&zone=groin-left", "zone=groin-left&zone=groin-right"),
        ("zone=groin-left&zone=groin-left", "zone=groin-left"),
        ("view=back", ""),
        ("view=front&zone=groin-left", "zone=groin-left&view=front"),
        ("layer=bones&layer=nerve", "layer=nerve&layer=bones"),
        ("view=soles&window=pelvis", "view=soles"),
    ],
)
def test_an_address_that_is_not_canonical_is_sent_to_the_one_that_is(client, asked, canonical):
    response = client.get(f"/fr/map/?{asked}")
    assert response.status_code == 303
    assert response.headers["Location"] == f"/fr/map/{'?' + canonical if canonical else ''}"


@pytest.mark.parametrize(
    "query",
    [
        "zone=nose",
        "zone=buttock-deep",
        "zone=sacrum-left",
        "view=above",
        "window=moon",
        "layer=dermatomes",
        "view=back&view=front",
        "unknown=1",
        "zone=%00",
        "zone=%FF%FE",
        "zone=" + "a" * 10_000,
        "&".join(["zone=groin-left"] * 500),
    ],
)
def test_an_unknown_value_is_a_404_that_still_shows_the_map(client, query):
    response = client.get(f"/fr/map/?{query}")
    assert response.status_code == 404
    html = response.get_data(as_text=True)
    assert 'class="plate"' in html and "Cet endroit n’existe pas" in html


def test_the_form_has_one_box_for_every_place_with_its_side_in_the_name(client):
    html = client.get("/fr/map/").get_data(as_text=True)
    for place in ("buttock-deep-left", "buttock-deep-right", "groin-left", "groin-right", "sacrum", "saddle"):
        assert html.count(f'name="zone" value="{place}"') == 1, place


def test_the_results_fragment_is_for_htmx_alone(client):
    query = "zone=groin-left"
    page = client.get(f"/fr/map/results/?{query}")
    assert (page.status_code, page.headers["Location"]) == (303, f"/fr/map/?{query}")
    fragment = client.get(f"/fr/map/results/?{query}", headers={"HX-Request": "true"})
    assert fragment.status_code == 200
    assert fragment.headers["HX-Push-Url"] == f"/fr/map/?{query}"
    assert "<html" not in fragment.get_data(as_text=True)


def test_fragment_and_page_say_the_same(client):
    query = "zone=buttock-deep-right&zone=groin-left"
    page = squeeze(client.get(f"/fr/map/?{query}"))
    fragment = squeeze(client.get(f"/fr/map/results/?{query}", headers={"HX-Request": "true"}))
    region = fragment[fragment.index('<div id="results">') : fragment.index('<div id="picked"')]
    assert "<h2" in region and region in page
    picked = fragment[
        fragment.index('<section class="sec" aria-labelledby="chosen">') : fragment.index('<div id="bar"')
    ]
    assert picked in page


def squeeze(response) -> str:
    """Return a response's HTML without its line breaks."""
    return response.get_data(as_text=True).replace("\n", "")


def test_a_place_we_do_not_speak_of_answers_first_with_the_emergency_sentence(client):
    html = client.get("/fr/map/?zone=chest").get_data(as_text=True)
    results = html[html.index('<div id="picked">') :]
    assert results.index("112") < results.index("Repère ne parle pas de cet endroit") + 600
    assert "appelez tout de suite le 15" in results


def test_the_emergency_cards_stand_in_the_fixed_band_whatever_was_chosen(client):
    for query in ("", "?zone=groin-left", "?zone=chest"):
        html = client.get(f"/fr/map/{query}").get_data(as_text=True)
        band = html[html.index('class="band"') :]
        assert "/fr/cards/urgence-essai/" in band
        assert html.count("/fr/cards/urgence-essai/") == 1, "the band's cards are not repeated below it"


def test_every_zone_has_a_page_of_its_own(client):
    for zone in ("groin", "sacrum", "chest"):
        assert client.get(f"/fr/places/{zone}/").status_code == 200
    assert client.get("/fr/places/nose/").status_code == 404


def test_map_queries_are_not_for_search_engines(client):
    assert '<meta name="robots" content="noindex">' in client.get("/fr/map/?zone=groin-left").get_data(
        as_text=True
    )
    assert "noindex" not in client.get("/fr/map/").get_data(as_text=True)
