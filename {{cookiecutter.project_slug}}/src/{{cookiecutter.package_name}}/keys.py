"""What makes a secret key good enough."""

import re
import secrets
import subprocess
from itertools import chain
from pathlib import Path

MIN_LENGTH = 32  # characters; HMAC-SHA256 wants 256 bits, which are 43 characters of URL-safe base64
MIN_DISTINCT = 12  # "aaaa…" and "123123…" are long, and guessed first
# Words in the keys that tutorials and templates ship: each of them has been met in production.
PLACEHOLDER = re.compile(
    r"change.?(me|this)|your.?(secret|key)|so.?secret|insecure|replace.?(me|this)|placeholder|example|password"
    r"|(super|very|my|top).?secret|secret.?key|dev.?key",
    re.IGNORECASE,
)


def new() -> str:
    """Return a fresh key of 384 random bits."""
    return secrets.token_urlsafe(48)


def weakness(key: str) -> str | None:
    """Return why `key` is no good, in words that do not repeat it, or None."""
    if len(key) < MIN_LENGTH:
        return f"has {len(key)} characters, at least {MIN_LENGTH} random ones are wanted"
    if PLACEHOLDER.search(key):
        return "is a placeholder out of an example, a random one is wanted"
    if len(set(key)) < MIN_DISTINCT:
        return f"repeats {len(set(key))} characters, at least {MIN_DISTINCT} different ones are wanted"
    return None


def published_in(key: str, root: Path) -> str | None:
    """Return the file of the repository at `root` that gives `key` away, or None.

    Whoever ever had a clone of the repository has such a key.
    """
    tracked = tracked_files(root)
    if tracked and ".env" in tracked:
        return ".env"
    for path in chain(root.glob("*"), root.glob("deploy/**/*"), root.glob("src/**/*.*")):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".pyc" or name == ".env" or not path.is_file() or (tracked and name not in tracked):
            continue
        if key.encode() in path.read_bytes():
            return name
    return None


def tracked_files(root: Path) -> set[str] | None:
    """Ask git for the files below `root` that it tracks; None, so that every file counts, where it cannot tell."""
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return None
    try:
        listed = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, timeout=5, check=True)  # noqa: S603, S607
    except (OSError, subprocess.SubprocessError):
        return None
    return set(listed.stdout.decode(errors="replace").split("\0"))
