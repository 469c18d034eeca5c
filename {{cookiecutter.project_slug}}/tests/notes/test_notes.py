import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "{% raw %}", "'; DROP TABLE--"]


def test_a_note_is_kept_for_its_visitor_alone(app: Flask) -> None:
    ada, bob = app.test_client(), app.test_client()
    response = ada.post("/api/v1/notes", json={"text": "  buy tea "})
    assert (response.status_code, response.json) == (201, {"text": "buy tea"})
    assert ada.get("/api/v1/notes").json == {"notes": [{"text": "buy tea"}]}
    assert bob.get("/api/v1/notes").json == {"notes": []}


def test_the_form_keeps_a_note_and_shows_it(client: FlaskClient) -> None:
    response = client.post("/notes/", data={"text": "buy tea"})
    assert (response.status_code, response.location) == (303, "/notes/")
    assert "<li>buy tea</li>" in client.get("/notes/").text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(client: FlaskClient, text: str) -> None:
    client.post("/notes/", data={"text": text})
    (shown,) = re.findall(r"<li>(.*?)</li>", client.get("/notes/").text)
    assert "<" not in shown
    assert client.get("/api/v1/notes").json == {"notes": [{"text": text}]}


@pytest.mark.parametrize("text", ["", "   ", "x" * 501, None])
def test_a_note_has_1_to_500_characters(client: FlaskClient, text: str | None) -> None:
    body = {} if text is None else {"text": text}
    response = client.post("/api/v1/notes", json=body)
    assert response.status_code == 422
    assert response.get_json(force=True)["errors"] == [{"field": "text", "message": "1 to 500 characters are wanted"}]
    page = client.post("/notes/", data=body)
    assert page.status_code == 422
    assert "text: 1 to 500 characters are wanted." in page.text
    assert client.get("/api/v1/notes").json == {"notes": []}


def test_500_characters_are_fine(client: FlaskClient) -> None:
    assert client.post("/api/v1/notes", json={"text": "ü" * 500}).status_code == 201


def test_unknown_fields_are_refused(client: FlaskClient) -> None:
    response = client.post("/api/v1/notes", json={"text": "x", "owner": "root"})
    assert response.get_json(force=True)["errors"] == [{"field": "owner", "message": "no such field"}]


def test_a_session_is_no_database(client: FlaskClient) -> None:
    statuses = [client.post("/api/v1/notes", json={"text": "x"}).status_code for _ in range(21)]
    assert statuses == [201] * 20 + [409]


def test_clear_ends_the_session(app: Flask) -> None:
    client = app.test_client()
    client.post("/notes/", data={"text": "secret"})
    cookie = client.get_cookie("__Host-session")
    assert cookie is not None
    assert client.post("/notes/clear").status_code == 303
    thief = app.test_client()
    thief.set_cookie("__Host-session", cookie.value, domain="localhost")
    assert thief.get("/api/v1/notes").json == {"notes": []}


@pytest.mark.parametrize(
    "body",
    [
        b"zz\r\ntext=tea",
        b"3\r\ntext=tea\r\n0\r\n\r\n",
        b"8;\1\r\ntext=tea\r\n0\r\n\r\n",
        b"8\r\ntext=tea\r\n0\r\nX y\r\n\r\n",
    ],
)
def test_a_body_in_malformed_chunks_is_the_clients_mistake(server: Any, body: bytes) -> None:
    head = (
        b"POST /notes/ HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    answer = server.ask(head + body)
    assert answer.startswith("HTTP/1.1 400 ")
    assert answer.count("HTTP/1.1") == 1
    assert "The chunks of the body are malformed." in answer
    server.process.terminate()
    assert "traceback" not in server.output()
