"""Write docs/checks.md from the checks' own docstrings: `make docs`."""

import sys
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent / "{{cookiecutter.project_slug}}"))

from verify import engine  # noqa: E402


def page() -> str:
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    checks = engine.all_checks()
    yield "# Checks\n\n<!-- Made by `make docs` from the checks' docstrings. -->\n"
    yield "`python -m verify --explain SF101` prints the same for one of them.\n"
    yield "| | " + " | ".join(engine.STAGES) + " |\n|---|" + "---|" * len(engine.STAGES)
    for threat, name in engine.THREATS.items():
        cells = (
            " ".join(
                f"[{each.id}](#{each.id.lower()})" for each in checks if (each.threat, each.stage) == (threat, stage)
            )
            for stage in engine.STAGES
        )
        yield f"| **{threat}** {name} | " + " | ".join(cells) + " |"
    for threat, name in engine.THREATS.items():
        yield f"\n## {threat} {name}"
        for check in checks:
            if check.threat == threat:
                yield f"\n### {check.id}\n\n*{check.stage}*\n\n{_markdown(check.doc)}"
    yield ""


def _markdown(doc: str) -> str:
    """The same text with its indented examples as fenced blocks."""
    lines: list[str] = []
    fenced = False
    for line in [*doc.splitlines(), ""]:
        example = line.startswith("    ")
        if example != fenced:
            lines.append("```")
            fenced = example
        lines.append(line.removeprefix("    ") if fenced else line)
        if line in ("Bad:", "Good:"):
            lines.append("")
    return "\n".join(lines).rstrip()


if __name__ == "__main__":
    (DOCS / "checks.md").write_text(page(), encoding="utf-8")
