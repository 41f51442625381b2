"""Where the catalogs lie, and their upkeep: extract, sync, compile.

Two gettext domains: `messages` (UI, extracted from code and templates by Babel) and `content` (texts
of the store, keyed by msgctxt). Compiled files are built, never committed.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

import polib
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import write_po as babel_write_po

from webapp.content import bell
from webapp.content import catalog as content_catalog
from webapp.content.model import ContentError, Message, Problem
from webapp.content.store import Store
from webapp.i18n.locales import SOURCE, babel_locale

PACKAGE = Path(__file__).parent.parent
KEYWORDS = {
    "_": None,
    "N_": None,
    "pair": None,
    "say": None,
    "gettext": None,
    "pgettext": ((1, "c"), 2),
    "ngettext": (1, 2),
}

_METHODS = [
    ("**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.xml", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
_HEADER = "Repère: UI strings. French source; see translations/README.md."


def locales(folder: Path) -> tuple[str, ...]:
    """Return every locale that has a folder of catalogs, sorted."""
    return tuple(sorted(path.parent.name for path in folder.glob("*/LC_MESSAGES")))


def po_path(folder: Path, locale: str, domain: str) -> Path:
    """Return the file a translator edits."""
    return folder / locale / "LC_MESSAGES" / f"{domain}.po"


def compiled_content(folder: Path, locale: str) -> Path:
    """Return the compiled `content` catalog of a locale."""
    return folder / locale / "LC_MESSAGES" / "content.compiled"


def compiled_messages(folder: Path, locale: str) -> Path:
    """Return the compiled `messages` catalog of a locale."""
    return folder / locale / "LC_MESSAGES" / "messages.mo"


def compiled_paths(folder: Path) -> Iterator[Path]:
    """Yield every compiled file there should be."""
    for locale in locales(folder):
        yield compiled_messages(folder, locale)
        if locale != SOURCE:
            yield compiled_content(folder, locale)


def plural_forms(locale: str) -> str:
    """Return the Plural-Forms header of a locale (CLDR's rule, by Babel)."""
    plural = get_plural(babel_locale(locale))
    return f"nplurals={plural.num_plurals}; plural={plural.plural_expr};"


def extract_messages() -> polib.POFile:
    """Return the template of the UI strings, from code and templates."""
    return polib.pofile(_extracted(), wrapwidth=0)


@cache  # 0.4 s; the code does not change while it runs
def _extracted() -> str:
    template = Catalog(charset="utf-8")
    found = extract_from_dir(
        PACKAGE,
        method_map=_METHODS,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
        options_map={"templates/**.html": {"trimmed": "true", "silent": "false"}},
    )
    for filename, _line, message, comments, context in sorted(found, key=lambda row: (row[0], row[1])):
        if not filename.startswith(("bundled/", "bench/", "content/checker")):
            template.add(message, locations=[(filename, 0)], auto_comments=comments, context=context)
    buffer = io.BytesIO()
    babel_write_po(buffer, template, width=0, omit_header=False, sort_by_file=False, include_lineno=False)
    return buffer.getvalue().decode()


def sync_messages(existing: polib.POFile, template: polib.POFile, locale: str) -> polib.POFile:
    """Return the UI catalog of a locale brought to today's `template`; French fills itself in.

    A string is known by its French: another French is another string, and starts untranslated.
    """
    before = {(entry.msgctxt, entry.msgid): entry for entry in existing}
    fresh = content_catalog.new_catalog(locale, plural_forms(locale))
    if locale != SOURCE:
        fresh.header = existing.header
        fresh.metadata = {
            **existing.metadata,
            "Content-Type": fresh.metadata["Content-Type"],  # we write UTF-8, whatever was declared
            "Plural-Forms": plural_forms(locale),
        }
    for source in template:
        old = before.pop((source.msgctxt, source.msgid), None)
        flags = [flag for flag in source.flags if flag == "python-format"]
        entry = polib.POEntry(
            msgctxt=source.msgctxt,
            msgid=source.msgid,
            msgid_plural=source.msgid_plural,
            occurrences=source.occurrences,
            comment=source.comment,
            flags=flags,
        )
        count = int(re.match(r"nplurals=(\d+)", plural_forms(locale))[1])  # type: ignore[index]
        if source.msgid_plural:
            entry.msgstr_plural = dict.fromkeys(range(count), "")
            if locale == SOURCE:
                entry.msgstr_plural = {
                    n: source.msgid if n == 0 else source.msgid_plural for n in range(count)
                }
        elif locale == SOURCE:
            entry.msgstr = source.msgid
        if old is not None and locale != SOURCE:
            entry.msgstr, entry.tcomment = old.msgstr, old.tcomment
            entry.flags = [*flags, *(["fuzzy"] if old.fuzzy else [])]
            if old.msgstr_plural and source.msgid_plural:
                entry.msgstr_plural = {n: old.msgstr_plural.get(n, "") for n in range(count)}
        fresh.append(entry)
    for entry in before.values():
        if locale != SOURCE and (entry.msgstr or any(entry.msgstr_plural.values())):
            entry.obsolete, entry.previous_msgid = True, None  # the latter is lost when it is read again
            fresh.append(entry)
    return fresh


def sync(folder: Path, store: Store) -> dict[str, bool]:
    """Bring templates and every locale's catalogs to today's French; return locale -> whether a file changed.

    :raises ContentError: when a catalog cannot be read; catalogs already written stay, each whole.
    """
    template = extract_messages()
    template.metadata = content_catalog.new_catalog("", "nplurals=INTEGER; plural=EXPRESSION;").metadata
    template.header = _HEADER
    messages: list[Message] = list(store.messages())
    changes = store.changes()
    content_catalog.write_po(template, folder / "messages.pot")
    content_template = content_catalog.sync(
        content_catalog.new_catalog("", "nplurals=INTEGER; plural=EXPRESSION;"), messages
    )
    content_catalog.write_po(content_template, folder / "content.pot")
    changed: dict[str, bool] = {}
    for locale in locales(folder):
        path = po_path(folder, locale, "messages")
        changed[locale] = content_catalog.write_po(
            sync_messages(_read_or_new(path, locale), template, locale), path
        )
        if locale != SOURCE:
            path = po_path(folder, locale, "content")
            fresh = content_catalog.sync(_read_or_new(path, locale), messages, changes)
            changed[locale] |= content_catalog.write_po(fresh, path)
    return changed


def _read_or_new(path: Path, locale: str) -> polib.POFile:
    if path.exists():
        return content_catalog.read_po(path)
    return content_catalog.new_catalog(locale, plural_forms(locale))


def compile_all(folder: Path) -> list[str]:
    """Build what is missing or older than its PO file; return the locales that were built.

    :raises ContentError: naming the catalog that cannot be read; compiled files already there stay.
    """
    built = []
    for locale in locales(folder):
        source, target = po_path(folder, locale, "messages"), compiled_messages(folder, locale)
        if not source.exists():
            raise ContentError(Problem(str(source), "does not exist", "run: python3 manage.py i18n sync"))
        stamp = target.with_suffix(".mo.stamp")
        if not _is_compiled(folder, locale) or stamp.read_text() != content_catalog.stamp(source):
            content_catalog.write_atomically(target, content_catalog.read_po(source).to_binary())
            content_catalog.write_atomically(stamp, content_catalog.stamp(source).encode())
            built.append(locale)
        if locale == SOURCE:
            continue
        source, target = po_path(folder, locale, "content"), compiled_content(folder, locale)
        if not source.exists():
            raise ContentError(Problem(str(source), "does not exist", "run: python3 manage.py i18n sync"))
        if not target.exists() or _stamp_of(target) != content_catalog.stamp(source):
            content_catalog.compile_po(source, target)
            built.append(locale)
    if built:
        bell.ring(folder)
    return sorted(set(built))


def read_compiled_messages(folder: Path, locale: str) -> GNUTranslations:
    """Return the UI strings of a locale as readers get them.

    :raises ContentError: when the compiled catalog is missing or damaged.
    """
    path = compiled_messages(folder, locale)
    try:
        with path.open("rb") as file:
            return GNUTranslations(file)
    except (OSError, ValueError, LookupError, struct.error) as error:  # LookupError: an unknown charset
        raise ContentError(
            Problem(str(path), f"cannot be read ({error})", "run: python3 manage.py i18n compile")
        ) from error


def _is_compiled(folder: Path, locale: str) -> bool:
    try:
        read_compiled_messages(folder, locale)
    except ContentError:
        return False
    return compiled_messages(folder, locale).with_suffix(".mo.stamp").exists()


def _stamp_of(compiled: Path) -> str:
    try:
        return content_catalog.Compiled(compiled).stamp
    except ContentError:
        return ""


def untranslated_messages(folder: Path, locale: str) -> int:
    """Return how many UI strings readers of a locale would get in French.

    Counted in the compiled catalogs, which readers get: a PO file that a translator is saving does not matter.
    """
    return len(_compiled_strings(folder, SOURCE) - _compiled_strings(folder, locale))


def _compiled_strings(folder: Path, locale: str) -> set[tuple[str | None, str]]:
    read_compiled_messages(folder, locale)  # says clearly what polib would not
    return {(entry.msgctxt, entry.msgid) for entry in polib.mofile(str(compiled_messages(folder, locale)))}
