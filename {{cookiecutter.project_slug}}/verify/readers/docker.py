"""Dockerfiles: their stages, with what each inherits, sets and starts."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .shell import Env, Text, expand, tokens, unquote

SHELL = ("/bin/sh", "-c")
INSTRUCTION = re.compile(r"[ \t]*([A-Za-z]+)[ \t]+")


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    base: str
    env: dict[str, Text] = field(default_factory=dict)
    entrypoint: tuple[Text, ...] = ()
    cmd: tuple[Text, ...] = ()


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


def _assignments(rest: Text, env: Env, known: Env) -> None:
    found = [word for word, _ in tokens(rest)]
    if found and "=" not in found[0]:  # ENV NAME the value
        name, _, value = rest.strip().partition(" ")
        found = [rest.like(f"{name}='{value.strip()}'")] if value else []
    for word in found:
        name, equals, value = unquote(word).partition("=")
        if equals and name:
            env[name] = expand(word.like(value), known)


def _argv(rest: Text) -> tuple[Text, ...]:
    one = rest.replace("\\\n", " ").strip()
    try:
        argv = json.loads(one) if one.startswith("[") else None
    except (ValueError, RecursionError):
        argv = None
    return tuple(rest.like(str(word)) for word in argv) if isinstance(argv, list) else in_shell(rest)


def stages(path: str, text: str, build_args: Env | None = None) -> list[Stage]:
    """The stages in order; the last is what an image is made of when no target is named."""
    made: dict[str, Stage] = {}
    args: dict[str, Text] = {}
    stage: Stage | None = None
    own_cmd = False
    for keyword, rest in _instructions(path, text):
        if keyword == "FROM":
            found = [word for word in expand(rest, args).split() if not word.startswith("--")] or ["scratch"]
            name = found[2] if len(found) > 2 and found[1].lower() == "as" else str(len(made))
            base = made.get(found[0].lower(), Stage("", found[0]))
            stage, own_cmd = replace(base, name=name.lower(), base=found[0], env=dict(base.env)), False
        elif keyword == "ARG":
            _assignments(rest, args, {**args, **(stage.env if stage else {})})
            args.update(build_args or {})
        elif stage is None:
            continue
        elif keyword == "ENV":
            _assignments(rest, stage.env, {**args, **stage.env})
        elif keyword == "CMD":
            stage, own_cmd = replace(stage, cmd=_argv(rest)), True
        elif keyword == "ENTRYPOINT":  # the base's CMD were arguments of the base's ENTRYPOINT
            stage = replace(stage, entrypoint=_argv(rest), cmd=stage.cmd if own_cmd else ())
        if stage:
            made[stage.name] = stage
    return list(made.values())
