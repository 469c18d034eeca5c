from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import factory, views

FAULTS = {
    "by way of a name": views("""
@bp.get('/')
def go():
    link = url_for('b.go')
    link += '?sid=' + session.sid  # SF313
    return redirect(link)
"""),
    "a redirect": views("""
@bp.get('/')
def go():
    return redirect(f'/home?sid={session.sid}')  # SF313
"""),
    "a log": views("""
import logging

@bp.get('/')
def go():
    current_app.logger.info('%s came as %s', request.remote_addr, session.sid)  # SF313
    logging.debug(f'visit {session.sid}')  # SF313
    return ''
"""),
    "a link": views("""
@bp.get('/')
def go():
    return url_for('b.go', s=session.sid)  # SF313
"""),
    "an answer": views("""
from flask import jsonify

def state():
    return {'n': len(session), 'visit': session.sid}  # SF313

@bp.get('/')
def show():
    return jsonify(state())

@bp.get('/page')
def page():
    found = {}
    found['key'] = f'k-{session.sid}'  # SF313
    return found
"""),
    "written into the Cookie header": factory(
        "from shop.base import linked\napp.wsgi_app = linked(app.wsgi_app)",
        base="""
from urllib.parse import parse_qsl

def asked(environ):
    return dict(parse_qsl(environ['QUERY_STRING']))

def linked(inner):
    def call(environ, start_response):
        if mark := asked(environ).get('visit'):
            environ['HTTP_COOKIE'] = f'session={mark}'  # SF313
        return inner(environ, start_response)
    return call
""",
    ),
    "written into the access log": {
        "deploy/gunicorn_conf.py": """
SEEN = '%(h)s "%(r)s"'
accesslog = '/var/log/shop.log'
access_log_format = SEEN + ' %({Set-Cookie}o)s'  # SF313
""",
        "Procfile": "web: gunicorn -c deploy/gunicorn_conf.py shop:app\n",
    },
    "written into the access log, by a command": {
        "start.sh": """
exec gunicorn --access-logfile - --access-logformat '%(r)s %({authorization}i)s' shop:app  # SF313
"""
    },
    "read from the address": factory(
        "",
        base="""
from flask.sessions import SessionInterface

class S(SessionInterface):
    def open_session(self, app, request):
        sid = request.args.get('sid')  # SF313
        return self.load(sid)
""",
    ),
}
FINE = {
    "something else of the address": factory(
        "",
        base="""
from flask.sessions import SessionInterface

class S(SessionInterface):
    def open_session(self, app, request):
        app.logger.info('from %s', request.args.get('from'))
        return self.load(request.cookies['s'])
""",
    ),
    "a log of its hash": views("""
import hashlib

@bp.get('/')
def go():
    current_app.logger.info('visit %s', hashlib.sha256(session.sid.encode()).hexdigest())
    current_app.logger.info('visits: %s', len(current_app.visits[session.sid]))
    return ''
"""),
    "what an answer looks up with it": views("""
import hashlib
from flask import jsonify

@bp.get('/')
def show():
    seen = current_app.seen[session.sid]
    mark = hashlib.sha256(session.sid.encode()).hexdigest()
    sent = current_app.texts.send(request.args['text'])
    return jsonify(n=current_app.store.ttl(session.sid), seen=seen, mark=mark, mine=session.sid == seen, text=sent.sid)
"""),
    "a Cookie header that is cut, and another header": factory(
        "from shop.base import linked\napp.wsgi_app = linked(app.wsgi_app)",
        base="""
from urllib.parse import parse_qs

def linked(inner):
    def call(environ, start_response):
        environ['HTTP_X_FROM'] = parse_qs(environ['QUERY_STRING']).get('from', [''])[0]
        environ['QUERY_STRING'] = ''
        environ['HTTP_COOKIE'] = environ.get('HTTP_COOKIE', '')[:4000]
        return inner(environ, start_response)
    return call
""",
    ),
    "an access log of other headers": {
        "gunicorn.conf.py": """
accesslog = "-"
access_log_format = '%({cookies}i)s %({x-request-id}o)s "%({referer}i)s" cookie'
"""
    },
    "a format without an access log": {
        "gunicorn.conf.py": """
accesslog = None
access_log_format = '%(r)s %({cookie}i)s'
"""
    },
    "a redirect without": views("@bp.get('/')\ndef go():\n    return redirect('/home')\n"),
    "the store's key": views(
        """
@bp.get('/')
def go():
    current_app.store.touch(session.sid)
    return redirect('/home')
"""
    ),
    "read from the cookie": factory(
        "",
        base="""
from flask.sessions import SessionInterface

class S(SessionInterface):
    def open_session(self, app, request):
        return self.load(request.cookies.get('s'))
""",
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF313") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF313") == []
