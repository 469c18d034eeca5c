"""SARIF 2.1.0, for code-scanning pages: one run a root, paths relative to it."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from ..engine import Finding, Report, Result

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def write(reports: Sequence[Report], *, colour: bool) -> str:
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report) for report in reports]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _run(report: Report) -> dict[str, Any]:
    notes = [
        _error(f"{result.check.id} crashed: {result.reason}") | {"associatedRule": {"id": result.check.id}}
        for result in report.results
        if result.status == "crashed"
    ]
    notes += [_error(f"{reason}; not run: {', '.join(ids)}") for reason, ids in report.not_run.items()]
    notes += [_error(problem.message) | _location(problem.path, problem.line) for problem in report.problems]
    return {
        "tool": {"driver": {"name": "verify", "rules": [_rule(result) for result in report.results]}},
        "originalUriBaseIds": {"ROOT": {"uri": f"{report.root.as_uri()}/"}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not notes, "toolExecutionNotifications": notes}],
        "results": [entry for result in report.results for entry in _entries(result)],
    }


def _rule(result: Result) -> dict[str, Any]:
    check = result.check
    return {
        "id": check.id,
        "name": check.run.__name__,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.title},
        "help": {"text": check.doc},
        "defaultConfiguration": {"level": "error"},
        "properties": {"threat": check.threat, "stage": check.stage, "tags": ["security", check.threat]},
    }


def _entries(result: Result) -> Iterator[dict[str, Any]]:
    def entry(finding: Finding) -> dict[str, Any]:
        said = _error(f"{finding.message}\n\nFix: {finding.fix}")
        return {"ruleId": result.check.id} | said | _location(finding.path, finding.line)

    yield from map(entry, result.findings)
    for finding, reason in result.accepted:
        yield entry(finding) | {"suppressions": [{"kind": "external", "justification": reason}]}


def _error(text: str) -> dict[str, Any]:
    return {"level": "error", "message": {"text": text}}


def _location(path: str, line: int) -> dict[str, Any]:
    file = {"uri": quote(path, errors="surrogateescape"), "uriBaseId": "ROOT"}
    return {"locations": [{"physicalLocation": {"artifactLocation": file, "region": {"startLine": max(line, 1)}}}]}
