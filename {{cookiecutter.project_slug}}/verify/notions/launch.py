"""How production starts: which command with which environment, and which Python that runs."""

import ast
import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ..readers import docker, env, ini, shell, yamls
from ..readers.python import Module
from ..readers.shell import Text

if TYPE_CHECKING:
    from ..project import Project
    from .reach import Reach

# A name that says: not production. A file of that name counts only when one that does not is built on it.
DEVELOPMENT = re.compile(
    r"(^|[._/@-])(dev|devel|development|local|tests?|testing|ci|debug|example|sample|template|dist|e2e)([._/@-]|$)",
    re.I,
)
COMPOSE = re.compile(r"(?:docker-)?(?:compose|stack)(?:[._-]([\w.-]+))?\.ya?ml")
DOCKERFILE = re.compile(r"(Dockerfile|Containerfile)([._-][\w.-]+)?|[\w.-]+\.(Dockerfile|dockerfile)")
PYTHON = re.compile(r"(python|pypy)[\d.]*")
SHELLS = {"sh", "bash", "dash", "ash", "zsh", "ksh"}
SERVERS = {"gunicorn", "uvicorn", "hypercorn", "waitress-serve", "uwsgi", "daphne", "granian", "mod_wsgi-express"}
MODULES = {"flask": "flask", "waitress": "waitress-serve", **{name: name for name in SERVERS}}
MOST_STEPS = 5_000
WRAPPERS = {
    "exec", "env", "command", "nohup", "time", "timeout", "nice", "ionice", "stdbuf", "setsid", "sudo", "su",
    "runuser", "gosu", "su-exec", "setpriv", "chpst", "s6-setuidgid", "tini", "dumb-init", "catatonit", "with-contenv",
    "uv", "uvx",
    "poetry", "pipenv", "pdm", "hatch", "rye", "pixi", "conda", "mamba", "micromamba", "ddtrace-run", "newrelic-admin",
    "opentelemetry-instrument", "doppler", "op", "infisical", "chamber", "aws-vault", "dotenv", "coverage", "watchmedo",
    "wait-for-it.sh", "wait-for", "wait-for-it", "dockerize", "xargs", "docker-entrypoint.sh", "envdir", "nsenter",
}  # fmt: skip
STARTS = {"startCommand", "start_command", "run_command", "entrypoint", "command"}


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
                    return Text(word[len(name) :].lstrip("="), word.path, word.line)
        return None


class Launch:
    def __init__(self, project: "Project") -> None:
        self.project = project
        self._steps = 0
        self._used: set[str] = set()  # scripts and Dockerfiles that something starts
        self.images: list[docker.Stage] = []  # what is shipped, whatever is overridden where it runs

    @cached_property
    def commands(self) -> list[Command]:
        sources = (self._compose, self._dockerfiles, self._kubernetes, self._units, self._processes, self._platforms)
        found = [command for source in sources for command in source()]
        if "gunicorn.conf.py" in self.project.paths:  # `gunicorn` alone is a command
            found += self.resolve([Text("gunicorn", "gunicorn.conf.py", 1)], {}, "gunicorn")
        return [*found, *self._scripts()]

    @cached_property
    def _settings(self) -> dict[str, list[Text]]:
        found: dict[str, list[Text]] = {}
        for command in self.commands:
            by_hand = command.kind == "script" and not (command.argv and command.argv[0] in SERVERS)
            for name, value in () if by_hand else command.env.items():
                if value not in (known := found.setdefault(name, [])) or not any(
                    (one.path, one.line) == (value.path, value.line) for one in known
                ):
                    known.append(value)
        for name, value in self._written:
            found.setdefault(name, []).append(value)
        return found

    def env(self, name: str) -> list[Text]:
        """What production's environment has under this name, as far as the project's files say."""
        return [value for value in self._settings.get(name, ()) if not shell.VARIABLE.search(value)]

    def variables(self) -> Iterator[tuple[str, Text]]:
        """Everything that `env` knows, with its name."""
        for name in self._settings:
            yield from ((name, value) for value in self.env(name))

    # ------------------------------------------------------------------ from words to commands

    def file(self, word: str) -> str | None:
        """The project's file behind a path of the machine or the image it is deployed to."""
        parts = [part for part in PurePosixPath(word).parts if part not in ("/", ".")]
        paths = set(self.project.paths)
        for start in range(len(parts)):
            if (path := "/".join(parts[start:])) in paths:
                return path
        same = [path for path in self.project.paths if parts and PurePosixPath(path).name == parts[-1]]
        return same[0] if len(same) == 1 else None

    def _read(self, path: str | None) -> Text | None:
        text = self.project.text(path) if path else None
        return None if text is None or path is None else Text(text, path, 1)

    def _variables(self, word: str | None) -> dict[str, Text]:
        """What an environment file sets; one that git leaves out is the developer's own."""
        text = self._read(self.file(word)) if word else None
        return env.variables(text.path, text) if text is not None and not self.ignored(text.path) else {}

    def ignored(self, path: str) -> bool:
        """Does git leave this file out?"""
        verdict = False
        for folder in reversed(PurePosixPath(path).parents):
            patterns = self.project.text(name) if (name := str(folder / ".gitignore")) in self.project.paths else None
            verdict = (
                env.ignored(str(PurePosixPath(path).relative_to(folder)), patterns, verdict) if patterns else verdict
            )
        return verdict and not env.in_index(self.project.root, path)

    def _known(self, word: str) -> bool:
        name = PurePosixPath(word).name
        known = {"flask", "manage.py"} | SHELLS | SERVERS | WRAPPERS | set(self.console)
        runs = name in known or PYTHON.fullmatch(name) or word.endswith((".sh", ".py"))
        return bool(runs) or ("/" in word and ".env" not in name and self.file(word) is not None)

    def resolve(self, argv: Sequence[Text], env_: dict[str, Text], kind: str, depth: int = 0) -> Iterator[Command]:
        argv = list(argv)
        while argv and (shell.ASSIGNMENT.match(argv[0]) or PurePosixPath(argv[0]).name in WRAPPERS):
            start = next((n for n, word in enumerate(argv[1:], 1) if self._known(word)), len(argv))
            if "--" in argv[:start]:
                start = argv.index(next(word for word in argv if word == "--")) + 1
            for word, value in zip_longest(argv[:start], argv[1:start]):
                if shell.ASSIGNMENT.match(word):
                    name, _, text = word.partition("=")
                    env_[name] = Text(text, word.path, word.line)
                elif word.startswith("--env-file"):
                    env_.update(self._variables(word.partition("=")[2] or value))
            argv = argv[start:]
        self._steps += 1
        if self._steps == MOST_STEPS:
            self.project.problem(
                argv[0].path if argv else ".", 1, "scripts that start each other without end: not judged"
            )
        if not argv or depth > 8 or self._steps >= MOST_STEPS:
            if env_:
                yield Command((), env_, kind)
            return
        name = PurePosixPath(argv[0]).name
        if name in SHELLS:
            rest = argv[1:]
            while rest and rest[0].startswith(("-", "+")) and not re.fullmatch(r"-\w*c", rest[0]):
                rest = rest[1:]
            if rest and rest[0].startswith("-"):
                yield from self._run(rest[1] if len(rest) > 1 else None, rest[3:], env_, kind, depth)
            else:
                yield from self._run(self._read(self.file(rest[0])) if rest else None, rest[1:], env_, kind, depth)
        elif PYTHON.fullmatch(name):
            yield from self._python(argv, env_, kind, depth)
        elif (path := self.file(argv[0]) if "/" in argv[0] or name.endswith(".sh") else None) and (
            text := self._read(path)
        ):
            if not text.startswith("#!") or re.match(r"#!.*\b(ba|da|a|z|k)?sh\b", text):
                yield from self._run(text, argv[1:], env_, kind, depth)
            else:
                yield from self._python([Text("python", argv[0].path, argv[0].line), *argv], env_, kind, depth)
        else:
            if name == "flask":
                env_ = {**self._variables(".env"), **self._variables(".flaskenv"), **env_}
            command = Command((Text(name, argv[0].path, argv[0].line), *argv[1:]), env_, kind)
            yield replace(command, env={**env_, **self._gunicorn(command)}) if name == "gunicorn" else command

    def _run(
        self, text: Text | None, args: Sequence[Text], env_: dict[str, Text], kind: str, depth: int
    ) -> Iterator[Command]:
        if text is None:
            return
        self._used.add(text.path)
        for argv in shell.run(text, env_, args):
            if argv[0] in (".", "source") and len(argv) > 1:
                env_.update(self._variables(argv[1]))
            else:
                yield from self.resolve(argv, dict(env_), kind, depth + 1)
        if env_:
            yield Command((), env_, kind)

    def _python(self, argv: list[Text], env_: dict[str, Text], kind: str, depth: int) -> Iterator[Command]:
        rest = argv[1:]
        while rest and rest[0].startswith("-") and rest[0] not in ("-m", "-c"):
            rest = rest[2 if rest[0] in ("-X", "-W") else 1 :]
        if rest[:1] == ["-m"] and len(rest) > 1 and rest[1] in MODULES:
            rest = [Text(MODULES[rest[1]], rest[1].path, rest[1].line), *rest[2:]]
            yield from self.resolve(rest, env_, kind, depth + 1)
        elif rest and PurePosixPath(rest[0]).name in MODULES:
            yield from self.resolve(rest, env_, kind, depth + 1)
        else:
            yield Command((Text("python", argv[0].path, argv[0].line), *rest), env_, kind)

    def _gunicorn(self, command: Command) -> dict[str, Text]:
        """What `--env` and the settings file's `raw_env` export."""
        found = [command.argv[n + 1] for n, word in enumerate(command.argv[:-1]) if word in ("-e", "--env")]
        found += [Text(word[6:], word.path, word.line) for word in command.argv if word.startswith("--env=")]
        module = self.config_of(command)
        for node in module.nodes(ast.Assign) if module else ():
            if isinstance(node.targets[0], ast.Name) and node.targets[0].id == "raw_env":
                found += [
                    Text(each.value, module.path, each.lineno)
                    for each in ast.walk(node.value)
                    if module and isinstance(each, ast.Constant) and isinstance(each.value, str)
                ]
        return {name: Text(value, pair.path, pair.line) for pair in found for name, _, value in [pair.partition("=")]}

    def config_of(self, command: Command) -> Module | None:
        config = command.option("-c", "--config") or "gunicorn.conf.py"
        return self.project.modules.get(self.file(config.removeprefix("file:")) or "")

    # ------------------------------------------------------------------ descriptors

    def _named(self, pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
        for path in self.project.paths:
            if match := pattern.fullmatch(PurePosixPath(path).name):
                yield path, match

    def _yaml(self, path: str) -> list[yamls.Tree]:
        documents, problem = yamls.read(path, self.project.text(path) or "")
        if problem:
            self.project.problem(problem.path, problem.line, problem.message)
        return documents

    @cached_property
    def _stacks(self) -> list[tuple[str, dict[str, dict[str, yamls.Tree]]]]:
        """The services of each compose set-up of production: the base with its production file, or its override."""
        folders: dict[str, dict[str, list[str]]] = {}
        for path, match in self._named(COMPOSE):
            kind = "base" if not match[1] else "override" if match[1] == "override" else "more"
            if not DEVELOPMENT.search(path):
                folders.setdefault(str(PurePosixPath(path).parent), {}).setdefault(kind, []).append(path)
        stacks = []
        for folder, kinds in folders.items():
            base = kinds.get("base", [])[:1]
            for more in kinds.get("more") or kinds.get("override") or [""]:
                services: dict[str, dict[str, yamls.Tree]] = {}
                for path in [*base, *([more] if more else [])]:
                    self._merge(services, path)
                stacks.append((folder, services))
        return stacks

    def _merge(self, services: dict[str, dict[str, yamls.Tree]], path: str) -> None:
        for document in self._yaml(path)[:1]:
            for name, service in yamls.pairs(yamls.get(document, "services")):
                if isinstance(service, dict):
                    old = services.get(name, {})
                    extended = yamls.get(service, "extends")
                    origin = yamls.get(extended, "service") or extended
                    if isinstance(origin, Text):
                        elsewhere = yamls.get(extended, "file")
                        others: dict[str, dict[str, yamls.Tree]] = dict(services)
                        if isinstance(elsewhere, Text) and (file := self.file(elsewhere)) and file != path:
                            self._merge(others, file)
                        old = {**others.get(origin, {}), **old}
                    environment = {**_environment(old.get("environment")), **_environment(service.get("environment"))}
                    services[name] = {**old, **service, "environment": dict(environment)}

    def _compose(self) -> Iterator[Command]:
        for folder, services in self._stacks:
            own = self._variables(str(PurePosixPath(folder) / ".env"))
            profiles = own.get("COMPOSE_PROFILES", "").split(",")
            for service in services.values():
                named = yamls.texts(service.get("profiles"))
                if named and not set(named) & set(profiles):
                    continue
                env_: dict[str, Text] = {}
                for file in yamls.items(service.get("env_file")) or [service.get("env_file")]:
                    path = file if isinstance(file, Text) else yamls.get(file, "path")
                    env_.update(self._variables(path) if isinstance(path, Text) else {})
                for name, value in _environment(service.get("environment")).items():
                    whole = shell.VARIABLE.fullmatch(value)
                    given = own.get(whole[1] or whole[4]) if whole else None
                    env_[name] = given or Text(shell.expand(value, own), value.path, value.line)
                stage = self._built(folder, service.get("build"))
                entrypoint, cmd = (_argv(service.get(key)) for key in ("entrypoint", "command"))
                yield from self._container(stage, entrypoint, cmd, env_, "compose")

    def _built(self, folder: str, build: yamls.Tree) -> docker.Stage | None:
        if build is None:
            return None
        context = build if isinstance(build, Text) else yamls.get(build, "context")
        name = yamls.get(build, "dockerfile")
        path = str(PurePosixPath(folder, *yamls.texts(context), str(name or "Dockerfile")))
        target = yamls.get(build, "target")
        stage = self._stage(path, target if isinstance(target, Text) else None)
        args = _environment(yamls.get(build, "args"))
        filled = {n: Text(shell.expand(v, args), v.path, v.line) for n, v in stage.env.items()} if stage else {}
        return replace(stage, env=filled) if stage else None

    def _stage(self, path: str, target: str | None) -> docker.Stage | None:
        file = path if path in self.project.paths else self.file(path)
        stages = docker.stages(file, self.project.text(file) or "") if file else []
        if not file or not stages:
            return None
        self._used.add(file)
        self.images.append(next((one for one in stages if target and one.name == target.lower()), stages[-1]))
        return self.images[-1]

    def _container(
        self,
        stage: docker.Stage | None,
        entrypoint: Sequence[Text],
        cmd: Sequence[Text],
        env_: dict[str, Text],
        kind: str,
    ) -> Iterator[Command]:
        if stage:
            env_ = {**stage.env, **env_}
            cmd = cmd or (() if entrypoint else stage.cmd)
            entrypoint = entrypoint or stage.entrypoint
        shell_form = entrypoint[:2] == docker.SHELL and len(entrypoint) == 3
        yield from self.resolve([*entrypoint, *(() if shell_form else cmd)], env_, kind)

    def _dockerfiles(self) -> Iterator[Command]:
        for path, _ in self._named(DOCKERFILE):
            if (
                path not in self._used
                and not DEVELOPMENT.search(path)
                and (stage := self._stage(path, self._target(path)))
            ):
                yield from self._container(stage, (), (), {}, "docker")

    def _target(self, path: str) -> str | None:
        """The stage that a platform's file beside it names."""
        fly = self.project.text("fly.toml") if "fly.toml" in self.project.paths and path == "Dockerfile" else None
        found = [
            e.value for e in ini.entries("fly.toml", fly or "") if e.key in ("build-target", "build_target", "target")
        ]
        return ini.unquoted(found[0]) if found else None

    def _kubernetes(self) -> Iterator[Command]:
        documents: list[yamls.Tree] = []
        for path in self.project.paths:
            if path.endswith((".yaml", ".yml")) and not DEVELOPMENT.search(path) and not path.startswith(".github/"):
                text = self.project.text(path) or ""
                if "apiVersion:" in text and "kind:" in text:
                    documents += self._yaml(path)
        configs: dict[tuple[str, str], dict[str, Text]] = {}
        for document in documents:
            form, called = yamls.get(document, "kind"), yamls.get(document, "metadata", "name")
            if form in ("ConfigMap", "Secret") and yamls.get(document, "sops") is None:
                data = _environment(yamls.get(document, "data"))
                data = {key: _decoded(value) for key, value in data.items()} if form == "Secret" else data
                configs[str(form), str(called)] = {**data, **_environment(yamls.get(document, "stringData"))}
        used = set()
        for container in (each for document in documents for each in _containers(document)):
            env_: dict[str, Text] = {}
            for source in yamls.items(container.get("envFrom")):
                for kind, field in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                    key = (kind, str(yamls.get(source, field, "name")))
                    used.add(key)
                    prefix = yamls.get(source, "prefix") or ""
                    env_.update({f"{prefix}{name}": value for name, value in configs.get(key, {}).items()})
            for variable in yamls.items(container.get("env")):
                name, value = yamls.get(variable, "name"), yamls.get(variable, "value")
                reference = yamls.get(variable, "valueFrom", "configMapKeyRef")
                if isinstance(reference, dict):
                    value = configs.get(("ConfigMap", str(reference.get("name"))), {}).get(str(reference.get("key")))
                if isinstance(name, Text) and isinstance(value, Text):
                    env_[name] = value
            command, args = (yamls.texts(container.get(key)) for key in ("command", "args"))
            stage = None if command else next((self._stage(p, None) for p, _ in self._named(DOCKERFILE)), None)
            words = [Text(re.sub(r"\$\((\w+)\)", r"${\1}", w), w.path, w.line) for w in [*command, *args]]
            words = [Text(shell.expand(w, env_), w.path, w.line) for w in words]
            entrypoint = () if command or not stage else stage.entrypoint
            yield from self.resolve([*entrypoint, *words], env_, "k8s")
        for key, data in configs.items():
            if key not in used:
                yield Command((), data, "k8s")

    def _units(self) -> Iterator[Command]:
        """systemd units, supervisor's and circus' programs, uWSGI's settings, the platforms' TOML."""
        for path, _ in self._named(re.compile(r".*\.(service|conf|ini|toml)")):
            if DEVELOPMENT.search(path) or PurePosixPath(path).name == "pyproject.toml":
                continue
            sections: dict[str, list[ini.Entry]] = {}
            for entry in ini.entries(path, self.project.text(path) or ""):
                sections.setdefault(entry.section, []).append(entry)
            if path.endswith(".toml"):
                shared = {e.key: ini.unquoted(e.value) for name in ("env", "variables") for e in sections.get(name, ())}
                for name, entries in sections.items():
                    for entry in entries:
                        if name == "processes" or (entry.key in STARTS | {"cmd"} and name != "build"):
                            yield from self.resolve(_argv(entry.value, toml=True), dict(shared), "platform")
                if shared:
                    yield Command((), shared, "platform")
                continue
            for name, entries in sections.items():
                yield from self._section(name, entries)

    def _section(self, name: str, entries: list[ini.Entry]) -> Iterator[Command]:
        env_: dict[str, Text] = {}
        commands: list[Text] = []
        for entry in entries:
            key = (name.partition(":")[0], entry.key)
            if key in (("Service", "Environment"), ("program", "environment"), ("uwsgi", "env")):
                spaced = Text(
                    entry.value.replace('",', '" ') if key[0] == "program" else entry.value,
                    entry.value.path,
                    entry.value.line,
                )
                for word in shell.words(spaced):
                    variable, equals, value = word.strip(",").partition("=")
                    env_ |= {variable.strip(): Text(value.strip(), word.path, word.line)} if equals else {}
            elif key == ("Service", "EnvironmentFile"):
                env_.update(self._variables(entry.value.lstrip("-")))
            elif key == ("Service", "ExecStart"):
                prefixed = Text(entry.value.lstrip("@-:+!|"), entry.value.path, entry.value.line)
                commands = [*commands, prefixed] if prefixed else []
            elif key in (("program", "command"), ("watcher", "cmd")):
                commands.append(entry.value)
            elif key == ("program", "autostart") and entry.value.lower() == "false":
                return
        for command in commands:
            yield from self.resolve(
                [Text(shell.expand(w, env_), w.path, w.line) for w in shell.words(command)], env_, name
            )

    def _processes(self) -> Iterator[Command]:
        for path, _ in self._named(re.compile(r"Procfile([._-]\w+)?")):
            for number, line in enumerate((self.project.text(path) or "").split("\n"), 1):
                match = re.match(r"([\w-]+):\s*(.+)", line)
                if match and not DEVELOPMENT.search(path) and not DEVELOPMENT.search(match[1]):
                    yield from self._run(Text(match[2], path, number), (), {}, "procfile", 0)

    def _platforms(self) -> Iterator[Command]:
        """Start commands in the YAML of hosting platforms."""
        for path, _ in self._named(re.compile(r"(app|render|heroku)\.ya?ml")):
            stack = list(self._yaml(path))
            while stack:
                tree = stack.pop()
                stack += yamls.items(tree) + [value for _, value in yamls.pairs(tree)]
                if not isinstance(tree, dict):
                    continue
                env_ = _environment(tree.get("env_variables"))
                for variable in [*yamls.items(tree.get("envVars")), *yamls.items(tree.get("envs"))]:
                    value = yamls.get(variable, "value")
                    env_ |= {str(yamls.get(variable, "key")): value} if isinstance(value, Text) else {}
                starts = [tree[key] for key in STARTS if key in tree]
                starts += [value for _, value in yamls.pairs(tree.get("run"))]
                for command in starts:
                    yield from self.resolve(_argv(command), dict(env_), "platform")
                if env_:
                    yield Command((), env_, "platform")

    def _scripts(self) -> Iterator[Command]:
        """Scripts that nothing here starts: somebody does by hand."""
        for path in self.project.paths:
            if path.endswith(".sh") and path not in self._used and not DEVELOPMENT.search(path):
                yield from self._run(self._read(path), (), {}, "script", 0)

    # ------------------------------------------------------------------ what the project itself adds

    @cached_property
    def console(self) -> dict[str, str]:
        """Console scripts and the function behind each."""
        tables = [self.project.pyproject.get("project"), (self.project.pyproject.get("tool") or {}).get("poetry")]
        found: dict[str, str] = {}
        for table in tables:
            scripts: Any = table.get("scripts") if isinstance(table, dict) else None
            found |= {k: v for k, v in scripts.items() if isinstance(v, str)} if isinstance(scripts, dict) else {}
        return found

    @cached_property
    def _written(self) -> list[tuple[str, Text]]:
        """What modules put into the environment before the application is made."""
        found = []
        for module in self.project.modules.values():
            for call in module.nodes(ast.Call):
                match call:
                    case ast.Call(
                        func=ast.Attribute(attr="setdefault" | "putenv"),
                        args=[ast.Constant(str(name)), ast.Constant(str(value))],
                    ) if (self.project.names.dotted(module, call.func) or "").startswith(("os.environ.", "os.putenv")):
                        found.append((name, Text(value, module.path, call.lineno)))
            for assign in module.nodes(ast.Assign):
                match assign:
                    case ast.Assign(
                        targets=[ast.Subscript(value=holder, slice=ast.Constant(str(name)))], value=ast.Constant(str(v))
                    ):
                        if self.project.names.dotted(module, holder) == "os.environ":
                            found.append((name, Text(v, module.path, assign.lineno)))
        return found

    @cached_property
    def _reach(self) -> "Reach":
        from .reach import Reach

        return Reach(self.project)

    def entry(self, module: Module, node: ast.AST) -> Command | None:
        """The command with which production comes to the code around `node`; None when it does not."""
        return self._reach.by(module, node)


def _argv(tree: yamls.Tree, *, toml: bool = False) -> tuple[Text, ...]:
    """A command as a list or as one string; in TOML both are text."""
    if toml and isinstance(tree, Text) and not tree.startswith("["):
        tree = ini.unquoted(tree)
    if isinstance(tree, Text):
        if toml and tree.startswith("["):
            return tuple(
                Text(match[1] or match[2], tree.path, tree.line)
                for match in re.finditer(r"\"([^\"]*)\"|'([^']*)'", tree)
            )
        if re.search(r"&&|;|\|\|", tree):
            return (*(Text(word, tree.path, tree.line) for word in docker.SHELL), tree)
        return tuple(shell.words(tree))
    return tuple(yamls.texts(tree))


def _environment(tree: yamls.Tree) -> dict[str, Text]:
    """A map or a list of NAME=value; a name without a value comes from whoever deploys."""
    found: dict[str, Text] = {}
    for each in yamls.texts(tree) if isinstance(tree, list) else []:
        name, equals, value = each.partition("=")
        found |= {name: Text(value, each.path, each.line)} if equals else {}
    return found | {str(name): value for name, value in yamls.pairs(tree) if isinstance(value, Text)}


def _decoded(value: Text) -> Text:
    try:
        return Text(base64.b64decode(value, validate=True).decode(), value.path, value.line)
    except ValueError:
        return value


def _containers(tree: yamls.Tree) -> Iterator[dict[str, yamls.Tree]]:
    for key, value in yamls.pairs(tree):
        if key in ("containers", "initContainers"):
            yield from (each for each in yamls.items(value) if isinstance(each, dict))
        else:
            yield from _containers(value)
    for each in yamls.items(tree):
        yield from _containers(each)
