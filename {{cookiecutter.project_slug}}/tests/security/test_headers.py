import re

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
}


@pytest.fixture
def app(app: Flask) -> Flask:
    app.add_url_rule("/boom", "boom", view_func=lambda: str(1 / 0))
    app.add_url_rule("/moved", "moved", view_func=lambda: app.redirect("/"))
    app.add_url_rule("/nonce", "nonce", view_func=lambda: render_template_string("{{ csp_nonce() }} {{ csp_nonce() }}"))
    return app


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/static/style.css", 200),
        ("GET", "/moved", 302),
        ("POST", "/static/style.css", 405),
        ("GET", "/nowhere", 404),
        ("GET", "/boom", 500),
        ("GET", "/healthz", 200),
        ("OPTIONS", "/", 200),
    ],
)
def test_every_response_carries_every_header_once(client: FlaskClient, method: str, path: str, status: int) -> None:
    response = client.open(path, method=method)
    assert response.status_code == status
    for name, value in HEADERS.items():
        assert response.headers.getlist(name) == [value]


def test_a_static_file_that_has_not_changed_carries_them_too(client: FlaskClient) -> None:
    etag = client.get("/static/style.css").headers["ETag"]
    response = client.get("/static/style.css", headers={"If-None-Match": etag})
    assert response.status_code == 304
    assert response.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def test_a_template_that_asks_for_a_nonce_gets_a_fresh_one_in_every_response(client: FlaskClient) -> None:
    nonces = set()
    for _ in range(2):
        response = client.get("/nonce")
        first, second = response.text.split()
        assert first == second
        policy = response.headers["Content-Security-Policy"]
        assert f"script-src 'self' 'nonce-{first}'; style-src 'self' 'nonce-{first}';" in policy
        nonces.add(first)
    assert len(nonces) == 2


def test_our_own_pages_need_no_inline_script_or_style(client: FlaskClient) -> None:
    page = client.get("/").text
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", page)
