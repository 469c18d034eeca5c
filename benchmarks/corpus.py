"""The verifier beside bandit and ruff on a folder of labelled pairs, all by the folder's own scorer: `make corpus`.

`corpus.py FOLDER` prints a table and keeps it in results/corpus.md; FOLDER has a score.py that takes
`--cmd 'command {dir}'`, reads SARIF, and prints recall, false positive rate and pairs judged right for each threat.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

TEMPLATE = Path(__file__).parent.parent / "{{cookiecutter.project_slug}}"
RESULTS = Path(__file__).parent / "results" / "corpus.md"
BIN = Path(sys.executable).parent
TOOLS: dict[str, list[str | Path]] = {
    "bandit": [
        BIN / "uv",
        "tool",
        "run",
        "--quiet",
        "--from",
        "bandit[sarif]==1.9.4",
        "bandit",
        "-q",
        "-r",
        "-f",
        "sarif",
    ],
    "ruff S": [BIN / "ruff", "check", "--isolated", "--no-cache", "--select", "S", "--output-format", "sarif"],
}
# Their rules are numbered alike (B201, S201) and speak of other things too: which threat each means, generously.
THREATS = {
    "104": "T1", "201": "T2", "102": "T2", "307": "T2", "105": "T3", "106": "T3", "107": "T3", "301": "T3",
    "303": "T3", "311": "T3", "324": "T3", "403": "T3", "701": "T4", "703": "T4", "704": "T4", "308": "T4",
}  # fmt: skip
OURS = {"verify, static": ["--stage", "static"], "verify, static + runtime": []}
ROW = re.compile(r"(T[1-6]|all) " + r"\s+([\d.]+)%\s+(\d+/\d+)" * 3)


def translated(tool: str, root: str) -> str:
    """What another tool says of `root`, as SARIF whose results name the threat; what means none is left out."""
    done = subprocess.run([*TOOLS[tool], root], capture_output=True, text=True)
    report = json.loads(done.stdout)
    for run in report["runs"]:
        run["results"] = [each for each in run.get("results", []) if each["ruleId"][1:] in THREATS]
        for each in run["results"]:
            each["properties"] = {"threat": THREATS[each["ruleId"][1:]]}
    return json.dumps(report)


def score(corpus: Path, command: list[str]) -> dict[str, list[str]]:
    """threat -> recall, FPR and pairs, as printed; what the scorer could not read is passed on."""
    quoted = " ".join(f'"{part}"' for part in [sys.executable, *command, "{dir}"])
    done = subprocess.run(
        [sys.executable, corpus / "score.py", "--cmd", quoted],
        env={**os.environ, "PYTHONPATH": str(TEMPLATE)},
        capture_output=True,
        text=True,
    )
    rows = {match[1]: [f"{match[i]} % ({match[i + 1]})" for i in (2, 4, 6)] for match in ROW.finditer(done.stdout)}
    if "all" not in rows or "UNREADABLE" in done.stdout:
        sys.exit(f"{' '.join(command)} could not be scored:\n{done.stdout}{done.stderr}")
    return rows


def main(arguments: list[str]) -> int:
    if arguments[0] == "--translate":
        print(translated(*arguments[1:]))
        return 0
    corpus = Path(arguments[0]).resolve()
    tools = {name: ["-m", "verify", "--format", "sarif", *stage] for name, stage in OURS.items()}
    tools |= {name: [__file__, "--translate", name] for name in TOOLS}
    lines = ["| | threat | recall | false positives | pair right |", "|---|---|---|---|---|"]
    print("\n".join(lines))
    for name, command in tools.items():
        for threat, cells in score(corpus, command).items():
            lines.append(f"| {name} | {threat} | {' | '.join(cells)} |")
            print(lines[-1], flush=True)
    head = "# Labelled pairs of small Flask projects: one fault and one look-alike each\n\n"
    head += "Recall: the fault is named within 3 lines. False positives: anything of that threat in the look-alike.\n"
    head += f"Pair right: both. Made by `benchmarks/{Path(__file__).name}`.\n\n"
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("which cases? for example: make corpus CORPUS=../corpus")
    sys.exit(main(sys.argv[1:]))
