"""Which Python production comes to: from its commands through imports, calls, threads and click commands."""

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from ..readers.python import Module, ancestors
from .launch import SERVERS, Command
from .values import Const

if TYPE_CHECKING:
    from ..project import Project

# A file and: a function, True (what runs as __main__ only) or False (what an import runs).
Place: TypeAlias = tuple[str, ast.AST | bool]
STARTERS = ("Thread", "Process", "Timer", "partial", "submit", "start_new_thread", "run_in_executor", "to_thread",
            "run_with_reloader", "run_process", "set_defaults", "apply_async", "call_later", "run")  # fmt: skip


class Reach:
    def __init__(self, project: "Project") -> None:
        self.project = project
        self.launch = project.launch

    def by(self, module: Module, node: ast.AST) -> Command | None:
        """The command with which production comes to the code around `node`."""
        function = self.project.names.function(node)
        if function is not None:
            return self._reached.get((module.path, function))
        return self._reached.get((module.path, guarded(node)))

    @cached_property
    def _reached(self) -> dict[Place, Command]:
        """(path, function), (path, True) for what runs as __main__, (path, False) for what an import runs."""
        names, calls = self.project.names, self.project.calls
        inside: dict[Place, list[tuple[Module, ast.Call, str | None]]] = {}
        for module, call, dotted in calls.all():
            inside.setdefault((module.path, names.function(call) or guarded(call)), []).append((module, call, dotted))
        imports: dict[Place, list[str]] = {}
        for module in self.project.modules.values():
            for plain in module.nodes(ast.Import):
                place = (module.path, names.function(plain) or guarded(plain))
                imports.setdefault(place, []).extend(alias.name for alias in plain.names)
            for stmt in module.nodes(ast.ImportFrom):
                place, base = (module.path, names.function(stmt) or guarded(stmt)), names._from(module, stmt)
                imports.setdefault(place, []).extend([base, *(f"{base}.{alias.name}" for alias in stmt.names)])
        reached: dict[Place, Command] = {}
        queue = [(key, command) for command in self.launch.commands for key in self._starts(command)]
        while queue:
            key, command = queue.pop(0)
            if key in reached:
                continue
            reached[key] = command
            for dotted in imports.get(key, ()):
                queue += [(place, command) for place in self._imported(dotted)]
            for module, call, dotted in inside.get(key, ()):
                wanted_names = [dotted]
                if (dotted or "").rpartition(".")[2] in STARTERS:
                    given = [*call.args, *(keyword.value for keyword in call.keywords)]
                    wanted_names += [names.dotted(module, arg) for arg in given if not isinstance(arg, ast.Constant)]
                for name in wanted_names:
                    if name and (found := calls._function(name)):
                        queue.append(((found[0].path, found[1]), command))
        return reached

    def _imported(self, dotted: str) -> Iterator[tuple[str, bool]]:
        parts = dotted.split(".")
        for end in range(1, len(parts) + 1):
            if module := self.project.names.modules.get(".".join(parts[:end])):
                yield module.path, False

    def _starts(self, command: Command) -> Iterator[Place]:
        if not command.argv:
            return
        program, args = str(command.argv[0]), command.argv[1:]
        modules = self.project.names.modules
        if program == "python" and args:
            if args[0] == "-m" and len(args) > 1:
                module = modules.get(f"{args[1]}.__main__") or modules.get(args[1])
                yield from self._imported(args[1])
            else:
                module = self.project.modules.get(self.launch.file(args[0]) or "")
            if module:
                yield from ((module.path, True), (module.path, False))
        targets = [self.launch.console[program]] if program in self.launch.console else []
        if program == "flask":
            chosen = command.option("--app", "-A") or command.env.get("FLASK_APP")
            targets += [chosen] if chosen else ["wsgi", "app"]
        if program in SERVERS:
            targets += [word for word in args if re.fullmatch(r"[A-Za-z_][\w.]*(:[\w.]+(\(.*\))?)?", word)]
            config = self.launch.config_of(command)
            for node in config.nodes(ast.Assign) if config else ():
                if config and getattr(node.targets[0], "id", "") == "wsgi_app":
                    value = self.project.values.settle(self.project.values.of(config, node.value))
                    targets += [value.value] if isinstance(value, Const) and isinstance(value.value, str) else []
        for target in targets:
            name, _, attribute = target.removesuffix(".py").replace("/", ".").partition(":")
            name = name.removeprefix("src.")
            yield from self._imported(name)
            for function in [attribute.partition("(")[0]] if attribute else ["create_app", "make_app"]:
                if found := self.project.calls._function(self.project.names.canonical(f"{name}.{function}")):
                    yield found[0].path, found[1]
        if program not in SERVERS:
            yield from (
                (module.path, function) for word in args for module, function in self._subcommands.get(word, ())
            )

    @cached_property
    def _subcommands(self) -> dict[str, list[tuple[Module, ast.FunctionDef]]]:
        """Functions that click runs, by the name on the command line."""
        found: dict[str, list[tuple[Module, ast.FunctionDef]]] = {}
        for module in self.project.modules.values():
            for function in module.nodes(ast.FunctionDef):
                for decorator in function.decorator_list:
                    called = decorator.func if isinstance(decorator, ast.Call) else decorator
                    if getattr(called, "attr", getattr(called, "id", "")) != "command":
                        continue
                    given: list[ast.expr] = []
                    if isinstance(decorator, ast.Call):
                        given = [*decorator.args, *(k.value for k in decorator.keywords if k.arg == "name")]
                    spelt = function.name.replace("_", "-")
                    named = [str(arg.value) for arg in given if isinstance(arg, ast.Constant)]
                    for name in named or [spelt, spelt.removesuffix("-command").removesuffix("-cmd")]:
                        found.setdefault(name, []).append((module, function))
        return found


def guarded(node: ast.AST) -> bool:
    """Inside `if __name__ == "__main__"`?"""
    return any(isinstance(up, ast.If) and "__main__" in ast.dump(up.test) for up in ancestors(node))
