"""Environment files, and which of the project's files git and Docker leave out."""

import re
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

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


def _matches(pattern: str, path: str) -> bool:
    anchored = "/" in pattern.rstrip("/")
    pattern = pattern.strip("/").removeprefix("**/")
    below = [str(parent) for parent in (PurePosixPath(path), *PurePosixPath(path).parents)][:-1]
    return any(fnmatchcase(each if anchored else PurePosixPath(each).name, pattern) for each in below)


def ignored(path: str, patterns: str, verdict: bool = False) -> bool:
    """What the last pattern of a .gitignore that matches says about a path beside or below it."""
    for line in patterns.split("\n"):
        pattern = line.rstrip()
        if pattern and not pattern.startswith("#") and _matches(pattern.removeprefix("!"), path):
            verdict = not pattern.startswith("!")
    return verdict


def in_index(root: Path, path: str) -> bool:
    """Is this path in git's index? Read without git, whose settings may name programs to run."""
    try:
        index = (root / ".git" / "index").read_bytes()
    except OSError:
        return False
    name = path.encode()
    return min(len(name), 0xFFF).to_bytes(2, "big") + name + b"\0" in index
