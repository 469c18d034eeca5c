from collections.abc import Callable
from pathlib import Path

import pytest

from .secure import marks, views

FAULTS = {
    "get": views("@bp.get('/')\ndef show():\n    return request.cookies.get('username', '')  # SF308\n"),
    "by key": views(
        "@bp.before_app_request\ndef who():\n    name = request.cookies['user-id']  # SF308\n    request.who = name\n"
    ),
    "another name": views(
        "KEY = 'is_admin'\n\n@bp.get('/')\ndef show():\n    jar = request.cookies.get(KEY)  # SF308\n    return str(jar == '1')\n"
    ),
}
FINE = {
    "a preference": views("@bp.get('/')\ndef show():\n    return request.cookies.get('user_theme', '')\n"),
    "signed": views("@bp.get('/')\ndef show():\n    return current_app.signer.unsign(request.cookies['user_id'])\n"),
    "signed, in two steps": views(
        "@bp.get('/')\ndef show():\n    raw = request.cookies.get('user')\n    return current_app.signer.loads(raw, max_age=60)\n"
    ),
    "the session's": views("@bp.get('/')\ndef show():\n    return session.get('user_id', '')\n"),
    "an opaque token": views(
        "@bp.get('/')\ndef show():\n    return current_app.tokens.find(request.cookies.get('token'))\n"
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF308") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF308") == []
