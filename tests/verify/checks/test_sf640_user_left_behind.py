from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks, service

FAULTS = {
    "a global": """
viewer = ""

@bp.get("/")
def show():
    global viewer
    viewer = request.args["viewer"]  # SF640
    return viewer
""",
    "an attribute that is set by reflection": """
class Client:
    token = ""

client = Client()

@bp.get("/")
def show():
    object.__setattr__(client, "token", request.headers["X-Token"])  # SF640
    return client.token
""",
}
FINE = {
    "kept in g": """
@bp.get("/")
def show():
    g.viewer = request.args["viewer"]
    return g.viewer
""",
    "a counter": """
import threading

lock = threading.Lock()
hits = 0

@bp.get("/")
def show():
    global hits
    with lock:
        hits += 1
    return str(hits)
""",
}


@pytest.mark.parametrize("name", FAULTS)
def test_names_where_it_is_written(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    files = service(FAULTS[name])
    assert found(project(files), "SF640") == marks(files)


@pytest.mark.parametrize("name", FINE)
def test_is_silent(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    assert found(project(service(FINE[name])), "SF640", "SF641") == []
