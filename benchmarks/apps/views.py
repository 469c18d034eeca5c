"""The views that every contestant serves: the same code on the same templates."""

from collections.abc import MutableMapping
from typing import Any

from flask import Flask, render_template

ORDERS = [{"id": n, "customer": f"Customer <{n}>", "total": f"{n * 7}.50"} for n in range(20)]


def add(app: Flask, session: MutableMapping[str, Any]) -> None:
    """Add them; `session` is Flask's, or a dictionary in its place."""

    @app.get("/json")
    def as_json() -> dict[str, Any]:
        return {"id": 7, "customer": "Ada", "paid": True, "lines": [1, 2, 3]}

    @app.get("/page")
    def page() -> str:
        return render_template("orders.html", orders=ORDERS)

    @app.get("/start")
    def start() -> dict[str, bool]:
        session.update(user="ada", theme="dark", count=0)
        return {"started": True}

    @app.get("/read")
    def read() -> dict[str, Any]:
        return {"user": session["user"], "theme": session["theme"]}

    @app.post("/write")
    def write() -> dict[str, int]:
        session["count"] += 1
        return {"count": session["count"]}
