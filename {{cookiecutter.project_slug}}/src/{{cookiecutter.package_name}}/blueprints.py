"""The blueprints of the service, each with a prefix of its own. This list is the only place that registers them."""

from flask import Blueprint

from .home import bp as home
from .notes import api as notes_api
from .notes import bp as notes

BLUEPRINTS: tuple[Blueprint, ...] = (
    # A new feature goes here.
    home,
    notes,
    notes_api,
)
