"""Mistakes of threat T2."""

from . import Mutant

MUTANTS: list[Mutant] = []

DOCKER_ENV = "BIND=0.0.0.0:8000"
VARIABLE = "      TRUSTED_PROXIES: ${TRUSTED_PROXIES:-0}\n"

# in deployment files
MUTANTS += [
    Mutant("SF230", "Dockerfile", DOCKER_ENV, f"{DOCKER_ENV} FLASK_DEBUG=1", "FLASK_DEBUG=1"),
    Mutant("SF230", "compose.yaml", VARIABLE, f"{VARIABLE}      FLASK_DEBUG: 'on'\n", "FLASK_DEBUG"),
    Mutant("SF230", "gunicorn.conf.py", "preload_app = False", 'raw_env = ["FLASK_DEBUG=true"]'),
    Mutant("SF231", "compose.yaml", VARIABLE, f"{VARIABLE}      WERKZEUG_DEBUG_PIN: 'off'\n", "WERKZEUG_DEBUG_PIN"),
]

FACTORY = "src/PACKAGE/__init__.py"
KEY = "    app.secret_key = settings.secret_key\n"
EDGE = "    edge.init_app(app, settings)  # outermost: every response passes it, whoever made it\n"
HOME = "src/PACKAGE/home/views.py"

# in Python
MUTANTS += [
    Mutant("SF201", FACTORY, KEY, f"{KEY}    app.debug = True\n", "app.debug = True"),
    Mutant("SF201", FACTORY, KEY, f'{KEY}    app.config.from_mapping(DEBUG="false")\n', "from_mapping(DEBUG"),
    Mutant(
        "SF201",
        "src/PACKAGE/wsgi.py",
        "import sys\n",
        'import os\nimport sys\n\nos.environ.update(FLASK_DEBUG="1")\n',
        "FLASK_DEBUG",
    ),
    Mutant(
        "SF203",
        FACTORY,
        EDGE,
        f"{EDGE}    app.wsgi_app = __import__('werkzeug.debug').debug.DebuggedApplication(app)\n",
        "DebuggedApplication",
    ),
    Mutant(
        "SF202",
        "src/PACKAGE/wsgi.py",
        "import sys\n",
        'import sys\n\nif __name__ == "__main__":\n    create_app().run(debug=True)\n',
        "debug=True",
    ),
    Mutant(
        "SF203",
        "src/PACKAGE/notes/views.py",
        "    notes = read()\n",
        "    notes = read()\n    breakpoint()\n",
        "breakpoint()",
    ),
    Mutant("SF201", FACTORY, KEY, f'{KEY}    app.config["PROPAGATE_EXCEPTIONS"] = True\n', "PROPAGATE_EXCEPTIONS"),
    Mutant("SF201", FACTORY, KEY, f"{KEY}    app.testing = not app.debug or True\n", "app.testing"),
    Mutant(
        "SF205",
        "src/PACKAGE/errors.py",
        '"detail": error.description',
        '"detail": __import__("traceback").format_exc()',
    ),
    Mutant(
        "SF230",
        "Dockerfile",
        "PYTHONDONTWRITEBYTECODE=1 BIND",
        "PYTHONDONTWRITEBYTECODE=1 APP_ENV=development BIND",
        "APP_ENV=development",
    ),
]
