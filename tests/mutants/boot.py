"""Mistakes that no file shows and the booted service does."""

from . import Mutant

INIT = "src/PACKAGE/__init__.py"
FACTORY = "def create_app("
END = "    return app"
VIEWS = "src/PACKAGE/notes/views.py"
NOTES = '    return {"notes": read()}'
# Spelled so that only running it shows what it is.
REQUEST = 'getattr(__import__("flask"), "tseuqer"[::-1])'
THREAD = 'getattr(__import__("threading"), "daerhT"[::-1])'

MUTANTS = [
    Mutant("SF140", INIT, "    server.refuse(settings)", "    str(settings)", FACTORY),
    Mutant("SF240", INIT, END, f'    app.config |= dict.fromkeys(["DEBUG"], bool(app.blueprints))\n{END}'),
    Mutant("SF241", INIT, "    debug.refuse(app, settings)", "    str(settings)", FACTORY),
    Mutant("SF340", INIT, END, f"    app.session_interface = type(app).session_interface\n{END}"),
    Mutant(
        "SF341",
        "src/PACKAGE/sessions/interface.py",
        "    session_class = Session\n",
        "    session_class = Session\n\n    def get_cookie_httponly(self, app: Flask) -> bool:\n        return False\n",
        'attributes = {"path"',
    ),
    Mutant("SF342", "src/PACKAGE/sessions/interface.py", "=settings.session_idle)", "=settings.session_idle * 2000)"),
    Mutant("SF440", INIT, END, f'    vars(app.jinja_env)["autoescape"] = not app.blueprints\n{END}', FACTORY),
    Mutant("SF441", "src/PACKAGE/templates/base.html", "<body>", "<body>{{ service | shout }}"),
    Mutant(
        "SF640",
        VIEWS,
        NOTES,
        f'    vars(__import__("sys").modules[__name__])["MAX_NOTES"] = {REQUEST}.args.to_dict()\n{NOTES}',
    ),
    Mutant("SF641", VIEWS, NOTES, f"    {THREAD}(target=lambda: session.get('notes')).start()\n{NOTES}"),
]
