"""Programs that are `flask` by another name: they hand their words on to a FlaskGroup, which has `run` too."""

import ast
import re
from functools import cached_property
from typing import TYPE_CHECKING

from ..readers.python import Function, Module, ancestors, assigned, parent
from .names import synthetic

if TYPE_CHECKING:
    from ..project import Project

GROUP = "flask.cli.FlaskGroup"


class Groups:
    def __init__(self, project: "Project") -> None:
        self.project, self.names = project, project.names

    def is_one(self, module: Module, called: ast.expr) -> bool:
        """Is this a FlaskGroup, its `main`, a function that a decorator makes one, or Flask's own?"""
        if not self._used:
            return False
        if self.names.dotted(module, called) in ("flask.cli.main", "flask.cli.cli"):
            return True
        if isinstance(called, ast.Attribute) and called.attr == "main":
            called = called.value
        owner, function = self.names.definition(self.names.dotted(module, called) or "") or (module, None)
        marks = [one for mark in getattr(function, "decorator_list", ()) for one in getattr(mark, "keywords", ())]
        kinds = [self.names.dotted(owner, one.value) for one in marks if one.arg == "cls"]
        kinds.append(self.names.class_of(module, called))
        return any(GROUP in self.names.ancestry(kind) for kind in kinds if kind)

    def started(self, main: Module | None, function: str | None) -> bool:
        """Does a module, run as `__main__`, or a console script's function hand its words on to `flask run`?"""
        owner, _, name = (function or "").partition(":")
        roots: list[ast.AST] = [main.tree] if main else []
        if script := self.names.modules.get(owner):
            if self.is_one(script, synthetic(name, script.tree)):
                return not self._without_run
            roots += [found[1]] if (found := self.project.calls.function(f"{owner}.{name}")) else []
        reached = self.project.calls.reached(roots)
        places = ((self.names.function(call) or module.tree) for module, call in self._calls)
        return not reached.isdisjoint(places) and not self._without_run

    @cached_property
    def _used(self) -> bool:
        return any("flask.cli" in module.source for module in self.project.modules.values())

    @cached_property
    def _calls(self) -> list[tuple[Module, ast.Call]]:
        """The calls of groups with the words of the command line."""
        calls = ((module, call) for module, call, _ in self.project.calls.all() if self.is_one(module, call.func))
        return [
            (module, call) for module, call in calls if all("argv" in ast.unparse(given) for given in words(call)[:1])
        ]

    @cached_property
    def _without_run(self) -> bool:
        """Is a group's `run` the project's own, or left out?"""
        for module, call, _ in self.project.calls.all():
            func = call.func
            if isinstance(func, ast.Attribute) and func.attr in ("command", "add_command"):
                written = f"{ast.unparse(call)} {getattr(parent(call), 'name', '')}"
                if re.search(r"\brun\b", written) and self.is_one(module, func.value):
                    return True
        return any("add_default_commands=False" in module.source for module in self.project.modules.values())


def words(call: ast.Call) -> list[ast.expr]:
    """The command line that a call is given, or that its function has put in the place of the program's own."""
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "args")]
    function = next((up for up in ancestors(call) if isinstance(up, Function)), None)
    puts = (put for stmt in ast.walk(function) for put in assigned(stmt)) if function and not given else ()
    return given or [value for target, value in puts if value and ast.unparse(target).startswith("sys.argv")]
