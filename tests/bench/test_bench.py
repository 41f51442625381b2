"""The bench's own parts: they measure what they say they measure. No figure is judged here."""

import json
import subprocess
import sys

import pytest

from webapp import create_app
from webapp.bench import table
from webapp.bench.load import Plan, measure
from webapp.bench.servers import granian, nginx, nginx_program
from webapp.bench.synthetic import grow
from webapp.content import validate
from webapp.content.model import URGENT_SLUG
from webapp.content.store import Store
from webapp.settings import Settings


@pytest.fixture(scope="module")
def grown(built_data, tmp_path_factory):
    """The invented content with twelve cards, in a language it never had too."""
    target = tmp_path_factory.mktemp("grown") / "data"
    grow(built_data, target, cards=12, locales=("en", "nl"))
    return target


def test_grown_content_is_sound_offered_and_readable(grown):
    store = Store(grown / "content.db")
    assert len(store.entries()) == 12
    assert validate.check_store(store) == ()
    client = create_app(Settings(data=grown)).test_client()
    slugs = [entry.slug for entry in store.entries() if entry.slug != URGENT_SLUG]
    for locale in ("fr", "en", "nl"):
        for slug in slugs:
            response = client.get(f"/{locale}/cards/{slug}/")
            assert (response.status_code, response.headers["Content-Language"]) == (200, locale), slug
    assert "fiche-essai-" in " ".join(slugs)


def test_load_counts_whole_answers_of_the_server_it_names(data, tmp_path):
    with granian("webapp.wsgi:app", tmp_path, environ={"REPERE_DATA": str(data)}) as server:
        before = server.cpu
        done = measure(
            Plan(server.port, "/fr/", {"Accept-Encoding": "br"}, connections=4, seconds=60, most=500)
        )
        assert 500 <= done.answers <= 504 and done.seconds < 60
        assert 0 < done.p50 <= done.p99
        assert server.cpu > before and server.worker_memory > 10
        head = measure(Plan(server.port, "/fr/", {"If-None-Match": "*"}, most=10))
        assert head.answers >= 10, "304s have no body to wait for"
        with pytest.raises(RuntimeError, match="answered 404"):
            measure(Plan(server.port, "/fr/nothing/", {}, most=10))


@pytest.mark.parametrize("target", ["bare", "without_layer", "hello"])
def test_each_application_compared_with_answers(data, tmp_path, target):
    (tmp_path / "healthz.body").write_bytes(b"kept")
    with granian(f"webapp.bench.apps:{target}", tmp_path, environ={"REPERE_DATA": str(data)}) as server:
        assert server.get("/healthz")
        assert server.first_answer > 0


def test_nginx_sends_the_same_bytes(tmp_path):
    if nginx_program() is None:
        pytest.skip("NGINX IS MISSING: the bench compares without it (apt install nginx-light)")
    (tmp_path / "card").write_bytes(b"compressed elsewhere")
    with nginx(tmp_path) as server:
        assert server.get("/card") == b"compressed elsewhere"


def test_command_prints_rows_for_programs(real_data):
    command = [sys.executable, "-m", "webapp.cli", "bench", "--only", "answers", "--json"]
    done = subprocess.run(
        [*command, "--rounds", "1", "--seconds", "0.05"],
        env={"REPERE_DATA": str(real_data), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert {"card: CPU of one rendered anew", "304, 8 conn.: p99"} <= {row["name"] for row in rows}
    assert all(row["low"] <= row["median"] <= row["high"] for row in rows)


def test_table_says_which_aims_are_met_by_the_median():
    rows = [
        table.Row("rate", [80, 90, 200], "%", 85, "more"),
        table.Row("wait", [3, 5, 4.5], "ms", 4),
        table.Row("memory", [50], "MB"),
    ]
    assert [row.is_met for row in rows] == [True, False, None]
    _heading, rate, wait, memory = table.lines(rows)
    assert rate.endswith("≥ 85  met") and "80 – 200" in rate
    assert wait.endswith("≤ 4  MISSED") and memory.endswith("MB")
