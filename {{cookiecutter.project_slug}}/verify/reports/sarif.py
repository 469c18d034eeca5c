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
        _notification(f"{result.check.id} {result.status}: {result.reason}", result.check.id)
        for result in report.results
        if result.status in ("crashed", "not run")
    ]
    notes += [_notification(p.message) | {"locations": [_location(p.path, p.line)]} for p in report.problems]
    return {
        "tool": {"driver": {"name": "verify", "rules": [_rule(result) for result in report.results]}},
        "originalUriBaseIds": {"ROOT": {"uri": f"{report.root.as_uri()}/"}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not notes, "toolExecutionNotifications": notes}],
        "results": [entry for result in report.results for entry in _entries(result)],
    }


def _entries(result: Result) -> Iterator[dict[str, Any]]:
    for finding in result.findings:
        yield _entry(result, finding)
    for finding, reason in result.accepted:
        yield _entry(result, finding) | {"suppressions": [{"kind": "external", "justification": reason}]}


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


def _entry(result: Result, finding: Finding) -> dict[str, Any]:
    return {
        "ruleId": result.check.id,
        "level": "error",
        "message": {"text": f"{finding.message}\n\nFix: {finding.fix}"},
        "locations": [_location(finding.path, finding.line)],
    }


def _location(path: str, line: int) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(path, errors="surrogateescape"), "uriBaseId": "ROOT"},
            "region": {"startLine": max(line, 1)},
        }
    }


def _notification(text: str, id: str = "") -> dict[str, Any]:
    return {"level": "error", "message": {"text": text}} | ({"associatedRule": {"id": id}} if id else {})
