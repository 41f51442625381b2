import pytest

from webapp import create_app
from webapp.settings import Settings


def test_the_language_list_keeps_the_page_and_the_places(client):
    html = client.get("/fr/languages/?from=/fr/map/?zone%3Dgroin-left").get_data(as_text=True)
    assert 'href="/ar/map/?zone=groin-left"' in html
    assert 'lang="ar" dir="rtl"' in html and "العربية" in html


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/fr//evil.example", "javascript:alert(1)", "/\\evil"]
)
def test_the_language_list_leads_nowhere_else(client, back):
    from urllib.parse import quote

    html = client.get(f"/fr/languages/?from={quote(back, safe='')}").get_data(as_text=True)
    assert "evil" not in html.replace("/en//evil", "/evil") or 'href="/' in html
    assert 'href="//' not in html and 'href="https://evil' not in html and "javascript:" not in html


def test_privacy_text_tells_the_truth_about_the_browsers_history(client):
    assert "historique" in client.get("/fr/about/").get_data(as_text=True)


def test_the_legal_notice_shows_what_the_host_says_and_owns_up_to_blanks(data, client):
    assert "Non renseigné" in client.get("/fr/legal/").get_data(as_text=True)
    app = create_app(Settings(data=data, publisher="Clinique <Essai>"))
    html = app.test_client().get("/fr/legal/").get_data(as_text=True)
    assert "Clinique &lt;Essai&gt;" in html
