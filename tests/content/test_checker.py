"""Faults of one translation that hold in every language: placeholders, marks, numbers, copies.

Each rule is asked alone; what the words of one language add is not looked at here.
"""

import pytest

from webapp.content import checker

WHERE = "content.po en fiche-essai/place"


def faults(french, text, *rules):
    found = list(checker.check_text(WHERE, "ro", french, text, is_safety=False))
    assert all(finding.where == WHERE and finding.mend for finding in found)
    return [finding.what for finding in found if finding.rule in rules]


# --- numbers ---

SAME_NUMBERS = [
    ("Sur 100 personnes, 5 guérissent.", "5 people in 100 recover."),
    ("1 234 séjours", "1,234 stays"),
    ("1 234 séjours", "1.234 Aufenthalte"),
    ("1\u00a0234 séjours", "1234 stays"),
    ("1\u202f234 séjours", "1,234 stays"),
    ("1 234 567 séjours", "1,234,567 stays"),
    ("77 300 séjours", "77.300 Aufenthalte"),
    ("83,2 ans", "83.2 years"),
    ("0,5 et 12,75", "0.5 and 12.75"),
    ("1 234,5 euros", "1,234.5 euros"),
    ("1 234,5 euros", "1.234,5 Euro"),
    ("Sur 100 personnes, 5 guérissent.", "يتعافى ٥ من كل ١٠٠ شخص."),
    ("1 234 séjours", "١٬٢٣٤ إقامة"),
    ("83,2 ans", "٨٣٫٢ سنة"),
    ("1 234,5 euros", "١٬٢٣٤٫٥ يورو"),
    ("15 jours", "۱۵ روز"),
    ("15 jours", "१५ दिन"),
    ("15 jours", "１５日"),
    ("entre 3 et 6 mois", "3–6 Monate"),
    ("de 4 à 6 semaines", "4-6 weeks"),
    ("Le 15, le 18 ou le 112", "15, 18 or 112"),
    ("En 2007, 300 personnes", "In 2007, 300 people"),
    ("En 2007, 300 personnes", "In 2007 300 people"),
    ("le 116 117", "116 117"),
    ("L5 et S1", "S1 and L5"),
    ("25 cm²", "25 cm²"),
    ("Aucun nombre.", "No number."),
]


@pytest.mark.parametrize(("french", "text"), SAME_NUMBERS)
def test_same_numbers_are_no_fault_in_whatever_script_and_manner(french, text):
    assert faults(french, text, "numbers") == []


OTHER_NUMBERS = [
    ("Sur 100 personnes, 5 guérissent.", "15 people in 100 recover.", "missing: 5; new: 15"),
    ("15 jours", "a fortnight", "missing: 15; new: none"),
    ("quelques jours", "3 days", "missing: none; new: 3"),
    ("1 234 séjours", "1,243 stays", "missing: 1234; new: 1243"),
    ("83,2 ans", "832 years", "missing: 83.2; new: 832"),
    ("83,2 ans", "٨٣٫٣ سنة", "missing: 83.2; new: 83.3"),
    ("4 à 4 fois", "4 times", "missing: 4; new: none"),
    ("1 234 séjours", "١٬٢٣٥ إقامة", "missing: 1234; new: 1235"),
]


@pytest.mark.parametrize(("french", "text", "told"), OTHER_NUMBERS)
def test_other_numbers_are_told_with_what_is_missing_and_what_is_new(french, text, told):
    assert faults(french, text, "numbers") == [f"numbers differ ({told})"]


def test_another_telephone_number_is_told_in_whatever_script():
    assert faults("Appelez le 15.", "اتصل بالرقم ١٦.", "numbers", "phone")
    assert faults("Appelez le 15.", "اتصل بالرقم ١٥.", "numbers", "phone") == []


# --- placeholders ---


@pytest.mark.parametrize(
    ("french", "text"),
    [
        (["%(count)s cartes"], "%(count)s cards"),
        (["%(a)s de %(b)s"], "%(b)s’s %(a)s"),
        (["%(count)s carte", "%(count)s cartes"], "%(count)s cards"),
        (["1 carte", "%(count)s cartes"], "one card"),  # a language may name the one
        (["1 carte", "%(count)s cartes"], "%(count)s cards"),
        (["50 % des gens"], "50 % of people"),
        (["50 % sûr"], "50% sure"),
        (["page %s"], "page %s"),
    ],
)
def test_same_placeholders_are_no_fault(french, text):
    assert list(checker.check_placeholders(WHERE, french, text)) == []


@pytest.mark.parametrize(
    ("french", "text", "told"),
    [
        (["%(count)s cartes"], "cards", ["placeholder %(count)s is missing"]),
        (
            ["%(count)s cartes"],
            "%(cuont)s cards",
            ["placeholder %(cuont)s is not in the French", "placeholder %(count)s is missing"],
        ),
        (["cartes"], "%(count)s cards", ["placeholder %(count)s is not in the French"]),
        (
            ["%(count)s cartes"],
            "%(count)d cards",
            ["placeholder %(count)d is not in the French", "placeholder %(count)s is missing"],
        ),
        (["%(count)s carte", "%(count)s cartes"], "cards", ["placeholder %(count)s is missing"]),
        (["page %s"], "page", ["placeholder %s is missing"]),
    ],
)
def test_lost_and_invented_placeholders_are_told(french, text, told):
    assert [problem.what for problem in checker.check_placeholders(WHERE, french, text)] == told


def test_plural_may_say_its_number_in_words_but_loses_nothing_else():
    french = ["%(count)s place sur %(total)s", "%(count)s places sur %(total)s"]
    assert list(checker.check_placeholders(WHERE, french, "مكانان من %(total)s", is_plural=True)) == []
    [problem] = checker.check_placeholders(WHERE, french, "مكانان", is_plural=True)
    assert problem.what == "placeholder %(total)s is missing"


@pytest.mark.parametrize(
    "text", ["%(count)s cards %(", "%(count)s: 5 % done", "%(count)s %", "%(count)s %(x"]
)
def test_sign_that_python_could_not_fill_in_is_told(text):
    [problem] = checker.check_placeholders(WHERE, ["%(count)s cartes"], text)
    assert problem.what == "a lone % beside placeholders" and "%%" in problem.mend


def test_doubled_per_cent_sign_beside_placeholders_is_no_fault():
    assert list(checker.check_placeholders(WHERE, ["%(count)s %%"], "%(count)s%%")) == []


# --- marks ---


@pytest.mark.parametrize(
    ("french", "text"),
    [
        ("un **mot**", "a **word**"),
        ("[ici](card:fiche-essai)", "[here](card:fiche-essai)"),
        ("**a** et [b](page:map)", "[b](page:map) and **a**"),
        ("un mot", "a *word"),  # a lone star is a star
        ("moins de 5", "a < 5"),
    ],
)
def test_same_marks_are_no_fault(french, text):
    assert faults(french, text, "markup", "html") == []


@pytest.mark.parametrize(
    ("french", "text"),
    [
        ("un **mot**", "a word"),
        ("un mot", "a **word**"),
        ("[ici](card:fiche-essai)", "here"),
        ("[ici](card:fiche-essai)", "[here](card:other)"),
    ],
)
def test_lost_and_invented_marks_are_told(french, text):
    assert faults(french, text, "markup") == ["**strong** words or links differ from the French"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a <b>word", "«<b>» is not allowed in a text"),
        ("see https://example.org", "«https://example.org» is not allowed in a text"),
    ],
)
def test_html_and_addresses_are_told(text, told):
    assert faults("un mot", text, "html") == [told]


@pytest.mark.parametrize("control", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x07", "\r", "\0"])
def test_invisible_controls_are_told(control):
    assert any("invisible" in what for what in faults("un mot", f"a{control}word", "characters"))


def test_copy_of_a_french_sentence_is_told():
    assert faults("Une phrase en français.", "Une phrase en français.", "copy") == ["is a copy of the French"]


@pytest.mark.parametrize("word", ["Sacrum", "Radio (RX)"])
def test_word_that_two_languages_share_is_no_fault(word):
    assert list(checker.check_text(WHERE, "ro", word, word, is_safety=False)) == []


def test_several_faults_are_told_together():
    told = faults("Appelez le **15**.", "Call 16 <br>.", "markup", "numbers", "phone", "html")
    assert len(told) == 3
