from .templated import proves, views

FAULTY_VIEWS = {
    "env default html": views("""\
env=jinja2.Environment(loader=jinja2.PackageLoader('acme'))  # SF403
@bp.get('/')
def i():
    return env.get_template('a.html').render(x=request.args['x'])
"""),
    "env options of a file": views(
        """\
import json, pathlib
told=json.loads(pathlib.Path('pages.json').read_text())
env=jinja2.Environment(loader=jinja2.PackageLoader('acme'), **told)  # SF403
@bp.get('/')
def i():
    return env.get_template('a.html').render(x=request.args['x'])
"""
    )
    | {"pages.json": '{"lstrip_blocks": true, "autoescape": false}'},
    "env select xml": views("""\
env=jinja2.Environment(loader=jinja2.PackageLoader('acme'), autoescape=jinja2.select_autoescape(['xml']))  # SF403
@bp.get('/')
def i():
    return env.get_template('a.html').render(x=request.args['x'])
"""),
    "env lambda": views("""\
env=jinja2.Environment(loader=jinja2.PackageLoader('acme'), autoescape=lambda n: n.endswith('.xml'))  # SF403
@bp.get('/')
def i():
    return env.get_template('a.html').render(x=request.args['x'])
"""),
    "jinja_env.autoescape": views(
        "\n",
        **{
            "__init__": """\
from flask import Flask
def create_app():
    app=Flask(__name__)
    app.jinja_env.autoescape = False  # SF403
    return app
"""
        },
    ),
    "jinja_options[]": views(
        "\n",
        **{
            "__init__": """\
from flask import Flask
def create_app():
    app=Flask(__name__)
    app.jinja_options['autoescape'] = False  # SF403
    return app
"""
        },
    ),
    "jinja_options=": views(
        "\n",
        **{
            "__init__": """\
from flask import Flask
def create_app():
    app=Flask(__name__)
    app.jinja_options = dict(autoescape=False)  # SF403
    return app
"""
        },
    ),
    "jinja_options update": views(
        "\n",
        **{
            "__init__": """\
from flask import Flask
def create_app():
    app=Flask(__name__)
    app.jinja_options.update(autoescape=False)  # SF403
    return app
"""
        },
    ),
    "jinja_options merged": views(
        "\n",
        **{
            "__init__": """\
from flask import Flask
class A(Flask):
    jinja_options = {**Flask.jinja_options, 'autoescape': False}  # SF403
def create_app():
    return A(__name__)
"""
        },
    ),
    "jinja_options const": views(
        "\n",
        **{
            "__init__": """\
from flask import Flask
OPT = {'autoescape': False}  # SF403
class A(Flask):
    jinja_options = OPT
def create_app():
    return A(__name__)
"""
        },
    ),
    "select lambda": views(
        "\n",
        **{
            "__init__": """\
from flask import Flask
def create_app():
    app=Flask(__name__)
    app.select_jinja_autoescape = lambda name: False  # SF403
    return app
"""
        },
    ),
    "override false": views(
        "\n",
        **{
            "__init__": """\
from flask import Flask
class A(Flask):
    def select_jinja_autoescape(self, filename):
        return False  # SF403
"""
        },
    ),
    "override const ext": views(
        "\n",
        **{
            "__init__": """\
from flask import Flask
EXT=('.xml',)
class A(Flask):
    def select_jinja_autoescape(self, filename):  # SF403
        if not filename:
            return True
        return filename.rsplit('.', 1)[1] in {'xml','svg'}
"""
        },
    ),
    "overlay off": views("""\
@bp.get('/')
def index():
    env=current_app.jinja_env.overlay(autoescape=False)  # SF403
    return env.get_template('a.html').render(x=request.args['x'])
"""),
    "overlay for pages, off later": views("""\
@bp.record_once
def start(state):
    g.plain = state.app.jinja_env.overlay(trim_blocks=True)
    g.plain.autoescape = False  # SF403
@bp.get('/')
def index():
    return g.plain.get_template('a.html').render(x=request.args['x'])
"""),
    "env func": views("""\
def env():
    return jinja2.Environment(loader=jinja2.PackageLoader('acme'))  # SF403
@bp.get('/')
def i():
    return env().get_template('a.html').render(x=request.args['x'])
"""),
    "Template class no autoescape": views("""\
T=jinja2.Template('<p>{{ x }}</p>')  # SF403
@bp.get('/')
def i():
    return T.render(x=request.args['x'])
"""),
}

FINE_VIEWS = {
    "env mail": views("""\
env=jinja2.Environment(loader=jinja2.PackageLoader('acme'))
def mail(x):
    return env.get_template('mail.txt').render(x=x)
"""),
    "overlays for texts": views("""\
class Letters:
    def __init__(self, app):
        self.short = app.jinja_env.overlay(autoescape=False)
        self.long = app.jinja_env.overlay(trim_blocks=True)
        self.long.autoescape = False
    def write(self, name, **words):
        return self.short.get_template('head.txt').render(**words) + self.long.get_template(name).render(**words)
def letter(app):
    return Letters(app).write('letter.md', x=request.args['x'])
"""),
    "env options of a file": views(
        """\
import json, pathlib
env=jinja2.Environment(loader=jinja2.PackageLoader('acme'), **json.loads(pathlib.Path('pages.json').read_text()))
@bp.get('/')
def i():
    return env.get_template('a.html').render(x=request.args['x'])
"""
    )
    | {"pages.json": '{"lstrip_blocks": false, "autoescape": true}'},
    "env select": views("""\
env=jinja2.Environment(loader=jinja2.PackageLoader('acme'), autoescape=jinja2.select_autoescape())
@bp.get('/')
def i():
    return env.get_template('a.html').render(x=request.args['x'])
"""),
    "override super": views(
        "\n",
        **{
            "__init__": """\
from flask import Flask
class A(Flask):
    def select_jinja_autoescape(self, filename):
        if filename is None:
            return True
        return filename.endswith('.j2') or super().select_jinja_autoescape(filename)
"""
        },
    ),
    "Template class text": views("""\
T=jinja2.Template('Hi {{ x }}')
@bp.get('/')
def i():
    return Response(T.render(x=request.args['x']), mimetype='text/plain')
"""),
    "Template class autoescape": views("""\
T=jinja2.Template('<p>{{ x }}</p>', autoescape=True)
@bp.get('/')
def i():
    return T.render(x=request.args['x'])
"""),
}


test_faults, test_look_alikes = proves(FAULTY_VIEWS, FINE_VIEWS)
