from collections.abc import Callable
from pathlib import Path

import pytest

from .secure import factory, marks, views

FAULTS = {
    "a redirect": views("@bp.get('/')\ndef go():\n    return redirect(f'/home?sid={session.sid}')  # SF313\n"),
    "a link": views("@bp.get('/')\ndef go():\n    return url_for('b.go', s=session.sid)  # SF313\n"),
    "read from the address": factory(
        "",
        base="from flask.sessions import SessionInterface\n\nclass S(SessionInterface):\n    def open_session(self, app, request):\n        sid = request.args.get('sid')  # SF313\n        return self.load(sid)\n",
    ),
}
FINE = {
    "a redirect without": views("@bp.get('/')\ndef go():\n    return redirect('/home')\n"),
    "the store's key": views(
        "@bp.get('/')\ndef go():\n    current_app.store.touch(session.sid)\n    return redirect('/home')\n"
    ),
    "read from the cookie": factory(
        "",
        base="from flask.sessions import SessionInterface\n\nclass S(SessionInterface):\n    def open_session(self, app, request):\n        return self.load(request.cookies.get('s'))\n",
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF313") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF313") == []
