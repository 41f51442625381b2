"""Store and catalogs as one generation: what a request reads, it reads from one of these, whole.

Before each request `Shelf.current` asks the file system whether content.db or a compiled catalog was
replaced (one stat each, 5 µs); if so a new generation is opened, and requests under way keep theirs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from gettext import GNUTranslations

from webapp.content import reviews
from webapp.content.catalog import Changes, Compiled, state_of
from webapp.content.localize import Localizer
from webapp.content.model import Card, ContentError, Message, Problem, Review
from webapp.content.places import Places
from webapp.content.store import Store
from webapp.i18n import catalogs, offering
from webapp.i18n.locales import SOURCE, babel_locale
from webapp.settings import Settings


@dataclass(frozen=True)
class Library:
    """One generation of content and catalogs."""

    store: Store
    settings: Settings
    compiled: dict[str, Compiled]
    """Content catalogs by locale; French, the source, has none."""
    messages: Mapping[str, GNUTranslations]
    """UI strings by locale."""
    fingerprint: str
    # Counted once a generation: 60 ms a language, on a page that any query makes anew.
    _progress: dict[str, tuple[int, int]] = field(default_factory=dict, init=False, repr=False)
    _signed_cards: dict[str, int] = field(default_factory=dict, init=False, repr=False)

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
        return Places(self.store.zones())

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
            unsigned = sum(not self.signed(card, locale) for card in self.store.cards())
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

    def progress(self, locale: str) -> tuple[int, int]:
        """Return how many content texts are current in `locale`, and how many there are."""
        if locale not in self._progress:
            self._progress[locale] = self._count_current(locale)
        return self._progress[locale]

    def signed_cards(self, locale: str) -> int:
        """Return how many cards a person has signed, in exactly today's text."""
        if locale not in self._signed_cards:
            self._signed_cards[locale] = sum(bool(self.signed(card, locale)) for card in self.store.cards())
        return self._signed_cards[locale]

    def _count_current(self, locale: str) -> tuple[int, int]:
        messages = list(self.store.messages())
        if locale == SOURCE:
            return len(messages), len(messages)
        found = self.compiled[locale].all()
        current = sum(state_of(found.get(m.key), m.key, m.text, self.changes) == "current" for m in messages)
        return current, len(messages)

    @property
    def version(self) -> str:
        """The content version readers and caches compare; the UTC day counts, for due dates change pages."""
        today = dt.datetime.now(dt.UTC).date().isoformat()
        return hashlib.sha256(f"{self.fingerprint} {today}".encode()).hexdigest()[:12]


class Shelf:
    """Holds the newest generation; thread-safe.

    :raises ContentError: when made, if the content cannot be served at all.
    """

    def __init__(self, settings: Settings, pages: str, warn: Callable[[str], None]) -> None:
        """Open the content; `pages` identifies the code, templates and assets that make pages."""
        self._settings = settings
        self._pages = pages
        self._warn = warn
        self._lock = threading.Lock()
        self._seen = self._look()
        self._library = self._open()

    def current(self) -> Library:
        """Return the generation that a request starting now should read."""
        if self._look() != self._seen:
            with self._lock:
                seen = self._look()
                if seen != self._seen:
                    try:
                        self._library = self._open()
                    except Exception as error:
                        # Last good content stays, whatever is wrong: it must not take the danger signs away.
                        reason = error if isinstance(error, ContentError) else repr(error)
                        self._warn(f"new content refused, the old stays: {reason}")
                    self._seen = seen  # last: until then others wait for the new content, not get the old
        return self._library

    def _look(self) -> tuple[tuple[int, int, int], ...]:
        found = []
        folder = self._settings.translations
        try:
            watched = [self._settings.content_db, *catalogs.compiled_paths(folder)]
            watched += [offering.path(folder, locale) for locale in catalogs.locales(folder)]
            if self._settings.translator:
                watched += sorted(folder.glob("*/LC_MESSAGES/*.po"))
        except OSError:
            return ()  # a folder went while it was being listed: another state than any before
        for path in watched:
            try:
                stat = path.stat()
                # The size too: a file copied over in pieces changes it, and its time only every few milliseconds.
                found.append((stat.st_ino, stat.st_mtime_ns, stat.st_size))
            except OSError:
                found.append((0, 0, 0))
        return tuple(found)

    def _open(self) -> Library:
        folder = self._settings.translations
        if self._settings.translator:
            catalogs.compile_all(folder)
        store = Store(self._settings.content_db, signed_only=self._settings.require_review)
        compiled, messages = {}, {}
        for locale in sorted({SOURCE, *catalogs.locales(folder)}):
            try:
                babel_locale(locale)
            except ValueError as error:
                raise ContentError(Problem(str(folder / locale), str(error), "rename the folder")) from error
            if locale != SOURCE:
                compiled[locale] = Compiled(catalogs.compiled_content(folder, locale))
            messages[locale] = catalogs.read_compiled_messages(folder, locale)
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
            messages=messages,
            fingerprint=hashlib.sha256("\n".join(hashes).encode()).hexdigest(),
        )
        found.offered  # noqa: B018 - now: it reads the catalogs' files, which may be gone when a reader asks
        return found
