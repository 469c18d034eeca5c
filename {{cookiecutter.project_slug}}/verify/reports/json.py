"""For programs that want everything: one object a root."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ..engine import STATUSES, Report


def write(reports: Sequence[Report], *, colour: bool) -> str:
    return json.dumps([_report(report) for report in reports], indent=2, ensure_ascii=False) + "\n"


def _report(report: Report) -> dict[str, Any]:
    return {
        "root": str(report.root),
        "exit_code": report.exit_code,
        "counts": {status: report.count(status) for status in STATUSES},
        "problems": [asdict(problem) for problem in report.problems],
        "not_run": report.not_run,
        "results": [
            {
                "id": result.check.id,
                "threat": result.check.threat,
                "stage": result.check.stage,
                "title": result.check.title,
                "status": result.status,
                "reason": result.reason,
                "findings": [asdict(finding) for finding in result.findings],
                "accepted": [asdict(finding) | {"reason": reason} for finding, reason in result.accepted],
            }
            for result in report.results
        ],
    }
