"""Which Python production comes to: from its commands through imports, calls, threads and click commands."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from ..readers.python import Function, Module, ancestors, expression, parent
from ..readers.shell import Text
from .calls import Site, arguments, spelt
from .launch import SERVERS, Command
from .values import Origin, elements

if TYPE_CHECKING:
    from ..project import Project

# A file and: a function, True (what runs as __main__ only) or False (what an import runs).
Place: TypeAlias = tuple[str, ast.AST | bool]
STARTERS = ("Thread", "Process", "Timer", "partial", "submit", "start_new_thread", "run_in_executor", "to_thread",
            "run_with_reloader", "run_process", "set_defaults", "apply_async", "call_later", "run",
            "invoke")  # fmt: skip

_NAMES = re.compile(r"\.(toml|cfg|ini|ya?ml|json|sh|conf|service)$|(^|/)(Dockerfile|Procfile|Makefile)")


class Reach:
    def __init__(self, project: "Project") -> None:
        self.project, self.names = project, project.names

    def entry(self, module: Module, node: ast.AST) -> Command | None:
        """The command with which production comes to the code around `node`; None when it does not."""
        return self._reached.get(self._place(module, node))

    def passed_over(self, module: Module, node: ast.AST) -> bool:
        """Is this in an entry of a table, a `partial` or a lambda, that production does not pick?"""
        entry = next((up for up in (node, *ancestors(node)) if isinstance(parent(up), ast.Dict)), None)
        if isinstance(entry, ast.Lambda) or (isinstance(entry, ast.Call) and spelt(entry) == "partial"):
            return (module.path, entry.lineno) not in self._picked
        return False

    @cached_property
    def _picked(self) -> set[Origin]:
        """Where the values are written that production may take out of tables."""
        values = self.project.values
        taken = [(module, node) for module in self.project.modules.values() for node in module.nodes(ast.Subscript)]
        every = [values.settle(values.of(*one)) for one in (*taken, *self.project.calls.spelt.get("get", ()))]
        looped = [one for one in self.project.calls.spelt.get("values", ()) if isinstance(parent(one[1]), ast.For)]
        every += [each for one in looped for each in elements(values.of(*one))]
        return {leaf.origin for value in every for leaf in values.leaves(value)}

    def forgotten(self, node: ast.AST) -> str:
        """Why this code never runs, though it is there: nothing calls its function or imports its module; or ""."""
        module = self.names.module(node)
        outer = scope = self.names.scope(module, node)
        while not isinstance(scope, ast.Module):
            outer, scope = scope, self.names.scope(module, scope)
        if isinstance(outer, Function) and not outer.decorator_list and not self._called(module, outer):
            return f"nothing calls `{outer.name}`"
        within = module.name.rpartition(".")[0] in self.names.modules  # else it is a script
        alone = not within or module.package or "__main__" in module.source or self._makes_app(scope)
        known = alone or module.path in self._imports or not self._said.isdisjoint({module.name, module.path})
        return "" if known else f"nothing imports `{module.name}`"

    def _called(self, module: Module, function: Function) -> bool:
        dotted = self.names.dotted(module, function)
        uses = (self.names.dotted(*use) for use in self._uses.get(function.name, ()))
        return function.name in self._said or self._makes_app(function) or any(use in (dotted, None) for use in uses)

    def _makes_app(self, code: ast.AST) -> bool:
        """Code that a server may be told to start with, in a command that no file holds."""
        return any(code in ancestors(app) for app in self.project.routes.apps)

    @cached_property
    def _uses(self) -> dict[str, list[tuple[Module, ast.AST]]]:
        """Where a name is read, by its last word; a new name that an import gives it counts."""
        found: dict[str, list[tuple[Module, ast.AST]]] = {}
        for module in self.project.modules.values():
            for node in module.nodes(ast.Name, ast.Attribute):
                found.setdefault(node.attr if isinstance(node, ast.Attribute) else node.id, []).append((module, node))
            for alias in module.nodes(ast.alias):
                if alias.asname:
                    found.setdefault(alias.name, []).append((module, alias))
        return found

    @cached_property
    def _imports(self) -> set[str]:
        """The files that an import names; all of them where a module is imported by a name that is made up."""
        made_up = ("import_module", "__import__", "import_string", "find_modules", "iter_modules", "walk_packages",
                   "spec_from_file_location", "run_path", "run_module")  # fmt: skip
        calls = [call for name in made_up for _, call in self.project.calls.spelt.get(name, ())]
        if not all(call.args and isinstance(call.args[0], ast.Constant) for call in calls):
            return set(self.project.modules)
        modules = self.project.modules.values()
        every = ((module, stmt) for module in modules for stmt in module.nodes(ast.Import, ast.ImportFrom))
        return {path for module, stmt in every for path, _ in self._leads(module, stmt, None) if path != module.path}

    @cached_property
    def _said(self) -> set[str]:
        """Words, dotted names and paths in strings and in the files around the program, which code may be called by."""
        constants = (one.value for module in self.project.modules.values() for one in module.nodes(ast.Constant))
        strings = {one for one in constants if isinstance(one, str) and not re.search(r"\s", one)}
        texts = [*strings, *(self.project.text(path) or "" for path in self.project.paths if _NAMES.search(path))]
        found: set[str] = set()
        for word in {word for text in texts for word in re.findall(r"[\w./-]+", text)}:
            found.update(re.findall(r"\w+", word))
            found.update(accumulate(word.split("."), "{}.{}".format))
            found.update(accumulate(word.split("/")[::-1], "{1}/{0}".format))
        return found

    def _place(self, module: Module, node: ast.AST) -> Place:
        main = (up for up in ancestors(node) if isinstance(up, ast.If) and "__main__" in ast.dump(up.test))
        return module.path, self.names.function(node) or any(main)

    @cached_property
    def _reached(self) -> dict[Place, Command]:
        inside: dict[Place, list[tuple[Module, ast.AST, str | None]]] = {}
        for module, call, dotted in self.project.calls.all():
            inside.setdefault(self._place(module, call), []).append((module, call, dotted))
        for module in self.project.modules.values():
            for stmt in module.nodes(ast.Import, ast.ImportFrom):
                inside.setdefault(self._place(module, stmt), []).append((module, stmt, None))
        # there from the start: what is asked for meanwhile, for the value of a call's target, is what is known by then
        reached: dict[Place, Command] = self.__dict__.setdefault("_reached", {})
        queue = [(place, command) for command in self.project.launch.commands for place in self._starts(command)]
        for place, command in queue:
            if reached.setdefault(place, command) is command:
                leads = (lead for step in inside.pop(place, ()) for lead in self._leads(*step))
                queue += [(lead, command) for lead in leads]
        return reached

    def _leads(self, module: Module, node: ast.AST, dotted: str | None) -> Iterator[Place]:
        """What an import or a call makes run."""
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield from self._imported(alias.name)
            case ast.ImportFrom(names=aliases):
                for alias in aliases:
                    yield from self._imported(f"{self.names.imported(module, node)}.{alias.name}")
            case ast.Call():
                called = [dotted or self.chosen(module, node.func)]
                if ((dotted or "").rpartition(".")[2] or spelt(node)) in STARTERS:
                    given = (arg for arg in arguments(node) if not isinstance(arg, ast.Constant))
                    called += [self.names.dotted(module, arg) for arg in given]
                for name in called:
                    yield from self._function(name)

    def chosen(self, module: Module, called: ast.expr) -> str | None:
        """The one function that a variable or an entry of a table is in production."""
        values = self.project.values
        return getattr(values.settle(values.of(module, called)), "name", None)

    def _function(self, dotted: str | None) -> Iterator[Place]:
        if found := self.project.calls.function(dotted):
            yield found[0].path, found[1]

    def _imported(self, dotted: str) -> Iterator[Place]:
        parts = dotted.split(".")
        for end in range(1, len(parts) + 1):
            if module := self.names.modules.get(".".join(parts[:end])):
                yield module.path, False

    def _starts(self, command: Command) -> Iterator[Place]:
        """Where a command enters the project."""
        if command.argv[:2] == ("python", "-m"):
            yield from self._imported(".".join(command.argv[2:3]))
        if main := self.project.launch.main(command):
            yield from ((main.path, True), (main.path, False))
        for _, name, code in self._targets(command):
            yield from self._imported(name)
            for function in [code.partition("(")[0]] if code else ["create_app", "make_app"]:
                yield from self._function(self.names.canonical(f"{name}.{function}"))

    def _targets(self, command: Command) -> Iterator[tuple[Text, str, str]]:
        """The applications that a command names: as it is written, the module, and what to take or call there."""
        launch, values = self.project.launch, self.project.values
        program, *args = command.argv or (Text("", "", 0),)
        targets: list[Text] = []
        if program in launch.console:
            targets = [program.like(launch.console[program])]
        elif program == "flask":
            chosen = command.option("--app", "-A") or command.env.get("FLASK_APP")
            targets = [chosen] if chosen else [program.like(name) for name in ("wsgi", "app")]
        elif program in SERVERS:
            targets = [word for word in args if re.fullmatch(r"[A-Za-z_][\w.]*(:[\w.]+(\(.*\))?)?", word)]
            for module, value in launch.gunicorn_settings(command, "wsgi_app"):
                if settled := values.literal(values.of(module, value)):
                    targets.append(Text(str(settled.value), *settled.origin))
        for target in targets:
            name, _, code = target.partition(":")
            yield target, name.removesuffix(".py").replace("/", ".").removeprefix("src."), code

    @cached_property
    def told(self) -> dict[str, list[Site]]:
        """The calls that commands tell servers to make, `gunicorn "shop:create_app(debug=True)"`, by what they call."""
        found: dict[str, list[Site]] = {}
        for target, name, code in (one for command in self.project.launch.commands for one in self._targets(command)):
            module = self.names.modules.get(name)
            call = expression(code, module) if module else None
            if module and isinstance(call, ast.Call):  # it sees the names of the module, and is in the command's file
                here = replace(module, path=target.path), ast.increment_lineno(call, target.line - 1)
                found.setdefault(self.names.canonical(f"{name}.{spelt(call)}"), []).append(here)
        return found
