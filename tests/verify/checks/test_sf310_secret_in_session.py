from collections.abc import Callable
from pathlib import Path

import pytest

from .secure import marks, views

FAULTS = {
    "a password": views(
        "@bp.post('/')\ndef enter():\n    session['pw'] = request.form['pw']  # SF310\n    return ''\n"
    ),
    "under another name": views(
        "@bp.post('/')\ndef enter():\n    session['x'] = request.form.get('password')  # SF310\n    return ''\n"
    ),
    "by way of a name": views(
        "@bp.post('/')\ndef enter():\n    word = request.form['passwd'].strip()\n    session['w'] = word  # SF310\n    return ''\n"
    ),
    "in a dictionary": views(
        "@bp.post('/')\ndef enter():\n    session['user'] = {'id': 1, 'password': request.form['p']}  # SF310\n    return ''\n"
    ),
    "updated": views(
        "@bp.post('/')\ndef enter():\n    session.update(card_number=request.form['n'])  # SF310\n    return ''\n"
    ),
    "a form field": views(
        "@bp.post('/')\ndef enter(form):\n    session['cred'] = form.password.data  # SF310\n    return ''\n"
    ),
}
FINE = {
    "who": views("@bp.post('/')\ndef enter():\n    session['name'] = request.form['name']\n    return ''\n"),
    "when": views(
        "@bp.post('/')\ndef enter():\n    session['password_changed_at'] = 5\n    session['password'] = True\n    return ''\n"
    ),
    "checked": views(
        "@bp.post('/')\ndef enter():\n    session['ok'] = current_app.check(request.form['password'])\n    return ''\n"
    ),
    "a fact": views(
        "@bp.post('/')\ndef enter():\n    session['has_password'] = request.form['password'] != ''\n    return ''\n"
    ),
    "another dictionary": views(
        "@bp.post('/')\ndef enter():\n    kept = {}\n    kept['password'] = request.form['password']\n    return ''\n"
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF310") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF310") == []
