import ast

import pytest

from verify.project import Project

HEAD = "import re\nfrom flask import g, request, session\nfrom markupsafe import Markup, escape\n"


def source(project, code, kind="code", **modules):
    """What reaches the argument of the call of `sink`."""
    files = {"acme/__init__.py": "", "acme/a.py": HEAD + code}
    loaded = Project(project(files | {f"acme/{name}.py": HEAD + text for name, text in modules.items()}))
    module, call = next(
        (module, call) for module, call, _ in loaded.calls.all() if getattr(call.func, "id", "") == "sink"
    )
    return loaded.flow.tainted(module, call.args[0], kind)


@pytest.mark.parametrize(
    "part",
    [
        "args['q']",
        "form.get('q')",
        "values",
        "cookies['q']",
        "headers.get('X-Q')",
        "get_json()",
        "json",
        "files['q'].read()",
        "url",
        "path",
    ],
)
def test_what_the_client_sends(project, part):
    found = source(project, f"def view():\n    sink(request.{part})\n")
    assert (str(found.what)[:7], found.path, found.line) == ("request", "acme/a.py", 5)


@pytest.mark.parametrize("part", ["method", "endpoint", "blueprint", "args.get('n', type=int)", "content_length"])
def test_what_the_client_cannot_shape(project, part):
    assert source(project, f"def view():\n    sink(request.{part})\n") is None


@pytest.mark.parametrize(
    "expression", ["int(q)", "len(q)", "q == 'a'", "{'a': 1}[q]", "{'a': 1}.get(q, 2)", "f'{n:d}'", "'%d' % n"]
)
def test_what_loses_the_data(project, expression):
    assert source(project, f"def view():\n    q = request.args['q']\n    n = int(q)\n    sink({expression})\n") is None


@pytest.mark.parametrize(
    "expression",
    ["q", "q.upper()", "f'{q}'", "'%s' % q", "'{}'.format(q)", "''.join([q])", "[q][0]", "{'a': q}['a']",
     "q if q else ''", "q or ''", "''.join(x for x in [q])", "str(q)", "'<' + q", "(lambda: q)() or q", "q[:3]",
     "dict(a=q)['a']"],
)  # fmt: skip
def test_what_keeps_the_data(project, expression):
    found = source(project, f"def view():\n    q = request.args['q']\n    sink({expression})\n")
    assert found.what == "request.args['q']"


def test_the_last_definition_wins_where_it_always_runs(project):
    assert source(project, "def view():\n    q = request.args['q']\n    q = 'fixed'\n    sink(q)\n") is None
    both = "def view():\n    q = request.args['q']\n    if x:\n        q = 'fixed'\n    sink(q)\n"
    assert source(project, both) is not None


def test_a_helper_returns_what_it_is_given_here_and_not_what_others_give_it(project):
    helper = "def wrap(text, tag='b'):\n    return '<' + tag + '>' + text\n"
    fine = "from .h import wrap\ndef one():\n    wrap(request.args['q'])\ndef two():\n    sink(wrap('fixed'))\n"
    bad = "from .h import wrap\ndef two():\n    sink(wrap('fixed', tag=request.args['q']))\n"
    assert source(project, fine, h=helper) is None
    assert source(project, bad, h=helper).what == "request.args['q']"


def test_a_parameter_is_what_any_caller_passes(project):
    found = source(
        project, "def show(text):\n    sink(text)\ndef view():\n    show('a')\n    show(request.form['q'])\n"
    )
    assert (found.what, found.line) == ("request.form['q']", 8)


def test_functions_that_call_each_other_forever_end(project):
    code = "def a(x):\n    return b(x)\ndef b(x):\n    return a(x)\ndef view():\n    sink(a(request.args['q']))\n"
    assert source(project, code) is None


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("NOTES.append(request.form['q'])", "NOTES[0]"),
        ("NOTES[0] = request.form['q']", "NOTES[0]"),
        ("session['q'] = request.form['q']", "session['q']"),
        ("session['q'] = request.form['q']", "session.get('q')"),
        ("g.q = request.form['q']", "g.q"),
        (
            "db.execute('insert into note values (?)', (request.form['q'],))",
            "db.execute('select * from note').fetchone()",
        ),
        ("db.set('q', request.form['q'])", "db.get('q')"),
    ],
)
def test_what_was_stored_comes_back(project, stored, read):
    code = f"NOTES = []\ndef save(db):\n    {stored}\ndef view(db):\n    sink({read})\n"
    assert source(project, code).what == "request.form['q']"


@pytest.mark.parametrize(("declared", "found"), [("raise NotImplementedError", True), ("return 'none'", False)])
def test_what_the_subclass_of_a_declared_method_returns(project, declared, found):
    code = f"class Store:\n    def read(self, name):\n        {declared}\n"
    code += "class Echo(Store):\n    def read(self, name):\n        return name\n"
    code += "def store() -> Store:\n    return Echo()\ndef view():\n    sink(store().read(request.args['q']))\n"
    assert (source(project, code) is not None) is found


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("session['q'] = request.form['q']", "session['other']"),
        ("g.q = request.form['q']", "g.other"),
        (
            "db.execute('insert into note values (?)', (request.form['q'],))",
            "db.execute('select * from page').fetchone()",
        ),
        ("NOTES.append(int(request.form['q']))", "NOTES[0]"),
    ],
)
def test_another_place_is_another_place(project, stored, read):
    assert source(project, f"NOTES = []\ndef save(db):\n    {stored}\ndef view(db):\n    sink({read})\n") is None


@pytest.mark.parametrize(
    "guard",
    [
        "if q not in {'a', 'b'}:\n        return",
        "if not re.fullmatch('[a-z]+', q):\n        return",
        "if not q.isalnum():\n        raise ValueError",
        "if q not in ALLOWED:\n        q = 'a'",
        "assert q in ALLOWED",
        "if not known(q):\n        return",
        "if not fine(q):\n        return",
        "m = re.fullmatch('[a-z]+', q)\n    if m is None:\n        return",
        "refuse(q)",
        "try:\n        kept = keep(1, q)\n    except ValueError:\n        abort(404)",
    ],
)
def test_a_check_before_use(project, guard):
    code = "ALLOWED = ('a', 'b')\ndef known(x):\n    return x in ALLOWED\n"
    code += "def refuse(x):\n    if x is None or not re.fullmatch('[a-z]+', str(x)):\n        raise ValueError\n"
    code += "def keep(n, x):\n    refuse(x)\n    return {n: x}\n"
    code += "def fine(x):\n    if known(x):\n        return True\n    return False\n"
    assert source(project, f"{code}def view():\n    q = request.args['q']\n    {guard}\n    sink(q)\n") is None


def test_a_check_of_one_entry_says_nothing_about_another(project):
    code = "def view():\n    data = request.get_json()\n    if data.get('kind') not in ('a', 'b'):\n        return\n"
    assert source(project, f"{code}    sink(data['kind'])\n") is None
    assert source(project, f"{code}    sink(data['note'])\n") is not None


@pytest.mark.parametrize(
    "guard",
    [
        "if not q:\n        return",
        "if 'x' in q:\n        return",
        "if q in ('a', 'b'):\n        return",
        "if len(q) > 9:\n        return",
        "if not lax(q):\n        return",
        "done = q.db.execute('insert', (q,))\n    if done.rowcount != 1:\n        return",
        "refuse('b')",
        "refuse(1, q)",
        "try:\n        refuse(q)\n    except ValueError:\n        pass",
        "try:\n        return {}\n    except ValueError:\n        refuse(q)",
        "pick(q)",
    ],
)
def test_a_check_that_promises_nothing(project, guard):
    code = "def lax(x):\n    if len(x) < 9:\n        return True\n    return x in ('a', 'b')\n"
    code += "def refuse(x, y=''):\n    if x not in ('a', 'b'):\n        raise ValueError\n"
    code += "def pick(x):\n    if len(x) < 9:\n        return\n    refuse(x)\n"
    assert source(project, f"{code}def view():\n    q = request.args['q']\n    {guard}\n    sink(q)\n") is not None


def test_an_application_is_not_made_of_its_arguments(project):
    code = "from flask import Flask\ndef view():\n    app = Flask(request.args['q'])\n    sink(app.jinja_env)\n"
    assert source(project, code) is None


@pytest.mark.parametrize(("flags", "found"), [("", False), (", as_text=True", True), (", **options", True)])
def test_a_flag_that_a_call_leaves_off(project, flags, found):
    code = "def save(text, as_text=False):\n    if as_text:\n        return text\n    return 'saved'\n"
    code += f"def view(options):\n    sink(save(request.args['q']{flags}))\n"
    assert bool(source(project, code)) is found


@pytest.mark.parametrize(("function", "found"), [("find_by_name", False), ("get", False), ("upper_case", True)])
def test_what_a_library_finds_is_not_what_it_was_asked_with(project, function, found):
    code = f"from shelf import {function}\ndef view():\n    sink({function}(request.args['q']))\n"
    assert bool(source(project, code, "html")) is found


@pytest.mark.parametrize(
    ("expression", "html", "code"),
    [
        ("escape(q)", False, True),
        ("Markup('<b>{}</b>').format(q)", False, True),
        ("Markup('<b>%s</b>') % q", False, True),
        ("Markup('<b>') + q", False, True),
        ("'<b>' + q", True, True),
        ("escape(q).unescape()", True, True),
        ("int(q)", False, False),
    ],
)
def test_what_makes_html_safe_leaves_template_source_dangerous(project, expression, html, code):
    text = f"def view():\n    q = request.args['q']\n    sink({expression})\n"
    assert (source(project, text, "html") is not None, source(project, text, "code") is not None) == (html, code)


@pytest.mark.parametrize(
    ("rule", "reaches"),
    [
        ("/<q>", True),
        ("/<path:q>", True),
        ("/<string(length=2):q>", True),
        ("/<int:q>", False),
        ("/<uuid:q>", False),
        ("/<any(a, b):q>", False),
    ],
)
def test_path_parameters_by_their_converter(project, rule, reaches):
    code = f"from flask import Blueprint\nbp = Blueprint('b', __name__)\n@bp.get('{rule}')\ndef view(q):\n    sink(q)\n"
    assert (source(project, code) is not None) is reaches
    assert source(project, code, "data") is not None


def test_every_expression_of_python_has_an_answer(project):
    code = "def f(*a, k=1, **kw):\n    x: int = (y := 2)\n"
    code += "    return [*a, {**kw}, lambda z: z, x[1:2, ...], f'{k!r:>{x}}', not x, (yield), 1 < x < 3]\n"
    loaded = Project(project({"a.py": code}))
    module = loaded.modules["a.py"]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.expr) and not isinstance(node, ast.Slice):
            assert loaded.flow.tainted(module, node) is None
