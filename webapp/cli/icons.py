"""`icons`: the app's icons in every size, drawn from the one SVG."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import click

from webapp.assets import PACKAGE
from webapp.content.model import ContentError, Problem

SIZES = (180, 192, 512)
"""px: the Apple home screen; the launcher and the splash screen of the manifest."""

SOURCE = PACKAGE / "static" / "icon.svg"


@click.command()
@click.option("--to", "folder", type=click.Path(path_type=Path), default=PACKAGE / "static" / "icons")
def icons(folder: Path) -> None:
    """Draw the app's icons from webapp/static/icon.svg, with Chromium.

    \b
    Example:
      python3 manage.py icons
    """
    chromium = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        raise ContentError(
            Problem("icons", "Chromium was not found", "install it, or set CHROMIUM_PATH to its program")
        )
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        with tempfile.TemporaryDirectory() as scratch:
            drawn = Path(scratch) / "icon.png"
            found = subprocess.run(
                [
                    chromium,
                    "--headless",
                    "--no-sandbox",  # our own drawing, and Chromium refuses root without it
                    "--hide-scrollbars",
                    f"--window-size={size},{size}",
                    f"--screenshot={drawn}",
                    SOURCE.as_uri(),
                ],
                capture_output=True,
                check=False,
            )
            if found.returncode or not drawn.exists():
                raise ContentError(Problem("icons", "Chromium drew nothing", "run it by hand to see why"))
            shutil.move(drawn, folder / f"{size}.png")
    click.echo(f"Drew {', '.join(f'{size}.png' for size in SIZES)} in {folder}", err=True)
