"""GNU gettext accepts every catalog: what Poedit, Weblate and every other tool build on."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TRANSLATIONS = Path(__file__).parents[2] / "translations"


@pytest.mark.parametrize(
    "path", sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")), ids=lambda p: f"{p.parts[-3]}-{p.stem}"
)
def test_msgfmt_accepts_the_catalog(path):
    if not (msgfmt := shutil.which("msgfmt")):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no msgfmt: install gettext")
    done = subprocess.run([msgfmt, "-c", "-o", os.devnull, str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
