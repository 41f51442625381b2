"""Settings: what environment variables may say, and what is refused at start."""

import pytest

from webapp.content.model import ContentError
from webapp.settings import Settings, default_data


def settings(**environ):
    return Settings.from_environ(environ)


def test_nothing_set_means_the_checkout_on_this_machine_only():
    found = settings()
    assert found.data == default_data()
    assert (found.data / "manage.py").exists()
    assert (found.origin, found.require_review, found.locales, found.publisher) == ("", False, (), "")


def test_data_folder_holds_store_and_catalogs(tmp_path):
    found = settings(REPERE_DATA=str(tmp_path))
    assert found.content_db == tmp_path / "content.db"
    assert found.translations == tmp_path / "translations"


@pytest.mark.parametrize("name", ["nowhere", "file.txt", "nowhere/deeper"])
def test_data_that_is_no_folder_is_one_clear_line(tmp_path, name):
    (tmp_path / "file.txt").touch()
    with pytest.raises(ContentError, match="REPERE_DATA") as caught:
        settings(REPERE_DATA=str(tmp_path / name))
    assert str(tmp_path / name) in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://example.org", "https://example.org"),
        ("https://example.org/", "https://example.org"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("", ""),
    ],
)
def test_origin_is_scheme_and_host(written, origin):
    assert settings(REPERE_ORIGIN=written).origin == origin


@pytest.mark.parametrize(
    "written",
    [
        "example.org",
        "https://example.org/repere",
        "https://user@example.org",
        "https://example.org?x",
        "ftp://example.org",
        "javascript:alert(1)",
        "https://",
        "https://exam ple.org",
        'https://example.org"><b>',
        "https://example.org\nX-Header: 1",
    ],
)
def test_origin_of_any_other_form_is_refused(written):
    with pytest.raises(ContentError, match=r"REPERE_ORIGIN.*https://example.org"):
        settings(REPERE_ORIGIN=written)


@pytest.mark.parametrize(("written", "meant"), [("1", True), ("0", False), ("", False)])
def test_review_is_required_by_1(written, meant):
    assert settings(REPERE_REQUIRE_REVIEW=written).require_review is meant


@pytest.mark.parametrize("written", ["yes", "true", "2", " 1"])
def test_review_said_otherwise_is_refused_rather_than_guessed(written):
    with pytest.raises(ContentError, match=r"REPERE_REQUIRE_REVIEW.*write 1 or 0"):
        settings(REPERE_REQUIRE_REVIEW=written)


@pytest.mark.parametrize("written", ["fr,en,ar", "fr, en, ar", "fr en ar", " fr,,en\tar ,"])
def test_locales_are_a_list(written):
    assert settings(REPERE_LOCALES=written).locales == ("fr", "en", "ar")


def test_legal_notice_is_taken_as_written():
    found = settings(
        REPERE_PUBLISHER=" Clinique d’essai ",
        REPERE_HOST="Hébergeur d’essai",
        REPERE_CONTACT="essai@example.org",
        REPERE_CONTROLLER="Clinique d’essai",
        REPERE_FUNDING="Personne",
    )
    assert [getattr(found, name) for name in Settings.LEGAL] == [
        "Clinique d’essai",
        "Hébergeur d’essai",
        "essai@example.org",
        "Clinique d’essai",
        "Personne",
    ]


def test_every_setting_but_the_folder_changes_what_pages_show(tmp_path):
    shown = {
        settings(REPERE_DATA=str(tmp_path), **{name: value}).shown()
        for name, value in {
            "REPERE_X": "",
            "REPERE_ORIGIN": "https://example.org",
            "REPERE_REQUIRE_REVIEW": "1",
            "REPERE_LOCALES": "fr",
            "REPERE_PUBLISHER": "x",
            "REPERE_HOST": "x",
            "REPERE_CONTACT": "x",
            "REPERE_CONTROLLER": "x",
            "REPERE_FUNDING": "x",
        }.items()
    }
    assert len(shown) == 9
    assert settings(REPERE_DATA=str(tmp_path)).shown() == settings().shown()
