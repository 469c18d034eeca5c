"""A run, written for people (text, html) and for programs (json, sarif)."""

from collections.abc import Sequence
from typing import Protocol

from ..engine import Report
from . import html, json, sarif, text


class Writer(Protocol):
    def __call__(self, reports: Sequence[Report], *, colour: bool) -> str: ...


FORMATS: dict[str, Writer] = {"text": text.write, "json": json.write, "sarif": sarif.write, "html": html.write}
