"""Environment files, and which of the project's files git leaves out."""

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


def ignored(path: str, patterns: str, verdict: bool = False) -> bool:
    """What the last pattern of a .gitignore that matches says about a path beside or below it."""
    for line in patterns.split("\n"):
        pattern = line.rstrip()
        if pattern and not pattern.startswith("#") and _matches(pattern.removeprefix("!"), PurePosixPath(path)):
            verdict = not pattern.startswith("!")
    return verdict


def _matches(pattern: str, path: PurePosixPath) -> bool:
    whole = "/" in pattern.rstrip("/")
    pattern = pattern.strip("/").removeprefix("**/")
    return any(fnmatchcase(str(each) if whole else each.name, pattern) for each in [path, *path.parents][:-1])


def in_index(root: Path, path: str) -> bool:
    """Is this path in git's index? Read without git, whose settings may name programs to run."""
    try:
        index = (root / ".git" / "index").read_bytes()
    except OSError:
        return False
    name = path.encode()
    return min(len(name), 0xFFF).to_bytes(2, "big") + name + b"\0" in index
