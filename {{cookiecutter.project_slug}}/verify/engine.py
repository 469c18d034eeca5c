"""Checks, their results, and the run that never mistakes a crash for a pass."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from . import accept, checks
from .problem import CannotRun, Problem
from .project import Project

Stage = Literal["static", "runtime", "live"]
Status = Literal["passed", "failed", "accepted", "crashed", "not run"]
STAGES: tuple[Stage, ...] = get_args(Stage)
STATUSES: tuple[Status, ...] = get_args(Status)
THREATS = {
    "T1": "development server in production",
    "T2": "debug mode and interactive debugger",
    "T3": "client-side, weak or stolen sessions",
    "T4": "template injection",
    "T5": "route collisions and blueprint mistakes",
    "T6": "shared state and context leaks",
}


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    path: str  # relative to the root, posix
    line: int  # 1-based
    message: str
    fix: str


Run = Callable[[Project], Iterator[Finding]]


@dataclass(frozen=True)
class Check:
    id: str
    threat: str
    stage: Stage
    run: Run
    doc: str

    @property
    def title(self) -> str:
        return self.doc.partition("\n")[0]


@dataclass(frozen=True)
class Result:
    check: Check
    status: Status
    findings: tuple[Finding, ...] = ()
    accepted: tuple[tuple[Finding, str], ...] = ()  # with the reason given
    reason: str = ""  # of a crash or of not having run

    @property
    def unsure(self) -> bool:
        """Was there no answer? That is never a pass."""
        return self.status in ("crashed", "not run")


@dataclass(frozen=True)
class Report:
    root: Path
    project: Project
    results: list[Result] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """1 when anything was found, else 2 when anything could not be checked, else 0."""
        if any(result.findings for result in self.results):
            return 1
        return 2 if any(result.unsure for result in self.results) or self.problems or not self.results else 0

    @property
    def not_run(self) -> dict[str, list[str]]:
        """The checks that had nothing to look at, by the reason: an app that does not boot is one thing to say."""
        reasons: dict[str, list[str]] = {}
        for result in self.results:
            if result.status == "not run":
                reasons.setdefault(result.reason, []).append(result.check.id)
        return reasons

    def count(self, status: Status) -> int:
        return sum(result.status == status for result in self.results)


_registry: dict[str, Check] = {}


def check(id: str, *, threat: str, stage: Stage) -> Callable[[Run], Run]:
    """Register a generator of findings; its docstring is its documentation."""

    def register(run: Run) -> Run:
        known = _registry.get(id)
        if known is not None and known.run.__module__ != run.__module__:
            raise ValueError(f"{id} is taken by {known.run.__module__}: give {run.__module__} another id")
        _registry[id] = Check(id, threat, stage, run, inspect.cleandoc(run.__doc__ or ""))
        return run

    return register


def all_checks() -> list[Check]:
    """Every check there is, by id: each module below `checks` is imported; one that does not import is there, too."""
    for module in pkgutil.walk_packages(checks.__path__, f"{checks.__name__}."):
        try:
            importlib.import_module(module.name)
        except Exception as error:  # whatever is wrong with one file, the other checks have their say
            broken = _broken(module.name.rpartition(".")[2], error)
            _registry[broken.id] = broken
    return sorted(_registry.values(), key=lambda each: each.id)


def _broken(module: str, error: Exception) -> Check:
    """The check that a file would have held, by its name: it crashes in every run."""

    def crash(project: Project) -> Iterator[Finding]:
        raise error

    id = module.partition("_")[0].upper()
    stage: Stage = "static" if id[3:] < "40" else "runtime" if id[3:] < "70" else "live"
    return Check(id, f"T{id[2:3]}", stage, crash, f"{module}.py cannot be imported.")


def _result(each: Check, project: Project) -> Result:
    try:
        found = tuple(sorted(set(each.run(project))))
    except CannotRun as reason:
        return Result(each, "not run", reason=str(reason))
    except Exception as error:  # whatever it is: a crash is reported and never a pass
        *_, frame = inspect.getinnerframes(error.__traceback__) if error.__traceback__ else [None]
        where = f" at {Path(frame.filename).name}:{frame.lineno}" if frame else ""
        return Result(each, "crashed", reason=f"{type(error).__name__}{where}: {error}")
    return Result(each, "failed" if found else "passed", found)


def run(
    root: Path,
    stages: Sequence[Stage] = STAGES,
    *,
    only: Collection[str] | None = None,
    today: date | None = None,
) -> Report:
    """Run the checks of `stages` (or `only` some of them) on the project at `root`, then apply its acceptances."""
    project = Project(root)
    known = all_checks()
    asked = [each for each in known if each.stage in stages and (only is None or each.id in only)]
    with project.running:
        results = [_result(each, project) for each in asked]
    project.check_readable()
    accepted = accept.Acceptances(project, {each.id for each in known}, today or date.today())
    results = [accepted.apply(result) for result in results]
    problems = accepted.filter_problems(project.problems)
    return Report(project.root, project, results, sorted({*problems, *accepted.errors(results)}))
