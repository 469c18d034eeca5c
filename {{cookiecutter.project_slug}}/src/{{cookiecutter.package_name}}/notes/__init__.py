"""Notes: an example of a feature, with a page, a form, a JSON API and data in the visitor's session."""

from .views import api, bp

__all__ = ["api", "bp"]
