"""Our router answers as Werkzeug's does."""

import pytest
from werkzeug.routing import Map, RequestRedirect, Rule

from verify.notions.urls import Router, parse

MAPS = [
    ["/a", "/<x>", "/<int:x>", "/<path:x>"],
    ["/<path:x>", "/<x>", "/<uuid:x>", "/<any(about, terms):x>"],
    ["/<any(about, terms):x>", "/<x>", "/<float:x>"],
    ["/<x>-<y>", "/<x>", "/v<int:x>", "/<x>.json"],
    ["/<string(length=2):x>", "/<string(minlength=3):x>", "/<int(signed=True):x>"],
    ["/a/<x>", "/<x>/b", "/<int:x>/b", "/<path:x>/b", "/<path:x>/<int:y>"],
    ["/a/", "/<x>/", "/<x>", "/b"],
]


@pytest.mark.parametrize("rules", MAPS)
def test_every_sample_reaches_the_rule_that_werkzeug_finds(rules: list[str]) -> None:
    theirs = Map([Rule(rule, endpoint=rule, methods=["GET"]) for rule in rules]).bind("localhost")
    ours: Router[str] = Router()
    for rule in rules:
        ours.add(parse(rule), frozenset({"GET"}), rule)
    for url in {url for rule in rules for url in parse(rule).urls}:
        try:
            want = theirs.match(url)[0]
        except RequestRedirect:
            want = theirs.match(f"{url}/")[0]
        assert ours.answer(url, "GET") == want, url


def test_each_builtin_converter_has_samples() -> None:
    for kind in ("string", "int", "float", "uuid", "path", "any(a, b)", "string(length=5)", "int(signed=True)"):
        assert parse(f"/<{kind}:x>").urls
