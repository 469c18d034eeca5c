"""The front page's view."""

from flask import Blueprint, render_template

bp = Blueprint("home", __name__, url_prefix="/", template_folder="templates")


@bp.get("/")
def index() -> str:
    """Show that the service runs."""
    return render_template("home/index.html")
