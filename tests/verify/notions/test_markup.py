import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.notions.html import Page
from verify.project import Project


def place(html, json=False):
    page = Page()
    page.feed(html)
    judged = page.judge(json)
    return judged and (judged[0], judged[2])


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>", None),
        ("a < b ", None),
        ("<p title='", None),
        ('<p title="', None),
        ("<p title=", ("unquoted", "the unquoted attribute title=")),
        ("<p title= ", ("unquoted", "the unquoted attribute title=")),
        ("<p id=a-", ("unquoted", "the unquoted attribute id=")),
        ("<p ", ("unquoted", "among the attributes of a tag")),
        ("<p title='a' ", ("unquoted", "among the attributes of a tag")),
        ('<a href="', ("url", "the URL of <a href>")),
        ("<A\n HREF = '", ("url", "the URL of <a href>")),
        ('<a href="/x/', None),
        ('<img src="', None),
        ('<script src="', ("url", "the URL of <script src>")),
        ("<a onclick=\"f('", ("script", "the attribute onclick")),
        ('<p style="', ("script", "the attribute style")),
        ("<style>p { color: ", ("script", "a <style> element")),
        ("<script>let a = ", ("script", "a <script>")),
        ("<script>let a = `", ("script", "a ` string of a script")),
        ("<script>let a = 'x'; // it's\nlet b = ", ("script", "a <script>")),
        ('<script type="application/json">', None),
        ('<script type="module">', ("script", "a <script>")),
        ("<script>let a = '</p>'</script><p>", None),
        ("<!-- <a href=", None),
        ("<!-- it's --><a href=", ("unquoted", "the unquoted attribute href=")),
        ("<title>", None),
        ("<textarea><a href=", None),
        ("<p>a</p><br/><b>", None),
    ],
)
def test_where_a_value_lands(html, expected):
    assert place(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<script>let a = ", None),
        ("<script>let a = '", None),
        ("<script>let a = `", "script"),
        ('<script>let a = "', "script"),
        ("<p data-a='", None),
        ('<p data-a="', "json"),
        ("<p onclick='f(", None),
        ('<p onclick="f(', "json"),
        ("<p data-a=", "unquoted"),
    ],
)
def test_where_json_is_at_home(html, expected):
    found = place(html, json=True)
    assert (found and found[0]) == expected


@given(st.text(alphabet="<>/='\"`! -\\\nabscripttyle", max_size=120))
def test_any_html_leaves_the_page_somewhere(html):
    page = Page()
    page.feed(html)
    page.judge()
    page.slot()
    page.feed(html)


def flaws(project, **templates):
    files = {f"acme/templates/{name.replace('_', '.')}": text for name, text in templates.items()}
    return [(flaw.harm, flaw.path.rpartition("/")[2], flaw.line) for flaw in Project(project(files)).markup.flaws]


def test_a_template_that_nobody_renders_is_read_all_the_same(project):
    assert flaws(project, a_html="<p>\n{{ request.args.q|safe }}") == [("raw", "a.html", 2)]


def test_templates_that_include_or_extend_each_other_forever_end(project):
    assert flaws(project, a_html="{% include 'b.html' %}", b_html="{% include 'a.html' %}") == []
    assert flaws(project, a_html="{% extends 'b.html' %}", b_html="{% extends 'a.html' %}") == []
    assert flaws(project, a_html="{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m(request.args.q) }}") == []


def test_a_value_in_the_block_of_a_child_is_in_the_place_that_the_parent_gives_it(project):
    base = "<script>\n{% block js %}{% endblock %}\n</script>"
    child = "{% extends 'base.html' %}\n{% block js %}let a = '{{ request.args.q }}'{% endblock %}"
    assert flaws(project, base_html=base, child_html=child) == [("script", "child.html", 2)]


def test_each_branch_begins_where_the_condition_stands(project):
    text = "<a {% if x %}title='{% else %}title={% endif %}{{ request.args.q }}'>"
    assert flaws(project, a_html=text) == []  # after a condition the first branch counts
    text = "<a{% if x %} title={{ request.args.q }}{% else %} title='{{ request.args.q }}'{% endif %}>"
    assert flaws(project, a_html=text) == [("unquoted", "a.html", 1)]
