"""What a session holds: read when it is used, written when it changed, and only by us."""

import pickle
import threading
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from markupsafe import Markup

VALUES: dict[str, Any] = {
    "text": "Grüße 🎉",
    "number": 1,
    "fraction": 0.5,
    "nothing": None,
    "markup": Markup("<b>hi</b>"),
    "time": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    "uuid": uuid.uuid4(),
    "bytes": b"\x00\xff",
    "tuple": (1, (2, [3])),
    "nested": {"list": [1, {"deep": True}]},
    'odd "key" =\n': "x",
}


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def test_values_survive_a_round_trip_with_their_types(app: Flask, client: FlaskClient) -> None:
    found: dict[str, Any] = {}
    app.add_url_rule("/lab/store", "store", lambda: session.update(VALUES) or "")
    app.add_url_rule("/lab/find", "find", lambda: found.update(session) or "")
    client.get("/lab/store")
    client.get("/lab/find")
    assert found == VALUES
    assert [type(found[key]) for key in VALUES] == [type(value) for value in VALUES.values()]


GARBAGE = [b"", b"{", b"\x80\x04N.", b"\xff\xfe", b"[" * 100_000]
GARBAGE += [b'{" d":5}', b'{" u":"zz"}', b'{" b":1}']  # tags with something else inside


@pytest.mark.parametrize("whole", [True, False], ids=["session", "value"])
@pytest.mark.parametrize("garbage", GARBAGE, ids=[repr(text[:9]) for text in GARBAGE])
def test_what_we_did_not_write_is_an_empty_session_and_one_line_in_the_log(
    garbage: bytes, whole: bool, client: FlaskClient, raw: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/lab/set/color/red")
    raw.plant(garbage, whole)
    response = client.get("/lab/get")
    assert (response.status_code, response.json) == (200, {})
    assert [record.name for record in caplog.records].count("security") == 1
    assert client.get("/readyz").status_code == 200
    client.get("/lab/set/color/blue")
    assert client.get("/lab/get").json == {"color": "blue"}


def test_a_pickle_in_the_store_does_not_run(client: FlaskClient, raw: Any, tmp_path: Path) -> None:
    client.get("/lab/set/color/red")
    raw.plant(pickle.dumps(Bomb(tmp_path / "ran")), whole=True)
    assert client.get("/lab/get").json == {}
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("path", ["/", "/lab/plain", "/static/style.css", "/healthz", "/no-such-page"])
def test_nothing_that_does_not_use_the_session_touches_the_store(
    path: str, client: FlaskClient, calls: list[str]
) -> None:
    client.get("/lab/set/color/red")
    calls.clear()
    response = client.get(path)
    assert calls == []
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "Set-Cookie" not in response.headers


def test_an_anonymous_visitor_who_stores_nothing_gets_no_cookie_and_costs_no_call(
    client: FlaskClient, calls: list[str]
) -> None:
    response = client.get("/lab/get")
    assert calls == []
    assert "Set-Cookie" not in response.headers
    assert response.headers["Vary"] == "Cookie"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_session_that_was_only_read_is_not_written(client: FlaskClient, calls: list[str]) -> None:
    client.get("/lab/append")
    calls.clear()
    assert client.get("/lab/get").json == {"list": [0]}
    assert calls == ["call"]


def test_a_change_inside_a_list_is_written(client: FlaskClient) -> None:
    for _ in range(3):
        client.get("/lab/append")
    assert client.get("/lab/get").json == {"list": [0, 1, 2]}


def test_requests_in_flight_that_change_different_keys_lose_nothing(app: Flask, client: FlaskClient) -> None:
    both_have_read = threading.Barrier(2)

    @app.get("/lab/together/<key>/<value>")
    def together(key: str, value: str) -> str:
        session.get("left")
        both_have_read.wait(10)
        session[key] = value
        return ""

    client.get("/lab/set/left/0")
    header = {"Cookie": f"__Host-session={client.get_cookie('__Host-session').value}"}  # type: ignore[union-attr]

    def visit(key: str, value: int) -> None:
        app.test_client(use_cookies=False).get(f"/lab/together/{key}/{value}", headers=header)

    for value in range(20):
        threads = [threading.Thread(target=visit, args=(key, value)) for key in ("left", "right")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert client.get("/lab/get").json == {"left": str(value), "right": str(value)}


def test_too_much_data_is_refused_at_the_line_that_stores_it(app: Flask, client: FlaskClient, sessions: Any) -> None:
    refused = []

    @app.get("/lab/greedy")
    def greedy() -> dict[str, Any]:
        session["small"] = "x"
        with pytest.raises(
            sessions.SessionTooLarge, match=r"session\['big'\].*SESSION_MAX_BYTES allows 65536"
        ) as raised:
            session["big"] = "x" * 70_000
        refused.append(str(raised.value))
        return dict(session)

    assert client.get("/lab/greedy").json == {"small": "x"}
    assert len(refused) == 1
    assert client.get("/lab/fill/70000").status_code == 413
    assert client.get("/lab/get").json == {"small": "x"}


def test_a_list_that_grows_too_much_inside_is_refused_too(app: Flask, client: FlaskClient) -> None:
    @app.get("/lab/grow")
    def grow() -> str:
        session["list"].extend(range(50_000))
        return ""

    client.get("/lab/append")
    assert client.get("/lab/grow").status_code >= 400
    assert client.get("/lab/get").json == {"list": [0]}


def test_room_that_was_given_back_can_be_used_again(app: Flask, client: FlaskClient) -> None:
    @app.get("/lab/first")
    def first() -> str:
        session["left"], session["right"] = ["x" * 40_000], []
        return ""

    @app.get("/lab/then")
    def then() -> str:
        session["right"].append(session["left"].pop())
        session["small"] = "x"
        return ""

    assert [client.get(f"/lab/{step}").status_code for step in ("first", "then")] == [200, 200]
    assert client.get("/lab/get").json == {"left": [], "right": ["x" * 40_000], "small": "x"}


def test_the_limit_counts_what_was_deleted_and_stored_again(app: Flask, client: FlaskClient, sessions: Any) -> None:
    @app.get("/lab/again")
    def again() -> str:
        for key in "ab":
            session[key] = "x" * 40_000
            del session[key]
        session.update(a="x" * 40_000, b="x" * 40_000)
        return ""

    @app.get("/lab/names")
    def names() -> str:
        with pytest.raises(sessions.SessionTooLarge):
            session["é" * 40_000] = 1  # two bytes each
        return ""

    assert client.get("/lab/again").status_code == 413
    assert client.get("/lab/names").status_code == 200


def test_in_a_template_every_name_is_one_of_the_visitors(app: Flask, client: FlaskClient) -> None:
    @app.get("/lab/page/<name>")
    def page(name: str) -> str:
        return app.jinja_env.from_string(f"{{{{ session.{name} }}}}").render(session=session)

    for name in ("user", "key", "sid", "seen", "used", "loaded", "interface", "load", "changes"):
        client.get(f"/lab/set/{name}/mine")
        assert client.get(f"/lab/page/{name}").text == "mine"


def test_what_cannot_be_stored_is_refused_at_the_line_that_stores_it(app: Flask, client: FlaskClient) -> None:
    @app.get("/lab/strange")
    def strange() -> str:
        with pytest.raises(TypeError, match="not JSON serializable"):
            session["set"] = {1, 2}
        with pytest.raises(TypeError, match="keys are strings"):
            session[5] = 1  # type: ignore[index]
        with pytest.raises(UnicodeEncodeError):
            session["\ud800"] = 1
        return str(len(session))

    assert client.get("/lab/strange").text == "0"
