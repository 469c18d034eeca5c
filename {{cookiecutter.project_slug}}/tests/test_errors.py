import json

import pytest
from flask import Flask, abort, make_response
from flask.testing import FlaskClient

SECRET = "hunter2 in a local variable"


@pytest.fixture
def app(app: Flask) -> Flask:
    def boom() -> str:
        raise RuntimeError(SECRET)

    app.add_url_rule("/boom", view_func=boom)
    app.add_url_rule("/custom", "custom", lambda: abort(make_response("mine", 418)))
    app.add_url_rule("/moved/", "moved", lambda: "here")
    return app


def test_programs_get_problem_details(client: FlaskClient) -> None:
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert response.content_type == "application/problem+json"
    problem = json.loads(response.data)
    assert problem == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": problem["detail"],
        "request_id": response.headers["X-Request-ID"],
    }


def test_people_get_a_page(client: FlaskClient) -> None:
    response = client.get("/nowhere", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert response.content_type == "text/html; charset=utf-8"
    assert "<h1>Not Found</h1>" in response.text
    assert response.headers["X-Request-ID"] in response.text


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
def test_a_crash_tells_the_log_everything_and_the_client_nothing(
    client: FlaskClient, capfd: pytest.CaptureFixture[str], accept: str
) -> None:
    response = client.get("/boom", headers={"Accept": accept})
    assert response.status_code == 500
    for internal in (SECRET, "Traceback", "RuntimeError", __file__):
        assert internal not in response.text
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    (crash,) = [line for line in lines if "traceback" in line]
    assert crash["request_id"] == response.headers["X-Request-ID"]
    assert SECRET in crash["traceback"]


def test_the_last_word_is_a_bare_500(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    app.jinja_env.globals.clear()  # now not even the error page can be made
    response = app.test_client().get("/nowhere", headers={"Accept": "text/html"})
    assert (response.status_code, response.json) == (500, {"status": "internal error"})
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Traceback" in capfd.readouterr().out


def test_headers_that_belong_to_the_status_are_kept(client: FlaskClient) -> None:
    response = client.post("/")
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_redirects_and_responses_of_a_view_are_left_alone(client: FlaskClient) -> None:
    assert client.get("/moved").status_code == 308
    assert (client.get("/custom").status_code, client.get("/custom").text) == (418, "mine")


def test_what_the_visitor_typed_is_escaped(client: FlaskClient) -> None:
    response = client.post("/%3Cscript%3E", headers={"Accept": "text/html", "Sec-Fetch-Site": "<script>"})
    assert "<script>" not in response.text
