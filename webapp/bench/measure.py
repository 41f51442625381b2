"""The measurements of `manage.py bench`, but for the browser's."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from webapp.bench import synthetic
from webapp.bench.load import Measured, Plan, measure
from webapp.bench.servers import Server, granian, nginx, nginx_program
from webapp.bench.table import Row
from webapp.content import mirror, validate
from webapp.content.editor import Editor
from webapp.content.store import Store
from webapp.i18n import catalogs, checks
from webapp.i18n.locales import language_tag

CARD = "/fr/cards/sciatique/"
MAP = "/fr/map/"
FRAGMENT = "/fr/map/results/?zone=buttock-deep-right&zone=thigh-back-upper-right"
BROTLI = {"Accept-Encoding": "br"}
HTMX = {**BROTLI, "HX-Request": "true"}
KINDS = {"card": (CARD, BROTLI), "map": (MAP, BROTLI), "fragment": (FRAGMENT, HTMX)}
OURS = "webapp.wsgi:app"
NEW_LOCALES = ("en", "ar", "de", "es", "it", "pt")

Say = Callable[[str], None]


def answers(data: Path, folder: Path, rounds: int, seconds: float, say: Say) -> Iterator[Row]:
    """Compare kept answers with nginx and a bare application sending the same bytes, and with Flask alone."""
    environ = {"REPERE_DATA": str(data)}
    with ExitStack() as stack:
        ours = stack.enter_context(granian(OURS, folder, environ=environ))
        _prepare(ours, folder)
        bare = stack.enter_context(granian("webapp.bench.apps:bare", folder, path="/card"))
        flask = stack.enter_context(granian("webapp.bench.apps:without_layer", folder, environ=environ))
        others = {"bare": bare}
        if nginx_program():
            others["nginx"] = stack.enter_context(nginx(folder))
        else:
            say("nginx is not installed here (Debian: apt install nginx-light): compared without it.")
        for kind, (path, headers) in {**KINDS, "304": (CARD, {**BROTLI, "If-None-Match": "*"})}.items():
            body = "card" if kind == "304" else kind
            plans = {"ours": (ours, path, headers), "flask": (flask, path, headers)}
            plans |= {name: (server, f"/{body}", BROTLI) for name, server in others.items()}
            for connections in (1, 8):
                say(f"{kind}, {connections} connections")
                yield from _compare(kind, plans, connections, rounds, seconds)


def _prepare(ours: Server, folder: Path) -> None:
    """Write the bytes we send for others to send too."""
    for name, (path, headers) in KINDS.items():
        named = {key.replace("-", "_"): value for key, value in headers.items()}
        size, body = 0, ours.get(path, **named)
        while len(body) != size:  # until the best compressed form is there
            time.sleep(0.3)
            size, body = len(body), ours.get(path, **named)
        (folder / f"{name}.body").write_bytes(body)
        (folder / name).write_bytes(body)


def _compare(
    kind: str,
    plans: dict[str, tuple[Server, str, dict[str, str]]],
    connections: int,
    rounds: int,
    seconds: float,
) -> Iterator[Row]:
    found: dict[str, list[tuple[Measured, float]]] = {name: [] for name in plans}
    for server, path, headers in plans.values():
        measure(Plan(server.port, path, headers, connections, most=20))  # not its first answers
    for _ in range(rounds):
        for name, (server, path, headers) in plans.items():
            before = server.cpu
            done = measure(Plan(server.port, path, headers, connections, seconds))
            found[name].append((done, (server.cpu - before) / done.answers * 1e6))
    where = f"{kind}, {connections} conn.:"
    aims = kind == "card"
    many = connections == 8
    rates = {name: [done.rate for done, _ in several] for name, several in found.items()}
    costs = {name: [cost for _, cost in several] for name, several in found.items()}

    def per(name: str, values: dict[str, list[float]]) -> list[float]:
        return [100 * a / b for a, b in zip(values["ours"], values[name], strict=True)]

    yield Row(
        f"{where} rate against a bare WSGI app",
        per("bare", rates),
        "%",
        85 if aims and many else None,
        "more",
    )
    overhead = [value / 100 for value in per("bare", costs)]
    yield Row(f"{where} CPU of an answer against a bare WSGI app's", overhead, "×")
    if "nginx" in found:
        aim = (28.0 if many else 65.0) if aims else None
        yield Row(f"{where} rate against nginx", per("nginx", rates), "%", aim, "more")
        yield Row(
            f"{where} CPU of an answer against nginx's",
            [value / 100 for value in per("nginx", costs)],
            "×",
            3.5 if aims and many else None,
        )
    yield Row(
        f"{where} rate against our app without the layer",
        [value / 100 for value in per("flask", rates)],
        "×",
        40 if aims and many else None,
        "more",
    )
    yield Row(f"{where} p99", [done.p99 for done, _ in found["ours"]], "ms", 4 if aims and many else None)
    if not many:
        most = {"card": 3000.0, "map": 10000.0}.get(kind)
        yield Row(f"{kind}: CPU of one rendered anew", costs["flask"], "µs", most)
        yield Row(f"{kind}: CPU of a kept one", costs["ours"], "µs")


def start(data: Path, folder: Path, rounds: int) -> Iterator[Row]:
    """Compare the time from start to first answer with a Flask hello's on the same server; memory of a worker."""
    own, hello = [], []
    for _ in range(rounds):
        with granian(OURS, folder, environ={"REPERE_DATA": str(data)}) as server:
            own.append(server.first_answer)
        with granian("webapp.bench.apps:hello", folder) as server:
            hello.append(server.first_answer)
    yield Row("start to first answer", own, "s")
    ratios = [a / b for a, b in zip(own, hello, strict=True)]
    yield Row("start to first answer, against a Flask hello", ratios, "×", 1.5)
    with granian(OURS, folder, environ={"REPERE_DATA": str(data)}) as server:
        _read_pages(server, data, 200)
        yield Row("memory of a worker with 200 pages kept", [server.worker_memory], "MB", 60)


def _read_pages(server: Server, data: Path, count: int) -> None:
    store = Store(data / "content.db")
    slugs = [entry.slug for entry in store.entries() if entry.kind != "urgent"][:25]
    paths = [*(f"cards/{slug}/" for slug in slugs), *(f"places/{zone.id}/" for zone in store.zones())]
    pages = [
        f"/{language_tag(locale)}/{path}"
        for locale in catalogs.locales(data / "translations")
        for path in paths
    ]
    for page in pages[:count]:
        server.get(page, Accept_Encoding="br")
    time.sleep(1)


def publishing(data: Path, folder: Path, seconds: float) -> Iterator[Row]:
    """Publish five times a second while readers read."""
    with granian(OURS, folder, environ={"REPERE_DATA": str(data)}) as server:
        plan = Plan(server.port, CARD, BROTLI, 8, seconds)
        server.get(CARD, **{"Accept_Encoding": "br"})
        calm = [measure(plan).rate for _ in range(3)]
        is_over = threading.Event()
        publisher = threading.Thread(target=_publish_until, args=(data, is_over))
        publisher.start()
        busy = [measure(plan).rate for _ in range(3)]
        is_over.set()
        publisher.join()
    yield Row(
        "rate while publishing 5 times a second, against none",
        [100 * a / b for a, b in zip(busy, calm, strict=True)],
        "%",
        50,
        "more",
    )


def _publish_until(data: Path, is_over: threading.Event) -> None:
    number = 0
    while not is_over.is_set():
        begun = time.perf_counter()
        number += 1
        _publish(data, number)
        is_over.wait(max(0, 0.2 - (time.perf_counter() - begun)))


def _publish(data: Path, number: int) -> None:
    """Change one sentence of a card that is not the one being read."""
    editor = Editor(data)
    text = mirror.documents(Store(editor.path))["cards/coxarthrose"] if number == 1 else _last_text(editor)
    block = next(b for b in Store(editor.path).card("coxarthrose").blocks if b.form == "paragraph")  # type: ignore[union-attr]
    changed = text.replace(block.text, f"Texte numéro {number}.")
    editor.save({"cards/coxarthrose": changed}, author="bench", note="bench")
    editor.publish()


def _last_text(editor: Editor) -> str:
    return Store(editor.path).revisions("cards/coxarthrose")[-1].text


def growth(
    data: Path, folder: Path, cards: int, locales: int, rounds: int, seconds: float, say: Say
) -> Iterator[Row]:
    """Compare a small store with a large one, and few languages with many: nothing is worse than linear."""
    few = len(Store(data / "content.db").entries())
    for name, small, large, factor in (
        (f"{few} -> {cards} cards", (few, ("en",)), (cards, ("en",)), cards / few),
        (f"7 -> {locales} languages", (few, NEW_LOCALES), (few, _languages(locales)), locales / 7),
    ):
        grown = []
        for count, tags in (small, large):
            say(f"{name}: making {count} cards in {1 + len(tags)} languages")
            target = folder / f"grown-{count}-{len(tags)}"
            synthetic.grow(data, target, cards=count, locales=tags)
            grown.append(target)
        yield from _grown_answers(name, grown, folder, rounds, seconds)
        before, after = (_upkeep(target, folder) for target in grown)
        for what in before:
            title = f"{name}: {what}, times (linear is {factor:.3g})"
            yield Row(title, [after[what] / before[what]], "×", round(1.15 * factor, 1))
        yield Row(f"{name}: {SEEN}", [after[SEEN]], "s", 1)


SEEN = "publication seen by both workers"


def _languages(count: int) -> tuple[str, ...]:
    return (*NEW_LOCALES, *synthetic.MORE_LOCALES)[: count - 1]


def _grown_answers(name: str, grown: list[Path], folder: Path, rounds: int, seconds: float) -> Iterator[Row]:
    """Compare what readers notice, with both servers running, in turns."""
    with ExitStack() as stack:
        small, large = (
            stack.enter_context(granian(OURS, folder, environ={"REPERE_DATA": str(data)})) for data in grown
        )
        yield Row(f"{name}: start to first answer", [large.first_answer / small.first_answer], "×")
        for server, data in zip((small, large), grown, strict=True):
            _read_pages(server, data, 100)
        memory = large.worker_memory / small.worker_memory
        yield Row(f"{name}: memory of a worker with 100 pages kept", [memory], "×")
        done = [
            [measure(Plan(s.port, CARD, BROTLI, 8, seconds)) for s in (small, large)] for _ in range(rounds)
        ]
        yield Row(f"{name}: rate of a kept card", [100 * b.rate / a.rate for a, b in done], "%", 90, "more")
        yield Row(f"{name}: p99 of a kept card", [b.p99 / a.p99 for a, b in done], "×")
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                granian("webapp.bench.apps:without_layer", folder, environ={"REPERE_DATA": str(data)})
            )
            for data in grown
        ]
        for what, path in (("card", CARD), ("map", MAP)):
            costs = [[_cost(server, path, seconds) for server in servers] for _ in range(rounds)]
            yield Row(f"{name}: CPU of a {what} rendered anew", [b / a for a, b in costs], "×", 1.1)


def _cost(server: Server, path: str, seconds: float) -> float:
    """Return the CPU seconds of an answer."""
    before = server.cpu
    done = measure(Plan(server.port, path, BROTLI, 1, seconds))
    return (server.cpu - before) / done.answers


def _upkeep(data: Path, folder: Path) -> dict[str, float]:
    """Return the CPU seconds of an admin's commands, and how long readers wait for a publication."""
    store, translations = Store(data / "content.db"), data / "translations"
    catalogs.extract_messages()  # once a process, whatever the size
    next(checks.check_catalogs(translations, store), None)
    found = {
        "check": _cpu_of(
            lambda: (validate.check_store(store), list(checks.check_catalogs(translations, store)))
        ),
        "sync": _cpu_of(lambda: catalogs.sync(translations, store)),
    }
    with granian(OURS, folder, workers=2, environ={"REPERE_DATA": str(data)}) as server:
        before = _version(server)
        found["publish"] = _cpu_of(lambda: _publish(data, 1))
        begun = time.perf_counter()
        _wait_for_all(server, before)
        found[SEEN] = time.perf_counter() - begun
    return found


def _wait_for_all(server: Server, before: str) -> None:
    """Return once thirty new connections in a row, which either worker may take, meet the new content."""
    in_a_row = 0
    while in_a_row < 30:
        in_a_row = in_a_row + 1 if _version(server) != before else 0


def _version(server: Server) -> str:
    return str(json.loads(server.get("/version.json"))["version"])


def _cpu_of(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
