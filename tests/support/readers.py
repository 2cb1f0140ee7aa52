"""Independent readers of what the product writes: OCP for STEP, trimesh for meshes."""

from __future__ import annotations

from pathlib import Path

import trimesh
from OCP.BRepGProp import BRepGProp
from OCP.GProp import GProp_GProps
from OCP.IFSelect import IFSelect_ReturnStatus
from OCP.STEPControl import STEPControl_Reader


def step_volume_mm3(path: Path) -> float:
    """Volume of all solids in a STEP file, read by OCP."""
    reader = STEPControl_Reader()
    if reader.ReadFile(str(path)) != IFSelect_ReturnStatus.IFSelect_RetDone:
        raise AssertionError(f"OCP cannot read {path.name}")
    reader.TransferRoots()
    properties = GProp_GProps()
    BRepGProp.VolumeProperties_s(reader.OneShape(), properties)
    return float(properties.Mass())


def stl_volume_mm3(path: Path) -> float:
    return float(sum(body.volume for body in _bodies(path)))


def stl_is_watertight(path: Path) -> bool:
    return all(body.is_watertight for body in _bodies(path))


def _bodies(path: Path) -> list[trimesh.Trimesh]:
    loaded = trimesh.load(path, force="mesh")
    assert isinstance(loaded, trimesh.Trimesh)
    return [loaded]
