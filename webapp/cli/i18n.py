"""Commands about translations."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.cli.common import json_option, library, open_store, settings, tell, tell_problems
from webapp.content.catalog import Compiled, state_of
from webapp.i18n import catalogs, checks, exchange, offering
from webapp.i18n.locales import SOURCE, language_tag, own_name


@click.group()
def i18n() -> None:
    """Catalogs: what translators edit."""


@i18n.command()
def sync() -> None:
    """Bring every catalog to today's French and interface.

    \b
    Example:
      python3 manage.py i18n sync
    """
    found = settings()
    for locale, changed in catalogs.sync(found.translations, open_store(found)).items():
        click.echo(f"{locale}: {'changed' if changed else 'up to date'}")
    library(found)


@i18n.command("compile")
def compile_() -> None:
    """Build what the server reads from the catalogs that changed.

    \b
    Example:
      python3 manage.py i18n compile
    """
    built = catalogs.compile_all(settings().translations)
    click.echo(f"Compiled: {', '.join(built)}" if built else "Nothing to do.")


@i18n.command()
@click.argument("locale", required=False)
@json_option
def check(locale: str | None, as_json: bool) -> None:
    """Find faults in the catalogs, all or one locale's.

    \b
    Example:
      python3 manage.py i18n check en
    """
    found = settings()
    problems = checks.check_catalogs(found.translations, open_store(found), locale)
    tell_problems(problems, as_json=as_json, clean="No problems found.")


@i18n.command()
@json_option
def status(as_json: bool) -> None:
    """Say how far each locale is.

    \b
    Example:
      python3 manage.py i18n status
    """
    found = settings()
    opened = library(found)
    rows = []
    for locale in opened.locales:
        states = dict.fromkeys(("current", "stale", "draft", "missing"), 0)
        translations = (
            Compiled(catalogs.compiled_content(found.translations, locale)).all() if locale != SOURCE else {}
        )
        for message in opened.store.messages():
            translation = translations.get(message.key)
            state = (
                "current"
                if locale == SOURCE
                else state_of(translation, message.key, message.text, opened.changes)
            )
            states[state] += 1
        rows.append(
            {
                "locale": locale,
                "name": own_name(locale),
                "offered": locale in opened.offered,
                "why_not": opened.why_not_offered(locale),
                "interface_untranslated": catalogs.untranslated_messages(found.translations, locale),
                **states,
            }
        )
    tell(
        rows,
        as_json=as_json,
        lines=(
            f"{r['locale']:8}{'offered' if r['offered'] else 'not offered: ' + str(r['why_not'])}; texts: {r['current']} current, "
            f"{r['stale']} stale, {r['draft']} draft, {r['missing']} missing; interface: {r['interface_untranslated']} untranslated"
            for r in rows
        ),
    )


@i18n.command()
@click.argument("locale")
def add(locale: str) -> None:
    """Begin a language: empty catalogs, no code.

    \b
    Example:
      python3 manage.py i18n add ro
    """
    found = settings()
    exchange.add(found.translations, locale, open_store(found))
    click.echo(
        f"Translate {found.translations / locale / 'LC_MESSAGES'}, danger signs first (translations/README.md)."
    )


@i18n.command()
@click.argument("locale")
@click.option(
    "--to", "target", type=click.Path(path_type=Path), help="File (default: repere-LOCALE.zip here)."
)
def pack(locale: str, target: Path | None) -> None:
    """Make one zip for a translator: catalogs, glossary, guide, preview address.

    \b
    Example:
      python3 manage.py i18n pack de --to for-anna.zip
    """
    found = settings()
    target = target or Path(f"repere-{locale}.zip")
    exchange.pack(
        found.translations,
        locale,
        target,
        f"{found.origin or 'http://127.0.0.1:8000'}/{language_tag(locale)}/",
    )
    click.echo(target)


@i18n.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_(file: Path) -> None:
    """Take a translator's PO file or pack in: checked first, the old file kept for `undo`.

    \b
    Example:
      python3 manage.py i18n import from-anna.zip
    """
    found = settings()
    replaced = exchange.take_in(found.translations, file, open_store(found))
    library(found)
    click.echo(
        f"Replaced: {', '.join(replaced)}. To undo: python3 manage.py i18n undo {replaced[0].split('/')[0]}"
    )


@i18n.command()
@click.argument("locale")
def undo(locale: str) -> None:
    """Take the last import of a language back.

    \b
    Example:
      python3 manage.py i18n undo de
    """
    found = settings()
    undone = exchange.undo(found.translations, locale)
    catalogs.compile_all(found.translations)
    click.echo(f"Back to the state before the import: {', '.join(undone)}")


@i18n.command()
@click.argument("locale")
@click.confirmation_option("--yes", prompt="Readers of this language will get French pages. Withdraw it?")
def withdraw(locale: str) -> None:
    """Take a language back from readers; nothing else ever does. Its catalogs stay.

    \b
    Example:
      python3 manage.py i18n withdraw de
    """
    found = settings()
    exchange.require_locale(found.translations, locale)
    offering.change(found.translations, locale, is_offered=False)
    click.echo(f"Withdrawn: {locale}. To offer it again: python3 manage.py i18n offer {locale}")


@i18n.command()
@click.argument("locale")
def offer(locale: str) -> None:
    """Offer a withdrawn language again, once it passes the safety floor.

    \b
    Example:
      python3 manage.py i18n offer de
    """
    found = settings()
    exchange.require_locale(found.translations, locale)
    offering.change(found.translations, locale, is_offered=True)
    opened = library(found)
    click.echo(f"{locale}: {opened.why_not_offered(locale) or 'offered'}")
