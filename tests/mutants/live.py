"""Mistakes that neither the files nor the booted app show: only an attack on the running service does."""

from . import Mutant

INIT = "src/PACKAGE/__init__.py"
INTERFACE = "src/PACKAGE/sessions/interface.py"
GUNICORN = "gunicorn.conf.py"
FACTORY = "def create_app("
FIRST = '"""Gunicorn finds this file'
END = "    return app"

VIEWS = "src/PACKAGE/notes/views.py"
HEADERS = "src/PACKAGE/security/headers.py"
DEBUGGED = 'vars(__import__("werkzeug.debug", fromlist=["*"]))["noitacilppAdeggubeD"[::-1]]'
MARKUP = 'vars(__import__("markupsafe"))["pukraM"[::-1]]'

MUTANTS = [
    Mutant("SF170", GUNICORN, "wsgi.Response = ", "ours = ", FIRST),
    Mutant("SF171", GUNICORN, 'f"{PACKAGE}.worker.Worker"', '"gthread"', FIRST),
    Mutant("SF172", GUNICORN, 'forwarder_headers = ""', 'forwarder_headers = "SCRIPT_NAME"', FIRST),
    Mutant("SF270", INIT, END, f"    app.wsgi_app = {DEBUGGED}(app.wsgi_app, True)\n{END}", FACTORY),
    Mutant(
        "SF271",
        "src/PACKAGE/errors.py",
        "error.description,",
        'str(getattr(error, "original_exception", "")),',
        FACTORY,
        INIT,
    ),
    Mutant("SF370", INTERFACE, "delete_cookie(**self._cookie)", 'delete_cookie(self._cookie["key"])', FACTORY, INIT),
    Mutant(
        "SF371",
        INTERFACE,
        "sid = self._generate_sid(self.sid_length)\n        key",
        "sid = session.sid or self._generate_sid(self.sid_length)\n        key",
        FACTORY,
        INIT,
    ),
    Mutant(
        "SF372",
        "src/PACKAGE/sessions/sqlite.py",
        "self._write(CHANGE, data, key, *self._limits()) == 1",
        "self._write(CHANGE, data, key, *self._limits()) or self._write(INSERT, key, data, None, now, now, '')",
        FACTORY,
        INIT,
    ),
    Mutant("SF373", INTERFACE, "except Exception as error:", "except KeyError as error:", FACTORY, INIT),
    Mutant(
        "SF374",
        "src/PACKAGE/security/csrf.py",
        "if request.method in SAFE_METHODS:",
        'if request.method in SAFE_METHODS or request.endpoint == "notes.clear":',
        '@bp.post("/clear")',
        VIEWS,
    ),
    Mutant(
        "SF470",
        VIEWS,
        'html", notes=read(), wrong={}',
        f'html", notes=[{{k: {MARKUP}(v) for k, v in note.items()}} for note in read()], wrong={{}}',
        '@bp.get("/")',
    ),
    Mutant("SF375", INIT, "    hosts.init_app(app, settings)\n", "", FACTORY),
    Mutant("SF471", HEADERS, "script-src 'self'{nonce}", "script-src 'self' 'unsafe-inline'", FACTORY, INIT),
    Mutant(
        "SF570",
        "src/PACKAGE/health.py",
        'frozenset({"/healthz",',
        'frozenset({"/notes/clear", "/healthz",',
        '@bp.post("/clear")',
        VIEWS,
    ),
    Mutant(
        "SF670",
        VIEWS,
        "    return add(inputs.from_json(Note)), 201",
        '    setattr(__import__("builtins"), "kept", add(inputs.from_json(Note)))\n'
        '    __import__("time").sleep(0.002)\n'
        '    return __import__("builtins").kept, 201',
        '@api.post("")',
    ),
]
