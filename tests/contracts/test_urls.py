"""What people and machines outside the code rely on: addresses, headers, commands."""

import re
from pathlib import Path

import pytest

from webapp.cli import main
from webapp.security import content_security_policy

ROOT = Path(__file__).parents[2]
EXAMPLES = {"locale": "fr", "second": "ar", "slug": "fiche-essai", "zone": "groin"}

URLS = [
    "/",
    "/<l>/",
    "/<l>/about/",
    "/<l>/about/quality/",
    "/<l>/cards/",
    "/<l>/cards/<slug>/",
    "/<l>/cards/<slug>/qr.svg",
    "/<l>/cards/<slug>/with/<second>/",
    "/<l>/languages/",
    "/<l>/legal/",
    "/<l>/manifest.webmanifest",
    "/<l>/map/",
    "/<l>/map/plates.json",
    "/<l>/map/results/",
    "/<l>/map/table.json",
    "/<l>/note/",
    "/<l>/note/",
    "/<l>/offline/",
    "/<l>/places/<zone>/",
    "/<l>/search/",
    "/<l>/search/index.json",
    "/<l>/urgent/",
    "/<l>/urgent/qr.svg",
    "/<l>/urgent/with/<second>/",
    "/healthz",
    "/map/figures.json",
    "/pack/<l>/<version>.json",
    "/pack/common/<version>.json",
    "/robots.txt",
    "/sitemap.xml",
    "/static/<name>",
    "/sw.js",
    "/version.json",
]


def rules(app):
    """Return every address pattern of the application, as the contract writes them."""
    return sorted(
        re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule).replace("<locale>", "<l>")
        for rule in app.url_map.iter_rules()
    )


def test_addresses_are_those_of_the_contract(app):
    assert rules(app) == URLS


def test_every_response_carries_the_headers_that_keep_a_reader_safe(app, client):
    paths = [rule.rule for rule in app.url_map.iter_rules() if "static" not in rule.rule]
    for path in [*paths, "/nothing", "/fr/cards/nothing/", "/fr/map/?zone=nose", "/static/nothing.js"]:
        for name, value in EXAMPLES.items():
            path = re.sub(rf"<(?:\w+:)?{name}>", value, path)
        for method in ("GET", "HEAD", "POST"):
            response = client.open(path, method=method)  # the client checks the headers
            assert response.status_code < 500, path
            assert "Permissions-Policy" in response.headers


def test_the_policy_allows_nothing_inline_but_the_one_style_sheet():
    assert content_security_policy("sha256-x") == (
        "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-x'; img-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def test_the_reader_may_share_a_page_and_copy_its_address(client):
    refused = client.get("/fr/").headers["Permissions-Policy"]
    assert "web-share" not in refused and "clipboard-write" not in refused, "what is not named is allowed"


def test_static_files_never_change_under_their_name(app, client):
    extension = app.extensions["repere"]
    for name, asset in extension.assets.by_name.items():
        response = client.get(f"/static/{name}")
        assert response.data == asset.body
        assert "immutable" in response.headers["Cache-Control"]


def test_pages_are_asked_for_again_each_time(client):
    assert client.get("/fr/").headers["Cache-Control"] == "no-cache, no-transform"
    assert client.get("/fr/nothing/").headers["Cache-Control"] == "no-store"


def commands(group=main, path=()):
    """Yield every command with its words."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


@pytest.mark.parametrize(("words", "command"), [pytest.param(w, c, id=" ".join(w)) for w, c in commands()])
def test_every_command_has_help_with_an_example_and_stands_in_the_readme(words, command):
    assert "Example:" in command.help
    readme = (ROOT / "README.md").read_text("utf-8")
    table = "\n".join(line for line in readme.splitlines() if line.startswith("| `"))
    rows = [row for row in table.splitlines() if words[0] in row.split("|")[1]]
    assert any(re.search(rf"\b{words[-1]}\b", row.split("|")[1]) for row in rows), (
        f"name {' '.join(words)} in the README"
    )


def test_every_setting_stands_in_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "webapp").rglob("*.py"))
    names = set(re.findall(r"REPERE_[A-Z]+", code)) | {
        f"REPERE_{n}" for n in ("PUBLISHER", "HOST", "CONTACT", "CONTROLLER", "FUNDING")
    }
    assert {name for name in names if name not in readme} == set()


def test_no_file_of_ours_names_a_package_registry_or_a_path_of_a_machine():
    own = [
        p
        for p in ROOT.rglob("*")
        if p.suffix in (".py", ".md", ".toml", ".html", ".js", ".css", ".lock") and ".venv" not in p.parts
    ]
    patterns = re.compile("pypi" + r"\.org|files\.pythonhosted|registry\.npmjs|/ro" + "ot/|/wo" + "rk/")
    assert [p.name for p in own if p.is_file() and patterns.search(p.read_text("utf-8", "replace"))] == []
