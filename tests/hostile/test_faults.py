"""Faults under load: whatever happens to disk, catalogs and workers, readers keep the last good content."""

import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from contextlib import closing

import pytest

from tests.hostile.wire import HangError, Wire, fetch
from tests.server import running
from webapp.content import bell, mirror
from webapp.content.editor import Editor
from webapp.content.model import ContentError
from webapp.content.store import Store
from webapp.i18n import catalogs
from webapp.library import Shelf
from webapp.settings import Settings

CARD = "/fr/cards/fiche-essai/"

CLOSED = "closed without an answer"
UNREAD = "reset before its request was read"
"""What the system does with connections that a socket still holds for its program when that ends."""


class Readers:
    """Readers of one card, each on its own connection, who remember every answer that was not right."""

    def __init__(self, port, number=4):
        self._port = port
        self._is_over = threading.Event()
        self.read = 0
        self.faults = []
        self.refused = 0
        """Connections that were not taken: nothing was lost, for nothing was accepted."""
        self._threads = [threading.Thread(target=self._run) for _ in range(number)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def wait(self, number):
        """Return once `number` more pages were read, or readers have given up."""
        goal = self.read + number
        for _ in range(6000):
            if self.read >= goal or not any(thread.is_alive() for thread in self._threads):
                return
            time.sleep(0.01)
        pytest.fail(f"only {self.read} of {goal} pages were read: {self.faults[:3]}")

    def _run(self):
        while not self._is_over.is_set():
            try:
                wire = Wire(self._port)
            except OSError:
                self.refused += 1
                time.sleep(0.01)
                continue
            with closing(wire):
                try:
                    # A query that nobody knows: the page is made anew each time, never a kept one.
                    wire.send(
                        [
                            f"GET {CARD}?x={self.read} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
                        ]
                    )
                    answer = wire.answer()
                except (HangError, OSError) as error:
                    self.faults.append(repr(error))
                    continue
            if answer is None:
                self.faults.append(UNREAD if wire.was_reset else CLOSED)
            elif answer.status != 200 or b"essai" not in answer.body or not answer.body.endswith(b"</html>"):
                self.faults.append(f"{answer.status}: {answer.body[:200]!r}")
            self.read += 1


# --- content.db and catalogs under load ---


def copied_over(data):
    """Copy another store into the same file, as `cp` does: in place, a piece at a time."""
    new = data.with_name("new")
    shutil.copytree(data, new, dirs_exist_ok=True)
    editor = Editor(new)
    text = mirror.documents(Store(editor.path))["cards/fiche-essai"]
    editor.save({"cards/fiche-essai": text.replace("La loupe", "La lampe")}, author="", note="")
    editor.publish()
    body = (new / "content.db").read_bytes()
    with (data / "content.db").open("wb") as file:
        for start in range(0, len(body), 40_000):
            file.write(body[start : start + 40_000])
            file.flush()
            time.sleep(0.02)


def cut(data):
    os.truncate(data / "content.db", 50_000)


def emptied(data):
    (data / "content.db").write_bytes(b"")


def removed(data):
    (data / "content.db").unlink()


def filled_with_noise(data):
    with (data / "content.db").open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(200_000))


def of_newer_software(data):
    newer = data / "newer.db"
    shutil.copy(data / "content.db", newer)
    with closing(sqlite3.connect(newer)) as db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('repere', 'm998_later', '')"
        )
        db.commit()
    newer.replace(data / "content.db")


def catalogs_removed(data):
    for path in data.glob("translations/*/LC_MESSAGES/*.compiled"):
        path.unlink()
    for path in data.glob("translations/*/LC_MESSAGES/*.mo"):
        path.unlink()


def catalogs_damaged(data):
    for path in data.glob("translations/*/LC_MESSAGES/messages.mo"):
        path.write_bytes(path.read_bytes()[:500])
    for path in data.glob("translations/*/LC_MESSAGES/content.compiled"):
        os.truncate(path, 3000)


def folder_removed(data):
    shutil.rmtree(data / "translations")


def state_damaged(data):
    (data / "translations" / "en" / "state").write_bytes(b"\xff\xfe\0")


SEEN = 1.2
"""s within which a server sees what others than our own writers did to its files (webapp.library)."""

DAMAGES = [
    cut,
    emptied,
    removed,
    filled_with_noise,
    of_newer_software,
    catalogs_removed,
    catalogs_damaged,
    folder_removed,
]


def test_whatever_happens_to_the_files_readers_keep_the_last_good_content(data, tmp_path):
    whole = shutil.copytree(data, tmp_path / "whole")
    with running(data, "--workers", "2") as server, Readers(server.port) as readers:
        for damage in DAMAGES:
            said = server.said().count("new content refused, the old stays: ")
            damage(data)
            # A stranger's change is seen within SEEN; most ring here, for this list is long.
            if damage in (cut, removed, folder_removed):
                time.sleep(SEEN)
            else:
                bell.ring(data / "translations")
            readers.wait(12)
            assert readers.faults == [], damage.__name__
            assert server.said().count("new content refused, the old stays: ") > said, damage.__name__
            assert "Traceback" not in server.said(), server.said()
            shutil.copytree(whole, data, dirs_exist_ok=True)
            bell.ring(data / "translations")
            readers.wait(12)
            assert readers.faults == [], f"mended after: {damage.__name__}"
        copied_over(data)
        time.sleep(SEEN)
        readers.wait(12)
        assert readers.faults == []
        assert "La lampe" in fetch(server.port, CARD).body.decode(), "what was copied over is served"
        state_damaged(data)
        readers.wait(12)
        assert readers.faults == []


# --- disk ---


@pytest.fixture
def small_disk(built_data, tmp_path):
    """A file system of 3 MB with the content on it; needs the right to mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a disk of its own")
    shutil.copytree(built_data, disk / "data")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_refuses_every_writer_in_one_line_and_readers_read_on(small_disk, run, monkeypatch):
    data = small_disk / "data"
    monkeypatch.setenv("REPERE_DATA", str(data))
    with running(data) as server, Readers(server.port, 2) as readers:
        with (small_disk / "rest").open("wb", buffering=0) as rest, pytest.raises(OSError, match="No space"):
            while True:
                rest.write(bytes(4096))
        before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
        for command in (
            ("content", "rollback", "fiche-essai", "1"),
            ("backup", small_disk / "b.zip"),
            ("i18n", "pack", "en", "--to", small_disk / "p.zip"),
            ("i18n", "withdraw", "en", "--yes"),
            ("content", "export", "--to", small_disk / "copy"),
        ):
            [line] = run(*command, code=1).stderr.splitlines()
            assert "No space left on device" in line or "full" in line, line
        left = {
            path: path.read_bytes()
            for path in data.rglob("*")
            if path.is_file() and path.name != ".content.lock"
        }
        assert left == {path: body for path, body in before.items() if path.name != ".content.lock"}
        readers.wait(20)
        assert readers.faults == []
    monkeypatch.undo()


def test_a_read_only_disk_is_served_and_refuses_every_writer_in_one_line(small_disk, run, monkeypatch):
    data = small_disk / "data"
    monkeypatch.setenv("REPERE_DATA", str(data))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with running(data) as server:
        assert fetch(server.port, CARD).status == 200
    for command in (
        ("content", "rollback", "fiche-essai", "1"),
        ("content", "publish"),
        ("i18n", "withdraw", "en", "--yes"),
        ("backup", small_disk / "b.zip"),
    ):
        [line] = run(*command, code=1).stderr.splitlines()
        assert "Read-only file system" in line, line


# --- workers and signals ---


def test_a_killed_worker_is_replaced_while_the_others_serve_on(built_data):
    with running(built_data, "--workers", "2") as server, Readers(server.port) as readers:
        readers.wait(20)
        killed = server.workers()[0]
        os.kill(killed, signal.SIGKILL)
        readers.wait(100)
        for _ in range(1000):
            if server.workers()[0] != killed and server.said().count("Started worker-1") == 2:
                break
            time.sleep(0.02)
        assert server.workers()[0] != killed, server.said()
        readers.wait(20)
    assert readers.faults.count(CLOSED) <= 4, f"only what the killed worker held is lost: {readers.faults}"
    assert set(readers.faults) <= {CLOSED, UNREAD}


def test_a_server_told_to_stop_loses_no_request_that_it_accepted(built_data):
    with running(built_data, "--workers", "2") as server, Readers(server.port) as readers:
        while server.said().count("Started worker-") < 2:
            time.sleep(0.02)
        readers.wait(200)  # past the first instants, in which CPython can overlook a signal
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=20) == 0
    assert set(readers.faults) <= {UNREAD}


def test_a_clock_that_jumps_neither_fails_nor_hides_new_content(data, monkeypatch):
    """Back to 1980 and on to 2100: the version follows the day, and newer content is told by more than its time."""
    warnings = []
    shelf = Shelf(Settings(data=data), "", warnings.append)
    today = shelf.current()
    for year in (315_532_800, 4_102_444_800):
        Editor(data).withdraw("guide-essai") if year == 315_532_800 else None
        os.utime(data / "content.db", (year, year))
        assert shelf.current().store.is_withdrawn("guide-essai"), "an older time is another file all the same"
    assert shelf.current() is not today
    assert warnings == []


# --- at start ---


@pytest.mark.parametrize("damage", [*DAMAGES, state_damaged], ids=lambda damage: damage.__name__)
def test_a_server_that_cannot_serve_says_why_in_one_line(data, damage):
    damage(data)
    try:
        catalogs.compile_all(data / "translations")
        Shelf(Settings(data=data), "", print)
    except ContentError as error:
        assert "\n" not in str(error) and " -> " in str(error)
    else:
        assert damage in (catalogs_removed, catalogs_damaged, state_damaged), (
            "what can be rebuilt is no fault"
        )
