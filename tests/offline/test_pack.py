"""A page put together from its pack is, to the byte, the page the server sends."""

import json
import re

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp import packs
from webapp.offline import pack, slots


def unfolded(common, own, path, other=None):
    """Put the page of a path together, as the worker does."""
    return pack.unfold(
        own["pages"].get(path, common["pages"].get(path)),
        own["tag"],
        common["parts"],
        own["strings"],
        own["texts"],
        (other or own)["texts"],
    )


def differing(app, locale):
    """Return the paths whose page from the pack is not the page served."""
    library = app.extensions["repere"].shelf.current()
    maker = app.extensions["repere"].packs
    second = "en" if locale != "en" else "fr"
    common, own, other = (
        maker.common(library),
        maker.language(library, locale),
        maker.language(library, second),
    )
    client = app.test_client()
    wrong = []
    for path in packs.paths(library, locale):
        address = f"{path}{other['tag']}/" if path.endswith("with/") else path
        if path == "note/":
            address += f"?with={other['tag']}"
        served = client.get(f"/{own['tag']}/{address}").get_data(as_text=True)
        if unfolded(common, own, path, other) != served:
            wrong.append(path)
    return wrong


@pytest.mark.parametrize("locale", ["fr", "ar"])
def test_every_page_of_a_language_comes_out_of_its_pack_as_served(real_app, locale):
    assert differing(real_app, locale) == []


@pytest.mark.full
@pytest.mark.parametrize("locale", ["de", "en", "es", "it", "pt"])
def test_every_page_of_the_other_languages_too(real_app, locale):
    assert differing(real_app, locale) == []


def test_missing_stale_and_unsafe_translations_come_out_as_served_too(app, translate, publish):
    translate("en", "fiche-essai/place", "Here.", is_fuzzy=True)
    translate("ar", "fiche-essai/title", "")
    for locale in ("fr", "en", "ar"):
        assert differing(app, locale) == []


def test_pack_that_is_the_first_asked_for_speaks_its_own_language(app, client):
    version = client.get("/version.json").json["version"]
    asked = client.get(f"/pack/ar/{version}.json").json
    library = app.extensions["repere"].shelf.current()
    assert asked == json.loads(json.dumps(app.extensions["repere"].packs.language(library, "ar")))


def test_a_withdrawn_card_is_in_no_pack(app, editor):
    library = app.extensions["repere"].shelf.current()
    assert "cards/fiche-essai/" in app.extensions["repere"].packs.common(library)["pages"]
    editor.withdraw("fiche-essai")
    library = app.extensions["repere"].shelf.current()
    assert "cards/fiche-essai/" not in app.extensions["repere"].packs.common(library)["pages"]


def test_a_text_travels_once_however_often_it_is_shown(real_app):
    library = real_app.extensions["repere"].shelf.current()
    texts = real_app.extensions["repere"].packs.language(library, "fr")["texts"]
    title = "Sciatique"
    assert texts.count(title) == 1


def test_nothing_of_a_reader_can_be_in_a_pack(real_app):
    library = real_app.extensions["repere"].shelf.current()
    common = real_app.extensions["repere"].packs.common(library)
    assert not {"Set-Cookie", "Date", "ETag"} & set(common["headers"])
    assert common["headers"]["Content-Security-Policy"] in real_app.test_client().get("/fr/").headers.values()


words = st.text(st.sampled_from("aé1 '«"), max_size=6)
tags = st.sampled_from(
    [
        "<p>",
        "</p>",
        '<a href="/xx/map/">',
        '<i title="Été">',
        '<path d="M0 0l10 10 20 20 30"/>',
        '<p lang="xx">',
    ]
)
texts = st.builds(slots.first, st.sampled_from("abc")) | st.builds(slots.second, st.sampled_from("abc"))
pages = st.lists(words | tags | texts, max_size=30).map("".join)


@given(french=st.lists(pages, min_size=1, max_size=4), theirs=st.lists(pages, min_size=1, max_size=4))
def test_whatever_pages_are_like_they_unfold_to_what_was_folded(french, theirs):
    paths = [str(number) for number in range(len(french))]
    french[0] += "".join(map(slots.second, "abc"))  # second languages stand on the same pages in all packs
    common = pack.fold_french({p: h.replace("xx", "fr") for p, h in zip(paths, french, strict=True)}, "")
    first = {"a": "A", "b": "B", "c": "C"}
    seconds = {"a": "1", "b": "2", "c": "3"}
    for tag, those in (("fr", french), ("de", [*theirs, *french][: len(french)])):
        written = {p: h.replace("xx", tag) for p, h in zip(paths, those, strict=True)}
        own = pack.fold(common, written, tag, "", first.__getitem__)
        for path, html in written.items():
            got = pack.unfold(
                own.pages.get(path, common.pages[path]),
                tag,
                list(common.parts),
                own.strings,
                [first[key] for key in common.texts],
                [seconds[key] for key in common.texts],
            )
            html = re.sub(f"{slots.FIRST}(.){slots.END}", lambda match: first[match[1]], html)
            html = re.sub(f"{slots.SECOND}(.){slots.END}", lambda match: seconds[match[1]], html)
            assert got == html


def test_packs_are_small(real_app):
    """Design, section 7, for a language; what all languages share is fetched once, and counted apart."""
    library = real_app.extensions["repere"].shelf.current()
    maker = real_app.extensions["repere"].packs
    found = {"common": maker.common(library)}
    found |= {locale: maker.language(library, locale) for locale in ("fr", "ar", "de")}
    sizes = {
        name: len(brotli.compress(json.dumps(made, ensure_ascii=False).encode()))
        for name, made in found.items()
    }
    assert sizes.pop("common") <= 80_000
    assert max(sizes.values()) <= 60_000, sizes
