"""The response layer: what is kept equals what would be made now, whatever is asked and whatever changes."""

import gzip
import shutil
import sys

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app

from webapp import create_app
from webapp.content import mirror
from webapp.content.editor import Editor
from webapp.content.store import Store
from webapp.i18n import offering
from webapp.responses import ResponseLayer, _encoding
from webapp.settings import Settings


def fetch(client, path, **headers):
    return client.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("path", ["/fr/", "/fr/cards/fiche-essai/", "/fr/map/?zone=groin-left"])
def test_a_kept_answer_equals_a_fresh_one_in_every_encoding(client, path):
    fresh = fetch(client, path)
    for _ in range(2):
        assert fetch(client, path).data == fresh.data
        compressed = fetch(client, path, Accept_Encoding="gzip, br")
        assert compressed.headers["Content-Encoding"] == "br"
        assert brotli.decompress(compressed.data) == fresh.data
        assert "Accept-Encoding" in compressed.headers["Vary"]


def test_a_reader_who_has_the_page_gets_304(client):
    first = fetch(client, "/fr/", Accept_Encoding="br")
    again = fetch(client, "/fr/", Accept_Encoding="br", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_head_says_what_get_would_say(client):
    head = client.client.head("/fr/")
    assert head.data == b""
    assert int(head.headers["Content-Length"]) == len(fetch(client, "/fr/").data)


def test_new_content_is_never_answered_from_what_was_kept(client, publish, store):
    block = next(b for b in store.card("fiche-essai").blocks if not b.is_safety and b.form == "paragraph")
    before = fetch(client, "/fr/cards/fiche-essai/", Accept_Encoding="br")
    publish("cards/fiche-essai", block.text, "Une phrase toute neuve.")
    after = fetch(client, "/fr/cards/fiche-essai/", Accept_Encoding="br")
    assert "Une phrase toute neuve." in brotli.decompress(after.data).decode()
    assert after.headers["X-Content-Version"] != before.headers["X-Content-Version"]


def test_what_htmx_gets_never_answers_a_page_request(client):
    query = "/fr/map/results/?zone=groin-left"
    assert fetch(client, query, HX_Request="true").status_code == 200
    assert fetch(client, query).status_code == 303


@pytest.mark.parametrize("value", ["true", "TRUE", "True", "tRuE", " true", "false", "1", ""])
def test_no_spelling_of_the_htmx_header_gives_a_fragment_to_a_page_request(client, value):
    query = "/fr/map/results/?zone=groin-left"
    fetch(client, query, HX_Request=value)
    assert fetch(client, query).status_code == 303


def test_errors_and_redirects_and_queries_nobody_knows_are_not_kept(client, app):
    layer = app.wsgi_app
    icon = app.extensions["repere"].assets.address("icon.svg")
    for path in (
        "/",
        "/fr/nothing/",
        "/fr/map/?zone=nose",
        "/fr/map/?view=back",
        "/fr/languages/?from=/fr/",
        "/fr/places/groin/?anything=1",
        "/fr/?anything=1",
        "/fr/cards/fiche-essai/?zone=groin-left",
        f"{icon}?anything=1",
    ):
        fetch(client, path)
    assert not layer._kept


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", ""),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate", "gzip"),
        ("deflate, zstd", ""),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("*;q=0.5, gzip;q=0", "br"),
        ("*, br;q=0, gzip;q=0", ""),
        ("gzip;q=1.0, br;q=0.1", "gzip"),
        ("BR;Q=1", "br"),
        ("br ; q=0.0 , gzip ; q=0.001", "gzip"),
        ("identity;q=1, *;q=0", ""),
        ("identity, br;q=0.5", ""),
        ("identity;q=0.5, br", "br"),
        ("identity;q=0", ""),
        ("br;q=much", ""),
        ("br;q=", ""),
        (",,;q=1,br,", "br"),
        ("brotli, gzippo", ""),
        ("br" + " " * 600, ""),
        ("x" * 497 + ",br;q=0", ""),
    ],
)
def test_coding_is_the_one_that_the_browser_likes_best(header, expected):
    assert _encoding(header) == expected


@given(st.text(alphabet="brgzip*q=01.;, \tidentity-é\x00", max_size=60))
def test_any_accept_encoding_is_read_and_what_it_never_names_is_never_sent(header):
    assert _encoding(header) in (
        "",
        *(name for name in ("br", "gzip") if name in header.lower() or "*" in header),
    )


PATHS = [
    "/fr/",
    "/en/cards/fiche-essai/",
    "/ar/cards/fiche-essai/",
    "/fr/cards/fiche-essai/",
    "/fr/cards/guide-essai/",
    "/de/cards/fiche-essai/",
    "/fr/cards/nothing/",
    "/fr/cards/signaux-alerte/",
    "/fr/cards/?x=1",
    "/en/urgent/",
    "/ar/map/",
    "/fr/map/?zone=groin-left",
    "/en/map/?zone=groin-left&zone=sacrum",
    "/en/map/?zone=sacrum&zone=groin-left",
    "/fr/map/?zone=nose",
    "/fr/map/results/?zone=groin-left",
    "/en/map/results/",
    "/fr/places/groin/",
    "/en/languages/",
    "/version.json",
    "/robots.txt",
]
ASK = st.fixed_dictionaries(
    {"path": st.sampled_from(PATHS), "method": st.sampled_from(["GET", "GET", "HEAD", "POST"])},
    optional={
        "Accept-Encoding": st.sampled_from(
            ["br", "gzip", "gzip, deflate, br, zstd", "br;q=0, *", "identity;q=1, *;q=0", "", "é"]
        ),
        "HX-Request": st.sampled_from(["true", "TRUE", "false", "1"]),
        "Accept-Language": st.sampled_from(["fr", "ar-MA,ar;q=0.9", "de", "x" * 50]),
        "If-None-Match": st.sampled_from(["*", '"x"', "the last", "W/the last", ' W/"y", the last']),
        "Host": st.sampled_from(["example.org", "127.0.0.1:8000"]),
    },
)
CHANGE = st.sampled_from(["text", "other text", "withdraw en", "offer en", "withdraw card", "back"])


class World:
    """One application whose content changes; a kept answer is compared with what Flask makes now."""

    def __init__(self, data):
        self.data = data
        self.editor = Editor(data)
        self.app = create_app(Settings(data=data))
        self.layer = self.app.wsgi_app
        self.flask = self.layer._app
        self.number = 0
        self.last_tag = '"none"'

    def change(self, what):
        """Change the content as people do, from beside the server."""
        self.number += 1
        translations = self.data / "translations"
        if what.endswith(" en"):
            offering.change(translations, "en", is_offered=what == "offer en")
        elif what == "withdraw card":
            if Store(self.editor.path).card("guide-essai"):
                self.editor.withdraw("guide-essai")
        else:
            slug = "fiche-essai" if what == "text" else "guide-essai"
            if what == "back":
                self.editor.rollback(f"cards/{slug}", self.first_revision(slug), author="essai")
            else:
                texts = mirror.documents(Store(self.editor.path))
                text = texts.get(f"cards/{slug}")
                if text is None:
                    return
                block = next(b for b in Store(self.editor.path).card(slug).blocks if b.form == "paragraph")
                changed = text.replace(block.text, f"Essai numéro {self.number}.")
                self.editor.save({f"cards/{slug}": changed}, author="essai", note="essai")
            offering.remember(translations, ["ar"])
            self.editor.publish()

    def first_revision(self, slug):
        """Return the first published text of a card."""
        return Store(self.editor.path).revisions(f"cards/{slug}")[0].id

    def ask(self, path, method, **headers):
        """Compare an answer of the layer with the one Flask makes at the same moment."""
        if "If-None-Match" in headers:
            headers["If-None-Match"] = headers["If-None-Match"].replace("the last", self.last_tag)
            headers["If-None-Match"] = headers["If-None-Match"].replace("W/W/", "W/")
        client = self.app.test_client()
        self.app.wsgi_app = self.layer
        kept = client.open(path, method=method, headers=headers)
        self.app.wsgi_app = self.flask
        plain = {name: value for name, value in headers.items() if name != "If-None-Match"}
        fresh = client.open(path, method="GET" if method == "HEAD" else method, headers=plain)
        self.app.wsgi_app = self.layer
        tag = fresh.headers.get("ETag", "").removeprefix("W/")
        self.compare(kept, fresh, method, headers.get("If-None-Match"), tag)
        self.last_tag = tag or self.last_tag

    def compare(self, kept, fresh, method, condition, tag):
        """Assert that `kept` is `fresh`, in another form perhaps."""
        assert kept.headers.get("ETag", "").removeprefix("W/") == tag
        for name in (
            "X-Content-Version",
            "Cache-Control",
            "Content-Security-Policy",
            "HX-Push-Url",
            "Location",
        ):
            assert kept.headers.get(name) == fresh.headers.get(name), name
        if condition and tag and fresh.status_code == 200 and (condition == "*" or tag in condition):
            assert (kept.status_code, kept.data) == (304, b"")
            return
        assert kept.status == fresh.status
        for name in ("Content-Type", "Content-Language"):
            assert kept.headers.get(name) == fresh.headers.get(name)
        if method == "HEAD":
            assert kept.data == b""
            return
        assert int(kept.headers["Content-Length"]) == len(kept.data)
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
        assert unpack[kept.headers.get("Content-Encoding")](kept.data) == fresh.data
        assert not kept.headers.get("Content-Encoding") or "Accept-Encoding" in kept.headers["Vary"]


@pytest.fixture
def worlds(built_data, tmp_path):
    """`worlds()`: another world that starts from the invented content."""
    made = []

    def make():
        made.append(None)
        return World(shutil.copytree(built_data, tmp_path / str(len(made))))

    return make


def check_kept_equals_fresh(worlds, examples):
    """Run random stories of asking and changing, each of some twenty steps."""

    @settings(max_examples=examples)
    @given(st.lists(st.one_of(ASK, ASK, ASK, ASK, CHANGE), min_size=10, max_size=40))
    def tell(steps):
        world = worlds()
        for step in steps:
            if isinstance(step, str):
                world.change(step)
            else:
                world.ask(**step)
        shutil.rmtree(world.data)

    tell()


def test_kept_answer_equals_a_fresh_one_over_random_requests_and_changes(worlds):
    check_kept_equals_fresh(worlds, 12)


@pytest.mark.full
def test_kept_answer_equals_a_fresh_one_over_many_random_requests_and_changes(worlds):
    check_kept_equals_fresh(worlds, 400)


def test_page_whose_text_did_not_change_keeps_its_compressed_form(client, app, publish):
    def forms(path):
        return next(kept for key, kept in app.wsgi_app._kept.items() if key[0] == path).forms

    paths = ("/fr/cards/guide-essai/", "/fr/cards/fiche-essai/")
    for path in paths:
        fetch(client, path, Accept_Encoding="gzip")
    before = [forms(path) for path in paths]
    publish("cards/fiche-essai", "La loupe", "La lampe")
    versions = {fetch(client, path, Accept_Encoding="gzip").headers["X-Content-Version"] for path in paths}
    assert versions == {app.extensions["repere"].shelf.current().version}
    assert forms(paths[0]) is before[0], "the same bytes are not compressed again"
    assert forms(paths[1]) is not before[1]


def test_kept_page_takes_little_more_than_its_compressed_bytes(real_app):
    """Over every page of a language; counted in bytes, with keys, headers and objects."""
    layer = ResponseLayer(real_app.wsgi_app._app, lambda: "the same")
    layer._improve = lambda kept: None  # brotli as first made, which is larger than in the end
    store = real_app.extensions["repere"].shelf.current().store
    pages = ["", "map/", "urgent/", "cards/", "about/", "legal/", "languages/"]
    pages += [f"cards/{entry.slug}/" for entry in store.entries() if entry.kind != "urgent"]
    pages += [f"places/{zone.id}/" for zone in store.zones()]
    codings = ("br", "gzip", "")
    for page in pages:
        for coding in codings:
            builder = EnvironBuilder(path=f"/ar/{page}", headers={"Accept-Encoding": coding})
            assert run_wsgi_app(layer, builder.get_environ(), buffered=True)[1] == "200 OK"
    assert len(layer._kept) == len(pages)
    size = deep_size(layer._kept)
    compressed = sum(len(form) for kept in layer._kept.values() for form in kept.forms.values())
    each = size / len(pages) / len(codings)
    print(
        f"\n{len(pages)} pages: {each:.0f} bytes a page and coding, {compressed / size:.0%} of them compressed"
    )
    assert size - compressed <= 3_000 * len(pages)
    assert each <= 8_000
    assert size <= layer._bytes, "it takes no more than it believes"


def deep_size(thing, seen=None):
    """Return the bytes of an object and of everything it holds, each counted once."""
    seen = set() if seen is None else seen
    if id(thing) in seen or isinstance(thing, type):
        return 0
    seen.add(id(thing))
    size = sys.getsizeof(thing)
    if isinstance(thing, dict):
        size += sum(deep_size(key, seen) + deep_size(value, seen) for key, value in thing.items())
    elif isinstance(thing, (list, tuple)):
        size += sum(deep_size(part, seen) for part in thing)
    else:
        slots = getattr(type(thing), "__slots__", ())
        size += sum(deep_size(getattr(thing, name), seen) for name in slots if hasattr(thing, name))
    return size


def test_what_is_kept_stays_below_its_bound(app, client):
    layer = app.wsgi_app
    layer._most_bytes = 200_000
    for place in ("groin", "sacrum", "chest", "saddle", "hip-side", "buttock-deep"):
        fetch(client, f"/fr/places/{place}/", Accept_Encoding="br")
        fetch(client, f"/en/places/{place}/", Accept_Encoding="gzip")
    assert sum(kept.size for kept in layer._kept.values()) <= 200_000
