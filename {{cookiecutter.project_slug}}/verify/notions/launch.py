"""How production starts: which command with which environment, and which Python that runs."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import dropwhile, pairwise, zip_longest
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..readers import ini, make, shell, yamls
from ..readers.python import Module, ancestors
from ..readers.shell import Text
from .descriptors import DEVELOPMENT, Descriptors
from .groups import Groups

if TYPE_CHECKING:
    from ..project import Project

PYTHON = re.compile(r"(python|pypy)[\d.]*")
SHELLS = {"sh", "bash", "dash", "ash", "zsh", "ksh"}
SERVERS = {"gunicorn", "uvicorn", "hypercorn", "waitress-serve", "uwsgi", "daphne", "granian", "mod_wsgi-express"}
MODULES = {"flask": "flask", "waitress": "waitress-serve", **{name: name for name in SERVERS}}
# Programs whose arguments are files and words, not a command: `chmod +x start.sh`.
PLAIN = {
    "echo", "printf", "chmod", "chown", "cp", "mv", "rm", "ln", "cat", "touch", "which", "git", "pip", "npm", "apt",
    "apt-get", "apk", "yum", "dnf",
}  # fmt: skip
RUNNERS = {"pdm", "poe", "hatch", "rye", "task"}
TASKS = re.compile(r"tool\.(pdm|rye)\.scripts|tool\.(poe|taskipy)\.tasks|tool\.hatch\.envs\.default\.scripts")
COMMAND = re.compile(r"\{.*?\b(cmd|shell)\s*=\s*(?=[\"'])")  # in a table of its own
MOST_STEPS = 5_000


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that production runs; `argv` is without wrappers: ("flask", "run"), ("python", "-m", "acme")."""

    argv: tuple[Text, ...]
    env: dict[str, Text]
    kind: str

    @property
    def path(self) -> str:
        return self.argv[0].path

    @property
    def line(self) -> int:
        return self.argv[0].line

    def option(self, *names: str) -> Text | None:
        """The value of an option: `-h X`, `-hX`, `--host X`, `--host=X`."""
        for word, value in zip_longest(self.argv, self.argv[1:]):
            for name in names:
                if word == name:
                    return value
                if word.startswith(f"{name}=" if name.startswith("--") else name) and not word.startswith(f"{name}-"):
                    return word.like(word[len(name) :].lstrip("="))
        return None


class Launch:
    def __init__(self, project: "Project") -> None:
        self.project = project
        self.descriptors, self.groups = Descriptors(project), Groups(project)
        self.file, self.ignored = self.descriptors.file, self.descriptors.ignored
        self._steps = 0
        self._run_scripts: set[str] = set()

    @cached_property
    def commands(self) -> list[Command]:
        starts = [(start.argv, start.env, start.kind) for start in self.descriptors.starts()]
        if "gunicorn.conf.py" in self.project.paths:  # `gunicorn` alone is a command
            starts.append(([Text("gunicorn", "gunicorn.conf.py", 1)], {}, "gunicorn"))
        found = [command for argv, env, kind in starts for command in self.resolve(argv, env, kind)]
        for path in self.project.paths:
            if path.endswith(".sh") and path not in self._run_scripts and not DEVELOPMENT.search(path):
                found += self.resolve([Text(path, path, 1)], {}, "script")  # somebody starts it by hand
        return found

    @cached_property
    def _settings(self) -> dict[str, list[Text]]:
        by_hand = {"script", "unused"}
        asked = [each for each in self.commands if each.kind not in by_hand or SERVERS & {*each.argv[:1]}]
        found: dict[str, dict[tuple[str, str, int], Text]] = {}
        for name, value in [*(pair for command in asked for pair in command.env.items()), *self._written()]:
            found.setdefault(name, {})[value, value.path, value.line] = value
        loaded = {name: [value] for name, value in self._loaded()}  # what is there already wins
        return loaded | {name: list(values.values()) for name, values in found.items()}

    def _written(self) -> Iterator[tuple[str, Text]]:
        """What modules put into the environment before the application is made."""
        for module in self.project.modules.values():
            for stmt in module.nodes(ast.Assign):
                match stmt.targets, stmt.value:
                    case [ast.Subscript(held, ast.Constant(str(name)))], ast.Constant(str(value)):
                        if self.project.names.dotted(module, held) == "os.environ":
                            yield name, Text(value, module.path, stmt.lineno)
        for module, call in self.project.calls.named("os.environ.setdefault"):
            match call.args:
                case [ast.Constant(str(name)), ast.Constant(str(value))]:
                    yield name, Text(value, module.path, call.lineno)

    def _loaded(self) -> Iterator[tuple[str, Text]]:
        """What modules read into the environment from a file of the project."""
        names = self.project.names
        for module, call in self.project.calls.named("dotenv.load_dotenv", "dotenv.main.load_dotenv"):
            given = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "dotenv_path")]
            for use in [use for one in given for use in ast.walk(one) if isinstance(use, ast.Name)]:
                given += filter(None, (place.source for place in (names.reaching(module, use) or (use, []))[1]))
            constants = (node.value for one in given for node in ast.walk(one) if isinstance(node, ast.Constant))
            texts = [value for value in constants if isinstance(value, str)]
            for file in [] if any(isinstance(up, ast.If) for up in ancestors(call)) else texts or [".env"]:
                if "env" in file and not DEVELOPMENT.search(file):
                    yield from self.descriptors.variables(file).items()

    def env(self, name: str) -> list[Text]:
        """What production's environment has under this name, as far as the project's files say."""
        return [value for value in self._settings.get(name, ()) if not shell.VARIABLE.search(value)]

    def variables(self) -> Iterator[tuple[str, Text]]:
        """Everything that `env` knows, with its name."""
        for name in self._settings:
            yield from ((name, value) for value in self.env(name))

    # ------------------------------------------------------------------ from words to commands

    def resolve(self, argv: Sequence[Text], env: dict[str, Text], kind: str, depth: int = 0) -> Iterator[Command]:
        """The commands that these words come to in the end, through wrappers, shells and scripts."""
        argv = self._unwrapped(argv, env)
        self._steps += 1
        if self._steps == MOST_STEPS:
            path = argv[0].path if argv else "."
            self.project.problem(path, 1, "scripts that start each other without end: not judged")
        if not argv or depth > 8 or self._steps >= MOST_STEPS:
            if env:
                yield Command((), env, kind)
            return
        name = PurePosixPath(argv[0]).name
        script = self._script(argv[0])
        if name in SHELLS:
            rest = list(dropwhile(lambda word: word[:1] in ("-", "+") and not re.fullmatch(r"-\w*c", word), argv[1:]))
            if rest and rest[0].startswith("-"):  # -c 'the text' name arguments
                text, args = next(iter(rest[1:]), None), rest[3:]
            else:
                text, args = self._text(rest[0]) if rest else None, rest[1:]
            yield from self._run(text, args, env, kind, depth)
        elif PYTHON.fullmatch(name):
            yield from self._python(argv, env, kind, depth)
        elif name in RUNNERS and (task := next((self._tasks[word] for word in argv if word in self._tasks), None)):
            yield from self._run(task, (), env, kind, depth)
        elif name == "make":
            env.update(shell.assignments(argv[1:]))
            if makefile := self._text("Makefile"):
                yield from self._run(make.recipe(makefile.path, makefile, [*argv[1:]], env), (), env, kind, depth)
        elif name.endswith(".py") or (script and re.match(r"#!.*python", script)):
            yield from self._own(Command((argv[0].like("python"), *argv), env, kind), argv[1:])
        elif script:
            yield from self._run(script, argv[1:], env, kind, depth)
        else:
            command = Command((argv[0].like(name), *argv[1:]), env, kind)
            yield from self._own(replace(command, env=env | dict(self._exported(command))), argv[1:])

    def _unwrapped(self, argv: Sequence[Text], env: dict[str, Text]) -> Sequence[Text]:
        """Without what stands before the program: assignments, `exec`, `uv run`, `tini --`, `gosu app`…"""
        plain = next((n for n, word in enumerate(argv) if not shell.ASSIGNMENT.match(word)), len(argv))
        wrapped = argv[plain : plain + 1] and PurePosixPath(argv[plain]).name not in PLAIN
        start = next((n for n, word in enumerate(argv) if self._known(word)), plain) if wrapped else plain
        env.update(shell.assignments(argv[:start]))
        return argv[start:]

    def _known(self, word: str) -> bool:
        name = PurePosixPath(word).name
        programs = {"flask", "make", *SHELLS, *SERVERS, *self.console}
        named = name in programs or PYTHON.fullmatch(name) or name.endswith(".py")
        return bool(named) or self._script(word) is not None

    def _text(self, word: str) -> Text | None:
        path = self.file(word)
        text = self.project.text(path) if path else None
        return None if text is None or path is None else Text(text, path, 1)

    def _script(self, word: str) -> Text | None:
        """The project's script of this name."""
        text = self._text(word) if "/" in word or word.endswith(".sh") else None
        return text if text and (word.endswith(".sh") or text.startswith("#!")) else None

    def _run(
        self, text: Text | None, args: Sequence[Text], env: dict[str, Text], kind: str, depth: int
    ) -> Iterator[Command]:
        if text is None:
            return
        self._run_scripts.add(text.path)
        for argv in shell.run(text, env, args):
            if argv[0] in (".", "source") and len(argv) > 1:
                env.update(self.descriptors.variables(argv[1]))
            else:
                yield from self.resolve(argv, dict(env), kind, depth + 1)
        if env:
            yield Command((), env, kind)

    @cached_property
    def _tasks(self) -> dict[str, Text]:
        """What task runners call the commands in pyproject.toml."""
        every = ini.entries("pyproject.toml", self._text("pyproject.toml") or "")
        found = {one.key: one.value for one in every if TASKS.fullmatch(one.section)}
        return {name: ini.unquoted(value.like(COMMAND.sub("", value))) for name, value in found.items()}

    def _python(self, argv: Sequence[Text], env: dict[str, Text], kind: str, depth: int) -> Iterator[Command]:
        rest = [*argv[1:]]
        while rest and rest[0].startswith("-") and rest[0] not in ("-m", "-c"):
            env |= {"PYTHONOPTIMIZE": rest[0].like("1")} if "O" in rest[0] else {}
            rest = rest[2 if rest[0] in ("-X", "-W") else 1 :]
        if rest[:1] == ["-m"] and len(rest) > 1 and rest[1] in MODULES:
            yield from self.resolve([rest[1].like(MODULES[rest[1]]), *rest[2:]], env, kind, depth + 1)
        else:
            yield from self._own(Command((argv[0].like("python"), *rest), env, kind), rest[1 + (rest[:1] == ["-m"]) :])

    def _exported(self, command: Command) -> Iterator[tuple[str, Text]]:
        """What a program puts into its own environment."""
        program, *args = command.argv
        if program == "flask":
            for name in (".env", ".flaskenv"):
                yield from ((k, v) for k, v in self.descriptors.variables(name).items() if k not in command.env)
            if "run" in args:
                yield from (("FLASK_DEBUG", word.like("1")) for word in args if word in ("--debug", "--debugger"))
        if program == "gunicorn":
            given = [value for word, value in pairwise(args) if word in ("-e", "--env")]
            given += [word.like(word[6:]) for word in args if word.startswith("--env=")]
            for module, value in self.gunicorn_settings(command, "raw_env"):
                written = [node for node in ast.walk(value) if isinstance(node, ast.Constant)]
                given += [Text(str(node.value), module.path, node.lineno) for node in written]
            yield from shell.assignments(given).items()

    @cached_property
    def processes(self) -> Text | None:
        """How many worker processes production has, when they are several."""
        servers = [one for one in self.commands if SERVERS & {*one.argv[:1]}]
        given = [*(one.option("--workers", "-w", "--processes") for one in servers), *self.env("WEB_CONCURRENCY")]
        return next((one for one in given if one and one.isdecimal() and int(one) > 1), None)

    def gunicorn_settings(self, command: Command, name: str) -> Iterator[tuple[Module, ast.expr]]:
        """What is assigned to this name in Gunicorn's settings file."""
        config = command.option("-c", "--config") or "gunicorn.conf.py"
        if module := self.project.modules.get(self.file(config.removeprefix("file:")) or ""):
            for node in module.nodes(ast.Assign):
                if getattr(node.targets[0], "id", "") == name:
                    yield module, node.value

    # ------------------------------------------------------------------ from commands to Python

    def main(self, command: Command) -> Module | None:
        """The module that a command runs as `__main__`."""
        match command.argv:
            case ["python", "-m", name, *_]:
                return self.project.names.modules.get(f"{name}.__main__") or self.project.names.modules.get(name)
            case ["python", name, *_]:
                return self.project.modules.get(self.file(name) or "")
        return None

    def _own(self, command: Command, words: Sequence[Text]) -> Iterator[Command]:
        """A program of the project; `flask` too, where it hands its words on to Flask's commands."""
        yield command
        if "run" in words and self.groups.started(self.main(command), self.console.get(command.argv[0])):
            yield from self.resolve([command.argv[0].like("flask"), *words], dict(command.env), command.kind)

    @cached_property
    def console(self) -> dict[str, str]:
        """Console scripts and the function behind each."""
        tables = (yamls.get(self.project.pyproject, *keys, "scripts") for keys in (("project",), ("tool", "poetry")))
        return {k: str(v) for table in tables for k, v in yamls.mapping(table).items() if isinstance(v, str)}
