"""What is written down of a reader: nothing. The log is the real one, of the real server."""

import logging
import time

from tests.hostile.wire import Wire, fetch
from tests.server import running

SECRETS = ("groin-left", "zone=", "ma-douleur", "q=", "198.51.100.7", "Essai/5.0")


def test_the_servers_log_says_nothing_of_any_request(built_data):
    with running(built_data, "--workers", "2") as server:
        while server.said().count("Started worker-") < 2:
            time.sleep(0.02)
        before = server.said()
        reader = {"User_Agent": "Essai/5.0", "X_Forwarded_For": "198.51.100.7"}
        for address in (
            "/fr/map/?zone=groin-left",
            "/fr/map/?zone=ma-douleur",
            "/fr/map/?view=back&zone=groin-left",
            "/fr/map/results/?zone=groin-left",
            "/fr/search/?q=ma-douleur",
            "/fr/note/?zone=groin-left",
            "/fr/nothing/?q=ma-douleur",
            "/fr/languages/?from=/fr/map/?zone=groin-left",
            "/?zone=groin-left",
            "/fr?zone=groin-left",
        ):
            for _ in range(4):
                assert fetch(server.port, address, **reader).status < 500
        for raw in (
            b"POST /fr/note/ HTTP/1.1\r\nHost: x\r\nContent-Length: 15\r\n\r\nzone=groin-left",
            b"GET /fr/map/?zone=groin-left HTTP/9.9\r\n\r\n",
            b"GET /fr/map/?zone=groin-left\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /fr/map/?zone=groin-left" + b"&q=ma-douleur" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        ):
            wire = Wire(server.port)
            wire.send([raw], is_last=True)
            wire.answer()
            wire.close()
        said = server.said()
    assert said == before, "requests leave no line at all"
    assert not [secret for secret in SECRETS if secret in said]


def test_a_crash_is_logged_with_its_path_and_without_its_query(app, monkeypatch, caplog):
    def crash(*args: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("webapp.views.body_map.view_of", crash)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.DEBUG):
        response = app.test_client().get("/fr/map/?zone=groin-left", headers={"User-Agent": "Essai/5.0"})
    assert response.status_code == 500
    assert "error at GET /fr/map/" in caplog.text and "broken" in caplog.text
    assert not [secret for secret in SECRETS if secret in caplog.text]
