"""Environment files."""

import re

from .shell import Text, unquote

LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*?)\s*")


def variables(path: str, text: str) -> dict[str, Text]:
    """The last value of each name, quotes and trailing comments removed."""
    found = {}
    for number, line in enumerate(text.split("\n"), 1):
        if match := LINE.fullmatch(line):
            value = match[2] if match[2][:1] in "'\"" else match[2].split(" #")[0].rstrip()
            found[match[1]] = Text(unquote(value), path, number)
    return found
