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
        read = f"`{shared.name}`, made at {shared.where}, is read"
        yield Finding(
            fault.module.path,
            fault.line,
            f"{f'the file `{shared.name}` is looked for' if shared.kind == 'file' else read} here and changed in line "
            f"{fault.write.line} without one lock around both: parallel requests lose each other's updates",
            "`with lock:` (a module's `lock = threading.Lock()`) around the read and the write; "
            'across workers: `UPDATE … SET n = n + 1`, Redis `INCR`, for a file `open(path, "x")`',
        )
    for row in project.state.rewritten:
        yield Finding(
            row.module.path,
            row.line,
            f"`{row.what}` is computed from what {row.uses} read and written back: of two requests at once the "
            "later one undoes the other",
            "compute in the database: `UPDATE … SET n = n - ? WHERE id = ? AND n >= ?`, "
            "`item.n = Item.n - 1`; or read with `FOR UPDATE` (`with_for_update()`)",
        )
    for row in project.state.newest:
        yield Finding(
            row.module.path,
            row.line,
            f"the newest row of `{row.what}` need not be the one that {row.uses} inserted: of two requests at "
            "once one goes on with the other's",
            "`cursor.lastrowid`, `INSERT … RETURNING id`; of a model its `id` after the flush",
        )
