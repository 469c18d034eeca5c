"""Mistakes of threat T3."""

from . import Mutant

MUTANTS: list[Mutant] = []

KEY_OF_COMPOSE = "${SECRET_KEY:?make one"
DOCKER_BIND = "BIND=0.0.0.0:8000"

# in deployment files
MUTANTS += [
    Mutant("SF330", "Dockerfile", DOCKER_BIND, f"{DOCKER_BIND} SECRET_KEY=6f2b9c", "SECRET_KEY=6f2b9c"),
    Mutant("SF330", "compose.yaml", KEY_OF_COMPOSE, "${SECRET_KEY:-not-so-secret} # make one", "SECRET_KEY: "),
    Mutant("SF331", ".gitignore", ".env\n", ".envrc\n", "SECRET_KEY=", ".env"),
]

FACTORY = "src/PACKAGE/__init__.py"
KEY = "app.secret_key = settings.secret_key"
INTERFACE = "src/PACKAGE/sessions/interface.py"
SESSIONS = "    sessions.init_app(app, settings)\n"
SETTINGS = "src/PACKAGE/settings.py"
VIEWS = "src/PACKAGE/notes/views.py"
KEPT = '    session["notes"] = [*notes, kept]\n'

# in Python
MUTANTS += [
    Mutant("SF301", FACTORY, KEY, 'app.secret_key = "k7Jd-9xQ2"'),
    Mutant("SF301", FACTORY, KEY, f'{KEY} or "dev"'),
    Mutant(
        "SF301", SETTINGS, 'env.str("SECRET_KEY", validate', 'env.str("SECRET_KEY", "changeme", validate', '"changeme"'
    ),
    Mutant(
        "SF301",
        "src/PACKAGE/wsgi.py",
        "import sys\n",
        'import os\nimport sys\n\nos.environ.setdefault("SECRET_KEY", "dev")\n',
        "setdefault",
    ),
    Mutant("SF301", FACTORY, KEY, f'{KEY} or __import__("secrets").token_hex(32)'),
    Mutant("SF303", INTERFACE, '"httponly": True', '"httponly": False'),
    Mutant("SF303", INTERFACE, '"samesite": "Lax"', '"samesite": None'),
    Mutant("SF303", FACTORY, KEY, f"{KEY}\n    app.config['SESSION_COOKIE_SECURE'] = False", "SESSION_COOKIE_SECURE"),
    Mutant(
        "SF303",
        VIEWS,
        '    return redirect(url_for("notes.index"), 303)\n\n\n@bp.post("/clear")',
        '    response = redirect(url_for("notes.index"), 303)\n'
        '    response.set_cookie("auth_token", "t" + str(len(read())))\n'
        '    return response\n\n\n@bp.post("/clear")',
        "auth_token",
    ),
    Mutant(
        "SF305",
        FACTORY,
        SESSIONS,
        f"{SESSIONS}    from flask.sessions import SecureCookieSessionInterface as Client\n\n"
        "    app.session_interface = Client()\n",
        "app.session_interface",
    ),
    Mutant("SF306", FACTORY, KEY, f'{KEY}\n    app.config["SESSION_TYPE"] = "filesystem"', "SESSION_TYPE"),
    Mutant("SF307", INTERFACE, "values = self.serializer.loads(", "values = __import__('pickle').loads("),
    Mutant("SF308", VIEWS, "    notes = read()\n", '    notes = read() if request.cookies.get("user") else []\n'),
    Mutant("SF309", VIEWS, KEPT, f'{KEPT}    session["user_id"] = note.text\n', '"user_id"'),
    Mutant("SF310", VIEWS, KEPT, f'{KEPT}    session["pin"] = note.text\n', '"pin"'),
    Mutant("SF306", INTERFACE, "timedelta(seconds=settings.session_idle)", "timedelta(days=400)"),
    Mutant(
        "SF311",
        VIEWS,
        '    end_session()\n    return redirect(url_for("notes.index"), 303)\n',
        '    response = redirect(url_for("notes.index"), 303)\n    response.delete_cookie("__Host-session")\n'
        "    return response\n",
        "delete_cookie",
    ),
    Mutant(
        "SF312",
        INTERFACE,
        "sid = self._generate_sid(self.sid_length)\n        key",
        "sid = __import__('secrets').token_hex(4)\n        key",
        "token_hex(4)",
    ),
    Mutant(
        "SF313",
        VIEWS,
        'redirect(url_for("notes.index"), 303)\n\n\n@bp.post("/clear")',
        'redirect(url_for("notes.index", s=session.sid), 303)\n\n\n@bp.post("/clear")',
        "session.sid",
    ),
]
