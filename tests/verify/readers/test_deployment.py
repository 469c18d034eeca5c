"""Readers of deployment files never raise, whatever the file is."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.readers import docker, env, ignore, ini, shell, yamls
from verify.readers.shell import Text

PIECES = st.sampled_from(
    ["FROM a AS b\n", "ENV ", "CMD ", "[", "]", '"', "'", "\\", "\n", "=", "${A:-", "}", "$(", ")", "if ", "fi",
     "case x in", ";;", "&&", "||", "exec ", "- ", "a: ", "&a ", "*a", "<<: ", "{{", "|", ">", "#", "é", "\t",
     "[Service]\n", "A=b ", "ARG ", "COPY --from=b ", "WORKDIR ",
     "!x ", "<<EOF\n", "<", "$1", '"$@"', "!", "/", "**"]
)  # fmt: skip
ANYTHING = st.one_of(st.text(), st.lists(PIECES).map("".join), st.binary().map(lambda raw: raw.decode("latin-1")))


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_no_text_makes_a_reader_raise(text: str) -> None:
    docker.stages("Dockerfile", text)
    env.variables(".env", text)
    ignore.verdict("a/b.env", text)
    ignore.verdict("a/b.env", text, anchored=True)
    list(ini.entries("a.service", text))
    list(shell.run(Text(text, "a.sh", 1), {}, [Text("x", "a", 1)]))
    shell.words(Text(text, "a.sh", 1))
    yamls.read("a.yaml", text)


def test_yaml_that_unfolds_without_end_is_a_problem() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    documents, problem = yamls.read("compose.yaml", bomb)
    assert documents == [] and problem is not None and "unfolds" in problem.message


@pytest.mark.parametrize(
    ("text", "line"), [("a: [1\nb: 2\n", 2), ("&a [*a]\n", 1), ("[" * 5000, 1), ("x" * 300_000, 1), ("a\0b", 1)]
)
def test_yaml_that_cannot_be_judged_is_a_problem_with_a_line(text: str, line: int) -> None:
    documents, problem = yamls.read("a.yaml", text)
    assert documents == [] and problem is not None and problem.line >= line


def test_yaml_knows_the_lines_of_keys_and_values_and_merges() -> None:
    (tree,), problem = yamls.read("a.yaml", "base: &b\n  x: 1\n  y: 2\nmore:\n  <<: *b\n  y: on\n")
    more: Any = yamls.get(tree, "more")
    assert problem is None and more == {"x": "1", "y": "on"}
    assert (more["x"].line, more["y"].line) == (2, 6)


@pytest.mark.parametrize(
    ("script", "args", "commands"),
    [
        ("A=1\nrun $A ${B:-two} '${A}' \"$A\"\n", [], ["run 1 two ${A} 1"]),
        ("a && b || c; d | e & f", [], ["a", "b", "c", "d", "e", "f"]),
        ('[ "$1" = web ] && a\n[ "$1" != web ] && b\nc', ["web"], ["a", "c"]),
        ("if [ -n \"$X\" ]; then\n a\nelif test -z ''; then\n b\nelse\n c\nfi", [], ["b"]),
        (": ${A:=1} ${B=2}\nrun $A $B ${C:-3} $C", [], [": 1 2", "run 1 2 3 $C"]),
        ("A=0\n[ $A = 1 ] && : ${B:=1}\nif [ $A = 1 ]; then : ${B:=1}; fi\nrun $A$B", [], ["run 0$B"]),
        ("if unknown; then a; else b; fi", [], ["unknown", "a", "b"]),
        ('case "$1" in\n x|y) a ;;\n *) b ;;\nesac', ["y"], ["a"]),
        ('case "$1" in\n x|y) a ;;\n *) b ;;\nesac', [], ["b"]),
        ('exec "$@"\nnever', ["a", "b c"], ["exec a b c"]),
        ("a \\\n  b # c\n# d\n", [], ["a b"]),
        ("a > /dev/null 2>&1\nb", [], ["a > /dev/null", "b"]),
    ],
)
def test_a_script_runs(script: str, args: list[str], commands: list[str]) -> None:
    found = shell.run(Text(script, "a.sh", 1), {}, [Text(arg, "Dockerfile", 1) for arg in args])
    assert [" ".join(argv) for argv in found] == commands


def test_words_keep_their_line_and_their_file() -> None:
    (argv,) = shell.run(Text('\nexec tini \\\n  "$@"', "a.sh", 1), {}, [Text("flask", "Dockerfile", 9)])
    assert [(word.path, word.line) for word in argv] == [("a.sh", 2), ("a.sh", 2), ("Dockerfile", 9)]


def test_stages_inherit_and_arguments_are_filled_in() -> None:
    text = """ARG BASE=python:3
FROM ${BASE} AS one
ENV A=1 \\
    # why
    B="two words"
ENTRYPOINT ["run"]
CMD ["one"]
FROM one
ARG V=3
ENV C=$V-$A D old style
ENTRYPOINT go on
"""
    one, two = docker.stages("Dockerfile", text)
    assert (one.name, one.base, one.cmd) == ("one", "python:3", ("one",))
    assert two.env["A"] == "1" and (two.env["B"], two.env["B"].line) == ("two words", 5)
    assert two.env["C"] == "3-1" and two.entrypoint == ("/bin/sh", "-c", "go on") and two.cmd == ()


def test_a_stage_has_what_it_copies_and_what_it_takes_from_another() -> None:
    text = """FROM x AS made
WORKDIR /app
COPY --exclude=*.md . .
COPY wheels/ /wheels/
FROM x
COPY --chown=app ["one.txt", "two words.txt", "/srv/"]
COPY --from=made /app /app
COPY --from=made /app/dist /dist
"""
    one, two = docker.stages("Dockerfile", text)
    assert [(copy.source, copy.target) for copy in one.copies] == [(".", "/app/."), ("wheels/", "/wheels/")]
    assert [(copy.source, copy.source.line, copy.target, copy.without) for copy in two.copies] == [
        ("one.txt", 6, "/srv/", ""), ("two words.txt", 6, "/srv/", ""), (".", 7, "/app", "*.md"),
    ]  # fmt: skip


def test_arguments_are_known_where_they_are_declared() -> None:
    text = """ARG V=1
FROM x AS one
ENV A=$V
ARG V
ENV B=$V
FROM x
ENV C=${V:-none}
"""
    one, two = docker.stages("Dockerfile", text, {"V": Text("2", "compose.yaml", 7)})
    assert (one.env["A"], one.env["B"], one.env["B"].path, two.env["C"]) == ("$V", "2", "compose.yaml", "none")


@pytest.mark.parametrize(
    ("path", "patterns", "by_git", "by_docker"),
    [
        ("a/.env", ".env", True, False),
        ("a/.env", "**/.env", True, True),
        ("a/.env", "/.env", False, False),
        ("a/b/c.env", "a/*.env", False, False),
        ("a/c.env", "a/*.env", True, True),
        ("a/c.env", "a/", True, True),
        ("a/c.env", "*\n!a", False, False),
        ("a/c.env", "# *\n\n/\n.", False, False),
    ],
)
def test_patterns_of_what_is_left_out(path: str, patterns: str, by_git: bool, by_docker: bool) -> None:
    assert ignore.verdict(path, patterns) is by_git
    assert ignore.verdict(path, patterns, anchored=True) is by_docker


def test_units_keep_repeated_keys_and_continuation_lines() -> None:
    text = "[Service]\nEnvironment=A=1\nEnvironment=B=2\n# x\nExecStart=a \\\n  b\n"
    assert [(e.section, e.key, e.value.line) for e in ini.entries("a", text)] == [
        ("Service", "Environment", 2), ("Service", "Environment", 3), ("Service", "ExecStart", 5),
    ]  # fmt: skip


def test_environment_files() -> None:
    found = env.variables(".env", "# A=0\nexport A=1 # one\nB='x # y'\nC=\"q\"\nbroken\nA=2\n")
    assert found == {"A": "2", "B": "x # y", "C": "q"} and found["A"].line == 6
