"""Where production's commands are written: images, compose, Kubernetes, process lists, units, platforms, workflows."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, TypeAlias

from ..readers import docker, env, ignore, ini, shell, yamls
from ..readers.shell import Text

if TYPE_CHECKING:
    from ..project import Project

# A name that says: not production. A file of that name counts only when one that does not is built on it.
DEVELOPMENT = re.compile(
    r"(^|[._/@-])(dev|devel|development|local|tests?|testing|ci|debug|example|sample|template|dist|e2e)([._/@-]|$)",
    re.I,
)
COMPOSE = re.compile(r"(?:docker-)?(?:compose|stack)(?:[._-]([\w.-]+))?\.ya?ml")
DOCKERFILE = re.compile(r"(Dockerfile|Containerfile)([._-][\w.-]+)?|[\w.-]+\.(Dockerfile|dockerfile)")
PROCESSES = re.compile(r"(.*/)?(Procfile([._-]\w+)?|cron\.d/[\w-]+|[\w.-]*crontab|[\w.-]+\.cron)")
UNIT = re.compile(r".*\.(service|conf|ini)(\.j2)?|(fly|railway|nixpacks)\.toml")
FILLED = re.compile(r"\{\{.*?\}\}")  # by Ansible: with one word, whatever it is
DROP_IN = re.compile(r"(?<=\.service)\.d/[^/]+\.conf$")  # after the unit's name: it sets more, or something else
PLATFORM = re.compile(r"(app|render|apprunner|heroku)\.ya?ml|(railway|Dockerrun\.aws|.*task-?def(inition)?)\.json")
STARTS = {"entrypoint", "entryPoint", "startCommand", "command", "cmd", "web"}
GIVES = {"env", "envVars", "env_variables", "environment"}
IIS = re.compile(r'<httpPlatform\b[^>]*?\sprocessPath="([^"]*)"[^>]*?\sarguments="([^"]*)"')
WORKFLOW = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
DEPLOYS = re.compile(
    r"deploy|release|rollout|\bprod(uction)?\b|kubectl|helm |fly(ctl)? |heroku|ansible|terraform|docker (push|stack)"
    r"|ssh |rsync|secrets? set|config:set|gcloud |aws |(^| )az ", re.I | re.M,
)  # fmt: skip
STAYS = re.compile(r"\b((py)?tests?|check|tox|nox|unittest|lint|mypy|coverage)\b", re.I)  # is for that machine alone
BUILDS = re.compile(r"\b(flask|npm|yarn|pip|uv|build|assets)\b", re.I)
HANDED = re.compile(r"(?:^|[=,\s]|^-e)([A-Za-z_][\w.-]*)=([^,\s]+)")
COMMA = re.compile(r""""[^"]*"|'[^']*'|(,)""")


Words: TypeAlias = Sequence[Text]


@dataclass(frozen=True, slots=True)
class Start:
    """Words that something starts in production, as they are written, and the environment that it gives them."""

    argv: Words
    env: dict[str, Text]
    kind: str


@dataclass(frozen=True, slots=True)
class Image:
    """A stage that is shipped, its Dockerfile, and the folder that it is built in."""

    file: str
    context: str
    stage: docker.Stage


class Descriptors:
    def __init__(self, project: "Project") -> None:
        self.project = project
        self.images: list[Image] = []  # what is shipped, whatever is overridden where it runs

    def starts(self) -> Iterator[Start]:
        for source in (
            self._compose, self._dockerfiles, self._kubernetes, self._units, self._processes, self._platforms,
            self._iis, self._workflows,
        ):  # fmt: skip
            yield from source()

    # ------------------------------------------------------------------ files

    def file(self, word: str) -> str | None:
        """The project's file behind a path of the machine or the image it is deployed to."""
        parts = [part for part in PurePosixPath(word).parts if part not in ("/", ".")]
        tails = ["/".join(parts[start:]) for start in range(len(parts))]
        if found := next((tail for tail in tails if tail in self.project.paths), None):
            return found
        same = [path for path in self.project.paths if parts and PurePosixPath(path).name == parts[-1]]
        return same[0] if len(same) == 1 else None

    def variables(self, word: str) -> dict[str, Text]:
        """What an environment file sets; one that git leaves out is the developer's own."""
        path = self.file(word)
        return env.variables(path, self._text(path)) if path and not self.ignored(path) else {}

    def ignored(self, path: str) -> bool:
        """Does git leave this file out?"""
        return ignore.by_git(self.project.root, path)

    def _text(self, path: str) -> str:
        return (self.project.text(path) if path in self.project.paths else None) or ""

    def _named(self, pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
        """Files of this name that are not a developer's."""
        for path in self.project.paths:
            if (match := pattern.fullmatch(PurePosixPath(path).name)) and not DEVELOPMENT.search(path):
                yield path, match

    def _yaml(self, path: str) -> list[yamls.Tree]:
        documents, problem = yamls.read(path, self._text(path))
        if problem:
            self.project.problem(problem.path, problem.line, problem.message)
        return documents

    # ------------------------------------------------------------------ images and what runs them

    def _image(
        self, path: str, target: str = "", args: dict[str, Text] | None = None, context: str | None = None
    ) -> docker.Stage | None:
        file = self.file(path) or ""
        stages = docker.stages(file, self._text(file), args)
        if not stages:
            return None
        stage = next((one for one in stages if one.name == target.lower()), stages[-1])
        self.images.append(Image(file, self._context(file, stage) if context is None else context, stage))
        return stage

    def _context(self, file: str, stage: docker.Stage) -> str:
        """Where an image is built: most likely beside its Dockerfile, unless what it copies is in the root."""
        folder = posixpath.dirname(file)
        named = [copy.source for copy in stage.copies if copy.source not in (".", "./")]
        beside = any((self.project.root / folder / source).exists() for source in named)
        return folder if beside or not named else ""

    def taken(self, name: re.Pattern[str]) -> Iterator[tuple[docker.Copy, str]]:
        """The files of this name that images take along, with what copies them."""
        for image in self.images:
            folder = f"{image.context}/" if image.context else ""
            rules = self._text(f"{image.file}.dockerignore") or self._text(f"{folder}.dockerignore")
            inside = [path for path in self.project.paths if path.startswith(folder) and name.fullmatch(path)]
            for copy, path in product(image.stage.copies, inside):
                below, source = path.removeprefix(folder), posixpath.normpath(copy.source).lstrip("/")
                named = source in ("", ".") or ignore.matches(below, source)
                if named and not ignore.verdict(below, f"{rules}\n{copy.without}", anchored=True):
                    yield copy, path

    def _container(
        self, kind: str, stage: docker.Stage | None, given: dict[str, Text], entrypoint: Words = (), cmd: Words = ()
    ) -> Start:
        if stage:
            given = {**stage.env, **given}
            cmd = cmd or (() if entrypoint else stage.cmd)
            entrypoint = entrypoint or stage.entrypoint
        shell_form = entrypoint[:2] == docker.SHELL  # it takes no arguments
        return Start([*entrypoint, *(() if shell_form else cmd)], given, kind)

    def _dockerfiles(self) -> Iterator[Start]:
        built = {image.file for image in self.images}
        for path, _ in self._named(DOCKERFILE):
            if path not in built and (stage := self._image(path)):
                yield self._container("docker", stage, {})

    def _stacks(self) -> Iterator[tuple[str, dict[str, yamls.Tree]]]:
        """The services of each compose set-up of production: the base with its production file, or its override."""
        folders: dict[str, dict[str, list[dict[str, yamls.Tree]]]] = {}
        for path, match in self._named(COMPOSE):
            kind = "base" if not match[1] else "override" if match[1] == "override" else "more"
            services = [yamls.mapping(yamls.get(document, "services")) for document in self._yaml(path)[:1]]
            folders.setdefault(posixpath.dirname(path), {}).setdefault(kind, []).extend(services)
        for folder, kinds in folders.items():
            for more in kinds.get("more") or kinds.get("override") or [{}]:
                base = (kinds.get("base") or [{}])[0]
                yield folder, base | {name: _merged(base.get(name), service) for name, service in more.items()}

    def _compose(self) -> Iterator[Start]:
        for folder, services in self._stacks():
            own = self.variables(f"{folder}/.env")
            for service in services.values():
                if yamls.get(service, "profiles"):
                    continue  # started only when asked for by name
                files = yamls.get(service, "env_file")
                given: dict[str, Text] = {}
                for file in yamls.items(files) or [files]:
                    for name in yamls.texts(yamls.get(file, "path") or file):
                        given |= self.variables(name)
                given |= _environment(yamls.get(service, "environment"), own)
                stage = self._built(folder, yamls.get(service, "build"), own)
                entrypoint, cmd = (_argv(yamls.get(service, key)) for key in ("entrypoint", "command"))
                yield self._container("compose", stage, given, entrypoint, cmd)

    def _built(self, folder: str, build: yamls.Tree, own: dict[str, Text]) -> docker.Stage | None:
        if build is None:
            return None
        context = posixpath.normpath(posixpath.join(folder, *yamls.texts(yamls.get(build, "context") or build)))
        file = posixpath.join(context, str(yamls.get(build, "dockerfile") or "Dockerfile"))
        args = _environment(yamls.get(build, "args"), own)
        return self._image(file, str(yamls.get(build, "target") or ""), args, "" if context[:1] == "." else context)

    def _kubernetes(self) -> Iterator[Start]:
        texts = {path: self._text(path) for path, _ in self._named(re.compile(r".*\.ya?ml"))}
        manifests = [path for path, text in texts.items() if "apiVersion:" in text and "kind:" in text]
        documents = [document for path in manifests for document in self._yaml(path)]
        maps: dict[str, dict[str, Text]] = {}
        for document in documents:
            if yamls.get(document, "kind") in ("ConfigMap", "Secret") and yamls.get(document, "sops") is None:
                data = maps.setdefault(str(yamls.get(document, "metadata", "name")), {})
                for key in ("data", "stringData"):
                    data |= _environment(yamls.get(document, key))
        used = set()
        image = next((self._image(path) for path, _ in self._named(DOCKERFILE)), None) if documents else None
        containers = [each for document in documents for each in _containers(document)]
        for container in containers:
            given: dict[str, Text] = {}
            for source in yamls.items(yamls.get(container, "envFrom")):
                name = str(yamls.get(source, "configMapRef", "name") or yamls.get(source, "secretRef", "name"))
                used.add(name)
                given |= maps.get(name, {})
            for variable in yamls.items(yamls.get(container, "env")):
                value = yamls.get(variable, "value")
                if reference := yamls.get(variable, "valueFrom", "configMapKeyRef"):
                    value = maps.get(str(yamls.get(reference, "name")), {}).get(str(yamls.get(reference, "key")))
                if isinstance(value, Text):
                    given[str(yamls.get(variable, "name"))] = value
            command, args = (yamls.texts(yamls.get(container, key)) for key in ("command", "args"))
            yield self._container("k8s", image, given, command, args)
        for name, data in maps.items():
            if name not in used:
                yield Start((), data, "unused" if containers else "k8s")

    def _workflows(self) -> Iterator[Start]:
        """What the steps that deploy hand on, by their environment or in their words; they start nothing of ours."""
        for path in filter(WORKFLOW.fullmatch, self.project.paths):
            for document in self._yaml(path):
                for name, job in yamls.mapping(yamls.get(document, "jobs")).items():
                    steps = [(step, _spelt(step)) for step in yamls.items(yamls.get(job, "steps"))]
                    place = f"{name}/{yamls.get(job, 'name')}/{yamls.get(job, 'environment')}"
                    ships = bool(DEPLOYS.search(place)) and not DEVELOPMENT.search(place)
                    mixed = not ships or any(STAYS.search(text) for _, text in steps)
                    around = [yamls.get(one, "env") for one in ([] if mixed else [document, job])]
                    for step, text in steps:
                        if not STAYS.search(text) and (DEPLOYS.search(text) or (ships and not BUILDS.search(text))):
                            yield Start((), _handed(step, around), "unused")

    # ------------------------------------------------------------------ units and lists of processes

    def _units(self) -> Iterator[Start]:
        """systemd units with their drop-ins, supervisor's programs, uWSGI's settings, a platform's TOML."""
        units: dict[str, list[str]] = {}
        for path, _ in self._named(UNIT):
            units.setdefault(DROP_IN.sub("", path), []).append(path)
        for path, files in units.items():
            sections: dict[str, list[ini.Entry]] = {}
            for entry in (one for file in files for one in ini.entries(file, FILLED.sub("_", self._text(file)))):
                sections.setdefault(entry.section, []).append(entry)
            if path.endswith(".toml"):
                given = {entry.key: ini.unquoted(entry.value) for entry in sections.get("env", ())}
                yield Start((), given, "platform")
                started = [one for name in ("deploy", "start") for one in sections.get(name, ()) if one.key in STARTS]
                for entry in [*sections.get("processes", ()), *started]:
                    yield Start(_argv(ini.unquoted(entry.value)), dict(given), "platform")
            else:
                yield from (start for name, entries in sections.items() for start in self._section(name, entries))

    def _section(self, name: str, entries: list[ini.Entry]) -> Iterator[Start]:
        given: dict[str, Text] = {}
        commands: list[Text] = []
        for entry in entries:
            value = entry.value
            match name.partition(":")[0], entry.key:
                case "Service", "Environment":
                    given = {**given, **shell.assignments(shell.words(value))} if value else {}
                case "Service", "EnvironmentFile":
                    given |= self.variables(value.lstrip("-"))
                case "Service", "ExecStart":
                    commands = [*commands, value.like(value.lstrip("@-:+!|"))] if value else []
                case "program", "environment":
                    spaced = COMMA.sub(lambda m: " " if m[1] else m[0], value)
                    given |= shell.assignments(shell.words(value.like(spaced)))
                case "program", "command":
                    commands = [value]
                case "uwsgi", "env" if "$(" not in value:  # that comes from the environment, or from another line
                    given |= shell.assignments([value])
                case "program", "autostart" if value.lower() == "false":
                    return
        if not commands and name in ("Service", "uwsgi"):  # a drop-in for a unit that is not here; no command
            yield Start((), given, name)
        for command in commands:
            yield Start([shell.expand(word, given) for word in shell.words(command)], dict(given), name)

    def _processes(self) -> Iterator[Start]:
        """The lines of Procfiles, and those of cron's tables that start something with the machine."""
        for path in filter(PROCESSES.fullmatch, self.project.paths):
            given = self.variables(path)
            for number, line in enumerate(self._text(path).split("\n"), 1):
                match = re.match(r"(?:([\w-]+):|@reboot\s)\s*(.+)", line)
                if match and not DEVELOPMENT.search(f"{path}/{match[1]}"):
                    yield Start(docker.in_shell(Text(match[2], path, number)), dict(given), "procfile")

    def _platforms(self) -> Iterator[Start]:
        """What a platform's own file tells it to start, and what a workflow starts on the host that it deploys to."""
        for path in self.project.paths:
            remote = WORKFLOW.fullmatch(path)
            if (remote or PLATFORM.fullmatch(PurePosixPath(path).name)) and not DEVELOPMENT.search(path):
                for document in self._yaml(path):
                    if yamls.get(document, "apiVersion") is None:
                        yield from _told(document, {}, {"script"} if remote else STARTS)

    def _iis(self) -> Iterator[Start]:
        for path, _ in self._named(re.compile(r"(?i)web\.config")):
            text = re.sub(r"<!--[\s\S]*?-->", lambda match: "\n" * match[0].count("\n"), self._text(path))
            given: dict[str, Text] = {}
            for match in re.finditer(r'<environmentVariable\s+name="([^"]*)"\s+value="([^"]*)"', text):
                given[match[1]] = Text(match[2], path, text.count("\n", 0, match.start()) + 1)
            for match in IIS.finditer(text):
                line = text.count("\n", 0, match.start(2)) + 1
                words = Text(f"{PureWindowsPath(match[1]).stem} {match[2]}", path, line)
                yield Start(tuple(shell.words(words)), dict(given), "iis")


def _told(tree: yamls.Tree, given: dict[str, Text], keys: set[str]) -> Iterator[Start]:
    """The commands under these keys, wherever they are, each with the environment beside it and above."""
    inside = yamls.mapping(tree)
    for key in GIVES & inside.keys():
        given = given | _environment(inside[key])
        yield from [Start((), given, "platform")] if keys is STARTS else []
    for key, value in inside.items():
        if key in keys and yamls.texts(value):
            yield Start(_argv(value), dict(given), "platform")
        else:
            yield from _told(value, given, keys)
    for each in yamls.items(tree):
        yield from _told(each, given, keys)


def _argv(tree: yamls.Tree) -> tuple[Text, ...]:
    """A command as a list or as one string."""
    if isinstance(tree, Text):
        return docker.in_shell(tree) if re.search(r"&&|;|\|\||\$|\n", tree.strip()) else tuple(shell.words(tree))
    return tuple(yamls.texts(tree))


def _environment(tree: yamls.Tree, own: dict[str, Text] | None = None) -> dict[str, Text]:
    """A map, or a list of NAME=value or of names with values; a name without one comes from whoever deploys."""
    rows = {str(yamls.get(one, "name") or yamls.get(one, "key")): yamls.get(one, "value") for one in yamls.items(tree)}
    mapped = {str(name): value for name, value in {**rows, **yamls.mapping(tree)}.items() if isinstance(value, Text)}
    given = shell.assignments(yamls.texts(yamls.items(tree))) | mapped
    return given if own is None else {name: shell.expand(value, own) for name, value in given.items()}


def _spelt(step: yamls.Tree) -> str:
    """What a step of a workflow says that it does."""
    return "\n".join(str(yamls.get(step, key) or "") for key in ("name", "uses", "run"))


def _handed(step: yamls.Tree, around: list[yamls.Tree]) -> dict[str, Text]:
    """The variables of a step, and what the words of its commands set: `-e A=b`, `--from-literal=A=b`."""
    given = dict[str, Text]()
    for tree in (*around, yamls.get(step, "env")):
        given |= _environment(tree)
    script = [argv for text in yamls.texts(yamls.get(step, "run")) for argv in shell.run(text, given)]
    said = [(word, match) for argv in script for word in argv for match in HANDED.finditer(word)]
    return given | {match[1].rpartition(".")[2]: word.like(match[2]) for word, match in said}


def _merged(old: yamls.Tree, new: yamls.Tree) -> yamls.Tree:
    """One compose service over another; only the environment is merged further down."""
    both = {**_environment(yamls.get(old, "environment")), **_environment(yamls.get(new, "environment"))}
    return {**yamls.mapping(old), **yamls.mapping(new), "environment": dict(both)}


def _containers(tree: yamls.Tree) -> Iterator[yamls.Tree]:
    for key, value in yamls.mapping(tree).items():
        yield from yamls.items(value) if key in ("containers", "initContainers") else _containers(value)
    for each in yamls.items(tree):
        yield from _containers(each)
