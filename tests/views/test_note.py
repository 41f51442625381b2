import html as html_module
import logging
import re

import pytest

from tests.pages import check_page
from tests.views.test_two import LANGUAGES, PAIRS, filled, with_slots
from webapp.i18n.locales import direction
from webapp.views import note

FORM = {
    "with": "ar",
    "zone": ["buttock-deep-right", "groin-left"],
    "since": "weeks",
    "began": "sudden",
    "feels": ["burning", "numb"],
    "medicines": "Ibuprofène 400\nle soir",
    "sign": "saddle",
}


def post(client, path: str, form: dict, **options):
    """Send the form; check the answer as a page."""
    response = client.open(path, "POST", data=form, **options)
    check_page(response, path)
    return response


def sheet_of(html: str) -> str:
    """Return the sheet in a page."""
    return re.search(r'<section class="sheet".*?</section>', html, re.DOTALL)[0]


def box_of(html: str) -> str:
    """Return the emergency block."""
    return re.search(r'<section class="sos".*?</section>', html, re.DOTALL)[0]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_form_stands_under_the_danger_signs_in_both_languages(real_client, first, second):
    html = real_client.get(f"/{first}/note/?with={second}").get_data(as_text=True)
    assert html.index('class="sos"') < html.index("<form")
    assert f'<div class="l2" lang="{second}" dir="{direction(second)}">' in box_of(html)


def test_the_second_language_is_french_unless_another_is_chosen(real_client):
    assert 'name="with" value="fr"' in real_client.get("/ar/note/").get_data(as_text=True)
    french = real_client.get("/fr/note/").get_data(as_text=True)
    assert 'name="with"' not in french and 'class="l2"' not in french
    assert 'href="?with=ar"' in french


def test_places_come_from_the_map_and_go_back_to_it(real_client):
    places = "zone=buttock-deep-right&amp;zone=groin-left"
    map_page = real_client.get("/fr/map/?zone=buttock-deep-right&zone=groin-left").get_data(as_text=True)
    assert f'href="/fr/note/?{places}"' in map_page
    html = real_client.get("/fr/note/?zone=buttock-deep-right&zone=groin-left").get_data(as_text=True)
    assert len(re.findall(r'name="zone" value="[^"]+" checked', html)) == 2
    assert f'href="/fr/map/?{places}"' in html
    assert f'href="?{places}&amp;with=ar"' in html


@pytest.mark.parametrize(
    "query", ["zone=nose", "with=xx", "with=AR", "with=", "medicines=secret", "zone=groin-left&view=back"]
)
def test_an_address_that_names_something_else_is_no_page(real_client, query):
    status = real_client.get(f"/fr/note/?{query}").status_code
    assert status == (200 if query == "with=" else 404)


def test_the_sheet_says_what_was_ticked_and_nothing_else(real_client):
    html = post(real_client, "/fr/note/", FORM).get_data(as_text=True)
    sheet = sheet_of(html)
    assert set(re.findall('data-for="([^"]+)"', sheet)) == {
        "zone=buttock-deep-right",
        "zone=groin-left",
        "since=weeks",
        "began=sudden",
        "feels=burning",
        "feels=numb",
        "sign=saddle",
    }
    assert set(re.findall('class="z on" data-zone="([^"]+)"', sheet)) == set(FORM["zone"])
    assert ">Ibuprofène 400\nle soir</p>" in sheet and "non traduit" in sheet
    assert sheet.count('lang="ar" dir="rtl"') > sheet.count("data-for"), "each statement in both languages"
    assert sheet.count("<h3>") == 6


def test_the_danger_signs_are_the_same_whatever_is_ticked(real_client):
    form = real_client.get("/fr/note/?with=ar").get_data(as_text=True)
    every_sign = re.findall(r'name="sign" value="([^"]+)"', form)
    assert len(every_sign) > 20
    for signs in ([], ["saddle"], every_sign):
        answer = post(real_client, "/fr/note/", {**FORM, "sign": signs}).get_data(as_text=True)
        assert box_of(answer) == box_of(form)
        assert answer.index('class="sos"') < answer.index('class="sheet"')


def test_in_one_language_the_sheet_has_no_second(real_client):
    html = post(real_client, "/fr/note/", {**FORM, "with": "fr"}).get_data(as_text=True)
    assert 'class="l2"' not in html and "La douleur a commencé d’un coup." in sheet_of(html)


def test_own_words_are_shown_as_typed_and_nowhere_else(real_client, caplog):
    secret = '<script>alert("SECRET")</script> & 🙂 עברית'
    with caplog.at_level(logging.DEBUG):
        response = post(real_client, "/ar/note/", {**FORM, "illnesses": secret})
    html = response.get_data(as_text=True)
    assert html.count("SECRET") == 2, "on the sheet, and in the form to change it"
    assert html_module.escape(secret).replace("&quot;", "&#34;") in sheet_of(html)
    assert "SECRET" not in caplog.text
    assert "SECRET" not in str(response.headers)
    assert "SECRET" not in "".join(re.findall(r'(?:href|action|src)="[^"]*"', html))


def test_nobody_keeps_the_answer(real_client):
    response = post(real_client, "/fr/note/", {**FORM, "illnesses": "SECRET"})
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    for path in ("/fr/note/", "/fr/note/?with=ar"):
        assert "SECRET" not in real_client.get(path).get_data(as_text=True)
    assert "SECRET" not in post(real_client, "/fr/note/", FORM).get_data(as_text=True)


def test_an_error_while_the_sheet_is_made_does_not_log_what_was_typed(real_client, monkeypatch, caplog):
    def broken(filled):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(note, "sheet_of", broken)
    response = real_client.open("/fr/note/", "POST", data={**FORM, "illnesses": "SECRET"})
    assert response.status_code == 500
    assert "a fault of ours" in caplog.text and "SECRET" not in caplog.text
    assert "SECRET" not in response.get_data(as_text=True)


def test_what_nobody_could_tick_is_left_out(real_client):
    form = {
        "with": "../../etc",
        "zone": ["nose", "groin-left", "<b>"],
        "since": ["years", "days", "never"],
        "feels": "happy",
        "sign": "first-age",
        "other": "x",
    }
    sheet = sheet_of(post(real_client, "/ar/note/", form).get_data(as_text=True))
    assert re.findall('data-for="([^"]+)"', sheet) == ["zone=groin-left", "since=days"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  \r\n ", None),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\tb\x00\x07c", "a bc"),
        ("\ue000sciatique/title\ue002", "sciatique/title"),
        ("é" * 700, "é" * 600),
        ("%(name)s {{ x }} {% y %}", "%(name)s {{ x }} {% y %}"),
    ],
)
def test_own_words_are_cut_and_cleaned_of_what_is_no_character(real_client, typed, shown):
    sheet = sheet_of(post(real_client, "/fr/note/", {"medicines": typed}).get_data(as_text=True))
    found = re.search('data-text="medicines">(.*?)</p>', sheet, re.DOTALL)
    assert (found and html_module.unescape(found[1])) == shown


def test_every_box_and_two_full_texts_can_be_sent(real_client):
    form = real_client.get("/fr/note/?with=ar").get_data(as_text=True)
    every = {}
    for name, value in re.findall(r'<input type="(?:checkbox|radio)" name="(\w+)" value="([^"]+)"', form):
        every.setdefault(name, []).append(value)
    every |= {"with": "ar", "medicines": "中" * 600, "illnesses": "م" * 600}
    sheet = sheet_of(post(real_client, "/fr/note/", every).get_data(as_text=True))
    assert sheet.count('data-for="zone=') == len(every["zone"])


@pytest.mark.parametrize(
    "options",
    [
        {"data": {"medicines": "x" * 17_000}},
        {"data": b"medicines=" + b"x" * 100_000, "content_type": "application/x-www-form-urlencoded"},
        {"data": {"medicines": "x" * 17_000}, "content_type": "multipart/form-data"},
    ],
)
def test_a_form_that_is_too_long_is_refused_in_a_sentence(real_client, options):
    response = real_client.open("/ar/note/", "POST", **options)
    assert response.status_code == 413
    check_page(response, "/ar/note/")
    assert 'class="sos"' in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"\xff\xfe&=&&zone=%FF%00&medicines=%ED%A0%80", "application/x-www-form-urlencoded"),
        (b'{"medicines": "x"}', "application/json"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"a=1", "nonsense"),
    ],
)
def test_a_body_that_is_no_form_gives_an_empty_sheet_or_a_refusal(real_client, body, kind):
    response = real_client.open("/fr/note/", "POST", data=body, content_type=kind)
    assert response.status_code in (200, 400, 415)
    check_page(response, "/fr/note/")


@pytest.mark.parametrize("first", ["fr", "ar"])
def test_the_page_of_a_pack_is_the_same_for_every_second_language(real_app, first):
    pages = {re.sub(r"\?with=\w+", "", with_slots(real_app, f"/{first}/note/"))}
    for second in LANGUAGES:
        html = with_slots(real_app, f"/{first}/note/?with={second}")
        pages.add(re.sub(r"\?with=\w+", "", html))
    assert len(pages) == 1


@pytest.mark.parametrize(("first", "second"), [("fr", "ar"), ("ar", "fr"), ("de", "en")])
def test_filled_on_the_phone_it_is_the_page_of_the_server(real_app, first, second):
    page = filled(real_app, with_slots(real_app, f"/{first}/note/"), first, second)
    assert page == real_app.test_client().get(f"/{first}/note/?with={second}").get_data(as_text=True)
