"""Nobody ever sees another visitor's data: the service under load for good, and with a leak planted in it."""

from pathlib import Path

import pytest

from verify.live import serving

READ = '    notes: list[dict[str, str]] = session.get("notes", [])\n    return notes\n'
PAUSE = "    __import__('time').sleep(0.001)\n"
# What `read` does instead: (lines of the module, lines of the function).
LEAKS = {
    "a module's variable": (
        "CURRENT = None\n",
        "    global CURRENT\n    CURRENT = session.get('notes', [])\n" + PAUSE + "    return CURRENT\n",
    ),
    "a cached answer": (
        "ANSWERS = {}\n",
        "    from flask import request\n"
        "    notes = session.get('notes', [])\n"
        "    return ANSWERS.setdefault(request.path, notes) if notes else notes\n",
    ),
    "a dictionary that is used again": (
        "PAGE = {}\n",
        "    PAGE['notes'] = session.get('notes', [])\n" + PAUSE + "    return PAGE['notes']\n",
    ),
    "a default list that grows": (
        "",
        "    return collect(session.get('notes', []))\n\n\ndef collect(new, notes=[]):\n"
        "    notes[:] = [*notes, *new][-5:]\n    return list(notes)\n",
    ),
    "a class attribute": (
        "class Reader:\n    notes = ()\n",
        "    Reader.notes = session.get('notes', [])\n" + PAUSE + "    return Reader.notes\n",
    ),
    "a function's attribute": (
        "",
        "    read.notes = session.get('notes', [])\n" + PAUSE + "    return read.notes\n",
    ),
    "a cached function": (
        "import functools\n\n\n@functools.cache\ndef cached():\n    return session['notes']\n",
        "    return cached() if 'notes' in session else []\n",
    ),
    "the app's extensions": (
        "from flask import current_app\n",
        "    current_app.extensions['notes'] = session.get('notes', [])\n"
        + PAUSE
        + "    return current_app.extensions['notes']\n",
    ),
    "the app's configuration": (
        "from flask import current_app\n",
        "    current_app.config['NOTES'] = session.get('notes', [])\n"
        + PAUSE
        + "    return current_app.config['NOTES']\n",
    ),
    "a thread's own variable": (
        "import threading\n\nLOCAL = threading.local()\n",
        "    if 'notes' in session:\n        LOCAL.notes = session['notes']\n    return getattr(LOCAL, 'notes', [])\n",
    ),
    "a context variable": (
        "import contextvars\n\nNOTES = contextvars.ContextVar('notes', default=())\n",
        "    if 'notes' in session:\n        NOTES.set(session['notes'])\n    return list(NOTES.get())\n",
    ),
    "the templates' globals": (
        "from flask import current_app\n",
        "    current_app.jinja_env.globals['notes'] = session.get('notes', [])\n"
        + PAUSE
        + "    return current_app.jinja_env.globals['notes']\n",
    ),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_caught_in_seconds(service: Path, leak: str) -> None:
    module, function = LEAKS[leak]
    views = service / "src/my_service/notes/views.py"
    text = views.read_text()
    assert text.count(READ) == 1
    views.write_text(text.replace(READ, function).replace("MAX_NOTES = 20", f"{module}\nMAX_NOTES = 20"))
    with serving(service, "my_service:create_app") as live:
        assert live.leaks(seconds=5, stop_at_first=True), f"{leak} went unnoticed"


def test_64_visitors_never_see_each_other(service: Path) -> None:
    # Workers are replaced under way; the mix has slow views, exceptions and clients that give up.
    with serving(service, "my_service:create_app", GUNICORN_CMD_ARGS="--max-requests 2000") as live:
        assert live.leaks(seconds=240, requests=20_000) == []
        log = live.log.read_text()
    assert log.count('"event":"request"') > 19_000
    assert "Autorestarting worker" in log
    assert "only the log may say" in log
