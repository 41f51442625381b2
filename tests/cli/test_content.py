"""`content …`: what an admin types, sees and gets."""

import json
import shutil
import sys

import pytest

from webapp.content import mirror
from webapp.content.catalog import read_po
from webapp.content.document import parse
from webapp.content.store import Store
from webapp.i18n import catalogs


@pytest.fixture
def data(built_checkable_data, tmp_path):
    """The invented content in languages for which `i18n check` finds nothing to say."""
    return shutil.copytree(built_checkable_data, tmp_path / "data")


@pytest.fixture
def now(data):
    """`now()`: the store as readers have it."""
    return lambda: Store(data / "content.db")


@pytest.fixture
def file(data, tmp_path):
    """`file("La loupe", "La lampe")`: the card as a file outside the data folder, with these words changed."""

    def write(old="", new="", name="cards/fiche-essai"):
        text = mirror.documents(Store(data / "content.db"))[name]
        assert old in text
        path = tmp_path / f"{name.split('/')[1]}{mirror.FOLDERS[name.split('/')[0]]}"
        path.write_text(text.replace(old, new, 1) if old else text, "utf-8")
        return path

    return write


@pytest.fixture
def editor_that(tmp_path, monkeypatch):
    """`editor_that("text.replace('a', 'b')")`: set EDITOR to a program that does this to the text."""

    def use(*steps):
        script = tmp_path / "editor.py"
        script.write_text(
            "import pathlib, sys\n"
            "path, count = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).with_suffix('.count')\n"
            "turn = int(count.read_text()) if count.exists() else 0\n"
            "count.write_text(str(turn + 1))\n"
            "text = path.read_text('utf-8')\n"
            "pathlib.Path(__file__).with_suffix(f'.saw{turn}').write_text(text, 'utf-8')\n"
            f"steps = [{', '.join(f'lambda text: {step}' for step in steps)}]\n"
            "path.write_text(steps[min(turn, len(steps) - 1)](text), 'utf-8')\n",
            "utf-8",
        )
        monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
        monkeypatch.delenv("VISUAL", raising=False)
        return script

    return use


def exams(store):
    return store.card("fiche-essai").section("exams")[0].text


# --- seeing ---


def test_list_names_the_cards_in_order_with_version_and_kind(run):
    lines = run("content", "list").stdout.splitlines()
    assert [line.split()[0] for line in lines][:2] == ["signaux-alerte", "fiche-essai"]
    assert lines[1].split()[1:3] == ["v1", "condition"]


def test_list_speaks_json(run):
    rows = json.loads(run("content", "list", "--json").stdout)
    assert rows[1] == {"slug": "fiche-essai", "kind": "condition", "title": "Fiche d’essai", "version": 1}


@pytest.mark.parametrize("name", ["fiche-essai", "cards/fiche-essai", "reference/zones"])
def test_show_prints_the_document_as_it_is_published(run, store, name):
    full = name if "/" in name else f"cards/{name}"
    assert run("content", "show", name).stdout == mirror.documents(store)[full]


@pytest.mark.parametrize(
    "command", [("show",), ("log",), ("export",), ("edit",), ("publish",), ("withdraw", "--yes")]
)
def test_unknown_document_is_one_line_and_exit_1(run, command, editor_that):
    editor_that("text")
    result = run("content", *command, "inconnue", code=1)
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert "inconnue" in line and "content list" in line


def test_log_tells_who_when_why_and_what_is_a_draft(run, file):
    run("content", "import", file("La loupe", "La lampe"), "--note", "mieux voir", "--kind", "typo")
    first, second = run("content", "log", "fiche-essai").stdout.splitlines()
    assert "cards/fiche-essai  typo, by Camille Essai  [draft]  mieux voir" in first
    assert "meaning, by Camille Essai" in second and "[draft]" not in second
    assert len(run("content", "log").stdout.splitlines()) == 11


def test_log_speaks_json_newest_first(run, publish):
    publish("cards/fiche-essai", "La loupe", "La lampe")
    rows = json.loads(run("content", "log", "fiche-essai", "--json").stdout)
    assert [row["note"] for row in rows] == ["essai", "première version"]
    assert all(row["published"] for row in rows)


def test_diff_shows_the_words_that_differ_and_the_text_they_stand_in(run, store, editor, publish):
    publish("cards/fiche-essai", "La loupe d’essai suffit.", "La lampe d’essai suffit bien.")
    old, new = (revision.id for revision in Store(editor.path).revisions("cards/fiche-essai"))
    assert run("content", "diff", "fiche-essai", old, new).stdout.splitlines() == [
        "fiche-essai/magnifier",
        "  La [-loupe-]{+lampe+} d’essai suffit{+ bien+}.",
    ]


def test_diff_marks_safety_texts(run, editor, publish):
    publish("cards/signaux-alerte", "restez au chaud", "restez au frais")
    old, new = (revision.id for revision in Store(editor.path).revisions("cards/signaux-alerte"))
    assert "signaux-alerte/keep-warm  (safety)" in run("content", "diff", "signaux-alerte", old, new).stdout


def test_diff_of_an_unknown_revision_is_one_line(run):
    [line] = run("content", "diff", "fiche-essai", 1, 999, code=1).stderr.splitlines()
    assert "has no revision" in line and "content log fiche-essai" in line


def test_status_tells_drafts_missing_sign_offs_and_sources_without_address(run, file):
    run("content", "import", file("La loupe", "La lampe"))
    lines = run("content", "status").stdout.splitlines()
    assert any(line.startswith("draft: cards/fiche-essai (revision") for line in lines)
    assert "no clinician's sign-off: fiche-essai" in lines
    assert "source without an address: S2 (Académie d’essai)" in lines
    assert "old source: S1 (Institut d’essai, 2001)" in lines


def test_status_tells_overdue_reviews_and_withdrawn_cards(run, publish, editor):
    publish("cards/fiche-essai", "2099-01-31", "2020-01-31")
    editor.withdraw("guide-essai")
    rows = json.loads(run("content", "status", "--json").stdout)
    assert {"what": "review overdue", "where": "fiche-essai", "detail": "since 2020-01-31"} in rows
    assert {"what": "withdrawn", "where": "guide-essai", "detail": ""} in rows


# --- export and import ---


def test_export_of_one_card_writes_it_where_asked(run, store, tmp_path):
    assert run("content", "export", "fiche-essai", "--to", tmp_path / "out").stdout.strip() == str(
        tmp_path / "out/cards/fiche-essai.md"
    )
    written = (tmp_path / "out/cards/fiche-essai.md").read_text("utf-8")
    assert written == mirror.documents(store)["cards/fiche-essai"]


def test_export_of_everything_mends_the_mirror(run, data):
    path = data / "translations/fr/cards/fiche-essai.md"
    path.write_text("?", "utf-8")
    assert run("content", "export").stdout.splitlines() == [str(path)]
    result = run("content", "export")
    assert (result.stdout, result.stderr) == ("", "Nothing changed.\n")


@pytest.mark.parametrize("place", ["file.txt/inside", "file.txt"])
def test_export_to_a_place_that_cannot_be_written_is_told_without_a_traceback(run, tmp_path, place):
    (tmp_path / "file.txt").touch()
    result = run(
        "content", "export", "fiche-essai", "--to", tmp_path / place, code=2 if place == "file.txt" else 1
    )
    assert "file.txt" in result.stderr and "Traceback" not in result.stderr


def test_import_makes_a_draft_that_readers_do_not_see(run, file, now):
    result = run("content", "import", file("La loupe", "La lampe"), "--note", "mieux voir")
    assert result.stdout.splitlines() == [
        "Draft saved: cards/fiche-essai",
        "Readers see it after: python3 manage.py content publish fiche-essai",
    ]
    assert exams(now()) == "La loupe d’essai suffit."
    assert now().revisions("cards/fiche-essai")[-1].note == "mieux voir"


def test_import_and_publish_in_one_step(run, file, now):
    run("content", "import", file("La loupe", "La lampe"), "--publish")
    assert exams(now()) == "La lampe d’essai suffit."


def test_import_of_what_is_there_already_changes_nothing(run, file, data):
    before = (data / "content.db").read_bytes()
    assert run("content", "import", file()).stdout == "Nothing changed.\n"
    assert (data / "content.db").read_bytes() == before


def test_import_of_a_faulty_document_tells_each_fault_with_its_line_and_keeps_nothing(run, file, now):
    path = file("La loupe d’essai suffit. {#magnifier S2}", "La loupe d’essai suffit.")
    path.write_text(path.read_text("utf-8").replace("order = 10", "order = true"), "utf-8")
    result = run("content", "import", path, code=1)
    first, second = result.stderr.splitlines()
    assert first.startswith("fiche-essai:7: «order» has the wrong form")
    assert second.startswith("fiche-essai:") and "a block without {#key}" in second
    assert len(now().revisions("cards/fiche-essai")) == 1


def test_import_of_several_documents_is_all_or_nothing(run, file, now):
    good = file("Ouvrez le livre", "Fermez le livre", "cards/guide-essai")
    bad = file("order = 10", "order = true")
    run("content", "import", good, bad, code=1)
    assert len(now().revisions("cards/guide-essai")) == 1
    run("content", "import", good, file("La loupe", "La lampe"), "--publish")
    assert now().card("guide-essai").section("today")[1].text == "Fermez le livre d’essai."


def test_import_that_would_lose_a_text_asks_first(run, file, now):
    path = file(
        "Il ne fait jamais mal. {#never-hurts editor}",
        "Il fait rire. {#laughs editor}",
        "cards/anatomie-essai",
    )
    result = run("content", "import", path, answers="n\n", code=1)
    assert "anatomie-essai/never-hurts" in result.output
    assert len(now().revisions("cards/anatomie-essai")) == 1
    run("content", "import", path, answers="y\n")
    assert len(now().revisions("cards/anatomie-essai")) == 2


@pytest.mark.parametrize("arguments", [(), ("absent.md",), ("--kind", "joke", "x.md"), ("--colour", "x.md")])
def test_wrong_usage_is_exit_2_with_a_hint(run, arguments):
    result = run("content", "import", *arguments, code=2)
    assert "Usage: " in result.stderr and "Error: " in result.stderr


@pytest.mark.parametrize("content", [b"\xff\xfe", b"Bonjour", b""])
def test_import_of_what_is_no_document_is_one_line(run, tmp_path, content):
    (tmp_path / "fiche.md").write_bytes(content)
    [line] = run("content", "import", tmp_path / "fiche.md", code=1).stderr.splitlines()
    assert "fiche" in line and " -> " in line


# --- editing ---


def test_edit_saves_a_draft_with_note_and_kind(run, editor_that, now):
    editor_that("text.replace('La loupe', 'La lampe')")
    result = run("content", "edit", "fiche-essai", "--note", "mieux voir", "--kind", "meaning")
    assert "Draft saved: cards/fiche-essai" in result.stdout
    revision = now().revisions("cards/fiche-essai")[-1]
    assert (revision.note, revision.author, revision.published) == ("mieux voir", "Camille Essai", None)


def test_edit_asks_for_what_was_left_out_after_showing_the_impact(run, editor_that, now):
    editor_that("text.replace('restez au chaud', 'restez au frais')")
    result = run("content", "edit", "signaux-alerte", answers="unsafe\nc’était dangereux\n")
    assert result.stdout.index("makes 2 translations stale, 2 of them safety") < result.stdout.index(
        "Kind of"
    )
    assert (now().revisions()[-1].kind, now().revisions()[-1].note) == ("unsafe", "c’était dangereux")


def test_edit_without_a_change_keeps_nothing(run, editor_that, now):
    editor_that("text")
    assert run("content", "edit", "fiche-essai").stdout == "Nothing changed.\n"
    assert len(now().revisions("cards/fiche-essai")) == 1


def test_edit_goes_on_from_the_latest_draft(run, editor_that, file, tmp_path):
    run("content", "import", file("La loupe", "La lampe"))
    script = editor_that("text.replace('La lampe', 'La bougie')")
    run("content", "edit", "fiche-essai", "--note", "", "--kind", "meaning")
    assert "La lampe" in script.with_suffix(".saw0").read_text("utf-8")


def test_edit_with_a_fault_opens_again_with_the_fault_on_top_and_nothing_lost(run, editor_that, now):
    script = editor_that(
        "text.replace('La loupe d’essai suffit. {#magnifier S2}', 'La lampe d’essai suffit.')",
        "text.replace('La lampe d’essai suffit.', 'La lampe d’essai suffit. {#magnifier S2}')",
    )
    run("content", "edit", "fiche-essai", "--note", "", "--kind", "meaning", answers="y\n")
    again = script.with_suffix(".saw1").read_text("utf-8")
    assert again.startswith("#! fiche-essai:") and "La lampe d’essai suffit." in again
    revision = now().revisions("cards/fiche-essai")[-1]
    assert "La lampe" in revision.text and "#!" not in revision.text


def test_edit_given_up_keeps_the_text_in_a_file(run, editor_that, now, tmp_path):
    editor_that("text.replace('{#magnifier S2}', '') + 'mon travail'")
    result = run("content", "edit", "fiche-essai", answers="n\n", code=1)
    kept = tmp_path / "fiche-essai.rejected.md"
    assert "fiche-essai.rejected.md" in result.stderr and "mon travail" in kept.read_text("utf-8")
    assert len(now().revisions("cards/fiche-essai")) == 1


def test_edit_as_typo_shows_the_letters_and_needs_a_yes(run, editor_that, now):
    editor_that("text.replace('La loupe', 'La louppe')")
    result = run("content", "edit", "fiche-essai", "--note", "", "--kind", "typo", answers="n\n", code=1)
    assert "[-loupe-]{+louppe+}" in result.stdout and "Camille Essai" in result.stdout
    assert len(now().revisions("cards/fiche-essai")) == 1
    run("content", "edit", "fiche-essai", "--note", "", "--kind", "typo", answers="y\n")
    assert now().revisions("cards/fiche-essai")[-1].kind == "typo"


def test_edit_without_an_editor_tells_the_other_way(run, monkeypatch):
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    [line] = run("content", "edit", "fiche-essai", code=1).stderr.splitlines()
    assert "content export fiche-essai" in line and "content import" in line


def test_edit_of_a_table_works_like_a_card(run, editor_that, now):
    editor_that("text.replace('Un os qui', 'Un bel os qui')")
    run("content", "edit", "reference/terms", "--note", "", "--kind", "meaning", "--publish")
    assert now().terms(("test-bone",))[0].meaning.startswith("Un bel os")


@pytest.mark.parametrize("kind", ["condition", "emergency", "anatomy", "guide"])
def test_new_opens_a_form_with_every_section_of_its_kind(run, editor_that, kind, now):
    script = editor_that("text.replace('title = \"\"', 'title = \"Neuve\"')")
    run("content", "new", "fiche-neuve", "--kind", kind, answers="\n")
    form = parse(script.with_suffix(".saw0").read_text("utf-8"), "fiche-neuve")
    assert (form.kind, form.order) == (kind, 50)
    assert now().revisions("cards/fiche-neuve")[-1].published is None
    assert now().card("fiche-neuve") is None


@pytest.mark.parametrize("slug", ["Fiche", "fiche neuve", "é", "a--b", "../a"])
def test_new_with_a_name_that_no_address_could_have_is_wrong_usage(run, editor_that, slug):
    editor_that("text + ' '")
    assert "lower-case words" in run("content", "new", slug, code=2).stderr


def test_new_card_that_exists_names_edit(run, editor_that):
    editor_that("text")
    assert "content edit fiche-essai" in run("content", "new", "fiche-essai", code=1).stderr


# --- publishing and taking back ---


def test_impact_tells_per_locale_what_becomes_stale_safety_first_and_changes_nothing(run, file, data):
    before = (data / "content.db").read_bytes()
    path = file("Un seul signe d’essai", "Un signe d’essai", "cards/signaux-alerte")
    path.write_text(path.read_text("utf-8").replace("restez au chaud", "restez au frais"), "utf-8")
    lines = run("content", "impact", path).stdout.splitlines()
    assert lines[0] == "Changes 2 texts, makes 4 translations stale, 2 of them safety."
    assert lines[1:3] == ["  fa  SAFETY  signaux-alerte/keep-warm", "  fa  signaux-alerte/one-sign"]
    assert (data / "content.db").read_bytes() == before


def test_impact_of_a_typo_makes_nothing_stale(run, file):
    path = file("La loupe", "La louppe")
    assert "makes 0 translations stale" in run("content", "impact", path, "--kind", "typo").stdout


def test_impact_speaks_json(run, file):
    found = json.loads(run("content", "impact", file("La loupe", "La lampe"), "--json").stdout)
    assert found == {
        "changed": ["fiche-essai/magnifier"],
        "stale": {"fa": ["fiche-essai/magnifier"], "ro": ["fiche-essai/magnifier"]},
    }


def test_publish_renews_store_mirror_and_catalogs(run, file, now, data):
    run("content", "import", file("La loupe", "La lampe"))
    result = run("content", "publish", "fiche-essai")
    assert "makes 2 translations stale" in result.stdout and "Published: cards/fiche-essai" in result.stdout
    assert exams(now()) == "La lampe d’essai suffit."
    assert "La lampe" in (data / "translations/fr/cards/fiche-essai.md").read_text("utf-8")
    po = read_po(catalogs.po_path(data / "translations", "ro", "content"))
    [entry] = [entry for entry in po if entry.msgctxt == "fiche-essai/magnifier"]
    assert entry.fuzzy and entry.previous_msgid == "La loupe d’essai suffit."
    assert catalogs.compile_all(data / "translations") == []
    assert run("check").stdout == "No problems found.\n"


def test_publish_without_drafts_says_so(run):
    assert run("content", "publish").stdout == "No drafts.\n"


def test_publish_with_problems_tells_them_and_changes_nothing(run, file, data):
    run("content", "import", file("(card:anatomie-essai)", "(card:nulle-part)"))
    before = (data / "content.db").read_bytes()
    *_, line = run("content", "publish", code=1).stderr.splitlines()
    assert line.startswith("fiche-essai/read-on: link to «nulle-part»") and " -> " in line
    assert (data / "content.db").read_bytes() == before


def test_publish_run_again_after_an_interruption_completes_the_rest(run, publish, data):
    publish("cards/fiche-essai", "La loupe", "La lampe")  # the store only: killed before mirror and catalogs
    run("check", code=1)
    assert run("content", "publish").stdout == "No drafts.\n"
    run("check")
    assert "La lampe" in (data / "translations/fr/cards/fiche-essai.md").read_text("utf-8")


def test_damaged_catalog_does_not_stop_a_publication_and_is_told(run, file, now, data):
    path = catalogs.po_path(data / "translations", "ro", "content")
    path.write_text(path.read_text("utf-8").replace("msgstr", "msgsrt", 3), "utf-8")
    run("content", "import", file("La loupe", "La lampe"))
    result = run("content", "publish", code=1)
    assert "Published: cards/fiche-essai" in result.stdout
    assert str(path) in result.stderr and "line " in result.stderr
    assert exams(now()) == "La lampe d’essai suffit."


def test_withdraw_asks_then_takes_card_mirror_and_catalog_entries_away(run, now, data):
    run("content", "withdraw", "guide-essai", answers="n\n", code=1)
    assert now().card("guide-essai")
    assert run("content", "withdraw", "guide-essai", answers="y\n").stdout.endswith(
        "Withdrawn: guide-essai\n"
    )
    assert now().is_withdrawn("guide-essai")
    assert not (data / "translations/fr/cards/guide-essai.md").exists()
    assert run("check").stdout == "No problems found.\n"


def test_danger_signs_cannot_be_withdrawn(run, now):
    [line] = run("content", "withdraw", "signaux-alerte", "--yes", code=1).stderr.splitlines()
    assert "holds every danger sign" in line
    assert now().card("signaux-alerte")


def test_withdrawn_card_comes_back_by_rollback_and_publish_with_its_translations(run, now, data):
    run("content", "withdraw", "guide-essai", "--yes")
    run("content", "rollback", "guide-essai", now().revisions("cards/guide-essai")[0].id)
    run("content", "publish", "guide-essai")
    assert now().card("guide-essai")
    po = read_po(catalogs.po_path(data / "translations", "ro", "content"))
    [entry] = [entry for entry in po if entry.msgctxt == "guide-essai/open-book"]
    assert (entry.msgstr, entry.fuzzy, entry.obsolete) == ("În română: Ouvrez le livre d’essai.", False, 0)


def test_rollback_is_a_draft_and_brings_the_translations_back(run, file, now):
    run("content", "import", file("La loupe", "La lampe"), "--publish")
    run("content", "rollback", "fiche-essai", now().revisions("cards/fiche-essai")[0].id)
    assert exams(now()) == "La lampe d’essai suffit."
    run("content", "publish")
    assert exams(now()) == "La loupe d’essai suffit."
    rows = json.loads(run("i18n", "status", "--json").stdout)
    assert [row["stale"] for row in rows] == [0, 0, 0]


def test_rollback_to_an_unknown_revision_is_one_line(run):
    [line] = run("content", "rollback", "fiche-essai", 999, code=1).stderr.splitlines()
    assert "has no revision 999" in line


# --- sign-offs ---


def test_review_records_a_person_for_the_exact_text_and_lapses_when_it_changes(run, file):
    run("content", "review", "fiche-essai", "--by", "Dr Essai", "--role", "médecin")
    assert "sign-off: fiche-essai" not in run("content", "status").stdout
    run("content", "import", file("La loupe", "La lampe"), "--publish")
    assert "no clinician's sign-off: fiche-essai" in run("content", "status").stdout


def test_review_of_a_translation_needs_the_whole_of_it(run, translate, now):
    run("content", "review", "fiche-essai", "--by", "Test Reader", "--role", "translator", "--locale", "ro")
    assert now().reviews("cards/fiche-essai")[-1].locale == "ro"
    translate("ro", "fiche-essai/place", "")
    result = run("content", "review", "fiche-essai", "--by", "X", "--role", "Y", "--locale", "ro", code=1)
    assert "is not wholly translated" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("inconnue", "--by", "X", "--role", "Y"), 1, "no such document"),
        (("fiche-essai", "--by", "X", "--role", "Y", "--locale", "de"), 1, "no such locale"),
        (("fiche-essai", "--by", " ", "--role", "Y"), 2, "a person's name"),
        (("fiche-essai", "--by", "X"), 2, "--role"),
    ],
)
def test_review_that_names_nobody_or_nothing_is_refused(run, now, arguments, code, told):
    assert told in run("content", "review", *arguments, code=code).stderr
    assert now().reviews("cards/fiche-essai") == ()


# --- a data folder that cannot be used ---


@pytest.mark.parametrize(
    "command", [("list",), ("show", "fiche-essai"), ("log",), ("status",), ("export",), ("publish",)]
)
def test_damaged_store_is_one_line_for_every_command(run, data, command):
    (data / "content.db").write_bytes(b"garbage" * 1000)
    [line] = run("content", *command, code=1).stderr.splitlines()
    assert str(data / "content.db") in line and "manage.py restore" in line


def test_store_being_written_by_another_program_is_one_line(run, data, file):
    (data / "content.db-journal").touch()
    [line] = run("content", "import", file("La loupe", "La lampe"), code=1).stderr.splitlines()
    assert "another program is writing" in line


def test_first_import_into_an_empty_folder_begins_a_store(run, request, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("REPERE_DATA", str(tmp_path / "empty"))
    fixture = request.path.parent.parent / "fixtures/content"
    run("content", "import", *sorted(fixture.glob("*/*")), "--publish")
    assert len(run("content", "list").stdout.splitlines()) == 5


def test_dump_prints_every_document_of_a_store_for_git(run, data):
    text = run("content", "dump", data / "content.db").stdout
    assert text.startswith("=== cards/")
    assert "=== reference/zones" in text and "Fiche d’essai" in text
