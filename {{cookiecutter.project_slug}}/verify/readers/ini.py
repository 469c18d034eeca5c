"""Sections of keys and values with their lines: systemd units, supervisor, INI, and the flat part of TOML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .shell import Text

SECTION = re.compile(r"\[+([^\]]*)\]+")
ENTRY = re.compile(r"([A-Za-z_][\w.\-]*)\s*[=:]\s*(.*)")


@dataclass(frozen=True, slots=True)
class Entry:
    section: str
    key: str
    value: Text


def entries(path: str, text: str) -> Iterator[Entry]:
    """In order; a value goes on after a backslash and, where a line is indented, on that line."""
    section, key, parts, start = "", "", [""], 0
    for number, line in enumerate([*text.split("\n"), "[end]"], 1):
        bare = line.strip()
        if bare.startswith(("#", ";")) and not parts[-1].endswith("\\"):
            continue
        if key and bare and (parts[-1].endswith("\\") or (line[0] in " \t" and not ENTRY.match(bare))):
            parts.append(bare)
            continue
        if key:
            yield Entry(section, key, Text(_joined(parts), path, start))
            key = ""
        if match := SECTION.fullmatch(bare.split(" #")[0]):
            section = match[1].strip().strip("\"'")
        elif match := ENTRY.fullmatch(bare):
            key, parts, start = match[1], [match[2]], number


def _joined(parts: list[str]) -> str:
    # Lines stay lines, behind a backslash, so that the shell reader still counts them.
    return " \\\n".join(part.removesuffix("\\") for part in parts)


def unquoted(value: Text) -> Text:
    """A TOML string without its quotes and trailing comment."""
    match = re.match(r"\"((?:\\.|[^\"\\])*)\"|'([^']*)'", value)
    inner = re.sub(r"\\(.)", r"\1", match[1] or "") or match[2] or "" if match else value
    return Text(inner, value.path, value.line)
