"""The README's worked example, as printed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def example(heading: str) -> list[str]:
    """Return the lines of code that follow `heading`."""
    readme = (ROOT / "README.md").read_text("utf-8")
    block = readme[readme.index(heading) :].split("\n\n")[1]
    return [line.strip() for line in block.splitlines()]


def test_the_admins_worked_example_runs_as_printed(real_data, tmp_path):
    lines = example("**A worked example**")
    assert len(lines) == 9
    environ = {**os.environ, "REPERE_DATA": str(real_data), "REPERE_AUTHOR": "Camille Essai"}
    shutil.copy(ROOT / "manage.py", tmp_path)
    said = []
    for line in lines:
        command = re.sub(r"^python3 manage.py", f"{sys.executable} -m webapp.cli", line)
        done = subprocess.run(
            command,
            shell=True,
            cwd=tmp_path,
            env={**environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        said.append(done.stdout)
    assert "translations stale" in said[2]
    assert "Published: cards/sciatique" in said[4]
    assert "says how often" in said[5]
    assert "[-souvent-]" in said[6] and "{+plusieurs fois par jour+}" in said[6]
    assert "Published: cards/sciatique" in said[8]
    last = subprocess.run(
        [sys.executable, "-m", "webapp.cli", "i18n", "status"],
        env={**environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    ).stdout
    assert " 0 stale" in last, "the French came back, and its translations with it"
