"""How much the checker sees: faults put into the shipped translations, counted kind by kind.

Each kind of fault has a function that spoils one text, or returns None where it cannot; its words are
its own, not the checker's lists. A spoilt text that says the same as before is not counted, nor is an
entry that has a fault already. By default a seeded sample of each kind and language; all with `-m full`.
The table is printed with `pytest -s`.
"""

import csv
import random
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from webapp.content import checker, markup
from webapp.content.catalog import read_po
from webapp.i18n import catalogs
from webapp.i18n.locales import SOURCE

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "translations"
LOCALES = [locale for locale in catalogs.locales(FOLDER) if locale != SOURCE]
SAMPLE = 40
BAR = 0.95
"""Share of each kind that must be seen in each language; in danger signs it is all."""
SEED = 20261122


@dataclass(frozen=True)
class Entry:
    """One translated text."""

    key: str
    french: str
    text: str
    is_safety: bool


# --- words of each language, to put faults together with ---

SIDES = {
    "en": ["left/right"],
    "de": [
        "links/rechts",
        "linke/rechte",
        "linken/rechten",
        "linker/rechter",
        "linkes/rechtes",
        "linkem/rechtem",
    ],
    "es": ["izquierda/derecha", "izquierdo/derecho", "izquierdas/derechas", "izquierdos/derechos"],
    "it": ["sinistra/destra", "sinistro/destro", "sinistre/destre", "sinistri/destri"],
    "pt": ["esquerda/direita", "esquerdo/direito", "esquerdas/direitas", "esquerdos/direitos"],
    "ar": ["اليسرى/اليمنى", "الأيسر/الأيمن", "اليسار/اليمين", "يسار/يمين", "أيسر/أيمن", "يسرى/يمنى"],
}

# What says «not», and what stays when it is lost.
NEGATIONS = {
    "en": {
        "do not": "",
        "Do not": "",
        "cannot": "can",
        "is not": "is",
        "are not": "are",
        "not": "",
        "No": "",
        "no": "",
        "without": "with",
        "Without": "With",
        "never": "always",
        "unable to": "able to",
        "or not": "",
    },
    "de": {
        "nicht": "",
        "nichts": "etwas",
        "kein": "ein",
        "keine": "eine",
        "keinen": "einen",
        "keiner": "einer",
        "Kein": "Ein",
        "Keine": "Eine",
        "ohne": "mit",
        "Ohne": "Mit",
        "nie": "immer",
        "niemals": "immer",
        "niemand": "jemand",
    },
    "es": {
        "no": "",
        "No": "",
        "sin": "con",
        "Sin": "Con",
        "imposible": "posible",
        "nunca": "siempre",
        "nadie": "alguien",
        "Nada de": "",
    },
    "it": {
        "non": "",
        "Non": "",
        "senza": "con",
        "Senza": "Con",
        "impossibile": "possibile",
        "mai": "sempre",
        "nessuno": "qualcuno",
    },
    "pt": {
        "não": "",
        "Não": "",
        "sem": "com",
        "Sem": "Com",
        "impossível": "possível",
        "nunca": "sempre",
        "ninguém": "alguém",
        "Nada de": "",
    },
    "ar": {
        "لا": "",
        "فلا": "ف",
        "ولا": "و",
        "لم": "",
        "ولم": "و",
        "لن": "",
        "ليس": "",
        "ليست": "",
        "دون": "مع",
        "بلا": "مع",
        "عدم": "",
        "غير": "",
        "العجز عن": "القدرة على",
        "عجز عن": "قدرة على",
        "بدون": "مع",
        "من دون": "مع",
    },
}
# One «not» serves two things: taking away the second changes nothing.
OR = {"en": "or", "de": "oder", "es": "o", "it": "o", "pt": "ou", "ar": "أو"}

URGENCY = {
    r"appel(ez|er)\b": {
        "en": "call", "de": "rufen anrufen", "es": "llame llamar", "it": "chiami chiamare",
        "pt": "ligue ligar chame", "ar": "اتصلوا فاتصلوا الاتصال تتصلون",
    },
    r"aujourd’hui|le jour même": {
        "en": "today", "de": "heute", "es": "hoy", "it": "oggi", "pt": "hoje", "ar": "اليوم",
    },
    r"tout de suite|sans attendre|immédiatement": {
        "en": "straight without immediately", "de": "sofort ohne gleich", "es": "enseguida inmediatamente sin",
        "it": "subito senza", "pt": "logo imediatamente sem", "ar": "فورًا دون",
    },
    r"soudaine?\b|d’un coup|tout à coup|brutal|brusque": {
        "en": "sudden suddenly", "de": "plötzlich plötzlicher plötzliche einmal", "es": "repente repentino repentina golpe súbito",
        "it": "improvviso improvvisa all’improvviso colpo", "pt": "repente súbita súbito repentina", "ar": "فجأة مفاجئ مفاجئة",
    },
    r"\bvite\b|rapide": {
        "en": "quickly quick fast", "de": "schnell schneller schnellem schnelle rasch", "es": "rápido rápida pronto",
        "it": "fretta rapida rapido veloce", "pt": "depressa rápido rápida rapidamente", "ar": "بسرعة سريع سريعة تسارع",
    },
    r"(?<!sans )(?<!« )urgences?(?! vitale)": {
        "en": "emergency", "de": "Notfall Notruf Notrufnummer Notaufnahme", "es": "emergencia emergencias urgencias urgencia",
        "it": "emergenza urgenza pronto", "pt": "emergência urgência urgências", "ar": "الطوارئ طوارئ طارئة",
    },
}  # fmt: skip

UNITS = {
    "en": "weeks/months week/month months/years hours/days minutes/hours mm/cm days/weeks %/‰ cm/mm years/months year/month",
    "de": "Wochen/Monate Wochen/Monaten Monate/Jahre Monaten/Jahren Stunden/Tagen Minuten/Stunden mm/cm Tagen/Wochen Tage/Wochen Jahren/Monaten Jahre/Monate cm/mm",
    "es": "semanas/meses semana/mes meses/años horas/días minutos/horas mm/cm días/semanas años/meses año/mes cm/mm",
    "it": "settimane/mesi settimana/mese mesi/anni ore/giorni minuti/ore mm/cm giorni/settimane anni/mesi anno/mese cm/mm",
    "pt": "semanas/meses semana/mês meses/anos horas/dias minutos/horas mm/cm dias/semanas anos/meses ano/mês cm/mm",
    "ar": "أسابيع/أشهر أسبوع/شهر أشهر/سنوات ساعة/يوم ساعات/أيام دقيقة/ساعة مم/سم أيام/أسابيع سنة/شهر سنوات/أشهر سم/مم",
}  # fmt: skip
FRENCH_UNIT = r"\b(semaines?|mois|ans?|années?|heures?|minutes?|jours?|mm|cm)\b|%"

# Short words of French that are none of the language.
FRENCH = {
    "en": "La le les une des du avec dans vous est",
    "de": "La le les une avec dans vous est pour aussi",
    "es": "du des avec dans est pour vous au cette aussi",
    "it": "les une des du avec dans est pour vous aux cette aussi",
    "pt": "les le la une du avec dans est pour vous aux cette aussi",
    "ar": "le les une des avec dans pour vous est",
}
FRENCH_NOUNS = frozenset(
    """aiguille aimant anneau appui boiterie boule bouton bras chaise chaussette cheville chirurgien choc choix chose
    chute coude coussin creux cuisse devant doigt dos douleur droite effet enfant entrejambe enveloppe escalier espace
    faiblesse fesse fuite gauche genou gens gros hanche hasard jambe jour lieu ligne maladie marche mauvais milieu
    mollet mouvement nerf nuit orteil pied plaque poids poitrine pompier racine rayon reins repos risque sang selle
    semaine sexe soignant soin souffle talon tige tissu travail trou vessie voiture""".split()  # noqa: SIM905 - a list of words reads better as text
)
"""Everyday words of the French that no other language here has."""
SEED_SCARS = {"en": ["La hip", "respective tomies", "impotence"], "de": ["La Hüfte", "Impotenz"]}
"""What the machine translation of the first article left behind."""


WORD = "[^\\W\\d_](?:[^\\W\\d_]|[\u064b-\u0652\u0670])*"
"""Letters, and the vowel signs that stand between those of Arabic."""


# --- the kinds of fault ---


def numbers_of(text):
    return [m for m in re.finditer(r"(?<![\w:/(-])\d+(?:[.,٫]\d+)?(?![\w/-])", text)]


def change_number(entry, locale, rng):
    found = numbers_of(entry.text)
    if not found:
        return None
    match = rng.choice(found)
    i = rng.choice([i for i in range(match.start(), match.end()) if entry.text[i].isdigit()])
    digit = str((int(entry.text[i]) + rng.randint(1, 9)) % 10)
    return entry.text[:i] + digit + entry.text[i + 1 :]


def lose_number(entry, locale, rng):
    found = numbers_of(entry.text)
    if not found:
        return None
    match = rng.choice(found)
    return tidy(entry.text[: match.start()] + entry.text[match.end() :])


def swap_digits(entry, locale, rng):
    pairs = [
        i
        for match in numbers_of(entry.text)
        for i in range(match.start(), match.end() - 1)
        if entry.text[i : i + 2].isdigit() and entry.text[i] != entry.text[i + 1]
    ]
    if not pairs:
        return None
    i = rng.choice(pairs)
    return entry.text[:i] + entry.text[i + 1] + entry.text[i] + entry.text[i + 2 :]


def change_phone(entry, locale, rng):
    return change_number(entry, locale, rng) if entry.key.startswith("country/") else None


def swap_sides(entry, locale, rng):
    if not re.search(r"gauche|droit", entry.french):
        return None
    pairs = dict(pair.split("/") for pair in SIDES[locale])
    return replace_one(entry.text, {**pairs, **{right: left for left, right in pairs.items()}}, rng)


def lose_negation(entry, locale, rng):
    if not entry.is_safety or not re.search(r"\b(ne|sans|pas|impossible)\b|\bn’", entry.french):
        return None
    found = list(words_in(entry.text, NEGATIONS[locale]))
    # «Cannot stand or cannot walk»: the second is not needed.
    found = [
        m
        for m in found
        if not any(
            re.search(rf"\b{OR[locale]}\b", entry.text[other.end() : m.start()])
            and "." not in entry.text[other.end() : m.start()]
            for other in found
            if other.end() <= m.start()
        )
    ]
    if not found:
        return None
    match = rng.choice(found)
    rest = NEGATIONS[locale][match[0]]
    return tidy(entry.text[: match.start()] + rest + entry.text[match.end() :])


def lose_urgency(entry, locale, rng):
    found = []
    for french, by_locale in URGENCY.items():
        words = by_locale[locale].split()
        said = list(words_in(entry.text, [*words, *(word[:1].upper() + word[1:] for word in words)]))
        if 0 < len(said) <= len(re.findall(french, entry.french, re.IGNORECASE)):
            found += said  # what is said more often than in French may go
    if not found or not entry.is_safety:
        return None
    match = rng.choice(found)
    return tidy(entry.text[: match.start()] + entry.text[match.end() :])


def break_mark(entry, locale, rng):
    ways = []
    if "**" in entry.text:
        ways += [entry.text.replace("**", "", 2), entry.text.replace("**", "", 1)]
    if "](" in entry.text:
        ways += [
            re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", entry.text, count=1),
            re.sub(r"\((card|page):([a-z])", r"(\1:x\2", entry.text, count=1),
            re.sub(r"\((card|page):", r"(\1: ", entry.text, count=1),
            entry.text.replace("](", "] (", 1),
        ]
    return rng.choice(ways) if ways else None


def forbid(entry, locale, rng):
    ways = []
    for term, right, forbidden in glossary(locale):
        if re.search(rf"\b{re.escape(term)}s?\b", markup.plain(entry.french), re.IGNORECASE):
            for form in right:
                for match in re.finditer(rf"(?<!\w)(ال)?{re.escape(form)}(?!\w)", entry.text, re.IGNORECASE):
                    ways += [(match, word) for word in forbidden]
    if not ways:
        return None
    match, word = rng.choice(ways)
    return entry.text[: match.start()] + word + entry.text[match.end() :]


def leave_french(entry, locale, rng):
    words = [m for m in re.finditer(WORD, entry.text) if not in_target(entry.text, m.start())]
    if len(words) < 2:
        return None
    spot = rng.choice([word for word in words[1:] if entry.text[word.start() - 1] in " (["] or words[:1])
    left = [
        word
        for word in re.findall(r"[^\W\d_]{5,}", markup.plain(entry.french))
        if word.islower()
        and word not in vocabulary(locale)
        and (re.search("[éèêëâçîïôœùûÿ]", word) or word.rstrip("s") in FRENCH_NOUNS)
    ]
    way = rng.random()
    if way < 0.4 and left:
        return entry.text[: spot.start()] + rng.choice(left) + entry.text[spot.end() :]
    if way < 0.5 and locale in SEED_SCARS:
        return entry.text[: spot.start()] + rng.choice(SEED_SCARS[locale]) + " " + entry.text[spot.start() :]
    return entry.text[: spot.start()] + rng.choice(FRENCH[locale].split()) + " " + entry.text[spot.start() :]


def double_word(entry, locale, rng):
    words = [
        m for m in re.finditer(WORD, entry.text) if len(m[0]) > 3 and not in_target(entry.text, m.start())
    ]
    if not words:
        return None
    word = rng.choice(words)
    between = rng.choice([" ", f" {OR[locale]} "])
    return entry.text[: word.end()] + between + word[0] + entry.text[word.end() :]


def copy_french(entry, locale, rng):
    words = set(re.findall(WORD, markup.plain(entry.french).casefold()))
    return None if words <= vocabulary(locale) else entry.french  # «coccyx» is English too


def change_unit(entry, locale, rng):
    if not re.search(FRENCH_UNIT, entry.french):
        return None
    return replace_one(entry.text, dict(pair.split("/") for pair in UNITS[locale].split()), rng)


def insert_html(entry, locale, rng):
    spots = [0, len(entry.text), *(m.start() for m in re.finditer(" ", entry.text))]
    spot = rng.choice([spot for spot in spots if not in_target(entry.text, spot)])
    tag = rng.choice(
        ["<b>", "</b>", "<br>", "<br/>", "<script>alert(1)</script>", "<!-- -->", "<img src=x>", "&nbsp;"]
    )
    return entry.text[:spot] + tag + entry.text[spot:]


def lose_half(entry, locale, rng):
    words = entry.text.split(" ")
    if len(words) < 2:
        return None
    half = " ".join(words[: (len(words) + rng.randint(0, 1)) // 2])
    # «Hip fracture (broken hip)» without its bracket says the same.
    return None if half == re.sub(r" \([^()]*\)$", "", entry.text) else half


KINDS = {
    "number changed": change_number,
    "number lost": lose_number,
    "digits swapped": swap_digits,
    "phone number changed": change_phone,
    "left and right swapped": swap_sides,
    "negation lost (safety)": lose_negation,
    "urgency lost (safety)": lose_urgency,
    "mark or link broken": break_mark,
    "forbidden word": forbid,
    "French left in": leave_french,
    "doubled word": double_word,
    "untranslated copy": copy_french,
    "unit changed": change_unit,
    "HTML put in": insert_html,
    "half lost": lose_half,
}


# --- what they share ---


def words_in(text, words):
    """Find whole words, longest first, outside link targets."""
    pattern = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    if pattern:
        for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text):
            if not in_target(text, match.start()):
                yield match


def replace_one(text, table, rng):
    table = {**table, **{k.capitalize(): v.capitalize() for k, v in table.items()}}
    found = list(words_in(text, table))
    if not found:
        return None
    match = rng.choice(found)
    return text[: match.start()] + table[match[0]] + text[match.end() :]


def in_target(text, at):
    return any(m.start() <= at < m.end() for m in re.finditer(r"\]\([^)]*\)", text))


def tidy(text):
    text = re.sub(r"([(«„‘]) +", r"\1", re.sub(r"  +", " ", text))
    return re.sub(r" +([.,;:!?،؛؟)])", r"\1", text).strip()


_cache = {}


def entries(locale):
    """Return the shipped, translated texts of a language; search words are each language's own."""
    if ("entries", locale) not in _cache:
        _cache["entries", locale] = [
            Entry(entry.msgctxt, entry.msgid, entry.msgstr, "safety" in entry.comment.splitlines())
            for entry in read_po(catalogs.po_path(FOLDER, locale, "content"))
            if entry.msgstr and not entry.obsolete and not entry.fuzzy
            if not entry.msgctxt.endswith(("/search", "/also"))
        ]
    return _cache["entries", locale]


def vocabulary(locale):
    if ("words", locale) not in _cache:
        _cache["words", locale] = {
            word for entry in entries(locale) for word in re.findall(r"[^\W\d_]+", entry.text.casefold())
        }
    return _cache["words", locale]


def glossary(locale):
    if ("glossary", locale) not in _cache:
        text = (FOLDER / "glossary.tsv").read_text("utf-8").splitlines()
        rows = csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
        _cache["glossary", locale] = [
            (
                re.split(r" ?[/(]", row["fr"])[0],
                [f.strip() for f in re.split(r"[/()]", row[locale]) if f.strip()],
                words,
            )
            for row in rows
            if (words := [w[3:] for w in (row["forbidden"] or "").split("|") if w.startswith(f"{locale}:")])
        ]
    return _cache["glossary", locale]


def problems(entry, locale, text):
    return list(checker.check_text(entry.key, locale, entry.french, text, is_safety=entry.is_safety))


def says_the_same(before, after):
    def bare(text):
        return re.sub(r"\W+", " ", markup.plain(text)).strip().casefold()

    return after == before or (
        bare(after) == bare(before) and markup.structure(after) == markup.structure(before)
    )


@dataclass
class Recall:
    """How many faults of one kind were made and seen in one language, and what was not seen."""

    made: int = 0
    seen: int = 0
    made_in_safety: int = 0
    seen_in_safety: int = 0
    missed: tuple[str, ...] = ()

    @property
    def share(self):
        return self.seen / self.made if self.made else 1.0

    @property
    def is_enough(self):
        return self.share >= BAR and self.seen_in_safety == self.made_in_safety


def measure(kind, locale, sample):
    """Spoil up to `sample` texts (all, when None) and count what the checker sees."""
    rng = random.Random(f"{SEED} {kind} {locale}")
    found = Recall()
    candidates = list(entries(locale))
    rng.shuffle(candidates)
    for entry in candidates:
        if sample and found.made >= sample:
            break
        text = KINDS[kind](entry, locale, rng)
        if text is None or says_the_same(entry.text, text) or problems(entry, locale, entry.text):
            continue
        is_seen = bool(problems(entry, locale, text))
        found.made += 1
        found.seen += is_seen
        found.made_in_safety += entry.is_safety
        found.seen_in_safety += entry.is_safety and is_seen
        if not is_seen:
            group = "danger sign" if entry.is_safety else "text"
            found.missed += (f"{kind}, {group} {locale} {entry.key}: «{entry.text}» -> «{text}»",)
    return found


def recall(sample):
    """Measure every kind in every language, print the table, and fail on what is below the bar.

    A sample below the bar is measured in full first: 40 texts say little about one in twenty.
    """
    lines = [f"{'':24}" + "".join(f"{locale:>22}" for locale in LOCALES)]
    below = []
    for kind in KINDS:
        cells = []
        for locale in LOCALES:
            found = measure(kind, locale, sample)
            if sample and not found.is_enough and found.seen_in_safety == found.made_in_safety:
                found = measure(kind, locale, None)
            if not found.is_enough:
                below += sorted(found.missed)[:20]
            safety = f"{found.seen_in_safety}/{found.made_in_safety}"
            cells.append(f"{found.share:>7.0%} of {found.made:<4}{safety:>8}")
        lines.append(f"{kind:24}" + "".join(cells))
    print("\n" + "\n".join(lines) + "\n(seen, of how many; in danger signs seen/made)")
    assert below == [], "the checker misses:\n" + "\n".join(below)


def test_faults_put_into_a_sample_of_the_shipped_translations_are_seen():
    recall(SAMPLE)


@pytest.mark.full
def test_faults_put_into_all_shipped_translations_are_seen():
    recall(None)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_of_fault_can_be_made_in_every_language(locale):
    """A kind that finds no text to spoil would measure nothing."""
    for kind in KINDS:
        assert measure(kind, locale, 5).made == 5, kind
