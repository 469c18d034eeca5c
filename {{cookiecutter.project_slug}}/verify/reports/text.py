"""For a terminal: what was found, grouped by threat, and a last line that counts the checks."""

from collections.abc import Callable, Iterator, Sequence

from ..engine import STATUSES, THREATS, Report, Result

COLOURS = {"bad": 31, "good": 32, "unsure": 33, "bold": 1, "dim": 2}
Paint = Callable[[str, str], str]


def write(reports: Sequence[Report], *, colour: bool) -> str:
    def paint(text: str, name: str) -> str:
        return f"\033[{COLOURS[name]}m{text}\033[0m" if colour else text

    lines = [line for report in reports for line in [*_report(report, paint), ""]]
    if len(reports) > 1:
        lines += [*_fleet(reports, paint), ""]
    counts = ", ".join(f"{sum(report.count(status) for report in reports)} {status}" for status in STATUSES)
    lines.append(f"{sum(len(report.results) for report in reports)} checks: {counts}")
    return "\n".join(lines) + "\n"


def _report(report: Report, paint: Paint) -> Iterator[str]:
    yield paint(str(report.root), "bold")
    for threat, name in THREATS.items():
        results = [result for result in report.results if result.check.threat == threat]
        passed = sum(result.status == "passed" for result in results)
        yield f"{paint(threat, cell(report, threat)[1])} {name}: {passed} of {len(results)} passed"
        for result in results:
            yield from _result(result, paint)
    for reason, ids in report.not_run.items():
        yield f"{paint('not run', 'unsure')}: {reason}"
        yield f"  {' '.join(ids)}"
    if report.problems:
        yield paint("could not be judged", "unsure")
    for problem in report.problems:
        yield f"  {problem.path}:{problem.line}  {problem.message}"


def _result(result: Result, paint: Paint) -> Iterator[str]:
    id = result.check.id
    for finding in result.findings:
        yield f"  {paint(f'{finding.path}:{finding.line}', 'bold')}  {paint(id, 'bad')}  {finding.message}"
        yield "      fix: " + "\n           ".join(finding.fix.splitlines())
    for finding, reason in result.accepted:
        yield paint(f"  {finding.path}:{finding.line}  {id}  accepted: {reason}", "dim")
    if result.status == "crashed":
        yield paint(f"  {id}  crashed: {result.reason}", "unsure")


def _fleet(reports: Sequence[Report], paint: Paint) -> Iterator[str]:
    """One row a service, one column a threat."""
    width = max(len(report.root.name) for report in reports)
    yield f"{'':{width}}" + "".join(f"{threat:>5}" for threat in THREATS)
    for report in reports:
        cells = [paint(f"{shown:>5}", kind) for shown, kind in (cell(report, threat) for threat in THREATS)]
        yield f"{report.root.name:{width}}{''.join(cells)}"


def cell(report: Report, threat: str, stage: str | None = None) -> tuple[str, str]:
    """How one threat fares, and the colour of it: number of findings, `?` not checked, `·` clean, `` nothing asked."""
    results = [each for each in report.results if each.check.threat == threat and stage in (None, each.check.stage)]
    if found := sum(len(result.findings) for result in results):
        return str(found), "bad"
    if any(result.unsure for result in results):
        return "?", "unsure"
    return ("·", "good") if results else ("", "dim")
