from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[dict[str, str]], Path]
Found = Callable[..., list[tuple[str, str, int]]]


@pytest.mark.parametrize(
    "command",
    ["flask run --debug", "flask --app shop --debug run", "python -m flask run --debugger", "uv run flask run --debug"],
)
def test_debug_mode_asked_for_on_the_command_line(project: Write, found: Found, command: str) -> None:
    root = project({"compose.yaml": f"services:\n  web:\n    image: x\n    command: {command}\n"})
    assert found(root, "SF232") == [("SF232", "compose.yaml", 4)]


@pytest.mark.parametrize("command", ["gunicorn --log-level debug a:b", "flask run --no-debug", "flask --debug routes"])
def test_another_debug(project: Write, found: Found, command: str) -> None:
    assert found(project({"Procfile": f"web: {command}\ndev: flask run --debug\n"}), "SF232") == []
