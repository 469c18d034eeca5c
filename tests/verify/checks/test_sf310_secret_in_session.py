from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import views

FAULTS = {
    "a password": views(
        """
@bp.post('/')
def enter():
    session['pw'] = request.form['pw']  # SF310
    return ''
"""
    ),
    "under another name": views(
        """
@bp.post('/')
def enter():
    session['x'] = request.form.get('password')  # SF310
    return ''
"""
    ),
    "by way of a name": views(
        """
@bp.post('/')
def enter():
    word = request.form['passwd'].strip()
    session['w'] = word  # SF310
    return ''
"""
    ),
    "in a dictionary": views(
        """
@bp.post('/')
def enter():
    session['user'] = {'id': 1, 'password': request.form['p']}  # SF310
    return ''
"""
    ),
    "updated": views(
        """
@bp.post('/')
def enter():
    session.update(card_number=request.form['n'])  # SF310
    session.update({'uid': 7, 'pin': request.form['p']})  # SF310
    session.setdefault('password', request.form['w'])  # SF310
    return ''
"""
    ),
    "a form field": views(
        """
@bp.post('/')
def enter(form):
    session['cred'] = form.password.data  # SF310
    return ''
"""
    ),
    "all of a row": views(
        """
@bp.post('/')
def enter():
    member = current_app.db.one('members', request.form['name'])
    if not current_app.same(member['passwd'], request.form['word']):
        return 'no'
    session['me'] = dict(member)  # SF310
    session['all'] = {'member': {**member}, 'vars': 1}  # SF310
    return ''
"""
    ),
    "all of an object": views(
        """
@bp.post('/')
def enter():
    member = current_app.member(request.form['name'])
    if current_app.same(member.password, request.form['word']):
        session['me'] = member._asdict()  # SF310
    return ''
"""
    ),
    "spelt in another way": views(
        """
import re

@bp.post('/')
def enter():
    given = request.form.get('cc_number') or ''
    given = re.sub('[ -]', '', given)
    session['paid_with'] = "".join(given.split()).replace('.', '')  # SF310
    return ''
"""
    ),
}
FINE = {
    "a part of it": views(
        """
import re

@bp.post('/')
def enter():
    number = request.form['card_number'].replace(' ', '')
    session['card_number'] = number[-4:]
    session['card'] = re.sub('[0-9]', '*', number)
    return ''
"""
    ),
    "who, and where to pay": views("""
@bp.post('/')
def enter():
    session['name'] = request.form['name']
    session['refund_to'] = request.form['iban']
    return ''
"""),
    "a row without a secret, and a part of one with it": views(
        """
@bp.post('/')
def enter():
    member = current_app.db.one('members', request.form['name'])
    current_app.check(member['password'], request.form['word'])
    session['me'] = member['name']
    member = current_app.db.one('profiles', member['name'])
    session['profile'] = dict(member) if member['shown'] else None
    return ''

@bp.post('/again')
def again():
    member = current_app.db.one('members', request.form['name'])
    current_app.check(member['password'], request.form['word'])
    del member['password']
    session['me'] = dict(member)
    return ''

@bp.post('/once')
def once():
    member = current_app.db.one('members', request.form['name'])
    current_app.check(member['password'], member.pop('password'))
    session['me'] = member.copy()
    return ''
"""
    ),
    "when": views(
        """
@bp.post('/')
def enter():
    session['password_changed_at'] = 5
    session['password'] = True
    return ''
"""
    ),
    "checked": views(
        """
@bp.post('/')
def enter():
    session['ok'] = current_app.check(request.form['password'])
    return ''
"""
    ),
    "a fact": views(
        """
@bp.post('/')
def enter():
    session['has_password'] = request.form['password'] != ''
    return ''
"""
    ),
    "another dictionary": views(
        """
@bp.post('/')
def enter():
    kept = {}
    kept['password'] = request.form['password']
    return ''
"""
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF310") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF310") == []
