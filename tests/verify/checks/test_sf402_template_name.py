from .templated import page, proves, views

FAULTY_VIEWS = {
    "name": views("""\
@bp.get('/')
def index():
    return render_template(request.args['p'])  # SF402
"""),
    "name f": views("""\
@bp.get('/<p>')
def index(p):
    return render_template(f'pages/{p}.html')  # SF402
"""),
    "name list": views("""\
@bp.get('/')
def index():
    return render_template([request.args['p'], 'a.html'])  # SF402
"""),
    "get_template": views("""\
@bp.get('/')
def index():
    return current_app.jinja_env.get_template(request.args['p']).render()  # SF402
"""),
}

FINE_VIEWS = {
    "name any": views("""\
@bp.get('/<any(a,b):p>')
def index(p):
    return render_template(f'pages/{p}.html')
"""),
    "name allow": views("""\
ALLOWED=frozenset({'a','b'})
@bp.get('/<p>')
def index(p):
    if p not in ALLOWED:
        abort(404)
    return render_template(f'pages/{p}.html')
"""),
    "name table": views("""\
PAGES={'a':'a.html'}
@bp.get('/<p>')
def index(p):
    return render_template(PAGES[p])
"""),
    "enum": views("""\
import enum
class Kind(enum.Enum):
    A='a'
@bp.get('/<p>')
def index(p):
    return render_template(f'{Kind(p).value}.html')
"""),
}

FAULTY_PAGES = {
    "include": page("{% include x %} {# SF402 #}"),
    "include cat": page("{% include 'parts/' ~ x ~ '.html' %} {# SF402 #}"),
    "extends": page("{% extends x %} {# SF402 #}"),
    "import": page("{% import x as m %} {# SF402 #}"),
}

FINE_PAGES = {
    "include guarded": page("{% if x in ['a.html','b.html'] %}{% include x %}{% endif %}"),
    "include table": page("{% include {'a':'a.html'}[x] %}"),
}


test_faults, test_look_alikes = proves(FAULTY_VIEWS | FAULTY_PAGES, FINE_VIEWS | FINE_PAGES)
