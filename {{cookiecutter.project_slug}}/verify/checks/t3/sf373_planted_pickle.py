import contextlib
import os
import pickle  # the attack, never the defence
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from ...engine import Finding, check
from ...project import Project


@check("SF373", threat="T3", stage="live")
def planted_pickle(project: Project) -> Iterator[Finding]:
    """What somebody planted in the session store is unpickled, or breaks the service.

    Why: unpickling runs code; whoever can write to the store then owns the workers (CWE-502).

    Bad:
        pickle.loads(row)

    Good:
        TaggedJSONSerializer().loads(row)
    """
    live = project.live
    visitor = live.visitor()
    visitor.request("POST", "/-verify-/keep", form={"text": "x"})
    proof = live.folder / f"ran-{secrets.token_hex(4)}"
    payload = pickle.dumps(_Exploit(str(proof)))
    for file in live.folder.glob("*.sqlite3"):
        _plant(file, payload)
    status = visitor.request("GET", "/-verify-/kept").status
    if proof.exists():
        message = "a pickle that was planted in the session store ran"
        yield Finding(*project.factory, message, "read sessions with Flask's TaggedJSONSerializer and nothing else")
    elif status == 500:
        message = "garbage in the session store ends in 500 for its visitor"
        yield Finding(*project.factory, message, "treat what cannot be read as no session")


class _Exploit:
    def __init__(self, proof: str) -> None:
        self.proof = proof

    def __reduce__(self) -> tuple[object, tuple[str, int]]:
        return os.mkdir, (self.proof, 0o700)


def _plant(file: Path, payload: bytes) -> None:
    with contextlib.closing(sqlite3.connect(file, timeout=5)) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for _, column, _, _, _, is_key in db.execute(f'PRAGMA table_info("{table}")').fetchall():
                if not is_key:
                    with contextlib.suppress(sqlite3.Error):  # a column that takes no bytes
                        db.execute(f'UPDATE "{table}" SET "{column}" = ?', (payload,))  # noqa: S608
        db.commit()
