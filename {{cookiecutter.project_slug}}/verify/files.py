"""Which files belong to a project, each of them read once, and what could not be judged."""

import os
import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from .problem import Problem

MAX_BYTES = 1 << 20
LEFT_OUT = {"venv", "node_modules", "build", "dist", "__pycache__", "site-packages", "tests", "docs"}
HIDDEN = {".flaskenv", ".dockerignore", ".gitignore", ".github"}
# Judged as text: one of these that cannot be read is a problem; an image or a font is not ours to read.
TEXT = {".py", ".html", ".htm", ".j2", ".jinja", ".jinja2", ".xml", ".svg", ".js", ".json", ".toml", ".yaml", ".yml"}
TEXT |= {".sh", ".cfg", ".ini", ".conf", ".service"}


class Files:
    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.problems: list[Problem] = []
        self._texts: dict[str, str | None] = {}

    def problem(self, path: str, line: int, message: str) -> None:
        """Note, once, what could not be judged."""
        problem = Problem(path, line, message)
        if problem not in self.problems:
            self.problems.append(problem)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every file that is the project's own, in order: no tests, no dependencies, no build output."""
        return tuple(sorted(self._walk(self.root, PurePosixPath())))

    def _walk(self, folder: Path, inside: PurePosixPath) -> Iterator[str]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            return self.problem(str(inside), 1, f"folder cannot be read: {error.strerror}")
        for entry in entries:
            path = inside / entry.name
            if _foreign(entry):
                continue
            if entry.is_symlink():
                wrong = self._strays(Path(entry.path))
            elif entry.is_dir():
                wrong = ""
                yield from self._walk(Path(entry.path), path)
            else:
                wrong = "" if entry.is_file() else "neither a file nor a folder: not judged"
            if wrong:
                self.problem(str(path), 1, wrong)
            elif entry.is_file():
                yield str(path)

    def _strays(self, link: Path) -> str:
        """What is wrong with a link; one to a folder is fine, and the folder is read where it really is."""
        try:
            target = link.resolve(strict=True)
        except (OSError, RuntimeError):
            return "link that leads nowhere or in a circle: remove it"
        if not target.is_relative_to(self.root):
            return "link that leaves the project: its target is not judged; copy it in"
        if target.is_dir() and link.parent.resolve().is_relative_to(target):
            return "link to a folder that holds it, a loop: remove it"
        return ""

    def text(self, path: str) -> str | None:
        """The text of a file, read once; None, and a problem noted, when there is no reading it."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def _read(self, path: str) -> str | None:
        file, line = self.root / path, 1
        try:
            if (size := file.stat().st_size) > MAX_BYTES:
                wrong = f"{size / MAX_BYTES:.1f} MiB is more than the limit of 1 MiB: not judged"
            elif b"\0" in (raw := file.read_bytes()):
                wrong = "binary content where text is expected: not judged"
            else:
                return raw.decode().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            wrong = "not UTF-8: save it as UTF-8 to have it judged"
        except OSError as error:
            wrong = f"cannot be read: {error.strerror}"
        self.problem(path, line, wrong)
        return None

    def check_readable(self) -> None:
        """Note what no reader asked for but a browser or an interpreter would: too big, binary, not UTF-8."""
        for path in self.paths:
            if PurePosixPath(path).suffix in TEXT:
                self.text(path)

    @cached_property
    def pyproject(self) -> dict[str, Any]:
        text = self.text("pyproject.toml") if (self.root / "pyproject.toml").is_file() else None
        try:
            return tomllib.loads(text or "")
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self.problem("pyproject.toml", 1, f"does not parse: {error}")
            return {}

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The `[tool.verify]` table."""
        tool = self.pyproject.get("tool")
        table = tool.get("verify") if isinstance(tool, dict) else None
        return table if isinstance(table, dict) else {}


def _foreign(entry: os.DirEntry[str]) -> bool:
    """Is this a test, a dependency, build output or something hidden, and none of the project's own files?"""
    name = entry.name
    if name.startswith(".") and name not in HIDDEN and not name.startswith(".env"):
        return True
    if Path(entry.path).is_file():  # the entry itself would raise at a link in a circle
        return name == "conftest.py" or name.endswith("_test.py") or (name[:5] == "test_" and name[-3:] == ".py")
    if name == "verify":  # this verifier's own copy in the service
        return Path(entry.path, "engine.py").is_file() and Path(entry.path, "checks").is_dir()
    if name in LEFT_OUT:
        return name == "tests" or not any(Path(entry.path).glob("__init__.py"))  # shop.docs is of the shop
    return name.endswith(".egg-info")
