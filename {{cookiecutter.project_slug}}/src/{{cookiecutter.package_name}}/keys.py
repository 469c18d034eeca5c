"""What makes a secret key good enough."""

import re
import secrets
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
ENV_IN_GIT_INDEX = b"\x00\x04.env\x00"  # an index entry: the length of the path, the path, NUL


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
    index = root / ".git" / "index"
    tracked = index.read_bytes() if index.is_file() else None  # without git, every file counts
    if tracked and ENV_IN_GIT_INDEX in tracked:
        return ".env"
    for path in chain(root.glob("*"), root.glob("deploy/**/*"), root.glob("src/**/*.*")):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".pyc" or name == ".env" or not path.is_file() or (tracked and name.encode() not in tracked):
            continue
        if key.encode() in path.read_bytes():
            return name
    return None
