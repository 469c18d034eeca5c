"""The project under judgement: which files belong to it, each read once; facts and notions are made on first use."""

import os
import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from .notions.calls import Calls
from .notions.config import Config
from .notions.flow import Flow
from .notions.launch import Launch
from .notions.markup import Markup
from .notions.names import Names
from .notions.pages import Pages
from .notions.reach import Reach
from .notions.routes import Routes
from .notions.sessions import Sessions
from .notions.state import State
from .notions.values import Values
from .problem import CannotRun, Problem
from .readers.python import Module, Unreadable, read

if TYPE_CHECKING:
    from .live import Live
    from .runtime import Runtime

MAX_BYTES = 1 << 20
LEFT_OUT = {"venv", "node_modules", "build", "dist", "__pycache__", "site-packages", "tests", "docs"}
HIDDEN = {".flaskenv", ".dockerignore", ".gitignore", ".github"}
# Judged as text: one of these that cannot be read is a problem; an image or a font is not ours to read.
TEXT = {".py", ".html", ".htm", ".j2", ".jinja", ".jinja2", ".xml", ".svg", ".js", ".json", ".toml", ".yaml", ".yml"}
TEXT |= {".sh", ".cfg", ".ini", ".conf", ".service"}


def _is_test(name: str) -> bool:
    return name == "conftest.py" or (name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py")))


class Project:
    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.problems: list[Problem] = []
        self._texts: dict[str, str | None] = {}

    def problem(self, path: str, line: int, message: str) -> None:
        """Note, once, what could not be judged."""
        problem = Problem(path, line, message)
        if problem not in self.problems:
            self.problems.append(problem)

    # -- files

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
            if entry.is_symlink() and not self._sane(entry, path):
                continue
            if entry.is_dir():
                if not self._left_out(entry):
                    yield from self._walk(Path(entry.path), path)
            elif _is_test(entry.name) or not self._visible(entry.name):
                continue
            elif entry.is_file():
                yield str(path)
            else:
                self.problem(str(path), 1, "neither a file nor a folder: not judged")

    def _sane(self, entry: os.DirEntry[str], path: PurePosixPath) -> bool:
        """Is this link one that leads to a file of the project? Folders are read where they really are."""
        if self._left_out(entry) or not self._visible(entry.name):
            return False
        try:
            target = Path(entry.path).resolve(strict=True)
        except (OSError, RuntimeError):
            self.problem(str(path), 1, "link that leads nowhere or in a circle: remove it")
            return False
        if not target.is_relative_to(self.root):
            self.problem(str(path), 1, "link that leaves the project: its target is not judged; copy it in")
            return False
        if target.is_dir() and Path(entry.path).parent.resolve().is_relative_to(target):
            self.problem(str(path), 1, "link to a folder that holds it, a loop: remove it")
        return target.is_file()

    @staticmethod
    def _visible(name: str) -> bool:
        return not name.startswith(".") or name in HIDDEN or name.startswith(".env")

    def _left_out(self, entry: os.DirEntry[str]) -> bool:
        if entry.name == "verify":  # this verifier's own copy in the service
            return Path(entry.path, "engine.py").is_file() and Path(entry.path, "checks").is_dir()
        return entry.name in LEFT_OUT or not self._visible(entry.name) or entry.name.endswith(".egg-info")

    def text(self, path: str) -> str | None:
        """The text of a file, read once; None, and a problem noted, when there is no reading it."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def _read(self, path: str) -> str | None:
        file = self.root / path
        try:
            if (size := file.stat().st_size) > MAX_BYTES:
                self.problem(path, 1, f"{size / MAX_BYTES:.1f} MiB is more than the limit of 1 MiB: not judged")
                return None
            raw = file.read_bytes()
            if b"\0" in raw:
                self.problem(path, 1, "binary content where text is expected: not judged")
                return None
            return raw.decode().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            self.problem(path, line, "not UTF-8: save it as UTF-8 to have it judged")
        except OSError as error:
            self.problem(path, 1, f"cannot be read: {error.strerror}")
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

    @cached_property
    def own(self) -> bool:
        """Made from the template: it names its factory and carries the Gunicorn settings to start it with."""
        return isinstance(self.settings.get("app"), str) and (self.root / "gunicorn.conf.py").is_file()

    # -- facts and notions

    @cached_property
    def modules(self) -> dict[str, Module]:
        """Python by path; what does not parse is a problem."""
        modules = {}
        for path in self.paths:
            if path.endswith(".py") and (source := self.text(path)) is not None:
                module = read(path, source)
                if isinstance(module, Unreadable):
                    self.problem(path, module.line, module.message)
                else:
                    modules[path] = module
        return modules

    names = cached_property(Names)
    values = cached_property(Values)
    calls = cached_property(Calls)
    config = cached_property(Config)
    launch = cached_property(Launch)
    reach = cached_property(Reach)
    routes = cached_property(Routes)
    sessions = cached_property(Sessions)
    flow = cached_property(Flow)
    markup = cached_property(Markup)
    pages = cached_property(Pages)
    state = cached_property(State)

    @cached_property
    def _boot(self) -> "Runtime | str":
        from .runtime import boot

        return boot(self)

    @property
    def runtime(self) -> "Runtime":
        """The booted app; booted once, and `CannotRun` with the reason when it does not boot."""
        if isinstance(self._boot, str):
            raise CannotRun(self._boot)
        return self._boot

    @cached_property
    def _serve(self) -> "Live | str":
        from .live import Live

        if not self.own:
            return "the live stage starts a service with its own gunicorn.conf.py and [tool.verify] app; here is none"
        try:
            return Live(self.root, str(self.settings["app"]))
        except CannotRun as reason:
            return str(reason)

    @property
    def live(self) -> "Live":
        """The service on its own Gunicorn; started once, and stopped by `close`."""
        if isinstance(self._serve, str):
            raise CannotRun(self._serve)
        return self._serve

    @cached_property
    def factory(self) -> tuple[str, int]:
        """(path, line) of the function that builds the app, for findings that no single line causes."""
        from .runtime import target

        _, name = target(self) or ("", "")
        found = self.names.definition(name.replace(":", "."))
        return (found[0].path, getattr(found[1], "lineno", 1)) if found else ("pyproject.toml", 1)

    def close(self) -> None:
        """Stop what was started."""
        server = self.__dict__.get("_serve", "")
        if not isinstance(server, str):
            server.stop()
