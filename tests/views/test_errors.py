import pytest


@pytest.mark.parametrize(
    "path",
    [
        "/fr/nothing/",
        "/en/nothing/",
        "/xx/",
        "/fr/%00",
        "/fr/cards/%FF/",
        "/fr/map/..%2f..",
        "/" + "a" * 5000,
    ],
)
def test_an_unknown_address_is_a_404_page_that_helps_on(client, path):
    response = client.get(path)
    assert response.status_code == 404
    html = response.get_data(as_text=True)
    assert 'class="sos"' in html and "/map/" in html


def test_an_error_page_speaks_the_language_of_the_address_or_else_of_the_browser(client):
    assert 'lang="ar"' in client.get("/ar/nothing/").get_data(as_text=True)
    assert 'lang="en"' in client.get("/nothing/", headers={"Accept-Language": "en-GB"}).get_data(as_text=True)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_do_not_take_anything_in(client, method):
    response = client.open("/fr/map/", method=method)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_a_crash_is_a_page_in_the_readers_language_without_details(app, client, monkeypatch):
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def crash(*args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("webapp.views.urgent.library", crash)
    response = client.get("/en/urgent/")
    assert response.status_code == 500
    html = response.get_data(as_text=True)
    assert 'lang="en"' in html and "secret detail" not in html and 'href="tel:112"' in html


def test_a_language_in_preparation_answers_in_french_with_a_notice(client, data):
    from webapp.content.store import Store
    from webapp.i18n import catalogs, exchange

    exchange.add(data / "translations", "de", Store(data / "content.db"))
    catalogs.compile_all(data / "translations")
    client = type(client)(
        __import__("webapp").create_app(__import__("webapp.settings").settings.Settings(data=data))
    )
    response = client.get("/de/cards/")
    assert response.status_code == 200
    html = response.get_data(as_text=True)
    assert '<html lang="fr"' in html and "pas encore prête" in html
