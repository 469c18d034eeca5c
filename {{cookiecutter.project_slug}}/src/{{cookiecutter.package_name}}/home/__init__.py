"""The front page."""

from .views import bp

__all__ = ["bp"]
