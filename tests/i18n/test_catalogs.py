"""The catalogs' upkeep: what extract, sync, compile and check do with real files."""

import gettext
import shutil
import subprocess

import polib
import pytest

from webapp.content import mirror
from webapp.content.catalog import Compiled, Translation
from webapp.content.model import ContentError
from webapp.content.store import Store
from webapp.i18n import catalogs, checks


@pytest.fixture
def data(built_checkable_data, tmp_path):
    """The invented content in languages for which `i18n check` finds nothing to say."""
    return shutil.copytree(built_checkable_data, tmp_path / "data")


@pytest.fixture
def folder(data):
    return data / "translations"


@pytest.fixture(scope="module")
def template():
    return catalogs.extract_messages()


def read(path):
    return polib.pofile(str(path), wrapwidth=0)


def edit(path, change):
    """Change a catalog as a translator's program would."""
    po = read(path)
    change(po)
    po.save()


def by_id(po, msgid):
    return next(entry for entry in po if entry.msgid == msgid)


def told(folder, store, locale=None):
    return [(problem.where, problem.what) for problem in checks.check_catalogs(folder, store, locale)]


# --- UI strings ---


def test_strings_come_from_code_and_templates_once_each(template):
    ids = [(entry.msgctxt, entry.msgid) for entry in template]
    assert len(set(ids)) == len(ids) > 50
    sources = {name.partition("/")[0] for entry in template for name, _ in entry.occurrences}
    assert {"templates", "content", "views"} <= sources


def test_headings_of_cards_are_strings_of_the_interface(template):
    assert {"En bref", "Appelez maintenant", "Questions à poser"} <= {entry.msgid for entry in template}


def test_every_locale_gets_its_own_plural_rule():
    assert catalogs.plural_forms("fr") == "nplurals=2; plural=(n > 1);"
    assert catalogs.plural_forms("ar").startswith("nplurals=6;")


@pytest.mark.parametrize(("locale", "count"), [("fr", 2), ("ro", 3), ("ar", 6), ("ja", 1)])
def test_plurals_have_as_many_forms_as_the_language(folder, store, locale, count):
    (folder / locale / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    catalogs.sync(folder, store)
    po = read(catalogs.po_path(folder, locale, "messages"))
    plurals = [entry for entry in po if entry.msgid_plural]
    assert plurals
    assert {len(entry.msgstr_plural) for entry in plurals} == {count}


def test_french_fills_itself_in_and_says_0_carte(folder):
    with catalogs.compiled_messages(folder, "fr").open("rb") as file:
        french = gettext.GNUTranslations(file)
    po = read(catalogs.po_path(folder, "fr", "messages"))
    assert not po.untranslated_entries()
    plural = next(entry for entry in po if entry.msgid_plural)
    assert french.ngettext(plural.msgid, plural.msgid_plural, 0) == plural.msgid
    assert french.ngettext(plural.msgid, plural.msgid_plural, 2) == plural.msgid_plural


def small(*ids, plural=None):
    po = polib.POFile(wrapwidth=0)
    for msgid in ids:
        po.append(polib.POEntry(msgid=msgid, msgid_plural=plural or ""))
    return po


def synced(existing, template, locale="en"):
    """Sync through the text, for that is what the next sync reads."""
    return polib.pofile(str(catalogs.sync_messages(existing, template, locale)), wrapwidth=0)


def translated(*ids, locale="en"):
    po = synced(polib.POFile(wrapwidth=0), small(*ids), locale)
    for entry in po:
        entry.msgstr = f"{entry.msgid} in English"
    return po


def test_string_is_known_by_its_french_and_another_one_starts_untranslated():
    po = synced(translated("Une carte"), small("Une fiche"))
    assert by_id(po, "Une fiche").msgstr == ""
    assert not by_id(po, "Une fiche").fuzzy


def test_string_taken_out_is_set_aside_and_comes_back():
    po = synced(translated("Une carte", "Un lien"), small("Un lien"))
    assert by_id(po, "Une carte").obsolete
    back = synced(po, small("Un lien", "Une carte"))
    assert (by_id(back, "Une carte").msgstr, by_id(back, "Une carte").obsolete) == ("Une carte in English", 0)


def test_plural_taken_out_is_set_aside_and_comes_back():
    template = small("%(count)s carte", plural="%(count)s cartes")
    po = synced(polib.POFile(wrapwidth=0), template)
    po[0].msgstr_plural = {0: "%(count)s card", 1: "%(count)s cards"}
    back = synced(synced(synced(po, small()), small()), template)
    assert back[0].msgstr_plural == {0: "%(count)s card", 1: "%(count)s cards"}


def test_doubtful_translation_stays_doubtful():
    po = translated("Une carte")
    po[0].flags = ["fuzzy"]
    assert synced(po, small("Une carte"))[0].fuzzy


def test_what_a_translators_program_writes_in_header_and_comments_stays():
    po = translated("Une carte")
    po.header = "Translated by the clinic."
    po.metadata["Last-Translator"] = "Test Reader"
    po[0].tcomment = "short, for the bar"
    again = synced(po, small("Une carte"))
    assert again.header.strip() == "Translated by the clinic."
    assert again.metadata["Last-Translator"] == "Test Reader"
    assert again[0].tcomment == "short, for the bar"


def test_second_sync_of_any_catalog_changes_nothing():
    po = translated("Une carte", "Un lien")
    by_id(po, "Une carte").flags = ["fuzzy"]
    by_id(po, "Une carte").previous_msgid = "Une fiche"
    once = synced(po, small("Un lien"))
    assert str(catalogs.sync_messages(once, small("Un lien"), "en")) == str(once)


# --- sync of a folder ---


def everything(folder):
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*.po*")}


def test_sync_of_what_is_in_step_writes_nothing(folder, store):
    before = everything(folder)
    assert catalogs.sync(folder, store) == {"fa": False, "ro": False, "fr": False}
    assert everything(folder) == before


def test_sync_after_a_change_names_the_locales_whose_files_changed(folder, editor, publish):
    publish("cards/fiche-essai", "La loupe", "La lampe")
    assert catalogs.sync(folder, Store(editor.path)) == {"fa": True, "ro": True, "fr": False}
    entry = by_id(read(catalogs.po_path(folder, "fa", "content")), "La lampe d’essai suffit.")
    assert entry.fuzzy and entry.previous_msgid == "La loupe d’essai suffit."
    assert by_id(read(folder / "content.pot"), "La lampe d’essai suffit.").msgstr == ""


def test_new_locale_begins_with_empty_catalogs(folder, store):
    (folder / "de" / "LC_MESSAGES").mkdir(parents=True)
    assert catalogs.sync(folder, store)["de"] is True
    assert catalogs.locales(folder) == ("de", "fa", "fr", "ro")
    for domain in ("messages", "content"):
        po = read(catalogs.po_path(folder, "de", domain))
        assert po.metadata["Language"] == "de" and len(po.untranslated_entries()) == len(po)


def test_damaged_catalog_stops_the_sync_with_its_name_and_line(folder, store):
    path = catalogs.po_path(folder, "ro", "content")
    damaged = path.read_text("utf-8").replace('msgstr "În', 'msgsrt "În', 1)
    path.write_text(damaged, "utf-8")
    with pytest.raises(ContentError, match="line ") as caught:
        catalogs.sync(folder, store)
    assert str(path) in str(caught.value)
    assert path.read_text("utf-8") == damaged


def test_files_are_the_same_however_often_a_program_saves_them(folder, store):
    """What Poedit does to a file (wrapped lines, its own headers) is undone but for what it says."""
    path = catalogs.po_path(folder, "ro", "content")
    before = path.read_text("utf-8")
    po = polib.pofile(str(path), wrapwidth=78)
    po.metadata["X-Generator"] = "Poedit 3.4"
    po.save()
    assert path.read_text("utf-8") != before
    catalogs.sync(folder, store)
    assert path.read_text("utf-8").replace('"X-Generator: Poedit 3.4\\n"\n', "") == before


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="GNU gettext is not installed")
@pytest.mark.parametrize("locale", ["fr", "ro", "fa"])
def test_gnu_gettext_accepts_every_catalog(folder, locale):
    for path in (folder / locale / "LC_MESSAGES").glob("*.po"):
        subprocess.run(["msgfmt", "-c", "-o", "/dev/null", path], check=True, capture_output=True)


# --- compile ---


def test_compiling_what_is_compiled_does_nothing(folder):
    assert catalogs.compile_all(folder) == []


def test_only_what_changed_is_compiled(folder):
    edit(catalogs.po_path(folder, "ro", "content"), lambda po: setattr(po[0], "msgstr", "Other words"))
    assert catalogs.compile_all(folder) == ["ro"]
    key = read(catalogs.po_path(folder, "ro", "content"))[0].msgctxt
    assert Compiled(catalogs.compiled_content(folder, "ro")).all()[key].text == "Other words"


def test_everything_readers_need_is_compiled_from_nothing(folder):
    for path in (*folder.rglob("*.mo"), *folder.rglob("*.stamp"), *folder.rglob("*.compiled")):
        path.unlink()
    assert catalogs.compile_all(folder) == ["fa", "fr", "ro"]
    assert all(path.exists() for path in catalogs.compiled_paths(folder))


@pytest.mark.parametrize("name", ["content.compiled", "messages.mo"])
def test_missing_compiled_file_is_built_again(folder, name):
    (folder / "ro" / "LC_MESSAGES" / name).unlink()
    assert catalogs.compile_all(folder) == ["ro"]


@pytest.mark.parametrize("name", ["content.compiled", "messages.mo"])
@pytest.mark.parametrize("size", [0, 10, 2000])
def test_damaged_compiled_file_is_built_again(folder, name, size):
    path = folder / "ro" / "LC_MESSAGES" / name
    whole = path.read_bytes()
    path.write_bytes(whole[:size])
    assert catalogs.compile_all(folder) == ["ro"]
    assert path.stat().st_size == len(whole)


@pytest.mark.parametrize("domain", ["messages", "content"])
def test_missing_source_is_one_clear_line_that_names_sync(folder, domain):
    path = catalogs.po_path(folder, "ro", domain)
    path.unlink()
    with pytest.raises(ContentError, match="i18n sync") as caught:
        catalogs.compile_all(folder)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("domain", ["messages", "content"])
def test_damaged_source_is_one_clear_line_and_readers_keep_what_they_have(folder, domain):
    path = catalogs.po_path(folder, "ro", domain)
    before = {p: p.read_bytes() for p in catalogs.compiled_paths(folder)}
    path.write_text(path.read_text("utf-8").replace('msgstr "În', 'msgsrt "În', 1), "utf-8")
    with pytest.raises(ContentError, match="line ") as caught:
        catalogs.compile_all(folder)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)
    assert {p: p.read_bytes() for p in catalogs.compiled_paths(folder)} == before


def test_drafts_of_content_are_compiled_without_the_french_they_would_stand_for(folder):
    edit(catalogs.po_path(folder, "ro", "content"), lambda po: po[0].flags.append("fuzzy"))
    catalogs.compile_all(folder)
    po = read(catalogs.po_path(folder, "ro", "content"))
    found = Compiled(catalogs.compiled_content(folder, "ro")).all()
    assert found[po[0].msgctxt] == Translation(po[0].msgstr, "")


def test_untranslated_strings_are_counted_as_readers_get_them(folder):
    assert catalogs.untranslated_messages(folder, "ro") == 0
    path = catalogs.po_path(folder, "ro", "messages")
    edit(path, lambda po: (setattr(po[0], "msgstr", ""), po[1].flags.append("fuzzy")))
    assert catalogs.untranslated_messages(folder, "ro") == 0
    catalogs.compile_all(folder)
    assert catalogs.untranslated_messages(folder, "ro") == 2


def test_plural_with_a_form_missing_is_untranslated(folder):
    def forget(po):
        next(entry for entry in po if entry.msgid_plural).msgstr_plural[3] = ""

    edit(catalogs.po_path(folder, "fa", "messages"), forget)
    catalogs.compile_all(folder)
    assert catalogs.untranslated_messages(folder, "fa") == 1


# --- check ---


def test_invented_catalogs_have_no_fault(folder, store):
    assert told(folder, store) == []


def test_fault_names_file_locale_and_key(folder, store):
    def spoil(po):
        next(entry for entry in po if entry.msgctxt == "fiche-essai/size").msgstr = "A test of 12 words."

    edit(catalogs.po_path(folder, "ro", "content"), spoil)
    [(where, what)] = told(folder, store)
    assert where == "content.po ro fiche-essai/size"
    assert what == "numbers differ (missing: 1234, 2.5; new: 12)"


def test_only_the_locale_asked_for_is_checked(folder, store):
    edit(catalogs.po_path(folder, "ro", "content"), lambda po: setattr(po[0], "msgstr", "<b>"))
    assert told(folder, store, "fa") == []
    assert told(folder, store, "ro")


def test_locale_that_is_not_there_is_told_with_those_that_are(folder, store):
    with pytest.raises(ContentError, match="one of fa, fr, ro"):
        told(folder, store, "de")


def test_stale_and_draft_texts_are_not_checked_against_a_french_they_do_not_translate(
    folder, editor, publish
):
    publish("cards/fiche-essai", "Sur 100 essais, 5 concernent", "Sur 100 essais, 7 concernent")
    catalogs.sync(folder, Store(editor.path))
    assert told(folder, Store(editor.path)) == []


def test_catalogs_behind_the_french_are_told_to_sync(folder, editor, store):
    text = mirror.documents(store)["cards/guide-essai"]
    text = text.replace("- Ouvrez le livre d’essai. {#open-book}", "- Fermez-le. {#close-book}")
    editor.save({"cards/guide-essai": text}, author="", note="")
    editor.publish()
    found = told(folder, Store(editor.path), "ro")
    assert found == [
        ("content.po ro guide-essai/open-book", "is a key the French does not have"),
        ("content.po ro guide-essai/close-book", "is missing from the catalog"),
    ]


def test_sentence_behind_the_french_is_told_to_sync(folder, editor, publish):
    publish("cards/fiche-essai", "La loupe", "La lampe")
    assert told(folder, Store(editor.path), "ro") == [
        ("content.po ro fiche-essai/magnifier", "does not have today's French")
    ]


def test_interface_strings_behind_the_code_are_told_to_sync(folder, store):
    edit(catalogs.po_path(folder, "ro", "messages"), lambda po: po.remove(po[0]))
    assert told(folder, store) == [("messages.po ro", "does not have today's strings")]


def test_lost_placeholder_of_the_interface_is_told(folder, store):
    def forget(po):
        entry = next(e for e in po if "%(" in e.msgid and not e.msgid_plural)
        entry.msgstr = "nothing"

    edit(catalogs.po_path(folder, "fa", "messages"), forget)
    [(where, what)] = told(folder, store)
    assert where.startswith("messages.po fa «") and what.startswith("placeholder ")


@pytest.mark.parametrize("domain", ["messages", "content"])
def test_damaged_catalog_is_told_and_the_others_are_still_checked(folder, store, domain):
    path = catalogs.po_path(folder, "fa", domain)
    path.write_text(path.read_text("utf-8").replace("msgstr", "msgsrt", 2), "utf-8")
    edit(catalogs.po_path(folder, "ro", "content"), lambda po: setattr(po[0], "msgstr", "<b>"))
    found = told(folder, store)
    assert found[0][0] == str(path) and "not a readable catalog" in found[0][1]
    assert any(where.startswith("content.po ro") for where, _ in found)


def test_missing_catalog_is_told(folder, store):
    catalogs.po_path(folder, "ro", "messages").unlink()
    [(where, what)] = told(folder, store, "ro")
    assert where.endswith("ro/LC_MESSAGES/messages.po") and "not a readable catalog" in what
