"""Atölye: CAD models on request."""

__version__ = "0.1.0"
