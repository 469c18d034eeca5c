from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import factory

FAULTS = {
    "propagated": factory("app.config.update(PROPAGATE_EXCEPTIONS=True)  # SF204"),
    "trapped": factory('app.config["TRAP_BAD_REQUEST_ERRORS"] = 1  # SF204'),
    "testing": factory("app.testing = True  # SF204"),
    "testing in a class": factory(
        "from shop.base import C\napp.config.from_object(C())", base="class C:\n    TESTING = True  # SF204\n"
    ),
    "unless production": factory(
        'app.config["TRAP_HTTP_EXCEPTIONS"] = os.getenv("SHOP_ENV") not in ("live", "stage")  # SF204'
    ),
}
FINE = {
    "off": factory("app.config.update(PROPAGATE_EXCEPTIONS=False, TESTING=False)"),
    "for tests": factory('if profile == "test":\n    app.testing = True'),
    "for tests, given": factory('app.config["TESTING"] = profile == "testing"'),
    "explained templates": factory('app.config["EXPLAIN_TEMPLATE_LOADING"] = True'),
    "left to Flask": factory('app.config["PROPAGATE_EXCEPTIONS"] = None'),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF204") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF204") == []
