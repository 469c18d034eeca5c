"""Gunicorn finds this file by itself: `gunicorn` alone starts the service.

A bad environment is refused here, once, before a socket is open and a worker is there.
"""

import gc
import os
import sys
from importlib import import_module
from pathlib import Path

from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http import wsgi

PACKAGE = "{{ cookiecutter.package_name }}"
wsgi_app = f"{PACKAGE}.wsgi:app"

gc.disable()  # or a tenth of the start goes into looking for garbage among modules
try:
    settings = import_module(f"{PACKAGE}.settings").Settings.from_env()
    import_module(f"{PACKAGE}.security.server").refuse(settings)
    import_module(f"{PACKAGE}.security.debug").refuse(None, settings)
    store = import_module(f"{PACKAGE}.sessions").make_store(settings)
    if "SERVER_SOFTWARE" not in os.environ:  # a reload (HUP) goes on while the store is down
        store.check()
except import_module(f"{PACKAGE}.refusal").Refused as refusal:
    sys.exit(str(refusal))
gc.freeze()  # what is loaded now stays: workers share it, and need not look through it again and again
gc.enable()

bind = settings.bind
workers = settings.workers
worker_class = f"{PACKAGE}.worker.Worker"  # gthread, and slow clients hold no thread
threads = settings.threads
timeout = 30  # of a worker that hangs; not of a request: clients of databases need limits of their own
graceful_timeout = 30
keepalive = 75  # longer than a load balancer holds a connection: it would answer 502
max_requests = 100_000  # a leak does not grow for ever
max_requests_jitter = 10_000
umask = 0o077  # instance/ is nobody else's
if Path("/dev/shm").is_dir():  # noqa: S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108  # a heartbeat on a slow disk blocks the worker

http_parser = "python"  # "auto" takes any installed C parser, and the common one accepts smuggled requests
forwarder_headers = ""  # or a client behind the proxy moves every URL with SCRIPT_NAME
secure_scheme_headers = {}  # TRUSTED_PROXIES says whose word on the scheme is taken
control_socket_disable = True  # no second way in, and none that a read-only container cannot make
preload_app = False  # connections must not be shared by workers

loglevel = settings.log_level.lower()
accesslog = None  # the service writes one line a request itself, at a third of the cost


class Log(Logger):
    """Gunicorn's own lines, sent through the service's log."""

    def setup(self, cfg: Config) -> None:
        """Take over what Gunicorn has set up."""
        super().setup(cfg)
        import_module(f"{PACKAGE}.logs").configure(settings.log_level)


logger_class = Log

# Gunicorn offers no setting for it.
wsgi.Response = import_module(f"{PACKAGE}.worker").Response
