import contextvars
import json
import logging
import os
import re
import secrets

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient


def lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_a_request_is_one_line(client: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    response = client.get("/", query_string={"token": "t0ken"})
    (line,) = lines(capfd)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(line.pop("time")))
    assert isinstance(line.pop("ms"), float)
    assert line == {
        "level": "info",
        "event": "request",
        "request_id": response.headers["X-Request-ID"],
        "client": "127.0.0.1",
        "method": "GET",
        "path": "/",
        "status": 200,
    }


def test_no_token_and_no_cookie_is_in_a_line(client: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    secret = secrets.token_urlsafe(16)
    client.set_cookie("__Host-session", secret)
    client.get("/", query_string={"token": secret}, headers={"Authorization": f"Bearer {secret}"})
    assert secret not in capfd.readouterr().out


def test_what_a_line_quotes_cannot_start_another(client: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    client.get('/%0A{"level":"error"}')
    (line,) = lines(capfd)
    assert line["path"] == '/\n{"level":"error"}'


@pytest.mark.usefixtures("app")
def test_half_a_character_is_no_reason_not_to_log(capfd: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("some.library").error("look: %s", "\ud800")
    (line,) = lines(capfd)
    assert line["event"] == "look: \ud800"


def test_a_log_that_nobody_reads_any_more_stops_nobody(client: FlaskClient) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    kept = os.dup(1)
    os.dup2(writer, 1)
    try:
        assert client.get("/").status_code == 200
        logging.getLogger("shop").error("sold out")
    finally:
        os.dup2(kept, 1)
        for end in (writer, kept):
            os.close(end)


def test_messages_carry_the_id_of_their_request(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    @app.get("/log")
    def log() -> str:
        current_app.logger.warning("look\nhere")
        return "logged"

    request_id = app.test_client().get("/log").headers["X-Request-ID"]
    message, request = lines(capfd)
    assert (message["event"], message["level"]) == ("look\nhere", "warning")
    assert message["request_id"] == request["request_id"] == request_id


def test_every_request_has_an_id_of_its_own(client: FlaskClient) -> None:
    assert len({client.get("/").headers["X-Request-ID"] for _ in range(10)}) == 10


def test_probes_are_not_logged(client: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    client.get("/healthz")
    assert lines(capfd) == []


@pytest.mark.usefixtures("app")
def test_libraries_write_the_same_lines(capfd: pytest.CaptureFixture[str]) -> None:
    contextvars.Context().run(logging.getLogger("some.library").error, "oh: %s", "no")
    (line,) = lines(capfd)
    assert (line["logger"], line["event"], line["request_id"]) == ("some.library", "oh: no", "-")
