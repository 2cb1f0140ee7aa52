"""Binary glTF 2.0: the shared tessellation with the faces' true normals and the material's colour.

Positions stay in millimetres, Z up, as in every other file; the node's matrix turns them into glTF's
metres, Y up. Nothing is compressed or quantised.
"""

from __future__ import annotations

import struct
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from atolye.kernel.canonical import canonical_json
from atolye.kernel.exchange.model import Metadata, Model, Options

GENERATOR: Final = "atolye"

NODE_MATRIX: Final = (0.001, 0, 0, 0, 0, 0, -0.001, 0, 0, 0.001, 0, 0, 0, 0, 0, 1)
"""Millimetres, Z up → metres, Y up; column-major."""

_METALLIC, _ROUGHNESS = 0.0, 0.6  # where the material says nothing: a matt solid
_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963
_FLOAT, _UNSIGNED_INT = 5126, 5125
_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942


def write(model: Model, path: str, options: Options) -> Metadata:
    """Writes the file."""
    mesh = model.tessellation.surface
    positions = np.ascontiguousarray(mesh.points, dtype="<f4") + np.float32(0)  # + 0: no -0.0
    normals = np.ascontiguousarray(np.round(mesh.normals, 7), dtype="<f4") + np.float32(0)
    indices = np.ascontiguousarray(mesh.triangles, dtype="<u4")
    data = positions.tobytes() + normals.tobytes() + indices.tobytes()
    document = canonical_json(_document(model, positions, normals, indices))
    with open(path, "wb") as file:
        file.write(_container(document, data))
    return {
        "options": {"unit": "m", "up": "Y", "quantisation": False, "compression": False, "normals": True},
        "mesh": model.tessellation.parameters,
        "triangles": len(indices),
    }


def linear_colour(rgba: tuple[float, float, float, float]) -> list[float]:
    """An sRGB colour as glTF's linear one (IEC 61966-2-1); opacity stays as it is."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return [round(linear(channel), 6) for channel in rgba[:3]] + [round(rgba[3], 6)]


def _container(document: bytes, data: bytes) -> bytes:
    document += b" " * (-len(document) % 4)
    length = 12 + 8 + len(document) + 8 + len(data)
    return b"".join(
        (
            struct.pack("<III", _MAGIC, 2, length),
            struct.pack("<II", len(document), _JSON),
            document,
            struct.pack("<II", len(data), _BIN),
            data,
        )
    )


def _document(
    model: Model, positions: NDArray[Any], normals: NDArray[Any], indices: NDArray[Any]
) -> dict[str, Any]:
    return {
        "asset": {
            "version": "2.0",
            "generator": GENERATOR,
            "extras": {
                "parameters": model.parameters,
                "parameters_sha256": model.parameters_sha256,
            },
        },
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": "model", "mesh": 0, "matrix": list(NODE_MATRIX)}],
        "meshes": [
            {
                "name": "model",
                "primitives": [
                    {"attributes": {"POSITION": 0, "NORMAL": 1}, "indices": 2, "material": 0, "mode": 4}
                ],
            }
        ],
        "materials": [_material(model)],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": _FLOAT,
                "count": len(positions),
                "type": "VEC3",
                "min": positions.min(axis=0).tolist(),
                "max": positions.max(axis=0).tolist(),
            },
            {"bufferView": 1, "componentType": _FLOAT, "count": len(normals), "type": "VEC3"},
            {"bufferView": 2, "componentType": _UNSIGNED_INT, "count": indices.size, "type": "SCALAR"},
        ],
        **_buffers(positions.nbytes, normals.nbytes, indices.nbytes),
    }


def _buffers(positions: int, normals: int, indices: int) -> dict[str, Any]:
    views = (
        (0, positions, _ARRAY_BUFFER),
        (positions, normals, _ARRAY_BUFFER),
        (positions + normals, indices, _ELEMENT_ARRAY_BUFFER),
    )
    return {
        "buffers": [{"byteLength": positions + normals + indices}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": offset, "byteLength": length, "target": target}
            for offset, length, target in views
        ],
    }


def _material(model: Model) -> dict[str, Any]:
    material: dict[str, Any] = {
        "name": model.material_name,
        "pbrMetallicRoughness": {
            "baseColorFactor": linear_colour(model.rgba),
            "metallicFactor": float(model.material.get("metallic", _METALLIC)),
            "roughnessFactor": float(model.material.get("roughness", _ROUGHNESS)),
        },
    }
    if model.rgba[3] < 1.0:
        material["alphaMode"] = "BLEND"
    return material
