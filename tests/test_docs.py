"""What can be made from the code is, and is as the code says."""

import importlib.util
import re
from urllib.parse import unquote

import pytest

from tests.conftest import REPOSITORY
from verify import engine

CHECKS = engine.all_checks()


def test_the_page_of_checks_and_the_table_of_threats_are_fresh() -> None:
    spec = importlib.util.spec_from_file_location("generate", REPOSITORY / "docs" / "generate.py")
    assert spec
    assert spec.loader
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    written = (REPOSITORY / "docs" / "checks.md").read_text(encoding="utf-8")
    assert written == generate.page(), "docs/checks.md is stale: run `make docs`"
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert readme == generate.readme(readme), "the README's table of threats is stale: run `make docs`"


@pytest.mark.parametrize("page", ["README.md", "docs/decisions.md", "docs/organisations.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(page: str) -> None:
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert ((REPOSITORY / page).parent / unquote(link)).exists(), link


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_explains_itself(check: engine.Check) -> None:
    assert re.fullmatch(r"[^\n]+\.\n\n(.*\n)*?Why: [^\n](.*\n)+?\nBad:\n    (.*\n)+?\nGood:\n    (.*\n?)+", check.doc)
    assert check.id[2] == check.threat[1], "the digit of the id is the threat"
    first, last = {"static": (1, 39), "runtime": (40, 69), "live": (70, 99)}[check.stage]
    assert first <= int(check.id[3:]) <= last
    assert check.run.__module__.rpartition(".")[2].startswith(check.id.lower()), "one file a check, named by its id"


def test_every_threat_has_a_check_in_every_stage() -> None:
    there = {(check.threat, check.stage) for check in CHECKS}
    assert {(threat, stage) for threat in engine.THREATS for stage in engine.STAGES} <= there
