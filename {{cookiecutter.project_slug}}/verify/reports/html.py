"""One page for people: no network, no script, fit for a content security policy that allows one style by its hash."""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from html import escape

from ..engine import STAGES, STATUSES, THREATS, Finding, Report, Result
from .text import cell

AROUND = 2  # lines of source shown before and after a finding
CELLS = {"good": ("✓", "clean"), "unsure": ("?", "could not be checked"), "dim": ("\N{EN DASH}", "not asked for")}
STYLE = """
:root { color-scheme: light dark; --line: light-dark(#d8dee4, #363b42); --soft: light-dark(#f6f8fa, #161b22);
  --text: light-dark(#1f2328, #e6edf3); --dim: light-dark(#59636e, #9198a1); --bad: light-dark(#b42318, #ff7b72);
  --good: light-dark(#1a7f37, #56d364); --unsure: light-dark(#8a5a00, #e3b341); --page: light-dark(#fff, #0d1117) }
body { margin: 0 auto; max-width: 64rem; padding: 2rem 1.5rem 4rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; margin: 0 } h1:not(:first-child) { margin-top: 4rem }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.25rem } h3 { margin: 0; font-size: 1rem }
.dim { color: var(--dim) } .bad { color: var(--bad) } .good { color: var(--good) } .unsure { color: var(--unsure) }
table { border-collapse: collapse; margin: 1.25rem 0; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .45rem .75rem; text-align: center }
th:first-child { text-align: left; font-weight: 600 } th .dim { font-weight: 400 }
thead th { color: var(--dim); font-weight: 500; overflow-wrap: normal }
td { font-weight: 700; font-variant-numeric: tabular-nums }
article { border: 1px solid var(--line); border-left: 4px solid var(--bad); border-radius: 6px; margin: 1rem 0;
  padding: .9rem 1.1rem }
article p { margin: .4rem 0 } code, pre { font: 13.5px/1.55 ui-monospace, monospace }
pre { background: var(--soft); border-radius: 6px; margin: .6rem 0; overflow-x: auto; padding: .6rem .8rem }
h3 code { font-weight: inherit } article > pre:last-child { white-space: pre-wrap }
mark { background: none; color: var(--bad); font-weight: 700 }
"""


def write(reports: Sequence[Report], *, colour: bool) -> str:
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    body = "\n".join([*(_fleet(reports) if len(reports) > 1 else ()), *(line for r in reports for line in _report(r))])
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>verify: {escape(", ".join(report.root.name for report in reports))}</title>
<style>{STYLE}</style>
</head>
<body>
{body}
</body>
</html>
"""


def _cell(report: Report, threat: str, stage: str | None = None) -> str:
    shown, kind = cell(report, threat, stage)
    sign, spoken = CELLS.get(kind, (shown, f"{shown} found"))
    return f'<td class="{kind}" title="{spoken}">{sign}</td>'


def _fleet(reports: Sequence[Report]) -> Iterator[str]:
    yield f"<h1>{len(reports)} services</h1>\n<table><thead><tr><th>service</th>"
    yield "".join(f'<th title="{escape(name)}">{threat}</th>' for threat, name in THREATS.items())
    yield "</tr></thead><tbody>"
    for report in reports:
        yield f"<tr><th>{escape(report.root.name)}</th>{''.join(_cell(report, threat) for threat in THREATS)}</tr>"
    yield "</tbody></table>"


def _report(report: Report) -> Iterator[str]:
    yield f'<h1>{escape(report.root.name)}</h1>\n<p class="dim">'
    counts = ", ".join(f"{report.count(status)} {status}" for status in STATUSES if report.count(status))
    yield f"{len(report.results)} checks: {counts}</p>\n<table><thead><tr><th>threat</th>"
    yield "".join(f"<th>{stage}</th>" for stage in STAGES) + "</tr></thead><tbody>"
    for threat, name in THREATS.items():
        cells = "".join(_cell(report, threat, stage) for stage in STAGES)
        yield f'<tr><th>{threat} <span class="dim">{escape(name)}</span></th>{cells}</tr>'
    yield "</tbody></table>"
    for threat, name in THREATS.items():
        results = [each for each in report.results if each.check.threat == threat]
        if shown := [line for result in results for line in _result(report, result)]:
            yield f"<h2>{threat} {escape(name)}</h2>"
            yield from shown
    if report.problems or report.not_run:
        yield '<h2 class="unsure">Could not be judged</h2>'
    for reason, ids in report.not_run.items():
        yield f'<p>{escape(reason)}</p><p class="dim">not run: {" ".join(ids)}</p>'
    for problem in report.problems:
        yield f"<p><code>{escape(problem.path)}:{problem.line}</code> {escape(problem.message)}</p>"


def _result(report: Report, result: Result) -> Iterator[str]:
    check = result.check
    for finding in result.findings:
        message = re.sub("`([^`]+)`", r"<code>\1</code>", escape(finding.message))
        yield f"<article><h3>{message}</h3>"
        yield f'<p class="dim">{check.id} · {escape(check.title)}</p><p><code>{escape(finding.path)}:{finding.line}'
        yield f"</code></p><pre>{_source(report, finding)}</pre>"
        yield f"<p>Fix</p><pre>{escape(finding.fix)}</pre></article>"
    for finding, reason in result.accepted:
        place = f"{escape(finding.path)}:{finding.line}"
        yield f'<p class="dim">{check.id} <code>{place}</code> accepted: {escape(reason)}</p>'
    if result.status == "crashed":
        yield f'<p class="unsure">{check.id} crashed: {escape(result.reason)}</p>'


def _source(report: Report, finding: Finding) -> str:
    lines = (report.project.text(finding.path) or "").splitlines()
    first = max(finding.line - 1 - AROUND, 0)
    shown = []
    for number, line in enumerate(lines[first : finding.line + AROUND], first + 1):
        text = f"{number:5}  {escape(line[:200])}"
        shown.append(f"<mark>{text}</mark>" if number == finding.line else text)
    return "\n".join(shown)
