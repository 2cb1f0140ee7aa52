"""FreeCAD scripts as input: normalised, checked against an allowlist and described, before anything runs."""
