"""Errors: a page for people, RFC 9457 problem details for programs, and nothing of ours in either.

Both carry the request's id; the log line with that id has the traceback.
"""

import logging
from contextlib import suppress

import msgspec
from flask import Flask, render_template, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, SecurityError, ServiceUnavailable
from werkzeug.wrappers import Response

from .logs import request_id
from .sessions import SessionTooLarge, StoreDown

RETRY_AFTER = 5  # seconds
log = logging.getLogger(__name__)


class InvalidInput(HTTPException):
    """422: some fields are not what their schema wants.

    Attributes:
        fields: what is wanted, by the name of the field.
    """

    code = 422

    def __init__(self, fields: dict[str, str]) -> None:
        """Name the fields and what is wanted of each."""
        super().__init__("; ".join(f"{name}: {wanted}" for name, wanted in fields.items()) + ".")
        self.fields = fields


def init_app(app: Flask) -> None:
    """Answer every error, expected or not."""
    app.register_error_handler(HTTPException, problem)
    app.register_error_handler(ParseException, malformed)
    app.register_error_handler(StoreDown, store_down)
    app.register_error_handler(SessionTooLarge, session_too_large)


def malformed(error: Exception) -> Response:
    """Answer 400: what is wrong with the chunks of a body, Gunicorn raises in the view that reads it."""
    return problem(BadRequest("The chunks of the body are malformed."))


def store_down(error: Exception) -> Response:
    """Answer 503: without the session nobody may be taken for an anonymous visitor (ASVS 16.5.3)."""
    log.error("session store down: %s", error)
    return problem(ServiceUnavailable("The session store does not answer.", retry_after=RETRY_AFTER))


def session_too_large(error: Exception) -> Response:
    """Answer 413: the visitor has put more into the session than it may hold."""
    log.warning("session too large: %s", error)
    return problem(RequestEntityTooLarge("There is no room left in this session."))


def problem(error: HTTPException) -> Response:
    """Answer `error` as HTML or as problem details, by what the client accepts."""
    cause = getattr(error, "original_exception", None)  # what was raised while the session was saved
    if isinstance(cause, StoreDown):
        return store_down(cause)
    if isinstance(cause, SessionTooLarge):
        return session_too_large(cause)
    if isinstance(error.response, Response):  # abort(response)
        return error.response
    response = Response(status=error.code, headers=error.get_headers())  # with Allow or Retry-After
    response.headers["Cache-Control"] = "no-store"
    accepted = request.accept_mimetypes
    # An unknown host has no URLs, which the page needs.
    if accepted["text/html"] > accepted["application/json"] and not isinstance(error, SecurityError):
        with suppress(StoreDown):  # where the page shows who is logged in
            response.set_data(render_template("error.html", error=error, request_id=request_id.get()))
            return response
    details: dict[str, object] = {
        "type": "about:blank",
        "title": error.name,
        "status": error.code,
        "detail": error.description,
        "request_id": request_id.get(),
    }
    if isinstance(error, InvalidInput):
        details["errors"] = [{"field": name, "message": wanted} for name, wanted in error.fields.items()]
    response.set_data(msgspec.json.encode(details))
    response.content_type = "application/problem+json"
    return response
