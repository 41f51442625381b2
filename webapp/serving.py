"""How the production server is set up, and what runs it on a host: a systemd unit, a container file.

granian (WSGI) behind an HTTPS proxy that speaks HTTP/2 with browsers; see the README, «For hosts».
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import MPServer

THREADS = 4
"""Threads of a worker: one waits for the disk or for brotli while another answers."""
MOST_CONNECTIONS = 800
"""Of a worker, so that slow ones do not keep others out; most systems let it open 1024 files."""
MOST_HEADER_BYTES = 32_768
HEADER_TIMEOUT = 5_000
"""ms that a client may take over its headers."""
STOP_TIMEOUT = 10
"""s that a worker has to finish what it answers once told to stop."""
ACCESS_LOG = '[%(time)s] "%(method)s %(path)s" %(status)d %(dt_ms).1f ms'
"""Neither query nor client address: addresses hold the places a patient touched."""


def server(target: str, host: str, port: int, workers: int, *, log_access: bool = False) -> MPServer:
    """Return the server of the WSGI application at `target` (`package.module:name`), not yet running."""
    return MPServer(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        # HTTP/1 alone: the proxy speaks HTTP/2 with readers, and this way every silent connection has an end.
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=MOST_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT, max_buffer_size=MOST_HEADER_BYTES),
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_TIMEOUT,
        log_access=log_access,
        log_access_format=ACCESS_LOG,
    )


def systemd_unit(data: Path, environ: Mapping[str, str], port: int, workers: int) -> str:
    """Return a hardened unit for this installation with the settings in `environ`: no root, nothing writable."""
    words = [sys.executable, "-m", "webapp.cli", "serve", "--port", str(port), "--workers", str(workers)]
    command = " ".join(_quoted(word).replace("$", "$$") for word in words)  # here systemd fills in variables
    own = ("REPERE_DATA", "REPERE_TRANSLATOR", "REPERE_AUTHOR")  # the last two are of a person at a terminal
    hosts = sorted(name for name in environ if name.startswith("REPERE_") and name not in own)
    variables = [("REPERE_DATA", str(data.resolve())), ("PYTHONDONTWRITEBYTECODE", "1")]
    variables += [(name, environ[name]) for name in hosts]
    environment = "\n".join(f"Environment={_quoted(f'{name}={value}')}" for name, value in variables)
    return f"""\
# /etc/systemd/system/repere.service: what the server may do, and nothing else.
# The server only reads. Whoever edits content does so from an account of their own, with manage.py, which
# also compiles the catalogs; the server notices.
[Unit]
Description=Repere
After=network.target

[Service]
Type=exec
WorkingDirectory={str(Path(__file__).parents[1]).replace("%", "%%")}
{environment}
ExecStart={command}
Restart=on-failure
RestartSec=2
KillSignal=SIGTERM
KillMode=mixed
TimeoutStopSec={STOP_TIMEOUT + 5}
DynamicUser=yes
UMask=0077
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
IPAddressDeny=any
IPAddressAllow=localhost
LimitNOFILE=4096
MemoryMax={200 * workers + 100}M
TasksMax={32 * workers + 32}

[Install]
WantedBy=multi-user.target
"""


def container_file() -> str:
    """Return a container file for the checkout: locked packages, no root, runs on a read-only file system."""
    return f"""\
# docker build -t repere -f Containerfile .
# docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges -p 127.0.0.1:8000:8000 \\
#   -e REPERE_ORIGIN=https://repere.example.org repere
# Content of your own: -v /srv/repere:/data:ro -e REPERE_DATA=/data (compile its catalogs with manage.py).
FROM python:{sys.version_info.major}.{sys.version_info.minor}-slim AS build
WORKDIR /repere
COPY . .
RUN python -m venv /venv \\
 && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock \\
 && /venv/bin/pip install --no-cache-dir --no-deps . \\
 && REPERE_DATA=/repere /venv/bin/repere i18n compile

FROM python:{sys.version_info.major}.{sys.version_info.minor}-slim
COPY --from=build /venv /venv
COPY --from=build /repere/content.db /data/content.db
COPY --from=build /repere/translations /data/translations
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 REPERE_DATA=/data
USER 65534:65534
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/venv/bin/python", "-c", \\
  "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["/venv/bin/repere", "serve", "--host", "0.0.0.0", "--workers", "2"]
"""


def _quoted(text: str) -> str:
    """Return `text` in the quotes of a unit file, which systemd takes off again."""
    for mark, escaped in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("\n", " ")):
        text = text.replace(mark, escaped)
    return f'"{text}"'
