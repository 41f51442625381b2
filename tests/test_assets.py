"""Static files as readers get them."""

from webapp.assets import HTMX, PACKAGE, Assets

STATIC = PACKAGE / "static"
ASSETS = Assets()


def served(logical: str) -> str:
    return ASSETS.by_name[ASSETS.address(logical).removeprefix("/static/")].body.decode()


def test_our_own_code_travels_without_its_comments_and_indents():
    for path in STATIC.glob("*.js"):
        lines = served(path.name).splitlines()
        assert lines and not [line for line in lines if line != line.lstrip() or line.startswith("//")]
        code = [line.strip() for line in path.read_text("utf-8").splitlines()]
        assert lines == [line for line in code if line and not line.startswith("//")]
    assert "/*" not in served("print.css") and "\n" not in served("print.css")


def test_no_text_in_our_code_runs_over_several_lines_whose_indents_it_would_lose():
    for path in STATIC.glob("*.js"):
        assert not [line for line in path.read_text("utf-8").splitlines() if line.count("`") % 2], path.name


def test_third_party_code_and_pictures_travel_as_they_are():
    for logical in (HTMX, "icon.svg"):
        assert served(logical) == (STATIC / logical).read_text("utf-8")
