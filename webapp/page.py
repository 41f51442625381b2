"""What every page shares: its address in each language, its head, its headers.

Views say what a page is (`Page`); this module knows how it is framed and sent.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from flask import Flask, Response, g, render_template, request, url_for
from markupsafe import Markup

from webapp.assets import Assets
from webapp.content import markup
from webapp.content.localize import LocalizedSign, Localizer, Text
from webapp.content.model import N_, URGENT_SLUG
from webapp.i18n.locales import SOURCE, direction, language_tag, own_name
from webapp.i18n.ui import gettext as _
from webapp.i18n.ui import gettext_in
from webapp.library import Library
from webapp.offline import slots
from webapp.responses import KEEP

FROZEN = "repere.frozen"
"""WSGI key under which a page is made for a static host."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a template may ask of any page."""

    title: str
    description: str = ""
    tab: str = ""
    """Which tab of the bottom bar is the current one: map, cards, urgent, note, or none."""
    address: str = ""
    """Canonical address in this language; empty for error pages."""
    alternates: tuple[tuple[str, str], ...] = ()
    """(language tag, address) of every offered language, this one included."""
    is_indexed: bool = True
    scripts: tuple[str, ...] = ()
    """Logical names of the static scripts it loads, deferred."""
    here: str = ""
    """What the list of languages leads back to, in another language; empty: the address asked."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call button."""

    number: str
    place: str
    """Where it is answered, in French: a UI string, translated where it is shown."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """The one emergency block of a page."""

    now: tuple[LocalizedSign, ...]
    today: tuple[LocalizedSign, ...] = ()
    calls: tuple[Call, ...] = ()


def emergency(signs: tuple[LocalizedSign, ...]) -> Emergency:
    """Return the emergency block for `signs`; the numbers are the same for every reader."""
    # The two default calls of design section 4, with the country named; others are one link away.
    calls = (Call("15", N_("France")), Call("112", N_("Union européenne")))
    return Emergency(
        now=tuple(sign for sign in signs if sign.urgency == "U0"),
        today=tuple(sign for sign in signs if sign.urgency == "U1"),
        calls=calls,
    )


def library() -> Library:
    """Return the generation this request reads."""
    found: Library = g.library
    return found


def localizer() -> Localizer:
    """Return this request's way to look content up, in the page's language."""
    if "localizer" not in g:
        g.localizer = library().localizer(g.locale)
    found: Localizer = g.localizer
    return found


def page(
    title: str,
    endpoint: str,
    *,
    tab: str = "",
    is_indexed: bool = True,
    scripts: tuple[str, ...] = (),
    description: str = "",
    **values: Any,
) -> Page:
    """Return the frame of the page at `endpoint` with `values`, in every offered language."""
    address = absolute(path_to(endpoint, locale=g.locale, **values))
    # The languages' addresses differ in one part; building one takes 30 µs, and there may be thirty.
    before, _sep, after = address.partition(f"/{language_tag(g.locale)}/")
    tags = map(language_tag, library().offered)
    alternates = tuple((tag, f"{before}/{tag}/{after}") for tag in tags)
    return Page(str(title), str(description), tab, address, alternates, is_indexed, scripts)


def path_to(endpoint: str, **values: Any) -> str:
    """Return the path of an endpoint, as `url_for` does; of pages it is kept, for a card links to 25 (30 µs each)."""
    if values.keys() <= {"locale", "slug"}:
        return _page_path(endpoint, **values)
    return url_for(endpoint, **values)


@lru_cache(maxsize=4096)
def _page_path(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values)


def absolute(path: str) -> str:
    """Return `path` on the public origin, which is a setting and never the Host header."""
    return library().settings.origin + path


def show(template: str, frame: Page, status: int = 200, **context: Any) -> Response:
    """Render a page and send it with the headers every page has."""
    html = render_template(template, page=frame, **context)
    return send_page(html, status)


def send_page(html: str, status: int = 200) -> Response:
    """Send HTML with the headers every page has; 304 and compression are the response layer's."""
    response = Response(html, status, mimetype="text/html")
    response.headers["Content-Language"] = language_tag(g.locale)
    response.headers["X-Content-Version"] = library().version
    response.headers["Cache-Control"] = "no-cache, no-transform"
    if status == 200 and not has_slots():
        response.set_etag(hashlib.sha256(html.encode()).hexdigest()[:20])
        if not request.query_string:
            request.environ[KEEP] = "page"
        elif request.endpoint in ("map.show_map", "map.show_results"):  # unknown queries were refused
            request.environ[KEEP] = "query"
    return response


def send_data(
    data: object, *, mimetype: str = "application/json", cache_control: str = "no-cache, no-transform"
) -> Response:
    """Send what a script of ours or the browser itself reads."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    response = Response(body, mimetype=mimetype)
    response.headers["X-Content-Version"] = library().version
    response.headers["Cache-Control"] = cache_control
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:20])
    if not request.query_string:
        request.environ[KEEP] = "page"
    return response


def link_to(target: str, locale: str) -> str:
    """Return the address of an inner link target of a text, in `locale`, or an empty one."""
    scheme, _sep, name = target.partition(":")
    if scheme == "card":
        return card_address(name, locale)
    pages = {"urgent": "urgent.show_urgent", "map": "map.show_map", "numbers": "urgent.show_urgent"}
    if name not in pages:
        return ""
    return path_to(pages[name], locale=locale) + ("#numbers" if name == "numbers" else "")


def card_address(slug: str, locale: str = "") -> str:
    """Return a card's address, by default in the page's language; the danger signs have their own page."""
    if slug == URGENT_SLUG:
        return path_to("urgent.show_urgent", locale=locale or g.locale)
    return path_to("cards.show_card", locale=locale or g.locale, slug=slug)


def words(text: Text) -> Markup:
    """Return a content text as HTML, with its language marked when it is not the page's."""
    if has_slots():
        return slots.first(text.key)
    return words_in(g.locale, text)


def words_in(locale: str, text: Text) -> Markup:
    """Return a content text as HTML where the words around it are in `locale`."""
    html = _rendered(text.text, text.locale, locale)
    if locale != SOURCE and library().settings.translator:
        html = Markup('<span class="tr" data-key="{}" data-state="{}">{}</span>').format(
            text.key, text.state, html
        )
    if text.locale != locale:
        return Markup('<span lang="{}" dir="{}">{}</span>').format(
            language_tag(text.locale), direction(text.locale), html
        )
    return html


@lru_cache(maxsize=1024)  # 0.1 ms a text; the same few stand on many pages, and most outlive a publication
def _rendered(text: str, language: str, locale: str) -> Markup:
    return markup.render(text, lambda target: link_to(target, locale), language)


def told(text: Text, numbers: tuple[int, ...] = ()) -> Markup:
    """Return a block's text as a card tells it: today's French under an older safety text, then its sources."""
    html = words(text)
    if text.french:
        html += _changed(g.locale, text)
    return html + cite(numbers) if numbers else html


def told_in(locale: str, text: Text) -> Markup:
    """Return a block's text as it is told where the words around it are in `locale`."""
    html = words_in(locale, text)
    return html + _changed(locale, text) if text.french else html


def _changed(locale: str, text: Text) -> Markup:
    """Return today's French, which stands under an older safety text."""
    return Markup('<span class="changed">{} <span lang="fr" dir="ltr">{}</span></span>').format(
        gettext_in(locale, N_("Le texte français a changé :")), text.french
    )


def cite(numbers: tuple[int, ...]) -> Markup:
    """Return links to the sources of a block by their numbers in the page's list."""
    return _cite(numbers, _("Sources")) if numbers else Markup()


@lru_cache(maxsize=512)
def _cite(numbers: tuple[int, ...], label: Markup) -> Markup:
    links = Markup(", ").join(Markup('<a href="#source-{}">{}</a>').format(n, n) for n in numbers)
    return Markup('<span class="cite"> <span class="vh">{}</span>{}</span>').format(label, links)


def has_slots() -> bool:
    """Tell whether this page is made for a pack: content texts are then named, not written out."""
    found: bool = g.has_slots
    return found


def is_frozen() -> bool:
    """Tell whether this page is made for a static host."""
    return FROZEN in request.environ


def plain_words(text: Text) -> str:
    """Return a content text as bare words, for titles and attributes."""
    return markup.typeset(markup.plain(text.text), text.locale)


def init_app(app: Flask, assets: Assets) -> None:
    """Give templates what they may call without importing it, so that a fragment stands alone."""
    app.context_processor(context)
    app.jinja_env.globals.update(
        style=Markup(assets.style),  # our own file, fixed by the CSP hash
        asset=assets.address,
        card_address=card_address,
        cite=cite,
        say=_,
        told=told,
        url_for=path_to,
        words=words,
        plain_words=plain_words,
    )
    macros = app.jinja_env.get_template("_macros.html").module
    for name in ("card_words", "card_rows", "source_list"):
        app.jinja_env.globals[name] = getattr(macros, name)
    app.jinja_env.globals["icon"] = cache(macros.icon)  # type: ignore[attr-defined]  # the same for every page


def context() -> dict[str, Any]:
    """Return what every template may use beside its page."""
    if "library" not in g:
        return {}
    return {
        "locale": g.locale,
        "language_tag": language_tag(g.locale),
        "direction": direction(g.locale),
        "language_name": own_name(g.locale),
        "notice": g.get("notice", ""),
        "is_source": g.locale == SOURCE,
        "frozen": library().version if is_frozen() else "",
        "settings": library().settings,
    }


@dataclass(frozen=True, slots=True)
class Extension:
    """What the app keeps for its lifetime."""

    assets: Assets
    shelf: Any = field(repr=False)
    packs: Any = field(repr=False)
