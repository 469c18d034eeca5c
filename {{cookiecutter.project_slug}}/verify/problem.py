"""What cannot be judged, and checks that cannot run: neither is ever a pass."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """Something that could not be judged; the run ends with exit code 2 at best."""

    path: str
    line: int
    message: str


class CannotRun(Exception):
    """Raised by a check that has nothing to look at; its text is the reason that the report shows."""
