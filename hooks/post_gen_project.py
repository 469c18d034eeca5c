"""Finish the new service: drop what was not asked for, make its secret, verify it, say what is next.

cookiecutter renders this file, then runs it with its own interpreter in the new project.
"""

from __future__ import annotations

import sys

# It starts from the shared temporary folder, where a planted module would be imported before a real one;
# the verifier is imported from the new project, which is the current folder.
sys.dont_write_bytecode = True
sys.path[0] = "."

import json
import os
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# What an answer leaves out: whole files and folders, and whole lines of files that stay.
UNUSED: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("example", "no"): {
        "src/{package}/notes": (),
        "tests/notes": (),
        "src/{package}/blueprints.py": (
            "from .notes import api as notes_api",
            "from .notes import bp as notes",
            "notes,",
            "notes_api,",
        ),
    },
    ("deploy", "none"): {"Dockerfile": (), "compose.yaml": (), ".dockerignore": (), "deploy": ()},
    ("ci", "none"): {".github": ()},
}
# A template in a local folder is copied with whatever tools left in it.
LEFTOVERS = {"__pycache__", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"}

STAGES = {
    "static": "Reading its files",
    "runtime": "Booting it",
    "live": "attacking it on 127.0.0.1",
}
VERIFY = "uv run python -m verify"
TIME_LIMIT = 600  # seconds, for one command; a cold installation is the slowest


class NotRun(Exception):
    """A stage cannot run; the text is the reason. Never a failure, and never a pass."""


@dataclass
class Verdict:
    """What `python -m verify` said, stage by stage, and why a stage said nothing."""

    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    not_run: dict[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[str]:
        for report in self.reports.values():
            for problem in report["problems"]:
                yield f"{problem['path']}:{problem['line']}  {problem['message']}"
            for result in report["results"]:
                for finding in result["findings"]:
                    yield (
                        f"{finding['path']}:{finding['line']}  {result['id']}  {finding['message']}\n"
                        f"      fix: {finding['fix']}"
                    )
                if result["status"] == "crashed":
                    yield f"{result['id']} crashed: {result['reason']}"


def drop_unused(root: Path, answers: dict[str, str]) -> None:
    for folder in [path for path in root.rglob("*") if path.name in LEFTOVERS]:
        shutil.rmtree(folder, ignore_errors=True)
    for (question, answer), unused in UNUSED.items():
        if answers[question] != answer:
            continue
        for name, lines in unused.items():
            path = root / name.format(package=answers["package_name"])
            if lines:
                drop_lines(path, lines)
            elif path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def drop_lines(path: Path, unwanted: Sequence[str]) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    found = [line.strip() for line in lines]
    if missing := [line for line in unwanted if line not in found]:
        raise LookupError(f"{path} has no line {missing[0]!r}: the table UNUSED of this hook is out of date")
    kept = [line for line in lines if line.strip() not in unwanted]
    path.write_text("".join(kept), encoding="utf-8")


def make_secret(root: Path) -> None:
    """Write `.env` for its owner's eyes; a secret that is there already is kept."""
    try:
        handle = os.open(root / ".env", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"SECRET_KEY={secrets.token_urlsafe(48)}\n")


def verify(root: Path, answers: dict[str, str]) -> Verdict:
    """Read the files, always; install, boot and attack the service where that was asked for and works."""
    verdict = Verdict()
    say(f"{STAGES['static']} ...")
    verdict.reports["static"] = read_files(root)
    if any(verdict.faults()):
        return verdict
    try:
        install(answers)
        say(f"{STAGES['runtime']}, and {STAGES['live']} ...")
        with ThreadPoolExecutor() as pool:  # each waits for processes of its own
            verdict.reports |= zip(("runtime", "live"), pool.map(run_stage, ("runtime", "live")), strict=True)
        for stage, report in verdict.reports.items():
            for reason in report["not_run"]:
                verdict.not_run[stage] = reason
    except NotRun as reason:
        verdict.not_run |= {stage: str(reason) for stage in STAGES if stage not in verdict.reports}
    return verdict


def read_files(root: Path) -> dict[str, Any]:
    from verify import engine  # noqa: PLC0415  # of the new project
    from verify.reports import FORMATS  # noqa: PLC0415

    (report,) = json.loads(FORMATS["json"]([engine.run(root, ["static"])], colour=False))
    return dict(report)


def install(answers: dict[str, str]) -> None:
    """`uv sync`, its progress shown without the list of packages."""
    if answers["verification"] != "full":
        raise NotRun("verification is 'static'")
    if "_output_dir" not in answers:  # cookiecutter sets it, cruft does not
        raise NotRun("cruft compares what hooks leave behind, so nothing is installed")
    uv = os.environ.get("UV") or shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        raise NotRun("uv is not installed")
    say("Installing it (uv sync) ...")
    said = []
    with subprocess.Popen(
        [uv, "sync"], env=environment(), stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace"
    ) as process:
        assert process.stderr is not None  # noqa: S101  # it was asked for
        for line in process.stderr:
            said.append(line.strip())
            if line.startswith(("Resolved", "Downloading", "Building", "Prepared", "Installed")):
                say(f"  {line.strip()}")
    if process.returncode:
        reason = next((line for line in said if line.startswith("error:")), said[-1] if said else "")
        raise NotRun(f"uv sync failed: {reason}")


def run_stage(stage: str) -> dict[str, Any]:
    command = [".venv/bin/python", "-m", "verify", "--stage", stage, "--format", "json"]
    try:
        done = subprocess.run(command, env=environment(), capture_output=True, timeout=TIME_LIMIT)
        (report,) = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise NotRun(f"it took over {TIME_LIMIT} seconds") from None
    except (OSError, ValueError) as error:
        raise NotRun(f"{shlex.join(command)}: {error}") from None
    return dict(report)


def environment() -> dict[str, str]:
    """Ours, without what belongs to the environment that cookiecutter is installed in."""
    ours = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    # Several processes import the same modules: they share what is compiled, outside of the project's folders.
    return ours | {"PYTHONPYCACHEPREFIX": str(Path.cwd() / ".venv" / "pycache"), "UV_PROJECT_ENVIRONMENT": ".venv"}


def say(line: str) -> None:
    print(line, flush=True)


def print_faults(faults: Sequence[str]) -> None:
    lines = "\n".join(f"  {fault}" for fault in faults)
    sys.stderr.write(
        f"\nThe new service does not pass its own verification:\n\n{lines}\n\n"
        "cookiecutter deletes it now, unless it was called with --keep-project-on-failure.\n"
    )


def print_verdict(verdict: Verdict, answers: dict[str, str], files: int) -> None:
    from verify.engine import THREATS  # noqa: PLC0415  # of the new project

    say(
        f"\n{answers['project_slug']}: {files} files, Python package {answers['package_name']},"
        " secret key in .env (mode 0600, ignored by git)\n"
    )
    say(f"{'checks passed':46}" + "".join(f"{stage:>9}" for stage in STAGES))
    for threat, title in THREATS.items():
        cells = []
        for stage in STAGES:
            results = verdict.reports.get(stage, {"results": []})["results"]
            passed = sum(each["threat"] == threat and each["status"] == "passed" for each in results)
            cells.append("not run" if stage in verdict.not_run else str(passed))
        say(f"{threat}  {title:42}" + "".join(f"{cell:>9}" for cell in cells))
    for stage, reason in verdict.not_run.items():
        say(f"\n{stage}: not run, because {reason}. To run it:\n  {VERIFY} --stage {stage}")
    uv_at_hand = shutil.which("uv") or not Path(".venv/bin/gunicorn").is_file()
    say(
        f"\nNext:\n  cd {shlex.quote(str(Path.cwd()))}\n  {'uv run gunicorn' if uv_at_hand else '.venv/bin/gunicorn'}\n"
    )


def main() -> int:
    answers: dict[str, str] = json.loads(r"""{{ cookiecutter | tojson }}""")
    root = Path.cwd()
    drop_unused(root, answers)
    files = sum(path.is_file() for path in root.rglob("*"))
    make_secret(root)
    verdict = verify(root, answers)
    if faults := list(verdict.faults()):
        print_faults(faults)
        return 1
    print_verdict(verdict, answers, files)
    return 0


if __name__ == "__main__":
    sys.exit(main())
