"""How long generating a service takes, beside the same work without us: `make bench`.

Medians. "Hooks off" is what cookiecutter itself needs for the same tree; the package cache is warm unless it says
cold. The exit code is 1 when a goal is missed.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


def seconds(*command: str | Path, cwd: Path, **env: str) -> float:
    started = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True)
    took = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    if "not run, because uv" in done.stdout:
        sys.exit(f"a stage could not run:\n{done.stdout}")
    return took


def generate(scratch: Path, verification: str, *options: str, **env: str) -> float:
    out = tempfile.mkdtemp(dir=scratch)
    command: list[str | Path] = [BIN / "cookiecutter", "--no-input", *options, "-o", out, REPOSITORY]
    return seconds(*command, f"verification={verification}", cwd=scratch, **env)


def main() -> int:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or cookiecutter itself is compiled anew each time
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        generate(scratch, "full")  # warms the package cache
        # in turn, so that a slow moment of the machine meets both
        pairs = [(generate(scratch, "static", "--accept-hooks", "no"), generate(scratch, "static")) for _ in range(7)]
        off = statistics.median(pair[0] for pair in pairs)
        static = statistics.median(pair[1] for pair in pairs)
        full = statistics.median(generate(scratch, "full") for _ in range(3))
        cold = generate(scratch, "full", UV_CACHE_DIR=str(scratch / "cache"))

        service = next(path for path in scratch.glob("*/my-service") if (path / ".venv").exists())
        in_hook = (
            "import sys, time; sys.path[0] = '.'; started = time.perf_counter();"
            "from pathlib import Path; from verify import engine; engine.run(Path.cwd(), ['static']);"
            "print(time.perf_counter() - started)"
        )
        runs = [
            subprocess.run([sys.executable, "-B", "-c", in_hook], cwd=service, capture_output=True, text=True)
            for _ in range(7)
        ]
        hook = statistics.median(float(run.stdout) for run in runs)
        (service / "uv.lock").unlink()
        lock_and_sync = seconds(
            BIN / "uv", "sync", "--quiet", cwd=service, UV_PROJECT_ENVIRONMENT=str(scratch / "fresh")
        )

    rows = [
        ("static verification, in the hook", hook, 0.6, "goal"),
        ("cookiecutter, hooks off", off, None, ""),
        ("cookiecutter, verification=static", static, 2 * off, "twice the time with hooks off"),
        ("uv lock + sync alone", lock_and_sync, None, ""),
        ("full generation, warm", full, 6.0, "goal"),
        ("full generation, cold package cache", cold, 12.0, "goal"),
    ]
    for what, took, limit, meaning in rows:
        verdict = "" if limit is None else f"{'met ' if took < limit else 'MISSED'}  < {limit:.2f} s ({meaning})"
        print(f"{what:38} {took:6.2f} s  {verdict}")
    return int(any(limit is not None and took >= limit for _, took, limit, _ in rows))


if __name__ == "__main__":
    sys.exit(main())
