"""What runs the server on a host: the unit, the container file, the proxies of the README, the access log."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from tests.server import running
from webapp import serving
from webapp.bench.servers import nginx_program

ROOT = Path(__file__).parents[1]


def directives(unit):
    """Return (name, value) of every line of a unit."""
    lines = [line for line in unit.splitlines() if line and line[0] not in "#["]
    assert all("=" in line for line in lines)
    return [tuple(line.split("=", 1)) for line in lines]


def test_unit_is_what_systemd_accepts(data, tmp_path):
    unit = tmp_path / "repere.service"
    unit.write_text(serving.systemd_unit(data, {}, 8000, 2), "utf-8")
    if program := shutil.which("systemd-analyze"):
        done = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
    found = dict(directives(unit.read_text("utf-8")))
    for name, value in {
        "DynamicUser": "yes",
        "ProtectSystem": "strict",
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
    }.items():
        assert found[name] == value
    assert not {"User", "ReadWritePaths"} & found.keys(), "the server only reads"


def test_unit_carries_settings_as_they_are_whatever_they_hold(data):
    publisher = 'Clinique « 100 % » $HOME "\\n\nUser=root'
    environ = {
        "REPERE_PUBLISHER": publisher,
        "REPERE_LOCALES": "fr,en",
        "REPERE_AUTHOR": "Camille",
        "HOME": "/root",
    }
    unit = serving.systemd_unit(data, environ, 8001, 3)
    rows = [value for name, value in directives(unit) if name == "Environment"]
    assert "User" not in dict(directives(unit)), "a line end in a setting begins no directive"
    found = dict(shlex.split(row)[0].replace("%%", "%").split("=", 1) for row in rows)
    assert found["REPERE_PUBLISHER"] == publisher.replace("\n", " ")
    assert found["REPERE_LOCALES"] == "fr,en"
    assert not {"REPERE_AUTHOR", "HOME"} & found.keys()
    assert '"--port" "8001" "--workers" "3"' in dict(directives(unit))["ExecStart"]


def test_container_runs_without_root_on_locked_packages_and_says_whether_it_is_well():
    text = serving.container_file()
    joined = re.sub(r"\\\n\s*", "", text)
    steps = [line.split(" ", 1) for line in joined.splitlines() if line and line[0] not in "# "]
    assert {word for word, _ in steps} <= {
        "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "CMD",
    }  # fmt: skip
    found = dict(steps)
    assert found["USER"] == "65534:65534"
    assert "/healthz" in found["HEALTHCHECK"]
    assert "--require-hashes" in text and (ROOT / "requirements.lock").exists()
    for source in re.findall(r"^COPY --from=build /repere/(\S+)", text, re.MULTILINE):
        assert (ROOT / source).exists(), source


def readme_block(beginning):
    """Return the indented lines of the README that start with `beginning`."""
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(f"    {beginning}"))
    block = []
    for line in lines[first:]:
        if line and not line.startswith("    "):
            break
        block.append(line.removeprefix("    "))
    return "\n".join(block)


def test_nginx_sample_of_the_readme_is_accepted_and_logs_neither_query_nor_client(tmp_path):
    sample = readme_block("log_format repere")
    [log] = re.findall(r"log_format repere '([^']*)'", sample)
    assert not re.search(r"\$(args|query_string|request\b|request_uri|remote_addr|http_|is_args)", log)
    if not (nginx_program() and shutil.which("openssl")):
        pytest.skip(
            "NGINX OR OPENSSL IS MISSING: the README's sample was not tried (apt install nginx-light)"
        )
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=repere.example.org",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    sample = re.sub(r"(?<=ssl_certificate )\S+(?=;)", str(certificate), sample)
    sample = re.sub(r"(?<=ssl_certificate_key )\S+(?=;)", str(key), sample)
    sample = sample.replace("/var/log/nginx", str(tmp_path))
    config = tmp_path / "nginx.conf"
    config.write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/error.log;\nevents {{}}\nhttp {{\n{sample}\n}}\n", "utf-8"
    )
    done = subprocess.run(
        [nginx_program(), "-t", "-p", str(tmp_path), "-c", str(config)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_caddy_sample_of_the_readme_is_accepted(tmp_path):
    sample = readme_block("repere.example.org {")
    assert "reverse_proxy 127.0.0.1:8000" in sample
    if not (program := shutil.which("caddy")):
        pytest.skip("CADDY IS MISSING: the README's sample was not tried")
    (tmp_path / "Caddyfile").write_text(sample + "\n", "utf-8")
    done = subprocess.run(
        [program, "adapt", "--config", str(tmp_path / "Caddyfile"), "--validate"],
        capture_output=True, text=True, env={"HOME": str(tmp_path), "PATH": "/usr/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_access_log_names_neither_the_places_nor_the_reader(data, capfd):
    with running(data, "--access-log") as server:
        urllib.request.urlopen(f"{server.address}/fr/map/?zone=groin-left").close()
        for _ in range(500):
            if '"GET /fr/map/" 200' in (text := server.said()):
                break
            time.sleep(0.02)
    assert '"GET /fr/map/" 200' in text
    assert "groin" not in text and "127.0.0.1 " not in text and "?" not in text


def test_worker_that_dies_is_replaced(data):
    with running(data, "--workers", "2") as server:
        pid = server.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children")
        if not children.exists():
            pytest.skip("NO /proc HERE: which processes are workers cannot be told")
        workers = [int(pid) for pid in children.read_text().split()]
        os.kill(workers[0], signal.SIGKILL)
        for _ in range(400):
            now = [int(pid) for pid in children.read_text().split()]
            if len(set(now) - set(workers)) >= 1:
                break
            threading.Event().wait(0.1)
        assert set(now) - set(workers), "a new worker took its place"
        assert urllib.request.urlopen(f"{server.address}/healthz").status == 200


def test_developers_server_answers_and_stops(data):
    with running(data, "--debug") as server:
        with urllib.request.urlopen(f"{server.address}/fr/") as response:
            assert response.status == 200
        assert "Debug mode: on" in server.said()
