"""The project under judgement: its files, and the facts and notions about them, each made on first use."""

import re
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from .files import Files
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
from .problem import CannotRun, once
from .readers.python import Module, Unreadable, read

if TYPE_CHECKING:
    from .live import Live
    from .runtime import Facts

TESTS = re.compile(r"^class \w+\(.*\bTestCase\b", re.M)


class Project(Files):
    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.running = ExitStack()  # what was started, until the end of the run

    @cached_property
    def own(self) -> bool:
        """Made from the template: it names its factory and carries the Gunicorn settings to start it with."""
        return isinstance(self.settings.get("app"), str) and (self.root / "gunicorn.conf.py").is_file()

    @cached_property
    def modules(self) -> dict[str, Module]:
        """Python by path, no tests, whatever they are called; what does not parse is a problem."""
        modules = {}
        for path in self.paths:
            if path.endswith(".py") and (source := self.text(path)) is not None and not TESTS.search(source):
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

    @once
    def runtime(self) -> "Facts":
        """The app, booted in a subprocess."""
        from .runtime import boot

        return boot(self)

    @once
    def live(self) -> "Live":
        """The service on its own Gunicorn; only what was made from the template says how it is started."""
        from .live import serving
        from .runtime import copied

        if not self.own:
            raise CannotRun("the live stage starts services made from the template only, and this is none")
        copy = Path(self.running.enter_context(TemporaryDirectory(prefix="verify-live-")))
        copied(self, copy)
        return self.running.enter_context(serving(copy, str(self.settings["app"])))

    @cached_property
    def factory(self) -> tuple[str, int]:
        """(path, line) of the function that builds the app, for findings that no single line causes."""
        from .runtime import target

        _, name = target(self) or ("", "")
        found = self.names.definition(name.replace(":", "."))
        return (found[0].path, getattr(found[1], "lineno", 1)) if found else ("pyproject.toml", 1)
