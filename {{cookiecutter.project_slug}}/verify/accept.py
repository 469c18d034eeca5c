"""Accepted findings, in one place: `[tool.verify.accept]` in pyproject.toml, each with a reason and a last day.

    [[tool.verify.accept.SF417]]
    path = "src/acme/help.py"
    reason = "the text is ours, reviewed in the change that added it"
    until = 2027-06-30

`unreadable` instead of an id accepts a file that cannot be judged. An entry that is wrong, out of date or no
longer needed accepts nothing and is a problem: the run ends with exit code 2 at best.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from .problem import Problem
from .project import Project

if TYPE_CHECKING:
    from .engine import Result

UNREADABLE = "unreadable"
EXAMPLE = '{ path = "src/acme/help.py", reason = "…", until = 2027-06-30 }'


@dataclass(frozen=True)
class Acceptance:
    id: str
    path: str
    reason: str
    line: int


class Acceptances:
    """The table of a project: entries that are valid, and what is wrong with the others."""

    def __init__(self, project: Project, known: set[str], today: date) -> None:
        self.valid: dict[tuple[str, str], Acceptance] = {}
        self.wrong: list[Problem] = []
        self.used: set[Acceptance] = set()
        table = project.settings.get("accept", {})
        if not isinstance(table, dict):
            self._refuse(1, f"[tool.verify.accept] is not a table: SF417 = [{EXAMPLE}]")
            return
        lines = (project.text("pyproject.toml") or "").splitlines() if table else []
        for id, entries in table.items():
            line = next((number for number, text in enumerate(lines, 1) if id in text), 1)
            for entry in entries if isinstance(entries, list) else [entries]:
                if wrong := list(_wrong(id, entry, known, today)):
                    self._refuse(line, *(f"acceptance of {id}: {each}" for each in wrong))
                else:
                    self.valid.setdefault((id, entry["path"]), Acceptance(id, entry["path"], entry["reason"], line))

    def _refuse(self, line: int, *messages: str) -> None:
        self.wrong += [Problem("pyproject.toml", line, message) for message in messages]

    def _find(self, id: str, path: str) -> Acceptance | None:
        if found := self.valid.get((id, path)):
            self.used.add(found)
        return found

    def apply(self, result: "Result") -> "Result":
        matched = [(finding, self._find(result.check.id, finding.path)) for finding in result.findings]
        left = tuple(finding for finding, match in matched if match is None)
        accepted = tuple((finding, match.reason) for finding, match in matched if match)
        status = "accepted" if accepted and not left else result.status
        return replace(result, status=status, findings=left, accepted=accepted)

    def filter_problems(self, problems: Iterable[Problem]) -> list[Problem]:
        return [problem for problem in problems if not self._find(UNREADABLE, problem.path)]

    def errors(self, results: Iterable["Result"]) -> list[Problem]:
        """What is wrong with the table, and entries whose check ran and found nothing there."""
        ran = {result.check.id for result in results if not result.unsure} | {UNREADABLE}
        for each in self.valid.values():
            if each not in self.used and each.id in ran:
                self._refuse(each.line, f"acceptance of {each.id} in {each.path}: passes now, remove it")
        return self.wrong


def _wrong(id: str, entry: Any, known: set[str], today: date) -> Iterator[str]:
    if id not in known | {UNREADABLE}:
        yield "there is no such check; `python -m verify --list` shows them all"
    if not isinstance(entry, dict):
        yield f"{entry!r} is not a table, for example {EXAMPLE}"
        return
    if unknown := sorted(entry.keys() - {"path", "reason", "until"}):
        yield f"unknown key {', '.join(unknown)}: path, reason and until are wanted"
    for key in ("path", "reason"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            yield f"no {key}, for example {EXAMPLE}"
    until = entry.get("until")
    if type(until) is not date:
        yield "no date in `until`, for example until = 2027-06-30"
    elif until < today:
        yield f"its last day was {until}: fix the finding, or decide again and move the date"
