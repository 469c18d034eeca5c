"""Logs: one JSON object a line on standard output, with the id of the request that it belongs to."""

import json
import logging
import logging.config
import os
import time
from contextlib import suppress
from contextvars import ContextVar

import msgspec

request_id: ContextVar[str] = ContextVar("request_id", default="-")
encode = msgspec.json.Encoder().encode


def emit(record: dict[str, object]) -> None:
    """Write one line with one system call, so that threads and workers never mix theirs."""
    try:
        line = encode(record)
    except UnicodeEncodeError:  # half a surrogate pair: written as an escape, and never a reason not to log
        line = json.dumps(record).encode()
    with suppress(OSError):  # whoever read it is gone, or the disk is full: the service goes on
        os.write(1, line + b"\n")


class JSONHandler(logging.Handler):
    """Encode records instead of formatting them: user input cannot start a new line (ASVS 16.4.1)."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write `record` with its traceback, if it has one."""
        line: dict[str, object] = {
            "time": timestamp(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            "request_id": request_id.get(),
        }
        if record.exc_info:
            line["traceback"] = logging.Formatter().formatException(record.exc_info)
        emit(line)


def timestamp() -> str:
    """Return the time in UTC, to the millisecond, as RFC 3339 writes it."""
    now = time.time()
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now % 1 * 1000):03}Z"


def configure(level: str) -> None:
    """Set the logs up, in every process that builds the service."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"json": {"class": f"{__name__}.JSONHandler"}},
            "root": {"level": level, "handlers": ["json"]},
            "loggers": {"gunicorn.error": {"handlers": [], "propagate": True}},  # the same lines for Gunicorn's own
        }
    )
