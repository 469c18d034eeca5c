"""Notes as a page with a form, and as JSON. They live in the visitor's server-side session."""

from flask import Blueprint, redirect, render_template, session, url_for
from werkzeug.exceptions import Conflict
from werkzeug.wrappers import Response

from .. import inputs
from ..errors import InvalidInput
from ..sessions import end_session
from .schemas import Note

MAX_NOTES = 20  # a session is no database

bp = Blueprint("notes", __name__, url_prefix="/notes", template_folder="templates")
api = Blueprint("notes_api", __name__, url_prefix="/api/v1/notes")


@bp.get("/")
def index() -> str:
    """Show the notes and the form for another."""
    return render_template("notes/index.html", notes=read(), wrong={})


@bp.post("/")
def create() -> Response | tuple[str, int]:
    """Keep a note, then show the page again: a reload must not send the form twice."""
    try:
        add(inputs.from_form(Note))
    except InvalidInput as error:
        return render_template("notes/index.html", notes=read(), wrong=error.fields), 422
    return redirect(url_for("notes.index"), 303)


@bp.post("/clear")
def clear() -> Response:
    """End the session, and the notes with it."""
    end_session()
    return redirect(url_for("notes.index"), 303)


@api.get("")
def list_notes() -> dict[str, list[dict[str, str]]]:
    """Return `{"notes": [{"text": …}]}`."""
    return {"notes": read()}


@api.post("")
def create_note() -> tuple[dict[str, str], int]:
    """Keep `{"text": …}` and return it."""
    return add(inputs.from_json(Note)), 201


def read() -> list[dict[str, str]]:
    """Return the visitor's notes."""
    notes: list[dict[str, str]] = session.get("notes", [])
    return notes


def add(note: Note) -> dict[str, str]:
    """Append a note to the visitor's.

    Raises:
        Conflict: there are as many as there may be.
    """
    notes = read()
    if len(notes) >= MAX_NOTES:
        raise Conflict(f"There are {MAX_NOTES} notes already: clear them first.")
    kept = {"text": note.text}
    session["notes"] = [*notes, kept]
    return kept
