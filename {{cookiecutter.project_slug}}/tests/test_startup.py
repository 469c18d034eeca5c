"""Nothing is opened before a worker needs it: what an import opens, workers share after the fork."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

IMPORT_EVERYTHING = """
import importlib, os, pkgutil, sys

def watch(event, arguments):
    if event in ("socket.__new__", "socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen"):
        raise SystemExit(f"{event} at import")
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        raise SystemExit(f"{arguments[0]} was opened for writing at import")

package = importlib.import_module(sys.argv[1])
names = [module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
sys.addaudithook(watch)
for name in names:
    if not name.endswith(".wsgi"):  # which builds the service, in a worker
        sys.modules.pop(name, None)
        importlib.import_module(name)
print(len(names))
"""


def test_importing_every_module_opens_no_socket_and_writes_no_file(module: Callable[..., Any], tmp_path: Path) -> None:
    command = [sys.executable, "-B", "-c", IMPORT_EVERYTHING, module().__name__]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 20
    assert list(tmp_path.iterdir()) == []
