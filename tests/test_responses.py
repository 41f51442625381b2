import brotli
import pytest


def fetch(client, path, **headers):
    return client.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("path", ["/fr/", "/fr/cards/fiche-essai/", "/fr/map/?zone=groin-left"])
def test_a_kept_answer_equals_a_fresh_one_in_every_encoding(client, path):
    fresh = fetch(client, path)
    for _ in range(2):
        assert fetch(client, path).data == fresh.data
        compressed = fetch(client, path, Accept_Encoding="gzip, br")
        assert compressed.headers["Content-Encoding"] == "br"
        assert brotli.decompress(compressed.data) == fresh.data
        assert "Accept-Encoding" in compressed.headers["Vary"]


def test_a_reader_who_has_the_page_gets_304(client):
    first = fetch(client, "/fr/", Accept_Encoding="br")
    again = fetch(client, "/fr/", Accept_Encoding="br", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_head_says_what_get_would_say(client):
    head = client.client.head("/fr/")
    assert head.data == b""
    assert int(head.headers["Content-Length"]) == len(fetch(client, "/fr/").data)


def test_new_content_is_never_answered_from_what_was_kept(client, publish, store):
    block = next(b for b in store.card("fiche-essai").blocks if not b.is_safety and b.form == "paragraph")
    before = fetch(client, "/fr/cards/fiche-essai/", Accept_Encoding="br")
    publish("cards/fiche-essai", block.text, "Une phrase toute neuve.")
    after = fetch(client, "/fr/cards/fiche-essai/", Accept_Encoding="br")
    assert "Une phrase toute neuve." in brotli.decompress(after.data).decode()
    assert after.headers["X-Content-Version"] != before.headers["X-Content-Version"]


def test_what_htmx_gets_never_answers_a_page_request(client):
    query = "/fr/map/results/?zone=groin-left"
    assert fetch(client, query, HX_Request="true").status_code == 200
    assert fetch(client, query).status_code == 303


@pytest.mark.parametrize("value", ["true", "TRUE", "True", "tRuE", " true", "false", "1", ""])
def test_no_spelling_of_the_htmx_header_gives_a_fragment_to_a_page_request(client, value):
    query = "/fr/map/results/?zone=groin-left"
    fetch(client, query, HX_Request=value)
    assert fetch(client, query).status_code == 303


def test_a_query_nobody_knows_is_not_kept(client, app):
    for path in (
        "/fr/places/groin/?x=1",
        "/fr/?x=1",
        "/fr/cards/?x=1",
        "/fr/cards/fiche-essai/?zone=groin-left",
    ):
        assert fetch(client, path).status_code == 200
    assert not app.wsgi_app._kept


def test_errors_and_redirects_are_not_kept(client, app):
    layer = app.wsgi_app
    for path in ("/", "/fr/nothing/", "/fr/map/?zone=nose", "/fr/map/?view=back", "/fr/languages/?from=/fr/"):
        fetch(client, path)
    assert not layer._kept


def test_what_is_kept_stays_below_its_bound(app, client):
    layer = app.wsgi_app
    layer._most_bytes = 200_000
    for place in ("groin", "sacrum", "chest", "saddle", "hip-side", "buttock-deep"):
        fetch(client, f"/fr/places/{place}/", Accept_Encoding="br")
        fetch(client, f"/en/places/{place}/", Accept_Encoding="gzip")
    assert sum(kept.size for kept in layer._kept.values()) <= 200_000
