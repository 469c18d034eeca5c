from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import factory

FAULTS = {
    "files": factory('app.config["SESSION_TYPE"] = "filesystem"  # SF306'),
    "pickles": factory(
        "from shop.base import C\napp.config.from_object(C)", base="class C:\n    SESSION_TYPE = 'cachelib'  # SF306\n"
    ),
    "nothing": factory("app.config.update(SESSION_TYPE=None)  # SF306"),
    "by default": factory('app.config["SESSION_TYPE"] = os.environ.get("STORE", "filesystem")  # SF306'),
}
FINE = {
    "redis": factory(""),
    "overwritten": factory("""
app.config["SESSION_TYPE"] = "filesystem"
app.config["SESSION_TYPE"] = "sqlalchemy"
"""),
    "another type": factory('app.config["CACHE_TYPE"] = "filesystem"'),
    "for developers": factory("""
if os.environ.get("SHOP_ENV") == "dev":
    app.config["SESSION_TYPE"] = "filesystem"
"""),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF306") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF306") == []
