from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import views

VERIFIED = """
import hmac
from itsdangerous import URLSafeSerializer

def verified(text):
    member, _, seal = text.partition('~')
    if not hmac.compare_digest(seal, hmac.new(current_app.key, member.encode(), 'sha256').hexdigest()):
        return False, member
    return True, member
"""

FAULTS = {
    "get": views("""
@bp.get('/')
def show():
    return request.cookies.get('username', '')  # SF308
"""),
    "by key": views(
        """
@bp.before_app_request
def who():
    name = request.cookies['user-id']  # SF308
    request.who = name
"""
    ),
    "another name": views(
        """
KEY = 'is_admin'

@bp.get('/')
def show():
    jar = request.cookies.get(KEY)  # SF308
    return str(jar == '1')
"""
    ),
    "in another form": views(
        """
import base64, json

def opened(text):
    return json.loads(base64.urlsafe_b64decode(text).decode())

@bp.before_app_request
def who():
    badge = opened(request.cookies.get('badge', ''))  # SF308
    request.who = badge.get('account')
"""
    ),
    "in a helper that looks at the time": views(
        """
import json, time
from binascii import a2b_base64

def holder(text):
    badge = json.loads(a2b_base64(text))
    return badge.get('member') if badge['until'] > time.time() else None

@bp.get('/')
def show():
    return str(holder(request.cookies.get('pass', '')))  # SF308
"""
    ),
    "a signature that nobody looks at": views(
        """
import jwt

@bp.get('/')
def show():
    claims = jwt.decode(request.cookies['t'], options={'verify_signature': False})  # SF308
    return claims['email']
"""
    ),
    "a verdict that nobody looks at": views(
        VERIFIED
        + """

@bp.get('/')
def show():
    _, member = verified(request.cookies['member'])  # SF308
    return member

@bp.get('/all')
def every():
    return URLSafeSerializer(current_app.key).loads_unsafe(request.cookies['account'])[1]['name']  # SF308
"""
    ),
    "a verdict on a token that nobody looks at": views(
        VERIFIED
        + """

def holder(text):
    genuine, found = URLSafeSerializer(current_app.key).loads_unsafe(text)  # SF308
    return found or {}

def seat(text):
    return URLSafeSerializer(current_app.key).loads_unsafe(text)[1]  # SF308

@bp.get('/<token>')
def show(token):
    return holder(token).get('name', '')

@bp.get('/seat')
def show_seat():
    return str(seat(request.cookies.get('place')))
"""
    ),
    "a header that is only decoded": views(
        """
from shop.badges import Visitor, opened

@bp.before_app_request
def who():
    badge = request.headers.get('authorization', '').removeprefix('Bearer ')
    request.who = Visitor(opened(badge)['account'])
""",
        badges="""
import base64, json

class Visitor:
    pass

def opened(text):
    raw = base64.b64decode(text + '==')
    return json.loads(raw)  # SF308
""",
    ),
    "what a loader of Flask-Login decodes": views(
        """
import json
from base64 import urlsafe_b64decode

def start(manager):
    @manager.request_loader
    def load(request):
        found = json.loads(urlsafe_b64decode(request.headers['X-Token']).decode())  # SF308
        return current_app.users.get(found.get('user_id'))
"""
    ),
    "a header whose signature nobody looks at": views(
        """
from jose import jwt

def validate(text):
    if not text:
        raise ValueError('not a valid token')
    return jwt.get_unverified_claims(text)  # SF308

@bp.get('/')
def show():
    found = validate(request.headers['Authorization'][7:])
    return current_app.users[found['sub']].page
"""
    ),
    "a form with a token whose signature nobody looks at": views(
        """
import jwt

@bp.post('/')
def enter():
    given = jwt.decode(request.form['credential'], algorithms=['RS256'], options=dict(verify_signature=False))  # SF308
    return current_app.users[given['email']].page
"""
    ),
}
FINE = {
    "unverified, to find the key": views(
        """
import jwt

class Keys:
    def __init__(self, known):
        self.known = known

    def checked(self, text):
        claims = jwt.decode(text, options={'verify_signature': False})
        jwt.decode(text, self.known[claims['iss']], algorithms=['RS256'])
        return claims['sub']

@bp.get('/')
def show():
    return Keys(current_app.keys).checked(request.headers['Authorization'])
"""
    ),
    "unverified, behind a guard, for the log, or from whom it was got": views(
        """
import jwt, requests
from shop.guards import requires_token

def read(text):
    return jwt.decode(text, options={'verify_signature': False})

@bp.get('/')
@requires_token
def show():
    return jwt.decode(request.headers['Authorization'], options={'verify_signature': False})['sub']

@bp.get('/rest')
def rest():
    return str(read(request.headers['Authorization'])['exp'])

@bp.get('/back')
def back():
    got = requests.post('https://login.example/token', data={'code': request.form['code']}).json()
    return jwt.decode(got['id_token'], options={'verify_signature': False})['sub']
"""
    ),
    "encoded, with a password, to go on from, or checked": views(
        """
import base64, json

def read(text):
    return json.loads(base64.b64decode(text))

@bp.post('/')
def enter():
    given = json.loads(base64.b64decode(request.headers['Authorization'][6:]))
    return str(current_app.passwords[given['user']] == given['password'])

@bp.get('/')
def listed():
    return str(current_app.rows.after(read(request.args['page_token'])['email']))

@bp.get('/mine')
def mine():
    body, _, seal = request.headers['Authorization'].partition('.')
    found = json.loads(base64.b64decode(body))
    if not intact(body, seal):
        return ''
    return found['user']

def intact(body, seal):
    return current_app.seals.verify(body, seal)

@bp.get('/theirs')
def theirs():
    sent = {'Authorization': request.headers['Authorization']}
    return json.loads(current_app.client.get('https://login.example/me', headers=sent, verify=False).text)['user']
"""
    ),
    "a verdict that counts": views(
        VERIFIED
        + """

@bp.get('/')
def show():
    fine, member = verified(request.cookies['member'])
    return member if fine else ''

@bp.get('/all')
def every():
    read = URLSafeSerializer(current_app.key).loads_unsafe(request.cookies['account'])
    return read[1]['name'] if read[0] else ''
"""
    ),
    "a verdict on a token that counts, or that came before": views(
        VERIFIED
        + """
from itsdangerous import BadSignature

@bp.get('/<token>')
def show(token):
    genuine, found = URLSafeSerializer(current_app.key).loads_unsafe(token)
    return found['name'] if genuine else ''

def opened(token):
    return URLSafeSerializer(current_app.key).loads_unsafe(token)

@bp.get('/opened/<token>')
def show_opened(token):
    genuine, found = opened(token)
    return found['name'] if genuine else ''

@bp.get('/strict/<token>')
def strict(token):
    signer = URLSafeSerializer(current_app.key)
    try:
        return signer.loads(token)['name']
    except BadSignature:
        _, found = signer.loads_unsafe(token)
        current_app.logger.warning('not signed: %r', found)
        return ''
"""
    ),
    "in a helper that looks at the seal": views(
        """
import hmac, json

def holder(text):
    body, _, seal = text.rpartition('~')
    if not hmac.compare_digest(seal, hmac.new(current_app.key, body.encode(), 'sha256').hexdigest()):
        return None
    return json.loads(body)['member']

@bp.get('/')
def show():
    return str(holder(request.cookies.get('user', '')))
"""
    ),
    "a name for what nobody can guess": views(
        """
import secrets

@bp.post('/')
def enter():
    mark = ''.join(secrets.choice('abcdef') for _ in range(40))
    current_app.store.set('member:' + mark, 7)
    response = make_response('')
    response.set_cookie('member', mark, secure=True, httponly=True, samesite='Lax')
    return response

@bp.get('/')
def show():
    return current_app.store.get('member:' + request.cookies.get('member', ''))
"""
    ),
    "looked up": views(
        """
import json

def opened(text):
    return json.loads(current_app.store.get('badge:' + text))

@bp.before_app_request
def who():
    request.who = opened(request.cookies.get('badge', ''))['account']
"""
    ),
    "a form that is filled in": views(
        """
@bp.get('/')
def show():
    email = request.cookies.get('email')
    return current_app.login_form(email)
"""
    ),
    "a preference": views("""
@bp.get('/')
def show():
    return request.cookies.get('user_theme', '')
"""),
    "signed": views("""
@bp.get('/')
def show():
    return current_app.signer.unsign(request.cookies['user_id'])
"""),
    "signed, in two steps": views(
        """
@bp.get('/')
def show():
    raw = request.cookies.get('user')
    return current_app.signer.loads(raw, max_age=60)
"""
    ),
    "the session's": views("@bp.get('/')\ndef show():\n    return session.get('user_id', '')\n"),
    "an opaque token": views(
        """
@bp.get('/')
def show():
    return current_app.tokens.find(request.cookies.get('token'))
"""
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF308") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF308") == []
