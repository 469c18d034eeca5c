import pytest

from .templated import T4, marks, page

FAULTY_PAGES = {
    "block script": page(
        "{% extends 'base.html' %}{% block js %}var a = '{{ x }}';{% endblock %} {# SF409 #}",
        base__html="<script>{% block js %}{% endblock %}</script>",
    ),
    "onclick": page("<a onclick=\"f('{{ x }}')\">a</a> {# SF409 #}"),
    "style attr": page('<a style="color: {{ x }}">a</a> {# SF409 #}'),
    "style el": page("<style>p { color: {{ x }} }</style> {# SF409 #}"),
    "script dq": page('<script>var a = "{{ x }}";</script> {# SF409 #}'),
    "script code": page("<script>var a = {{ x }};</script> {# SF409 #}"),
    "script tojson tl": page("<script>var a = `${y} {{ x|tojson }}`;</script> {# SF409 #}"),
    "script tojson in dq": page('<script>var a = "{{ x|tojson }}";</script> {# SF409 #}'),
    "srcdoc": page('<iframe srcdoc="{{ x }}"></iframe> {# SF409 #}'),
    "onerror unq": page("<img src=a.png onerror='f(\"{{ x }}\")'> {# SF409 #}"),
    "css url": page("<div style='background: url({{ x }})'></div> {# SF409 #}"),
    "alpine": page("<div x-data=\"{ a: '{{ x }}' }\"></div> {# SF409 #}"),
}

FINE_PAGES = {
    "block script tojson": page(
        "{% extends 'base.html' %}{% block js %}var a = {{ x|tojson }};{% endblock %}",
        base__html="<script>{% block js %}{% endblock %}</script>",
    ),
    "style int": page('<a style="width: {{ x|int }}%">a</a>'),
    "script tojson": page("<script>var a = {{ x|tojson }};</script>"),
    "script json": page('<script type="application/json">{{ x|tojson }}</script>'),
    "script src": page("<script src=\"{{ url_for('static', filename='a.js') }}\"></script><p>{{ x }}</p>"),
    "script data attr": page("<script src='/a.js' data-x=\"{{ x }}\"></script>"),
    "script nonce": page("""\
<script nonce="{{ csp_nonce() }}">let a = 1 // it's
</script><p>{{ x }}</p>"""),
    "comment": page("<!-- <a href={{ x }}> --><p>{{ x }}</p>"),
    "placeholder": page('<input name="a" value="{{ x }}" data-u=\'{{ x }}\' placeholder="{{ x }}">'),
    "lt": page("<p>1 < 2 {{ x }} a<b></p>"),
    "meta": page('<meta name="d" content="{{ x }}"><p title=\'{{ x }}\'>'),
    "json script attr order": page(
        '<script id="d" type="application/json">{{ x|tojson }}</script><script>var t = \'it\';</script><p>{{ x }}</p>'
    ),
    "tojson sq data": page("<div data-x='{{ {\"a\": x}|tojson }}'></div>"),
}


@pytest.mark.parametrize("files", FAULTY_PAGES.values(), ids=FAULTY_PAGES.keys())
def test_the_fault_is_named_at_its_line(project, found, files):
    expected = marks(files)
    assert expected
    assert found(project(files), *T4) == expected


@pytest.mark.parametrize("files", FINE_PAGES.values(), ids=FINE_PAGES.keys())
def test_what_only_looks_like_it_is_fine(project, found, files):
    assert found(project(files), *T4) == []
