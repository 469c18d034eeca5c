"""JSON, TOML and YAML files as (key, value, line): what `app.config.from_file` would take from them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from . import yamls
from .python import Unreadable

DEEPEST = 200  # brackets inside brackets


def read(path: str, text: str) -> list[tuple[str, Any, int]] | Unreadable:
    """The top-level keys of a file, each with its line. Never raises."""
    if path.endswith((".yaml", ".yml")):
        documents, problem = yamls.read(path, text)
        if problem:
            return Unreadable(problem.line, problem.message)
        top = yamls.mapping(next(iter(documents), None))
        return [(str(key), value, getattr(key, "line", 1)) for key, value in top.items()]
    if max(text.count("["), text.count("{")) > DEEPEST and re.search(rf"[\[{{][\s\[{{]{{{DEEPEST}}}", text):
        return Unreadable(1, "is nested too deeply to be read")
    try:
        data = tomllib.loads(text) if path.endswith(".toml") else json.loads(text)
    except json.JSONDecodeError as error:
        return Unreadable(error.lineno, f"does not parse as JSON: {error.msg}")
    except (ValueError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        return Unreadable(int(found[1]) if found else 1, f"does not parse: {error}")
    lines = dict(_lines(text))
    return [(key, value, lines.get(key, 1)) for key, value in data.items()] if isinstance(data, dict) else []


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """The line of each key; the first of a name is the top-level one or as good a place as any."""
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n"), 1):
        for key in re.findall(r"""["']?([\w.-]+)["']?\s*[:=\]]""", line):
            if key not in seen:
                seen.add(key)
                yield key, number
