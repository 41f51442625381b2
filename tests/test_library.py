"""Store and catalogs as one generation: what is new is seen at once, what is damaged never replaces what works."""

import datetime as dt
import shutil
import threading
from dataclasses import replace
from types import SimpleNamespace

import polib
import pytest

from webapp import library
from webapp.content import bell
from webapp.content.catalog import write_po
from webapp.content.editor import Editor
from webapp.content.model import ContentError, Review
from webapp.content.store import Store
from webapp.i18n import catalogs, offering
from webapp.library import Shelf
from webapp.settings import Settings


@pytest.fixture
def settings(data):
    return Settings(data=data)


@pytest.fixture
def warnings():
    return []


@pytest.fixture
def shelf(settings, warnings):
    return Shelf(settings, "these pages", warnings.append, look_every=0)


@pytest.fixture
def open_again(settings):
    """`open_again(locales=("en",))`: what a server started now, with other settings, would offer."""
    return lambda pages="these pages", **changed: Shelf(replace(settings, **changed), pages, print).current()


def exams(found):
    return found.store.card("fiche-essai").section("exams")[0].text


def place(found, locale="en"):
    localizer = found.localizer(locale)
    return localizer.card(found.store.card("fiche-essai")).sections["where"][0].text.text


# --- new content ---


def test_same_generation_is_read_while_nothing_changes(shelf):
    assert shelf.current() is shelf.current()


def test_new_content_is_seen_by_the_next_request_without_a_restart(shelf, publish, warnings):
    before = shelf.current()
    publish("cards/fiche-essai", "La loupe", "La lampe")
    assert exams(shelf.current()) == "La lampe d’essai suffit."
    assert shelf.current().version != before.version
    assert warnings == []


def test_request_under_way_keeps_the_generation_it_began_with(shelf, publish, translate):
    before = shelf.current()
    version = before.version
    publish("cards/fiche-essai", "La loupe", "La lampe")
    translate("en", "fiche-essai/place", "Other words.")
    shelf.current()
    assert exams(before) == "La loupe d’essai suffit."
    assert place(before).startswith("In English: ")
    assert before.version == version


def test_new_catalog_is_seen_by_the_next_request_without_a_restart(shelf, translate):
    before = shelf.current().version
    translate("en", "fiche-essai/place", "Other words.")
    assert place(shelf.current()) == "Other words."
    assert shelf.current().version != before


def test_new_interface_strings_are_seen_without_a_restart(shelf, data):
    before = shelf.current().version
    path = catalogs.po_path(data / "translations", "en", "messages")
    po = polib.pofile(str(path), wrapwidth=0)
    po[0].msgstr = "Other words"
    write_po(po, path)
    assert shelf.current().version == before, "a file being edited is not read"
    catalogs.compile_all(data / "translations")
    assert shelf.current().version != before


def test_new_locale_is_seen_without_a_restart(shelf, data, store):
    (data / "translations" / "de" / "LC_MESSAGES").mkdir(parents=True)
    catalogs.sync(data / "translations", store)
    catalogs.compile_all(data / "translations")
    assert shelf.current().locales == ("fr", "ar", "de", "en")
    assert shelf.current().offered == ("fr", "ar", "en")


def test_draft_is_no_new_content(shelf, editor, store):
    before = shelf.current().version
    text = store.revisions("cards/fiche-essai")[-1].text.replace("La loupe", "La lampe")
    editor.save({"cards/fiche-essai": text}, author="", note="")
    assert shelf.current().version == before


def test_readers_never_see_two_contents_mixed_while_others_publish(shelf, editor):
    """Eight readers; ten publications. Every answer belongs wholly to one version."""
    said, mixed, reads = {shelf.current().store.version: exams(shelf.current())}, [], []
    is_over = threading.Event()

    def read():
        while not is_over.is_set():
            found = shelf.current()
            reads.append((found.store.version, exams(found), exams(found)))

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for number in range(10):
        text = Store(editor.path).revisions("cards/fiche-essai")[-1].text
        new = text.replace(exams(shelf.current()), f"La loupe numéro {number} suffit.")
        editor.save({"cards/fiche-essai": new}, author="", note="")
        editor.publish()
        said[Store(editor.path).version] = f"La loupe numéro {number} suffit."
    is_over.set()
    for reader in readers:
        reader.join()
    mixed = [read for read in reads if read[1:] != (said[read[0]],) * 2]
    assert len(said) == 11 and len(reads) > 8
    assert mixed == []


# --- the bell ---


@pytest.fixture
def deaf_shelf(settings, warnings):
    """A shelf that looks at content.db and the bell alone: nobody waits for its next look at all files."""
    return Shelf(settings, "these pages", warnings.append, look_every=1e9)


def test_all_our_own_writers_are_heard_at_once(deaf_shelf, data, publish, translate, run):
    seen = [deaf_shelf.current()]

    def is_new():
        seen.append(deaf_shelf.current())
        return seen[-1] is not seen[-2]

    run("backup", "before.zip")
    assert not is_new()
    translate("en", "fiche-essai/place", "Other words.")
    assert is_new() and place(deaf_shelf.current()) == "Other words."
    publish("cards/fiche-essai", "La loupe", "La lampe")
    assert is_new() and exams(deaf_shelf.current()) == "La lampe d’essai suffit."
    run("i18n", "withdraw", "en", "--yes")
    assert is_new() and deaf_shelf.current().offered == ("fr", "ar")
    run("i18n", "offer", "en")
    assert is_new() and deaf_shelf.current().offered == ("fr", "ar", "en")
    run("restore", "before.zip")
    assert is_new() and exams(deaf_shelf.current()) == "La loupe d’essai suffit."
    assert place(deaf_shelf.current()).startswith("In English: ")


def test_file_system_is_asked_again_after_a_moment_and_no_writer_is_done_before(
    deaf_shelf, data, publish, monkeypatch
):
    clock, waits = [1000.0], []
    monkeypatch.setattr(library.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(
        library.time, "sleep", lambda s: waits.append((s, Store(data / "content.db").version))
    )
    before = deaf_shelf.current()
    publish("cards/fiche-essai", "La loupe", "La lampe")
    assert deaf_shelf.current() is before
    clock[0] += bell.HEARD_WITHIN
    after = deaf_shelf.current()
    assert after is not before
    assert waits[-1] == (bell.HEARD_WITHIN, after.store.version), "when it waits, all is in place"
    waits.clear()
    bell.ring(data / "translations")
    assert [wait for wait, _version in waits] == [bell.HEARD_WITHIN]


def test_bell_rung_twice_at_once_is_heard_twice(deaf_shelf, data):
    seen = set()
    for _ in range(200):
        bell.ring(data / "translations")
        seen.add(library._states(deaf_shelf._bell))
    assert len(seen) == 200


def test_catalogs_that_nobody_replaced_are_kept_by_the_next_generation(shelf, publish, translate):
    before = shelf.current()
    publish("cards/fiche-essai", "La loupe", "La lampe")
    after = shelf.current()
    assert after is not before and after.compiled["en"] is before.compiled["en"]
    translate("en", "fiche-essai/place", "Other words.")
    assert shelf.current().compiled["en"] is not before.compiled["en"]
    assert shelf.current().compiled["ar"] is before.compiled["ar"]


# --- damaged content ---


def spoil_store(data):
    (data / "content.db").write_bytes(b"garbage" * 1000)


def cut_store(data):
    whole = (data / "content.db").read_bytes()
    (data / "content.db").write_bytes(whole[: len(whole) // 2])


def remove_store(data):
    (data / "content.db").unlink()


def spoil_catalog(data):
    catalogs.compiled_content(data / "translations", "en").write_bytes(b"garbage")


def remove_catalog(data):
    catalogs.compiled_content(data / "translations", "en").unlink()


def spoil_strings(data):
    catalogs.compiled_messages(data / "translations", "en").write_bytes(b"garbage")


def cut_strings(data):
    path = catalogs.compiled_messages(data / "translations", "en")
    path.write_bytes(path.read_bytes()[:2000])


def remove_strings(data):
    catalogs.compiled_messages(data / "translations", "en").unlink()


def remove_french(data):
    shutil.rmtree(data / "translations" / "fr" / "LC_MESSAGES")


DAMAGES = [
    remove_french,
    spoil_store,
    cut_store,
    remove_store,
    spoil_catalog,
    remove_catalog,
    spoil_strings,
    cut_strings,
    remove_strings,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_keeps_the_old_content_and_warns_once(shelf, data, warnings, damage):
    before = shelf.current()
    damage(data)
    assert all(shelf.current() is before for _ in range(5))
    assert exams(shelf.current()) == "La loupe d’essai suffit."
    assert len(warnings) == 1
    assert str(data) in warnings[0] and "\n" not in warnings[0]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_at_start_is_one_clear_line(settings, data, damage):
    damage(data)
    with pytest.raises(ContentError) as caught:
        Shelf(settings, "", print)
    [problem] = caught.value.problems
    assert str(data) in problem.where and problem.mend and "\n" not in str(problem)


def test_folder_that_goes_while_it_is_listed_keeps_the_old_content(shelf, monkeypatch, warnings):
    before = shelf.current()

    def vanish(folder):
        raise FileNotFoundError(2, "No such file or directory", str(folder))

    monkeypatch.setattr(catalogs, "locales", vanish)
    assert shelf.current() is before
    assert len(warnings) == 1
    monkeypatch.undo()
    assert shelf.current().version == before.version


def test_mended_content_is_seen_again(shelf, data, publish, warnings):
    whole = (data / "content.db").read_bytes()
    spoil_store(data)
    shelf.current()
    (data / "content.db").write_bytes(whole)
    publish("cards/fiche-essai", "La loupe", "La lampe")
    assert exams(shelf.current()) == "La lampe d’essai suffit."
    assert len(warnings) == 1


@pytest.mark.parametrize("domain", ["messages", "content"])
def test_file_that_a_translator_left_damaged_does_not_hold_back_new_content(
    shelf, data, publish, warnings, domain
):
    path = catalogs.po_path(data / "translations", "en", domain)
    path.write_text(path.read_text("utf-8").replace("msgstr", "msgsrt"), "utf-8")
    publish("cards/fiche-essai", "La loupe", "La lampe")
    assert exams(shelf.current()) == "La lampe d’essai suffit."
    assert shelf.current().offered == ("fr", "ar", "en")
    assert warnings == []


def test_older_store_at_start_names_the_command(settings, next_schema):
    with pytest.raises(ContentError, match=r"manage\.py upgrade"):
        Shelf(settings, "", print)


def test_folder_that_is_no_locale_is_one_clear_line(settings, data):
    (data / "translations" / "klingonese" / "LC_MESSAGES").mkdir(parents=True)
    with pytest.raises(ContentError, match="klingonese is not a locale"):
        Shelf(settings, "", print)


# --- which languages are offered ---


def test_complete_locales_are_offered_and_french_comes_first(shelf):
    assert shelf.current().locales == shelf.current().offered == ("fr", "ar", "en")


def test_ordinary_text_may_be_missing(shelf, translate):
    translate("en", "fiche-essai/place", "")
    assert "en" in shelf.current().offered


@pytest.mark.parametrize(
    "key",
    [
        "signaux-alerte/saddle",
        "signaux-alerte/saddle-action",
        "signaux-alerte/fever-detail",
        "urgence-essai/title",
        "zone/groin/left",
        "country/FR/deaf",
        "fiche-essai/when-saddle",
    ],
)
@pytest.mark.parametrize("is_fuzzy", [False, True])
def test_safety_text_missing_or_unconfirmed_withholds_the_locale(shelf, translate, key, is_fuzzy):
    translate("en", key, "Perhaps?" if is_fuzzy else "", is_fuzzy=is_fuzzy)
    found = shelf.current()
    assert found.offered == ("fr", "ar")
    assert found.locales == ("fr", "ar", "en")
    assert found.why_not_offered("en") == "1 safety texts are not translated"


def test_interface_string_missing_withholds_the_locale(shelf, data):
    path = catalogs.po_path(data / "translations", "en", "messages")
    po = polib.pofile(str(path), wrapwidth=0)
    po[0].msgstr = ""
    write_po(po, path)
    catalogs.compile_all(data / "translations")
    assert shelf.current().why_not_offered("en") == "1 UI strings are not translated"


def test_stale_safety_text_does_not_take_a_language_away(shelf, publish, data, editor):
    offering.remember(data / "translations", shelf.current().offered[1:])
    publish("cards/signaux-alerte", "restez au chaud", "restez au frais")
    assert "en" in shelf.current().offered
    catalogs.sync(data / "translations", Store(editor.path))
    catalogs.compile_all(data / "translations")
    assert "en" in shelf.current().offered


@pytest.mark.parametrize("kind", ["unsafe", "new"])
def test_later_changes_of_the_french_never_take_a_language_away(shelf, editor, store, kind):
    offering.remember(editor.data / "translations", shelf.current().offered[1:])
    text = store.revisions("cards/signaux-alerte")[-1].text
    if kind == "unsafe":
        text = text.replace("restez au chaud", "restez au frais")
    else:
        text = text.replace("{#keep-warm S1}", "{#keep-warm S1}\n\nEssai : criez. {#shout S1}")
    editor.save(
        {"cards/signaux-alerte": text}, author="", note="", kind=kind if kind == "unsafe" else "meaning"
    )
    editor.publish()
    assert "en" in shelf.current().offered


def test_host_may_offer_fewer_languages(open_again):
    assert open_again(locales=("ar",)).offered == ("fr", "ar")
    assert open_again(locales=("ar",)).why_not_offered("en") == "not in REPERE_LOCALES"
    assert open_again(locales=("fr",)).offered == ("fr",)


@pytest.mark.parametrize("name", ["de", "EN", "ar-MA", "en;ar"])
def test_language_asked_for_that_has_no_catalogs_is_one_clear_line(open_again, name):
    with pytest.raises(ContentError, match=r"REPERE_LOCALES.*choose among ar, en, fr"):
        open_again(locales=("en", name))


def test_review_required_withholds_what_nobody_signed(open_again, data):
    found = open_again(require_review=True)
    assert [entry.slug for entry in found.store.entries()] == ["signaux-alerte"]
    assert found.offered == ("fr",)
    assert found.why_not_offered("en") == "1 cards have no second person's sign-off"


def test_review_required_shows_what_was_signed_until_the_words_change(open_again, editor, store, publish):
    sha = store.state("fiche-essai").sha256
    editor.sign(Review("cards/fiche-essai", "fr", sha, "Dr Essai", "médecin", "2026-01-01"))
    assert open_again(require_review=True).store.card("fiche-essai")
    publish("cards/fiche-essai", "La loupe", "La lampe")
    assert open_again(require_review=True).store.card("fiche-essai") is None


def test_progress_counts_current_texts(shelf, translate):
    total = len(list(shelf.current().store.messages()))
    assert shelf.current().progress("fr") == shelf.current().progress("en") == (total, total)
    translate("en", "fiche-essai/place", "")
    assert shelf.current().progress("en") == (total - 1, total)


# --- version ---


def test_version_is_the_same_for_the_same_content_wherever_it_lies(open_again, data, tmp_path):
    moved = data.rename(tmp_path / "moved")
    assert open_again(data=moved).version == open_again(data=moved).version


@pytest.mark.parametrize(
    "changed",
    [
        {"pages": "other pages"},
        {"origin": "https://example.org"},
        {"locales": ("en",)},
        {"publisher": "Clinique d’essai"},
        {"require_review": True},
    ],
)
def test_version_changes_with_whatever_changes_pages(open_again, changed):
    assert open_again(**changed).version != open_again().version


def test_version_changes_with_the_day_for_due_dates_change_pages(shelf, monkeypatch):
    today = shelf.current().version

    class Tomorrow(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz) + dt.timedelta(days=1)

    monkeypatch.setattr(library, "dt", SimpleNamespace(datetime=Tomorrow, UTC=dt.UTC))
    assert shelf.current().version != today


def test_withdrawal_changes_the_version_and_takes_the_card_away(shelf, data):
    before = shelf.current().version
    Editor(data).withdraw("guide-essai")
    found = shelf.current()
    assert found.version != before
    assert found.store.card("guide-essai") is None and found.store.is_withdrawn("guide-essai")


def test_places_are_those_of_the_generation(shelf):
    assert "groin-left" in shelf.current().places.by_id
