"""A generated service with one mistake in it: exactly one check names it, at exactly its line."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import Bake
from tests.mutants import Mutant, all_mutants
from verify import engine

MUTANTS = all_mutants()
CHECKS = {check.id: check for check in engine.all_checks()}


def mutate(root: Path, mutant: Mutant) -> tuple[str, int]:
    """Make the mistake; the place that must be named."""
    path = root / _rendered(root, mutant.path)
    text = path.read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1, f"{mutant.old!r} is {text.count(mutant.old)} times in {mutant.path}, not once"
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    place = _rendered(root, mutant.at or mutant.path)
    lines = (root / place).read_text(encoding="utf-8").splitlines()
    wanted = mutant.line_of or mutant.new.strip().splitlines()[0]
    (line,) = (number for number, text in enumerate(lines, 1) if wanted in text)
    return place, line


def _rendered(root: Path, path: str) -> str:
    (package,) = (folder.name for folder in (root / "src").iterdir() if (folder / "__init__.py").is_file())
    return path.replace("{{cookiecutter.package_name}}", package).replace("PACKAGE", package)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.id} {mutant.new.strip()[:40]}")
def test_one_mistake_is_named_by_its_check_alone(bake: Bake, tmp_path: Path, mutant: Mutant) -> None:
    root = tmp_path / "service"
    shutil.copytree(bake(), root, ignore=shutil.ignore_patterns(".venv", "__pycache__", ".*_cache"))
    place = mutate(root, mutant)
    stages = engine.STAGES[: engine.STAGES.index(CHECKS[mutant.id].stage) + 1]
    report = engine.run(root, stages)
    found = {(result.check.id, each.path, each.line) for result in report.results for each in result.findings}
    assert found == {(mutant.id, *place)}
    assert not report.count("crashed")


def test_the_unchanged_service_is_clean(bake: Bake) -> None:
    report = engine.run(bake(), ["static", "runtime"])
    assert [
        (result.check.id, result.findings, result.reason) for result in report.results if result.status != "passed"
    ] == []
    assert report.problems == []


@pytest.mark.parametrize("id", CHECKS)
def test_every_check_kills_a_mutant(id: str) -> None:
    assert id in {mutant.id for mutant in MUTANTS}, f"add a mutant that only {id} names to tests/mutants"


def test_sixty_defences_are_switched_off_in_all() -> None:
    by_threat = Counter(CHECKS[mutant.id].threat for mutant in MUTANTS)
    assert len(MUTANTS) >= 60
    assert {threat: number for threat, number in by_threat.items() if number >= 10}.keys() == engine.THREATS.keys()
