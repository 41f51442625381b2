"""The packages that Repère is built on: their licences, and what pip-audit knows of them."""

import json
import re
import sys

import pytest

from webapp.cli import supply
from webapp.cli.supply import Package

HASH = "    --hash=sha256:" + "0" * 64


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """`checkout("click==8.5.1", …)`: a checkout that locks just these, served and tested alike."""
    monkeypatch.setattr(supply, "CHECKOUT", tmp_path)

    def lock(*pins):
        for name in supply.LOCKS:
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(f"{pin} \\\n{HASH}\n    # via somebody\n" for pin in pins), "utf-8")

    return lock


@pytest.fixture
def pip_audit(tmp_path, monkeypatch):
    """`pip_audit(rows)`: what stands in for pip-audit prints these; the real one asks a service."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def answer(text, code=0, error=""):
        program = folder / "pip-audit"
        program.write_text(
            f"#!{sys.executable}\nimport sys\nprint({text!r})\nsys.stderr.write({error!r})\nsys.exit({code})\n"
        )
        program.chmod(0o755)

    return answer


def installed(name):
    return supply.metadata.version(name)


def test_every_locked_package_is_listed_with_version_and_licence(run):
    rows = json.loads(run("audit", "--licences", "--json").stdout)
    by_name = {row["name"]: row for row in rows}
    assert by_name["flask"]["licence"] == "BSD-3-Clause" and by_name["flask"]["use"] == "runtime"
    assert by_name["pytest"]["use"] == "test"
    text = run("audit", "--licences").stdout
    assert re.search(rf"^runtime +flask +{re.escape(by_name['flask']['version'])} +BSD-3-Clause$", text, re.M)


def test_a_package_without_a_known_licence_is_a_problem(run, checkout):
    checkout(f"click=={installed('click')}", "nobody-has-this==1.0")
    result = run("audit", "--licences", code=1)
    assert "nobody-has-this 1.0: licence unknown -> " in result.stderr
    assert "click" not in result.stderr


def test_another_version_than_the_locked_one_says_nothing_of_its_licence(run, checkout):
    checkout("click==0.1")
    assert "click 0.1: licence unknown" in run("audit", "--licences", code=1).stderr


def test_a_package_for_another_system_is_listed_and_no_problem(run, checkout):
    checkout("nobody-has-this==1.0 ; sys_platform == 'win32'")
    assert "unknown  (only where sys_platform == 'win32')" in run("audit", "--licences").stdout


@pytest.mark.parametrize(
    ("licence", "is_allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-2-Clause", True),
        ("MIT AND PSF-2.0", True),
        ("Mozilla Public License 2.0 (MPL 2.0)", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("GNU Affero General Public License v3", False),
        ("Proprietary", False),
        ("Mitigated Source License", False),
        ("", False),
    ],
)
def test_licences_on_the_list_pass_and_no_others(licence, is_allowed):
    package = Package("essai", "1.0", "runtime", licence)
    assert package.is_allowed is is_allowed
    assert bool(list(supply.licence_problems([package]))) is not is_allowed


def test_outside_a_checkout_the_missing_lock_is_one_line(run, tmp_path, monkeypatch):
    monkeypatch.setattr(supply, "CHECKOUT", tmp_path / "site-packages")
    for option in ("--licences", "--vulnerabilities"):
        if option == "--vulnerabilities":
            monkeypatch.setattr(supply.shutil, "which", lambda name: "/bin/true")
        [line] = run("audit", option, code=1).stderr.splitlines()
        assert "requirements.lock: does not exist -> " in line


def test_without_pip_audit_one_line_says_how_to_get_it(run, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    [line] = run("audit", "--vulnerabilities", code=1).stderr.splitlines()
    assert line.startswith("pip-audit: is not installed -> ")


def test_no_known_vulnerability_counts_what_was_looked_up(run, checkout, pip_audit):
    checkout("click==8.5.1")
    pip_audit(json.dumps({"dependencies": [{"name": "click", "version": "8.5.1", "vulns": []}]}))
    assert run("audit", "--vulnerabilities").stdout == "No known vulnerability in 1 packages.\n"


def test_a_package_that_was_not_looked_up_never_passes_for_a_clean_one(run, checkout, pip_audit):
    checkout("click==8.5.1")
    rows = [{"name": "click", "skip_reason": "Dependency not found and could not be audited"}]
    pip_audit(json.dumps({"dependencies": rows}), error="No known vulnerabilities found")  # its own words
    result = run("audit", "--vulnerabilities", code=1)
    assert "click: was not looked up -> " in result.stdout and "No known" not in result.stdout


def test_a_vulnerability_is_named_with_the_version_that_mends_it(run, checkout, pip_audit):
    checkout("click==8.5.1")
    vulns = [{"id": "ESSAI-2026-1", "fix_versions": ["8.5.2"]}, {"id": "ESSAI-2026-2", "fix_versions": []}]
    rows = [{"name": "click", "version": "8.5.1", "vulns": vulns}]
    pip_audit(json.dumps({"dependencies": rows}), code=1)
    first, second = run("audit", "--vulnerabilities", code=1).stdout.splitlines()
    assert first == "click 8.5.1: ESSAI-2026-1 -> take 8.5.2 into the lock"
    assert "ESSAI-2026-2" in second and "no fixed version" in second
    found = json.loads(run("audit", "--vulnerabilities", "--json", code=1).stdout)
    assert [row["what"] for row in found] == ["ESSAI-2026-1", "ESSAI-2026-2"]


@pytest.mark.parametrize("printed", ["", "not json", "{}"])
def test_a_pip_audit_that_fails_is_one_line_with_its_reason(run, checkout, pip_audit, printed):
    checkout("click==8.5.1")
    pip_audit(printed, code=1, error="Traceback …\nname resolution failed\n")
    [line] = run("audit", "--vulnerabilities", code=1).stderr.splitlines()
    assert line == "pip-audit: could not run: name resolution failed -> mend what it names"
