#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""The one command of Repère: finds or makes its environment, then hands over to webapp.cli, or to pytest.

It leaves every command to webapp.cli and knows one word only: `test`. It runs before anything is installed,
under whatever Python the reader has, so it needs the standard library alone, and it is written so that
Python 2.7 still parses it and can say what is missing (no f-strings, late imports).

The environment is, in this order: an activated one that has what pyproject.toml asks for; .venv beside this
file, once its stamp says that it is finished and matches the locks; the running Python, if it has everything
(a container); otherwise .venv, made now from requirements.lock. The stamp is written last: a .venv whose
making was cut short has none that counts and is made anew.
"""

import os
import sys

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 37, 0)  # STRICT tables

ROOT = os.path.dirname(os.path.realpath(__file__))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "repere-stamp")
LOG = os.path.join(VENV, "install.log")
# What an environment can be for, and its lock. The second contains the first.
LOCKS = {"runtime": "requirements.lock", "test": os.path.join("tests", "requirements.lock")}


class Refusal(Exception):
    """A reason why Repère cannot start here, in words for the person who typed the command."""

    def __init__(self, reason, exit_code):
        Exception.__init__(self, reason)
        self.exit_code = exit_code


def main(arguments):
    """Hand over to Repère or its tests; return an exit code only where that was not possible."""
    try:
        refuse_unsuitable_python(sys.version_info, sys.platform)
        purpose = "test" if arguments[:1] == ["test"] else "runtime"
        project = read_project()
        python = find_environment(purpose, project) or make_environment(purpose, project)
        hand_over(python, arguments)
    except Refusal as refusal:
        say(str(refusal))
        return refusal.exit_code
    except KeyboardInterrupt:
        say("Interrupted. Run the same command again to go on.")
        return 130
    except OSError as error:
        say(
            "Repère cannot start: {}: {}. It needs a complete checkout, in a folder that you may write to, "
            "with space left.".format(error.filename or ROOT, error.strerror or error)
        )
        return 1


def refuse_unsuitable_python(version, platform):
    """Stop here, in one line, where nothing later could work. Must run under any Python."""
    if platform not in ("linux", "linux2", "darwin"):  # Python 2 says linux2
        raise Refusal(
            "Repère runs on Linux and macOS; this is {}. On Windows, run it inside WSL.".format(platform), 2
        )
    if tuple(version[:2]) < OLDEST_PYTHON:
        raise Refusal(
            "Repère needs Python {} or newer; this is {}. Install a newer one and start with it, "
            "for example: python3.13 manage.py serve".format(dotted(OLDEST_PYTHON), dotted(version[:3])),
            2,
        )
    try:
        from sqlite3 import sqlite_version_info
    except ImportError:
        sqlite_version_info = ()
    if sqlite_version_info < OLDEST_SQLITE:
        raise Refusal(
            "Repère needs a Python with SQLite {} or newer; {} has {}. Use another Python, for example your "
            "system's own.".format(
                dotted(OLDEST_SQLITE), sys.executable, dotted(sqlite_version_info) or "none"
            ),
            2,
        )


def read_project():
    """Read pyproject.toml."""
    import tomllib

    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        try:
            return tomllib.load(file)
        except ValueError as error:
            raise Refusal("pyproject.toml cannot be read: {}.".format(error), 1)


# --- finding an environment ---


def find_environment(purpose, project):
    """Return the interpreter to use, or None where .venv has to be made or brought up to date first."""
    in_own_venv = os.path.realpath(sys.prefix) == os.path.realpath(VENV)
    activated = sys.prefix != sys.base_prefix and not in_own_venv
    if activated:
        lacking = what_is_lacking(purpose, project)
        if not lacking:
            return sys.executable
        say("The active environment lacks {}: using .venv beside manage.py.".format(lacking))
    if is_ready(purpose, project):
        return VENV_PYTHON
    if not activated and not in_own_venv and not what_is_lacking(purpose, project):
        return sys.executable
    return None


def what_is_lacking(purpose, project):
    """Name the first thing that the running Python would need in addition, or return None."""
    from importlib.metadata import PackageNotFoundError, version

    requirements = project["project"]["dependencies"]
    if purpose == "test":
        requirements = requirements + project["project"]["optional-dependencies"]["test"]
    for requirement in requirements:
        name, ranges = split_requirement(requirement)
        try:
            installed = version(name)
        except PackageNotFoundError:
            return name
        if not is_within(installed, ranges):
            return "{} (has {})".format(requirement, installed)
    if not os.path.isfile(htmx_file(project)):
        return "htmx (pip install -e . puts it in its place)"
    return None


def split_requirement(requirement):
    """Split «name>=1.2,<2», the only form pyproject.toml uses, into the name and [(">=", "1.2"), ("<", "2")]."""
    import re

    name = re.match(r"[A-Za-z0-9._-]+", requirement).group()
    return name, re.findall(r"(>=|<)([0-9.]+)", requirement)


def is_within(version, ranges):
    """Tell whether a version fulfils «>=» and «<» bounds, by its release number alone."""

    def release(text):
        import re

        numbers = [int(number) for number in re.match(r"[0-9.]+", text).group().strip(".").split(".")]
        while numbers and numbers[-1] == 0:  # 4.0 is 4
            numbers.pop()
        return numbers

    here = release(version)
    return all(here >= release(bound) if sign == ">=" else here < release(bound) for sign, bound in ranges)


def htmx_file(project):
    """Where the build hook puts htmx: present means that the hook has run."""
    version = project["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]["htmx-version"]
    return os.path.join(ROOT, "webapp", "static", "vendor", "htmx-{}.min.js".format(version))


# --- the stamp ---


def is_ready(purpose, project):
    """Tell whether .venv is finished, belongs here and matches the locks as they are now."""
    lines = stamp_lines()
    return (
        lines[:1] == [identity()]
        and digest(purpose, project) in lines
        and os.path.exists(VENV_PYTHON)
        and os.path.isfile(htmx_file(project))
    )


def stamp_lines():
    """Return the stamp's lines, or none where .venv is absent or not of our making."""
    try:
        with open(STAMP, encoding="utf-8", errors="surrogateescape") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def write_stamp(lines):
    """Replace the stamp."""
    with open(STAMP, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write("\n".join(lines) + "\n")


def identity():
    """Tell one .venv from its copy in another folder, or from itself over another Python: both break it."""
    return "{} over {}".format(os.path.realpath(VENV), os.path.realpath(VENV_PYTHON))


def digest(purpose, project):
    """Return «purpose sha256» of all that decides what gets installed; the linters' settings do not."""
    import hashlib

    decisive = hashlib.sha256()
    for part in (project["build-system"], project["project"], project["tool"]["hatch"]):
        decisive.update(repr(part).encode("utf-8"))
    for name in ("hatch_build.py", LOCKS[purpose]):
        with open(os.path.join(ROOT, name), "rb") as file:
            decisive.update(file.read())
    return "{} {}".format(purpose, decisive.hexdigest())


# --- making the environment ---


def make_environment(purpose, project):
    """Make .venv, or bring it up to date, and return its interpreter."""
    refuse_python_without_venv()
    guard = hold_the_only_start()
    try:
        if is_ready(purpose, project):  # another start has made it while this one waited
            return VENV_PYTHON
        installed = ["runtime"] if purpose == "runtime" else ["runtime", "test"]
        digests = [digest(each, project) for each in installed]  # before: a lock may change meanwhile
        if can_be_updated():
            say("Repère brings .venv up to date with {}.".format(LOCKS[purpose]))
            write_stamp(["unfinished"])
        else:
            say("Repère prepares its environment in .venv. This happens once and may take a minute or two.")
            make_empty_venv(guard)
        say("  Installing the packages of {} …".format(LOCKS[purpose]))
        pip = [VENV_PYTHON, "-m", "pip", "install"]
        run("install the packages", pip + ["--require-hashes", "-r", LOCKS[purpose]], guard)
        say("  Installing Repère itself …")
        run("install Repère itself", pip + ["--no-deps", "-e", "."], guard)
        write_stamp([identity()] + digests)
        say("  Ready.")
        return VENV_PYTHON
    finally:
        os.close(guard)


def refuse_python_without_venv():
    """Debian and Ubuntu ship Python without what makes virtual environments."""
    from importlib.util import find_spec

    if not (find_spec("venv") and find_spec("ensurepip")):
        raise Refusal(
            "This Python ({}) cannot make virtual environments. On Debian and Ubuntu install the package "
            "python3-venv (sudo apt install python3-venv), then run this again.".format(sys.executable),
            2,
        )


def hold_the_only_start():
    """Lock the checkout's folder until the returned descriptor is closed everywhere.

    Installers inherit it: if this process is killed, the next start waits for the orphan to finish.
    """
    import fcntl

    guard = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another start is preparing .venv: waiting for it.")
        fcntl.flock(guard, fcntl.LOCK_EX)
    except OSError:
        pass  # some network folders have no locks; two first starts at once are rarer still
    return guard


def can_be_updated():
    """Tell whether what is in .venv is whole enough to install into.

    A .venv without a stamp was made by hand: it is kept and added to.
    """
    import subprocess

    lines = stamp_lines()
    if lines and lines[0] != identity():
        return False
    probe = "import sys, pip; sys.exit(sys.version_info < {})".format(OLDEST_PYTHON)
    try:
        code = subprocess.call(
            [VENV_PYTHON, "-c", probe],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return False
    return code == 0


def make_empty_venv(guard):
    """Put a new environment in the place of whatever was there, marked as unfinished from the start."""
    import shutil

    folder = os.path.realpath(VENV)  # .venv may be a link to a roomier disk
    if os.path.isdir(folder):
        shutil.rmtree(folder)
    os.mkdir(folder)
    write_stamp(["unfinished"])
    # Not the running interpreter where that is the .venv just removed.
    python = sys.executable if sys.prefix == sys.base_prefix else sys._base_executable
    run("make a virtual environment", [python, "-m", "venv", "--prompt", "repere", VENV], guard)


def run(what, command, guard):
    """Run one step of the installation, its output in the log, which is shown only if the step fails."""
    import subprocess

    with open(LOG, "ab") as log:
        log.write("\n$ {}\n".format(" ".join(command)).encode("utf-8"))
        log.flush()
        code = subprocess.call(
            command,
            cwd=ROOT,
            env=installers_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=(guard,),
        )
    if code != 0:
        for line in last_lines_of_log():
            say("    " + line)
        raise Refusal(
            "Repère could not {}: above are the last lines of .venv/install.log. Mend what they name, most "
            "often the network connection, and run the same command again to go on.".format(what),
            1,
        )


def installers_environment():
    """Return the caller's environment, made quiet and complete; the caller's pip configuration stays in force."""
    environment = dict(os.environ)
    environment.update(
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        PIP_NO_INPUT="1",
        PIP_PROGRESS_BAR="off",
        PIP_USER="0",  # «user = true» in a configuration cannot work in a virtual environment
    )
    for name in ("PYTHONPATH", "PYTHONHOME"):  # another Python's packages would pass for .venv's
        environment.pop(name, None)
    if not environment.get("HOME"):
        import pwd

        try:
            environment["HOME"] = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:  # a container's nameless user; pip 26 stops without a home
            environment.update(HOME=VENV, PIP_NO_CACHE_DIR="1")
    return environment


def last_lines_of_log(count=10, width=200):
    """Return the end of the installation's log: pip says there what went wrong."""
    with open(LOG, "rb") as log:
        lines = log.read().decode("utf-8", "replace").splitlines()
    return [line[:width] for line in lines if line.strip()][-count:]


# --- handing over ---


def hand_over(python, arguments):
    """Become Repère, or pytest: this process is replaced, so signals and exit codes are theirs."""
    if arguments[:1] == ["test"]:
        module, arguments = "pytest", arguments[1:]
        os.chdir(ROOT)  # paths of tests are named from the checkout's top
    else:
        module = "webapp.cli"
    environment = dict(os.environ)
    # The checkout by name and, with -P, not the folder the command was typed in, which may hold a webapp too.
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [ROOT, environment.get("PYTHONPATH")]))
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(python, [python, "-P", "-m", module] + arguments, environment)


def dotted(numbers):
    """Return (3, 11) as «3.11»."""
    return ".".join(str(number) for number in numbers)


def say(line):
    """Tell the person at the terminal; standard output belongs to the command that follows."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
