"""The mirror: French documents as files, equal to the store."""

import pytest

from webapp.content import mirror
from webapp.content.model import ContentError
from webapp.content.store import Store


@pytest.fixture
def folder(data):
    return data / "translations" / "fr"


def lines(problems):
    return [str(problem) for problem in problems]


def test_mirror_of_the_published_content_has_no_differences(store, folder):
    assert lines(mirror.check(store, folder)) == []


def test_export_gives_the_very_files_the_content_was_imported_from(store, tmp_path, request):
    fixture = request.path.parent.parent / "fixtures" / "content"
    written = mirror.export_all(store, tmp_path / "out")
    assert len(written) == len(list(fixture.glob("*/*")))
    for path in written:
        assert path.read_bytes() == (fixture / path.relative_to(tmp_path / "out")).read_bytes()


def test_exported_files_import_as_the_same_documents(store, tmp_path):
    assert mirror.read(mirror.export_all(store, tmp_path)) == mirror.documents(store)


def test_second_export_writes_nothing(store, folder):
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.*")}
    assert mirror.export_all(store, folder) == []
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.*")} == before


def test_changed_file_is_a_difference_with_its_path_and_both_ways_out(store, folder):
    path = folder / "cards" / "fiche-essai.md"
    path.write_text(path.read_text("utf-8").replace("livre", "cahier"), "utf-8")
    [problem] = mirror.check(store, folder)
    assert problem.where == str(path)
    assert "content export" in problem.mend and f"content import {path}" in problem.mend


def test_missing_file_is_a_difference(store, folder):
    (folder / "reference" / "terms.toml").unlink()
    [problem] = mirror.check(store, folder)
    assert problem.where.endswith("terms.toml")


def test_file_that_the_store_does_not_have_is_a_difference(store, folder):
    (folder / "cards" / "inconnue.md").write_text("brouillon", "utf-8")
    [problem] = mirror.check(store, folder)
    assert "is not in content.db" in problem.what and "content import" in problem.mend


@pytest.mark.parametrize("content", [b"\xff\xfe pas de l'UTF-8", b"", b"a\r\nb\r\n"])
def test_file_of_any_bytes_is_a_difference_and_never_a_crash(store, folder, content):
    path = folder / "cards" / "fiche-essai.md"
    path.write_bytes(content)
    [problem] = mirror.check(store, folder)
    assert problem.where == str(path)
    assert mirror.export_all(store, folder) == [path]
    assert lines(mirror.check(store, folder)) == []


def test_export_keeps_a_file_nobody_ever_imported(store, folder):
    unsaved = folder / "cards" / "fiche-neuve.md"
    unsaved.write_text("le seul exemplaire d’un travail en cours", "utf-8")
    mirror.export_all(store, folder)
    assert unsaved.read_text("utf-8") == "le seul exemplaire d’un travail en cours"


def test_export_removes_the_file_of_a_card_that_was_withdrawn(editor, folder):
    with editor._writing() as db:
        db["card"].update("guide-essai", {"withdrawn": "2026-01-01"})
    path = folder / "cards" / "guide-essai.md"
    assert mirror.export_all(Store(editor.path), folder) == [path]
    assert not path.exists()


def test_document_is_named_by_folder_and_file(tmp_path):
    card, table = tmp_path / "ma-fiche.md", tmp_path / "zones.toml"
    card.write_text("a", "utf-8")
    table.write_text("b", "utf-8")
    assert mirror.read([card, table]) == {"cards/ma-fiche": "a", "reference/zones": "b"}


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("notes.txt", b"", "is not a document"),
        ("couleurs.toml", b"", "is not a table we know"),
        ("latin.md", "été".encode("latin-1"), "cannot be read"),
    ],
)
def test_file_that_is_no_document_is_refused_by_name(tmp_path, name, content, what):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ContentError, match=what) as caught:
        mirror.read([path])
    [problem] = caught.value.problems
    assert problem.where == str(path) and problem.mend


def test_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(ContentError, match=r"absente\.md: cannot be read"):
        mirror.read([tmp_path / "absente.md"])


def test_two_files_for_one_document_are_refused_rather_than_one_dropped(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "fiche.md").write_text(folder, "utf-8")
    with pytest.raises(ContentError, match="cards/fiche"):
        mirror.read([tmp_path / "a" / "fiche.md", tmp_path / "b" / "fiche.md"])
