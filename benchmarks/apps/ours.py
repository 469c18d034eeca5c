"""The generated service as it is, with the views added."""

import os
from importlib import import_module
from pathlib import Path

from flask import session
from jinja2 import ChoiceLoader, FileSystemLoader

from benchmarks.apps import views

app = import_module(os.environ["SERVICE"]).create_app()
app.jinja_env.loader = ChoiceLoader([FileSystemLoader(Path(__file__).parent / "templates"), app.jinja_env.loader])
views.add(app, session)
