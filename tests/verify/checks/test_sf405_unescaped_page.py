import pytest

from .templated import T4, page, proves, views

FAULTY_VIEWS = {
    "an exception that makes its own page": views("""\
from werkzeug.exceptions import HTTPException
class Refused(HTTPException):
    def __init__(self, why):
        self.why = why
    def get_response(self, environ=None, scope=None):
        return Response(f'<p>{self.why}</p>', 400)  # SF405
@bp.get('/')
def index():
    return Refused(request.args['q'])
"""),
    "a file that another view wrote": views("""\
@bp.post('/')
def save():
    with open('motd.html', 'w') as out:
        out.write(request.form['text'])
    return {}
@bp.get('/')
def index():
    with open('motd.html') as file:
        return file.read()  # SF405
"""),
    "raw f": views("""\
@bp.get('/')
def index():
    return f"<p>{request.args['q']}</p>"  # SF405
"""),
    "raw Response": views("""\
@bp.get('/')
def index():
    return Response('<p>' + request.args['q'])  # SF405
"""),
    "raw make_response": views("""\
@bp.get('/')
def index():
    r = make_response('<p>' + request.args['q'])  # SF405
    r.headers['X-A']='b'
    return r
"""),
    "raw mimetype html": views("""\
@bp.get('/')
def index():
    return Response('<p>' + request.args['q'], mimetype='text/html')  # SF405
"""),
    "raw tuple": views("""\
@bp.get('/')
def index():
    return '<p>' + request.args['q'], 404  # SF405
"""),
    "error handler": views("""\
@bp.app_errorhandler(404)
def nf(e):
    return f'<h1>{request.path} not found</h1>', 404  # SF405
"""),
    "txt": views(
        """\
@bp.get('/')
def index():
    return render_template('a.txt', x=request.args.get('x',''))  # SF405
""",
        {"a.txt": "Name {{ x }}"},
    ),
    "txt kept first": views(
        """\
@bp.get('/')
def index():
    body = render_template('a.txt', x=request.args.get('x',''))  # SF405
    return body
""",
        {"a.txt": "Name {{ x }}"},
    ),
    "j2": views(
        """\
@bp.get('/')
def index():
    return render_template('a.html.j2', x=request.args.get('x',''))  # SF405
""",
        {"a.html.j2": "<p>{{ x }}</p>"},
    ),
    "stream generator": views("""\
@bp.get('/')
def index():
    def gen():
        yield '<p>'
        yield request.args['q']
    return Response(stream_with_context(gen()))  # SF405
"""),
    "raw returned name": views("""\
@bp.get('/<name>')
def index(name):
    return name  # SF405
"""),
    "raw join list": views("""\
@bp.get('/')
def index():
    return '<br>'.join(request.args.values())  # SF405
"""),
    "raw bytes": views("""\
@bp.get('/')
def index():
    return request.get_data()  # SF405
"""),
    "html response class": views("""\
@bp.get('/')
def index():
    return current_app.response_class('<p>' + request.args['q'])  # SF405
"""),
    "svg string": views("""\
@bp.get('/')
def index():
    return Response(f"<svg><text>{request.args['x']}</text></svg>", mimetype='image/svg+xml')  # SF405
"""),
    "text of a conversion's error": views("""\
@bp.get('/')
def index():
    try:
        return {'n': int(request.args['n'])}
    except ValueError as error:
        return str(error), 400  # SF405
"""),
    "text of a helper's error": views(
        """\
from .stock import Missing, find
@bp.get('/')
def index():
    try:
        return find(request.args['part'])
    except Missing as problem:
        return f'<p>{problem}</p>', 404  # SF405
""",
        stock="""\
class Missing(Exception):
    pass
def find(part):
    raise Missing(f'no {part}')
""",
    ),
    "text of an error handler": views("""\
@bp.app_errorhandler(404)
def missing(error):
    return '<h1>' + error.description, 404  # SF405
@bp.get('/<word>')
def index(word):
    abort(404, f'no {word}')
"""),
    "text of an error handler in place": views("""\
def init_app(app):
    app.register_error_handler(400, lambda error: (f'<p>{error.description}</p>', 400))  # SF405
@bp.get('/')
def index():
    abort(400, description='not ' + request.args['a'])
"""),
    "an answer that ends the request": views("""\
@bp.get('/')
def index():
    refused = make_response('<p>' + request.args['a'], 400)  # SF405
    abort(refused)
"""),
    "one of several answers of a helper": views("""\
def answer(q):
    if not q:
        return redirect('/')
    if q == 'a':
        return q, 200, {'Content-Type': 'text/plain'}
    return '<p>' + q
@bp.get('/')
def index():
    return answer(request.args['q'])  # SF405
"""),
    "an object that builds a page": views("""\
class Table:
    def __init__(self):
        self.rows = []
    def add(self, cell):
        self.rows.append(f'<td>{cell}</td>')
    def html(self):
        return '<table>' + ''.join(self.rows)
@bp.get('/')
def index():
    table = Table()
    table.add(request.args['q'])
    return table.html()  # SF405
"""),
    "the other part of a pair": views("""\
def split(q):
    return 'a', '<p>' + q
@bp.get('/')
def index():
    _, text = split(request.args['q'])
    return text  # SF405
"""),
    "a response that a decorator makes": views("""\
import functools
def padded(kind):
    def around(view):
        @functools.wraps(view)
        def inner(*a, **k):
            text = request.args.get('call', '') + '(' + view(*a, **k) + ')'
            if kind == 'js':
                return Response(text, mimetype='application/javascript')
            return Response(text)  # SF405
        return inner
    return around
@bp.get('/')
@padded('js')
def index():
    return '1'
"""),
}

FINE_VIEWS = {
    "text from a helper": views("""\
def text(body):
    return Response(body, mimetype='text/plain')
@bp.get('/')
def index():
    return text(request.args['q'])
"""),
    "dictionaries on both ways": views("""\
def load(token):
    return {'token': token} if token else dict(a=1)
@bp.get('/')
def index():
    return load(request.args.get('token')) if request.args else dict(current_app.config)
"""),
    "raw json": views("""\
@bp.get('/')
def index():
    return {'q': request.args['q']}
"""),
    "raw jsonify": views("""\
@bp.get('/')
def index():
    return jsonify(q=request.args['q'])
"""),
    "raw plain": views("""\
@bp.get('/')
def index():
    r = make_response(request.args['q'])
    r.mimetype='text/plain'
    return r
"""),
    "raw ct header": views("""\
@bp.get('/')
def index():
    return request.args['q'], 200, {'Content-Type': 'text/plain; charset=utf-8'}
"""),
    "raw content_type": views("""\
@bp.get('/')
def index():
    return Response(request.args['q'], content_type='application/json')
"""),
    "raw escape": views("""\
@bp.get('/')
def index():
    return '<p>%s</p>' % escape(request.args['q'])
"""),
    "raw int": views("""\
@bp.get('/')
def index():
    return f"<p>{int(request.args['q'])}</p>"
"""),
    "raw redirect": views("""\
@bp.get('/')
def index():
    return redirect(request.args['q'])
"""),
    "error handler ok": views("""\
@bp.app_errorhandler(404)
def nf(e):
    return f'<h1>{escape(request.path)} not found</h1>', 404
"""),
    "txt mail": views(
        """\
@bp.post('/')
def i():
    body = render_template('m.txt', x=request.form['x'])
    send(body)
    return '', 204
def send(b):
    print(b)
""",
        {"m.txt": "Hi {{ x }} <{{ x }}>"},
    ),
    "stream csv": views("""\
@bp.get('/')
def index():
    def gen():
        yield request.args['q']
    return Response(stream_with_context(gen()), mimetype='text/csv')
"""),
    "raw const": views("""\
@bp.get('/')
def index():
    name=request.args.get('n')
    if name == 'a':
        return '<p>a</p>'
    return '<p>b</p>'
"""),
    "svg set": views("""\
@bp.get('/')
def index():
    return Response(render_template('a.svg', x=request.args['x']), mimetype='image/svg+xml')
"""),
    "after_request": views("""\
@bp.after_request
def a(response):
    response.headers['X-A'] = request.path
    return response
"""),
    "login_required wrapper": views("""\
import functools
def need(f):
    @functools.wraps(f)
    def inner(*a, **k):
        return f(*a, **k)
    return inner
@bp.get('/<name>')
@need
def i(name):
    return render_template_string('{{ n }}', n=name)
"""),
    "json dumps": views("""\
@bp.get('/')
def index():
    import json
    return Response(json.dumps({'a': request.args['a']}), content_type='application/json')
"""),
    "send_file": views("""\
@bp.get('/')
def index():
    return send_file(request.args['f'])
"""),
    "status only": views("""\
@bp.get('/')
def index():
    return '', 204, {'Location': request.args['x']}
"""),
    "text of an error that quotes nothing": views("""\
def check(n):
    if n < 3:
        raise ValueError('too small')
@bp.get('/')
def index():
    try:
        check(len(request.args['n']))
    except ValueError as error:
        return str(error), 400
    return {}
"""),
    "text of the other errors": views("""\
@bp.app_errorhandler(404)
def missing(error):
    return f'<h1>{error.description}', 404
@bp.app_errorhandler(400)
def refused(error):
    return f'<h1>{error.code} {error.name}', error.code
@bp.get('/<word>')
def index(word):
    abort(400, f'no {word}')
"""),
    "the error itself": views("""\
from werkzeug.exceptions import HTTPException
@bp.app_errorhandler(HTTPException)
def any_error(error):
    return error
@bp.get('/<word>')
def index(word):
    abort(400, f'no {word}')
"""),
    "a status that ends the request": views("""\
@bp.get('/')
def index():
    abort(request.args.get('status', 400, type=int))
"""),
    "several answers of a helper": views(
        """\
def answer(q):
    if not q:
        return redirect('/' + q)
    if q == 'a':
        return q, 200, {'Content-Type': 'text/plain'}
    return render_template('a.html', q=q)
@bp.get('/')
def index():
    return answer(request.args['q'])
""",
        {"a.html": "{{ q }}"},
    ),
    "a type that a parent's method sets": views("""\
from flask.views import MethodView
class Raw(MethodView):
    def get(self, name):
        return self.send(name)
    def send(self, name):
        answer = Response('name: ' + name)
        answer.headers['Content-Type'] = 'text/plain'
        return answer
class Named(Raw):
    def get(self, name):
        return super().get(name)
bp.add_url_rule('/<name>', view_func=Named.as_view('named'))
"""),
    "a type that a helper works out": views("""\
import mimetypes
def send(stream, kind):
    return Response(stream, mimetype=kind)
@bp.get('/<path:path>')
def index(path):
    return send(open(path, 'rb'), mimetypes.guess_type(path)[0])
"""),
    "an object that builds an escaped page": views("""\
class Table:
    def __init__(self):
        self.rows = []
    def add(self, cell):
        self.rows.append(f'<td>{escape(cell)}</td>')
    def html(self):
        return '<table>' + ''.join(self.rows)
@bp.get('/')
def index():
    table = Table()
    table.add(request.args['q'])
    return table.html()
"""),
    "the other part of a pair": views("""\
def split(q):
    return '<p>', q
@bp.get('/')
def index():
    text, _ = split(request.args['q'])
    return text
"""),
    "rows of a connection": views("""\
import sqlite3
@bp.get('/')
def index():
    store = sqlite3.connect(request.args['path'])
    return store.execute('SELECT name FROM pages').fetchone()[0]
"""),
    "an exception that makes its own answer": views("""\
from werkzeug.exceptions import HTTPException
class Refused(HTTPException):
    def __init__(self, why):
        self.why = why
    def get_response(self, environ=None, scope=None):
        answer = Response(f'<{self.why}>', 400)
        answer.mimetype = 'text/plain'
        return answer
class Missing(Refused):
    def get_response(self, environ=None, scope=None):
        return jsonify(error=self.why)
@bp.get('/')
def index():
    return Refused(request.args['q']) if 'q' in request.args else Missing(request.args['p'])
"""),
    "another file behind the same name": views(
        """\
@bp.get('/')
def index():
    with open(current_app.static_folder + '/index.html') as f:
        return f.read()
""",
        notes="""\
from flask import request
def save(name):
    with open(f'/srv/{name}.txt', 'w') as f:
        f.write(request.form['text'])
""",
    ),
}

FINE_PAGES = {
    "j2 const": page("<p>{{ 1 }}</p>", name="a.html.j2"),
    "j2 e": page("<p>{{ x|e }}</p>", name="a.html.j2"),
}


test_faults, test_look_alikes = proves(FAULTY_VIEWS, FINE_VIEWS | FINE_PAGES)


JSON = [
    "return dict(q=q)",
    "return dict(q=q), 201",
    "return await load(q)",
    "STORE['a'] = load(q)\n    return STORE['a']",
    "kept = [q]\n    return kept",
    "return to_json(q)",
]


@pytest.mark.parametrize("code", JSON)
def test_dictionaries_and_lists_are_sent_as_json(project, found, code):
    helpers = "STORE = {}\ndef load(q):\n    return {'q': q}\ndef to_json(q) -> dict[str, str]:\n    return q\n"
    view = f"{helpers}@bp.get('/')\nasync def index():\n    q = request.args['q']\n    {code}\n"
    assert found(project(views(view)), *T4) == []
