"""What cannot be judged, and checks that cannot run: neither is ever a pass."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Made = TypeVar("Made")


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """Something that could not be judged; the run ends with exit code 2 at best."""

    path: str
    line: int
    message: str


class CannotRun(Exception):
    """Raised by a check that has nothing to look at; its text is the reason that the report shows."""


class once(Generic[Made]):
    """A property that is made once; where that fails with `CannotRun`, each use says so again."""

    def __init__(self, make: Callable[[Any], Made]) -> None:
        self._make = make
        self._key = f"once {make.__name__}"

    def __get__(self, owner: Any, _: type) -> Made:
        if self._key not in (kept := vars(owner)):
            try:
                kept[self._key] = self._make(owner)
            except CannotRun as reason:
                kept[self._key] = reason
        made: Made | CannotRun = kept[self._key]
        if isinstance(made, CannotRun):
            raise made
        return made
