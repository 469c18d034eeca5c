from .templated import page, proves, views


def markdown(made: str, call: str, mark: str = "") -> dict[str, str]:
    """A service that shows the HTML that `call` makes of what the client sent."""
    return views(
        f"""\
import cmarkgfm, markdown_it, markdown2, mistune, nh3
{made}
@bp.post('/')
def index():
    return render_template('a.html', text={call.replace("TEXT", "request.form['text']")})
""",
        {"a.html": "<article>{{ text|safe }}</article>" + mark},
    )


FAULTY_VIEWS = {
    "a filter that is Markup": views(
        """\
from markupsafe import Markup
FILTERS = {'raw': Markup, 'big': str.upper}
@bp.record_once
def start(state):
    state.app.jinja_env.filters.update(FILTERS)
@bp.get('/')
def index():
    return render_template('a.html', x=request.args['x'])
""",
        {"a.html": "{{ x|big }}\n{{ x|raw }} {# SF406 #}"},
    ),
    "ctx dict": views(
        """\
@bp.get('/')
def index():
    ctx={'x': request.args['x']}
    return render_template('a.html', **ctx)
""",
        {"a.html": "{{ x|safe }} {# SF406 #}"},
    ),
    "ctx dict()": views(
        """\
@bp.get('/')
def index():
    return render_template('a.html', **dict(x=request.args['x']))
""",
        {"a.html": "{{ x|safe }} {# SF406 #}"},
    ),
    "locals": views(
        """\
@bp.get('/')
def index():
    x=request.args['x']
    return render_template('a.html', **locals())
""",
        {"a.html": "{{ x|safe }} {# SF406 #}"},
    ),
    "ctx dict later": views(
        """\
@bp.get('/')
def index():
    ctx={}
    ctx['x']=request.args['x']
    return render_template('a.html', **ctx)
""",
        {"a.html": "{{ x|safe }} {# SF406 #}"},
    ),
    "ctx proc": views(
        """\
@bp.app_context_processor
def inject():
    return {'q': request.args.get('q', '')}
@bp.get('/')
def i():
    return render_template('a.html')
""",
        {"a.html": "{{ q|safe }} {# SF406 #}"},
    ),
    "flash safe": views(
        """\
@bp.post('/')
def i():
    flash('Hi ' + request.form['n'])
    return redirect('/')
@bp.get('/')
def j():
    return render_template('a.html')
""",
        {"a.html": "{% for m in get_flashed_messages() %}{{ m|safe }}{% endfor %} {# SF406 #}"},
    ),
    "flash cats": views(
        """\
@bp.post('/')
def i():
    flash('Hi ' + request.form['n'], 'info')
    return redirect('/')
@bp.get('/')
def j():
    return render_template('a.html')
""",
        {
            "a.html": (
                "{% with ms = get_flashed_messages(True) %}"
                "{% for c, m in ms %}{{ m|safe }}{% endfor %}{% endwith %} {# SF406 #}"
            )
        },
    ),
    "rts inline safe": views("""\
@bp.get('/')
def index():
    return render_template_string('<p>{{ q|safe }}</p>', q=request.args['q'])  # SF406
"""),
    "one value from two views": views(
        """\
@bp.get("/<note>")
def short(note):
    return render_template("a.html", note=note)
@bp.get("/long/<note>")
def long(note):
    return render_template("a.html", note=note)
""",
        {"a.html": "<p>{{ note|safe }}</p> {# SF406 #}"},
    ),
    "render helper": views(
        """\
def page(name, **ctx):
    return render_template(name, site='a', **ctx)
@bp.get('/')
def i():
    return page('a.html', x=request.args['x'])
""",
        {"a.html": "{{ x|safe }} {# SF406 #}"},
    ),
    "update ctx": views(
        """\
@bp.get('/')
def index():
    ctx={'a':1}
    ctx.update(x=request.args['x'])
    return render_template('a.html', **ctx)
""",
        {"a.html": "{{ x|safe }} {# SF406 #}"},
    ),
    "safe in python str": views(
        """\
@bp.get('/')
def index():
    items=[]
    for r in request.args.getlist('x'):
        items.append({'html': '<b>'+r+'</b>'})
    return render_template('a.html', items=items)
""",
        {"a.html": "{% for i in items %}{{ i.html|safe }}{% endfor %} {# SF406 #}"},
    ),
    "sqlite rows list safe": views(
        """\
import sqlite3
def db():
    return sqlite3.connect('a.db')
@bp.post('/')
def s():
    with db() as c:
        c.execute('INSERT INTO comments (body) VALUES (?)', (request.form['body'],))
    return '', 204
@bp.get('/')
def i():
    rows = db().execute('SELECT body FROM comments ORDER BY id').fetchall()
    return render_template('a.html', rows=rows)
""",
        {"a.html": "{% for r in rows %}<li>{{ r.body|safe }}</li>{% endfor %} {# SF406 #}"},
    ),
    "dataclass store module": views(
        """\
from .store import add, all_notes
@bp.post('/')
def s():
    add(request.form['t'])
    return '', 204
@bp.get('/')
def i():
    return render_template('a.html', notes=all_notes())
""",
        {"a.html": "{% for n in notes %}{{ n.text|safe }}{% endfor %} {# SF406 #}"},
        **{
            "store": """\
from dataclasses import dataclass
@dataclass
class N:
    text: str
_ALL = []
def add(t):
    _ALL.append(N(t))
def all_notes():
    return list(_ALL)
"""
        },
    ),
    "ctx global env": views(
        """\
@bp.get('/')
def i():
    return render_template('a.html')
def init(app):
    @app.context_processor
    def c():
        return dict(banner=request.args.get('b'))
""",
        {"a.html": "{{ banner|safe }} {# SF406 #}"},
    ),
    "under a key of rows": views(
        """\
def rows():
    found = []
    for n, q in enumerate(request.args.getlist('q')):
        found.append({'n': n, 'q': q, 'more': []})
    return found
@bp.get('/')
def index():
    return render_template('a.html', rows=rows())
""",
        {"a.html": "{% for r in rows %}{{ r.n|safe }}\n{{ r.q|safe }} {# SF406 #}\n{{ r.more|safe }}{% endfor %}"},
    ),
    "in columns that the template writes out": views(
        """\
@bp.get('/')
def index():
    return render_template('a.html', old=request.args['old'], new=request.args['new'])
""",
        {
            "a.html": """\
{% for title, text, tone in [("<b>Old</b>", old, "red"), ("<b>New</b>", new, "green")] %}
{{ title|safe }} {{ text }} {{ tone|safe }}
{{ text|safe }} {# SF406 #}
{% endfor %}
"""
        },
    ),
    "under a key of what is found by another": views(
        """\
def read(item):
    return {'id': len(item), 'note': item}
def rows(items):
    seen, found = {}, []
    for item in items:
        try:
            row = seen[item]
        except KeyError:
            row = read(item)
            seen[item] = row
        found.append((row['id'], row['note']))
    return found
@bp.get('/')
def index():
    return render_template('a.html', rows=rows(request.args.getlist('q')))
""",
        {"a.html": "{% for r in rows %}{{ r[0]|safe }}\n{{ r[1]|safe }} {# SF406 #}\n{% endfor %}"},
    ),
    "in one place of the keys": views(
        """\
def hits(words):
    found = {}
    for word in words:
        key = [len(word), word]
        found[tuple(key)] = len(found)
    return found
@bp.get('/')
def index():
    return render_template('a.html', keys=sorted(hits(request.args.getlist('q')).keys()))
""",
        {"a.html": "{% for key in keys %}{{ key[0]|safe }}\n{{ key[1]|safe }} {# SF406 #}\n{% endfor %}"},
    ),
    "the objects that an object keeps by a letter": views(
        """\
from dataclasses import dataclass
@dataclass
class Entry:
    title: str
    kind: str
class Index:
    def __init__(self, words):
        self.letters = {}
        for word in words:
            self.letters.setdefault(word[:1], []).append(Entry(title=word, kind='page'))
    def page(self):
        return render_template('a.html', letters=self.letters)
@bp.get('/')
def index():
    return Index(request.args.getlist('q')).page()
""",
        {
            "a.html": """\
{% for letter, entries in letters.items()|sort %}{% for entry in entries %}
{{ entry.kind|safe }}
{{ entry.title|safe }} {# SF406 #}
{% endfor %}{% endfor %}
"""
        },
    ),
    "put there later": views(
        """\
def fill(rows):
    for row in rows:
        row['html'] = '<b>' + request.args['q']
@bp.get('/')
def index():
    rows = [{'html': ''}]
    fill(rows)
    return render_template('a.html', rows=rows)
""",
        {"a.html": "{% for r in rows %}{{ r.html|safe }}{% endfor %} {# SF406 #}"},
    ),
    "cleaned on one of two branches": views(
        """\
import nh3
@bp.get('/')
def index():
    text = request.args['q']
    if session.get('strict'):
        text = nh3.clean(text)
    return render_template('a.html', text=text)
""",
        {"a.html": "{{ text|safe }} {# SF406 #}"},
    ),
    "a helper that is switched off": views(
        """\
def bold(text):
    return f'<b>{escape(text)}</b>'
@bp.app_template_filter()
def listed(words, escaped=False):
    wrap = bold if escaped else str
    return ', '.join(map(wrap, words))
@bp.get('/')
def index():
    return render_template('a.html', words=request.args.getlist('q'))
""",
        {"a.html": "{{ words|listed|safe }} {# SF406 #}"},
    ),
    "the objects of a list": views(
        """\
class Note:
    def __init__(self, text, kind):
        self.text = text
        self.kind = kind
NOTES = []
@bp.post('/')
def add():
    NOTES.append(Note(request.form['text'], 'plain'))
    return {}
@bp.get('/')
def index():
    return render_template('a.html', notes=NOTES)
""",
        {"a.html": "{% for n in notes %}{{ n.kind|safe }}\n{{ n.text|safe }} {# SF406 #}\n{% endfor %}"},
    ),
    "a global that wraps a text": views(
        """\
def icon(name):
    return f'<svg id="{name}">'
def init_app(app):
    app.jinja_env.globals.update({'icon': icon})
@bp.get('/<name>')
def index(name):
    return render_template('a.html', name=name)
""",
        {"a.html": "{{ icon(name)|safe }} {# SF406 #}"},
    ),
}

FAULTY_VIEWS |= {
    f"decoded after it was escaped, {name}": views(
        f"""\
import base64, html, unicodedata
from urllib.parse import unquote_plus
@bp.get('/')
def index():
    return render_template('a.html', note={code})
""",
        {"a.html": "<p>{{ note|safe }}</p> {# SF406 #}"},
    )
    for name, code in {
        "percent": "unquote_plus(str(escape(request.args['note'])))",
        "entities": "html.unescape(html.escape(request.args['note']))",
        "letters of another width": "unicodedata.normalize('NFKC', html.escape(request.args['note']))",
    }.items()
} | {
    f"markdown, {name}": markdown(made, call, " {# SF406 #}")
    for name, made, call in [
        ("by default", "md = markdown_it.MarkdownIt()", "md.render(TEXT)"),
        ("asked to", "md = markdown_it.MarkdownIt('js-default', {'html': True}).enable('table')", "md.render(TEXT)"),
        ("of mistune", "md = mistune.create_markdown(escape=False)", "md(TEXT)"),
        ("its function", "", "mistune.markdown(TEXT, escape=False)"),
        ("of another", "", "markdown2.markdown(TEXT)"),
        ("on purpose", "", "cmarkgfm.markdown_to_html(TEXT, options=cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)"),
    ]
}

FINE_VIEWS = {
    "a filter that is escape": views(
        """\
from markupsafe import escape
@bp.record_once
def start(state):
    state.app.jinja_env.filters['plain'] = escape
@bp.get('/')
def index():
    return render_template('a.html', x=request.args['x'])
""",
        {"a.html": "{% autoescape false %}{{ x|plain }}{% endautoescape %}"},
    ),
    "what a method finds by what it is asked": views(
        """\
import shelf
class Books:
    def by_author(self, author):
        return shelf.find_books(author)
@bp.get("/<author>")
def index(author):
    return render_template("a.html", author=author, books=Books())
""",
        {"a.html": "{% for book in books.by_author(author) %}<p>{{ book|safe }}</p>{% endfor %}"},
    ),
    "ctx proc ok": views(
        """\
@bp.app_context_processor
def inject():
    return {'q': request.args.get('q', '')}
@bp.get('/')
def i():
    return render_template('a.html')
""",
        {"a.html": "{{ q }}"},
    ),
    "flash const safe": views(
        """\
@bp.post('/')
def i():
    flash('<b>Hi</b>')
    return redirect('/')
@bp.get('/')
def j():
    return render_template('a.html', x=request.args)
""",
        {"a.html": "{% for m in get_flashed_messages() %}{{ m|safe }}{% endfor %}"},
    ),
    "session typed": views("""\
@bp.get('/')
def index():
    session['n']=int(request.form['n'])
    return render_template_string('<p>'+str(session['n']))
"""),
    "safe python sanitised list": views(
        """\
@bp.get('/')
def index():
    import nh3
    items=[]
    for r in request.args.getlist('x'):
        items.append({'html': nh3.clean(r)})
    return render_template('a.html', items=items)
""",
        {"a.html": "{% for i in items %}{{ i.html|safe }}{% endfor %}"},
    ),
    "regex guard": views("""\
@bp.get('/')
def index():
    q=request.args['q']
    if not re.fullmatch(r'[a-z]+', q):
        abort(400)
    return render_template_string('<p>'+q)
"""),
    "compiled regex guard": views("""\
OK=re.compile('[a-z]+')
@bp.get('/')
def index():
    q=request.args['q']
    if OK.fullmatch(q) is None:
        abort(400)
    return render_template_string('<p>'+q)
"""),
    "secure name": views("""\
from werkzeug.utils import secure_filename
@bp.get('/')
def index():
    return render_template_string('<p>'+secure_filename(request.args['q']))
"""),
    "uuid path": views("""\
@bp.get('/<uuid:i>')
def index(i):
    return f'<p>{i}</p>'
"""),
    "sqlite other table": views(
        """\
import sqlite3
def db():
    return sqlite3.connect('a.db')
@bp.post('/')
def s():
    with db() as c:
        c.execute('INSERT INTO comments (body) VALUES (?)', (request.form['body'],))
    return '', 204
@bp.get('/')
def i():
    rows = db().execute('SELECT body FROM pages').fetchall()
    return render_template('a.html', rows=rows)
""",
        {"a.html": "{% for r in rows %}<li>{{ r.body|safe }}</li>{% endfor %}"},
    ),
    "sqlite sanitised": views(
        """\
import sqlite3, nh3
def db():
    return sqlite3.connect('a.db')
@bp.post('/')
def s():
    with db() as c:
        c.execute('INSERT INTO comments (body) VALUES (?)', (nh3.clean(request.form['body']),))
    return '', 204
@bp.get('/')
def i():
    rows = db().execute('SELECT body FROM comments').fetchall()
    return render_template('a.html', rows=rows)
""",
        {"a.html": "{% for r in rows %}<li>{{ r[0]|safe }}</li>{% endfor %}"},
    ),
    "cleaned unless empty": views(
        """\
import nh3
@bp.get('/')
def index():
    text = request.args['q']
    if text.strip():
        text = nh3.clean(text)
    return render_template('a.html', text=text)
""",
        {"a.html": "{{ text|safe }}"},
    ),
    "a helper that is switched on": views(
        """\
def bold(text):
    return f'<b>{escape(text)}</b>'
@bp.app_template_filter()
def listed(words, escaped=True):
    wrap = bold if escaped else str
    return ', '.join(map(wrap, words))
@bp.get('/')
def index():
    return render_template('a.html', words=request.args.getlist('q'))
""",
        {"a.html": "{{ words|listed|safe }}"},
    ),
    "the key of a cache, and the name of a file": views(
        """\
from .keep import cache
@bp.get('/<name>')
def index(name):
    html = cache.get(name)
    if html is None:
        html = open(name).read()
        cache.set(name, html)
    return render_template('a.html', html=html)
""",
        {"a.html": "{{ html|safe }}"},
        keep="from cachelib import SimpleCache\ncache = SimpleCache()\n",
    ),
    "settings of administrators": views(
        """\
@bp.post('/settings')
def save():
    for name, value in request.form.items():
        current_app.config[name] = value
    return {}
@bp.get('/')
def index():
    return render_template('a.html', note=current_app.config['NOTE'])
""",
        {"a.html": "{{ note|safe }}"},
    ),
    "two unknown objects with one name for two things": views(
        """\
@bp.post('/')
def save():
    user().name = request.form['name']
    return {}
@bp.get('/')
def index():
    return render_template('a.html', icon=theme().name)
""",
        {"a.html": "{{ icon|safe }}"},
    ),
    "a plugin's own HTML": views(
        """\
def inject(place):
    return [getattr(one, 'render')(place) for one in plugins()]
def init_app(app):
    app.jinja_env.globals.update(inject=inject)
@bp.get('/<place>')
def index(place):
    return render_template('a.html', place=place)
""",
        {"a.html": "{{ inject(place)|safe }}"},
    ),
    "a hook of a library's object": views(
        """\
import pluggy
manager = pluggy.PluginManager('acme')
def inject(place):
    return ''.join(manager.hook.inject(place=place))
def init_app(app):
    app.jinja_env.globals.update(inject=inject)
@bp.get('/<place>')
def index(place):
    return render_template('a.html', place=place)
""",
        {"a.html": "{{ inject(place)|safe }}"},
    ),
    "a pattern": views(
        """\
@bp.get('/')
def index():
    word = re.compile(re.escape(request.args['word']))
    return render_template('a.html', text=word.sub('<mark>', 'a page'))
""",
        {"a.html": "{{ text|safe }}"},
    ),
    "a global that has its own text": views(
        """\
def icon(name):
    if name == 'a':
        return '<svg>'
    return '<b>'
def init_app(app):
    app.jinja_env.globals.update({'icon': icon})
@bp.get('/<name>')
def index(name):
    return render_template('a.html', name=name)
""",
        {"a.html": "{{ icon(name)|safe }}"},
    ),
}

FAULTY_PAGES = {
    "region": page("{% autoescape false %}<p>{{ x }}</p>{% endautoescape %} {# SF406 #}"),
    "include txt": page("<p>{% include 'p.txt' %}</p>", p__txt="{{ x }} {# SF406 #}"),
    "safe": page("<p>{{ x|safe }}</p> {# SF406 #}"),
    "safe chain": page("<p>{{ x|upper|trim|safe }}</p> {# SF406 #}"),
    "concat safe": page("<p>{{ ('<b>' ~ x)|safe }}</p> {# SF406 #}"),
    "format safe": page("<p>{{ '<b>%s</b>'|format(x)|safe }}</p> {# SF406 #}"),
    "replace safe": page("<p>{{ x|replace('\\n', '<br>')|safe }}</p> {# SF406 #}"),
    "striptags safe": page("<p>{{ x|striptags|safe }}</p> {# SF406 #}"),
    "set safe": page("{% set y = x|safe %}<p>{{ y }}</p> {# SF406 #}"),
    "loop safe": page("{% for y in x %}<p>{{ y|safe }}</p>{% endfor %} {# SF406 #}", "x=request.args.getlist('x')"),
    "attr safe": page("{% for y in x %}<p>{{ y.t|safe }}</p>{% endfor %} {# SF406 #}", "x=[{'t': request.args['x']}]"),
    "item safe": page("<p>{{ d['t']|safe }}</p> {# SF406 #}", "d={'t': request.args['x'], 'c': '<b>'}"),
    "request safe": page("<p>{{ request.args.q|safe }}</p> {# SF406 #}"),
    "request get safe": page("<p>{{ request.args.get('q')|safe }}</p> {# SF406 #}"),
    "map safe": page("<p>{{ x|map('safe')|join }}</p> {# SF406 #}", "x=request.args.getlist('x')"),
    "block extends": page(
        "{% extends 'base.html' %}{% block main %}{{ x|safe }}{% endblock %} {# SF406 #}",
        base__html="<main>{% block main %}{% endblock %}</main>",
    ),
    "macro safe": page("{% macro m(v) %}<b>{{ v|safe }}</b>{% endmacro %}{{ m(x) }} {# SF406 #}"),
    "i18n trans": page("<p>{% trans %}a{% endtrans %}{{ x|safe }}</p> {# SF406 #}"),
    "set block ns": page("{% set ns = namespace(v=x) %}<p>{{ ns.v|safe }}</p> {# SF406 #}"),
    "filter block": page(
        "{% filter safe %}{% autoescape false %}{{ x }}{% endautoescape %}{% endfilter %} {# SF406 #}"
    ),
    "region of a layout": page(
        "{% extends 'base.html' %}",
        base__html="{% autoescape false %}<p>{{ x }}</p>{% block main %}{% endblock %}{% endautoescape %} {# SF406 #}",
    ),
    "region inside a block": page(
        "{% extends 'base.html' %}"
        "{% block main %}{% autoescape false %}{{ x }}{% endautoescape %}{% endblock %} {# SF406 #}",
        base__html="<main>{% block main %}{% endblock %}</main>",
    ),
    "self block super": page(
        "{% extends 'base.html' %}{% block main %}{{ super() }}{% endblock %}",
        base__html="<main>{% block main %}{{ x|safe }}{% endblock %}</main> {# SF406 #}",
    ),
}

FINE_VIEWS |= {
    f"markdown, {name}": markdown(made, call)
    for name, made, call in [
        ("told not to", "md = markdown_it.MarkdownIt(options_update={'html': False})", "md.render(TEXT)"),
        ("told later", "md = markdown_it.MarkdownIt()\nmd.options['html'] = False", "md.render(TEXT)"),
        (
            "without the rules",
            "md = markdown_it.MarkdownIt().disable(['html_block', 'html_inline'])",
            "md.render(TEXT)",
        ),
        ("another preset", "md = markdown_it.MarkdownIt('js-default')", "md.render(TEXT)"),
        ("mistune by default", "md = mistune.create_markdown(plugins=['table'])", "md(TEXT)"),
        ("another told not to", "", "markdown2.markdown(TEXT, safe_mode='escape')"),
        ("another by default", "", "cmarkgfm.markdown_to_html(TEXT)"),
        ("cleaned", "md = markdown_it.MarkdownIt()", "nh3.clean(md.render(TEXT))"),
    ]
} | {
    "what an error says, escaped": views(
        """\
@bp.get('/<path:sku>')
def show(sku):
    abort(410, 'No more ' + sku)
@bp.app_errorhandler(410)
def gone(error):
    return render_template('gone.html', error=error), 410
""",
        {"gone.html": "<p>{{ error.get_description()|safe }}</p>"},
    ),
}
FAULTY_PAGES |= {
    "tags stripped, entities decoded": page("{{ x|e|striptags|safe }} {# SF406 #}"),
    "safe before its links": page("{{ x|safe|urlize }} {# SF406 #}"),
    "quotes left alone": page(
        '<p title="{{ x|safe }}">a</p> {# SF406 #}', "x=__import__('nh3').clean(request.args['x'])"
    ),
}

FINE_PAGES = {
    "links made of text": page("{{ x|urlize(rel='ugc')|safe }}"),
    "region const": page("{% autoescape false %}<p>{{ '<b>' }}</p>{% endautoescape %}{{ x }}"),
    "region around blocks": page(
        "{% extends 'base.html' %}{% block main %}{{ x }}{{ super() }}{% endblock %}",
        base__html="{% autoescape false %}{{ '<hr>' }}{% block main %}{{ x }}{% endblock %}{% endautoescape %}",
    ),
    "region e": page("{% autoescape false %}<p>{{ x|e }}</p>{% endautoescape %}"),
    "svg": page("<svg><text>{{ x }}</text></svg>", name="a.svg"),
    "e safe": page("<p>{{ x|e|safe }}</p>"),
    "concat safe ok": page("<p>{{ '<b>'|safe ~ x ~ '</b>'|safe }}</p>"),
    "format safe ok": page("<p>{{ ('<b>%s</b>'|safe)|format(x) }}</p>"),
    "e replace safe": page("<p>{{ x|e|replace('\\n', '<br>'|safe) }}</p>"),
    "int safe": page("<p>{{ x|int|safe }}</p>"),
    "python clean safe": page("<p>{{ x|safe }}</p>", "x=__import__('nh3').clean(request.args['x'])"),
    "python escape safe": page("<p>{{ x|safe }}</p>", "x=escape(request.args['x'])"),
    "const safe": page("<p>{{ x|safe }}{{ y }}</p>", "x='<b>', y=request.args['x']"),
    "item const safe": page("<p>{{ d['c']|safe }}{{ d.t }}</p>", "d={'t': request.args['x'], 'c': '<b>'}"),
    "macro const": page("{% macro m(v) %}<b>{{ v|safe }}</b>{% endmacro %}{{ m('<i>') }}{{ x }}"),
}


test_faults, test_look_alikes = proves(FAULTY_VIEWS | FAULTY_PAGES, FINE_VIEWS | FINE_PAGES)
