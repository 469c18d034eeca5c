from collections.abc import Callable
from pathlib import Path

import pytest

from .secure import marks, views

FAULTS = {
    "cleared": views(
        "@bp.post('/')\ndef enter():\n    session.clear()\n    session['user_id'] = 7  # SF309\n    return ''\n"
    ),
    "updated": views("@bp.post('/')\ndef enter():\n    session.update(uid=7)  # SF309\n    return ''\n"),
    "in a helper": views(
        "def remember(user):\n    session['account'] = user  # SF309\n\n@bp.post('/')\ndef enter():\n    remember(7)\n    return ''\n"
    ),
    "Flask-Login": views(
        "from flask_login import login_user\n\n@bp.post('/')\ndef enter():\n    login_user(current_app.users[7])  # SF309\n    return ''\n"
    ),
    "a key elsewhere": views(
        "from shop.keys import USER\n\n@bp.post('/')\ndef enter():\n    session[USER] = 7  # SF309\n    return ''\n",
        keys="USER = 'user'\n",
    ),
}
FINE = {
    "renewed": views(
        "@bp.post('/')\ndef enter():\n    session['user_id'] = 7\n    current_app.session_interface.regenerate(session)\n    return ''\n"
    ),
    "renewed by a helper": views(
        "def fresh():\n    current_app.session_interface.regenerate(session)\n\n@bp.post('/')\ndef enter():\n    fresh()\n    session['user_id'] = 7\n    return ''\n"
    ),
    "renewed by the caller": views(
        "def remember(user):\n    session['uid'] = user\n\n@bp.post('/')\ndef enter():\n    current_app.session_interface.regenerate(session)\n    remember(7)\n    return ''\n"
    ),
    "no login": views(
        "@bp.post('/')\ndef enter():\n    session['cart'] = [7]\n    session['user_agent'] = 'x'\n    return ''\n"
    ),
    "a logout": views("@bp.post('/')\ndef leave():\n    session['user_id'] = None\n    return ''\n"),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF309") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF309") == []
