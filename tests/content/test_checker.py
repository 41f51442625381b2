"""Faults of one translation: first those that hold in every language, each rule asked alone (placeholders,
marks, numbers, copies); then those that the words of one language betray; then waivers.
"""

import shutil
from pathlib import Path

import polib
import pytest

from webapp.content import checker, glossary, languages
from webapp.content.finding import RULES
from webapp.content.store import Store
from webapp.i18n import catalogs, checks

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


# --- rules that know a language's words ---


def rules(french, text, locale="en", **kinds):
    """Return the names of the rules that find something."""
    kinds = {"is_safety": False, **kinds}
    return [finding.rule for finding in checker.check_text(WHERE, locale, french, text, **kinds)]


def test_finding_names_its_rule_for_a_waiver():
    [finding] = checker.check_text(WHERE, "en", "Le genou gauche.", "The right knee.", is_safety=False)
    assert str(finding).startswith(f"{WHERE}: left and right differ (French: left; here: right) -> ")
    assert str(finding).endswith(" [sides]")


@pytest.mark.parametrize(
    ("locale", "good", "bad"),
    [
        ("en", "Left hip, at the front.", "Right hip, at the front."),
        ("de", "Linke Hüfte, vorn.", "Rechte Hüfte, vorn."),
        ("es", "Cadera izquierda, delante.", "Cadera derecha, delante."),
        ("it", "Anca sinistra, davanti.", "Anca destra, davanti."),
        ("pt", "Anca esquerda, à frente.", "Anca direita, à frente."),
        ("ar", "الورك الأيسر، من الأمام.", "الورك الأيمن، من الأمام."),
    ],
)
def test_sides_are_kept_in_every_language(locale, good, bad):
    french = "Hanche gauche, devant."
    assert rules(french, good, locale) == []
    assert rules(french, bad, locale) == ["sides"]
    assert rules("Hanche, devant.", good, locale) == ["sides"]


@pytest.mark.parametrize(
    ("french", "text", "found"),
    [
        ("Bras gauche et main gauche", "Left arm and hand", []),
        ("Bras gauche et main gauche", "Left arm and right hand", ["sides"]),
        ("À gauche, puis à droite.", "On the right, then on the left.", ["sides"]),
        ("Demandez quels exercices vous vont.", "Ask which exercises are right for you.", []),
        ("Gardez le bassin droit.", "Keep your pelvis level.", []),
        ("Le genou gauche.", "The knee.", ["sides"]),
    ],
)
def test_sides_are_compared_in_their_order(french, text, found):
    assert rules(french, text) == found


NEGATIONS = [
    ("en", "Do not pull on the leg.", "Pull on the leg."),
    ("de", "Ziehen Sie nicht am Bein.", "Ziehen Sie am Bein."),
    ("es", "No tire de la pierna.", "Tire de la pierna."),
    ("it", "Non tiri la gamba.", "Tiri la gamba."),
    ("pt", "Não puxe a perna.", "Puxe a perna."),
    ("ar", "لا تشدّوا الساق.", "شدّوا الساق."),
]


@pytest.mark.parametrize(("locale", "good", "bad"), NEGATIONS)
def test_not_is_neither_lost_nor_added_in_a_danger_sign(locale, good, bad):
    assert rules("Ne tirez pas sur la jambe.", good, locale, is_safety=True) == []
    assert rules("Ne tirez pas sur la jambe.", bad, locale, is_safety=True) == ["negation"]
    assert rules("Tirez sur la jambe.", good, locale, is_safety=True) == ["negation"]
    assert rules("Tirez sur la jambe.", good, locale) == []


@pytest.mark.parametrize(
    ("locale", "text", "found"),
    [
        ("en", "Do not eat or drink anything.", []),
        ("en", "Do not eat and do not drink anything.", []),
        ("en", "Eat and do not drink anything.", ["negation"]),
        ("de", "Essen und trinken Sie nichts.", []),
        ("es", "No coma ni beba nada.", []),
        ("es", "Coma ni beba nada.", ["negation"]),
        ("it", "Non mangi e non beva nulla.", []),
        ("it", "Mangi e non beva nulla.", ["negation"]),
        ("pt", "Não coma nem beba nada.", []),
        ("ar", "لا تأكلوا ولا تشربوا شيئًا.", []),
        ("ar", "كلوا ولا تشربوا شيئًا.", ["negation"]),
    ],
)
def test_one_not_may_serve_two_things_where_the_language_says_so(locale, text, found):
    french = "Ne mangez et ne buvez rien."
    assert [rule for rule in rules(french, text, locale, is_safety=True) if rule == "negation"] == found


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "You cannot stand."),
        ("de", "Sie können nicht stehen."),
        ("es", "Imposible mantenerse de pie."),
        ("it", "Impossibile stare in piedi."),
        ("pt", "Não consegue ficar de pé."),
        ("ar", "العجز عن الوقوف."),
    ],
)
def test_impossible_may_be_said_with_not_and_the_other_way_round(locale, text):
    assert rules("Impossible de se tenir debout.", text, locale, is_safety=True) == []


@pytest.mark.parametrize(
    ("locale", "good", "bad"),
    [
        ("en", "Call the emergency number today.", "Find the emergency number some time."),
        ("de", "Rufen Sie heute den Notruf an.", "Suchen Sie den Notruf heraus."),
        ("es", "Llame hoy al número de emergencias.", "Busque el número de emergencias."),
        ("it", "Chiami oggi il numero di emergenza.", "Cerchi il numero di emergenza."),
        ("pt", "Ligue hoje para o número de emergência.", "Procure o número de emergência."),
        ("ar", "اتصلوا اليوم برقم الطوارئ.", "ابحثوا عن رقم الطوارئ."),
    ],
)
def test_words_of_urgency_are_kept_in_every_text(locale, good, bad):
    french = "Appelez aujourd’hui le numéro d’urgence."
    for is_safety in (True, False):
        assert rules(french, good, locale, is_safety=is_safety) == []
        assert set(rules(french, bad, locale, is_safety=is_safety)) >= {"urgency"}


@pytest.mark.parametrize(
    ("locale", "good", "bad"),
    [
        ("en", "Fever, with a very painful hip.", "Fever, with a very painful shoulder."),
        ("de", "Fieber, und die Hüfte tut sehr weh.", "Fieber, und die Schulter tut sehr weh."),
        ("es", "Fiebre, con la cadera muy dolorosa.", "Fiebre, con el hombro muy doloroso."),
        ("it", "Febbre, con l’anca molto dolorosa.", "Febbre, con la spalla molto dolorosa."),
        ("pt", "Febre, com a anca muito dolorosa.", "Febre, com o ombro muito doloroso."),
        ("ar", "حمى، مع ألم شديد في الورك.", "حمى، مع ألم شديد في الكتف."),
    ],
)
def test_part_of_the_body_that_the_french_names_is_named(locale, good, bad):
    french = "Fièvre, avec une hanche très douloureuse."
    assert rules(french, good, locale) == []
    assert rules(french, bad, locale) == ["missing"]


def test_danger_sign_says_every_sign():
    french = "Mollet gonflé, et souffle court."
    assert rules(french, "Swollen calf, and shortness of breath.", is_safety=True) == []
    assert rules(french, "Swollen calf, and feeling ill.", is_safety=True) == ["missing"]
    assert rules(french, "Swollen calf, and feeling ill.") == []


@pytest.mark.parametrize(
    ("locale", "text", "found"),
    [
        ("en", "2 men and 12 women", []),
        ("en", "two men and twelve women", []),
        ("en", "two men and 13 women", ["numbers"]),
        ("de", "zwei Männer und 12 Frauen", []),
        ("es", "dos hombres y doce mujeres", []),
        ("en", "men and 12 women", ["numbers"]),
    ],
)
def test_number_may_be_said_in_words(locale, text, found):
    assert rules("2 hommes et 12 femmes", text, locale) == found


def test_number_word_counts_once_only():
    assert rules("Les deux genoux, 2 fois.", "Both knees, again.") == ["numbers"]


@pytest.mark.parametrize(
    ("locale", "good", "bad"),
    [
        ("en", "77,300 or 83.2", "77.300 or 83,2"),
        ("de", "77.300 oder 83,2", "77,300 oder 83.2"),
        ("es", "77 300 o 83,2", "77,300 o 83.2"),
        ("it", "77.300 o 83,2", "77,300 o 83.2"),
        ("pt", "77 300 ou 83,2", "77,300 ou 83.2"),
        ("ar", "77 300 أو 83.2", None),
        ("ar", "٧٧٬٣٠٠ أو ٨٣٫٢", None),
    ],
)
def test_numbers_are_written_as_in_the_language(locale, good, bad):
    assert rules("77 300 ou 83,2", good, locale) == []
    if bad:
        assert rules("77 300 ou 83,2", bad, locale) == ["number-format", "number-format"]


@pytest.mark.parametrize(
    ("locale", "good", "bad"),
    [
        ("en", "for 4 to 6 weeks", "for 4 to 6 months"),
        ("de", "4 bis 6 Wochen lang", "4 bis 6 Monate lang"),
        ("es", "de 4 a 6 semanas", "de 4 a 6 meses"),
        ("it", "da 4 a 6 settimane", "da 4 a 6 mesi"),
        ("pt", "de 4 a 6 semanas", "de 4 a 6 meses"),
        ("ar", "من 4 إلى 6 أسابيع", "من 4 إلى 6 أشهر"),
    ],
)
def test_units_are_kept_in_every_language(locale, good, bad):
    assert rules("de 4 à 6 semaines", good, locale) == []
    assert "units" in rules("de 4 à 6 semaines", bad, locale)


@pytest.mark.parametrize(
    ("french", "text", "found"),
    [
        ("Perdre 10 % du poids.", "Losing 10% of your weight.", []),
        ("Perdre 10 % du poids.", "Losing 10 per cent of your weight.", []),
        ("Perdre 10 % du poids.", "Losing 10 kilos of your weight.", ["units", "units"]),
        ("entre 40 et 50 ans", "between 40 and 50", []),
        ("65 mm (6,5 cm)", "65 cm (6.5 mm)", ["units", "units"]),
        ("une étude de 2007", "a study of the year 2007", []),
        ("30 minutes, puis 2 heures", "30 hours, then 2 minutes", ["units", "units"]),
    ],
)
def test_units_belong_to_their_numbers(french, text, found):
    assert rules(french, text) == found


@pytest.mark.parametrize(
    ("french", "text", "found"),
    [
        ("SMS au 114, ou le 15.", "Text 114, or 15.", []),
        ("SMS au 114, ou le 15.", "Text 141, or 15.", ["phone"]),
        ("Médecin de garde au 116 117.", "Doctor on call: 116 117.", []),
        ("Médecin de garde au 116 117.", "Doctor on call: 116 171.", ["phone"]),
        ("15 : SAMU.", "16: SAMU.", ["phone"]),
        ("Sur 15 personnes.", "Out of 16 people.", ["numbers"]),
    ],
)
def test_another_telephone_number_has_a_rule_of_its_own(french, text, found):
    assert rules(french, text) == found


# --- glossary ---

GLOSSARY = """\
fr\ten\tde\tforbidden\tnote
fracture\tfracture (break)\tFraktur\ten:divide|de:Kluft\t
fracture de fatigue\tstress fracture\tErmüdungsbruch\ten:fatigue fracture\t
sciatique (la, une)\tsciatica\tIschias\ten:sciatic\tthe pain
nerf sciatique\tsciatic nerve\tIschiasnerv\ten:sciatica nerve\tthe nerve
"""


@pytest.fixture
def small_glossary(tmp_path):
    (tmp_path / "glossary.tsv").write_text(GLOSSARY, "utf-8")
    return glossary.read(tmp_path)


@pytest.mark.parametrize(
    ("french", "text", "found"),
    [
        ("La fracture est rare.", "A fracture is rare.", 0),
        ("La fracture est rare.", "The divide is rare.", 1),
        ("Les fractures sont rares.", "Divides are rare.", 1),
        ("Les avis sont partagés.", "Opinions divide.", 0),
        ("Une fracture de fatigue.", "A fatigue fracture.", 1),
        ("Le nerf sciatique.", "The sciatic nerve.", 0),
        ("Le nerf sciatique.", "The sciatica nerve.", 1),
        ("La sciatique vient du nerf sciatique.", "Sciatica comes from the sciatic nerve.", 0),
        ("La sciatique vient du nerf sciatique.", "The sciatic comes from the sciatic nerve.", 1),
        ("On parle de « fracture ».", "People speak of a ‘divide’.", 0),  # talked about, not used
    ],
)
def test_forbidden_word_is_told_where_the_french_has_the_term(small_glossary, french, text, found):
    assert rules(french, text, glossary=small_glossary).count("glossary") == found


def test_right_word_is_told_with_the_forbidden_one(small_glossary):
    found = checker.check_text(
        WHERE, "en", "Une fracture.", "A divide.", is_safety=False, glossary=small_glossary
    )
    [finding] = [finding for finding in found if finding.rule == "glossary"]
    assert finding.what == "«divide» is not the word for «fracture»"
    assert finding.mend == "write «fracture (break)» (glossary.tsv)"


def test_shipped_glossary_is_asked_when_none_is_named():
    assert "glossary" in rules("Une IRM montre les nerfs.", "An IRM shows the nerves.")


def test_folder_without_a_glossary_gets_the_shipped_one(tmp_path):
    assert glossary.read(tmp_path) is glossary.default()


# --- French left behind ---


@pytest.mark.parametrize(
    ("locale", "text", "found"),
    [
        ("en", "La hip hurts.", "leftover"),
        ("en", "The hip and the cuisse hurt.", "leftover"),
        ("en", "The respective tomies hurt.", "never"),
        ("en", "The impotence of the hip hurts.", "never"),
        ("de", "La Hüfte und der Oberschenkel tun weh.", "leftover"),
        ("es", "La cadera et el muslo duelen.", "leftover"),
        ("it", "L’anca et la coscia fanno male.", "leftover"),
        ("pt", "A anca et a coxa doem.", "leftover"),
        ("ar", "الورك et الفخذ يؤلمان.", "leftover"),
        ("en", "La hanche et la cuisse font mal.", "copy"),
        ("es", "La hanche et la cuisse font mal.", "copy"),
        ("ar", "The hip and the thigh hurt.", "copy"),
    ],
)
def test_french_left_in_a_translation_is_told(locale, text, found):
    assert found in rules("La hanche et la cuisse font mal.", text, locale)


@pytest.mark.parametrize(
    ("locale", "french", "text"),
    [
        ("en", "Les muscles, une fracture, la position.", "The muscles, a fracture, the position."),
        ("es", "Base du tibia.", "Base de la tibia."),
        ("it", "Une tendinite.", "Una tendinite."),
        ("pt", "Le canal.", "O canal."),
        ("en", "Selon la Haute Autorité de santé.", "According to the Haute Autorité de santé."),
        ("en", "SAMU, ambulance", "SAMU, ambulance"),
        ("en", "Fracture", "Fracture"),
        ("pt", "On peut le voir.", "Pode-se vê-la."),
    ],
)
def test_words_and_names_that_two_languages_share_are_no_french(locale, french, text):
    assert rules(french, text, locale) == []


# --- the text as a whole ---


@pytest.mark.parametrize(
    ("locale", "text", "is_fault"),
    [
        ("en", "The acetabulum or acetabulum turns.", True),
        ("en", "The acetabulum (acetabulum) turns.", True),
        ("en", "The the socket turns.", True),
        ("en", "The socket turns. The socket is deep.", False),
        ("en", "Little by little, step by step.", False),
        ("de", "Die Pfanne, die die Kugel hält, dreht sich.", False),
        ("de", "Die Pfanne oder Pfanne dreht sich.", True),
        ("ar", "الحُقّ أو الحُقّ يدور.", True),
    ],
)
def test_word_said_twice_is_told(locale, text, is_fault):
    assert ("doubled" in rules("Le cotyle tourne.", text, locale)) == is_fault


@pytest.mark.parametrize(
    ("locale", "french", "text", "is_fault"),
    [
        ("en", "Il dort. Il marche ?", "He sleeps. Does he walk?", False),
        ("en", "Il dort. Il marche ?", "He sleeps.", True),
        ("ar", "Il marche ?", "هل يمشي؟", False),
        ("en", "Il dort (bien).", "He sleeps (well.", True),
        ("en", "Le temps, puis le calme", "Time, then", False),  # no rule can know
        ("en", "Le temps et le calme", "Time and", True),
        ("es", "Le temps et le calme", "Tiempo y", True),
        ("ro", "Il dort.", "Doarme", False),  # without its word lists nothing is known of a language's ends
    ],
)
def test_text_that_ends_too_early_is_told(locale, french, text, is_fault):
    assert ("ending" in rules(french, text, locale)) == is_fault


def test_text_far_shorter_or_longer_than_the_french_is_told():
    french = (
        "La douleur se sent surtout à l’aine. Elle peut toucher le genou. Elle vient le soir, ou la nuit."
    )
    english = (
        "The pain is felt mostly in the groin. It can affect the knee. It comes in the evening, or at night."
    )
    assert rules(french, english) == []
    assert "length" in rules(french, english.partition(". ")[0] + ".")
    assert "length" in rules(french, english * 4)
    assert "length" in rules(french, "Doare.", "ro")


@pytest.mark.parametrize("text", [" ", "…", "\u200e", "()"])
def test_text_without_words_is_told(text):
    assert "empty" in rules("Une phrase.", text)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "Not here, but there !"),
        ("en", "Not  here, but there!"),
        ("en", " Not here, but there!"),
        ("es", "Aquí no, « allí »!"),
        ("de", "Nicht «hier», sondern dort!"),
        ("ar", "ليس هنا، بل هناك !"),
    ],
)
def test_spaces_and_marks_of_french_are_told(locale, text):
    assert "spacing" in rules("Pas ici, mais là !", text, locale)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "The h\u0456p."),  # a Cyrillic і
        ("en", "The \u03bfther hip."),  # a Greek ο
        ("en", "The hi\u200cp."),
        ("en", "The \uff48ip."),
        ("en", "The hi\u00adp."),
        ("es", "La cade\u0301ra."),
        ("ar", "الور\u06a9."),  # a Persian kaf
        ("ar", "الوركhip."),
    ],
)
def test_letters_that_only_look_right_are_told(locale, text):
    assert "characters" in rules("La hanche.", text, locale)


@pytest.mark.parametrize(
    ("locale", "text"),
    [("ar", "الورك (hip) وL5 \u200fهنا."), ("de", "Die Hüfte (µ)."), ("fa", "می\u200cخواهم.")],
)
def test_letters_that_belong_are_no_fault(locale, text):
    assert "characters" not in rules("La hanche.", text, locale)


def test_entity_and_link_without_words_are_told():
    assert "html" in rules("Une hanche", "A&nbsp;hip")
    assert "markup" in rules("[Appelez](page:urgent)", "[](page:urgent)")


@pytest.mark.parametrize(
    ("locale", "text", "is_fault"),
    [
        ("en", "You have osteoarthritis.", True),
        ("en", "You probably have a mild sciatica.", True),
        ("en", "It is probably a fracture.", True),
        ("en", "If you have sciatica, keep moving.", False),
        ("en", "Do I have osteoarthritis?", False),
        ("en", "You have pain.", False),
        ("de", "Sie haben eine Arthrose.", True),
        ("de", "Wahrscheinlich ist es eine Fraktur.", True),
        ("de", "Wenn Sie eine Arthrose haben, bewegen Sie sich.", False),
        ("es", "Usted tiene artrosis.", True),
        ("es", "Si tiene artrosis, muévase.", False),
        ("it", "Lei ha una sciatica.", True),
        ("it", "Se ha una sciatica, si muova.", False),
        ("pt", "Provavelmente tem uma fratura.", True),
        ("pt", "Se tem artrose, mexa-se.", False),
        ("ar", "لديكم كسر.", True),
        ("ar", "إذا كان لديكم كسر، فاتصلوا.", False),
    ],
)
def test_telling_somebody_that_they_have_a_disease_is_told(locale, text, is_fault):
    assert ("diagnosis" in rules("Une maladie.", text, locale)) == is_fault


def test_search_words_are_the_languages_own():
    french = "mal au genou gauche; quand appeler le 15"
    assert rules(french, "right hip pain; when to call 999; worn hip", is_search=True) == []
    assert rules(french, "h\u0456p", is_search=True) == ["characters"]


# --- languages ---


def test_language_without_word_lists_gets_the_other_rules():
    assert rules("Le genou gauche, 2 fois.", "Genunchiul drept, de 2 ori.", "ro") == []
    assert rules("Le genou gauche, 2 fois.", "Genunchiul drept, de 3 ori.", "ro") == ["numbers"]


def test_country_of_a_language_has_the_words_of_the_language():
    assert rules("Le genou gauche.", "O joelho direito.", "pt_BR") == ["sides"]


def test_word_lists_are_read_without_a_fault_and_name_only_what_the_french_has():
    of_french = languages.source().language
    assert {"ar", "de", "en", "es", "fr", "it", "pt"} <= set(languages.known())
    for locale in languages.known():
        language = languages.load(locale)
        for table in ("urgency", "words", "units", "number_words"):
            names = set(getattr(language, table)) - set(getattr(of_french, table))
            assert names == set(), f"languages/{locale}.toml [{table}]: fr.toml has no such name"
    assert languages.source().everywhere <= {*of_french.words, *of_french.urgency}


def test_file_that_is_no_language_is_not_read():
    assert languages.load("../de") is None
    assert languages.load("xx") is None


# --- waivers ---


def waived(comment):
    found = checker.check_text(
        WHERE, "en", "Le genou gauche.", "The right knee.", is_safety=False, comment=comment
    )
    return [(finding.rule, finding.what) for finding in found]


def test_waiver_silences_the_rule_it_names():
    assert waived("check: sides because the drawing is mirrored") == []
    assert waived("for the press\ncheck: sides because the drawing is mirrored\nthanks") == []


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("check: sides", "waiver of «sides» without a reason"),
        ("check: sides because", "waiver of «sides» without a reason"),
        ("check: sides because …", "waiver of «sides» without a reason"),
        ("check: side because it is so", "waiver of an unknown rule «side»"),
        ("check: units because it is so", "waiver of «units», which finds nothing"),
    ],
)
def test_waiver_without_reason_rule_or_need_is_told_and_silences_nothing(comment, told):
    assert {rule for rule, _what in waived(comment)} == {"waiver", "sides"}
    assert told in [what for _rule, what in waived(comment)]


def test_waiver_in_a_catalog_is_read(built_checkable_data, tmp_path):
    folder = shutil.copytree(built_checkable_data, tmp_path / "data") / "translations"
    store = Store(folder.parent / "content.db")

    def change(domain, find, text, comment):
        path = catalogs.po_path(folder, "ro", domain)
        po = polib.pofile(str(path), wrapwidth=0)
        entry = next(entry for entry in po if find(entry))
        entry.msgstr, entry.tcomment = text, comment
        po.save()
        return [problem.what for problem in checks.check_catalogs(folder, store, "ro")]

    def is_size(entry):
        return entry.msgctxt == "fiche-essai/size"

    def is_count(entry):
        return entry.msgid == "Ressentie à : %(places)s."

    assert change("content", is_size, "12 cuvinte și atât, nimic mai mult.", "") != []
    assert (
        change("content", is_size, "12 cuvinte și atât, nimic mai mult.", "check: numbers because …so") == []
    )
    assert change("messages", is_count, "nimic", "check: placeholders because it stands elsewhere") == []


def test_guide_explains_every_rule():
    guide = (Path(__file__).parents[2] / "translations" / "README.md").read_text("utf-8")
    assert [rule for rule in RULES if f"`{rule}`" not in guide] == []
