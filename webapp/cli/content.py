"""Commands about French content: see it, change it, give it to readers, take it back."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import difflib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from webapp.cli.common import author, json_option, library, open_store, settings, tell
from webapp.content import document, mirror, reviews
from webapp.content.catalog import Compiled
from webapp.content.editor import KINDS, Editor
from webapp.content.impact import Change, Impact, changed_messages, impact_of
from webapp.content.model import SECTIONS, Card, ContentError, Problem, Review, Revision
from webapp.content.readability import measure
from webapp.content.store import Store
from webapp.i18n import catalogs
from webapp.i18n.locales import SOURCE
from webapp.settings import Settings

OLD_SOURCE_YEARS = 10
"""A source older than this is named by `status`; medicine moves on."""


@click.group()
def content() -> None:
    """French cards and tables in content.db."""


# --- seeing ---


@content.command("list")
@json_option
def list_cards(as_json: bool) -> None:
    """List the published documents.

    \b
    Example:
      python3 manage.py content list
    """
    store = open_store()
    rows: list[dict[str, Any]] = []
    for entry in store.entries():
        state = store.state(entry.slug)
        rows.append({"slug": entry.slug, "kind": entry.kind, "title": entry.title, "version": state.version})
    width = max((len(row["slug"]) for row in rows), default=0)
    tell(
        rows,
        as_json=as_json,
        lines=(f"{r['slug']:{width}}  v{r['version']:<3} {r['kind']:10} {r['title']}" for r in rows),
    )


@content.command()
@click.argument("slug")
def show(slug: str) -> None:
    """Print one document, as it is published.

    \b
    Example:
      python3 manage.py content show sciatique
    """
    click.echo(_published_text(open_store(), _name(slug)), nl=False)


@content.command()
@click.argument("slug", required=False)
@json_option
def log(slug: str | None, as_json: bool) -> None:
    """Show the history, of everything or of one document.

    \b
    Example:
      python3 manage.py content log sciatique
    """
    revisions = open_store().revisions(_name(slug) if slug else None)
    if slug and not revisions:
        raise ContentError(_unknown(slug))
    fields = ("id", "document", "time", "author", "kind", "note", "published")
    rows = [{name: getattr(revision, name) for name in fields} for revision in reversed(revisions)]
    tell(
        rows,
        as_json=as_json,
        lines=(
            f"{r['id']:>4}  {r['time'][:16].replace('T', ' ')}  {r['document']}  {r['kind']}, by {r['author']}"
            f"{'' if r['published'] else '  [draft]'}{'  ' + r['note'] if r['note'] else ''}"
            for r in rows
        ),
    )


@content.command()
@click.argument("slug")
@click.argument("old", type=int)
@click.argument("new", type=int)
def diff(slug: str, old: int, new: int) -> None:
    """Show the words that differ between two revisions (numbers from `content log`).

    \b
    Example:
      python3 manage.py content diff sciatique 3 7
    """
    found = {revision.id: revision for revision in open_store().revisions(_name(slug))}
    for number in (old, new):
        if number not in found:
            raise ContentError(
                Problem(slug, f"has no revision {number}", f"see: manage.py content log {slug}")
            )
    for change in changed_messages(_name(slug), found[old].text, found[new].text):
        click.echo(f"{change.key}{'  (safety)' if change.is_safety else ''}")
        click.echo(f"  {word_diff(change.old, change.new)}")


def word_diff(old: str, new: str) -> str:
    """Return both texts in one line: `[-gone-]` and `{+come+}`, in colour on a terminal."""
    before, after = re.findall(r"\s+|\w+|[^\w\s]", old), re.findall(r"\s+|\w+|[^\w\s]", new)
    out = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            out.append("".join(before[i:j]))
            continue
        if gone := "".join(before[i:j]):
            out.append(click.style(f"[-{gone}-]", fg="red"))
        if come := "".join(after[k:m]):
            out.append(click.style(f"{{+{come}+}}", fg="green"))
    return "".join(out)


@content.command()
@json_option
def status(as_json: bool) -> None:
    """Say what waits for a person: drafts, reviews, old sources.

    \b
    Example:
      python3 manage.py content status
    """
    store = open_store()
    rows = list(_waiting(store, dt.datetime.now(dt.UTC).date()))
    tell(
        rows,
        as_json=as_json,
        lines=[f"{r['what']}: {r['where']}{' (' + r['detail'] + ')' if r['detail'] else ''}" for r in rows]
        or ["Nothing waits."],
    )


def _waiting(store: Store, today: dt.date) -> Iterator[dict[str, str]]:
    newest = {revision.document: revision for revision in store.revisions()}
    for name, revision in newest.items():
        if revision.published is None:
            yield {"what": "draft", "where": name, "detail": f"revision {revision.id}, by {revision.author}"}
    for card in store.cards():
        if card.review_due < today:
            yield {"what": "review overdue", "where": card.slug, "detail": f"since {card.review_due}"}
        if not reviews.standing(store, card, SOURCE, None):
            yield {"what": "no clinician's sign-off", "where": card.slug, "detail": ""}
    for slug in store.withdrawn():
        yield {"what": "withdrawn", "where": slug, "detail": ""}
    used = {key for card in store.cards() for key in card.source_keys}
    for source in store.sources(tuple(sorted(used - {"editor"}))):
        if not source.url:
            yield {"what": "source without an address", "where": source.key, "detail": source.organisation}
        elif source.year and source.year < today.year - OLD_SOURCE_YEARS:
            yield {
                "what": "old source",
                "where": source.key,
                "detail": f"{source.organisation}, {source.year}",
            }


@content.command()
@json_option
def readability(as_json: bool) -> None:
    """Report how hard each card is to read, the hardest first.

    \b
    Example:
      python3 manage.py content readability
    """
    measured = sorted(
        ((measure(card), card.slug) for card in open_store().cards()), key=lambda row: row[0].score
    )
    rows = [{"slug": slug, **dataclasses.asdict(found)} for found, slug in measured]
    tell(
        rows,
        as_json=as_json,
        lines=(
            f"{r['score']:5}  {r['slug']:32} {r['words']:5} words, {r['words_per_sentence']} a sentence; "
            f"longest: {r['longest'][:60]}…"
            for r in rows
        ),
    )


@content.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def dump(file: Path) -> None:
    """Print every document of a store as text: what git shows as the difference of two content.db.

    \b
    Example:
      git config diff.content.textconv "python3 manage.py content dump"
    """
    for name, text in sorted(mirror.documents(Store(file)).items()):
        click.echo(f"=== {name}\n{text}")


# --- changing ---


@content.command()
@click.argument("slug", required=False)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder (default: translations/fr).",
)
def export(slug: str | None, folder: Path | None) -> None:
    """Write documents as files: all of them, or one.

    \b
    Example:
      python3 manage.py content export sciatique --to /tmp
    """
    found = settings()
    store = open_store(found)
    target = folder or found.translations / SOURCE
    if slug is None:
        written = (
            mirror.write(mirror.documents(store), target) if folder else mirror.export_all(store, target)
        )
    else:
        name = _name(slug)
        written = mirror.write({name: _published_text(store, name)}, target)
    for path in written:
        click.echo(path)
    if not written:
        click.echo("Nothing changed.", err=True)


@content.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--note", default="", help="What changed and why; kept in the history.")
@click.option(
    "--kind", type=click.Choice(KINDS), default="meaning", show_default=True, help="See: content edit."
)
@click.option("--publish", "is_published", is_flag=True, help="Give it to readers at once.")
def import_(files: tuple[Path, ...], note: str, kind: str, is_published: bool) -> None:
    """Bring documents in as drafts, all of them or none.

    \b
    Example:
      python3 manage.py content import sciatique.md --note "clearer first sentence"
    """
    found = settings()
    texts = mirror.read(files)
    for path, name in zip(files, texts, strict=True):
        _refuse_lost_keys(found, name, texts[name], path)
    _save(found, texts, note, kind)
    if is_published:
        _publish(found, tuple(texts))


@content.command()
@click.argument("slug")
@click.option("--note", help="What changed and why; asked for when left out.")
@click.option("--kind", type=click.Choice(KINDS), help="Asked for when left out.")
@click.option("--publish", "is_published", is_flag=True, help="Give it to readers at once.")
def edit(slug: str, note: str | None, kind: str | None, is_published: bool) -> None:
    """Change one document in your editor ($VISUAL or $EDITOR), as a draft.

    \b
    Kinds of change:
      meaning  the sense changed: translations must be looked at again
      typo     only spelling: translations stay valid
      unsafe   the old text was dangerous: its translations are withdrawn at once
    \b
    Example:
      EDITOR=nano python3 manage.py content edit sciatique
    """
    found = settings()
    name = _name(slug)
    store = open_store(found)
    revisions = store.revisions(name)
    if not revisions:
        raise ContentError(_unknown(slug))
    _edit(found, name, revisions[-1].text, note, kind, is_published)


@content.command()
@click.argument("slug")
@click.option("--kind", "card_kind", type=click.Choice([*SECTIONS]), default="condition", show_default=True)
def new(slug: str, card_kind: str) -> None:
    """Write a new card in your editor, from an empty form.

    \b
    Example:
      EDITOR=nano python3 manage.py content new dysplasie-hanche
    """
    found = settings()
    store = open_store(found)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        raise click.BadParameter(
            "lower-case words joined by hyphens, e.g. dysplasie-hanche", param_hint="SLUG"
        )
    if store.revisions(f"cards/{slug}"):
        raise ContentError(Problem(slug, "exists already", f"run: manage.py content edit {slug}"))
    order = max((entry.order for entry in store.entries()), default=0) + 10
    _edit(found, f"cards/{slug}", _empty_card(slug, card_kind, order), None, "meaning", is_published=False)


def _empty_card(slug: str, kind: str, order: int) -> str:
    card = Card(slug, "", "", "", kind, "", order, "U3", review_due=dt.date(dt.date.today().year + 1, 12, 31))
    sections = [f"\n## {heading} {{#{key}}}\n" for key, heading in SECTIONS[kind].items()]
    return document.render(card) + "".join(sections)


def _edit(
    found: Settings, name: str, text: str, note: str | None, kind: str | None, is_published: bool
) -> None:
    import os

    if not (os.environ.get("VISUAL") or os.environ.get("EDITOR")):
        slug = name.removeprefix("cards/")
        raise ContentError(
            Problem(
                "EDITOR",
                "no editor is set",
                f"set EDITOR, or: content export {slug} --to . ; change the file ; content import FILE",
            )
        )
    suffix = mirror.FOLDERS[name.split("/")[0]]
    before = text
    while True:
        answer = click.edit(text, extension=suffix, require_save=False)
        text = _without_problems(answer if answer is not None else text)
        if text.strip() == before.strip():
            click.echo("Nothing changed.")
            return
        try:
            changes = changed_messages(name, before if open_store(found).revisions(name) else None, text)
            break
        except ContentError as error:
            for problem in error.problems:
                click.echo(str(problem), err=True)
            if not click.confirm("Edit again? (no: your text is kept in a file)", default=True):
                kept = Path(f"{name.split('/')[1]}.rejected{suffix}")
                kept.write_text(text, "utf-8")
                raise ContentError(
                    Problem(str(kept), "holds your text", "mend it, then: content import FILE")
                ) from error
            # The editor opens again on the same text, with what is wrong on top of it.
            text = "".join(f"{_PROBLEM}{problem}\n" for problem in error.problems) + text
    _tell_impact(_impact(found, changes, kind or "meaning"))
    kind = kind or click.prompt("Kind of change", type=click.Choice(KINDS), default="meaning")
    if kind == "typo":
        for change in changes:
            click.echo(f"  {change.key}: {word_diff(change.old, change.new)}")
        click.confirm(f"Only spelling, says {author()}?", abort=True)
    note = note if note is not None else click.prompt("What changed, and why", default="", show_default=False)
    _save(found, {name: text}, note, kind)
    if is_published:
        _publish(found, (name,))


_PROBLEM = "#! "


def _without_problems(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(_PROBLEM))


def _save(found: Settings, texts: dict[str, str], note: str, kind: str) -> None:
    changed = Editor(found.data).save(texts, author=author(), note=note, kind=kind)
    click.echo(f"Draft saved: {', '.join(changed)}" if changed else "Nothing changed.")
    if changed:
        slugs = " ".join(name.removeprefix("cards/") for name in changed)
        click.echo(f"Readers see it after: python3 manage.py content publish {slugs}")


def _refuse_lost_keys(found: Settings, name: str, text: str, path: Path) -> None:
    """A key that vanishes takes its translations along: it must be meant."""
    if not found.content_db.exists():
        return
    revisions = open_store(found).revisions(name)
    lost = [c.key for c in changed_messages(name, revisions[-1].text, text) if not c.new] if revisions else []
    if lost and not click.confirm(
        f"{path} no longer has {', '.join(lost)}; their translations would be set aside. Go on?", default=True
    ):
        raise click.Abort


# --- giving to readers, taking back ---


@content.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--kind", type=click.Choice(KINDS), default="meaning", show_default=True)
@json_option
def impact(file: Path, kind: str, as_json: bool) -> None:
    """Say which translations a document would make stale, before anything is changed.

    \b
    Example:
      python3 manage.py content impact sciatique.md
    """
    found = settings()
    ((name, text),) = mirror.read([file]).items()
    revisions = [revision for revision in open_store(found).revisions(name) if revision.published]
    what = _impact(found, changed_messages(name, revisions[-1].text if revisions else None, text), kind)
    rows = {
        "changed": [change.key for change in what.changes],
        "stale": {locale: [change.key for change in changes] for locale, changes in what.stale.items()},
    }
    tell(rows, as_json=as_json, lines=list(_impact_lines(what)))


@content.command()
@click.argument("slugs", nargs=-1)
def publish(slugs: tuple[str, ...]) -> None:
    """Give drafts to readers (default: all of them), then renew the mirror and the catalogs.

    Shows first what it makes stale, and refuses while the store would have a problem. Run it again
    after an interruption: it completes what was left.

    \b
    Example:
      python3 manage.py content publish sciatique
    """
    found = settings()
    known = {revision.document for revision in open_store(found).revisions()}
    names = tuple(_name(slug) for slug in slugs)
    for slug, name in zip(slugs, names, strict=True):
        if name not in known:
            raise ContentError(_unknown(slug))
    _publish(found, names or None)


def _publish(found: Settings, names: tuple[str, ...] | None) -> None:
    editor = Editor(found.data)
    if found.content_db.exists():
        for name, steps in _drafts(Store(found.content_db)).items():
            if (names is None or name in names) and steps[0].published:
                changes = changed_messages(name, steps[0].text, steps[-1].text)
                kind = "typo" if all(step.kind == "typo" for step in steps[1:]) else "meaning"
                _tell_impact(_impact(found, changes, kind))
        with contextlib.suppress(ContentError):  # a damaged catalog stops no publication; `renew` tells of it
            library(found)  # notes which languages are offered before their texts become stale
    published = editor.publish(names)
    click.echo(f"Published: {', '.join(published)}" if published else "No drafts.")
    renew(found)


def renew(found: Settings) -> None:
    """Make mirror, catalogs and compiled files from the store, after readers already have it."""
    store = Store(found.content_db)
    mirror.export_all(store, found.translations / SOURCE)
    catalogs.sync(found.translations, store)
    catalogs.compile_all(found.translations)


def _drafts(store: Store) -> dict[str, list[Revision]]:
    """Return, for each document with a draft, its last published revision (if any) and the drafts after it."""
    found: dict[str, list[Revision]] = {}
    for revision in store.revisions():
        if revision.published:
            found[revision.document] = [revision]
        else:
            found.setdefault(revision.document, []).append(revision)
    return {name: steps for name, steps in found.items() if steps[-1].published is None}


@content.command()
@click.argument("slug")
@click.confirmation_option("--yes", prompt="Readers will no longer find this card. Withdraw it?")
def withdraw(slug: str) -> None:
    """Take a card away from readers: its address answers «withdrawn», lists and map forget it.

    Bring it back with `content rollback SLUG REVISION`, then `content publish SLUG`.

    \b
    Example:
      python3 manage.py content withdraw sciatique
    """
    found = settings()
    Editor(found.data).withdraw(slug)
    click.echo(f"Withdrawn: {slug}")
    renew(found)


@content.command()
@click.argument("slug")
@click.argument("revision", type=int)
def rollback(slug: str, revision: int) -> None:
    """Make a draft of an old revision (number from `content log`).

    \b
    Example:
      python3 manage.py content rollback sciatique 3
    """
    Editor(settings().data).rollback(_name(slug), revision, author=author())
    click.echo(f"Draft saved. Readers see it after: python3 manage.py content publish {slug}")


@content.command()
@click.argument("slug")
@click.option("--by", required=True, help="The person's name, as it will be shown.")
@click.option("--role", required=True, help="Their profession, e.g. «rhumatologue», «traductrice médicale».")
@click.option("--locale", default=SOURCE, show_default=True, help="The language they read.")
def review(slug: str, by: str, role: str, locale: str) -> None:
    """Record a real person's sign-off of the exact text; it lapses when the text changes.

    \b
    Example:
      python3 manage.py content review sciatique --by "…" --role "rhumatologue"
    """
    found = settings()
    store = open_store(found)
    card = store.card(slug)
    if card is None:
        raise ContentError(_unknown(slug))
    if locale not in (SOURCE, *catalogs.locales(found.translations)):
        raise ContentError(Problem(locale, "no such locale", "see: manage.py i18n status"))
    if not by.strip() or not role.strip():
        raise click.BadParameter("a sign-off needs a person's name and profession")
    compiled = _compiled(found).get(locale)
    sha256 = reviews.text_digest(store, card, locale, compiled)
    if not sha256:
        raise ContentError(Problem(f"{slug} in {locale}", "is not wholly translated", "translate it first"))
    today = dt.datetime.now(dt.UTC).date().isoformat()
    Editor(found.data).sign(Review(f"cards/{slug}", locale, sha256, by.strip(), role.strip(), today))
    click.echo(f"Signed: {slug} ({locale}) by {by}, {role}")


# --- shared ---


def _impact(found: Settings, changes: tuple[Change, ...], kind: str) -> Impact:
    translations = {locale: compiled.all() for locale, compiled in _compiled(found).items()}
    return impact_of(changes, translations, kind, open_store(found).changes())


def _compiled(found: Settings) -> dict[str, Compiled]:
    folder = found.translations
    with contextlib.suppress(
        ContentError
    ):  # a file left damaged stops no admin: readers have the last good form
        catalogs.compile_all(folder)
    return {
        locale: Compiled(catalogs.compiled_content(folder, locale))
        for locale in catalogs.locales(folder)
        if locale != SOURCE
    }


def _tell_impact(what: Impact) -> None:
    for line in _impact_lines(what):
        click.echo(line)


def _impact_lines(what: Impact) -> Iterable[str]:
    total = sum(map(len, what.stale.values()))
    safety = sum(change.is_safety for changes in what.stale.values() for change in changes)
    yield f"Changes {len(what.changes)} texts, makes {total} translations stale, {safety} of them safety."
    for locale, changes in what.stale.items():
        for change in changes:
            yield f"  {locale}  {'SAFETY  ' if change.is_safety else ''}{change.key}"


def _published_text(store: Store, name: str) -> str:
    texts = mirror.documents(store)
    if name not in texts:
        raise ContentError(_unknown(name))
    return texts[name]


def _name(slug: str) -> str:
    return slug if "/" in slug else f"cards/{slug}"


def _unknown(slug: str) -> Problem:
    return Problem(slug, "no such document", "see: python3 manage.py content list")
