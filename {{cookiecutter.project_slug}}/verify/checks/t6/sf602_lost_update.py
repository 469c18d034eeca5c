from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF602", threat="T6", stage="static")
def lost_update(project: Project) -> Iterator[Finding]:
    """A shared value is read, decided on and written back without one lock around all of it.

    Why: threads interleave between the read and the write: counts get lost, the last seat is sold twice (CWE-362).

    Bad:
        global left
        if left < 1:
            abort(409)
        left -= 1

    Good:
        with lock:
            if left < 1:
                abort(409)
            left -= 1
    """
    for fault in project.state.faults("lost"):
        shared = fault.write.shared
        what = f"`{shared.name}`, made at {shared.where}, is read"
        what = f"the file `{shared.name}` is looked for" if shared.kind == "file" else what
        said = f"{what} here and changed in line {fault.write.line} without one lock around both"
        fix = "`with lock:` (a module's `lock = threading.Lock()`) around the read and the write; across workers: "
        fix += '`UPDATE … SET n = n + 1`, Redis `INCR` or `SET NX`, for a file `open(path, "x")`'
        yield Finding(fault.module.path, fault.line, f"{said}: parallel requests lose each other's updates", fix)
    for row in project.state.rewritten:
        said = f"`{row.what}` is computed from what {row.uses} read: of two requests the later one undoes the other"
        advice = "compute in the database: `SET n = n - ? WHERE n >= ?`, `item.n = Item.n - 1`; or `with_for_update()`"
        advice = "`fcntl.flock`, which holds the other processes, too" if row.what.startswith("file ") else advice
        yield Finding(row.module.path, row.line, said, advice)
    for row in project.state.newest:
        said = f"the newest row of `{row.what}` need not be the one that {row.uses} inserted, but another request's"
        advice = "`cursor.lastrowid`, `INSERT … RETURNING id`; of a model its `id` after the flush"
        yield Finding(row.module.path, row.line, said, advice)
