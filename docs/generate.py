"""Write docs/checks.md and the README's table of threats from the checks themselves: `make docs`."""

import sys
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent / "{{cookiecutter.project_slug}}"))

from verify import engine  # noqa: E402

CODE = "%7B%7Bcookiecutter.project_slug%7D%7D"
PACKAGE = f"{CODE}/src/%7B%7Bcookiecutter.package_name%7D%7D"
# What meets each threat: built into the service, and refused when it starts.
BUILT = {
    "T1": (
        f"[Gunicorn]({CODE}/gunicorn.conf.py), [slow clients hold no thread]({PACKAGE}/worker.py)",
        f"[Werkzeug's server, before it binds]({PACKAGE}/security/server.py)",
    ),
    "T2": (
        f"[production unless told]({PACKAGE}/settings.py), [errors with an id only]({PACKAGE}/errors.py)",
        f"[every switch]({PACKAGE}/security/debug.py)",
    ),
    "T3": (
        f"[server-side, opaque, renewed, limited]({PACKAGE}/sessions), [CSRF]({PACKAGE}/security/csrf.py)",
        f"[no, weak or published keys]({PACKAGE}/keys.py)",
    ),
    "T4": (
        f"[autoescape, sandbox]({PACKAGE}/security/templates.py), [CSP]({PACKAGE}/security/headers.py),"
        f" [typed input]({PACKAGE}/inputs.py)",
        f"[escaping taken away]({PACKAGE}/security/templates.py)",
    ),
    "T5": (
        f"[one list of blueprints]({PACKAGE}/blueprints.py)",
        f"[collisions, missing prefixes]({PACKAGE}/security/routes.py)",
    ),
    "T6": (f"[services in `app.extensions`]({PACKAGE}/__init__.py), no mutable modules", "nothing"),
}
TABLE = "<!-- threats: made by `make docs` -->"


def page() -> str:
    return "\n".join(_lines())


def readme(text: str) -> str:
    """The README with its table of threats made anew."""
    before, _, after = text.split(TABLE)
    rows = [
        "",
        "| threat | built in | refuses to start | " + " | ".join(engine.STAGES) + " |",
        "|---|---|---|---|---|---|",
    ]
    rows += [
        f"| **{threat}** {name} | {' | '.join(BUILT[threat])} | {' | '.join(_ids(threat, 'docs/checks.md'))} |"
        for threat, name in engine.THREATS.items()
    ]
    return TABLE.join((before, "\n".join([*rows, ""]), after))


def _ids(threat: str, page: str = "") -> Iterator[str]:
    """The checks of a threat, stage by stage, as links."""
    for stage in engine.STAGES:
        mine = [each.id for each in engine.all_checks() if (each.threat, each.stage) == (threat, stage)]
        yield " ".join(f"[{id}]({page}#{id.lower()})" for id in mine)


def _lines() -> Iterator[str]:
    checks = engine.all_checks()
    yield "# Checks\n\n<!-- Made by `make docs` from the checks' docstrings. -->\n"
    yield "`python -m verify --explain SF101` prints the same for one of them.\n"
    yield "| | " + " | ".join(engine.STAGES) + " |\n|---|" + "---|" * len(engine.STAGES)
    for threat, name in engine.THREATS.items():
        yield f"| **{threat}** {name} | " + " | ".join(_ids(threat)) + " |"
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
    file = DOCS.parent / "README.md"
    file.write_text(readme(file.read_text(encoding="utf-8")), encoding="utf-8")
