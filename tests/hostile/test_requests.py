"""Requests that nobody means well, against the real server: no crash, no hang, nothing kept that is not ours."""

import os
import re
import socket
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing
from html.parser import HTMLParser
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from tests.contracts.routes import routes
from tests.hostile.attacks import MARK, make
from tests.hostile.wire import PATIENCE, Answer, Wire, fetch
from tests.server import running
from webapp import create_app
from webapp.responses import MOST_BYTES
from webapp.settings import Settings

SEED = int(os.environ.get("FUZZ_SEED", "20261122"))
LOCALES = ("fr", "ar", "en")  # of the invented content


def faults(answer, target, method):
    """Yield what is wrong with an answer."""
    if answer.status >= 500:
        yield f"status {answer.status}"
    if "content-type" not in dict(answer.headers):
        # HTTP itself was refused before the application saw it: a bare status, not a byte of anybody's text.
        if not (400 <= answer.status < 500 and not answer.raw) and answer.status != 304:
            yield f"a bare {answer.status}"
        return
    for name, value in (("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer")):
        if answer.get(name) != value:
            yield f"{name} {answer.get(name)!r}"
    if not answer.get("content-security-policy").startswith("default-src 'none'; script-src 'self';"):
        yield "no policy"
    for name in ("set-cookie", "x-injected"):
        if answer.get(name):
            yield f"{name}: {answer.get(name)}"
    location = answer.get("location")
    if location and not re.match(r"/(?![/\\])", location):
        yield f"leads away: {location}"
    body = answer.body.decode("utf-8", "replace")
    if MARK in body or "<zz" in body or ("onzz=" in body and is_an_attribute(body)):
        yield "comes back unescaped"
    if "Traceback" in body or "werkzeug" in body.lower():
        yield "says too much"
    page = re.search(r'<html lang="([\w-]+)"', body)
    if page:
        if page[1] != answer.get("content-language"):
            yield f"{page[1]} under Content-Language {answer.get('content-language')}"
        asked = re.match(r"/+([a-z]+)/", target)
        if page[1] not in LOCALES or (asked and asked[1] in LOCALES and page[1] != asked[1]):
            yield f"answers {target[:40]} in {page[1]}"


def is_an_attribute(body):
    """Tell whether the mark's attribute is one of an element; inside a quoted value it is none."""
    found = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.update(dict(attributes))
    parser.feed(body)
    return "onzz" in found


def test_markup_that_comes_back_would_be_seen():
    for page in (
        f"<p>{MARK}",
        f'<p title="{MARK}">',
        "<p><zz>",
        "<p zz onzz=1>",
        "<p title=' 'zz onzz=1>",
    ):
        answer = Answer(200, (("content-type", "text/html"),), page.encode())
        assert "comes back unescaped" in faults(answer, "/fr/", "GET"), page
    escaped = Answer(200, answer.headers, f'<p title="{escape(MARK)}">{escape(MARK)}</p>'.encode())
    assert "comes back unescaped" not in faults(escaped, "/fr/", "GET")


class Attackers:
    """Some threads that send attacks until there are none left."""

    def __init__(self, port, addresses):
        self._port = port
        self._addresses = addresses
        self._lock = threading.Lock()
        self._numbers = count()
        self.statuses = Counter()
        self.findings = []

    @property
    def answered(self):
        """How many requests got an answer: what is cut short or leaves does not count."""
        return self.statuses.total()

    def attack(self, goal):
        """Send attacks, by eight at once, until `goal` requests were answered or enough is wrong."""
        threads = [threading.Thread(target=self._run, args=[goal]) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _run(self, goal):
        while self.answered < goal and len(self.findings) < 20:
            attack = None
            try:
                attack = make(SEED, next(self._numbers), self._addresses)
                self._send(attack)
            except Exception as error:  # whatever comes back that cannot be read is a finding too
                self._note(f"{error!r}: {attack}")

    def _send(self, attack):
        with closing(Wire(self._port)) as wire:
            wire.send(attack.pieces, is_last=not attack.is_whole)
            for place, (method, target) in enumerate(attack.asked):
                if attack.hangs_up:
                    return
                answer = wire.answer(to_head=method == "HEAD")
                if answer is None:  # closed: after an answer that said so, or a request cut short
                    if attack.is_whole and place == 0 and not wire.was_reset:
                        self._note(f"no answer: {attack}")
                    break
                with self._lock:
                    self.statuses[answer.status] += 1
                for fault in faults(answer, target, method):
                    self._note(f"{fault}: {attack}")
                if not attack.is_whole:
                    break  # nobody knows what the rest of it asks for

    def _note(self, finding):
        with self._lock:
            self.findings.append(finding)


def keep_slow_connections(port, stack):
    """Open connections that never finish what they say: slow heads, slow bodies, none at all."""
    for beginning in (
        b"",
        b"GET /fr/ HTTP/1.1\r\nX",
        b"POST /fr/ HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\na",
    ):
        for _ in range(100):
            slow = stack.enter_context(closing(socket.create_connection(("127.0.0.1", port))))
            slow.sendall(beginning)


def answers(port, addresses):
    """Return what every address answers in every form a reader may ask for, without what time changes."""
    forms = ({}, {"Accept_Encoding": "br"}, {"Accept_Encoding": "gzip"}, {"HX_Request": "true"})
    found = {}
    for address in addresses:
        for form in forms:
            answer = fetch(port, address, **form)
            headers = sorted((n, v) for n, v in answer.headers if n not in ("date", "content-length"))
            found[address, *form.items()] = (answer.status, headers, answer.body)
    return found


def withstand(data, goal, most_grown):
    """Send `goal` hostile requests to a server of two workers and judge all that came of it."""
    app = create_app(Settings(data=data))
    addresses = sorted({route.address for route in routes(app)} | {"/en/", "/fr/map/?zone=groin-left"})
    with running(data, "--workers", "2") as server, ExitStack() as slow:
        attackers = Attackers(server.port, addresses)
        keep_slow_connections(server.port, slow)
        began = time.monotonic()
        attackers.attack(goal // 2)
        half = server.memory()
        attackers.attack(goal)
        rate = attackers.answered / (time.monotonic() - began)
        grown = server.memory() - half
        print(
            f"\n{attackers.answered} hostile requests, seed {SEED}, {rate:.0f}/s: {len(attackers.findings)} findings, "
            f"memory {half / 1e6:.0f} MB, grown by {grown / 1e6:.1f}; answers {dict(sorted(attackers.statuses.items()))}"
        )
        assert not attackers.findings, "\n".join(attackers.findings[:10])
        assert grown <= most_grown, "memory grows with what strangers ask"
        assert {200, 303, 308, 400, 404, 405, 431} <= attackers.statuses.keys()
        assert "Traceback" not in server.said(), server.said()
        assert "Respawning" not in server.said(), "a worker died"
        after = [answers(server.port, addresses) for _ in range(4)]  # both workers
    with running(data) as fresh:
        expected = answers(fresh.port, addresses)
    for kept in after:
        differing = {key: (kept[key], expected[key]) for key in expected if kept[key] != expected[key]}
        assert not differing, f"poisoned: {list(differing)}, {str(next(iter(differing.values())))[:4000]}"


def test_two_thousand_hostile_requests_crash_hang_leak_and_poison_nothing(built_data):
    withstand(built_data, 2_000, 2 * MOST_BYTES)  # what both may keep of answers is still filling up


@pytest.mark.fuzz
def test_fifty_thousand_hostile_requests_crash_hang_leak_and_poison_nothing(built_data):
    withstand(built_data, 50_000, 16_000_000)


@pytest.fixture(scope="module")
def server(built_data):
    with running(built_data) as found:
        yield found


def test_a_body_too_long_is_refused_without_being_read(server):
    before = server.memory()
    with closing(Wire(server.port)) as wire:
        wire.send(
            [b"POST /fr/ HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n\r\n", *[b"a" * 1_000_000] * 90]
        )
        assert wire.answer().status in (405, 413)
    assert server.memory() - before < 20_000_000


def test_slow_connections_by_the_hundred_keep_nobody_waiting_and_end(server):
    with ExitStack() as slow:
        for _ in range(2):
            keep_slow_connections(server.port, slow)
        for _ in range(5):
            assert fetch(server.port, "/fr/urgent/").status == 200
        silent = slow.enter_context(closing(socket.create_connection(("127.0.0.1", server.port))))
        silent.settimeout(PATIENCE)
        assert silent.recv(1) == b"", "a connection that says nothing is closed in the end"


# --- in the process: less noise, more shapes ---

texts = st.text(max_size=30) | st.sampled_from(
    ["../", "\\\\evil", "//evil.example", MARK, "\r\nX-Injected: zz", "\0", "%", "\u202e"]
)


@settings(max_examples=100)
@given(
    parts=st.lists(texts, max_size=4),
    start=st.sampled_from(["/fr/", "/ar/cards/", "/en/map/", "/static/", "/", "/fr/places/", "/fr/languages/"]),
    query=st.dictionaries(st.sampled_from(["zone", "view", "from", "q", "with"]) | texts, st.lists(texts, max_size=3), max_size=4),
    language=texts,
    method=st.sampled_from(["GET", "GET", "GET", "HEAD", "POST"]),
)  # fmt: skip
def test_no_text_in_a_request_crashes_leads_away_or_comes_back(
    hostile_client, parts, start, query, language, method
):
    path = start + "/".join(parts)
    environ = {"HTTP_ACCEPT_LANGUAGE": language.encode("utf-8", "replace").decode("latin-1")}
    response = hostile_client.open(path, method=method, query_string=query, environ_overrides=environ)
    assert response.status_code < 500
    assert re.match(r"/(?![/\\])", response.headers.get("Location", "/"))
    assert "<zz" not in response.text and not re.search(r"<[^>]*\sonzz=", response.text)
    assert "X-Injected" not in response.headers


@pytest.fixture(scope="module")
def hostile_client(built_data):
    return create_app(Settings(data=built_data)).test_client()
