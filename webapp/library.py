"""Store and catalogs as one generation: what a request reads, it reads from one of these, whole.

Before a request `Shelf.current` asks the file system whether content.db was replaced or the bell was rung, as
our own writers do; if so a new generation is opened, and requests under way keep theirs. It asks every 5 ms at
most, and our writers are not done before: who reads after an edit reads what was edited. Files that somebody
else put in place, a copied catalog for one, are noticed within a second.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from webapp import memory
from webapp.content import bell, reviews
from webapp.content.catalog import Changes, Compiled, state_of
from webapp.content.localize import Localizer
from webapp.content.model import Card, ContentError, Message, Problem, Review
from webapp.content.places import Places
from webapp.content.search import Index, SearchData, build_index, index_data
from webapp.content.store import Store
from webapp.i18n import catalogs, offering
from webapp.i18n.locales import SOURCE, babel_locale
from webapp.i18n.ui import Strings
from webapp.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True)
class Library:
    """One generation of content and catalogs."""

    store: Store
    settings: Settings
    compiled: dict[str, Compiled]
    """Content catalogs by locale; French, the source, has none."""
    strings: dict[str, Strings]
    """UI strings of every locale."""
    fingerprint: str
    _indexes: dict[str, Index] = field(default_factory=dict, repr=False)
    _indexing: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @cached_property
    def locales(self) -> tuple[str, ...]:
        """Every locale that has catalogs, French first."""
        return (SOURCE, *sorted(self.compiled))

    @cached_property
    def offered(self) -> tuple[str, ...]:
        """Locales a reader may choose (design, section 6: the safety floor), French first."""
        return tuple(locale for locale in self.locales if not self.why_not_offered(locale))

    @cached_property
    def changes(self) -> Changes:
        """What editors said of changed sentences."""
        return self.store.changes()

    @cached_property
    def places(self) -> Places:
        """Every place of the map."""
        regions = [region.id for region in self.store.regions()]
        return Places(sorted(self.store.zones(), key=lambda zone: regions.index(zone.region)))

    @cached_property
    def _safety_messages(self) -> tuple[Message, ...]:
        return tuple(message for message in self.store.messages() if message.is_safety)

    def why_not_offered(self, locale: str) -> str:
        """Return the reason a locale is withheld, or an empty text.

        The safety floor decides when a locale is first offered; later staleness never removes it.
        """
        if locale == SOURCE:
            return ""
        folder = self.settings.translations
        if self.settings.locales and locale not in self.settings.locales:
            return "not in REPERE_LOCALES"
        if offering.state(folder, locale) == offering.WITHDRAWN:
            return f"withdrawn; to offer it again: manage.py i18n offer {locale}"
        if offering.state(folder, locale) != offering.OFFERED and (why := self._below_floor(locale)):
            return why
        if self.settings.require_review:
            unsigned = len(self.store.entries()) - self.signed_cards(locale)
            return f"{unsigned} cards have no second person's sign-off" if unsigned else ""
        return ""

    def _below_floor(self, locale: str) -> str:
        """Return what a locale lacks to be offered for the first time: all of the interface, every safety text."""
        if missing := catalogs.untranslated_messages(self.settings.translations, locale):
            return f"{missing} UI strings are not translated"
        localizer = self.localizer(locale)
        for message in self._safety_messages:
            localizer.message(message)
        lacking = localizer.states.total() - localizer.states["current"]
        return f"{lacking} safety texts are not translated" if lacking else ""

    def signed(self, card: Card, locale: str) -> tuple[Review, ...]:
        """Return who signed today's words of `card` in `locale`."""
        return reviews.standing(self.store, card, locale, self.compiled.get(locale))

    def localizer(self, locale: str) -> Localizer:
        """Return a fresh way to look texts up in `locale`."""
        return Localizer(self.store, locale, self.compiled.get(locale), self.changes)

    def search_data(self, locale: str) -> SearchData:
        """Return the texts that are searched in `locale`: what the phone builds its index from."""
        return index_data(self.localizer(locale))

    def search_index(self, locale: str) -> Index:
        """Return the search index of `locale`, built when it is first asked for (near 0.3 s)."""
        with self._indexing:
            if locale not in self._indexes:
                self._indexes[locale] = build_index(self.search_data(locale))
            return self._indexes[locale]

    def progress(self, locale: str) -> tuple[int, int]:
        """Return how many content texts are current in `locale`, and how many there are."""
        total = self._progress[SOURCE]
        return self._progress[locale], total

    @cached_property
    def _progress(self) -> dict[str, int]:
        # All languages together: reading every French text is the greater part of the work.
        french = [(message.key, message.text) for message in self.store.messages()]
        counts = {SOURCE: len(french)}
        for locale, compiled in self.compiled.items():
            found = compiled.all()
            counts[locale] = sum(
                state_of(found.get(key), key, text, self.changes) == "current" for key, text in french
            )
        return counts

    def signed_cards(self, locale: str) -> int:
        """Return how many cards a person has signed in `locale`, in exactly today's words."""
        cards = map(self.store.card, self.store.reviewed_cards(locale))
        return sum(bool(card and self.signed(card, locale)) for card in cards)

    @property
    def version(self) -> str:
        """The content version readers and caches compare; the UTC day counts, for due dates change pages."""
        return _version(self.fingerprint, dt.datetime.now(dt.UTC).date())


@lru_cache(maxsize=8)
def _version(fingerprint: str, today: dt.date) -> str:
    return hashlib.sha256(f"{fingerprint} {today}".encode()).hexdigest()[:12]


class Shelf:
    """Holds the newest generation; thread-safe.

    :raises ContentError: when made, if the content cannot be served at all.
    """

    def __init__(
        self, settings: Settings, pages: str, warn: Callable[[str], None], *, look_every: float = 1
    ) -> None:
        """Open the content.

        - `pages` identifies the code, templates and assets that make pages.
        - Every `look_every` seconds all files are looked at, for those who do not ring the bell.
        """
        self._settings = settings
        self._pages = pages
        self._warn = warn
        self._look_every = 0 if settings.translator else look_every  # a saved PO file rings nothing
        self._lock = threading.Lock()
        self._bell = (str(settings.content_db), str(bell.path(settings.translations)))
        self._heard = _states(self._bell)
        self._ask_every = min(bell.HEARD_WITHIN, self._look_every)
        self._certain_until = 0.0
        self._next_look = time.monotonic() + self._look_every
        self._seen = _states(self._watched())
        self._catalogs: dict[Path, tuple[object, Any]] = {}
        self._library = self._open()

    def current(self) -> Library:
        """Return the generation that a request starting now should read."""
        now = time.monotonic()
        if now < self._certain_until:
            return self._library
        heard = _states(self._bell)
        if heard != self._heard or now >= self._next_look:
            with self._lock:
                self._next_look = time.monotonic() + self._look_every
                seen = _states(self._watched())
                if seen != self._seen:
                    try:
                        self._library = self._open()
                    except Exception as error:
                        # Last good content stays, whatever is wrong: it must not take the danger signs away.
                        reason = error if isinstance(error, ContentError) else repr(error)
                        self._warn(f"new content refused, the old stays: {reason}")
                    else:
                        memory.give_back()
                    self._seen = seen
                self._heard = heard  # last: until then others wait for the new content, not get the old
        self._certain_until = now + self._ask_every  # from before the question
        return self._library

    def _watched(self) -> Iterable[str]:
        folder = self._settings.translations
        try:
            watched = [self._settings.content_db, *catalogs.compiled_paths(folder)]
            watched += [offering.path(folder, locale) for locale in catalogs.locales(folder)]
            if self._settings.translator:
                watched += sorted(folder.glob("*/LC_MESSAGES/*.po"))
        except OSError:
            return ()  # a folder went while it was being listed: another state than any before
        return map(str, watched)

    def _open(self) -> Library:
        folder = self._settings.translations
        if self._settings.translator:
            catalogs.compile_all(folder)
        store = Store(self._settings.content_db, signed_only=self._settings.require_review)
        compiled, strings = {}, {}
        for locale in sorted({SOURCE, *catalogs.locales(folder)}):
            try:
                babel_locale(locale)
            except ValueError as error:
                raise ContentError(Problem(str(folder / locale), str(error), "rename the folder")) from error
            if locale != SOURCE:
                compiled[locale] = self._same(catalogs.compiled_content(folder, locale), Compiled)
            strings[locale] = self._same(
                catalogs.compiled_messages(folder, locale),
                lambda _path, locale=locale: Strings(catalogs.read_compiled_messages(folder, locale), locale),  # type: ignore[misc]
            )
        if unknown := [locale for locale in self._settings.locales if locale not in (SOURCE, *compiled)]:
            known = ", ".join(catalogs.locales(folder))
            raise ContentError(
                Problem("REPERE_LOCALES", f"«{unknown[0]}» has no catalogs", f"choose among {known}")
            )
        hashes = [store.version, self._pages, self._settings.shown(), *(c.stamp for c in compiled.values())]
        hashes += [f"{locale} {offering.state(folder, locale)}" for locale in compiled]
        hashes += [path.read_bytes().hex() for path in sorted(folder.glob("*/LC_MESSAGES/messages.mo"))]
        found = Library(
            store=store,
            settings=self._settings,
            compiled=compiled,
            strings=strings,
            fingerprint=hashlib.sha256("\n".join(hashes).encode()).hexdigest(),
        )
        found.offered  # noqa: B018 - now: it reads the catalogs' files, which may be gone when a reader asks
        return found

    def _same(self, path: Path, read: Callable[[Path], T]) -> T:
        """Return what `read` made of `path`, for as long as nobody replaces the file.

        A catalog is read and checked whole: after each publication that would be 0.2 s for thirty languages.
        """
        state = _states([str(path)])
        if self._catalogs.get(path, (None,))[0] != state:
            self._catalogs[path] = (state, read(path))
        found: T = self._catalogs[path][1]
        return found


def _states(paths: Iterable[str]) -> tuple[tuple[int, int, int], ...]:
    """Return what changes when a file is replaced or written, of each; zeros for one that is not there."""
    found = []
    for path in paths:
        try:
            stat = os.stat(path)  # noqa: PTH116 - a Path costs twice as much, before every answer
            # The size too: a file copied over in pieces changes it, and its time only every few milliseconds.
            found.append((stat.st_ino, stat.st_mtime_ns, stat.st_size))
        except OSError:
            found.append((0, 0, 0))
    return tuple(found)
