"""Plural forms of the shipped catalogs, on strings that readers see."""

import pytest
from flask import g

from webapp.i18n.ui import ngettext


def say(app, locale: str, count: int) -> str:
    """Return «n places» as a page in `locale` writes it."""
    with app.test_request_context(f"/{locale}/map/"):
        app.preprocess_request()
        assert g.locale == locale
        return str(ngettext("%(count)s endroit", "%(count)s endroits", count))


def test_french_counts_nothing_in_the_singular(real_app):
    assert [say(real_app, "fr", count) for count in (0, 1, 2)] == ["0 endroit", "1 endroit", "2 endroits"]


def test_arabic_has_its_six_forms(real_app):
    forms = {count: say(real_app, "ar", count) for count in (0, 1, 2, 3, 11, 100)}
    bare = {count: text.replace(str(count), "#") for count, text in forms.items()}
    assert len({bare[count] for count in (1, 2, 3, 11)}) == 4, forms
    assert "3" in forms[3] and "11" in forms[11] and "100" in forms[100]


@pytest.mark.parametrize("locale", ["en", "de", "es", "it", "pt"])
def test_one_and_many_differ(real_app, locale):
    assert say(real_app, locale, 1).replace("1", "#") != say(real_app, locale, 5).replace("5", "#")
