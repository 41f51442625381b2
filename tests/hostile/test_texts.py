"""Catalogs and documents that nobody means well: refused with a clear line, or shown as the characters they are."""

import io
import re
import shutil
import sqlite3
import stat
import zipfile
from contextlib import closing
from html.parser import HTMLParser

import polib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.routes import routes
from webapp import create_app
from webapp.content import bell, mirror
from webapp.content.store import Store
from webapp.i18n import catalogs, offering
from webapp.settings import Settings

# --- no catalog text makes an element or an attribute ---

NASTY = (
    "<script>alert(1)</script>",
    "\" onclick=alert(1) x='",
    "'><img src=x onerror=alert(1)>",
    "</style><style>*{display:none}",
    "</title><base href=//evil.example>",
    "--><svg/onload=x>",
    "&lt;b&gt; &#60;b&#62; &amp",
    "[a](javascript:alert(1)) [b](//evil.example) ![c](card:x)",
    "%(count)s %(places)s %s %n %(x)s {{ 7*7 }} {% raw %}",
    "\u202e\u2066 txet \ufeff\u200b",
    "]]><!--",
    "A" * 20_000,
    "**",
    "[",
    "](page:urgent)",
)


class Skeleton(HTMLParser):
    """The elements of a page with the names of their attributes, in order; marks that a text may have left out."""

    def __init__(self, html):
        super().__init__()
        self.parts = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        names = tuple(name for name, _ in attrs)
        if (tag, names) not in (("strong", ()), ("a", ("href",))):
            self.parts.append((tag, names))
        for name, value in attrs:
            if name in ("href", "src", "action") and re.match(
                r"(?i)\s*(javascript|data|vbscript):|//", value or ""
            ):
                self.parts.append(("leads away", value))


@pytest.fixture(scope="module")
def hostile_site(built_data, tmp_path_factory):
    """`pages(text)`: every English page of a site whose catalogs say `text` everywhere."""
    data = shutil.copytree(built_data, tmp_path_factory.mktemp("hostile") / "data")
    folder = data / "translations"
    offering.remember(folder, ("en", "ar"))
    app = create_app(Settings(data=data))
    client = app.test_client()
    addresses = [r.address.replace("/fr/", "/en/", 1) for r in routes(app) if r.address.startswith("/fr/")]
    addresses += ["/en/nothing/", "/en/map/?zone=chest&zone=groin-left&layer=nerve", "/en/map/?zone=nose"]
    template = polib.pofile(str(catalogs.po_path(folder, "en", "messages")), wrapwidth=0)
    version = iter(range(10**9))

    def pages(text):
        for entry in template:
            entry.msgstr = "" if entry.msgid_plural else text
            entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, text)
        strings = catalogs.compiled_messages(folder, "en")
        strings.write_bytes(template.to_binary())
        with closing(sqlite3.connect(catalogs.compiled_content(folder, "en"))) as db:
            db.execute("update translation set text = ?", [text])
            db.execute("update meta set stamp = ?", [str(next(version))])
            db.commit()
        bell.ring(folder)  # as who changes catalogs does; else they are seen within a second
        found = {}
        for address in addresses:
            response = client.get(address, headers={"HX-Request": "true"})
            assert response.status_code in (200, 301, 303, 404), (address, response.status_code)
            # The map's data are pieces of pages; other data are words, which scripts set as text.
            pieces = _strings(response.json) if response.is_json and "/map/" in address else ()
            found[address] = "".join(pieces) if response.is_json else response.text
        return found

    return pages


def _strings(data):
    """Yield the texts of JSON data: what scripts put into pages."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list | dict):
        for item in data.values() if isinstance(data, dict) else data:
            yield from _strings(item)


@pytest.fixture(scope="module")
def harmless(hostile_site):
    """Elements of every page made of a plain word; and of one that breaks its placeholders, for then French stands there."""
    plain, broken = hostile_site("Words"), hostile_site("%(nothing)s")
    return {
        address: (Skeleton(html).parts, Skeleton(broken[address]).parts) for address, html in plain.items()
    }


def require_no_new_element(pages, harmless, text):
    """Compare what a text makes of every page with what a plain word makes of it."""
    for address, html in pages(text).items():
        assert Skeleton(html).parts in harmless[address], f"{address}: {text[:100]!r}"


@pytest.mark.parametrize("text", NASTY, ids=lambda text: text[:20].encode("ascii", "replace").decode())
def test_no_hostile_catalog_changes_the_elements_of_any_page(hostile_site, harmless, text):
    require_no_new_element(hostile_site, harmless, text)


hostile_texts = (
    st.lists(st.sampled_from(NASTY) | st.text(max_size=8), min_size=1, max_size=4)
    .map("".join)
    .map(lambda text: text or "x")
)


@settings(max_examples=5)
@given(hostile_texts)
def test_no_catalog_text_makes_an_element_or_attribute_in_any_page(hostile_site, harmless, text):
    require_no_new_element(hostile_site, harmless, text)


@pytest.mark.full
@settings(max_examples=300)
@given(hostile_texts)
def test_no_catalog_text_of_many_makes_an_element_or_attribute_in_any_page(hostile_site, harmless, text):
    require_no_new_element(hostile_site, harmless, text)


# --- packs from a translator ---


@pytest.fixture
def data(built_checkable_data, tmp_path):
    data = shutil.copytree(built_checkable_data, tmp_path / "data")
    offering.remember(data / "translations", ("fa", "ro"))
    return data


@pytest.fixture
def untouched(data):
    """Assert in the end that not a byte of the data folder, nor anything beside it, has changed."""

    def everything():
        return {
            p: p.read_bytes()
            for p in data.parent.rglob("*")
            if p.is_file() and p.suffix != ".zip" and p.name != ".content.lock"
        }

    before = everything()
    yield
    assert everything() == before


def refused(run, *command):
    """Run a command that must be refused; return its lines, each short and with the way out."""
    lines = run(*command, code=1).stderr.splitlines()
    assert lines
    for line in lines:
        assert (
            " -> " in line
            and len(line) < 2000
            and not re.search(r"[\x00-\x08\x1b\u202a-\u202e\u2066-\u2069]", line)
        ), line[:300]
    return lines


def po(data, domain, change):
    """Return the Romanian catalog with its longest text changed."""
    path = catalogs.po_path(data / "translations", "ro", domain)
    catalog = polib.pofile(str(path), wrapwidth=0)
    entry = max(catalog, key=lambda entry: len(entry.msgstr))
    entry.msgstr = change(entry.msgstr)
    return str(catalog).encode()


@pytest.mark.parametrize("domain", ["messages", "content"])
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + "<script>alert(1)</script>",
        lambda text: text + '<b onclick="x">',
        lambda text: text + " &lt;script&gt;",
        lambda text: text + "[a](javascript:alert(1))",
        lambda text: text + " https://evil.example",
        lambda text: "\u202e" + text,
        lambda text: text + "\u2066",
        lambda text: text[:3] + "\u200b" + text[3:],
        lambda text: text + "\x07",
        lambda text: text + "%(secret)s",
        lambda text: text * 3000,
        lambda text: text + "**",
        lambda text: text.replace("a", "\u0430"),
    ],
    ids=[
        "script",
        "event",
        "entity",
        "link",
        "address",
        "override",
        "isolate",
        "invisible",
        "control",
        "placeholder",
        "giant",
        "mark",
        "homoglyph",
    ],
)
def test_a_hostile_text_in_a_translators_file_is_refused_by_name(
    run, data, tmp_path, untouched, domain, change
):
    pack = tmp_path / "pack.zip"
    with zipfile.ZipFile(pack, "w") as zipped:
        zipped.writestr(f"ro/LC_MESSAGES/{domain}.po", po(data, domain, change))
    [line, *_] = refused(run, "i18n", "import", pack)
    assert f"{domain}.po" in line


def zipped(entries, **options):
    """Return a zip with the given (name or ZipInfo, bytes)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as file:
        for name, body in entries:
            file.writestr(name, body)
    return out.getvalue()


def link_to(name, target):
    """Return an entry that is a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info, target


PO = "ro/LC_MESSAGES/content.po"


def patched(body, at, new):
    """Return a zip whose entry headers were changed by hand: `at` is the offset within each header."""
    for signature, shift in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        start = body.index(signature)
        body = body[: start + at + shift] + new + body[start + at + shift + len(new) :]
    return body


ARCHIVES = {
    "climbs out": lambda po, db: zipped([("../../content.db", db), ("../ro/LC_MESSAGES/content.po", po)]),
    "absolute": lambda po, db: zipped([("/content.db", db), ("/" + PO, po), ("/etc/passwd", b"x")]),
    "windows": lambda po, db: zipped([("..\\..\\content.db", db), ("translations\\x.po", po)]),
    "no name": lambda po, db: zipped(
        [("content.db", db), (".", b"x"), ("translations/\0x", b"x"), ("translations//", b"x")]
    ),
    "link": lambda po, db: zipped(
        [("content.db", db), link_to(PO, "/etc/passwd"), link_to("translations/fr", "/etc")]
    ),
    "bomb": lambda po, db: zipped([("content.db", bytes(120_000_000)), (PO, bytes(120_000_000))]),
    "many bombs": lambda po, db: zipped(
        [(f"ro/LC_MESSAGES/{'x' * n}/content.po", b"") for n in range(20)] + [(PO, bytes(30_000_000))] * 4
    ),
    "encrypted": lambda po, db: patched(patched(zipped([(PO, po)]), 6, b"\x01\x00"), 6, b"\x01\x00"),
    "encrypted store": lambda po, db: patched(zipped([("content.db", db)]), 6, b"\x01\x00"),
    "unknown compression": lambda po, db: patched(zipped([(PO, po)]), 8, b"\x63\x00"),
    "unknown compression of the store": lambda po, db: patched(zipped([("content.db", db)]), 8, b"\x63\x00"),
    "damaged": lambda po, db: (lambda z: z[:60] + bytes(40) + z[100:])(zipped([(PO, po)])),
    "damaged store": lambda po, db: (lambda z: z[:60] + bytes(40) + z[100:])(zipped([("content.db", db)])),
    "a program": lambda po, db: zipped(
        [
            ("content.db", db),
            ("translations/ro/LC_MESSAGES/messages.mo", b"x"),
            ("translations/evil.py", b"x"),
        ]
    ),
    "a folder for the store": lambda po, db: zipped([("content.db/x", db), ("content.db", db)]),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", ARCHIVES)
@pytest.mark.parametrize("command", [("i18n", "import"), ("restore",)], ids=["import", "restore"])
def test_a_hostile_archive_is_refused_in_one_line_and_nothing_is_written(
    run, data, tmp_path, untouched, kind, command
):
    body = ARCHIVES[kind](
        catalogs.po_path(data / "translations", "ro", "content").read_bytes(),
        (data / "content.db").read_bytes(),
    )
    archive = tmp_path / "hostile.zip"
    archive.write_bytes(body)
    [_line] = refused(run, *command, archive)


@pytest.mark.parametrize(
    "body",
    [
        b'msgid ""\nmsgstr "Language: ro\\nContent-Type: text/plain; charset=rot13\\n"\n\nmsgid "x"\nmsgstr "y"\n',
        b'msgid ""\nmsgstr "Language: ../../etc\\n"\n\nmsgid "x"\nmsgstr "y"\n',
        b'msgid ""\nmsgstr "Language: ro\\nPlural-Forms: nplurals=99999999; plural=n**n**n;\\n"\n\nmsgid "x"\nmsgstr "y"\n',
        b'msgid ""\nmsgstr "Language: ro\\n"\n\nmsgid "x"\nmsgstr "y\x00z"\n',
        b'msgid ""\nmsgstr "Language: ro\\n"\n' + b'\nmsgid "x"\nmsgstr "y"\n' * 3,
        'msgid ""\nmsgstr "Language: ro\\n"\n'.encode("utf-16"),
        b"\x1f\x8b\x08" + bytes(100),
    ],
    ids=["charset", "language", "plural", "nul", "twice", "utf-16", "gzip"],
)
def test_a_hostile_catalog_is_refused_or_does_no_harm(run, data, tmp_path, body):
    path = tmp_path / "x.po"
    path.write_bytes(body)
    result = run("i18n", "import", path, code=None)
    if result.exit_code:
        for line in result.stderr.splitlines():
            assert " -> " in line and line.isprintable()
    catalogs.compile_all(data / "translations")
    client = create_app(Settings(data=data)).test_client()
    assert [client.get(f"/{locale}/").status_code for locale in ("fr", "ro", "fa")] == [200, 200, 200]


# --- documents ---

DOCUMENTS = {
    "script": ("La loupe", "<script>alert(1)</script>"),
    "element": ("La loupe", '<b onclick="x">La loupe'),
    "link out": ("La loupe", "[a](https://evil.example)"),
    "script link": ("La loupe", "[a](javascript:alert(1))"),
    "homoglyph": ("La loupe", "La lоupe"),
    "broken link": ("La loupe", "[a](card:guide-essai"),
    "dead link": ("La loupe", "[a](card:inconnue)"),
    "override": ("La loupe", "\u202eLa loupe"),
    "isolate": ("La loupe", "La\u2066 loupe"),
    "invisible": ("La loupe", "La\u200bloupe"),
    "escape": ("La loupe", "La \x1b[31mloupe"),
    "giant": ("La loupe", "loupe " * 400_000),
    "twice": ('also = "', 'title = "x"\nalso = "'),
    "dotted": ('also = "', 'blocks.x = "y"\nalso = "'),
    "extra": ('also = "', 'evil = "x"\nalso = "'),
    "wrong type": ("order = 10", 'order = ["x"]'),
    "huge number": ("order = 10", "order = 99999999999999999999999999999"),
    "infinite": ("order = 10", "order = inf"),
    "deep": ("order = 10", "order = " + "[" * 3000 + "]" * 3000),
    "yaml": ("+++", "---"),
    "object": ('also = "', 'x = !!python/object/apply:os.system ["true"]\nalso = "'),
    "slug": ('see_also = ["', 'see_also = ["../../etc/passwd", "'),
    "title": ('title = "', 'title = "<img src=x onerror=alert(1)>'),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_hostile_document_is_refused_by_line_before_readers_could_see_it(run, data, tmp_path, kind):
    old, new = DOCUMENTS[kind]
    text = mirror.documents(Store(data / "content.db"))["cards/fiche-essai"]
    assert old in text
    folder = tmp_path / "copy" / "cards"
    folder.mkdir(parents=True)
    (folder / "fiche-essai.md").write_text(text.replace(old, new), "utf-8")
    before = Store(data / "content.db").version
    result = run("content", "import", folder / "fiche-essai.md", "--note", "x", code=None)
    if result.exit_code == 0:  # a draft may wait; it is never published
        result = run("content", "publish", "fiche-essai", code=1)
    lines = result.stderr.splitlines()
    assert lines and all(len(line) < 2000 and " -> " in line for line in lines), lines[:3]
    assert not re.search(r"[\x1b\u202a-\u202e\u2066-\u2069]", result.stderr), (
        "a terminal is no safer than a page"
    )
    assert Store(data / "content.db").version == before
