from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import factory

FAULTS = {
    "years": factory(
        """
from datetime import timedelta
app.config['PERMANENT_SESSION_LIFETIME'] = timedelta(weeks=52)  # SF311
"""
    ),
    "seconds": factory("app.permanent_session_lifetime = 60 * 60 * 24 * 365  # SF311"),
    "by default": factory("app.config['PERMANENT_SESSION_LIFETIME'] = int(os.environ.get('TTL', '31536000'))  # SF311"),
    "a class": factory(
        "from shop.base import C\napp.config.from_object(C)",
        base="""
from datetime import timedelta as td

class C:
    DAYS = 400
    PERMANENT_SESSION_LIFETIME = td(days=DAYS)  # SF311
""",
    ),
}
FINE = {
    "hours": factory("""
from datetime import timedelta
app.config['PERMANENT_SESSION_LIFETIME'] = timedelta(hours=12)
"""),
    "seconds": factory("app.permanent_session_lifetime = 3600"),
    "another lifetime": factory(
        """
app.config['CACHE_LIFETIME'] = 10 ** 9
app.config['SEND_FILE_MAX_AGE_DEFAULT'] = 31536000
"""
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF311") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF311") == []
