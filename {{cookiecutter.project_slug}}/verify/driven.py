"""The service with a few views of the verifier's own: what Gunicorn's workers load in the live stage.

The views drive the service's own sessions, so that promises about them are tested whatever its features are.
"""

import inspect
import os
import sys
import time
from importlib import import_module
from typing import Any

from flask import Blueprint, current_app, request, session

PREFIX = "/-verify-"
probe = Blueprint("verify_probe", __name__, url_prefix=PREFIX)


def _sessions() -> Any:
    return import_module(f"{current_app.import_name}.sessions")


@probe.post("/login/<user>")
def login(user: str) -> dict[str, str]:
    _sessions().login_session(user)
    return {"user": user}


@probe.post("/logout")
def logout() -> dict[str, bool]:
    _sessions().end_session()
    return {"ended": True}


@probe.post("/keep")
def keep() -> dict[str, Any]:
    """Store the form in the session; `wait` seconds pass between reading and writing."""
    before = dict(session)
    time.sleep(request.args.get("wait", 0.0, float))
    session.update(request.form.to_dict())
    return before


@probe.get("/kept")
def kept() -> dict[str, Any]:
    return {name: value for name, value in session.items() if isinstance(value, str)}


@probe.get("/echo")
def echo() -> dict[str, str]:
    return {"text": request.args["text"], "header": request.headers.get("X-Text", "")}


@probe.get("/slow")
def slow() -> dict[str, str]:
    time.sleep(0.05)
    return {"text": request.args["text"], "path": request.full_path}


@probe.get("/crash")
def crash() -> str:
    secret = request.args["text"]
    raise RuntimeError(f"only the log may say {secret}")


@probe.get("/routes")
def routes() -> list[dict[str, Any]]:
    """List the service's own rules and where their views are."""
    return [
        {
            "rule": rule.rule,
            "endpoint": rule.endpoint,
            "methods": sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}),
            "place": _place(current_app.view_functions[rule.endpoint]),
        }
        for rule in current_app.url_map.iter_rules()
        if not rule.rule.startswith(PREFIX)
    ]


def _place(view: Any) -> tuple[str, int] | None:
    """(path, line) of a view, or of its class, if the project wrote it."""
    written = inspect.unwrap(getattr(view, "view_class", view))
    path = os.path.relpath(inspect.getsourcefile(written) or os.devnull)
    return None if path.startswith("..") or "site-packages" in path else (path, inspect.getsourcelines(written)[1])


def load(target: str) -> Any:
    """Build the service and add the views."""
    module, _, factory = target.partition(":")
    made = getattr(import_module(module), factory)
    app = made() if inspect.isroutine(made) else made
    app.register_blueprint(probe)
    return app


if "VERIFY_TARGET" in os.environ:
    sys.setswitchinterval(1e-4)  # threads change places fifty times as often: races show sooner
    app = load(os.environ["VERIFY_TARGET"])
