from .templated import proves, views

FAULTY_VIEWS = {
    "fstring rts": views("""\
@bp.get('/')
def index():
    return render_template_string(f"<p>{request.args['q']}</p>")  # SF401
"""),
    "percent rts": views("""\
@bp.get('/')
def index():
    q=request.form['q']
    return render_template_string('<p>%s</p>' % q)  # SF401
"""),
    "percent tuple": views("""\
@bp.get('/')
def index():
    q=request.form['q']
    return render_template_string('<p>%s %d</p>' % (q, 1))  # SF401
"""),
    "augassign": views("""\
@bp.get('/')
def index():
    s='<p>'
    s+=request.form['q']
    return render_template_string(s)  # SF401
"""),
    "replace": views("""\
@bp.get('/')
def index():
    s='<p>NAME</p>'.replace('NAME', request.cookies.get('n',''))
    return render_template_string(s)  # SF401
"""),
    "env from_string": views("""\
@bp.get('/')
def index():
    return current_app.jinja_env.from_string(request.json['t']).render()  # SF401
"""),
    "env from_string app": views("""\
@bp.get('/')
def index():
    env=jinja2.Environment(autoescape=True)
    return env.from_string(request.get_json()['t']).render()  # SF401
"""),
    "overlay": views("""\
@bp.get('/')
def index():
    return current_app.jinja_env.overlay(trim_blocks=True).from_string(request.headers['X-T']).render()  # SF401
"""),
    "header": views("""\
@bp.get('/')
def index():
    return render_template_string(request.headers.get('User-Agent'))  # SF401
"""),
    "list append join": views("""\
@bp.get('/')
def index():
    p=[]
    for k in request.args:
        p.append(k)
    return render_template_string(''.join(p))  # SF401
"""),
    "comprehension": views("""\
@bp.get('/')
def index():
    return render_template_string(''.join(f'<li>{v}</li>' for v in request.args.values()))  # SF401
"""),
    "dict": views("""\
@bp.get('/')
def index():
    d={'a': request.args['a']}
    return render_template_string('<p>'+d['a'])  # SF401
"""),
    "escape ssti": views("""\
@bp.get('/')
def index():
    return render_template_string('<p>' + escape(request.args['q']))  # SF401
"""),
    "path param": views("""\
@bp.get('/<name>')
def index(name):
    return render_template_string('<p>' + name)  # SF401
"""),
    "dict get default": views("""\
T={'a':'<p>a','b':'<p>b'}
@bp.get('/')
def index():
    q=request.args['q']
    return render_template_string(T.get(q, q))  # SF401
"""),
    "methodview": views("""\
from flask.views import MethodView
class W(MethodView):
    def get(self, name):
        return render_template_string("<b>" + name + "</b>")  # SF401
bp.add_url_rule("/w/<name>", view_func=W.as_view("w"))
"""),
    "self attr": views("""\
class Page:
    def __init__(self, title):
        self.title = title
    def render(self):
        return render_template_string("<h1>" + self.title + "</h1>")  # SF401
@bp.get("/")
def index():
    return Page(request.args["t"]).render()
"""),
    "module store": views("""\
NOTES = {}
@bp.post("/<int:i>")
def save(i):
    NOTES[i] = request.form["body"]
    return "", 204
@bp.get("/<int:i>")
def show(i):
    return render_template_string(NOTES[i])  # SF401
"""),
    "session stored": views("""\
@bp.post("/")
def save():
    session["sig"] = request.form["sig"]
    return "", 204
@bp.get("/")
def show():
    return render_template_string("<p>" + session.get("sig", "") + "</p>")  # SF401
"""),
    "sqlalchemy second order": views("""\
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
class Note(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    body = db.Column(db.Text)
@bp.post("/")
def save():
    db.session.add(Note(body=request.form["body"]))
    db.session.commit()
    return "", 204
@bp.get("/<int:i>")
def show(i):
    note = db.get_or_404(Note, i)
    return render_template_string(note.body)  # SF401
"""),
    "redis": views("""\
import redis
r = redis.Redis()
@bp.post("/")
def save():
    r.set("t", request.form["body"])
    return "", 204
@bp.get("/<int:i>")
def show(i):
    return render_template_string(r.get("t").decode())  # SF401
"""),
    "file": views("""\
from pathlib import Path
P = Path("x.txt")
@bp.post("/")
def save():
    P.write_text(request.form["body"])
    return "", 204
@bp.get("/<int:i>")
def show(i):
    return render_template_string(P.read_text())  # SF401
"""),
    "g": views("""\
@bp.before_request
def load():
    g.theme = request.args.get("theme", "a")
@bp.get("/")
def show():
    return render_template_string("<style>" + g.theme + "</style>")  # SF401
"""),
    "lambda view": views("""\
@bp.get('/')
def index():
    tpl=(lambda s: '<b>' + s)(request.args['q'])
    return render_template_string(tpl)  # SF401
"""),
    "walrus": views("""\
@bp.get('/')
def index():
    if (q := request.args.get('q')):
        return render_template_string(q)  # SF401
    return ''
"""),
    "kw source": views("""\
@bp.get('/')
def index():
    return render_template_string(source=request.args['q'])  # SF401
"""),
    "helper wraps rts": views("""\
def page(body):
    return render_template_string("<main>" + body + "</main>")  # SF401
@bp.get("/")
def index():
    return page(request.args["b"])
"""),
    "try": views("""\
@bp.get('/')
def index():
    try:
        q=request.args['q']
    except KeyError:
        q=''
    return render_template_string(q)  # SF401
"""),
    "async": views("""\
@bp.get('/')
async def index():
    data = await request.get_json()
    return render_template_string(data['t'])  # SF401
"""),
    "compiled": views("""\
@bp.get('/')
def index():
    from jinja2 import Environment
    Environment(autoescape=True).compile(request.args['t'])  # SF401
    return ''
"""),
    "alias fn": views("""\
from flask import render_template_string as rts
@bp.get('/')
def index():
    return rts('<b>' + request.args['t'])  # SF401
"""),
    "alias module attr": views("""\
import flask, flask.templating
@bp.get('/')
def index():
    return flask.templating.render_template_string('<b>' + request.args['t'])  # SF401
"""),
    "alias assigned": views("""\
render = render_template_string
@bp.get('/')
def index():
    return render('<b>' + request.args['t'])  # SF401
"""),
    "partial": views("""\
import functools
render = functools.partial(render_template_string)
@bp.get('/')
def index():
    return render('<b>' + request.args['t'])  # SF401
"""),
    "headers lang": views("""\
@bp.get('/')
def index():
    return render_template_string('<html lang=' + request.accept_languages.best + '>')  # SF401
"""),
    "form class": views("""\
from flask_wtf import FlaskForm
from wtforms import StringField
class F(FlaskForm):
    body = StringField()
@bp.post('/')
def i():
    form = F()
    return render_template_string('<p>' + form.body.data)  # SF401
"""),
    "pydantic": views("""\
from pydantic import BaseModel
class P(BaseModel):
    t: str
@bp.post('/')
def i():
    p = P.model_validate(request.get_json())
    return render_template_string(p.t)  # SF401
"""),
    "pydantic **": views("""\
from pydantic import BaseModel
class P(BaseModel):
    t: str
@bp.post('/')
def i():
    p = P(**request.get_json())
    return render_template_string(p.t)  # SF401
"""),
    "msgspec": views("""\
import msgspec
class P(msgspec.Struct):
    t: str
@bp.post('/')
def i():
    p = msgspec.json.decode(request.get_data(), type=P)
    return render_template_string(p.t)  # SF401
"""),
    "upload": views("""\
@bp.get('/')
def index():
    f = request.files['f']
    return render_template_string(f.read().decode())  # SF401
"""),
    "view_args": views("""\
@bp.get('/')
def index():
    return render_template_string(request.view_args['n'])  # SF401
"""),
    "add_url_rule": views("""\
def page(name):
    return render_template_string('<b>' + name)  # SF401
bp.add_url_rule('/<name>', view_func=page)
"""),
    "nested function": views("""\
@bp.get('/')
def index():
    def inner():
        return '<b>' + q
    q=request.args['q']
    return render_template_string(inner())  # SF401
"""),
    "ternary": views("""\
@bp.get('/')
def index():
    q=request.args.get('q')
    return render_template_string(q if q else 'x')  # SF401
"""),
    "or": views("""\
@bp.get('/')
def index():
    return render_template_string(request.args.get('q') or 'x')  # SF401
"""),
    "str()": views("""\
@bp.get('/')
def index():
    return render_template_string(str(request.args.get('q')))  # SF401
"""),
    "slicing": views("""\
@bp.get('/')
def index():
    return render_template_string(request.args['q'][:20].strip().upper())  # SF401
"""),
    "tuple unpack": views("""\
@bp.get('/')
def index():
    a, b = request.args['q'].split(':')
    return render_template_string(b)  # SF401
"""),
    "textwrap": views("""\
@bp.get('/')
def index():
    import textwrap
    return render_template_string(textwrap.dedent(request.form['q']))  # SF401
"""),
    "json loads": views("""\
@bp.get('/')
def index():
    import json
    return render_template_string(json.loads(request.data)['q'])  # SF401
"""),
    "map": views("""\
@bp.get('/')
def index():
    return render_template_string(''.join(map(str, request.args.values())))  # SF401
"""),
    "io": views("""\
@bp.get('/')
def index():
    import io
    b=io.StringIO()
    b.write('<p>')
    b.write(request.args['q'])
    return render_template_string(b.getvalue())  # SF401
"""),
    "a filter that compiles what a page gives it": views(
        """\
from jinja2 import pass_environment
@bp.app_template_filter('filled')
@pass_environment
def fill(environment, pattern, **words):
    return environment.from_string('<p>' + pattern).render(words)
@bp.get('/')
def index():
    return render_template('a.html', sign=request.args['sign'])
""",
        {"a.html": "<i>{{ config.SIGN|filled }}</i>\n{{ sign|upper|filled(n=1) }} {# SF401 #}"},
    ),
    "a global that compiles what a page gives it": views(
        """\
def fill(pattern):
    return current_app.jinja_env.from_string(pattern).render()
@bp.record_once
def start(state):
    state.app.add_template_global(fill, 'filled')
@bp.get('/')
def index():
    return render_template('a.html')
""",
        {"a.html": "{{ filled(request.args.sign) }} {# SF401 #}"},
    ),
    "url": views("""\
@bp.get('/')
def index():
    return render_template_string('<p>No page ' + request.url)  # SF401
"""),
}

FINE_VIEWS = {
    "percent d": views("""\
@bp.get('/')
def index():
    q=request.form['q']
    return render_template_string('<p>%d</p>' % int(q))
"""),
    "sandbox": views("""\
@bp.get('/')
def index():
    from jinja2.sandbox import SandboxedEnvironment
    env=SandboxedEnvironment(autoescape=True)
    return Response(env.from_string(request.get_json()['t']).render(), mimetype='text/plain')
"""),
    "dict other key": views("""\
@bp.get('/')
def index():
    d={'a': request.args['a'], 'b': '<p>'}
    return render_template_string(d['b'], x=d['a'])
"""),
    "escape not enough? const": views("""\
@bp.get('/')
def index():
    return render_template_string('{{ x }}', x=escape(request.args['q']))
"""),
    "int path": views("""\
@bp.get('/<int:n>')
def index(n):
    return render_template_string('<p>' + str(n))
"""),
    "allow list": views("""\
@bp.get('/')
def index():
    q=request.args['q']
    if q not in {'a','b'}:
        abort(404)
    return render_template_string('<p>'+q)
"""),
    "allow list in": views("""\
@bp.get('/')
def index():
    q=request.args['q']
    if q in ('a','b'):
        return render_template_string('<p>'+q)
    return 'no'
"""),
    "dict lookup": views("""\
T={'a':'<p>a','b':'<p>b'}
@bp.get('/')
def index():
    return render_template_string(T[request.args['q']])
"""),
    "dict get": views("""\
T={'a':'<p>a','b':'<p>b'}
@bp.get('/')
def index():
    return render_template_string(T.get(request.args['q'], '<p>'))
"""),
    "module store const": views("""\
NOTES = {1: "<p>{{ x }}</p>"}
@bp.get("/<int:i>")
def show(i):
    return render_template_string(NOTES[i], x=request.args.get("x"))
"""),
    "session other": views("""\
@bp.post("/")
def save():
    session["sig"] = request.form["sig"]
    session["tpl"] = "plain"
    return "", 204
@bp.get("/")
def show():
    return render_template_string("<p>" + session["tpl"] + "</p>")
"""),
    "file packaged": views("""\
from pathlib import Path
P = Path("x.txt")
@bp.get("/<int:i>")
def show(i):
    return render_template_string(P.read_text(), x=request.args.get("x"))
"""),
    "helper wraps const": views("""\
def page(body):
    return render_template_string("<main>" + body + "</main>", q=request.args.get("q"))
@bp.get("/")
def index():
    return page("<p>{{ q }}</p>")
"""),
    "add_url_rule int": views("""\
def page(n):
    return render_template_string('<b>%s' % n)
bp.add_url_rule('/<int:n>', view_func=page)
"""),
    "a filter that compiles what we wrote": views(
        """\
@bp.app_template_filter()
def filled(pattern, word):
    return current_app.jinja_env.from_string(pattern).render(word=word)
@bp.get('/')
def index():
    return render_template('a.html', sign=request.args['sign'], pattern='<b>{{ word }}</b>')
""",
        {"a.html": "{{ config.SIGN|filled(sign) }} {{ pattern|filled(sign) }} {{ sign }}"},
    ),
    "method": views("""\
@bp.get('/')
def index():
    return render_template_string('<p>' + request.method)
"""),
}


SAVES = """\
from pathlib import Path
from werkzeug.utils import secure_filename
@bp.post('/')
def save():
    file = request.files['file']
    {save}
    return {{}}
"""
FAULTY_VIEWS |= {
    "uploads where templates are looked for": views(
        SAVES.format(save="file.save(os.path.join(current_app.config['THEMES'], secure_filename(file.filename)))"),
        theme="""\
import jinja2
def init(app):
    app.config['THEMES'] = 'var/themes'
    app.jinja_loader = jinja2.FileSystemLoader(['other', app.config['THEMES']])  # SF401
""",
    ),
    "an upload that is a template": views(
        SAVES.format(save="(Path(current_app.root_path) / 'mails' / 'home.html').write_bytes(file.read())")
        + "mails = Blueprint('mails', __name__, template_folder='mails')  # SF401\n"
    ),
    "an upload of some name into the usual folder": views(
        SAVES.format(
            save="file.save(Path(current_app.root_path, 'templates', 'mails', f'{len(request.form)}.html'))  # SF401"
        )
    ),
}
FINE_VIEWS |= {
    "uploads beside the templates": views(
        SAVES.format(save="file.save(os.path.join(current_app.root_path, 'files', secure_filename(file.filename)))")
        + "mails = Blueprint('mails', __name__, template_folder='mails')\n"
    ),
    "a template of our own": views(
        SAVES.format(save="(Path(current_app.root_path) / 'mails' / 'home.html').write_text('<p>')")
        + "mails = Blueprint('mails', __name__, template_folder='mails')\n"
    ),
}

test_faults, test_look_alikes = proves(FAULTY_VIEWS, FINE_VIEWS)
