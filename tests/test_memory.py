"""Giving memory back: to this system, to one that can, to one that cannot. That a worker stays small is the soak's to hold."""

import ctypes
import gc
import platform
import subprocess
import sys
import weakref
from types import SimpleNamespace

import pytest

from webapp import memory
from webapp.library import Shelf
from webapp.settings import Settings


@pytest.fixture(autouse=True)
def forget():
    """Look for the system's function anew, before and after."""
    memory._glibc.cache_clear()
    yield
    memory._glibc.cache_clear()


def test_this_system_is_asked_without_harm():
    memory.give_back()


def test_what_is_free_is_given_back(monkeypatch):
    kept = []
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace(malloc_trim=kept.append))
    memory.give_back()
    assert kept == [0], "nothing is held back"


def test_a_system_that_cannot_is_left_alone(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace())
    memory.stay_small()
    memory.give_back()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="not glibc")
def test_a_large_block_goes_back_although_a_larger_one_was_freed_before():
    """A process of its own, like a worker's. What is left of the largest block says where the next ones lie."""
    script = """if True:
        import ctypes
        from pathlib import Path
        from webapp import memory
        {}
        libc = ctypes.CDLL(None)
        libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
        pages = lambda: int(Path("/proc/self/statm").read_text().split()[1])
        libc.free(libc.malloc(20_000_000))
        before, blocks = pages(), []
        for _ in range(10):
            blocks.append(libc.malloc(1_000_000))
            ctypes.memset(blocks[-1], 1, 1_000_000)
            small = libc.malloc(100)
        for block in blocks:
            libc.free(block)
        print(pages() - before)"""

    def kept(first):
        command = [sys.executable, "-c", script.format(first)]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) * 4096

    assert kept("memory.stay_small()") < 1_000_000 < kept("pass")


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
