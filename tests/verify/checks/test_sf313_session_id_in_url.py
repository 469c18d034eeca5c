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
    "a link": views("""
@bp.get('/')
def go():
    return url_for('b.go', s=session.sid)  # SF313
"""),
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
