"""Alembic's environment and the revisions. New ones: copy the shape of the newest file in ``versions/``."""
