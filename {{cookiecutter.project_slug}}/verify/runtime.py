"""The app as it really is: booted once, in a subprocess that has a copy of the project and little else.

`project.runtime` is what `probe.py` saw, as plain data, with files relative to the project's root. A copy in a scratch
folder is booted, with a scratch home, without network, without writing anywhere else, for a limited time. That is a
seat belt for code which its owners run anyway, not a wall around code that nobody trusts.
"""

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from .problem import CannotRun

if TYPE_CHECKING:
    from .project import Project

Facts = dict[str, Any]  # `probe.py` documents each key
SECONDS = 10.0
FACTORIES = ("create_app", "make_app", "build_app", "app_factory", "get_app")
OBJECTS = ("app", "application", "flask_app")
MAX_COPIED_BYTES = 16 << 20
# Settings that a project insists on (`os.environ["NAME"]`) and that nobody gave: by the end of the name.
STAND_INS = {
    "ENV": "production",
    "PORT": "8000",
    "HOST": "127.0.0.1",
    "HOSTS": "localhost,127.0.0.1",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "URL": "sqlite:///scratch.sqlite3",
    "URI": "sqlite:///scratch.sqlite3",
}


def boot(project: "Project") -> Facts:
    """What the probe saw of the app as production boots it."""
    facts = attempt(project, replay=True)
    if "error" in facts:
        raise CannotRun(f"could not boot {facts['target']}: {facts['error']}")
    return facts


def attempt(
    project: "Project",
    env: Mapping[str, str] | None = None,
    *,
    command: Sequence[str] = (),
    replay: bool = False,
) -> Facts:
    """What the probe saw with this in the environment, or ran as `flask COMMAND`; `error` says what the app raised."""
    found = target(project)
    if found is None:
        raise CannotRun('could not boot: no factory found; name it, for example [tool.verify] app = "acme:create_app"')
    folder, name = found
    if find_spec("flask") is None:
        raise CannotRun(f"could not boot {name}: {sys.executable} has no Flask; use the project's own Python")
    with tempfile.TemporaryDirectory(prefix="verify-") as scratch:
        top = Path(scratch).resolve()
        copy = top / "project"
        copied(project, copy)
        job: dict[str, Any] = {"copy": str(copy), "path": [str(copy / folder), str(copy)], "target": name}
        job |= {"command": list(command), "replay": replay}
        (top / "job.json").write_text(json.dumps(job), encoding="utf-8")
        error = _run(copy, top, _environment(project, top) | dict(env or {}))
        try:
            facts: Facts = json.loads((top / "facts.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise CannotRun(f"could not boot {name}: {error}") from None
    return facts | {"target": name}


def copied(project: "Project", place: Path) -> None:
    """Copy the project's files: what its code writes beside them is not the developer's."""
    for path in project.paths:
        if (source := project.root / path).stat().st_size <= MAX_COPIED_BYTES:
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place / path)


def set_at(project: "Project", key: str) -> tuple[str, int]:
    """(path, line) of the last write of a setting, as the files or else the boot show it; or else of the factory."""
    if writes := project.config.effective(key):
        return writes[0].path, writes[0].line
    return place(project, project.runtime["written"].get(key))


def place(project: "Project", source: Facts | None) -> tuple[str, int]:
    """(path, line) of a source that the probe saw; of the factory, if that is none of the project's."""
    return (source["file"], source["line"]) if source and source["file"] else project.factory


def target(project: "Project") -> tuple[str, str] | None:
    """(folder to import from, "module:name"): as configured, or found by the usual names, nearest the root first."""
    if isinstance(named := project.settings.get("app"), str):
        return ("src" if (project.root / "src").is_dir() else "", named)
    best = min(_candidates(project), default=None)
    return best and best[2:]


def _candidates(project: "Project") -> Iterator[tuple[bool, int, str, str]]:
    for path in project.modules:
        text = project.text(path) or ""
        factory = next((name for name in FACTORIES if re.search(rf"^(async )?def {name}\(", text, re.M)), None)
        single = next((name for name in OBJECTS if re.search(rf"^{name}\b[^=\n]*= ?\w", text, re.M)), None)
        name = factory or (single if "lask" in text else None)
        if name is None:
            continue
        parts = list(PurePosixPath(path).with_suffix("").parts)
        start = len(parts) - 1  # where the outermost package begins
        while start and (project.root / Path(*parts[:start]) / "__init__.py").is_file():
            start -= 1
        module = parts[start:-1] if parts[-1] == "__init__" else parts[start:]
        yield (factory is None, len(parts), "/".join(parts[:start]), f"{'.'.join(module)}:{name}")


def _environment(project: "Project", top: Path) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("FLASK_", "WERKZEUG_"))}
    wanted = {
        name
        for path in project.modules
        for name in re.findall(r"""environ\[["']([A-Z][A-Z0-9_]*)["']\]""", project.text(path) or "")
    }
    for name in {"SECRET_KEY", "TRUSTED_HOSTS"} | wanted:
        ends = [value for end, value in STAND_INS.items() if name.endswith(end)]
        env.setdefault(name, ends[0] if ends else secrets.token_hex(32))
    (top / "home").mkdir()
    env |= {name: str(top / "home") for name in ("HOME", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME")}
    return env | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}


def _run(cwd: Path, top: Path, env: dict[str, str]) -> str:
    """Run the probe in its own process group; what went wrong when it left no facts."""
    command = [sys.executable, "-P", str(Path(__file__).with_name("probe.py")), str(top)]
    log = top / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 — our own file, no shell
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            return f"no answer in {SECONDS:.0f} s; does it serve or wait while it is imported?"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else f"it ended with code {process.returncode}"
