"""A small project on disk, and what the verifier finds in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from verify import engine

Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def project(tmp_path: Path) -> Write:
    """Writes the files, by their path, and returns the root that they are in."""

    def write(files: dict[str, str]) -> Path:
        root = tmp_path / "service"
        for path, text in files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        root.mkdir(exist_ok=True)
        return root

    return write


@pytest.fixture
def found() -> Callable[..., list[tuple[str, str, int]]]:
    """`found(root, *ids)`: (id, path, line) of everything that these checks find; each of them must have run."""

    def find(root: Path, *ids: str) -> list[tuple[str, str, int]]:
        wanted = [each for each in engine.all_checks() if each.id in ids]
        assert {each.id for each in wanted} == set(ids)
        results = engine.run(root, only=ids).results
        unfinished = [f"{each.check.id} {each.status}: {each.reason}" for each in results if each.reason]
        assert not unfinished, "\n".join(unfinished)
        return sorted((each.check.id, finding.path, finding.line) for each in results for finding in each.findings)

    return find
