"""The catalogue of everything that can go wrong, and the one exception that carries an entry of it.

Every failure that a user can see is an :class:`AtolyeError` with a catalogued code. The text, the HTTP
status, the suggestions and the links come from the catalogue (``catalogue/*.toml``), never from the
place that raises; that place adds only data: which field, which value, what was expected.
"""

from __future__ import annotations

from atolye.errors.catalogue import Entry, Link, catalogue, entry
from atolye.errors.model import AtolyeError, ErrorBody

__all__ = ["AtolyeError", "Entry", "ErrorBody", "Link", "catalogue", "entry"]
