"""Which files git and Docker leave out. Read without git, whose settings may name programs to run."""

from pathlib import Path, PurePosixPath

ROOT = PurePosixPath("/")


def verdict(path: str, patterns: str, before: bool = False, *, anchored: bool = False) -> bool:
    """What the last pattern that matches says about a path beside or below the file of patterns.

    Docker's patterns are `anchored`; git's without a slash hold in every folder.
    """
    for line in patterns.split("\n"):
        pattern = line.strip()
        if not pattern.startswith("#") and matches(path, pattern.removeprefix("!"), anchored=anchored):
            before = not pattern.startswith("!")
    return before


def matches(path: str, pattern: str, *, anchored: bool = True) -> bool:
    """Does the pattern mean this path, or a folder around it?"""
    anywhere = pattern.startswith("**/") or not (anchored or "/" in pattern.rstrip("/"))
    bare = PurePosixPath(pattern.strip("/").removeprefix("**/"))
    wanted = str(bare if anywhere else ROOT / bare)
    around = [ROOT / path, *(ROOT / path).parents][:-1]
    return bool(bare.parts) and any(each.match(wanted) for each in around)


def by_git(root: Path, path: str) -> bool:
    """Does git leave this file of a project out: is it ignored, and was it not added nevertheless?"""
    top, git = _repository(root)
    file = root / path
    folders = [folder for folder in reversed(file.parents) if folder.is_relative_to(top)]
    found = False
    for folder, rules in [(top, git / "info" / "exclude"), *((each, each / ".gitignore") for each in folders)]:
        found = verdict(file.relative_to(folder).as_posix(), _read(rules).decode(errors="replace"), found)
    name = file.relative_to(top).as_posix().encode()
    return found and min(len(name), 0xFFF).to_bytes(2, "big") + name + b"\0" not in _read(git / "index")


def _repository(root: Path) -> tuple[Path, Path]:
    """The work tree that a folder is in, and where git keeps what it knows about it."""
    for top in (root, *root.parents):
        git = top / ".git"
        if (said := _read(git)).startswith(b"gitdir:"):  # a second work tree, a submodule
            return top, top / said.decode(errors="replace").removeprefix("gitdir:").strip()
        if git.is_dir():
            return top, git
    return root, root / ".git"


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except (OSError, ValueError):  # a name with a zero byte
        return b""
