import json
from urllib.parse import quote

import pytest

from webapp.content.search import LONGEST_QUERY


def region(client, query, locale="fr"):
    html = client.get(f"/{locale}/search/?q={quote(query)}").get_data(as_text=True)
    return html[html.index('id="results"') : html.index("<template")]


def test_the_danger_signs_stand_first_the_same_for_everybody(client):
    def block(query):
        html = client.get(f"/fr/search/{query}").get_data(as_text=True)
        assert (
            html.index('class="sos"') < html.index('id="danger"') < html.index("<h1>") < html.index('id="q"')
        )
        return html[html.index('<section class="sos"') : html.index('id="danger"')]

    assert block("") == block("?q=essai") == block("?q=urgence")


@pytest.mark.parametrize(
    ("query", "is_danger"), [("signe", True), ("urgence", True), ("loupe", False), ("", False)]
)
def test_danger_words_lead_to_all_signs(client, store, query, is_danger):
    query = store.card("signaux-alerte").search[0] if query == "signe" else query
    html = client.get(f"/fr/search/?q={quote(query)}").get_data(as_text=True)
    line = html[html.index('id="danger"') : html.index("<h1>")]
    assert line.startswith('id="danger">') is is_danger
    assert 'href="/fr/urgent/"' in line


def test_a_card_is_found_with_its_sentence_marked(client):
    html = region(client, "loupe")
    assert 'href="/fr/cards/fiche-essai/"' in html
    assert "<mark>loupe</mark>" in html


def test_the_danger_signs_are_found_at_their_own_address(client):
    assert '<h3><a href="/fr/urgent/">' in region(client, "urgence")


def test_a_misspelled_word_is_shown_as_it_was_meant(client):
    html = region(client, "lopue")
    assert 'href="?q=loupe"' in html and "<mark>loupe</mark>" in html


def test_a_code_says_what_it_stands_for(client):
    html = region(client, "z00.0")
    assert "examen d’essai complet" in html and 'href="/fr/cards/fiche-essai/"' in html


def test_nothing_found_helps_on(client):
    html = region(client, "xylophone")
    for address in ("/fr/map/", "/fr/cards/", "/fr/urgent/"):
        assert f'href="{address}"' in html


def test_a_card_not_yet_translated_is_marked_as_french(client, publish):
    publish("cards/fiche-essai", 'title = "Fiche d’essai"', 'title = "Autre fiche"')
    assert '<li lang="fr" dir="ltr"><h3><a href="/en/cards/fiche-essai/">' in region(client, "autre", "en")


def test_search_engines_and_the_sitemap_do_not_list_it(client):
    assert '<meta name="robots" content="noindex">' in client.get("/fr/search/").get_data(as_text=True)
    assert "/search/" not in client.get("/sitemap.xml").get_data(as_text=True)


@pytest.mark.parametrize("page", ["/fr/", "/fr/cards/", "/ar/cards/"])
def test_the_form_stands_where_cards_are_listed(client, page):
    html = client.get(page).get_data(as_text=True)
    assert f'action="/{page.split("/")[1]}/search/"' in html
    assert html.count('name="q"') == 1


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} %(query)s %s",
    "\u202egnihton\u2066",
    "\x00\x01\x7f",
    "a" * 10_000,
    "sciatique " * 1_000,
    "'; drop table card; --",
    "../../etc/passwd",
    "😀" * 300,
    "ﷺ" * 300,
    "\n\r\nSet-Cookie: a=b",
]


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: ascii(query[:16]))
def test_a_hostile_query_is_words_like_any_other(client, query):
    response = client.get(f"/fr/search/?q={quote(query)}")
    html = response.get_data(as_text=True)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    for mark in ("<script>alert", "<img src=x", "49"):
        assert mark not in html[html.index('id="q"') :]
    assert len(html) < 40_000


@pytest.mark.parametrize(
    "query", ["q=%ED%A0%80", "q=%FF%FE%00", "q=%", "q", "q=a&q=b", "q[]=a", "x=1", "q=%u1234"]
)
def test_a_malformed_query_is_answered_with_the_page(client, query):
    assert client.get(f"/fr/search/?{query}").status_code == 200


def test_the_query_shown_is_the_one_searched(client):
    html = client.get(f"/fr/search/?q={'x' * 500}").get_data(as_text=True)
    assert f'value="{"x" * LONGEST_QUERY}"' in html


def test_only_the_bare_page_and_the_texts_are_kept(client, app):
    def is_kept(path):
        client.client.get(path)
        return any(key[0] + ("?" + key[1] if key[1] else "") == path for key in app.wsgi_app._kept)

    assert is_kept("/fr/search/") and is_kept("/fr/search/index.json")
    assert not is_kept("/fr/search/?q=loupe") and not is_kept("/fr/search/index.json?x=1")


def test_the_phone_gets_the_texts_that_the_server_searches(client, app):
    response = client.get("/en/search/index.json")
    library = app.extensions["repere"].shelf.current()
    assert json.loads(response.data) == library.search_data("en")
    assert response.headers["X-Content-Version"] == library.version
    again = client.get("/en/search/index.json", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_new_content_is_searched_at_once(client, publish):
    assert "lampe" not in region(client, "lampe").partition("rows")[2]
    publish("cards/fiche-essai", "La loupe", "La lampe")
    assert "<mark>lampe</mark>" in region(client, "lampe")
