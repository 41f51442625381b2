"""manage.py: which environment it chooses, what it says when it cannot start, how it hands over.

Nothing is installed here: a checkout is imitated by manage.py, its project files and a bare virtual
environment, so that the tests need no network. `.ci/run` makes a real environment in a fresh clone.
"""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import manage

ROOT = Path(__file__).parent.parent
OLD_PYTHONS = sorted(
    path
    for version in ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10")
    for path in Path.home().glob(f".pyenv/versions/{version}.*/bin/python")
)
# Says what it was given, then ends with a code of its own, as `check` does when it finds problems.
ECHO = "import os, sys; print(sys.argv[1:], os.getcwd(), sys.executable); sys.exit(7)\n"


@pytest.fixture
def checkout(tmp_path):
    """A checkout with a command line that echoes, without an environment."""
    folder = tmp_path / "checkout with spaces"
    (folder / "tests").mkdir(parents=True)
    for name in (
        "manage.py",
        "pyproject.toml",
        "hatch_build.py",
        "requirements.lock",
        "tests/requirements.lock",
    ):
        shutil.copy(ROOT / name, folder / name)
    for name, text in (
        ("webapp/__init__.py", ""),
        ("webapp/cli/__init__.py", ""),
        ("webapp/cli/__main__.py", ECHO),
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def finished_checkout(checkout):
    """A checkout whose .venv says that everything is installed."""
    bare_venv(checkout)
    finish(checkout)
    return checkout


def bare_venv(checkout):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", checkout / ".venv"], check=True)


def finish(checkout):
    """Do what a bootstrap does at its end: htmx in its place, then the stamp."""
    there = manage_of(checkout)
    project = there.read_project()
    htmx = Path(there.htmx_file(project))
    htmx.parent.mkdir(parents=True)
    htmx.touch()
    there.write_stamp([there.identity(), there.digest("runtime", project)])


def manage_of(checkout):
    """Import the manage.py of another checkout, which then speaks of that checkout."""
    spec = importlib.util.spec_from_file_location("manage_elsewhere", checkout / "manage.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def start(checkout, *arguments, python=sys.executable, **environment):
    command = [python, checkout / "manage.py", *arguments]
    settings = {**os.environ, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, **environment}
    settings = {name: value for name, value in settings.items() if value is not None}
    return subprocess.run(command, env=settings, cwd=checkout.parent, capture_output=True, text=True)


def is_one_line(text):
    return text.endswith("\n") and text.count("\n") == 1


class TestRefusals:
    @pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13)])
    def test_old_python_is_refused_by_name(self, version):
        with pytest.raises(
            manage.Refusal, match=r"needs Python 3\.11 or newer; this is " + ".".join(map(str, version))
        ):
            manage.refuse_unsuitable_python(version, "linux")

    @pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 0), (4, 0, 0)])
    @pytest.mark.parametrize("platform", ["linux", "darwin"])
    def test_newer_python_is_accepted(self, version, platform):
        manage.refuse_unsuitable_python(version, platform)

    def test_windows_is_sent_to_wsl(self):
        with pytest.raises(manage.Refusal, match="WSL") as refusal:
            manage.refuse_unsuitable_python((3, 12, 0), "win32")
        assert refusal.value.exit_code == 2

    @pytest.mark.parametrize("found", [(3, 34, 1), (3, 8, 0)])
    def test_old_sqlite_is_refused(self, monkeypatch, found):
        monkeypatch.setattr("sqlite3.sqlite_version_info", found)
        with pytest.raises(manage.Refusal, match=r"SQLite 3\.37"):
            manage.refuse_unsuitable_python((3, 12, 0), "linux")

    @pytest.mark.parametrize("absent", ["venv", "ensurepip"])
    def test_missing_venv_names_the_debian_package(self, monkeypatch, absent):
        find_spec = importlib.util.find_spec
        monkeypatch.setattr(
            "importlib.util.find_spec", lambda name: None if name == absent else find_spec(name)
        )
        with pytest.raises(manage.Refusal, match="python3-venv"):
            manage.refuse_python_without_venv()

    @pytest.mark.skipif(not OLD_PYTHONS, reason="no Python older than 3.11 under ~/.pyenv")
    @pytest.mark.parametrize("python", OLD_PYTHONS, ids=lambda path: path.parts[-3])
    def test_real_old_python_can_read_the_refusal(self, python, checkout):
        done = start(checkout, "serve", python=python, LC_ALL="C.UTF-8")
        assert done.returncode == 2
        assert is_one_line(done.stderr)
        assert f"this is {python.parts[-3]}." in done.stderr

    def test_folder_that_cannot_be_written_is_said_in_one_line(self, checkout):
        (checkout / ".venv").touch()
        done = start(checkout, "serve", python=sys._base_executable)
        assert done.returncode == 1
        assert is_one_line(done.stderr)
        assert "in a folder that you may write to" in done.stderr

    def test_broken_pyproject_is_said_in_one_line(self, checkout):
        (checkout / "pyproject.toml").write_text("[project\n")
        done = start(checkout, "serve")
        assert done.returncode == 1
        assert is_one_line(done.stderr)
        assert "pyproject.toml" in done.stderr


class TestChoiceOfEnvironment:
    def test_requirements_of_this_project_have_the_one_form_that_is_understood(self):
        project = manage.read_project()["project"]
        for requirement in project["dependencies"] + project["optional-dependencies"]["test"]:
            name, ranges = manage.split_requirement(requirement)
            assert requirement == name + ",".join(sign + bound for sign, bound in ranges)

    @pytest.mark.parametrize(
        ("version", "requirement", "expected"),
        [
            ("3.1.3", "flask>=3.1.3,<4", True),
            ("3.10", "flask>=3.1.3,<4", True),
            ("3.1.2", "flask>=3.1.3,<4", False),
            ("4.0.0", "flask>=3.1.3,<4", False),
            ("4", "flask-babel>=4.0,<5", True),
            ("2.0.post1", "polib>=1.2", True),
            ("1.2.0.20260518", "types-polib>=1.2", True),
        ],
    )
    def test_version_is_held_against_the_range(self, version, requirement, expected):
        assert manage.is_within(version, manage.split_requirement(requirement)[1]) is expected

    def test_this_environment_has_all_that_the_tests_need(self):
        assert manage.what_is_lacking("test", manage.read_project()) is None

    def test_finished_environment_is_used_at_once(self, finished_checkout):
        done = start(finished_checkout, "serve", python=sys._base_executable)
        assert done.returncode == 7, done.stderr
        assert str(finished_checkout / ".venv") in done.stdout
        assert done.stderr == ""

    def test_changed_lock_makes_it_unready(self, finished_checkout):
        there = manage_of(finished_checkout)
        assert there.is_ready("runtime", there.read_project())
        with (finished_checkout / "requirements.lock").open("a") as lock:
            lock.write("# changed\n")
        assert not there.is_ready("runtime", there.read_project())

    def test_changed_linter_settings_do_not(self, finished_checkout):
        with (finished_checkout / "pyproject.toml").open("a") as file:
            file.write("[tool.another]\nstrict = true\n")
        there = manage_of(finished_checkout)
        assert there.is_ready("runtime", there.read_project())

    def test_runtime_environment_is_not_ready_for_tests(self, finished_checkout):
        there = manage_of(finished_checkout)
        assert not there.is_ready("test", there.read_project())

    def test_lost_htmx_makes_it_unready(self, finished_checkout):
        shutil.rmtree(finished_checkout / "webapp" / "static")
        there = manage_of(finished_checkout)
        assert not there.is_ready("runtime", there.read_project())

    def test_environment_copied_with_its_checkout_is_not_used(self, finished_checkout, tmp_path):
        shutil.copytree(finished_checkout, tmp_path / "copy", symlinks=True)
        there = manage_of(tmp_path / "copy")
        assert not there.is_ready("runtime", there.read_project())
        assert not there.can_be_updated()

    def test_half_made_environment_is_neither_used_nor_added_to(self, finished_checkout):
        there = manage_of(finished_checkout)
        there.write_stamp(["unfinished"])
        assert not there.is_ready("runtime", there.read_project())
        assert not there.can_be_updated()

    def test_environment_whose_python_is_gone_is_not_used(self, finished_checkout):
        (finished_checkout / ".venv" / "bin" / "python").unlink()
        there = manage_of(finished_checkout)
        assert not there.is_ready("runtime", there.read_project())
        assert not there.can_be_updated()


class TestInstallation:
    def test_failure_says_what_failed_and_shows_the_log_without_a_traceback(self, checkout):
        done = start(checkout, "serve", python=sys._base_executable, HOME=None)
        assert done.returncode == 1
        assert "Repère could not install the packages" in done.stderr.splitlines()[-1]
        assert "No matching distribution found" in done.stderr
        assert "Traceback" not in done.stderr
        assert not manage_of(checkout).can_be_updated(), "the next start must begin anew"

    def test_second_start_waits_for_the_first_and_then_has_nothing_to_do(self, checkout):
        bare_venv(checkout)
        first = os.open(checkout, os.O_RDONLY)
        fcntl.flock(first, fcntl.LOCK_EX)
        second = subprocess.Popen(
            [sys._base_executable, checkout / "manage.py", "serve"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert b"waiting" in second.stderr.readline()
        finish(checkout)
        os.close(first)
        _, complaints = second.communicate(timeout=60)
        assert second.returncode == 7, complaints
        assert complaints == b""

    def test_orphaned_installer_keeps_others_waiting(self, checkout):
        there = manage_of(checkout)
        (checkout / ".venv").mkdir()
        guard = there.hold_the_only_start()
        release = checkout / "release"
        wait = f"import os, time\nwhile not os.path.exists({str(release)!r}): time.sleep(0.01)"
        orphan = subprocess.Popen([sys.executable, "-c", wait], pass_fds=[guard])
        os.close(guard)  # what the kernel does when manage.py is killed
        probe = os.open(checkout, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        release.touch()
        orphan.wait(timeout=60)
        fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(probe)

    @pytest.mark.parametrize("home", [None, ""])
    def test_installer_has_a_home_even_if_the_caller_has_none(self, monkeypatch, home):
        if home is None:
            monkeypatch.delenv("HOME")
        else:
            monkeypatch.setenv("HOME", home)
        assert manage.installers_environment()["HOME"]

    def test_installer_keeps_the_callers_pip_settings(self, monkeypatch):
        monkeypatch.setenv("PIP_TIMEOUT", "77")
        monkeypatch.setenv("PYTHONPATH", "/elsewhere")
        environment = manage.installers_environment()
        assert environment["PIP_TIMEOUT"] == "77"
        assert "PYTHONPATH" not in environment


class TestHandingOver:
    def test_arguments_folder_and_exit_code_pass_through(self, finished_checkout):
        done = start(finished_checkout, "content", "show", "a card", python=sys._base_executable)
        assert done.returncode == 7
        assert done.stdout.startswith(f"['content', 'show', 'a card'] {finished_checkout.parent} ")

    def test_webapp_of_another_folder_is_not_taken(self, finished_checkout):
        stranger = finished_checkout.parent / "webapp" / "cli"
        stranger.mkdir(parents=True)
        (stranger / "__main__.py").write_text("print('stranger')")
        assert "stranger" not in start(finished_checkout, "serve", python=sys._base_executable).stdout

    def test_command_test_is_pytest_with_its_arguments(self):
        done = start(ROOT, "test", "--version")
        assert done.returncode == 0
        assert done.stdout.startswith("pytest ")
