"""Writing content.db: drafts and publication, and a store that is whole whatever happens to its writer."""

import os
import random
import resource
import signal
import sqlite3
import stat
import sys
import tempfile
import threading
import traceback
from contextlib import closing
from pathlib import Path

import pytest

from webapp.content import mirror, validate
from webapp.content.editor import Editor
from webapp.content.model import Code, ContentError, Review
from webapp.content.store import Store

CARD = "cards/fiche-essai"


@pytest.fixture
def draft(editor):
    """`draft("La loupe", "La lampe")`: save a draft of the card with these words changed."""

    def save(old, new, name=CARD, **said):
        text = Store(editor.path).revisions(name)[-1].text
        assert old in text
        return editor.save({name: text.replace(old, new)}, **{"author": "Camille", "note": "essai", **said})

    return save


def exams(editor):
    return Store(editor.path).card("fiche-essai").section("exams")[0].text


def version(editor):
    return Store(editor.path).version


# --- drafts ---


def test_saved_draft_is_kept_with_who_why_and_what_kind(editor, draft):
    assert draft("La loupe", "La lampe", author="Camille", note="mieux voir", kind="typo") == (CARD,)
    revision = Store(editor.path).revisions(CARD)[-1]
    assert (revision.author, revision.note, revision.kind, revision.published) == (
        "Camille",
        "mieux voir",
        "typo",
        None,
    )
    assert "La lampe" in revision.text


def test_readers_see_nothing_of_a_draft(editor, draft):
    before = (version(editor), mirror.documents(Store(editor.path)))
    draft("La loupe", "La lampe")
    assert (version(editor), mirror.documents(Store(editor.path))) == before


def test_text_is_kept_in_its_canonical_form(editor):
    text = Store(editor.path).revisions(CARD)[-1].text
    assert editor.save({CARD: text.replace("\n", "\r\n") + "\n\n"}, author="Camille", note="") == ()


def test_saving_the_same_text_keeps_nothing(editor):
    texts = mirror.documents(Store(editor.path))
    assert editor.save(texts, author="Camille", note="") == ()
    assert len(Store(editor.path).revisions()) == len(texts)


def test_a_fault_in_one_document_keeps_none_and_tells_the_faults_of_all(editor):
    texts = mirror.documents(Store(editor.path))
    with pytest.raises(ContentError) as caught:
        editor.save(
            {
                CARD: texts[CARD].replace("La loupe", "La lampe"),
                "cards/guide-essai": texts["cards/guide-essai"].replace("order = 40", "order = true"),
                "reference/terms": "[[word]]",
            },
            author="Camille",
            note="",
        )
    assert [problem.where for problem in caught.value.problems] == ["guide-essai:7", "terms.toml"]
    assert len(Store(editor.path).revisions()) == len(texts)


# --- publication ---


def test_published_draft_is_what_readers_see(editor, draft):
    draft("La loupe", "La lampe")
    assert editor.publish() == (CARD,)
    assert exams(editor) == "La lampe d’essai suffit."
    assert mirror.documents(Store(editor.path))[CARD] == Store(editor.path).revisions(CARD)[-1].text


def test_writing_nothing_new_leaves_the_very_same_file(editor):
    before = (editor.path.stat().st_ino, editor.path.read_bytes())
    assert editor.publish() == ()
    assert editor.save(mirror.documents(Store(editor.path)), author="Camille", note="") == ()
    assert editor.upgrade() == ()
    assert (editor.path.stat().st_ino, editor.path.read_bytes()) == before


def test_only_the_named_drafts_are_published(editor, draft):
    draft("La loupe", "La lampe")
    draft("Ouvrez le livre", "Fermez le livre", name="cards/guide-essai")
    assert editor.publish(("cards/guide-essai",)) == ("cards/guide-essai",)
    assert exams(editor) == "La loupe d’essai suffit."
    assert editor.publish() == (CARD,)


def test_latest_draft_wins_and_an_earlier_one_never_comes_back(editor, draft):
    draft("La loupe", "La lampe")
    draft("La lampe", "La bougie")
    assert editor.publish() == (CARD,)
    assert exams(editor) == "La bougie d’essai suffit."
    assert editor.publish() == ()
    assert exams(editor) == "La bougie d’essai suffit."


def test_draft_that_goes_back_to_what_is_published_changes_nothing_for_readers(editor, draft):
    before = version(editor)
    draft("La loupe", "La lampe")
    draft("La lampe", "La loupe")
    editor.publish()
    assert version(editor) == before
    assert exams(editor) == "La loupe d’essai suffit."


def test_card_and_the_source_it_needs_are_published_together(editor):
    texts = mirror.documents(Store(editor.path))
    editor.save(
        {
            CARD: texts[CARD].replace("{#magnifier S2}", "{#magnifier S3}"),
            "reference/sources": texts["reference/sources"].replace('"S2b"', '"S3"'),
        },
        author="Camille",
        note="",
    )
    with pytest.raises(ContentError, match="«S3» does not exist"):
        editor.publish((CARD,))
    with pytest.raises(ContentError, match="«S2b» does not exist"):
        editor.publish()
    editor.save(
        {CARD: texts[CARD].replace("S2b", "S3").replace("{#magnifier S2}", "{#magnifier S3}")},
        author="Camille",
        note="",
    )
    assert editor.publish() == (CARD, "reference/sources")


def test_nothing_is_published_while_anything_would_be_wrong(editor, draft):
    draft("Ouvrez le livre", "Fermez le livre", name="cards/guide-essai")
    draft("(card:anatomie-essai)", "(card:nulle-part)")
    before = editor.path.read_bytes()
    with pytest.raises(ContentError, match="nulle-part"):
        editor.publish()
    assert editor.path.read_bytes() == before
    assert editor.publish(("cards/guide-essai",))


def test_changed_order_of_blocks_and_zones_is_published(editor, draft):
    draft('["buttock-deep", "thigh-back-upper"]', '["thigh-back-upper", "groin"]')
    draft("- L’essai dure. {#when-long U2 S2}\n\n", "")
    editor.publish()
    card = Store(editor.path).card("fiche-essai")
    assert card.typical == ("thigh-back-upper", "groin")
    assert [block.key for block in card.section("when")] == ["when-saddle", "when-weakness", "when-bored"]


def test_version_changes_only_when_readers_see_something_else(editor, draft):
    first = version(editor)
    draft("La loupe", "La lampe")
    assert version(editor) == first
    editor.publish()
    second = version(editor)
    assert second != first
    editor.publish()
    editor.save({}, author="Camille", note="")
    assert version(editor) == second
    draft("La lampe", "La loupe")
    editor.publish()
    assert version(editor) == first


def test_a_sign_off_changes_what_readers_see(editor):
    before = version(editor)
    editor.sign(Review(CARD, "fr", "0" * 64, "Dr Essai", "médecin", "2026-01-01"))
    assert version(editor) != before


def test_first_publication_makes_a_store_readable_by_everybody(tmp_path, built_data):
    texts = mirror.documents(Store(built_data / "content.db"))
    editor = Editor(tmp_path)
    editor.save(texts, author="Camille", note="")
    assert set(editor.publish()) == set(texts)
    assert mirror.documents(Store(editor.path)) == texts
    assert stat.S_IMODE(editor.path.stat().st_mode) == 0o644


# --- taking back ---


def test_withdrawn_card_changes_the_version_and_may_be_linked_to(editor):
    before = version(editor)
    editor.withdraw("anatomie-essai")  # fiche-essai links to it
    assert version(editor) != before
    assert Store(editor.path).is_withdrawn("anatomie-essai")


def test_withdrawn_card_comes_back_when_it_is_published_again(editor, draft):
    editor.withdraw("guide-essai")
    draft("Ouvrez le livre", "Fermez le livre", name="cards/guide-essai")
    editor.publish()
    assert Store(editor.path).card("guide-essai")


@pytest.mark.parametrize(
    ("slug", "what"),
    [
        ("inconnue", "is not published"),
        ("signaux-alerte", "holds every danger sign"),
    ],
)
def test_what_cannot_be_withdrawn_stays(editor, slug, what):
    before = editor.path.read_bytes()
    with pytest.raises(ContentError, match=what):
        editor.withdraw(slug)
    assert editor.path.read_bytes() == before


def test_card_withdrawn_twice_is_told(editor):
    editor.withdraw("guide-essai")
    with pytest.raises(ContentError, match="is not published"):
        editor.withdraw("guide-essai")


def test_rollback_is_a_new_draft_of_an_old_text(editor, draft):
    first = Store(editor.path).revisions(CARD)[0].id
    draft("La loupe", "La lampe")
    editor.publish()
    editor.rollback(CARD, first, author="Camille")
    assert exams(editor) == "La lampe d’essai suffit."
    assert len(Store(editor.path).revisions(CARD)) == 3
    editor.publish()
    assert exams(editor) == "La loupe d’essai suffit."


def test_rollback_to_another_documents_revision_is_refused(editor):
    other = Store(editor.path).revisions("cards/guide-essai")[0].id
    with pytest.raises(ContentError, match=f"has no revision {other}"):
        editor.rollback(CARD, other, author="Camille")


# --- what editors say of a change ---


def test_typo_keeps_the_translations_of_the_old_sentence(editor, draft):
    draft("La loupe d’essai suffit.", "La loupe d’essai suffit !", kind="typo")
    assert Store(editor.path).changes().typos == {}
    editor.publish()
    key, old, new = "fiche-essai/magnifier", "La loupe d’essai suffit.", "La loupe d’essai suffit !"
    assert Store(editor.path).changes().typos == {(key, old): new}


def test_unsafe_withdraws_the_translations_of_the_old_sentence(editor, draft):
    draft("Essai : restez au chaud.", "Essai : restez au frais.", name="cards/signaux-alerte", kind="unsafe")
    editor.publish()
    assert set(Store(editor.path).changes().unsafe) == {
        ("signaux-alerte/keep-warm", "Essai : restez au chaud.")
    }


def test_unsafe_sentence_that_is_taken_out_stays_withdrawn_should_its_key_come_back(editor, draft):
    draft("Essai : restez au chaud. {#keep-warm S1}\n\n", "", name="cards/signaux-alerte", kind="unsafe")
    editor.publish()
    assert set(Store(editor.path).changes().unsafe) == {
        ("signaux-alerte/keep-warm", "Essai : restez au chaud.")
    }


def test_each_draft_since_the_last_publication_says_its_own_kind(editor, draft):
    draft("La loupe d’essai suffit.", "La loupe d’essai suffit !", kind="typo")
    draft("L’essai finit toujours.", "L’essai finit parfois.")
    draft("Un essai de 1 234 mots", "Un essay de 1 234 mots", kind="typo")
    editor.publish()
    said = {key for key, _ in Store(editor.path).changes().typos}
    assert said == {"fiche-essai/magnifier", "fiche-essai/size"}


def test_meaning_says_nothing_more(editor, draft):
    draft("La loupe", "La lampe")
    editor.publish()
    changes = Store(editor.path).changes()
    assert changes.typos == {} and not changes.unsafe


def test_new_and_removed_sentences_are_no_typos(editor, draft):
    draft(
        "Il sert aux essais. {#use editor}",
        "Il ne sert à rien. {#useless editor}",
        "cards/anatomie-essai",
        kind="typo",
    )
    editor.publish()
    assert Store(editor.path).changes().typos == {}


# --- the file ---


def entries(folder):
    return sorted(path.name for path in folder.iterdir())


def test_nothing_is_left_beside_the_store(editor, draft):
    before = entries(editor.data)
    draft("La loupe", "La lampe")
    editor.publish()
    assert entries(editor.data) == before == [".content.lock", "content.db", "translations"]


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_store_that_another_program_is_writing_is_left_alone(editor, draft, suffix):
    stray = Path(f"{editor.path}{suffix}")
    stray.write_bytes(b"half a transaction")
    before = editor.path.read_bytes()
    with pytest.raises(ContentError, match="another program is writing") as caught:
        draft("La loupe", "La lampe")
    assert str(stray) in str(caught.value) and "close it" in str(caught.value)
    assert editor.path.read_bytes() == before and stray.read_bytes() == b"half a transaction"


def test_store_reached_by_a_link_is_replaced_where_it_lies_and_the_link_kept(editor, draft, tmp_path):
    elsewhere = tmp_path / "elsewhere" / "real.db"
    elsewhere.parent.mkdir()
    editor.path.rename(elsewhere)
    editor.path.symlink_to(elsewhere)
    draft("La loupe", "La lampe")
    editor.publish()
    assert editor.path.is_symlink() and editor.path.resolve() == elsewhere
    assert exams(editor) == "La lampe d’essai suffit."
    assert Store(elsewhere).card("fiche-essai")


def test_who_may_read_the_store_stays_as_it_was(editor, draft):
    editor.path.chmod(0o640)
    draft("La loupe", "La lampe")
    assert stat.S_IMODE(editor.path.stat().st_mode) == 0o640


def test_store_in_a_folder_of_any_name_is_written(data, tmp_path):
    folder = data.rename(tmp_path / "l’été ? #1 %20 'x'")
    assert Editor(folder).save({}, author="Camille", note="") == ()


@pytest.fixture(params=["clean", "after a kill"])
def read_only_folder(built_data, request):
    """A folder that the test may read and not write; for root it takes another user's rights meanwhile."""
    with tempfile.TemporaryDirectory() as name:  # not pytest's: those are closed to other users
        folder = Path(name)
        (folder / "content.db").write_bytes((built_data / "content.db").read_bytes())
        (folder / ".content.lock").touch()
        (folder / ".content.lock").chmod(0o666)
        if request.param == "after a kill":
            (folder / ".content-x.tmp").touch()
        folder.chmod(0o555)
        if is_root := os.geteuid() == 0:
            os.seteuid(65534)
        yield folder
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)


def test_read_only_folder_is_one_clear_line(read_only_folder):
    with pytest.raises(ContentError, match=r"cannot be written.*nothing was changed") as caught:
        Editor(read_only_folder).save({}, author="Camille", note="")
    assert "\n" not in str(caught.value)
    assert Store(read_only_folder / "content.db").card("fiche-essai")


def test_missing_folder_is_one_clear_line(tmp_path):
    with pytest.raises(ContentError, match="cannot be written") as caught:
        Editor(tmp_path / "nowhere").save({}, author="Camille", note="")
    assert str(tmp_path / "nowhere") in str(caught.value)


def test_full_disk_is_one_clear_line_and_the_old_store_stays(editor, draft):
    """A limit on the size of files stands for the full disk: both stop a write half-way."""
    before = editor.path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (0, len(before) // 2, len(before)):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(ContentError, match=r"cannot be written.*nothing was changed") as caught:
                draft("La loupe", "La lampe" * 5000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert "\n" not in str(caught.value)
        assert editor.path.read_bytes() == before
        assert entries(editor.data) == [".content.lock", "content.db", "translations"]


@pytest.mark.parametrize("content", [b"", b"Bonjour\n" * 1000])
def test_store_that_cannot_be_read_is_not_written_over(editor, content):
    editor.path.write_bytes(content)
    with pytest.raises(ContentError):
        editor.save({}, author="Camille", note="")
    assert editor.path.read_bytes() == content


def test_truncated_store_is_not_written_over(editor, draft):
    whole = editor.path.read_bytes()
    for size in range(4096, len(whole), 4096):
        editor.path.write_bytes(whole[:size])
        with pytest.raises(ContentError):
            editor.save({}, author="Camille", note="")
        assert editor.path.read_bytes() == whole[:size]


def test_older_store_is_refused_until_it_is_upgraded(editor, draft, next_schema):
    with pytest.raises(ContentError, match=r"manage\.py upgrade"):
        editor.save({}, author="Camille", note="")
    assert editor.upgrade() == ("m999_next",)
    assert exams(editor) == "La loupe d’essai suffit."
    assert editor.upgrade() == ()


def test_store_of_the_first_schema_gets_its_table_of_codes(editor):
    with closing(sqlite3.connect(editor.path)) as db:
        db.execute("drop table code")
        db.execute("delete from revision where document = 'reference/codes'")
        db.execute("delete from _sqlite_migrations where name = 'm002_codes'")
        db.commit()
    with pytest.raises(ContentError, match=r"manage\.py upgrade"):
        Store(editor.path)
    assert editor.upgrade() == ("m002_codes",)
    store = Store(editor.path)
    assert (store.codes(), validate.check_store(store)) == ((), ())
    assert "reference/codes" not in mirror.documents(store), "nobody wrote it yet"
    editor.save({"reference/codes": '[[code]]\ncode = "Z00.0"\nlabel = "essai"\n'}, author="Camille", note="")
    editor.publish()
    assert Store(editor.path).codes() == (Code("Z00.0", "essai"),)


def test_newer_store_is_neither_written_nor_upgraded(editor):
    with closing(sqlite3.connect(editor.path)) as db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('repere', 'm999', '')"
        )
        db.commit()
    before = editor.path.read_bytes()
    for write in (editor.upgrade, editor.publish):
        with pytest.raises(ContentError, match="newer Repère"):
            write()
    assert editor.path.read_bytes() == before


# --- two at once ---


def save_many(editor, number):
    for turn in range(5):
        text = f'[[term]]\nkey = "t-{number}-{turn}"\nname = "mot"\nmeaning = "sens"\n'
        editor.save({"reference/terms": text}, author=f"editor {number}", note=str(turn))


def saved(editor):
    revisions = Store(editor.path).revisions("reference/terms")[1:]
    return sorted((revision.author, int(revision.note)) for revision in revisions)


ALL_SAVED = [(f"editor {number}", turn) for number in range(4) for turn in range(5)]


def test_four_threads_writing_at_once_lose_nothing(editor):
    threads = [threading.Thread(target=save_many, args=(Editor(editor.data), n)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert saved(editor) == ALL_SAVED


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_four_processes_writing_at_once_lose_nothing(editor):
    children = [in_child(lambda number=number: save_many(Editor(editor.data), number)) for number in range(4)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert saved(editor) == ALL_SAVED


def test_second_writer_waits_for_the_first_and_writes_on_top(editor):
    second = threading.Thread(target=save_many, args=(Editor(editor.data), 2))
    with editor._writing() as db:
        second.start()
        db.execute("update meta set value = 'first was here' where key = 'version'")
    second.join()
    assert version(editor) == "first was here"
    assert len(saved(editor)) == 5


# --- killed at any instant ---


def in_child(work) -> int:
    """Run `work` in a fork of this process; return its id. Its exit code is 0 when it came to an end."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def die_at(step: int, work, counts=lambda event, what: True) -> int:
    """Run `work` in a child that is killed at its `step`-th step (0: never); return the wait status.

    A step is a call or return of Python or C code that `counts`, or twenty instructions of SQLite's own
    machine, so that the instant can fall inside a long statement, where no Python runs.
    """

    def run():
        left = step
        connections = []

        def tick(_frame=None, event="sqlite", what=None):
            nonlocal left
            while connections:
                connection = connections.pop()
                connection.set_progress_handler(tick, 20)
                connection.set_trace_callback(lambda sql: tick(event="sql", what=sql))
            if counts(event, what):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return 0

        def watch(event, arguments):
            if event == "sqlite3.connect/handle":
                connections.append(arguments[0])  # not usable yet; at the next step

        sys.addaudithook(watch)
        sys.setprofile(tick)
        work()
        sys.setprofile(None)

    return os.waitpid(in_child(run), 0)[1]


def changes_something(event, what) -> bool:
    """Whether the step is just before a call that changes files, or before such an SQL statement."""
    if event == "sql":
        return not what.lower().lstrip().startswith(("select", "pragma"))
    names = {"open", "close", "sendfile", "fsync", "replace", "unlink", "chmod", "flock", "connect"}
    return event == "c_call" and getattr(what, "__name__", "") in names


def everything(path):
    store = Store(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
    history = [(r.document, r.text, r.note, r.published is not None) for r in store.revisions()]
    return store.version, mirror.documents(store), store.withdrawn(), history


class Killer:
    """Kills writers of one store and looks at what they leave."""

    def __init__(self, editor):
        self.editor = editor
        text = Store(editor.path).revisions(CARD)[-1].text
        editor.save({CARD: text.replace("La loupe", "La lampe")}, author="Camille", note="draft")
        self.before = editor.path.read_bytes()
        self.works = {
            "save": lambda: Editor(editor.data).save(
                {CARD: text.replace("La loupe", "La bougie")}, author="Camille", note="second"
            ),
            "publish": lambda: Editor(editor.data).publish(),
            "withdraw": lambda: Editor(editor.data).withdraw("guide-essai"),
        }
        self.old = everything(editor.path)
        self.new = {}
        for name, work in self.works.items():
            work()
            self.new[name] = everything(editor.path)
            assert self.new[name] != self.old
            self.reset()

    def reset(self):
        self.editor.path.write_bytes(self.before)

    def steps(self, name, counts=lambda event, what: True) -> int:
        """Return how many steps a writer takes that nobody kills."""
        read, write = os.pipe()
        taken = 0

        def count(event, what):
            nonlocal taken
            taken += counts(event, what)
            return False

        def work():
            self.works[name]()
            os.write(write, str(taken).encode())

        assert die_at(0, work, count) == 0
        self.reset()
        found = int(os.read(read, 100))
        os.close(read)
        os.close(write)
        return found

    def kill(self, name, step, counts=lambda event, what: True) -> bool:
        """Kill a writer at `step`; return whether it had written already."""
        status = die_at(step, self.works[name], counts)
        assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        left = everything(self.editor.path)
        assert left in (self.old, self.new[name]), "neither the state before nor the one after"
        assert self.editor.save({}, author="next", note="") == ()  # the next writer is not kept waiting
        assert entries(self.editor.data) == [".content.lock", "content.db", "translations"]
        assert everything(self.editor.path) == left
        self.reset()
        return left != self.old


def kill_at_random(editor, times):
    killer = Killer(editor)
    chance = random.Random(20261122)
    steps = {name: killer.steps(name) for name in killer.works}
    for _ in range(times):
        name = chance.choice(sorted(killer.works))
        killer.kill(name, chance.randint(1, steps[name]))


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_writer_killed_at_25_random_instants_leaves_the_old_or_the_new_store_whole(editor):
    kill_at_random(editor, 25)


@pytest.mark.full
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_writer_killed_at_500_random_instants_leaves_the_old_or_the_new_store_whole(editor):
    kill_at_random(editor, 500)


def kill_before_each_change(editor, name):
    killer = Killer(editor)
    steps = killer.steps(name, changes_something)
    written = [killer.kill(name, step, changes_something) for step in range(1, steps + 1)]
    assert len(written) > 40, "the calls are no longer found by their names"
    assert written == sorted(written), "old until one instant, new from then on"
    assert not written[0] and written[-1]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_writer_killed_before_any_call_that_changes_something_leaves_the_old_or_the_new_store_whole(editor):
    kill_before_each_change(editor, "save")


@pytest.mark.full
@pytest.mark.parametrize("name", ["publish", "withdraw"])
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_longer_writers_killed_before_any_call_that_changes_something(editor, name):
    kill_before_each_change(editor, name)
