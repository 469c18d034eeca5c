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
        goes_on = parts[-1].endswith("\\")
        if bare.startswith(("#", ";")) and not goes_on:
            continue
        open_ended = parts[-1][-1:] in ("", ",") or not ENTRY.match(bare)
        if key and bare and (goes_on or (line[0] in " \t" and open_ended)):
            parts.append(bare)
            continue
        if key:  # lines stay lines, behind a backslash, so that the shell reader still counts them
            yield Entry(section, key, Text(" \\\n".join(part.removesuffix("\\") for part in parts), path, start))
        key, parts = "", [""]
        if match := SECTION.fullmatch(bare.split(" #")[0]):
            section = match[1].strip().strip("\"'")
        elif match := ENTRY.fullmatch(bare):
            key, parts, start = match[1], [match[2]], number


def unquoted(value: Text) -> Text:
    """A TOML string without its quotes and trailing comment."""
    match = re.match(r"\"((?:\\.|[^\"\\])*)\"|'([^']*)'", value)
    return value.like(re.sub(r"\\(.)", r"\1", match[1] or "") or match[2] or "") if match else value
