"""The geometry of involute gears, in plane complex numbers and without FreeCAD."""
