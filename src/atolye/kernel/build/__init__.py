"""Builders of the part families: one module each, with one function ``build(session, fields)``.

``docs/architecture.md`` has the frame and the fields of every family. A builder makes named features that
hang on the spreadsheet ``Parameters`` and returns the object that is the part. It neither saves nor exports.
Modules in ``elements`` and ``gearing`` are what builders are made from.
"""
