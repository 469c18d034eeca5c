"""For a terminal: what was found, grouped by threat, and a last line that counts the checks."""

from collections.abc import Iterator, Sequence

from ..engine import STATUSES, THREATS, Report, Result

COLOURS = {"red": 31, "green": 32, "yellow": 33, "bold": 1, "dim": 2}


def write(reports: Sequence[Report], *, colour: bool) -> str:
    def paint(text: str, name: str) -> str:
        return f"\033[{COLOURS[name]}m{text}\033[0m" if colour else text

    def result_lines(result: Result) -> Iterator[str]:
        id = result.check.id
        for finding in result.findings:
            yield f"  {paint(f'{finding.path}:{finding.line}', 'bold')}  {paint(id, 'red')}  {finding.message}"
            first, *rest = finding.fix.splitlines() or [""]
            yield f"      fix: {first}"
            yield from (f"           {line}" for line in rest)
        for finding, reason in result.accepted:
            yield paint(f"  {finding.path}:{finding.line}  {id}  accepted: {reason}", "dim")
        if result.status in ("crashed", "not run"):
            yield paint(f"  {id}  {result.status}: {result.reason}", "yellow")

    def report_lines(report: Report) -> Iterator[str]:
        yield paint(str(report.root), "bold")
        for threat, name in THREATS.items():
            results = [result for result in report.results if result.check.threat == threat]
            passed = sum(result.status == "passed" for result in results)
            good = passed == len(results)
            yield f"{paint(threat, 'green' if good else 'red')} {name}: {passed} of {len(results)} passed"
            for result in results:
                yield from result_lines(result)
        if report.problems:
            yield paint("could not be judged", "yellow")
            for problem in report.problems:
                yield f"  {problem.path}:{problem.line}  {problem.message}"

    lines = [line for report in reports for line in [*report_lines(report), ""]]
    if len(reports) > 1:
        lines += _fleet(reports)
    counts = ", ".join(f"{sum(report.count(status) for report in reports)} {status}" for status in STATUSES)
    lines.append(f"{sum(len(report.results) for report in reports)} checks: {counts}")
    return "\n".join(lines) + "\n"


def _fleet(reports: Sequence[Report]) -> Iterator[str]:
    """One row a service, one column a threat: findings, `?` where something could not be checked, `·` clean."""
    width = max(len(report.root.name) for report in reports)
    yield f"{'':{width}}  " + "  ".join(f"{threat:>3}" for threat in THREATS)
    for report in reports:
        cells = [cell(report, threat) for threat in THREATS]
        yield f"{report.root.name:{width}}  " + "  ".join(f"{each:>3}" for each in cells)
    yield ""


def cell(report: Report, threat: str, stage: str | None = None) -> str:
    """How one threat fares: number of findings, `?` not checked, `·` clean, `` nothing was asked."""
    results = [each for each in report.results if each.check.threat == threat and stage in (None, each.check.stage)]
    if found := sum(len(result.findings) for result in results):
        return str(found)
    if any(result.status in ("crashed", "not run") for result in results):
        return "?"
    return "·" if results else ""
