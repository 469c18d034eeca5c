"""Bare Flask: 1.00. The same views with a dictionary where the others have a session."""

from typing import Any

from flask import Flask

from benchmarks.apps import views

app = Flask(__name__)
app.secret_key = "a benchmark's"  # noqa: S105  # so that Flask's own session is at work, as in any application
app.jinja_env.globals["csp_nonce"] = lambda: ""
session: dict[str, Any] = {"user": "ada", "theme": "dark", "count": 0}
views.add(app, session)
