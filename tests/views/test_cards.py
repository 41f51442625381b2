from webapp.content.editor import Editor


def test_a_card_opens_with_its_danger_signs(client):
    html = client.get("/fr/cards/fiche-essai/").get_data(as_text=True)
    assert html.index("<h1>") < html.index('class="sos"') < html.index('id="in-brief"')
    assert html.count('class="sos"') == 1


def test_a_card_says_that_no_clinician_has_read_it(client):
    assert "Pas encore relue par un clinicien" in client.get("/fr/cards/fiche-essai/").get_data(as_text=True)


def test_a_translated_card_says_that_nobody_has_approved_it(client):
    assert "Traduction pas encore relue" in client.get("/en/cards/fiche-essai/").get_data(as_text=True)


def test_a_changed_sentence_is_shown_in_french_and_marked_until_it_is_translated_again(
    client, publish, store
):
    block = next(b for b in store.card("fiche-essai").blocks if not b.is_safety and b.form == "paragraph")
    publish("cards/fiche-essai", block.text, "Une phrase toute neuve.")
    html = client.get("/en/cards/fiche-essai/").get_data(as_text=True)
    assert '<span lang="fr" dir="ltr">Une phrase toute neuve.</span>' in html
    assert "n’est pas encore traduite" in html


def test_a_changed_danger_sign_keeps_its_old_translation_with_the_new_french_under_it(client, publish, store):
    sign = next(b for b in store.card("signaux-alerte").blocks if b.urgency == "U0" and b.first)
    publish("cards/signaux-alerte", sign.text, "Un signe changé.")
    html = client.get("/en/cards/fiche-essai/").get_data(as_text=True) + client.get("/en/").get_data(
        as_text=True
    )
    assert "In English: " + sign.text.split("**")[0] in html
    assert '<span lang="fr" dir="ltr">Un signe changé.</span>' in html


def test_a_withdrawn_card_is_gone_everywhere_and_says_where_to_go(client, data):
    Editor(data).withdraw("fiche-essai")
    response = client.get("/fr/cards/fiche-essai/")
    assert response.status_code == 410
    assert 'href="/fr/cards/"' in response.get_data(as_text=True)
    for page in ("/fr/", "/fr/cards/", "/fr/map/?zone=buttock-deep-right", "/sitemap.xml"):
        assert "fiche-essai" not in client.get(page).get_data(as_text=True), page


def test_the_danger_signs_moved_to_their_own_page(client):
    response = client.get("/fr/cards/signaux-alerte/")
    assert (response.status_code, response.headers["Location"]) == (301, "/fr/urgent/")


def test_an_unknown_card_is_a_page_in_the_readers_language(client):
    response = client.get("/ar/cards/nothing/")
    assert response.status_code == 404
    assert 'lang="ar" dir="rtl"' in response.get_data(as_text=True)
