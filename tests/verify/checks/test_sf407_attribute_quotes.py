from .templated import page, proves, views

FAULTY_PAGES = {
    "unq": page("<a class={{ x }}>a</a> {# SF407 #}"),
    "unq mid": page("<a id=a-{{ x }}>a</a> {# SF407 #}"),
    "attr name": page("<a {{ x }}=1> {# SF407 #}"),
    "attr unq in if": page("<a {% if x %}title={{ x }}{% endif %}>a</a> {# SF407 #}"),
    "onclick tojson dq": page('<a onclick="f({{ x|tojson }})">a</a> {# SF407 #}'),
    "after comment": page("<!-- it's --><a href={{ x }}> {# SF407 #}"),
    "unquoted src order": page('<a class="b" href={{ x }}>a</a> {# SF407 #}'),
    "tojson dq dict": page("<div data-x=\"{{ {'a': x}|tojson }}\"></div> {# SF407 #}"),
    "names of attributes": page("<input{{ a|xmlattr }}> {# SF407 #}", "a={'type': 'text', **request.args}"),
    "a name of an attribute": page("<input{{ a|xmlattr }}> {# SF407 #}", "a={request.args['a']: 'b'}"),
}

FAULTY_VIEWS = {
    f"quotes left alone, {name}": views(f"""\
from html import escape as entities
from xml.sax import saxutils
@bp.app_template_global()
def box():
    text = {escaped}
    return Markup(f'<td title="{{text}}">{{text}}</td>')  # SF407
""")
    for name, escaped in {
        "told": "entities(request.args['t'], quote=False)",
        "by place": "entities(request.args['t'], False)",
        "of xml": "saxutils.escape(request.args['t'])",
    }.items()
} | {
    "names of attributes put in one by one": views(
        """\
def marks():
    made = {}
    for name, value in request.args.items():
        made[name] = value
    return made
@bp.get('/')
def index():
    return render_template('a.html', marks=marks())
""",
        {"a.html": "<div{{ marks|xmlattr }}></div> {# SF407 #}"},
    ),
    "no quotes in Python": views("""\
@bp.app_template_global()
def box():
    return Markup('<td title={}>').format(request.args['t'])  # SF407
"""),
}
FINE_VIEWS = {
    "quotes in Python": views("""\
import html
from xml.sax import saxutils
ROW = Markup('<td class="{}">')
@bp.app_template_global()
def box():
    text, cell = request.args['t'], html.escape(request.args['t'], quote=False)
    attributes = ' '.join(f'data-x="{html.escape(one)}"' for one in request.args.values())
    more = saxutils.escape(text, {'"': '&quot;'})
    return ROW.format(text) + Markup(f'<b {attributes}>{cell}</b><i title="{html.escape(text)}{more}">') + cell
"""),
    "names of attributes that begin with our own words": views(
        """\
@bp.get('/')
def index():
    marks = {'class': 'map'}
    for name, value in request.args.items():
        marks[f'data-{name}'] = value
    marks.update({'aria-' + name: value for name, value in request.args.items()})
    return render_template('a.html', marks=marks)
""",
        {"a.html": "<div{{ marks|xmlattr }}></div>"},
    ),
}

FINE_PAGES = {
    "unq int": page("<a id=a-{{ x|int }}>a</a>"),
    "unq loop": page("{% for y in x %}<a id=a-{{ loop.index }}>{{ y }}</a>{% endfor %}"),
    "unq py int": page("<a id=a-{{ n }}>{{ x }}</a>", "x=request.args['x'], n=request.args.get('n', 1, type=int)"),
    "unq cond const": page("<option {{ 'selected' if x == 'a' }} value=\"{{ x }}\">a</option>"),
    "xmlattr": page("<a{{ {'title': x}|xmlattr }}>a</a>"),
    "onclick tojson sq": page("<a onclick='f({{ x|tojson }})'>a</a>"),
    "onclick forceescape": page('<a onclick="f({{ x|tojson|forceescape }})">a</a>'),
    "textarea title": page("<title>{{ x }}</title><textarea name=a>{{ x }}</textarea><p>{{ x }}</p>"),
    "tojson int": page('<div data-x="{{ n|tojson }}">{{ x }}</div>', "x=request.args['x'], n=int(request.args['n'])"),
    "values of attributes": page("<input{{ a|xmlattr }}>", "a={'type': 'text', 'value': request.args['x']}"),
    "values of attributes here": page("<input{{ {'type': 'text', 'value': x}|xmlattr }}>"),
}


test_faults, test_look_alikes = proves(FAULTY_VIEWS | FAULTY_PAGES, FINE_VIEWS | FINE_PAGES)
