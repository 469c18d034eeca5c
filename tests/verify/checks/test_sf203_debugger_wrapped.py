from collections.abc import Callable
from pathlib import Path

import pytest

from .marked import marks
from .secure import factory, views

FAULTS = {
    "around the app": factory(
        """
from werkzeug.debug import DebuggedApplication
app.wsgi_app = DebuggedApplication(app.wsgi_app)  # SF203
"""
    ),
    "another name": factory(
        """
import werkzeug.debug as d
D = d.DebuggedApplication
return D(app, evalex=False)  # SF203
"""
    ),
    "a toolbar": factory("""
from flask_debugtoolbar import DebugToolbarExtension
app.config["DEBUG_TB_ENABLED"] = True
DebugToolbarExtension(app)  # SF203
"""),
    "a toolbar given its app later": factory(
        "from shop.base import bar\napp.debug = True\nbar.init_app(app)  # SF203",
        base="""
from flask_debugtoolbar import DebugToolbarExtension

bar = DebugToolbarExtension()
""",
    ),
    "a door for debuggers": factory('import debugpy\ndebugpy.listen(("0.0.0.0", 5678))  # SF203'),
    "a stop in a view": views("@bp.get('/')\ndef show():\n    breakpoint()  # SF203\n    return ''\n"),
    "unless switched off": factory(
        """
from werkzeug.debug import DebuggedApplication
if os.environ.get("PIN") is None:
    app.wsgi_app = DebuggedApplication(app.wsgi_app)  # SF203
"""
    ),
    "unless it is under test": factory(
        """
from werkzeug.debug import DebuggedApplication
if not app.testing and not app.config["TESTING"]:
    app.wsgi_app = DebuggedApplication(app.wsgi_app)  # SF203
"""
    ),
    "in debug mode, which is on": factory(
        """
from werkzeug.debug import DebuggedApplication
app.debug = True
if app.config.get("DEBUG"):
    app.wsgi_app = DebuggedApplication(app.wsgi_app)  # SF203
"""
    ),
    "one of the layers": factory(
        "from shop.base import LAYERS\nfor layer in LAYERS:\n    app.wsgi_app = layer(app.wsgi_app)",
        base="""
from functools import partial
from werkzeug import debug

LAYERS = [
    print,
    debug.DebuggedApplication,  # SF203
    partial(debug.DebuggedApplication, evalex=True),  # SF203
]
""",
    ),
}
FINE = {
    "asked about": factory(
        """
from werkzeug.debug import DebuggedApplication
assert not isinstance(app.wsgi_app, (DebuggedApplication, str))
"""
    ),
    "another middleware": factory(
        """
from werkzeug.middleware.proxy_fix import ProxyFix
app.wsgi_app = ProxyFix(app.wsgi_app)
"""
    ),
    "only in debug mode": factory(
        """
from werkzeug.debug import DebuggedApplication
if app.debug:
    app.wsgi_app = DebuggedApplication(app.wsgi_app)
"""
    ),
    "under test": factory(
        """
from werkzeug.debug import DebuggedApplication
if app.testing or not app.config["TESTING"] and app.debug:
    app.wsgi_app = DebuggedApplication(app.wsgi_app)
"""
    ),
    "when asked for": factory(
        """
if os.environ.get("SHOP_DEBUGGER") == "1":
    import debugpy
    debugpy.listen(5678)
"""
    ),
    "only imported": factory("""
from flask_debugtoolbar import DebugToolbarExtension
bar = DebugToolbarExtension()
"""),
    "a toolbar while debug is off": factory("""
from flask_debugtoolbar import DebugToolbarExtension
app.config["DEBUG"] = False
DebugToolbarExtension(app)
"""),
    "the project's own": factory(
        "from shop.base import breakpoint\nbreakpoint()", base="def breakpoint():\n    pass\n"
    ),
}


@pytest.mark.parametrize("files", FAULTS.values(), ids=FAULTS)
def test_found(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF203") == marks(files)
    assert marks(files)


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_fine(project: Callable[..., Path], found: Callable[..., list[object]], files: dict[str, str]) -> None:
    assert found(project(files), "SF203") == []
