"""A server under load for a long time: publications every second, a worker killed every 30 s.

`SOAK_MINUTES` says how long (10).
"""

import os
import re
import signal
import threading
import time
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

from tests.hostile.wire import HangError, Wire
from tests.server import running
from webapp.content import mirror
from webapp.content.editor import Editor
from webapp.content.store import Store

MINUTES = float(os.environ.get("SOAK_MINUTES", "10"))
CONNECTIONS = 64
KILL_EVERY = 30
MARK = "Essai numéro "
PAGES = (
    *("/fr/cards/fiche-essai/",) * 4,
    *("/fr/", "/ar/urgent/", "/en/cards/", "/fr/map/?zone=groin-left", "/fr/map/?zone=nose", "/version.json"),
)


class Crowd:
    """What all readers together saw."""

    def __init__(self, port):
        self.port = port
        self.is_over = threading.Event()
        self.lock = threading.Lock()
        self.statuses = Counter()
        self.number_of = {}
        """Content version -> the number that its card shows."""
        self.mixed = []
        self.failed = []
        """(instant, what happened) of each request without its right answer."""

    def read(self, start):
        """Read pages over one connection at a time, kept open, until it is over."""
        wire, place = None, start
        while not self.is_over.is_set():
            address = PAGES[(place := place + 1) % len(PAGES)]
            # A query that nobody knows now and then: made anew, not taken from what is kept.
            asked = f"{address}?x={place}" if place % 7 == 0 and "?" not in address else address
            try:
                wire = wire or Wire(self.port)
                wire.send([f"GET {asked} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n".encode()])
                answer = wire.answer()
            except (HangError, OSError) as error:
                answer, reason = None, repr(error)
            else:
                reason = "closed without an answer"
            if answer is None:
                self.failed.append((time.monotonic(), f"{address}: {reason}"))
                if wire:
                    wire.close()
                wire = None
                continue
            if place % 50 == 0:  # connections come and go
                wire.close()
                wire = None
            self.judge(address, answer)
        if wire:
            wire.close()

    def judge(self, address, answer):
        """Note what is wrong with an answer: its status, or two versions in one page."""
        with self.lock:
            self.statuses[answer.status] += 1
        if answer.status != (404 if "nose" in address else 200):
            self.failed.append((0.0, f"{address}: {answer.status}"))
        if "fiche-essai" in address:
            body = answer.body.decode()
            numbers = set(re.findall(f"{MARK}(\\d+)#", body))
            version = answer.get("x-content-version")
            with self.lock:
                known = self.number_of.setdefault(version, numbers)
            if len(numbers) > 1 or known != numbers or not body.endswith("</html>"):
                self.mixed.append((version, known, numbers))


def publish_until(is_over, data, published):
    """Change two sentences of a card together, every second."""
    editor = Editor(data)
    first, second = [b for b in Store(editor.path).card("fiche-essai").blocks if b.form == "paragraph"][:2]
    text = mirror.documents(Store(editor.path))["cards/fiche-essai"]
    while not is_over.wait(1):
        sentence = f"{MARK}{len(published)}#."
        changed = text.replace(first.text, sentence).replace(second.text, sentence)
        editor.save({"cards/fiche-essai": changed}, author="Camille Essai", note="")
        editor.publish()
        published.append(sentence)


def memory_of(pid):
    """Return the bytes a process holds in memory (Linux), or 0."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


@pytest.mark.soak
def test_soak(data):
    published, kills = [], []
    with running(data, "--workers", "3") as server:
        crowd = Crowd(server.port)
        threads = [threading.Thread(target=crowd.read, args=[7 * n]) for n in range(CONNECTIONS)]
        threads.append(threading.Thread(target=publish_until, args=[crowd.is_over, data, published]))
        for thread in threads:
            thread.start()
        veteran = server.workers()[0]  # never killed: its memory is the one that could grow
        began, memory = time.monotonic(), []
        while (passed := time.monotonic() - began) < MINUTES * 60:
            memory.append((passed, memory_of(veteran)))
            if passed >= KILL_EVERY * (len(kills) + 1):
                victim = server.workers()[1 + len(kills) % 2]
                kills.append(time.monotonic())
                os.kill(victim, signal.SIGKILL)
            time.sleep(0.2)
        crowd.is_over.set()
        for thread in threads:
            thread.join()
        assert server.workers()[0] == veteran, server.said()
        said = server.said()
    # What a killed worker held is lost with it, and nothing else: at most every connection, at that moment.
    excused = [f for f in crowd.failed if any(0 <= f[0] - kill < 5 for kill in kills)]
    failed = [f for f in crowd.failed if f not in excused]
    # Over ten seconds each: at some moments a worker holds two generations of content.
    after_a_minute = median(
        bytes_ for passed, bytes_ in memory if passed < 70 and (passed >= 60 or MINUTES <= 1)
    )
    at_the_end = median(bytes_ for passed, bytes_ in memory if passed >= memory[-1][0] - 10)
    print(
        f"\n{MINUTES} minutes, {CONNECTIONS} connections: {crowd.statuses.total()} answers {dict(crowd.statuses)}, "
        f"{len(published)} publications, {len(crowd.number_of)} versions seen, {len(kills)} workers killed "
        f"({len(excused)} requests lost with them), {len(failed)} failed, {len(crowd.mixed)} mixed; memory "
        f"{after_a_minute / 1e6:.1f} MB after a minute, {at_the_end / 1e6:.1f} MB at the end"
    )
    assert failed == []
    assert len(excused) <= CONNECTIONS * len(kills)
    assert crowd.mixed == []
    assert "Traceback" not in said, said
    assert len(published) > 10 * MINUTES and len(crowd.number_of) > 5 * MINUTES
    if MINUTES > 1:
        assert at_the_end <= 1.1 * after_a_minute
