from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks, service

FAULTS = {
    "a stream": """
@bp.get("/")
def show():
    def rows():
        yield "name"
        yield request.path  # SF641

    return Response(rows())
""",
    "a thread": """
import threading

def work():
    print(request.path)  # SF641

@bp.get("/")
def show():
    threading.Thread(target=work).start()
    return ""
""",
}
FINE = {
    "a stream with its context": """
from flask import stream_with_context

@bp.get("/")
def show():
    @stream_with_context
    def rows():
        yield request.path

    return Response(rows())
""",
    "an error of another kind": """
@bp.get("/")
def show():
    raise RuntimeError("out of paper")
""",
}


@pytest.mark.parametrize("name", FAULTS)
def test_names_the_line(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    files = service(FAULTS[name])
    assert found(project(files), "SF641") == marks(files)


@pytest.mark.parametrize("name", FINE)
def test_is_silent(project: Callable[..., Path], found: Callable[..., object], name: str) -> None:
    assert found(project(service(FINE[name])), "SF641") == []
