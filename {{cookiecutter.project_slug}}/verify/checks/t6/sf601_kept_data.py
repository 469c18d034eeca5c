from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF601", threat="T6", stage="static")
def kept_data(project: Project) -> Iterator[Finding]:
    """One request's data is written to an object that all requests share.

    Why: modules, classes, closures, the app, blueprints and extensions live as long as the worker: the next
    request, of another user, reads what this one left there (CWE-488).

    Bad:
        current_user_name = ""

        @bp.get("/")
        def hello():
            global current_user_name
            current_user_name = request.args["name"]

    Good:
        @bp.get("/")
        def hello():
            g.user_name = request.args["name"]
    """
    for fault in project.state.faults("data"):
        shared = fault.write.shared
        what = f"{fault.data} is written" if fault.data else "a request writes"
        yield Finding(
            fault.module.path,
            fault.line,
            f"{what} to `{shared.name}`, made at {shared.where} and shared by all requests: other users see or lose it",
            "keep it in a local variable or in `flask.g`; what must last belongs in the session or a database",
        )
    for taken in project.state.drained:
        yield Finding(
            taken.module.path,
            taken.line,
            f"`{taken.what}` holds {taken.uses} of all visitors: whoever asks first is answered with it",
            "keep what is one user's under that user, in a database; a queue is for a worker of your own",
        )
    for path, line, what in project.state.templated:
        said = f"the template puts something into {what}, which all requests share: it grows, and other users see it"
        yield Finding(path, line, said, "put it into a copy: {% set trail = trail + [page] %}, or do it in the view")
