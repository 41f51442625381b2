"""Publishing while readers read: no request fails, none mixes old and new, every worker follows."""

import json
import threading
import urllib.request

import brotli
import pytest

from tests.server import serving
from webapp.content import mirror
from webapp.content.editor import Editor
from webapp.content.store import Store

READERS = 8
MARK = "Essai numéro "


class Reader(threading.Thread):
    """Reads one card over and over and remembers what was wrong."""

    def __init__(self, address: str, stop: threading.Event) -> None:
        super().__init__()
        self.address = address
        self.stop_event = stop
        self.read = 0
        self.faults: list[str] = []
        self.seen: set[str] = set()

    def run(self) -> None:
        """Read until told to stop."""
        while not self.stop_event.is_set():
            try:
                with urllib.request.urlopen(f"{self.address}/fr/cards/fiche-essai/", timeout=10) as response:
                    body = response.read().decode()
            except OSError as error:
                self.faults.append(repr(error))
                continue
            numbers = {part.split("#")[0] for part in body.split(MARK)[1:]}
            if len(numbers) > 1:
                self.faults.append(f"mixed: {numbers}")
            self.seen |= numbers
            self.read += 1


def publish_numbers(data, count: int, between) -> None:
    """Change two sentences of one card together, `count` times."""
    editor = Editor(data)
    first, second = [b for b in Store(editor.path).card("fiche-essai").blocks if b.form == "paragraph"][:2]
    text = mirror.documents(Store(editor.path))["cards/fiche-essai"]
    for number in range(1, count + 1):
        changed = text.replace(first.text, f"{MARK}{number}#.").replace(second.text, f"{MARK}{number}#.")
        editor.save({"cards/fiche-essai": changed}, author="Camille Essai", note=str(number))
        editor.publish()
        between(number)


def version(address: str) -> str:
    """Ask the server which content it serves."""
    with urllib.request.urlopen(f"{address}/version.json", timeout=10) as response:
        return json.load(response)["version"]


def under_load(data, count: int) -> None:
    """Publish `count` times under eight readers of two workers, and judge what they saw."""
    with serving(data, "--workers", "2") as address:
        stop = threading.Event()
        readers = [Reader(address, stop) for _ in range(READERS)]
        for reader in readers:
            reader.start()

        def wait_for_readers(number: int) -> None:
            # The next publication comes once somebody has read this one: work, not time, sets the pace.
            for _ in range(2000):
                if any(str(number) in reader.seen for reader in readers):
                    return
                threading.Event().wait(0.005)
            pytest.fail(f"publication {number} was never seen")

        try:
            publish_numbers(data, count, wait_for_readers)
        finally:
            stop.set()
            for reader in readers:
                reader.join()
        faults = [fault for reader in readers for fault in reader.faults]
        total = sum(reader.read for reader in readers)
        print(f"\n{count} publications, {total} pages read by {READERS} readers, {len(faults)} faults")
        assert faults == []
        versions = {version(address) for _ in range(20)}
        assert len(versions) == 1, "every worker serves the last publication"


def edit_then_read(data, count: int) -> None:
    """Publish from this process, then read at once from both workers of another: 0 stale."""
    path = "/fr/cards/fiche-essai/"
    stale, tag = [], "none"
    with serving(data, "--workers", "2") as address:

        def read_at_once(number: int) -> None:
            nonlocal tag
            for _ in range(6):  # each a new connection: the kernel gives them to either worker
                headers = {"Accept-Encoding": "br", "If-None-Match": tag}
                request = urllib.request.Request(f"{address}{path}", headers=headers)
                with urllib.request.urlopen(request, timeout=20) as response:  # a 304 would raise
                    if f"{MARK}{number}#" not in brotli.decompress(response.read()).decode():
                        stale.append(number)
            tag = response.headers["ETag"]

        publish_numbers(data, count, read_at_once)
    assert stale == []


def test_what_was_just_published_is_what_every_worker_answers(data):
    edit_then_read(data, 8)


@pytest.mark.full
def test_a_hundred_publications_are_each_what_every_worker_answers(data):
    edit_then_read(data, 100)


def test_ten_publications_under_eight_readers_lose_and_mix_nothing(data):
    under_load(data, 10)


@pytest.mark.full
def test_fifty_publications_under_eight_readers_lose_and_mix_nothing(data):
    under_load(data, 50)
