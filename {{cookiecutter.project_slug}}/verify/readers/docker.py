"""Dockerfiles: their stages, with what each inherits, sets and starts."""

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from .shell import Env, Text, assignments, expand, run, tokens, unquote, words

SHELL = ("/bin/sh", "-c")
ROOT = PurePosixPath("/")
INSTRUCTION = re.compile(r"[ \t]*([A-Za-z]+)[ \t]+")


@dataclass(frozen=True, slots=True)
class Copy:
    """A path of the build's context that an instruction copies, but what fits the patterns `without`."""

    source: Text
    target: str
    without: str


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    base: str
    args: dict[str, Text] = field(default_factory=dict)
    env: dict[str, Text] = field(default_factory=dict)
    entrypoint: tuple[Text, ...] = ()
    cmd: tuple[Text, ...] = ()
    folder: str = "/"
    copies: tuple[Copy, ...] = ()
    written: dict[str, Text] = field(default_factory=dict)  # NAME=value in a file that it makes itself


def in_shell(text: Text) -> tuple[Text, ...]:
    return (*(text.like(word) for word in SHELL), text)


def _instructions(path: str, text: str) -> Iterator[tuple[str, Text]]:
    """Keyword and the rest with its continuation lines; comments are left out."""
    lines = enumerate(text.split("\n"), 1)
    for start, body in lines:
        if not (match := INSTRUCTION.match(body)):
            continue
        parts = [body[match.end() :]]
        while parts[-1].rstrip().endswith("\\") and (following := next(lines, None)):
            parts.append("\\" if following[1].lstrip().startswith("#") else following[1])
        yield match[1].upper(), Text("\n".join(parts), path, start)


def _assignments(rest: Text, known: Env) -> Iterator[tuple[str, Text | None]]:
    """NAME=value as often as it is there, or the old `ENV NAME the value`; None: a name without a value."""
    found = [word for word, _ in tokens(rest)]
    if found and "=" not in found[0]:
        name, _, value = rest.strip().partition(" ")
        found = [rest.like(f"{name}='{value.strip()}'" if value else name)]
    for word in found:
        name, equals, value = unquote(word).partition("=")
        yield name, expand(word.like(value), known) if equals else None


def _argv(rest: Text) -> tuple[Text, ...]:
    one = rest.replace("\\\n", " ").strip()
    try:
        argv = json.loads(one) if one.startswith("[") else None
    except (ValueError, RecursionError):
        argv = None
    return tuple(rest.like(str(word)) for word in argv) if isinstance(argv, list) else in_shell(rest)


def _copies(rest: Text, stage: Stage, made: dict[str, Stage]) -> Iterator[Copy]:
    """What COPY and ADD take from the build's context, also what another stage has taken from there."""
    given = words(rest)
    options = {name: value for name, _, value in (word.partition("=") for word in given if word.startswith("--"))}
    *sources, target = [word.like(word.strip("[],")) for word in given if not word.startswith("--")] or [rest]
    target = target.like(posixpath.join(stage.folder, target))
    for source in sources:
        if "--from" not in options:
            yield Copy(source, target, options.get("--exclude", ""))
        elif other := made.get(options["--from"].lower()):
            taken = [copy for copy in other.copies if PurePosixPath(copy.target).is_relative_to(ROOT / source)]
            yield from (replace(copy, source=source.like(copy.source), target=target) for copy in taken)


def stages(path: str, text: str, build_args: Env | None = None) -> list[Stage]:
    """The stages in order; the last is what an image is made of when no target is named."""
    made: dict[str, Stage] = {}
    first = stage = Stage("", "")  # before a FROM there are arguments only
    own_cmd = False
    for keyword, rest in _instructions(path, text):
        known = {**stage.args, **stage.env}
        if keyword == "FROM":
            found = [word for word in expand(rest, first.args).split() if not word.startswith("--")] or ["scratch"]
            name = found[2] if len(found) > 2 and found[1].lower() == "as" else str(len(made))
            base = made.get(found[0].lower(), Stage("", ""))
            args, env, written = dict(base.args), dict(base.env), dict(base.written)
            stage = replace(base, name=name.lower(), base=found[0], args=args, env=env, written=written)
            own_cmd = False
        elif keyword == "ARG":
            for name, default in _assignments(rest, known):
                value = (build_args or {}).get(name, default or first.args.get(name))
                stage.args.update({name: value} if value is not None else {})
        elif stage is first:
            continue
        elif keyword == "ENV":
            stage.env.update({name: value for name, value in _assignments(rest, known) if name and value is not None})
        elif keyword == "RUN":
            for argv in run(rest, {**known}):
                if argv[0] in ("echo", "printf") and any(word.startswith(">") for word in argv):
                    stage.written.update(assignments(argv))
        elif keyword == "WORKDIR":
            stage = replace(stage, folder=posixpath.join(stage.folder, expand(rest, known).strip()))
        elif keyword in ("COPY", "ADD"):
            stage = replace(stage, copies=(*stage.copies, *_copies(rest, stage, made)))
        elif keyword == "CMD":
            stage, own_cmd = replace(stage, cmd=_argv(rest)), True
        elif keyword == "ENTRYPOINT":  # the base's CMD were arguments of the base's ENTRYPOINT
            stage = replace(stage, entrypoint=_argv(rest), cmd=stage.cmd if own_cmd else ())
        if stage is not first:
            made[stage.name] = stage
    return list(made.values())
