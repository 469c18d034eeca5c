from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import FACTORY, factory

BELOW = """
from flask import Flask, session
from werkzeug.middleware.dispatcher import DispatcherMiddleware

def remember():
    session['seen'] = True

def make_desk():
    desk = Flask('desk')
    @desk.post('/')
    def enter():
        remember()
        return ''
    return desk
"""
MOUNTED = """
from shop.below import DispatcherMiddleware, make_desk
desk = make_desk()
app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {'/desk': desk})
"""
FAULTS = {
    "of an application below, forgotten": factory(MOUNTED, below=BELOW.replace("('desk')", "('desk')  # SF305")),
    "never given the app": factory(
        "app.extensions['s'] = Session()  # SF305",
        FACTORY.replace("    Session(app)\n", "").replace("app = Flask(__name__)", "app = Flask(__name__)  # SF305"),
    ),
    "Flask's own": {
        "app.py": """
from flask import Flask, session

app = Flask(__name__)  # SF305

@app.post('/')
def enter():
    session['uid'] = 1
    return ''
"""
    },
    "set back": factory(
        """
from flask.sessions import SecureCookieSessionInterface
app.session_interface = SecureCookieSessionInterface()  # SF305
"""
    ),
    "set back by a helper, later": factory(
        "from shop.base import tune\ntune(app)",
        base="""
from flask.sessions import SecureCookieSessionInterface

class Named(SecureCookieSessionInterface):
    def get_cookie_name(self, app):
        return 'basket'

def tune(app):
    app.session_interface = Named()  # SF305
""",
    ),
    "never under this condition": factory(
        "if False:\n    Session(app)",
        FACTORY.replace("    Session(app)\n", "").replace("app = Flask(__name__)", "app = Flask(__name__)  # SF305"),
    ),
    "a class that keeps it where it was": factory(
        "from shop.base import Quiet\napp.session_interface = Quiet()  # SF305",
        base="""
from flask.sessions import SecureCookieSessionInterface

class Quiet(SecureCookieSessionInterface):
    def should_set_cookie(self, app, session):
        return False
""",
    ),
}
FINE = {
    "of an application below, too": factory(
        MOUNTED + "from shop.keep import keep\nkeep(desk)\n",
        below=BELOW,
        keep="from flask_session import Session\n\ndef keep(app):\n    Session(app)\n",
    ),
    "of an application below, that has none": factory(MOUNTED, below=BELOW.replace("remember()", "pass")),
    "a class that opens its own": factory(
        "from shop.base import Kept\napp.session_interface = Kept()",
        base="""
from flask.sessions import SecureCookieSessionInterface

class Kept(SecureCookieSessionInterface):
    def open_session(self, app, request):
        return self.store.get(request.cookies['s'])
""",
    ),
    "given": factory(""),
    "given later": factory(
        "from shop.base import s\ns.init_app(app)",
        FACTORY.replace("    Session(app)\n", ""),
        base="from flask_session import Session\n\ns = Session()\n",
    ),
    "by keyword": factory("Session(app=app)", FACTORY.replace("    Session(app)\n", "")),
    "replaced afterwards": factory(
        "from shop.base import tune, keep\ntune(app)\nkeep(app)",
        FACTORY.replace("    Session(app)\n", ""),
        base="""
from flask.sessions import SecureCookieSessionInterface
from flask_session import Session

def keep(app):
    Session(app)

def tune(app):
    app.session_interface = SecureCookieSessionInterface()
""",
    ),
    "in a loop": factory(
        """
from shop.base import EXTENSIONS
for one in EXTENSIONS:
    one.init_app(app)
""",
        FACTORY.replace("    Session(app)\n", ""),
        base="from flask_session import Session\n\nEXTENSIONS = [Session()]\n",
    ),
    "an interface of its own": factory(
        "from shop.base import Store\napp.session_interface = Store()",
        FACTORY.replace("    Session(app)\n", ""),
        base="""
from flask.sessions import SessionInterface

class Store(SessionInterface):
    pass
""",
    ),
    "no sessions": {"app.py": "from flask import Flask\n\napp = Flask(__name__)\n"},
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF305") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF305") == []
