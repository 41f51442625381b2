import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.content.folding import fold, joined, words


def folded(text):
    return [word.folded for word in words(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Élongation", "elongation"),
        ("cœur", "COEUR"),
        ("ﬁbres", "fibres"),
        ("Straße", "STRASSE"),
        ("İstanbul ışık", "istanbul isik"),
        ("e\u0301te\u0301", "été"),
        ("M５4．3", "M54.3"),
        ("hanche\u200b\u202e\u2066", "hanche"),
        ("أَلَمٌ", "الم"),
        ("آلام", "الام"),
        ("إصابة", "اصابه"),
        ("مستشفى", "مستشفي"),
        ("الـــورك", "الورك"),
        ("١٥", "15"),
        ("۱۵", "15"),
        ("ؤ ئ", "و ي"),
    ],
)
def test_spellings_of_a_word_are_one(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("dos", "do"), ("pied", "pire"), ("ساق", "سوق"), ("15", "16")])
def test_different_words_stay_different(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    "last", [0x3400, pytest.param(sys.maxunicode, id="all of Unicode", marks=pytest.mark.full)]
)
def test_folding_any_character_twice_is_folding_it_once(last):
    assert [chr(n) for n in range(last + 1) if fold(fold(chr(n))) != fold(chr(n))] == []


@given(st.text(st.characters()))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
    assert all(word.folded == fold(word.folded) for word in words(text))


@given(st.text(st.characters()))
def test_every_word_stands_where_it_says(text):
    end = 0
    for word in words(text):
        assert end <= word.start < word.end <= len(text)
        assert fold(text[word.start : word.end]).endswith(word.folded)
        end = word.end


def test_apostrophes_and_hyphens_part_words():
    assert folded("L’œil d'en-bas") == ["l", "oeil", "d", "en", "bas"]


def test_hyphenated_words_are_also_one_word():
    text = "sacro-iliaque, lombo‑sacré"
    assert joined(text, words(text)) == ["sacroiliaque", "lombosacre"]


def test_the_arabic_article_is_taken_off_unless_little_remains():
    assert folded("الورك والورك بالورك للورك") == ["ورك"] * 4
    assert folded("ألم") == ["الم"]
    assert folded("الالتهاب") == folded("التهاب")


def test_scripts_without_spaces_are_found_character_by_character():
    assert folded("坐骨神经 L5") == ["坐", "骨", "神", "经", "l5"]
