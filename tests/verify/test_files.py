"""Which files are the project's own."""

from pathlib import Path

from verify.files import Files

OWN = {"shop/__init__.py", "shop/docs/__init__.py", "shop/docs/views.py", "shop/build/__init__.py", ".flaskenv"}
FOREIGN = {
    "docs/conf.py",
    "build/lib/shop/__init__.py",
    "tests/__init__.py",
    "shop/tests/__init__.py",
    "shop/test_views.py",
    "venv/x.py",
    ".git/config",
    "shop.egg-info/PKG-INFO",
}


def test_a_package_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    for path in OWN | FOREIGN:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    assert set(Files(tmp_path).paths) == OWN
