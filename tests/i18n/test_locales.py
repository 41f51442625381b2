"""What a locale is called, how it is written, and which one a browser gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.i18n.locales import babel_locale, direction, language_tag, name_in, negotiate, own_name

OFFERED = ("fr", "ar", "de", "en", "pt", "zh_Hans", "zh_Hant")


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("en-GB", "en"),
        ("fr-CA", "fr"),
        ("ar-MA", "ar"),
        ("ar-MA,fr-FR;q=0.9", "ar"),
        ("pt-BR", "pt"),
        ("de-DE-1996", "de"),
        ("zh-TW", "zh_Hant"),
        ("zh-HK", "zh_Hant"),
        ("zh-CN", "zh_Hans"),
        ("zh", "zh_Hans"),
        ("zh-Hant", "zh_Hant"),
        ("zh-Hant-TW", "zh_Hant"),
        ("zh-Hans-SG", "zh_Hans"),
    ],
)
def test_tag_finds_its_locale_or_its_language(header, locale):
    assert negotiate(header, OFFERED) == locale


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("de;q=0.5, en;q=0.9", "en"),
        ("ja, de;q=0.5", "de"),
        ("de, en", "de"),
        ("de;q=0.8, en;q=0.8", "de"),
        ("en;q=0.1, de", "de"),
        ("en;q=1.000, de;q=0.999", "en"),
        ("en ; q=0.2 , de ; q=0.3", "de"),
        ("en-GB;q=0.9, ar-MA;q=0.8, en;q=0.1", "en"),
        ("en;q=0, de;q=0.1", "de"),
        ("en;q=0.000, de;q=0.001", "de"),
    ],
)
def test_wishes_are_taken_in_order_of_q_then_as_written(header, locale):
    assert negotiate(header, OFFERED) == locale


@pytest.mark.parametrize(
    "header",
    [
        *[
            "",
            " ",
            ",",
            ",,,;;;",
            "*",
            "*;q=0.5",
            "ja",
            "ja-JP, ko;q=0.5",
            "en;q=0",
            "en;q=2",
            "en;q=1.5",
            "en;q=-1",
        ],
        *[
            "en;q=x",
            "en;q=0.5;q=1",
            "en;level=1",
            "en_GB",
            "e",
            "english-language",
            "<script>",
            "%00",
            "\0",
            "é",
            "💥",
        ],
        *["-en", "en-", "en--GB", "q=1", "en" * 1000],
    ],
)
def test_nothing_usable_gives_the_first_offered(header):
    assert negotiate(header, OFFERED) == "fr"


def test_one_bad_wish_does_not_spoil_the_others():
    assert negotiate("💥, en_GB;q=x, de;q=0.4", OFFERED) == "de"


def test_chinese_without_its_script_among_the_offered_gets_the_plain_language():
    assert negotiate("zh-TW", ("fr", "zh")) == "zh"
    assert negotiate("zh-TW", ("fr", "zh_Hans")) == "zh_Hans"  # the other script rather than another language


@pytest.mark.parametrize(
    "header",
    [
        "en," * 33_000,
        "x-" * 50_000,
        ";q=" * 33_000,
        " " * 100_000,
        "a" * 100_000,
        "en;q=0.1" + " " * 100_000,
        "en;" + "q=0.1;" * 20_000,
    ],
)
def test_a_header_of_100_kilobytes_is_read_at_once_and_does_no_harm(header):
    assert negotiate(header, OFFERED) in OFFERED


def test_wishes_beyond_the_first_twenty_are_not_read():
    assert negotiate(",".join(["ja"] * 20 + ["en"]), OFFERED) == "fr"


@given(st.text(max_size=60))
def test_any_header_gives_an_offered_locale(header):
    assert negotiate(header, OFFERED) in OFFERED


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["en", "en-US", "de", "ar-MA", "ja", "zh-TW", "*"]),
            st.sampled_from(["", ";q=0", ";q=0.5", ";q=1"]),
        ),
        max_size=6,
    )
)
def test_language_refused_with_q_0_is_not_given_for_its_own_tag(wishes):
    wanted = {tag.split("-")[0] for tag, quality in wishes if quality != ";q=0"}
    found = negotiate(",".join(tag + quality for tag, quality in wishes), OFFERED)
    assert found == "fr" or found.split("_")[0] in wanted


# --- names ---


@pytest.mark.parametrize(
    ("locale", "name"),
    [
        ("fr", "Français"),
        ("en", "English"),
        ("es", "Español"),
        ("de", "Deutsch"),
        ("it", "Italiano"),
        ("pt", "Português"),
        ("ar", "العربية"),
        ("zh_Hans", "中文 (简体)"),
    ],
)
def test_language_is_called_by_its_own_name(locale, name):
    assert own_name(locale) == name


def test_language_is_called_by_a_name_its_reader_knows():
    assert name_in("ar", "fr") == "Arabe"
    assert name_in("pt", "en") == "Portuguese"
    assert name_in("de", "ar") == "الألمانية"


@pytest.mark.parametrize(
    ("locale", "way"), [("fr", "ltr"), ("ar", "rtl"), ("he", "rtl"), ("zh_Hans", "ltr"), ("ur", "rtl")]
)
def test_direction_follows_the_script(locale, way):
    assert direction(locale) == way


def test_tags_are_what_html_and_addresses_want():
    assert [language_tag(locale) for locale in ("fr", "zh_Hans", "pt_BR")] == ["fr", "zh-Hans", "pt-BR"]


def test_portuguese_is_european():
    assert babel_locale("pt").territory == "PT"


@pytest.mark.parametrize("name", ["xx", "messages", "fr_", "", "..", "zz_ZZ"])
def test_what_is_no_locale_is_said_so(name):
    with pytest.raises(ValueError):
        babel_locale(name)
