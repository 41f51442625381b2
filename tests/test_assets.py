"""What becomes of static files on their way."""

from webapp.assets import HTMX, Assets


def test_our_scripts_travel_without_comment_lines_and_others_to_the_byte(tmp_path):
    theirs = "  // licence\n  let a;\n"
    (tmp_path / "static" / HTMX).parent.mkdir(parents=True)
    (tmp_path / "static" / HTMX).write_text(theirs)
    (tmp_path / "static" / "own.js").write_text(
        '// why\nlet a = "https://x";\n\n  // how\n  a += 1; // end\n'
    )
    (tmp_path / "styles").mkdir()
    assets = Assets(tmp_path / "static", tmp_path / "styles")
    bodies = {name.split(".")[0]: asset.body.decode() for name, asset in assets.by_name.items()}
    assert bodies["own"] == 'let a = "https://x";\n\na += 1; // end\n'
    assert bodies["vendor/htmx-2"] == theirs
