import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.project import Project
from verify.readers.python import Unreadable
from verify.readers.templates import Template, read, template_name

PIECES = st.sampled_from(
    [
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        " if ",
        " for ",
        " in ",
        "block",
        "macro",
        "x",
        "|",
        "(",
        ")",
        "\n",
        "<a href=",
        '"',
        "-",
        "~",
        "\0",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200))
def test_nothing_makes_the_reader_raise(source):
    assert isinstance(read("a.html", source, "a.html"), Template | Unreadable)


@pytest.mark.parametrize("source", ["{{ " + "(" * 5_000, "{{ " + "-" * 50_000 + "x }}", "{% if x %}" * 3_000])
def test_nesting_without_end_is_told_and_not_a_crash(source):
    assert isinstance(read("a.html", source, "a.html"), Unreadable)


def test_a_syntax_error_is_told_with_its_line():
    assert read("a.html", "<p>\n{% if %}", "a.html") == Unreadable(
        2, "does not parse as a Jinja template: Expected an expression, got 'end of statement block'"
    )


def test_a_syntax_error_is_a_problem_of_the_project(project):
    loaded = Project(project({"src/acme/templates/a.html": "ok", "src/acme/templates/b.html": "{% endif %}"}))
    assert list(loaded.markup.templates) == ["a.html"]
    assert [(problem.path, problem.line) for problem in loaded.problems] == [("src/acme/templates/b.html", 1)]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("src/acme/templates/a.html", "a.html"),
        ("src/acme/notes/templates/notes/index.html", "notes/index.html"),
        ("templates/mail/hello.txt", "mail/hello.txt"),
        ("src/acme/pages/card.j2", "src/acme/pages/card.j2"),
        ("src/acme/static/a.html", None),
        ("src/acme/templates/logo.png", None),
        ("README.md", None),
    ],
)
def test_a_template_is_known_by_the_name_that_the_loader_gives_it(path, name):
    assert template_name(path) == name


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("a.html", True),
        ("a.xhtml", True),
        ("a.svg", True),
        (None, True),
        ("a.txt", False),
        ("a.html.j2", False),
        ("A.HTML", False),
    ],
)
def test_flask_escapes_by_the_end_of_the_name(name, escaped):
    template = read("some/file", "{{ x }}", name)
    assert isinstance(template, Template)
    assert template.escaped is escaped


@pytest.mark.parametrize("tag", ["{% trans %}a{% endtrans %}", "{% do x %}", "{% for a in b %}{% break %}{% endfor %}"])
def test_the_extensions_that_come_with_jinja_are_known(tag):
    assert isinstance(read("a.html", tag, "a.html"), Template)
