"""The content catalogs: what a translation is worth, and how it follows a French that changes."""

import shutil
import subprocess

import polib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.content import catalog
from webapp.content.catalog import Changes, Compiled, Translation, state_of
from webapp.content.model import ContentError, Message

PLURALS = "nplurals=2; plural=(n != 1);"
KEY = "fiche-essai/place"


def french(**texts):
    """Return messages `fiche-essai/<name>`, in the order given."""
    return [Message(f"fiche-essai/{name.replace('_', '-')}", text) for name, text in texts.items()]


def synced(po, messages, changes=catalog.NO_CHANGES):
    """Bring `po` to `messages`, through its text: what is written is what the next sync reads."""
    return polib.pofile(str(catalog.sync(po, messages, changes)), wrapwidth=0)


def new(messages, **translated):
    """Return a catalog of `messages` in which some are translated."""
    po = synced(catalog.new_catalog("en", PLURALS), messages)
    for name, text in translated.items():
        entry_of(po, f"fiche-essai/{name}").msgstr = text
    return po


def entry_of(po, key=KEY):
    [found] = [entry for entry in po if entry.msgctxt == key]
    return found


def states(po, messages, changes=catalog.NO_CHANGES):
    """Return name -> (state, text) as readers would get it."""
    found = catalog.translations(po)
    return {
        message.key.split("/")[1]: (
            state_of(found.get(message.key), message.key, message.text, changes),
            found[message.key].text if message.key in found else "",
        )
        for message in messages
    }


# --- states ---


@pytest.mark.parametrize(
    ("translation", "state"),
    [
        (None, "missing"),
        (Translation("", "Ici."), "missing"),
        (Translation("Here.", "Ici."), "current"),
        (Translation("There.", "Là."), "stale"),
        (Translation("Here?", ""), "draft"),
    ],
)
def test_state_of_a_translation(translation, state):
    assert state_of(translation, KEY, "Ici.") == state


def test_typo_keeps_a_translation_current():
    changes = Changes({(KEY, "Icci."): "Ici."}, frozenset())
    assert state_of(Translation("Here.", "Icci."), KEY, "Ici.", changes) == "current"


def test_typos_are_followed_one_after_the_other_even_in_a_circle():
    changes = Changes({(KEY, "a"): "b", (KEY, "b"): "c", (KEY, "c"): "a"}, frozenset())
    assert [state_of(Translation("x", "a"), KEY, now, changes) for now in "abcd"] == [
        *["current"] * 3,
        "stale",
    ]


def test_typo_in_one_text_says_nothing_of_the_same_words_in_another():
    changes = Changes({("fiche-essai/other", "Icci."): "Ici."}, frozenset())
    assert state_of(Translation("Here.", "Icci."), KEY, "Ici.", changes) == "stale"


def test_translation_of_exactly_todays_french_is_current_whatever_was_said_since():
    changes = Changes({(KEY, "Ici."): "Ici !"}, frozenset())  # mended, then taken back
    assert state_of(Translation("Here.", "Ici."), KEY, "Ici.", changes) == "current"


def test_unsafe_makes_a_translation_a_draft():
    changes = Changes({}, frozenset({(KEY, "Massez.")}))
    assert state_of(Translation("Rub it.", "Massez."), KEY, "Ne massez pas.", changes) == "draft"


def test_unsafe_also_withdraws_a_translation_made_before_a_typo_was_mended():
    changes = Changes({(KEY, "Masez."): "Massez."}, frozenset({(KEY, "Massez.")}))
    assert state_of(Translation("Rub it.", "Masez."), KEY, "Ne massez pas.", changes) == "draft"


# --- sync ---


def test_new_text_is_an_empty_entry_with_its_key_and_comment():
    [entry] = synced(catalog.new_catalog("en", PLURALS), [Message(KEY, "Ici.", True, "Fiche: place")])
    assert (entry.msgctxt, entry.msgid, entry.msgstr, entry.fuzzy) == (KEY, "Ici.", "", False)
    assert entry.comment == "Fiche: place\nsafety"


def test_unchanged_french_leaves_the_translation_as_it_is():
    messages = french(place="Ici.")
    po = synced(new(messages, place="Here."), messages)
    assert states(po, messages) == {"place": ("current", "Here.")}
    assert not entry_of(po).fuzzy


def test_changed_french_makes_the_translation_stale_and_keeps_the_french_it_was_made_for():
    po = synced(new(french(place="Ici."), place="Here."), french(place="Là."))
    entry = entry_of(po)
    assert (entry.msgid, entry.msgstr, entry.fuzzy, entry.previous_msgid) == ("Là.", "Here.", True, "Ici.")
    assert states(po, french(place="Là.")) == {"place": ("stale", "Here.")}


def test_french_changed_twice_still_names_the_french_the_translation_was_made_for():
    po = new(french(place="Ici."), place="Here.")
    for text in ("Là.", "Ailleurs."):
        po = synced(po, french(place=text))
    assert entry_of(po).previous_msgid == "Ici."


def test_french_that_goes_back_makes_the_translation_current_again():
    po = new(french(place="Ici."), place="Here.")
    for text in ("Là.", "Ailleurs.", "Ici."):
        po = synced(po, french(place=text))
    entry = entry_of(po)
    assert (entry.fuzzy, entry.previous_msgid, entry.msgstr) == (False, None, "Here.")


def test_translator_who_looks_again_makes_it_current():
    po = synced(new(french(place="Ici."), place="Here."), french(place="Là."))
    entry = entry_of(po)
    entry.msgstr, entry.flags, entry.previous_msgid = "There.", [], None
    assert states(synced(po, french(place="Là.")), french(place="Là.")) == {"place": ("current", "There.")}


def test_typo_replaces_the_french_and_stays_current():
    changes = Changes({(KEY, "Icci."): "Ici."}, frozenset())
    po = synced(new(french(place="Icci."), place="Here."), french(place="Ici."), changes)
    assert (entry_of(po).msgid, entry_of(po).fuzzy) == ("Ici.", False)
    assert states(po, french(place="Ici.")) == {"place": ("current", "Here.")}


def test_unsafe_makes_a_draft_that_is_never_shown_again_by_itself():
    changes = Changes({}, frozenset({(KEY, "Massez.")}))
    messages = french(place="Ne massez pas.")
    po = synced(new(french(place="Massez."), place="Rub it."), messages, changes)
    assert (entry_of(po).fuzzy, entry_of(po).previous_msgid, entry_of(po).msgstr) == (True, None, "Rub it.")
    assert states(synced(po, messages), messages) == {"place": ("draft", "Rub it.")}


def test_draft_of_a_machine_stays_a_draft():
    po = new(french(place="Ici."), place="Here?")
    entry_of(po).flags = ["fuzzy"]
    for text in ("Ici.", "Là.", "Ici."):
        po = synced(po, french(place=text))
        assert states(po, french(place=text)) == {"place": ("draft", "Here?")}


def test_keys_are_never_crossed_however_alike_their_french_is():
    before = french(left="La fesse gauche.", right="La fesse droite.")
    po = new(before, left="The left buttock.", right="The right buttock.")
    after = french(left="La fesse droite.", right="La fesse gauche.")
    assert states(synced(po, after), after) == {
        "left": ("stale", "The left buttock."),
        "right": ("stale", "The right buttock."),
    }


def test_renamed_key_starts_untranslated_and_the_old_translation_is_set_aside():
    po = synced(new(french(place="Ici."), place="Here."), french(spot="Ici."))
    assert entry_of(po, "fiche-essai/spot").msgstr == ""
    assert entry_of(po).obsolete and entry_of(po).msgstr == "Here."


def test_entries_follow_the_order_of_the_french():
    po = new(french(a="A", b="B"), a="x", b="y")
    assert [entry.msgctxt[-1] for entry in synced(po, french(b="B", c="C", a="A"))] == ["b", "c", "a"]


def test_text_that_comes_back_finds_its_translation():
    po = synced(new(french(place="Ici."), place="Here."), [])
    assert states(po, french(place="Ici.")) == {"place": ("missing", "")}
    assert states(synced(po, french(place="Ici.")), french(place="Ici.")) == {"place": ("current", "Here.")}


def test_text_that_comes_back_changed_is_stale():
    po = synced(new(french(place="Ici."), place="Here."), [])
    assert states(synced(po, french(place="Là.")), french(place="Là.")) == {"place": ("stale", "Here.")}


def test_stale_translation_set_aside_still_knows_which_french_it_was_made_for():
    po = synced(new(french(place="Ici."), place="Here."), french(place="Là."))
    po = synced(synced(po, []), [])
    assert states(synced(po, french(place="Là.")), french(place="Là.")) == {"place": ("stale", "Here.")}
    assert states(synced(po, french(place="Ici.")), french(place="Ici.")) == {"place": ("current", "Here.")}


def test_draft_set_aside_comes_back_as_a_draft():
    po = new(french(place="Ici."), place="Here?")
    entry_of(po).flags = ["fuzzy"]
    po = synced(synced(po, []), french(place="Ici."))
    assert states(po, french(place="Ici.")) == {"place": ("draft", "Here?")}


def test_nothing_is_set_aside_of_a_text_nobody_translated():
    assert list(synced(new(french(place="Ici.")), [])) == []


def test_live_translation_wins_over_one_set_aside_under_the_same_key():
    po = synced(new(french(place="Ici."), place="Here."), [])  # as two branches merged by hand leave it
    po.insert(0, polib.POEntry(msgctxt=KEY, msgid="Là.", msgstr="There."))
    assert states(synced(po, french(place="Là.")), french(place="Là.")) == {"place": ("current", "There.")}


def test_translators_comment_survives_with_or_without_a_translation():
    po = new(french(place="Ici.", other="Là."), place="Here.")
    for entry in po:
        entry.tcomment = "ask the physiotherapist"
    po = synced(po, french(place="Ici !", other="Là !"))
    assert [entry.tcomment for entry in po] == ["ask the physiotherapist"] * 2


def test_header_that_a_translator_filled_in_survives():
    po = new(french(place="Ici."))
    po.metadata["Last-Translator"] = "Test Reader"
    assert synced(po, french(place="Là.")).metadata["Last-Translator"] == "Test Reader"


sentences = st.sampled_from(["Ici.", "Là.", "Ailleurs.", "Nulle part."])


@settings(max_examples=150)
@given(data=st.data())
def test_no_history_of_changes_ever_shows_a_translation_for_a_french_it_was_not_made_for(data):
    """Each translation names, in its own words, the key and the French it was made for."""
    names = ["a", "b", "c"]
    po, changes = catalog.new_catalog("en", PLURALS), catalog.NO_CHANGES
    now = {name: "Ici." for name in names}
    withdrawn = set()
    for _ in range(data.draw(st.integers(1, 8))):
        step = data.draw(
            st.sampled_from(["change", "typo", "unsafe", "remove", "return", "translate", "draft"])
        )
        name = data.draw(st.sampled_from(names))
        if step in ("change", "typo", "unsafe") and name in now:
            old, text = now[name], data.draw(sentences)
            key = f"fiche-essai/{name}"
            if step == "typo" and old != text:
                changes = Changes({**changes.typos, (key, old): text}, changes.unsafe)
            if step == "unsafe" and old != text:
                changes = Changes(changes.typos, {*changes.unsafe, (key, old)})
                withdrawn.add((name, old))
            now[name] = text
        elif step == "remove":
            now.pop(name, None)
        elif step == "return":
            now.setdefault(name, data.draw(sentences))
        messages = french(**now)
        po = synced(po, messages, changes)
        if step in ("translate", "draft") and name in now:
            entry = entry_of(po, f"fiche-essai/{name}")
            entry.msgstr, entry.previous_msgid = f"{name}|{now[name]}", None
            entry.flags = ["fuzzy"] if step == "draft" else []
        for found, (state, text) in states(po, messages, changes).items():
            made_for = text.partition("|")[2]
            assert not text or text.startswith(f"{found}|"), "a key got another key's translation"
            if state == "current":
                chain = [made_for]
                while (f"fiche-essai/{found}", chain[-1]) in changes.typos and len(chain) < 9:
                    chain.append(changes.typos[f"fiche-essai/{found}", chain[-1]])
                assert now[found] in chain
            if state in ("current", "stale"):
                assert (found, made_for) not in withdrawn or made_for == now[found]
        again = synced(po, messages, changes)
        assert str(synced(again, messages, changes)) == str(again), "the second sync changes nothing"


# --- files ---


@pytest.fixture
def po_path(data):
    return data / "translations" / "en" / "LC_MESSAGES" / "content.po"


def test_second_write_of_the_same_catalog_writes_nothing(po_path, store):
    before = po_path.stat().st_mtime_ns, po_path.read_bytes()
    po = catalog.sync(catalog.read_po(po_path), store.messages(), store.changes())
    assert catalog.write_po(po, po_path) is False
    assert (po_path.stat().st_mtime_ns, po_path.read_bytes()) == before


def test_file_has_no_wrapped_lines_no_line_numbers_and_no_dates(po_path):
    text = po_path.read_text("utf-8")
    assert "POT-Creation-Date" not in text and "#:" not in text
    assert '\nmsgid ""\n"' not in text[10:]
    assert text.endswith('"\n') and not text.endswith("\n\n")


def test_changed_sentence_changes_only_its_own_lines(po_path, store):
    before = po_path.read_text("utf-8").splitlines()
    messages = [
        Message(m.key, m.text.replace("loupe", "lampe"), m.is_safety, m.comment) for m in store.messages()
    ]
    catalog.write_po(catalog.sync(catalog.read_po(po_path), messages), po_path)
    after = po_path.read_text("utf-8").splitlines()
    assert set(after) - set(before) == {
        "#, fuzzy",
        '#| msgid "La loupe d’essai suffit."',
        'msgid "La lampe d’essai suffit."',
    }
    assert len(after) == len(before) + 2  # the fuzzy flag and the previous French


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="GNU gettext is not installed")
def test_gnu_gettext_accepts_the_file(po_path):
    subprocess.run(["msgfmt", "-c", "-o", "/dev/null", po_path], check=True, capture_output=True)


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(text=texts, translation=texts, comment=texts)
def test_any_text_survives_the_file(tmp_path_factory, text, translation, comment):
    path = tmp_path_factory.mktemp("po") / "content.po"
    po = catalog.sync(catalog.new_catalog("ar", PLURALS), [Message(KEY, text)])
    po[0].msgstr = translation
    catalog.write_po(po, path)
    assert catalog.translations(catalog.read_po(path)) == {KEY: Translation(translation, text)}


# --- compiled form ---


def test_compiled_form_holds_every_translation_and_its_french(po_path, tmp_path):
    catalog.compile_po(po_path, tmp_path / "content.compiled")
    assert Compiled(tmp_path / "content.compiled").all() == catalog.translations(catalog.read_po(po_path))


def test_compiled_form_finds_the_texts_of_one_card_only(po_path, tmp_path):
    po = catalog.read_po(po_path)
    for key in ("fiche-essai-2/title", "fiche/title", "fiche-essai0/title"):
        po.append(polib.POEntry(msgctxt=key, msgid="x", msgstr="y"))
    catalog.write_po(po, po_path)
    catalog.compile_po(po_path, tmp_path / "content.compiled")
    found = Compiled(tmp_path / "content.compiled").under("fiche-essai/")
    assert "fiche-essai/title" in found
    assert all(key.startswith("fiche-essai/") for key in found)


def test_compiled_form_has_the_stamp_of_its_source(po_path, tmp_path):
    catalog.compile_po(po_path, tmp_path / "content.compiled")
    assert Compiled(tmp_path / "content.compiled").stamp == catalog.stamp(po_path)
    po_path.write_text(po_path.read_text("utf-8") + "\n# one more comment\n", "utf-8")
    assert Compiled(tmp_path / "content.compiled").stamp != catalog.stamp(po_path)


DAMAGES = {
    "a quote is missing": (
        lambda t: t.replace('msgstr "In English: Fiche', 'msgstr "In English: "Fiche', 1),
        "line ",
    ),
    "a keyword is misspelt": (lambda t: t.replace('msgstr "In', 'msgsrt "In', 1), "line "),
    "a merge was left half done": (lambda t: t.replace("\nmsgctxt", "\n<<<<<<< mine\nmsgctxt", 1), "line "),
    "a key stands twice": (
        lambda t: t + '\nmsgctxt "fiche-essai/title"\nmsgid "Fiche d’essai"\nmsgstr "x"\n',
        "twice",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_catalog_is_one_clear_line_and_the_compiled_form_stays(po_path, damage):
    compiled = po_path.with_name("content.compiled")
    before = compiled.read_bytes()
    change, told = DAMAGES[damage]
    damaged = change(po_path.read_text("utf-8"))
    assert damaged != po_path.read_text("utf-8")
    po_path.write_text(damaged, "utf-8")
    with pytest.raises(ContentError, match=told) as caught:
        catalog.compile_po(po_path, compiled)
    [problem] = caught.value.problems
    assert problem.where == str(po_path) and problem.mend and "\n" not in str(problem)
    assert compiled.read_bytes() == before
    assert sorted(path.name for path in po_path.parent.iterdir()) == [
        "content.compiled",
        "content.po",
        "messages.mo",
        "messages.mo.stamp",
        "messages.po",
    ]


@pytest.mark.parametrize("content", ["é".encode("latin-1") * 10, b"\xff\xfe", b"\0\0\0\0"])
def test_catalog_that_is_no_text_is_one_clear_line(po_path, content):
    po_path.write_bytes(po_path.read_bytes() + content)
    with pytest.raises(ContentError) as caught:
        catalog.read_po(po_path)
    assert str(po_path) in str(caught.value) and "\n" not in str(caught.value)


def test_missing_catalog_is_one_clear_line(tmp_path):
    with pytest.raises(ContentError, match=r"content\.po"):
        catalog.read_po(tmp_path / "content.po")


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(po_path):
    plain = catalog.translations(catalog.read_po(po_path))
    po_path.write_bytes(b"\xef\xbb\xbf" + po_path.read_bytes().replace(b"\n", b"\r\n"))
    assert catalog.translations(catalog.read_po(po_path)) == plain


def test_damaged_compiled_form_is_one_clear_line_that_names_the_command(po_path):
    compiled = po_path.with_name("content.compiled")
    whole = compiled.read_bytes()
    pages = range(0, len(whole), 4096)
    damaged = [whole[:page] + b"\xa5" * 4096 + whole[page + 4096 :] for page in pages]
    for content in (b"", b"garbage" * 100, *(whole[:page] for page in pages), *damaged):
        compiled.write_bytes(content)
        with pytest.raises(ContentError, match="i18n compile") as caught:
            Compiled(compiled)
        assert str(compiled) in str(caught.value) and "\n" not in str(caught.value)


def test_missing_compiled_form_is_one_clear_line_that_names_the_command(tmp_path):
    with pytest.raises(ContentError, match="i18n compile"):
        Compiled(tmp_path / "content.compiled")
    assert not list(tmp_path.iterdir())
