"""Dockerfiles: their stages, with what each inherits, sets and starts."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .shell import Env, Text, expand, tokens, unquote

SHELL = ("/bin/sh", "-c")
INSTRUCTION = re.compile(r"[ \t]*([A-Za-z]+)[ \t]+")
HEREDOC = re.compile(r"<<-?[\"']?(\w+)")


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    base: str
    env: dict[str, Text] = field(default_factory=dict)
    entrypoint: tuple[Text, ...] = ()
    cmd: tuple[Text, ...] = ()


def _instructions(path: str, text: str) -> Iterator[tuple[str, Text]]:
    """Keyword and the rest with its continuation lines; comments and here-documents are left out."""
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        start, body = number, lines[number]
        number += 1
        if not (match := INSTRUCTION.match(body)):
            continue
        parts = [body[match.end() :]]
        while parts[-1].rstrip().endswith("\\") and number < len(lines):
            following = lines[number]
            parts.append("\\" if following.lstrip().startswith("#") else following)
            number += 1
        keyword = match[1].upper()
        if keyword in ("RUN", "COPY", "ADD") and (ends := HEREDOC.findall(body)):
            while number < len(lines) and lines[number].strip() != ends[-1]:
                number += 1
        yield keyword, Text("\n".join(parts), path, start + 1)


def _assignments(rest: Text, env: Env, known: Env) -> None:
    found = [word for word, _ in tokens(rest, rest.path, rest.line)]
    if found and "=" not in found[0]:  # ENV NAME the value
        name, _, value = rest.strip().partition(" ")
        found = [Text(f"{name}='{value.strip()}'", rest.path, rest.line)] if value else []
    for word in found:
        name, equals, value = unquote(word).partition("=")
        if equals and name:
            env[name] = Text(expand(value, known), rest.path, word.line)


def _argv(rest: Text) -> tuple[Text, ...]:
    one = rest.replace("\\\n", " ").strip()
    try:
        argv = json.loads(one) if one.startswith("[") else None
    except (ValueError, RecursionError):
        argv = None
    if not isinstance(argv, list):
        return (*(Text(word, rest.path, rest.line) for word in SHELL), rest)
    return tuple(Text(str(word), rest.path, rest.line) for word in argv)


def stages(path: str, text: str) -> list[Stage]:
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
        elif stage is None:
            continue
        elif keyword == "ENV":
            _assignments(rest, stage.env, {**args, **stage.env})
        elif keyword == "CMD":
            stage, own_cmd = replace(stage, cmd=_argv(rest)), True
        elif keyword == "ENTRYPOINT":
            stage = replace(stage, entrypoint=_argv(rest), cmd=stage.cmd if own_cmd else ())
        if stage:
            made[stage.name] = stage
    return list(made.values())
