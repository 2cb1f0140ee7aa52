"""The bench's part by bare FreeCAD calls: the same objects and files as the product's, and nothing else."""

from __future__ import annotations

import json
import struct

import FreeCAD as App
import Import
import MeshPart
import numpy as np

LINEAR_DEFLECTION_MM = 0.1
ANGULAR_DEFLECTION_RAD = 0.0872665


def write_glb(path: str, shape: object) -> None:
    """Positions and indices of every face, as plainly as the format allows."""
    positions, indices, offset = [], [], 0
    for face in shape.Faces:
        points, triangles = face.tessellate(LINEAR_DEFLECTION_MM)
        positions.append(np.array([(p.x, p.y, p.z) for p in points], dtype="<f4"))
        indices.append(np.array(triangles, dtype="<u4") + offset)
        offset += len(points)
    vertices, elements = np.vstack(positions), np.vstack(indices).reshape(-1)
    blob = vertices.tobytes() + elements.tobytes()
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": 5126,
                "count": len(vertices),
                "type": "VEC3",
                "min": vertices.min(0).tolist(),
                "max": vertices.max(0).tolist(),
            },
            {"bufferView": 1, "componentType": 5125, "count": len(elements), "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": vertices.nbytes},
            {"buffer": 0, "byteOffset": vertices.nbytes, "byteLength": elements.nbytes},
        ],
        "buffers": [{"byteLength": len(blob)}],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    with open(path, "wb") as file:
        file.write(struct.pack("<III", 0x46546C67, 2, 20 + len(text) + 8 + len(blob)))
        file.write(struct.pack("<II", len(text), 0x4E4F534A) + text)
        file.write(struct.pack("<II", len(blob), 0x004E4942) + blob)


def make_block(folder: str) -> float:
    """Builds the block with a hole, writes FCStd, STEP, STL and GLB, and returns its volume in mm³."""
    document = App.newDocument("model")
    block = document.addObject("Part::Box", "Block")
    block.Length, block.Width, block.Height = 100, 50, 30
    hole = document.addObject("Part::Cylinder", "Hole")
    hole.Radius, hole.Height = 5, 30
    hole.Placement.Base = App.Vector(50, 25, 0)
    cut = document.addObject("Part::Cut", "Cut")
    cut.Base, cut.Tool = block, hole
    document.recompute()
    document.saveAs(f"{folder}/model.FCStd")
    Import.export([cut], f"{folder}/solid.step")
    mesh = MeshPart.meshFromShape(
        Shape=cut.Shape,
        LinearDeflection=LINEAR_DEFLECTION_MM,
        AngularDeflection=ANGULAR_DEFLECTION_RAD,
        Relative=False,
    )
    mesh.write(f"{folder}/mesh.stl")
    write_glb(f"{folder}/preview.glb", cut.Shape)
    volume = cut.Shape.Volume
    App.closeDocument(document.Name)
    return volume
