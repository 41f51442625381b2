"""Inline Markdown: two marks, and nothing a text may say ever becomes another element."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from webapp.content import markup

ROOT = Path(__file__).parents[2]
ADDRESSES = {"card:fiche-essai": "/fr/cards/fiche-essai/", "page:urgent": "/fr/urgent/"}


def link(target):
    return ADDRESSES.get(target, "")


def html(text, language="en"):
    return str(markup.render(text, link, language))


class Reader(HTMLParser):
    """Collects elements and words of a piece of HTML, as a browser would see them."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.words = [], [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data

    def handle_comment(self, data):
        self.elements.append(("!--", data))

    def handle_decl(self, decl):
        self.elements.append(("!", decl))

    def unknown_decl(self, data):
        self.elements.append(("![", data))

    def handle_pi(self, data):
        self.elements.append(("?", data))


pieces = st.lists(
    st.sampled_from(
        [
            *[
                "**",
                "*",
                "_",
                "__",
                "[",
                "]",
                "(",
                ")",
                "<",
                ">",
                "&",
                '"',
                "'",
                "`",
                "\\",
                "!",
                "\n",
                " ",
                "&lt;",
            ],
            *[
                "](card:fiche-essai)",
                "](page:urgent)",
                "](card:inconnue)",
                "](javascript:alert(1))",
                "](//x.org)",
            ],
            *[
                "[a](",
                "card:",
                'card:fiche-essai "t"',
                "<script>",
                "</a>",
                "<!--",
                "-->",
                "onclick=",
                "&#106;",
            ],
            *[
                "<https://x.org>",
                "https://x.org",
                "mot",
                "é",
                "«",
                "»",
                "\u202e",
                "\0",
                "😀",
                "![image](card:x)",
            ],
        ]
    )
    | st.text(max_size=5),
    max_size=12,
).map("".join)


@settings(max_examples=500)
@given(pieces, st.sampled_from(["fr", "en", "ar"]))
@example("[a](card:fiche-essai)", "fr")
@example("[**a](page:urgent)**", "fr")
@example("<img src=x onerror=alert(1)>", "fr")
def test_no_text_makes_another_element_than_strong_and_inner_links(text, language):
    read = Reader(html(text, language))
    for tag, attributes in read.elements:
        assert (tag, attributes) == ("strong", ()) or (
            tag == "a" and len(attributes) == 1 and attributes[0] in [("href", a) for a in ADDRESSES.values()]
        )
    assert read.open == []


@settings(max_examples=300)
@given(pieces)
def test_page_and_bare_words_say_the_same(text):
    assert Reader(html(text)).words == markup.plain(text)


@settings(max_examples=300)
@given(pieces)
def test_text_without_faults_or_marks_is_shown_as_it_was_typed(text):
    if not markup.faults(text) and not markup.structure(text):
        assert markup.plain(text) == text.replace("\0", "\ufffd")


@given(st.text(max_size=20).filter(lambda text: '"' not in text))
def test_address_of_a_link_cannot_leave_its_attribute(address):
    rendered = str(markup.render("[mot](card:x)", lambda target: address and f'"><b>{address}', "en"))
    assert [tag for tag, _ in Reader(rendered).elements] in (["a"], [])


# --- the two marks ---


def test_strong_and_links_are_written_as_elements():
    assert html("un **mot** fort") == "un <strong>mot</strong> fort"
    assert html("voir [la fiche](card:fiche-essai).") == 'voir <a href="/fr/cards/fiche-essai/">la fiche</a>.'
    assert html("[**urgent**](page:urgent)") == '<a href="/fr/urgent/"><strong>urgent</strong></a>'


def test_link_to_nowhere_leaves_its_words():
    assert html("voir [la fiche](card:inconnue) !") == "voir la fiche !"


@pytest.mark.parametrize(
    "text",
    [
        "un *mot* faible",
        "5*3*2 = 30",
        "_mot_",
        "`code`",
        "<b>gras</b>",
        "a < b & c > d",
        "&eacute; &#233;",
        "\\*\\*pas fort\\*\\*",
        "[mot](https://example.org)",
        "[mot](javascript:alert(1))",
        "[mot](card:Fiche)",
        "[mot](page:nulle-part)",
        "[mot][référence]",
        "<https://example.org>",
        "**jamais fermé",
        "# titre",
        "- point",
    ],
)
def test_whatever_is_no_mark_is_shown_as_the_characters_it_is(text):
    assert Reader(html(text)).words == text


# --- French spacing ---


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Où ?", "Où\u00a0?"),
        ("Oui !", "Oui\u00a0!"),
        ("ceci : cela ; autre", "ceci\u00a0: cela\u00a0; autre"),
        ("« mot »", "«\u00a0mot\u00a0»"),
        ("50 % des personnes", "50\u00a0% des personnes"),
        ("fini ?!", "fini\u00a0?!"),
        ("12:30 et a;b", "12:30 et a;b"),
        ("« **mot** »", "«\u00a0mot\u00a0»"),
        ("**Où** ?", "Où\u00a0?"),
        ("déjà\u00a0: là", "déjà\u00a0: là"),
        ("lu sur %(count)s %(unit)s", "lu sur %(count)s %(unit)s"),
    ],
)
def test_french_signs_keep_to_their_word(typed, shown):
    assert Reader(html(typed, "fr")).words == shown


def test_other_languages_keep_their_own_spacing():
    assert html("Really ? « yes » 50 %") == "Really ? « yes » 50 %"


# --- what translations are compared by ---


def test_structure_tells_marks_and_targets_in_any_order():
    french = "Un **mot**, [la fiche](card:fiche-essai) et [l’urgence](page:urgent)."
    english = "See [urgent](page:urgent), then [the card](card:fiche-essai): a **word**."
    assert (
        markup.structure(french) == markup.structure(english) == ("strong", "card:fiche-essai", "page:urgent")
    )


@pytest.mark.parametrize(
    "other", ["Un mot, [la fiche](card:fiche-essai).", "Un **mot**.", "Un **mot**, [la fiche](card:autre)."]
)
def test_structure_tells_lost_marks_and_other_targets_apart(other):
    assert markup.structure("Un **mot**, [la fiche](card:fiche-essai).") != markup.structure(other)


def test_targets_come_in_order():
    assert markup.targets("[a](page:map) [b](card:x) [c](http://x.org)") == ("page:map", "card:x")


# --- faults ---


@pytest.mark.parametrize(
    "text",
    [
        "Des **mots** et [un lien](card:fiche-essai).",
        "[page](page:numbers)",
        "a < b, 3 > 2, 5 & 6",
        "L5_S1",
        "100 % : « oui » !",
        "عند **الألم** [هنا](page:urgent)",
        "疼痛（臀部）",
        "",
    ],
)
def test_words_and_allowed_marks_are_no_fault(text):
    assert markup.faults(text) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("un *mot*", ["«*»"]),
        ("un _mot_", ["«_»", "«_m»"]),
        ("<b>gras</b>", ["«<b>»", "«</b>»"]),
        ("<script", ["«<script»"]),
        ("<!-- rien -->", ["«<!-- rien -->»"]),
        ("**jamais fermé", ["«**»"]),
        ("[mot](https://example.org)", ["«](https://example.org)»"]),
        ("[mot](card:Fiche)", ["«](card:Fiche)»"]),
        ("[mot](card:fiche-essai 'titre')", ["«titre»"]),
        ("voir https://example.org", ["«https://example.org»"]),
        ("`code`", ["«`»"]),
    ],
)
def test_whatever_is_no_mark_is_a_fault(text, told):
    assert markup.faults(text) == told


def test_the_first_links_of_a_new_process_may_be_read_by_many_threads_at_once():
    program = """
import sys, threading
from webapp.content import markup
sys.setswitchinterval(1e-6)
ready, found = threading.Barrier(8), []
def read(number):
    ready.wait()
    found.append(markup.render(f"[{number}](card:a)", lambda target: "/" + target))
threads = [threading.Thread(target=read, args=[n]) for n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(found))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert (done.stdout, done.stderr) == ("8\n", "")
