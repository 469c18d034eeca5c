"""Mistakes of threat T6."""

from . import Mutant

PACKAGE = "src/my_service"
EDGE = f"{PACKAGE}/edge.py"
INPUTS = f"{PACKAGE}/inputs.py"
NOTES = f"{PACKAGE}/notes/views.py"
CSRF = f"{PACKAGE}/security/csrf.py"
HEADERS = f"{PACKAGE}/security/headers.py"
LIMITS = f"{PACKAGE}/security/limits.py"
KEPT = 'kept = {"text": note.text}'

MUTANTS: list[Mutant] = [
    Mutant("SF601", NOTES, KEPT, 'kept = bp.latest = {"text": note.text}'),
    Mutant("SF601", NOTES, 'session["notes"] = [*notes, kept]', "api.notes = [*notes, kept]"),
    Mutant("SF601", EDGE, "            status = line", "            self.status = line"),
    Mutant("SF601", CSRF, "    site = request", "    site = current_app.site = request"),
    Mutant(
        "SF601",
        INPUTS,
        "data = msgspec.json.decode(request.get_data())",
        "data = from_json.data = msgspec.json.decode(request.get_data())",
    ),
    Mutant("SF602", LIMITS, "with self._lock:", "if self._lock:", line_of="free_at = max("),
    Mutant("SF602", LIMITS, "with self._lock:", "with Lock():", line_of="free_at = max("),
    Mutant("SF602", NOTES, KEPT, f"{KEPT}; add.count = getattr(add, 'count', 0) + 1"),
    Mutant("SF603", NOTES, "def add(note: Note) -> dict[str, str]:", "def add(note, log=[]):\n    log.append(note)"),
    Mutant("SF604", NOTES, "def read() ->", '@__import__("functools").cache\ndef read() ->'),
    Mutant("SF604", HEADERS, "def csp_nonce() ->", '@__import__("functools").lru_cache\ndef csp_nonce() ->'),
    Mutant("SF605", NOTES, 'return {"notes": read()}', 'return (session["prefix"] + str(note) for note in [1, 2])'),
    Mutant("SF605", NOTES, KEPT, f"{KEPT}; __import__('threading').Thread(target=read).start()"),
    Mutant("SF606", NOTES, "MAX_NOTES = 20", 'MAX_NOTES = __import__("sqlite3").connect(":memory:")'),
    Mutant(
        "SF607",
        EDGE,
        "logs.request_id.set(request_id)",
        'logs.request_id.set(environ["HTTP_X_ID"]) if "HTTP_X_ID" in environ else None',
    ),
    Mutant("SF608", NOTES, KEPT, 'kept = {"text": __import__("locale").setlocale(0, note.text)}'),
    Mutant("SF608", NOTES, KEPT, f'{KEPT}; print(kept, file=open("notes.txt", "w"))'),
]
