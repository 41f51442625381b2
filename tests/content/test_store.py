"""Reading content.db: what readers may see of it, and what is said when it cannot be read."""

import shutil
import sqlite3
import threading
from contextlib import closing

import pytest
from sqlite_utils import Database

from webapp.content import mirror, remembered
from webapp.content.editor import Editor
from webapp.content.model import CardEntry, Code, ContentError, Country, Region, Review, Revision
from webapp.content.store import Store

ORDER = ("signaux-alerte", "fiche-essai", "urgence-essai", "anatomie-essai", "guide-essai")


def change(data, sql, *parameters):
    """Write into content.db past the editor, as an accident would."""
    with closing(sqlite3.connect(data / "content.db")) as db:
        db.execute(sql, parameters)
        db.commit()


# --- reads ---


def test_card_is_read_whole(store):
    card = store.card("fiche-essai")
    assert card.title == "Fiche d’essai"
    assert card.signs == ("saddle", "weakness", "constant")
    assert card.typical == ("buttock-deep", "thigh-back-upper")
    assert card.possible == ("sacrum",)
    assert card.search == ("essai", "fiche inventée", "œuvre")
    assert card.sections[0] == "in-brief" and card.sections[-1] == "questions"
    assert card.source_keys == ("editor", "S1", "S2", "S2b")


def test_unknown_card_is_none(store):
    assert store.card("inconnue") is None
    assert not store.is_withdrawn("inconnue")


@pytest.mark.parametrize("slug", ["fiche-essai' or '1'='1", "%", "", "FICHE-ESSAI", "\x00"])
def test_odd_slug_is_just_unknown(store, slug):
    assert store.card(slug) is None
    assert store.section(slug, "in-brief") == ()


def test_cards_come_in_the_editors_order(store):
    assert tuple(card.slug for card in store.cards()) == ORDER
    assert tuple(entry.slug for entry in store.entries()) == ORDER


def test_store_of_one_file_reads_a_card_once_and_a_writers_store_reads_it_anew(store, editor):
    assert store.card("fiche-essai") is store.card("fiche-essai")
    with editor._writing() as db:
        over = Store.over(db)
        assert over.card("fiche-essai")
        db.execute("update card set withdrawn = '2026-01-01' where slug = 'fiche-essai'")
        assert over.card("fiche-essai") is None
        assert len(over.entries()) == len(store.entries()) - 1
        db.execute("update card set withdrawn = null where slug = 'fiche-essai'")


def test_store_remembers_a_bounded_number_of_answers(store):
    for number in range(3 * remembered.MOST):
        store.card(f"inconnue-{number}")
    assert len(store.memory) <= remembered.MOST
    assert store.card("fiche-essai").slug == "fiche-essai"


def test_entries_of_some_cards_keep_the_editors_order(store):
    found = store.entries(("guide-essai", "inconnue", "fiche-essai"))
    assert [entry.slug for entry in found] == ["fiche-essai", "guide-essai"]
    assert found[0] == CardEntry(
        "fiche-essai",
        "Fiche d’essai",
        "Une affection inventée, qui ne sert qu’aux essais.",
        "condition",
        10,
    )
    assert store.entries(()) == ()


def test_withdrawn_card_is_gone_from_every_read_but_is_known_as_withdrawn(editor):
    editor.withdraw("guide-essai")
    store = Store(editor.path)
    assert store.card("guide-essai") is None
    assert store.is_withdrawn("guide-essai")
    assert store.withdrawn() == ("guide-essai",)
    assert store.section("guide-essai", "in-brief") == ()
    assert "guide-essai" not in [card.slug for card in store.cards()]
    assert "guide-essai" not in [entry.slug for entry in store.entries()]
    assert "guide-essai" not in [entry.slug for _, entry, _ in store.zone_cards({"sacrum"})]
    assert not [message for message in store.messages() if message.key.startswith("guide-essai/")]


def test_section_gives_its_blocks_in_order(store):
    assert [block.key for block in store.section("signaux-alerte", "while-waiting")] == [
        "keep-warm",
        "no-food",
    ]
    assert store.section("signaux-alerte", "nowhere") == ()


def test_zone_cards_name_zone_card_and_relation(store):
    found = [
        (zone, entry.slug, relation) for zone, entry, relation in store.zone_cards({"buttock-deep", "sacrum"})
    ]
    assert found == [
        ("buttock-deep", "fiche-essai", "typical"),
        ("sacrum", "fiche-essai", "possible"),
        ("buttock-deep", "urgence-essai", "possible"),
        ("buttock-deep", "anatomie-essai", "learn"),
        ("sacrum", "guide-essai", "possible"),
    ]
    assert store.zone_cards(()) == ()
    assert store.zone_cards({"chest"}) == ()


def test_regions_and_zones_come_in_the_order_of_the_form(store):
    assert store.regions()[0] == Region("sacrum", "Région d’essai du sacrum")
    assert [zone.id for zone in store.zones()][:3] == ["chest", "sacrum", "buttock-deep"]
    chest, _, buttock, *_ = store.zones()
    assert (chest.covered, chest.paired) == (False, False)
    assert (buttock.covered, buttock.paired) == (True, True)


def test_sources_come_in_the_order_asked_for(store):
    assert [source.key for source in store.sources(("S2b", "S1", "unknown"))] == ["S2b", "S1"]
    assert [source.key for source in store.sources()] == ["S1", "S2", "S2b", "editor"]


def test_terms_come_in_the_order_asked_for(store):
    assert [term.key for term in store.terms(("test-nerve", "test-bone"))] == ["test-nerve", "test-bone"]
    assert [term.key for term in store.terms()] == ["test-bone", "test-nerve"]


def test_countries_keep_their_order_numbers_and_dates(store):
    found = store.countries()
    assert [country.code for country in found] == ["EU", "FR", "MA", "DZ"]
    assert found[1].others == ("112", "18")
    assert found[3] == Country("DZ", "14")


def test_codes_say_what_they_stand_for(store):
    assert store.codes() == (Code("Z00", "examen d’essai"), Code("Z00.0", "examen d’essai complet"))
    assert {"code/Z00/label", "code/Z00.0/label"} <= {message.key for message in store.messages()}


def test_messages_are_every_translatable_text_once_in_order(store):
    keys = [message.key for message in store.messages()]
    assert len(set(keys)) == len(keys)
    assert keys[0] == "signaux-alerte/title"
    assert "fiche-essai/rest-risk" in keys
    assert "urgence-essai/waiting-shared" not in keys  # translated where it stands
    assert {"zone/groin/short-left", "term/test-bone/meaning", "country/MA/note"} <= set(keys)
    assert "country/MA/deaf" not in keys  # nothing to translate


def test_danger_signs_actions_and_names_of_places_are_safety_texts(store):
    safety = {message.key for message in store.messages() if message.is_safety}
    assert {
        "signaux-alerte/title",
        "signaux-alerte/saddle",
        "signaux-alerte/saddle-action",
        "signaux-alerte/fever-detail",
        "signaux-alerte/keep-warm",
        "urgence-essai/summary",
        "urgence-essai/do-not-lift",
        "fiche-essai/when-weakness",
        "zone/groin/left",
        "country/FR/deaf",
    } <= safety
    assert (
        not {"fiche-essai/title", "fiche-essai/when-long", "fiche-essai/rest", "term/test-bone/name"} & safety
    )


def test_history_is_read_oldest_first(editor, store, publish):
    publish("cards/fiche-essai", "La loupe", "La lampe")
    history = Store(editor.path).revisions("cards/fiche-essai")
    assert [revision.note for revision in history] == ["première version", "essai"]
    assert all(isinstance(revision, Revision) and revision.published for revision in history)
    assert len(Store(editor.path).revisions()) == len(store.revisions()) + 1


def test_state_counts_publications_and_hashes_the_text_readers_have(editor, store, publish):
    assert store.state("fiche-essai").version == 1
    publish("cards/fiche-essai", "La loupe", "La lampe")
    after = Store(editor.path).state("fiche-essai")
    assert after.version == 2
    assert after.sha256 == Store(editor.path).revisions("cards/fiche-essai")[-1].sha256
    assert after.changed
    assert Store(editor.path).state("inconnue").version == 0


def test_reviews_are_read_in_the_order_they_were_signed(editor, store):
    sha = store.state("fiche-essai").sha256
    first = Review("cards/fiche-essai", "fr", sha, "Dr Essai", "médecin", "2026-01-01")
    second = Review("cards/fiche-essai", "en", sha, "Test Reader", "translator", "2026-01-02")
    editor.sign(first)
    editor.sign(second)
    assert Store(editor.path).reviews("cards/fiche-essai") == (first, second)
    assert Store(editor.path).reviews("cards/guide-essai") == ()


def test_signed_only_withholds_cards_nobody_signed_in_their_present_words(editor, store, publish):
    sha = store.state("fiche-essai").sha256
    editor.sign(Review("cards/fiche-essai", "fr", sha, "Dr Essai", "médecin", "2026-01-01"))
    signed = Store(editor.path, signed_only=True)
    assert [entry.slug for entry in signed.entries()] == ["signaux-alerte", "fiche-essai"]
    publish("cards/fiche-essai", "La loupe", "La lampe")
    lapsed = Store(editor.path, signed_only=True)
    assert [entry.slug for entry in lapsed.entries()] == ["signaux-alerte"]
    assert lapsed.card("fiche-essai") is None and lapsed.zone_cards({"buttock-deep"}) == ()


# --- one store, one content ---


def test_store_in_use_keeps_its_content_when_the_file_is_replaced(store, publish):
    publish("cards/fiche-essai", "La loupe", "La lampe")
    assert "loupe" in store.card("fiche-essai").section("exams")[0].text


def test_threads_that_come_later_read_the_same_content(store, publish):
    publish("cards/fiche-essai", "La loupe", "La lampe")
    found = []
    thread = threading.Thread(target=lambda: found.append(store.card("fiche-essai").section("exams")[0].text))
    thread.start()
    thread.join()
    assert "loupe" in found[0], "a thread that first reads after a publication must not see half of another"


def test_many_threads_read_at_once_without_mixing_their_answers(store):
    wrong = []

    def read(slug):
        for _ in range(50):
            card = store.card(slug)
            if card.slug != slug or not all(block.key for block in card.blocks):
                wrong.append(card)

    threads = [threading.Thread(target=read, args=(slug,)) for slug in ORDER * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_store_is_read_through_a_link(data, tmp_path):
    (tmp_path / "link.db").symlink_to(data / "content.db")
    assert Store(tmp_path / "link.db").card("fiche-essai")


def test_store_is_read_in_a_folder_of_any_name(data, tmp_path):
    folder = tmp_path / "été ? #1 %20 100%"
    shutil.copytree(data, folder)
    assert Store(folder / "content.db").card("fiche-essai")


def test_reading_leaves_the_folder_as_it_is(data):
    before = {path: path.stat().st_mtime_ns for path in data.iterdir()}
    assert list(Store(data / "content.db").messages())
    assert {path: path.stat().st_mtime_ns for path in data.iterdir()} == before


# --- what cannot be read ---


def refusal(path):
    with pytest.raises(ContentError) as caught:
        Store(path)
    [problem] = caught.value.problems
    assert problem.where == str(path), "the line names the file"
    assert problem.mend and "\n" not in str(problem) and "Traceback" not in str(problem)
    return str(problem)


def test_missing_store_is_one_clear_line(tmp_path):
    assert "does not exist" in refusal(tmp_path / "content.db")
    assert not list(tmp_path.iterdir()), "looking for it must not create it"


def test_folder_in_its_place_is_one_clear_line(tmp_path):
    (tmp_path / "content.db").mkdir()
    assert "cannot be read" in refusal(tmp_path / "content.db")


@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b"Bonjour\n" * 500, b"SQLite format 3\0"])
def test_garbage_is_one_clear_line(tmp_path, content):
    path = tmp_path / "content.db"
    path.write_bytes(content)
    assert refusal(path)


def test_store_cut_short_anywhere_is_one_clear_line(data):
    whole = (data / "content.db").read_bytes()
    page = 4096
    for size in [1, 50, 99, 100, 1000, *range(page, len(whole), page), len(whole) - 1]:
        (data / "content.db").write_bytes(whole[:size])
        assert refusal(data / "content.db"), size


def test_store_with_any_page_overwritten_is_one_clear_line(data):
    whole = (data / "content.db").read_bytes()
    page = 4096
    for start in range(0, len(whole), page):
        (data / "content.db").write_bytes(whole[:start] + b"\xa5" * page + whole[start + page :])
        assert refusal(data / "content.db"), f"page {start // page + 1}"


def test_sqlite_file_of_another_program_is_not_ours(tmp_path):
    path = tmp_path / "content.db"
    other = Database(path)
    other["song"].insert({"title": "La Mer"})
    other.close()
    assert "is not a content store of Repère" in refusal(path)


def test_store_of_newer_software_asks_for_newer_software(data):
    change(
        data, "insert into _sqlite_migrations (migration_set, name, applied_at) values ('repere', 'm999', '')"
    )
    assert "newer Repère" in refusal(data / "content.db")


def test_store_of_an_older_schema_names_upgrade(data, next_schema):
    assert "manage.py upgrade" in refusal(data / "content.db")


def test_migrations_of_another_program_do_not_make_a_store_ours(data):
    change(data, "update _sqlite_migrations set migration_set = 'other'")
    assert "is not a content store" in refusal(data / "content.db")


def test_store_without_its_version_is_one_clear_line(data):
    change(data, "delete from meta")
    assert "cannot be read" in refusal(data / "content.db")


def test_store_that_never_published_anything_is_empty_and_not_damaged(tmp_path, request):
    fixture = request.path.parent.parent / "fixtures/content/reference/terms.toml"
    editor = Editor(tmp_path)
    editor.save(mirror.read([fixture]), author="Camille Essai", note="brouillon")
    store = Store(editor.path)
    assert store.terms() == () and tuple(store.cards()) == ()
    assert [revision.published for revision in store.revisions()] == [None]
