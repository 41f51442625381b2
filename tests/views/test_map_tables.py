import subprocess
import sys

import brotli
import pytest

ADDRESSES = ["/fr/map/table.json", "/ar/map/plates.json", "/map/figures.json"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_tables_are_kept_and_confirmed_like_pages(app, client, address):
    first = client.get(address, headers={"Accept-Encoding": "br"})
    assert first.mimetype == "application/json"
    assert first.headers["X-Content-Version"] == client.get("/version.json").get_json()["version"]
    assert first.headers["Cache-Control"] == "no-cache, no-transform"
    assert brotli.decompress(first.data) == client.get(address).data
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert any(key[0] == address for key in app.wsgi_app._kept)


def test_the_drawings_are_the_same_in_every_language(client):
    french, arabic = (
        client.client.get("/map/figures.json", headers={"Accept-Language": tag}) for tag in ("fr", "ar")
    )
    assert french.data == arabic.data
    assert "Content-Language" not in french.headers


def test_a_new_card_text_is_in_the_table_at_once_and_a_withdrawn_card_is_not(client, publish, editor, store):
    def cards() -> str:
        return "".join(client.get("/fr/map/table.json").get_json()["cards"])

    entry = next(entry for entry in store.entries() if entry.slug == "fiche-essai")
    publish("cards/fiche-essai", entry.summary, "Un résumé tout neuf.")
    assert "Un résumé tout neuf." in cards()
    editor.withdraw("fiche-essai")
    assert "fiche-essai" not in cards()


def test_every_zone_answers_in_the_table_what_its_page_answers(client):
    table = client.get("/fr/map/table.json").get_json()
    for zone in table["zones"]:
        rows = [table["cards"][number] for number in zone["cards"] + zone["learn"]]
        listed = {row.split('href="')[1].split('"')[0] for row in rows}
        place = zone["places"][0]["id"]
        fragment = client.get(f"/fr/map/results/?zone={place}", headers={"HX-Request": "true"})
        html = fragment.get_data(as_text=True)
        assert {link for link in listed if f'href="{link}"' in html} == listed
        assert html.count("<h3>") == len(listed)


def test_no_hole_of_a_piece_is_left_to_chance(client):
    pieces = client.get("/ar/map/table.json").get_json()["pieces"]
    assert "⟦places⟧" in pieces["listed"] and "⟦plain⟧" in pieces["place"]
    for name in ("caution", "head", "nothing", "seen", "uncovered", "unknown"):
        assert "⟦" not in pieces[name]


def test_every_worker_sends_the_same_bytes(data):
    code = (
        "import hashlib, sys; from pathlib import Path; from webapp import create_app; from webapp.settings import Settings\n"
        "client = create_app(Settings(data=Path(sys.argv[1]))).test_client()\n"
        "print(*(hashlib.sha256(client.get(address).data).hexdigest() for address in sys.argv[2:]))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code, str(data), *ADDRESSES],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
