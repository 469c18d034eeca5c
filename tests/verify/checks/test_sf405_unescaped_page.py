import pytest

from .templated import T4, marks, page, views

FAULTY_VIEWS = {
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
}

FINE_PAGES = {
    "j2 const": page("<p>{{ 1 }}</p>", name="a.html.j2"),
    "j2 e": page("<p>{{ x|e }}</p>", name="a.html.j2"),
}


@pytest.mark.parametrize("files", FAULTY_VIEWS.values(), ids=FAULTY_VIEWS.keys())
def test_the_fault_is_named_at_its_line(project, found, files):
    expected = marks(files)
    assert expected
    assert found(project(files), *T4) == expected


@pytest.mark.parametrize("files", (FINE_VIEWS | FINE_PAGES).values(), ids=(FINE_VIEWS | FINE_PAGES).keys())
def test_what_only_looks_like_it_is_fine(project, found, files):
    assert found(project(files), *T4) == []


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
