from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import factory, views

PAGE = """
from flask import render_template

@bp.app_errorhandler(Exception)
def oops(e):
    return render_template('oops.html', error=e), 500
"""
TRACE = """
from flask import render_template
import traceback

@bp.app_errorhandler(Exception)
def oops(e):
    return render_template('oops.html', more=current_app.debug, trace=traceback.format_exc()), 500
"""
STORE = """
import traceback

FAILED = {}

def worked(job):
    try:
        job()
    except Exception:
        report = traceback.format_exc()
        FAILED[job.number] = report
"""
SOCKET = """
import traceback
from flask_socketio import Namespace, SocketIO

sockets = SocketIO()

@sockets.on_error('/live')
def broke(e):
    LINE

class Live(Namespace):
    def on_order(self, order):
        try:
            order['id']
        except KeyError:
            self.emit('failed', traceback.format_exc(), to=request.sid)ALSO
"""
FAILURE = """
from flask import render_template
from shop.failure import Failure

@bp.app_errorhandler(Exception)
def oops(e):
    failure = Failure(e)
    current_app.logger.error(failure.told())
    return render_template('oops.html', failure=failure), 500
"""
TOLD = """
import traceback

class Failure:
    def __init__(self, cause):
        self.cause = cause
        self.number = id(self)

    def told(self):
        return f'{self.number}: {self.trace}'

    @property
    def trace(self):
        return '\\n'.join(traceback.format_exception(self.cause))
"""
FAULTS = {
    "the configuration, and the environment": views(
        """
import json, os
from flask import Response, current_app

@bp.get('/about')
def about():
    told = {'limits': dict(current_app.config)}  # SF205
    return told

@bp.get('/env')
def env():
    lines = [f'{name}={value}' for name, value in sorted(os.environ.items())]  # SF205
    return Response('\\n'.join(lines), mimetype='text/plain')
"""
    ),
    "behind a setting that is on, or that nobody turns off": views(
        """
import traceback
from flask import current_app

def init_app(app):
    app.config['ERRORS_IN_FULL'] = True

@bp.app_errorhandler(500)
def oops(e):
    if current_app.config.get('ERRORS_IN_FULL'):
        return traceback.format_exc(), 500  # SF205
    if current_app.config.get('SHOW_TRACE', True):
        return traceback.format_exc(), 500  # SF205
    return '', 500
"""
    ),
    "emitted to the visitor's socket": views(
        SOCKET.replace("LINE", "sockets.emit('failed', {'why': traceback.format_exc()})  # SF205").replace(
            "ALSO", "  # SF205"
        )
    ),
    "by a template that prints a property": views(FAILURE, failure=TOLD.replace("cause))", "cause))  # SF205"))
    | {"src/shop/templates/oops.html": "<pre>{{ failure.trace }}</pre>\n"},
    "by a view that reads a property": views(
        FAILURE.replace("render_template('oops.html', failure=failure)", "{'trace': failure.trace}"),
        failure=TOLD.replace("cause))", "cause))  # SF205"),
    ),
    "kept by the application, and shown to everybody": views(
        """
import traceback
from flask import got_request_exception

@got_request_exception.connect
def remember(app, exception):
    kept = {'when': 1, 'what': traceback.format_exc()}
    app.extensions['shop.failures'].append(kept)

@bp.get('/failures')
def failures():
    return list(current_app.extensions['shop.failures'])  # SF205

@bp.get('/times')
def times():
    return [one['when'] for one in current_app.extensions['shop.failures']]
"""
    ),
    "kept by a job, and shown to everybody": views(
        """
from shop import store

@bp.get('/jobs/<number>')
def job(number):
    why = store.FAILED.get(number)  # SF205
    return {'why': why}

@bp.get('/jobs')
def jobs():
    return dict(store.FAILED)  # SF205
""",
        store=STORE,
    ),
    "written to a buffer": views(
        """
import io, traceback

@bp.app_errorhandler(Exception)
def oops(e):
    text = io.StringIO()
    traceback.print_exc(file=text)  # SF205
    return text.getvalue(), 500
"""
    ),
    "when a debugging switch is on by default": views(
        """
import os, traceback

@bp.app_errorhandler(Exception)
def oops(e):
    parts = ['<h1>Sorry</h1>']
    if os.environ.get('SHOP_DEBUG', '1') == '1':
        parts.append(traceback.format_exc())  # SF205
    return ''.join(parts), 500
"""
    ),
    "when the client asks for it": views(
        """
import traceback

@bp.app_errorhandler(500)
def oops(e):
    wanted = request.headers.get('X-Debug') == '1'
    if wanted and not current_app.testing:
        return traceback.format_exc(), 500  # SF205
    return 'Sorry', 500

@bp.app_errorhandler(Exception)
def other(e):
    lines = []
    if current_app.debug or bool(request.args.get('debug')):
        lines = traceback.format_exception(e)  # SF205
    return '<br>'.join(lines), 500
"""
    ),
    "around a view": views(
        """
from shop.base import guarded, told

@bp.get('/a')
@guarded
def a():
    return {}

@bp.get('/b')
@told(500)
def b():
    return {}
""",
        base="""
import functools
import traceback

def guarded(view):
    @functools.wraps(view)
    def inner(**given):
        try:
            return view(**given)
        except Exception as e:
            return {'error': repr(e)}, 500  # SF205
    return inner

def told(code):
    def around(view):
        def inner(**given):
            try:
                return view(**given)
            except Exception as e:
                stack = traceback.format_tb(e.__traceback__)  # SF205
                return {'stack': stack}, code
        return inner
    return around
""",
    ),
    "by a template that has a use for it": views(TRACE.replace("500", "500  # SF205"))
    | {"src/shop/templates/oops.html": "{% if config.DEBUG %}dev{% elif trace %}<pre>{{ trace }}</pre>{% endif %}\n"},
    "by the page that a template is built on": views(TRACE.replace("500", "500  # SF205"))
    | {
        "src/shop/templates/oops.html": "{% extends 'base.html' %}\n",
        "src/shop/templates/base.html": "{{ trace if request.args.debug }}{{ trace if not more }}\n",
    },
    "a handler": views(
        """
import traceback

@bp.app_errorhandler(Exception)
def oops(e):
    return traceback.format_exc(), 500  # SF205
"""
    ),
    "in a dictionary": views(
        """
from traceback import format_exc as why

@bp.app_errorhandler(500)
def oops(e):
    body = {'why': why()}  # SF205
    return body, 500
"""
    ),
    "lines joined": views(
        """
import traceback

@bp.app_errorhandler(500)
def oops(e):
    lines = traceback.format_exception(e)  # SF205
    return '<br>'.join(lines), 500
"""
    ),
    "through a helper": views(
        """
import traceback

def page(e):
    return {'trace': traceback.format_exc()}  # SF205

@bp.app_errorhandler(500)
def oops(e):
    return page(e), 500
"""
    ),
    "a registered handler": factory(
        "from shop.base import oops\napp.register_error_handler(Exception, oops)",
        base="""
import traceback
from flask import make_response

def oops(e):
    return make_response(traceback.format_exc(), 500)  # SF205
""",
    ),
    "a middleware": factory(
        "from shop.base import Guard\napp.wsgi_app = Guard(app.wsgi_app)",
        base="""
import traceback

class Guard:
    def __call__(self, environ, start):
        try:
            return self.app(environ, start)
        except Exception:
            text = traceback.format_exc()  # SF205
            return [text.encode()]
""",
    ),
    "the text of any exception": views(
        """
@bp.app_errorhandler(Exception)
def oops(e):
    return {'error': str(e)}, 500  # SF205
"""
    ),
    "of what is no HTTP error": views(
        """
from werkzeug.exceptions import HTTPException

@bp.app_errorhandler(Exception)
def oops(e):
    if isinstance(e, HTTPException):
        return str(e), e.code
    text = f'Sorry: {e}'  # SF205
    return text, 500
"""
    ),
    "what a 500 holds": views(
        """
@bp.app_errorhandler(500)
def oops(e):
    cause = getattr(e, 'original_exception', None)  # SF205
    return f'Sorry: {cause!r}', 500
"""
    ),
    "a function without a name": factory(
        "app.register_error_handler(Exception, lambda e: (str(e), 500))  # SF205\n"
        "app.errorhandler(500)(lambda e: ('%s' % e.original_exception, 500))  # SF205\n"
        "app.register_error_handler(404, lambda e: (str(e), 404))"
    ),
    "by a template": views(PAGE.replace("500", "500  # SF205"))
    | {"src/shop/templates/oops.html": "<p>{{ error }}</p>\n"},
    "by Werkzeug's page": views(
        """
from flask import abort

@bp.get('/')
def index():
    try:
        return {'rows': current_app.rows()}
    except Exception as e:
        abort(500, e)  # SF205
"""
    ),
    "a view that catches whatever comes": views(
        """
@bp.get('/')
def index():
    try:
        return {'rows': current_app.rows()}
    except (OSError, Exception) as e:
        return {'error': 'failed: %s' % e}, 500  # SF205
"""
    ),
    "what the database says": views(
        """
import sqlite3

@bp.app_errorhandler(sqlite3.Error)
def oops(e):
    return {'error': e.args}, 500  # SF205
"""
    ),
    "unless it is under test": views(
        """
import traceback

@bp.app_errorhandler(500)
def oops(e):
    if not current_app.testing:
        return traceback.format_exc(), 500  # SF205
    return 'Sorry', 500
"""
    ),
    "unless it is debugged": views(
        """
import traceback

@bp.app_errorhandler(500)
def oops(e):
    if current_app.debug:
        raise e
    return traceback.format_exc(), 500  # SF205
"""
    ),
}
FINE = {
    "a part of the configuration, or what is made with the environment": views(
        """
import os, subprocess
from flask import current_app

SHOWN = ('MAX_CONTENT_LENGTH', 'APPLICATION_ROOT')

@bp.get('/about')
def about():
    return {key: str(value) for key, value in current_app.config.items() if key in SHOWN}

@bp.get('/limits')
def limits():
    return {key: current_app.config[key] for key in SHOWN} | {'size': len(current_app.config)}

@bp.get('/version')
def version():
    done = subprocess.run(['git', 'describe'], env=dict(os.environ, LANG='C'), capture_output=True)
    return Response(done.stdout)

@bp.get('/all')
def everything():
    return dict(current_app.config) if current_app.debug else {}
"""
    ),
    "given under another name to a page that prints something else": views(
        """
import traceback
from flask import render_template

@bp.app_errorhandler(500)
def oops(e):
    report = ''.join(traceback.format_exception(e))
    current_app.logger.error(report)
    return render_template('oops.html', number=7, report=report), 500
"""
    )
    | {"src/shop/templates/oops.html": "<p>{{ number }}</p>\n"},
    "emitted to a room": views(
        SOCKET.replace("LINE", "sockets.emit('failed', traceback.format_exc(), room='staff')")
        .replace("ALSO", "")
        .replace("self.emit", "self.log")
    ),
    "of an object of which the page prints something else": views(FAILURE, failure=TOLD)
    | {"src/shop/templates/oops.html": "{{ failure.number }}{{ failure.trace if config.DEBUG }}\n"},
    "returned to what logs it": views(
        """
import traceback

def trace():
    return traceback.format_exc()

@bp.app_errorhandler(500)
def oops(e):
    current_app.logger.error('%s: %s', request.path, trace())
    return 'Sorry', 500
"""
    ),
    **{
        f"by a template for {who}": views(TRACE) | {"src/shop/templates/oops.html": page}
        for who, page in {
            "nobody": "Sorry\n",
            "developers": "{% if config['DEBUG'] and trace %}<pre>{{ trace }}</pre>{% endif %}\n",
            "those who debug": "{{ trace if more else 'Sorry' }}{% if not more %}{% else %}{{ trace }}{% endif %}\n",
            "administrators": "{% if g.user.is_admin %}<pre>{{ trace }}</pre>{% endif %}\n",
        }.items()
    },
    "kept by a job, and counted, taken apart, or shown to those who may see it": views(
        """
from flask import abort, render_template
from shop.store import FAILED

def staff(view):
    def inner(**given):
        if not session.get('staff'):
            abort(403)
        return view(**given)
    return inner

@bp.get('/jobs/<number>')
@staff
def job(number):
    return {'why': FAILED[number]}

@bp.get('/jobs')
def jobs():
    if current_app.debug:
        return dict(FAILED)
    return {'failed': len(FAILED), 'numbers': [number for number in FAILED], 'how': FAILED['x']['kind']}

@bp.get('/jobs.html')
def listed():
    return render_template('jobs.html', failed=FAILED)
""",
        store=STORE,
    ),
    "when a secret of the client is right": views(
        """
import hmac, traceback

@bp.app_errorhandler(500)
def oops(e):
    key = current_app.config['KEY']
    if hmac.compare_digest(request.headers['X-Debug'], key) or request.args.get('debug') == key:
        return traceback.format_exc(), 500
    if request.args.get('debug') and current_app.debug:
        return traceback.format_exc(), 500
    return 'Sorry', 500
"""
    ),
    "a wrapper that logs": views(
        """
from shop.base import guarded

@bp.get('/a')
@guarded
def a():
    return {}
""",
        base="""
import traceback
from flask import current_app

def guarded(view):
    def inner(**given):
        try:
            return view(**given)
        except Exception as e:
            current_app.logger.error('%s: %s', e, traceback.format_exc())
            return {'error': 'internal'}, 500
    return inner
""",
    ),
    "to administrators": views(
        """
import traceback

@bp.app_errorhandler(500)
def oops(e):
    trace = traceback.format_exc() if session.user.is_admin else ''
    return f'Sorry {trace}', 500
"""
    ),
    "an answer that nobody sends": views(
        """
@bp.get('/')
def index():
    try:
        rows = current_app.rows()
    except Exception as e:
        failed = make_response(str(e))
    return ''
"""
    ),
    "a template that writes its description": views(PAGE)
    | {"src/shop/templates/oops.html": "<p>{{ error.description or 'Sorry' }}</p>\n"},
    "what Flask says about a 500, and a description": views(
        """
@bp.app_errorhandler(500)
def oops(e):
    return f'{e}', e.code

@bp.app_errorhandler(Exception)
def other(e):
    return {'error': getattr(e, 'description', 'internal'), 'kind': type(e).__name__}, getattr(e, 'code', 500)
"""
    ),
    "of an HTTP error only": views(
        """
from werkzeug.exceptions import HTTPException

@bp.app_errorhandler(Exception)
def oops(e):
    if not isinstance(e, HTTPException):
        current_app.logger.error(f'{e}')
        return {'error': 'internal'}, 500
    return {'error': str(e)}, e.code

@bp.errorhandler(Exception)
def other(e):
    return str(e) if isinstance(e, HTTPException) else 'Sorry'
"""
    ),
    "an error of the shop's own": views(
        """
class Refused(Exception):
    pass

@bp.app_errorhandler(Refused)
def oops(e):
    return {'error': str(e)}, 400

@bp.get('/')
def index():
    try:
        return {'id': int(request.args['id'])}
    except ValueError as e:
        return {'error': str(e)}, 400
"""
    ),
    "in debug mode only, whoever switches it on": views(
        """
import traceback

@bp.app_errorhandler(500)
def oops(e):
    body = {'error': 'internal'}
    if current_app.config['DEBUG']:
        body['trace'] = traceback.format_exc()
    return body, 500
"""
    ),
    "behind a setting that nobody turns on": views(
        """
import traceback

@bp.app_errorhandler(500)
def oops(e):
    if current_app.config.get('SHOW_TRACE') or current_app.config.get('ERRORS_IN_FULL', current_app.debug):
        return traceback.format_exc(), 500
    return '', 500
"""
    ),
    "under a number": views(
        """
import hashlib, traceback
ERRORS = {}

@bp.app_errorhandler(500)
def oops(e):
    number = hashlib.sha256(traceback.format_exc().encode()).hexdigest()
    ERRORS[number] = traceback.format_exc()
    return {'error': number}, 500
"""
    ),
    "logged": views(
        """
import traceback

@bp.app_errorhandler(500)
def oops(e):
    current_app.logger.error(traceback.format_exc())
    return '', 500
"""
    ),
    "logged by way of a name": views(
        """
import traceback

@bp.app_errorhandler(500)
def oops(e):
    text = traceback.format_exc()
    current_app.logger.error('%s', text)
    return '', 500
"""
    ),
    "a command's output": factory("", cli="import traceback\n\ndef report():\n    return traceback.format_exc()\n"),
    "in debug mode only": views(
        """
import os, traceback

@bp.app_errorhandler(500)
def oops(e):
    if os.environ.get('SHOP_ENV') == 'dev':
        return traceback.format_exc(), 500
    return '', 500
"""
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF205") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF205") == []


@pytest.mark.parametrize(
    ("line", "given", "shown"),
    [
        ("{% for name, value in config|dictsort %}{{ value }}{% endfor %}", "", True),
        ("{{ config.items()|list }}", "", True),
        ("<pre>{% debug %}</pre>", "", True),
        ("{% for name, value in config.get_namespace('SUPPORT_')|dictsort %}{{ value }}{% endfor %}", "", False),
        ("{{ config.SUPPORT }} {{ config['NAME'] }} {% if config %}on{% endif %}", "", False),
        ("{% for name, value in config.items() if name in ('A', 'B') %}{{ value }}{% endfor %}", "", False),
        ("{% for name, value in config.items() %}{% if name in SHOWN %}{{ value }}{% endif %}{% endfor %}", "", False),
        ("{% if config.DEBUG %}{{ config|pprint }}{% endif %}", "", False),
        ("{{ config }}", "config=NAMES", False),  # another one
        ("{% for config in rows %}{{ config }}{% endfor %}", "", False),
    ],
)
def test_a_template_that_prints_the_configuration(
    project: Callable[..., Path], found: Callable[..., list[object]], line: str, given: str, shown: bool
) -> None:
    files = views(f"""
from flask import render_template
NAMES = ['a']

@bp.app_errorhandler(500)
def oops(e):
    return render_template('500.html', {given}), 500
""")
    root = project(files | {"src/shop/templates/500.html": f"<h1>Sorry\n{line}\n"})
    assert found(root, "SF205") == [("SF205", "src/shop/templates/500.html", 2)] * shown
