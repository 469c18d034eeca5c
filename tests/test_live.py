"""The live stage itself: what it attacks, and what it says when there is nothing to attack."""

from pathlib import Path

from verify import engine


def test_what_a_service_keeps_beside_its_files_is_left_alone(service: Path) -> None:
    """The attack posts to every view: into a copy, not into what the developer has there."""
    views = service / "src/my_service/notes/views.py"
    read = "    notes: list[dict[str, str]] = session.get("
    store = "    with open('instance/notes.txt', 'a') as kept:\n        kept.write('.')\n"
    assert views.read_text().count(read) == 1
    views.write_text(views.read_text().replace(read, store + read))
    (service / "instance").mkdir(exist_ok=True)
    (service / "instance/notes.txt").write_text("mine")
    report = engine.run(service, ["live"])
    assert {result.status for result in report.results} == {"passed"}
    assert (service / "instance/notes.txt").read_text() == "mine"


def test_a_service_that_refuses_to_start_is_quoted(service: Path) -> None:
    views = service / "src/my_service/notes/views.py"
    views.write_text(
        views.read_text()
        + '\n\n@bp.get("/<name>")\n@bp.get("/new")\ndef one(name: str = "") -> str:\n    return name\n'
    )
    (reason,) = {result.reason for result in engine.run(service, ["live"]).results}
    assert reason.startswith(
        "`gunicorn` did not start the service: The service does not start:\n  GET /notes/new can reach"
    )
    assert str(service) not in reason
    assert "{" not in reason
