"""Mistakes of threat T5."""

from . import Mutant

PACKAGE = "src/my_service"
NOTES = f"{PACKAGE}/notes/views.py"
HOME = f"{PACKAGE}/home/views.py"
FACTORY = f"{PACKAGE}/__init__.py"

CLEAR = '@bp.post("/clear")'
OPEN_NUMBER = """\
@bp.get("/<int:note>")
@login_required
def one(note: int) -> str:
    return str(note)


@bp.get("/<note>")
def other(note: str) -> str:
    return str(len(note))


"""
ANY_YEAR = """\
@bp.get("/board")
@login_required
def board() -> str:
    return render_template("2026.html")


@bp.get("/<int:page>")
def show(page: int) -> str:
    return render_template(f"{page}.html")


"""
OPEN_DELETE = """\
@bp.get("/kept")
@login_required
def kept() -> str:
    return ""


@bp.delete("/kept")
def drop() -> str:
    return ""


"""
TWO_GUARDED = """\
@api.post("/first")
@login_required
def first() -> str:
    return ""


@api.post("/second")
@login_required
def second() -> str:
    return ""


@api.post("/third")
def third() -> str:
    return ""


"""
SENT = """\
@bp.get("/files/<path:name>")
def files(name: str) -> Response:
    from flask import current_app, send_from_directory

    return send_from_directory(current_app.root_path, name)


"""
UNWRAPPED = """\
    from flask_login import login_required

    app.add_url_rule("/audit", "audit", login_required(str))
    app.view_functions["audit"] = repr
"""
GUARD = """\
    from flask import abort, request, session

    @app.before_request
    def guard() -> None:
        if request.path.startswith("/Notes") and "user" not in session:
            abort(401)

"""

REFUSES = "    routes.refuse(app)"  # what the service itself would say of a collision, at its start
HIDDEN = """\
    for name, view in {"first": str, "second": repr}.items():
        app.add_url_rule("/-/" + "same"[: len(app.blueprints) + 9], name, view)"""
SERVED = "    app.static_folder = str(settings.root)[: len(app.blueprints) + 999]"

MUTANTS: list[Mutant] = [
    Mutant("SF501", NOTES, '@bp.post("/clear")', '@bp.route("/", methods=["POST"])'),
    Mutant("SF501", NOTES, '@api.post("")', '@api.route("")'),
    Mutant("SF501", NOTES, '@api.post("")', '@api.get("/")'),  # only the last slash differs
    Mutant("SF501", HOME, 'url_prefix="/"', 'url_prefix="/notes"', line_of='@bp.get("/")', at=NOTES),
    Mutant("SF503", NOTES, '@bp.post("/clear")', '@bp.post("/clear", host="intern.example.org")'),
    Mutant("SF504", FACTORY, "Flask(__name__,", 'Flask(__name__, static_folder=".",'),
    Mutant("SF504", FACTORY, "Flask(__name__,", 'Flask(__name__, static_folder="../..", static_url_path="/s",'),
    Mutant("SF504", NOTES, 'template_folder="templates")', 'template_folder="templates", static_folder=".")'),
    Mutant("SF504", NOTES, CLEAR, SENT + CLEAR, line_of="return send_from_directory("),
    Mutant("SF507", HOME, ', url_prefix="/"', "", line_of='Blueprint("home",'),
    Mutant("SF521", NOTES, "def clear()", "def create()", line_of='@bp.post("/clear")'),
    Mutant("SF521", NOTES, 'Blueprint("notes_api"', 'Blueprint("notes"', line_of="api = Blueprint("),
    Mutant("SF513", NOTES, CLEAR, OPEN_NUMBER + CLEAR, line_of='@bp.get("/<note>")'),
    Mutant("SF505", NOTES, CLEAR, ANY_YEAR + CLEAR, line_of='@bp.get("/<int:page>")'),
    Mutant("SF511", NOTES, CLEAR, f"@login_required\n{CLEAR}"),
    Mutant("SF511", FACTORY, "    return app", f"{UNWRAPPED}    return app", line_of="app.view_functions["),
    Mutant("SF512", FACTORY, "    return app", f"{GUARD}    return app", line_of="request.path"),
    Mutant("SF513", NOTES, CLEAR, OPEN_DELETE + CLEAR, line_of='@bp.delete("/kept")'),
    Mutant("SF514", NOTES, '@api.post("")', TWO_GUARDED + '@api.post("")', line_of='@api.post("/third")'),
    Mutant("SF515", f"{PACKAGE}/blueprints.py", "    notes,\n", "", line_of="bp = Blueprint(", at=NOTES),
    Mutant("SF541", FACTORY, REFUSES, HIDDEN, line_of="app.add_url_rule("),
    Mutant("SF542", FACTORY, REFUSES, f"{SERVED}\n{REFUSES}", line_of="app = Flask(__name__"),
]
