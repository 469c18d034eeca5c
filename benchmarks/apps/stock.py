"""The usual way to harden Flask, as each library's documentation shows it."""
# mypy: disable-error-code="import-not-found, import-untyped"

import os
import time

import structlog
from flask import Flask, Response, g, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_session import Session
from flask_talisman import Talisman
from flask_wtf.csrf import CSRFProtect, generate_csrf
from prometheus_flask_exporter import PrometheusMetrics
from redis import Redis

from benchmarks.apps import views

app = Flask(__name__)
app.config.update(
    SECRET_KEY="a benchmark's",  # noqa: S106
    SESSION_TYPE="redis",
    SESSION_REDIS=Redis.from_url(os.environ["SESSION_URL"]),
    SESSION_COOKIE_SECURE=True,
    TRUSTED_HOSTS=["127.0.0.1"],
    MAX_CONTENT_LENGTH=1 << 20,
)
Session(app)
Talisman(app, force_https=False, content_security_policy_nonce_in=["style-src"])
CSRFProtect(app)
Limiter(get_remote_address, app=app, default_limits=["1000000 per minute"], storage_uri="memory://")
PrometheusMetrics(app)
structlog.configure(processors=[structlog.processors.TimeStamper(), structlog.processors.JSONRenderer()])
log = structlog.get_logger()


@app.before_request
def start_clock() -> None:
    g.started = time.perf_counter()


@app.after_request
def log_request(response: Response) -> Response:
    log.info(
        "request",
        client=request.remote_addr,
        method=request.method,
        path=request.path,
        status=response.status_code,
        ms=round((time.perf_counter() - g.started) * 1000, 2),
    )
    return response


@app.get("/token")
def token() -> dict[str, str]:
    return {"token": generate_csrf()}


views.add(app, session)
