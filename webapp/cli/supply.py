"""What Repère is built on: the locked packages, their licences, their known vulnerabilities.

The locks stand in a checkout; an installed package has none. Licences are what each installed package
says of itself; vulnerabilities are what `pip-audit`, installed apart, finds for the locked versions.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from webapp.content.model import ContentError, Problem

CHECKOUT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "tests/requirements.lock")
UNKNOWN = "unknown"

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: *; *([^\\\n]+))?", re.MULTILINE)
_ALLOWED = re.compile(
    r"(?:The )?(?:MIT|0?BSD|Apache|PSF|Python Software Foundation|MPL|Mozilla|ISC|Unlicense|CC0|Zlib|Public Domain)\b",
    re.IGNORECASE,
)
"""Licences that ask nothing of a host beyond keeping their notice (MPL: as long as its files stay unchanged)."""


@dataclass(frozen=True, slots=True)
class Package:
    """One line of the locks."""

    name: str
    version: str
    use: str
    """`runtime`, or `test` for what only developers install."""
    licence: str
    marker: str = ""
    """Where it is installed, e.g. `sys_platform == 'win32'`; empty: everywhere."""

    @property
    def is_allowed(self) -> bool:
        """Whether each licence it names is on the list; a choice among licences has to be made by a person."""
        return all(_ALLOWED.match(part) for part in re.split(r" (?:AND|OR) ", self.licence.strip("()")))


def packages(root: Path) -> list[Package]:
    """Return every locked package, those that are served first.

    :raises ContentError: outside a checkout, where there are no locks.
    """
    found: dict[str, Package] = {}
    for lock, use in zip(LOCKS, ("runtime", "test"), strict=True):
        for name, version, marker in _PIN.findall(_read(root / lock)):
            package = Package(name, version, use, licence(name, version), marker.strip())
            found.setdefault(name, package)
    return list(found.values())


def licence(name: str, version: str) -> str:
    """Return what the installed package says, or `unknown`: not installed, another version, or silent."""
    try:
        package = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return UNKNOWN
    if package.version != version:
        return UNKNOWN
    said = package.metadata
    classifiers = [
        c.rsplit(" :: ", 1)[1] for c in said.get_all("Classifier") or () if c.startswith("License :: ")
    ]
    texts = [path for path in package.files or () if re.match(r"licen[cs]e", path.name, re.IGNORECASE)]
    first_lines = (line for path in texts for line in path.read_text("utf-8").splitlines() if line.strip())
    answers = (
        said["License-Expression"] or "",
        " AND ".join(classifiers),
        (said["License"] or "").split("\n")[0],
        next(first_lines, ""),
    )
    return next((answer.strip() for answer in answers if answer.strip()), UNKNOWN)


def licence_problems(found: list[Package]) -> Iterator[Problem]:
    """Yield packages whose licence a person must look at; one that is not for this machine is none."""
    for package in found:
        where = f"{package.name} {package.version}"
        if package.licence == UNKNOWN and not package.marker:
            yield Problem(
                where, "licence unknown", "run: python3 manage.py test --version, which installs it"
            )
        elif package.licence != UNKNOWN and not package.is_allowed:
            yield Problem(where, f"licence «{package.licence}» is not on the list", "read it, or do without")


def vulnerabilities(root: Path) -> tuple[int, list[Problem]]:
    """Return how many locked packages were looked up, and what was found or could not be looked up.

    pip-audit ends well even when its service knew none of the packages, so each is counted here.

    :raises ContentError: without pip-audit, or when it could not run.
    """
    program = shutil.which("pip-audit")
    if program is None:
        raise ContentError(
            Problem("pip-audit", "is not installed", "in an environment of its own: pipx install pip-audit")
        )
    locks = [part for lock in LOCKS if _read(root / lock) for part in ("-r", str(root / lock))]
    done = subprocess.run(
        [program, "--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json", *locks],
        capture_output=True,
        text=True,
    )
    try:
        rows = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError) as error:
        last = (done.stderr.strip().splitlines() or ["said nothing"])[-1]
        raise ContentError(Problem("pip-audit", f"could not run: {last}", "mend what it names")) from error
    problems = []
    for row in rows:
        if "skip_reason" in row:
            problems.append(
                Problem(row["name"], "was not looked up", "run it where the vulnerability service is reached")
            )
        for each in row.get("vulns", ()):
            fixed = ", ".join(each["fix_versions"])
            mend = f"take {fixed} into the lock" if fixed else "no fixed version: explain it, or do without"
            problems.append(Problem(f"{row['name']} {row['version']}", each["id"], mend))
    return sum("skip_reason" not in row for row in rows), problems


def _read(lock: Path) -> str:
    if not lock.is_file():
        raise ContentError(Problem(str(lock), "does not exist", "run this in a checkout of the source"))
    return lock.read_text("utf-8")
