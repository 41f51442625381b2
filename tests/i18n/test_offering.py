"""A language is offered once it passes the safety floor, and leaves by command alone."""

from webapp.i18n import offering


def test_a_language_that_passed_the_floor_is_remembered_once(data):
    folder = data / "translations"
    assert offering.remember(folder, ("en", "ar")) == ("en", "ar")
    assert offering.remember(folder, ("en", "ar")) == ()
    assert offering.state(folder, "en") == "offered"


def test_withdrawing_is_remembered_until_it_is_taken_back(data, run, client):
    folder = data / "translations"
    run("i18n", "withdraw", "en", "--yes")
    assert offering.remember(folder, ("en",)) == ()
    assert '<html lang="fr"' in client.get("/en/").get_data(as_text=True)
    assert "withdrawn" in run("i18n", "status").stdout
    assert run("i18n", "offer", "en").stdout == "en: offered\n"
    assert '<html lang="en"' in client.get("/en/").get_data(as_text=True)


def test_publishing_remembers_what_was_offered_before_it_made_texts_stale(data, run, editor, store):
    text = store.revisions("cards/signaux-alerte")[-1].text
    new = text.replace("{#keep-warm S1}", "{#keep-warm S1}\n\nEssai : criez. {#shout S1}")
    editor.save({"cards/signaux-alerte": new}, author="Camille Essai", note="")
    run("content", "publish", "signaux-alerte")
    assert offering.state(data / "translations", "en") == "offered"
    assert "en      offered" in run("i18n", "status").stdout
