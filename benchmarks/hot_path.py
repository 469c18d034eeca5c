"""The whole default service beside bare Flask and beside the usual stack, on one Gunicorn: `make bench`.

    python benchmarks/hot_path.py [--rounds 9] [--seconds 2]

Every contestant serves the views of apps/views.py from one worker with four threads, kept on one core; wrk and Redis
have the other. Equal for all: the options in GUNICORN, Python, Flask and Gunicorn, and that standard output is a
file. Bare Flask is the same views without a session on Gunicorn's own worker; ours is the service as generated, with
its own gunicorn.conf.py and worker; the stock stack is installed in an environment of its own.

A round starts every contestant anew, as the same process is several percent faster or slower each time, and loads them
in turn, row by row; ratios are taken within a round, and their median counts. p99 is taken at an equal, moderate pace:
at saturation it would say the same as the throughput. Needs `wrk`, `redis-server`.
"""

import argparse
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parent.parent
APPS = REPOSITORY / "benchmarks" / "apps"
RESULTS = REPOSITORY / "benchmarks" / "results"
BIN = Path(sys.executable).parent
GUNICORN = ["--workers=1", "--threads=4", "--keep-alive=75", "--max-requests=0", "--http-parser=python"]
GUNICORN += ["--no-control-socket", f"--pythonpath={REPOSITORY}"]
STOCK = ["flask-session[redis]==0.8.0", "flask-talisman==1.1.0", "flask-wtf==1.3.0", "flask-limiter==4.1.1"]
STOCK += ["structlog==26.1.0", "prometheus-flask-exporter==0.23.2", "hiredis"]
BARE, OTHERS, COLOURS = "bare Flask", ("SQLite", "Redis", "stock stack"), ("#0b7285", "#66a80f", "#ced4da")
CONNECTIONS = 8
PACE = 20  # milliseconds: 400 requests a second, about a fifth of what bare Flask can do

# path, method, whether a cookie is sent; the goals, as parts of bare Flask's requests a second
ROWS = {
    "anonymous JSON": ("/json", "GET", False, (0.90, 0.90)),
    "HTML page, anonymous": ("/page", "GET", False, (0.92, 0.92)),
    "cookie sent, session untouched": ("/json", "GET", True, (0.88, 0.88)),
    "session read": ("/read", "GET", True, (0.70, 0.55)),
    "session written": ("/write", "POST", True, (0.55, 0.45)),
}


@dataclass
class Contestant:
    """One way to serve the views."""

    name: str
    app: str
    environment: Path  # the virtual environment
    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    port: int = 0
    headers: list[str] = field(default_factory=list)
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> float:
        """Start Gunicorn; return the seconds until the first answer."""
        self.port = free_port()
        command = [*pinned(0), self.environment / "bin" / "gunicorn", *GUNICORN, "--bind", f"127.0.0.1:{self.port}"]
        if Path("/dev/shm").is_dir():  # noqa: S108
            command += ["--worker-tmp-dir", "/dev/shm"]  # noqa: S108
        log = self.folder.parent / f"{self.name}.log"  # not in the service's folder, whose files it reads at start
        with log.open("wb") as out:
            started = time.perf_counter()
            self.process = subprocess.Popen(
                [*command, f"benchmarks.apps.{self.app}:app"],
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], **self.env},
                stdout=out,
                stderr=out,
            )
        while time.perf_counter() - started < 20:
            try:
                self.get("/json")
                return time.perf_counter() - started
            except OSError:
                time.sleep(0.002)
        sys.exit(f"{self.name} does not start:\n{log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(40)

    def get(self, path: str, **headers: str) -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        return urllib.request.urlopen(request, timeout=5)

    def visit(self) -> None:
        """Begin a session, as a browser would: keep what the requests with a cookie must send."""
        cookie = (self.get("/start").headers["Set-Cookie"] or "__Host-session=").split(";")[0]
        self.headers = [f"Cookie: {cookie}", f"Origin: http://127.0.0.1:{self.port}"]
        if self.app == "stock":
            self.headers.append("X-CSRFToken: " + json.load(self.get("/token", Cookie=cookie))["token"])

    def load(self, row: str, seconds: int, pace: int) -> dict[str, float]:
        """Load one row."""
        path, method, with_cookie, *_ = ROWS[row]
        command = [*pinned(1), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", APPS / "load.lua"]
        for header in self.headers if with_cookie else []:
            command += ["-H", header]
        env = {**os.environ, "METHOD": method, "PACE": str(pace)}
        before = self.cpu()
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{self.port}{path}"], env=env, capture_output=True, text=True, check=True
        )
        figures: dict[str, float] = json.loads(done.stdout[done.stdout.index("{") :])
        if figures["failed"] or not figures["requests"]:
            sys.exit(f"{self.name}, {row}: {figures}\n{self.get(path, **self.sent())}")
        requests = figures["requests"]
        return figures | {"rate": requests / figures["seconds"], "cpu": (self.cpu() - before) / requests * 1e6}

    def sent(self) -> dict[str, str]:
        return dict(header.split(": ", 1) for header in self.headers)

    def worker(self) -> Path:
        (pid,) = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return Path("/proc") / pid

    def cpu(self) -> float:
        """Return the seconds that the worker has computed so far."""
        ticks = (self.worker() / "stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> dict[str, float]:
        """Return the megabytes of the worker: resident, and with shared pages split among those who share them."""
        lines = (line.split() for line in (self.worker() / "smaps_rollup").read_text().splitlines()[1:])
        sizes = {line[0]: int(line[1]) / 1024 for line in lines}
        return {"rss": sizes["Rss:"], "pss": sizes["Pss:"]}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def pinned(core: int) -> list[str | Path]:
    return ["taskset", "-c", str(core)] if len(os.sched_getaffinity(0)) > 1 else []


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Run a Redis of our own; yield its address."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    with (folder / "redis.log").open("wb") as out:
        server = subprocess.Popen([*pinned(1), "redis-server", *options], stdout=out)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.01)
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def generated(scratch: Path) -> Path:
    """Generate the default service and install what it runs on."""
    call(BIN / "cookiecutter", "--no-input", "--accept-hooks", "no", "-o", scratch, REPOSITORY)
    call(BIN / "uv", "sync", "--quiet", "--no-dev", cwd=scratch / "my-service")
    return scratch / "my-service"


def contestants(scratch: Path, redis_url: str) -> list[Contestant]:
    """Generate the service, install it and the stock stack, and say how each is run."""
    service, stock = generated(scratch), scratch / "stock"
    call(BIN / "uv", "venv", "--quiet", "--python", service / ".venv/bin/python", stock)
    same = [f"{name}=={version(name)}" for name in ("flask", "gunicorn")]
    call(BIN / "uv", "pip", "install", "--quiet", "--python", stock / "bin/python", *STOCK, *same)
    key = {"SECRET_KEY": secrets.token_hex(32), "RATE_LIMIT": "1000000", "SERVICE": "my_service"}
    (scratch / "bare").mkdir()
    return [
        Contestant(BARE, "bare", service / ".venv", scratch / "bare"),
        Contestant("SQLite", "ours", service / ".venv", service, key),
        Contestant("Redis", "ours", service / ".venv", service, {**key, "SESSION_URL": f"{redis_url}/0"}),
        Contestant("stock stack", "stock", stock, stock, {"SESSION_URL": f"{redis_url}/1"}),
    ]


def call(*command: str | Path, cwd: Path = REPOSITORY) -> None:
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")


def measure(field_of: list[Contestant], rounds: int, seconds: int) -> dict[str, Any]:
    """Return the samples: `rows[row][contestant][figure]` and the others, one list entry a round."""
    rows: dict[str, Any] = {row: {one.name: {"rate": [], "cpu": [], "p99": []} for one in field_of} for row in ROWS}
    starts: dict[str, Any] = {one.name: {"start": []} for one in field_of}
    memory: dict[str, Any] = {one.name: {"rss": [], "pss": []} for one in field_of}
    for turn in range(rounds):
        order = field_of[turn % 4 :] + field_of[: turn % 4]  # another one is first in every round
        with ExitStack() as running:
            for one in order:
                starts[one.name]["start"].append(one.start())
                running.callback(one.stop)
                one.visit()
            for row, figures in rows.items():
                for one in order:
                    full, paced = one.load(row, seconds, 0), one.load(row, seconds, PACE)
                    for figure, value in (("rate", full["rate"]), ("cpu", full["cpu"]), ("p99", paced["p99"])):
                        figures[one.name][figure].append(value)
            for one in order:
                for figure, value in one.memory().items():
                    memory[one.name][figure].append(value)
    return {"rows": rows, "start": starts, "memory": memory}


def report(measured: dict[str, Any]) -> tuple[list[str], int]:
    """Return the table, and how many goals are missed."""
    lines, missed = ["| | bare Flask | SQLite | Redis | stock stack |", "|---|---|---|---|---|"], 0

    def add(what: str, bare: str, cells: list[str], values: list[float], goals: tuple[float, ...]) -> None:
        nonlocal missed
        for i, goal in enumerate(goals):
            sign, met = ("≥", values[i] >= goal) if goal < 1 else ("≤", values[i] <= goal)
            missed += not met
            cells[i] = f"**{cells[i]}** ({sign} {goal:g})" if met else f"{cells[i]} ({sign} {goal:g}: missed)"
        lines.append(f"| {' | '.join([what, bare, *cells])} |")

    def compare(what: str, samples: Any, figure: str, unit: str, goals: tuple[float, ...]) -> None:
        values = [round(ratio(samples, figure, name), 2) for name in OTHERS]
        bare = unit.format(statistics.median(samples[BARE][figure]))
        add(what, bare, [f"{value:.2f}" for value in values], values, goals)

    for row, (*_, goals) in ROWS.items():
        compare(row, measured["rows"][row], "rate", "{:.0f}/s", goals)
    for row in ROWS:
        compare(f"p99, {row}", measured["rows"][row], "p99", "{:.1f} ms", (1.3, 1.5))
    resident = {name: statistics.median(figures["rss"]) for name, figures in measured["memory"].items()}
    more = [resident[name] - resident[BARE] for name in OTHERS]
    add("memory of a worker", f"{resident[BARE]:.0f} MB", [f"{m:+.1f} MB" for m in more], more, (8, 12))
    compare("start to first answer", measured["start"], "start", "{:.2f} s", (1.5, 1.5))
    for row in ROWS:
        compare(f"CPU time, {row}", measured["rows"][row], "cpu", "{:.0f} µs", ())
    return lines, missed


def ratio(samples: dict[str, Any], figure: str, name: str) -> float:
    """Return the median of the rounds' ratios to bare Flask."""
    pairs = zip(samples[name][figure], samples[BARE][figure], strict=True)
    return float(statistics.median(one / bare for one, bare in pairs))


def plot(measured: dict[str, Any]) -> str:
    """Draw the requests a second as bars, with the goals as lines across them."""
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 424" font-family="sans-serif" font-size="13">',
        '<rect width="720" height="424" fill="#fff"/>',
        '<text x="16" y="26" font-size="16">Requests a second, bare Flask on the same Gunicorn = 1</text>',
    ]
    for i, (name, colour) in enumerate(zip(OTHERS, COLOURS, strict=True)):
        parts.append(f'<rect x="{240 + 140 * i}" y="40" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{258 + 140 * i}" y="51">{name}</text>')
    for i, (row, (*_, goals)) in enumerate(ROWS.items()):
        top = 68 + 70 * i
        parts.append(f'<text x="228" y="{top + 32}" text-anchor="end">{row}</text>')
        for j, (name, colour) in enumerate(zip(OTHERS, COLOURS, strict=True)):
            value = ratio(measured["rows"][row], "rate", name)
            y, width = top + 18 * j, 400 * value
            parts.append(f'<rect x="240" y="{y}" width="{width:.0f}" height="15" fill="{colour}"/>')
            parts.append(f'<text x="{246 + width:.0f}" y="{y + 12}">{value:.2f}</text>')
            if j < len(goals):
                x = 240 + 400 * goals[j]
                parts.append(f'<path d="M{x:.0f} {y - 1}v17" stroke="#000" stroke-width="2"/>')
    parts.append('<path d="M640 60v344" stroke="#999" stroke-dasharray="4 4"/>')
    parts.append('<text x="640" y="418" text-anchor="middle">bare Flask</text></svg>')
    return "\n".join(parts) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=2, help="of one load")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, redis(Path(folder)) as url:
        measured = measure(contestants(Path(folder), url), arguments.rounds, arguments.seconds)
    lines, missed = report(measured)
    print("\n".join(lines))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "hot_path.json").write_text(json.dumps(measured, indent=1) + "\n")
    (RESULTS / "hot_path.md").write_text(
        "\n".join(["# Hot path", "", *(__doc__ or "").splitlines()[4:], "", *lines]) + "\n"
    )
    (RESULTS / "hot_path.svg").write_text(plot(measured))
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
