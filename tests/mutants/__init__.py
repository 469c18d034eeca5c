"""One-line mistakes in a freshly generated service; each is named by exactly one check, at exactly one line."""

from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Mutant:
    """In `path`, `old` (found once) becomes `new`; the check `id` must name the line that `line_of` is in.

    `PACKAGE` in a path is the name of the generated package.
    `line_of` is text of the mutated file, `new`'s first line when left out; `at` names another file than `path`.
    """

    id: str
    path: str
    old: str
    new: str
    line_of: str = ""
    at: str = ""


def all_mutants() -> list[Mutant]:
    names = [*(f"t{n}" for n in range(1, 7)), "boot", "live"]
    return [mutant for name in names for mutant in import_module(f"{__name__}.{name}").MUTANTS]
