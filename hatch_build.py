"""Build hook: what a wheel needs besides the code, and must not be committed or duplicated in git.

It puts htmx into webapp/static/vendor/, taken out of the django-htmx package of the build environment, so
that no third-party code is committed and no address is downloaded from; and it lays the published content
into the wheel, so that an installed Repère can serve without a checkout. Versions are in pyproject.toml.
"""

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CONTENT_DATABASE = "content.db"
TRANSLATIONS = "translations"
TRANSLATION_SOURCES = {".md", ".po", ".pot", ".tsv"}


class RepereBuildHook(BuildHookInterface):
    """Fetch htmx for every build; add the content to wheels that leave the checkout."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Hatch's entry point; `version` is «editable» for `pip install -e`, «standard» otherwise."""
        try:
            self.place_htmx()
            if version != "editable":
                build_data["force_include"].update(self.bundled_content())
        except BuildRefused as refusal:
            self.app.abort(f"Repère cannot be built: {refusal}")

    def place_htmx(self) -> None:
        """Write the pinned htmx under its version's name, and nothing else beside it."""
        htmx = find_in_distribution(
            "django-htmx", "django_htmx/static/django_htmx/htmx-2.min.js"
        ).read_bytes()
        expected, found = self.config["htmx-sha256"], hashlib.sha256(htmx).hexdigest()
        if found != expected:
            raise BuildRefused(
                f"htmx-2.min.js of django-htmx has sha256 {found}, pyproject.toml pins {expected}. After a "
                "wanted upgrade change django-htmx, htmx-version and htmx-sha256 there together."
            )
        vendor = Path(self.root, "webapp", "static", "vendor")
        vendor.mkdir(parents=True, exist_ok=True)
        target = vendor / f"htmx-{self.config['htmx-version']}.min.js"
        for superseded in set(vendor.glob("htmx-*.min.js")) - {target}:
            superseded.unlink()
        target.write_bytes(htmx)

    def bundled_content(self) -> dict[str, str]:
        """Map the content's files to their place in the wheel.

        Sources only: compiled catalogs lying in a checkout may be older than their PO files.
        """
        root = Path(self.root)
        for needed in (CONTENT_DATABASE, TRANSLATIONS):
            if not (root / needed).exists():
                raise BuildRefused(
                    f"{needed} is missing from {root}; a wheel without it could not serve a page. "
                    f"Build from a complete checkout."
                )
        files = [root / CONTENT_DATABASE]
        files += [path for path in (root / TRANSLATIONS).rglob("*") if path.suffix in TRANSLATION_SOURCES]
        return {str(path): f"webapp/bundled/{path.relative_to(root).as_posix()}" for path in sorted(files)}


class BuildRefused(Exception):
    """A reason, in one or two sentences, why no package can be made here."""


def find_in_distribution(name: str, file: str) -> Path:
    """Find an installed package's file without importing the package: django_htmx imports Django."""
    try:
        path = Path(str(distribution(name).locate_file(file)))
    except PackageNotFoundError:
        raise BuildRefused(
            f"{name} is not installed in the build environment (see [build-system])."
        ) from None
    if not path.is_file():
        raise BuildRefused(f"{name} does not contain {file}.")
    return path
