from webapp.content.markup import plain, typeset


def test_every_sign_stands_on_the_urgent_page_by_urgency(client, store):
    html = client.get("/fr/urgent/").get_data(as_text=True)
    signs = [block for block in store.card("signaux-alerte").blocks if block.urgency]
    positions = [html.index(typeset(plain(block.text), "fr")[:15]) for block in signs]
    assert len(positions) > 4
    assert positions == sorted(positions)


def test_numbers_are_called_by_a_touch_and_say_what_their_source_is_worth(client, store):
    html = client.get("/fr/urgent/").get_data(as_text=True)
    for country in store.countries():
        assert f'href="tel:{country.number}"' in html
    assert 'id="numbers"' in html
    assert any(word in html for word in ("Source officielle", "Source secondaire", "À confirmer sur place"))


def test_the_two_default_calls_name_their_country(client):
    html = client.get("/fr/").get_data(as_text=True)
    assert 'href="tel:15"' in html and "France" in html
    assert 'href="tel:112"' in html and "Union européenne" in html
    assert 'href="/fr/urgent/#numbers"' in html
