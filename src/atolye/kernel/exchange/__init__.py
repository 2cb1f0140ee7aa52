"""Writing a finished part: one module per format, each with ``write(model, path, options)``."""

from __future__ import annotations
