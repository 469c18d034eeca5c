from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_healthy_service_says_so(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.json) == (200, {"status": "ok"})
    assert response.headers["Cache-Control"] == "no-store"


def test_without_its_session_store_it_is_alive_but_not_ready(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "sessions.sqlite3").unlink()
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert (response.status_code, response.json) == (503, {"status": "session store down"})


def test_a_head_request_gets_no_body(client: FlaskClient) -> None:
    response = client.head("/healthz")
    assert (response.status_code, response.data, response.headers["Content-Length"]) == (200, b"", "15")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_only_read(client: FlaskClient, path: str) -> None:
    assert client.post(path).status_code == 405
