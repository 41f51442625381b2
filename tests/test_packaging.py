"""What a build and an installation are made from: htmx, the locks, the declared dependencies."""

import hashlib
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from webapp.cli import supply

ROOT = Path(__file__).parent.parent
LOCKS = ["requirements.lock", "tests/requirements.lock"]
RENEW = "run the command in the first lines of the lock and commit the result"


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def htmx(project):
    """The build hook's settings: version and hash of htmx."""
    return project["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]


def normalized(name):
    """Return a package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock):
    """Map each package of a lock to its version and to the text of its entry."""
    entries = re.split(r"^(?=[A-Za-z0-9])", (ROOT / lock).read_text(), flags=re.MULTILINE)[1:]
    return {
        normalized(match["name"]): (match["version"], entry)
        for entry in entries
        for match in [re.match(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)", entry)]
    }


class TestHtmx:
    def test_built_file_has_the_pinned_bytes(self, htmx):
        built = ROOT / "webapp" / "static" / "vendor" / f"htmx-{htmx['htmx-version']}.min.js"
        assert built.is_file(), "run `pip install --no-deps -e .`: the build hook makes this file"
        assert hashlib.sha256(built.read_bytes()).hexdigest() == htmx["htmx-sha256"]
        assert f'version:"{htmx["htmx-version"]}"' in built.read_text()

    def test_it_is_the_only_one(self, htmx):
        vendor = ROOT / "webapp" / "static" / "vendor"
        assert [path.name for path in vendor.iterdir()] == [f"htmx-{htmx['htmx-version']}.min.js"]

    def test_readme_names_no_other_version(self, htmx):
        readme = ROOT / "README.md"
        if not readme.exists():
            pytest.skip("README.md is not there yet")
        named = set(re.findall(r"htmx[ -](\d+\.\d+\.\d+)", readme.read_text()))
        assert named <= {htmx["htmx-version"]}


class TestLocks:
    @pytest.mark.parametrize("lock", LOCKS)
    def test_every_requirement_is_pinned_and_hashed(self, lock):
        for line in (ROOT / lock).read_text().splitlines():
            assert re.match(r"#| {4}|[A-Za-z0-9._-]+==\S+", line), f"{line!r} is not a pin: {RENEW}"
        for name, (_, entry) in locked(lock).items():
            assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), f"{name} has no hash: {RENEW}"

    @pytest.mark.parametrize("lock", LOCKS)
    def test_no_address_is_in_it(self, lock):
        assert "http" not in (ROOT / lock).read_text()

    def test_declared_dependencies_are_locked(self, project):
        missing = {name_of(each) for each in project["project"]["dependencies"]} - set(locked(LOCKS[0]))
        assert not missing, RENEW

    def test_declared_test_dependencies_are_locked(self, project):
        declared = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["test"]
        assert not {name_of(each) for each in declared} - set(locked(LOCKS[1])), RENEW

    def test_tests_run_with_the_versions_that_are_served(self):
        served, tested = locked(LOCKS[0]), locked(LOCKS[1])
        assert all(pins(tested[name]) == pins(entry) for name, entry in served.items()), RENEW

    def test_django_never_enters_the_runtime(self):
        assert not {"django", "django-htmx"} & set(locked(LOCKS[1]))

    @pytest.mark.parametrize("lock", LOCKS)
    def test_every_locked_package_is_needed(self, project, lock):
        declared = project["project"]["dependencies"]
        if lock.startswith("tests/"):
            declared = declared + project["project"]["optional-dependencies"]["test"]
        assert set(locked(lock)) - needed(declared) == set(), RENEW

    def test_every_licence_is_known_and_on_the_list(self):
        found = supply.packages(ROOT)
        assert {package.name for package in found} == {name for lock in LOCKS for name in locked(lock)}
        assert [str(problem) for problem in supply.licence_problems(found)] == []


class TestBuild:
    def test_build_requirements_are_pinned_exactly(self, project):
        for requirement in project["build-system"]["requires"]:
            assert re.fullmatch(r"[a-z-]+==[0-9.]+", requirement)

    def test_vendor_folder_is_not_committed_but_packed(self, project):
        assert "/webapp/static/vendor/" in (ROOT / ".gitignore").read_text().splitlines()
        assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["artifacts"] == [
            "webapp/static/vendor/*.js"
        ]


def pins(entry):
    """Return what of a lock's entry decides the bytes: its comments differ between locks."""
    version, text = entry
    return version, set(re.findall(r"sha256:[0-9a-f]{64}", text))


def needed(requirements):
    """Return the names of all that `requirements` bring, by what the installed packages say, on any machine."""
    found = set()
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        requirement = waiting.pop()
        asked = (normalized(requirement.name), frozenset(requirement.extras))
        if asked in found:
            continue
        found.add(asked)
        try:
            brought = [Requirement(each) for each in metadata.requires(requirement.name) or ()]
        except metadata.PackageNotFoundError:  # for another system
            continue
        for each in brought:
            extra = re.search(r"extra == ['\"]([^'\"]+)['\"]", str(each.marker or ""))
            if not extra or extra[1] in requirement.extras:
                waiting.append(each)
    return {name for name, _extras in found}


def name_of(requirement):
    return normalized(re.match(r"[A-Za-z0-9._-]+", requirement).group())
