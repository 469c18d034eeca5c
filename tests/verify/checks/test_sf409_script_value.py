from .templated import page, proves, views

FAULTY_PAGES = {
    "backslashes doubled last": page(
        "<script>a(`{{ x|replace('`', '\\\\`')|replace('${', '')|replace('\\\\', '\\\\\\\\') }}`)</script> {# SF409 #}"
    ),
    "a part of the path": views(
        """\
class Page(views.MethodView):
    def get(self, **_):
        self.given = request.view_args
        return render_template('a.html', number=self.given['number'], word=self.given['word'])
bp.add_url_rule('/<int:number>/<word>', view_func=Page.as_view('page'))
""",
        {"a.html": "<script>let n = {{ number }};</script>\n<script>let w = {{ word }};</script> {# SF409 #}"},
    ),
    "a context from a helper": views(
        """\
def paging():
    context = {"size": 10}
    context["first"] = request.args.get("first", "0")
    return context
@bp.get("/")
def index():
    return render_template("a.html", **paging())
""",
        {"a.html": "<script>let s = {{ size }};</script>\n<script>let n = {{ first }};</script> {# SF409 #}"},
    ),
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
    "category of a message": page(
        '{% for c, m in get_flashed_messages(true) %}<script>f("{{ c }}")</script> {# SF409 #}\n{{ m }}{% endfor %}',
        "x=flash('a', request.args['kind'])",
    ),
}

FINE_PAGES = {
    "backslashes doubled first": page(
        "<script>let a = `{{ x|replace('\\\\', '\\\\\\\\')|replace('`', '\\\\`')|replace('${', '\\\\${') }}`;</script>"
    ),
    "a number times": page('<p style="margin: {{ 2 * x }}em">a</p>'),
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
    "category of a message": page(
        '{% for c, m in get_flashed_messages(true) %}<script>f("{{ c }}")</script>{{ m }}{% endfor %}',
        "x=flash(request.args['text'], 'info')",
    ),
    "number under a key": page(
        "<script>{% for r in rows %}f({{ r.id }}, {{ r.all|length }});{% endfor %}</script>",
        "rows=[{'id': n, 'text': q} for n, q in enumerate(request.args)]",
    ),
    "number beside a text": page(
        "<script>{% for id, text in rows %}f({{ id }});{% endfor %}</script>",
        "rows=[(n, q) for n, q in enumerate(request.args)]",
    ),
    "arithmetic": page('<p style="left:{{ 1.5 * x }}em; top: {{ x - 1 }}em">{{ x }}</p>'),
}


FAULTY_PAGES |= {
    f"a document of its own, {name}": page(f'<iframe {before} srcdoc="{{{{ x }}}}" {after}></iframe> {{# SF409 #}}')
    for name, before, after in [
        ("open", 'title="a sandbox "', ""),
        ("no box at all", "", 'sandbox="allow-same-origin allow-scripts"'),
    ]
}
FINE_PAGES |= {
    "a frame without scripts": page('<iframe srcdoc="<p>{{ x }}</p>" sandbox></iframe>'),
    "a frame of this origin": page("<iframe sandbox='allow-same-origin' srcdoc='{{ x }}'></iframe>"),
    "a frame of another": page('<iframe sandbox=allow-scripts srcdoc="{{ x }}"></iframe>'),
}

FINE_VIEWS = {
    "json for a script, made in Python": views(
        """\
import json
from jinja2.utils import htmlsafe_json_dumps
@bp.get('/')
def index():
    told = Markup(json.dumps(request.args).replace('&', '\\\\u0026').replace('<', '\\\\u003c'))
    return render_template('a.html', state=htmlsafe_json_dumps(request.args), told=told)
""",
        {"a.html": "<script>let a = {{ state|safe }}, b = {{ told }}</script>"},
    ),
    "a number of a table": views(
        """\
from sqlalchemy.orm import Mapped
from .db import db
class Draft(db.Model):
    line: Mapped[int]
    row = db.Column(db.Integer)
@bp.post('/')
def save():
    db.session.add(Draft(line=request.form['line'], row=request.form['row']))
    return {}
@bp.get('/')
def index():
    return render_template('a.html', draft=db.session.get(Draft, 1))
""",
        {"a.html": "<script>f({{ draft.line }}, {{ draft.row }})</script>"},
        db="from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n",
    ),
}

test_faults, test_look_alikes = proves(FAULTY_PAGES, FINE_PAGES | FINE_VIEWS)
