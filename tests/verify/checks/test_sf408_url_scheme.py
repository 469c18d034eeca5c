from .templated import page, proves, views

FAULTY_VIEWS = {
    "another key of a property": views(
        """\
class Shot:
    def __init__(self, name, link):
        self.name, self.link = name, link
    @property
    def row(self):
        return {'title': self.name, 'page': url_for('pages.index', q=self.name), 'link': self.link}
def taken():
    return [Shot(name, request.args['l']) for name in request.args.getlist('n')]
@bp.get('/')
def index():
    return render_template('a.html', shots=[shot.row for shot in taken()])
""",
        {
            "a.html": """{% for s in shots %}<a href="{{ s.page }}">{{ s.title }}</a>
<a href="{{ s.link }}">a</a> {# SF408 #}
{% endfor %}"""
        },
    ),
    "a global that gives back its key": views(
        """\
ICONS = {'a': '/a.png'}
def init(app):
    app.jinja_env.globals.update(icon=lambda key: ICONS[key], link=lambda key: ICONS.get(key, key))
@bp.get('/')
def index():
    return render_template('a.html', x=request.args['x'])
""",
        {"a.html": '<a href="{{ icon(x) }}">a</a>\n<a href="{{ link(x) }}">a</a> {# SF408 #}'},
    ),
    "href helper noop": views(
        """\
def clean(u):
    if not u:
        return '/'
    return u.strip()

@bp.get('/')
def index():
    return render_template('a.html', x=clean(request.args['x']))
""",
        {"a.html": '<a href="{{ x }}">a</a> {# SF408 #}'},
    ),
    "rts inline href": views("""\
T='''
<p>
<a href="{{ q }}">x</a> {# SF408 #}
'''

@bp.get('/')
def index():
    return render_template_string(T, q=request.args['q'])
"""),
    "href object attr": views(
        """\
class U:
    def __init__(self, site):
        self.site = site
@bp.post('/')
def s():
    USERS.append(U(request.form['site']))
    return '', 204
USERS=[]
@bp.get('/')
def i():
    return render_template('a.html', users=USERS)
""",
        {"a.html": '{% for u in users %}<a href="{{ u.site }}">{{ u.name }}</a>{% endfor %} {# SF408 #}'},
    ),
    "a property": views(
        """\
from dataclasses import dataclass
@dataclass
class Person:
    site: str
    @property
    def link(self):
        return self.site or '#'
@bp.get('/')
def index():
    return render_template('a.html', person=Person(request.args['site']))
""",
        {"a.html": '<a href="{{ person.link }}">a</a> {# SF408 #}'},
    ),
}

FINE_VIEWS = {
    "href guard py": views(
        """\
@bp.get('/')
def index():
    x=request.args['x']
    if not x.startswith(('https://','http://')):
        abort(400)
    return render_template('a.html', x=x)
""",
        {"a.html": '<a href="{{ x }}">a</a>'},
    ),
    "href scheme py": views(
        """\
from urllib.parse import urlsplit
@bp.get('/')
def index():
    x=request.args['x']
    if urlsplit(x).scheme not in {'http','https'}:
        x='/'
    return render_template('a.html', x=x)
""",
        {"a.html": '<a href="{{ x }}">a</a>'},
    ),
    "href helper py": views(
        """\
from urllib.parse import urlsplit
def ok_url(u):
    return urlsplit(u).scheme in ('http','https')

@bp.get('/')
def index():
    x=request.args['x']
    return render_template('a.html', x=x if ok_url(x) else '/')
""",
        {"a.html": '<a href="{{ x }}">a</a>'},
    ),
    "href helper ret": views(
        """\
from urllib.parse import urlsplit
def clean(u):
    if urlsplit(u).scheme in ('http','https'):
        return u
    return '/'

@bp.get('/')
def index():
    return render_template('a.html', x=clean(request.args['x']))
""",
        {"a.html": '<a href="{{ x }}">a</a>'},
    ),
    "href helper parts": views(
        """\
from urllib.parse import urlparse
def clean(u):
    parts = urlparse(u)
    if parts.scheme not in ('http','https') or not parts.netloc:
        return '/'
    return u

@bp.get('/')
def index():
    return render_template('a.html', x=clean(request.args['x']))
""",
        {"a.html": '<a href="{{ x }}">a</a>'},
    ),
    "string.Template plain": views("""\
@bp.get('/')
def index():
    import string
    return Response(string.Template(request.args['q']).safe_substitute(a=1), mimetype='text/plain')
"""),
    "a property that looks at the scheme": views(
        """\
from dataclasses import dataclass
@dataclass
class Person:
    site: str
    @property
    def link(self):
        return self.site if self.site.startswith('https://') else '#'
@bp.get('/')
def index():
    return render_template('a.html', person=Person(request.args['site']))
""",
        {"a.html": '<a href="{{ person.link }}">a</a>'},
    ),
    "a helper named url_for": views(
        """\
from flask import url_for as flask_url_for
def url_for(endpoint, **values):
    return flask_url_for(endpoint, **values).replace('%2F', '/')
def init_app(app):
    app.jinja_env.globals.update(url_for=url_for)
@bp.get('/<page>')
def index(page):
    return render_template('a.html', page=page, here=url_for('pages.index', page=page))
""",
        {"a.html": "<a href=\"{{ url_for('pages.index', page=page) }}\">a</a><a href='{{ here }}'>b</a>"},
    ),
}

FAULTY_PAGES = {
    "macro import as": page(
        "{% import 'm.html' as f %}{{ f.m(x) }}",
        m__html="{% macro m(v) %}<a href='{{ v }}'></a>{% endmacro %} {# SF408 #}",
    ),
    "macro kw": page(
        "{% from 'm.html' import m as k %}{{ k(u=x) }}",
        m__html="{% macro m(t='a', u='#') %}<a href='{{ u }}'>{{ t }}</a>{% endmacro %} {# SF408 #}",
    ),
    "call": page(
        "{% macro m() %}<a href='{{ caller() }}'></a>{% endmacro %}{% call m() %}{{ x }}{% endcall %} {# SF408 #}"
    ),
    "include ctx": page("<a {% include 'p.html' %}></a>", p__html='href="{{ x }}" {# SF408 #}'),
    "href": page('<a href="{{ x }}">a</a> {# SF408 #}'),
    "action": page("<form action='{{ x }}'></form> {# SF408 #}"),
    "formaction": page('<button formaction="{{ x }}">a</button> {# SF408 #}'),
    "iframe": page('<iframe src="{{ x }}"></iframe> {# SF408 #}'),
    "xlink": page('<svg><a xlink:href="{{ x }}"></a></svg> {# SF408 #}'),
    "href data attr guard in": page("<a href=\"{{ x or '#' }}\">a</a> {# SF408 #}"),
    "href default": page("<a href=\"{{ x|default('#') }}\">a</a> {# SF408 #}"),
    "multi line tag": page("""\
<a
  class="b"
  href = "{{ x }}" {# SF408 #}
>a</a>"""),
    "upper": page('<A HREF="{{ x }}">a</A> {# SF408 #}'),
    "base href": page('<base href="{{ x }}"> {# SF408 #}'),
}

FAULTY_VIEWS |= {
    f"built in Python, {name}": views(f"""\
LINK = Markup('<a href="{{0}}">{{0}}</a>')
@bp.app_template_global()
def link():
    to = request.args['to']
    return {code}  # SF408
""")
    for name, code in {
        "f": """Markup(f'<a class="a" href="{escape(to)}">to</a>')""",
        "format": "LINK.format(to)",
        "percent": """Markup('<a href="%s">%s</a>') % (to, 'to')""",
    }.items()
}
FINE_VIEWS |= {
    "built in Python": views("""\
@bp.app_template_global()
def link():
    to = request.args['to']
    if not to.startswith('https://'):
        to = '/'
    return Markup('<a href="{}" title="{}">{}</a><a href="/go?to={}">').format(to, *request.args.values(), to)
"""),
}

FINE_PAGES = {
    "macro kw other": page(
        "{% from 'm.html' import m as k %}{{ k(t=x) }}",
        m__html="{% macro m(t='a', u='#') %}<a href='{{ u }}'>{{ t }}</a>{% endmacro %}",
    ),
    "img": page('<img src="{{ x }}" alt="{{ x }}">'),
    "href path": page('<a href="/u/{{ x }}">a</a>'),
    "href query": page("<a href=\"{{ url_for('x.index', q=x) }}\">{{ x }}</a>"),
    "href concat": page("<a href=\"{{ '/u/' ~ x }}\">a</a>"),
    "href qs": page('<a href="?q={{ x|urlencode }}">a</a>'),
    "href guard tpl": page("{% if x.startswith('https://') %}<a href=\"{{ x }}\">a</a>{% endif %}"),
    "href py f": page('<a href="{{ x }}">a</a>', "x=f\"https://e.org/?q={request.args['q']}\""),
    "href cond eq": page("<a href=\"{{ x if x in ['/a','/b'] else '/' }}\">a</a>"),
    "this page": page(
        '<a href="{{ request.path }}">{{ x }}</a><a href="{{ here }}">a</a>', "here=request.full_path, x=1"
    ),
    "this page below its root": page('<a href="{{ request.script_root + request.path }}">{{ x }}</a>'),
}


test_faults, test_look_alikes = proves(FAULTY_VIEWS | FAULTY_PAGES, FINE_VIEWS | FINE_PAGES)
