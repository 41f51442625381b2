"""Giving memory back: to this system, to one that can, to one that cannot. That a worker stays small is the soak's to hold."""

import ctypes
import gc
import weakref
from types import SimpleNamespace

import pytest

from webapp import memory
from webapp.library import Shelf
from webapp.settings import Settings


@pytest.fixture(autouse=True)
def forget():
    """Look for the system's function anew, before and after."""
    memory._malloc_trim.cache_clear()
    yield
    memory._malloc_trim.cache_clear()


def test_this_system_is_asked_without_harm():
    memory.give_back()


def test_what_is_free_is_given_back(monkeypatch):
    kept = []
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace(malloc_trim=kept.append))
    memory.give_back()
    assert kept == [0], "nothing is held back"


def test_a_system_that_cannot_is_left_alone(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace())
    memory.give_back()


def test_a_new_generation_of_content_gives_back_what_the_old_one_held(data, publish, monkeypatch):
    shelf, given = Shelf(Settings(data=data), "", print), []
    monkeypatch.setattr(memory, "give_back", lambda: given.append(True))
    shelf.current()
    assert given == []
    publish("cards/fiche-essai", "La loupe", "La lampe")
    shelf.current()
    assert given == [True]


def test_no_page_made_from_old_content_holds_on_to_it(app, client, publish):
    gc.disable()  # what Python would do by itself, sooner or later
    try:
        client.get("/fr/cards/fiche-essai/")
        old = weakref.ref(app.extensions["repere"].shelf.current())
        publish("cards/fiche-essai", "La loupe", "La lampe")
        client.get("/version.json")
        assert old() is None
    finally:
        gc.enable()
