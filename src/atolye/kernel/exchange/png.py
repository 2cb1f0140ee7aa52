"""A picture of the part: isometric, smooth, on white, with its edges drawn."""

from __future__ import annotations

import math
import struct
import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from atolye.kernel.exchange import raster
from atolye.kernel.exchange.glb import linear_colour
from atolye.kernel.exchange.model import Metadata, Model, Options
from atolye.kernel.exchange.view import projected
from atolye.kernel.measure.arrays import Floats, Ints
from atolye.kernel.measure.tessellation import Tessellation

WIDTH: Final = 800
HEIGHT: Final = 600

_SHARP_COSINE: Final = math.cos(math.radians(12.0))
"""An edge between two faces is drawn when they meet at a larger angle."""

_LIGHTS: Final = (
    ((-0.35, 0.78, 0.52), 0.62),
    ((0.75, 0.10, 0.65), 0.30),
)
"""Direction towards the light in the view's frame, unit length, and its strength."""

_AMBIENT: Final = 0.30
_SHINE: Final = 0.10
_EDGE_COLOUR: Final = 0.02  # linear, nearly black
_LINE_BIAS_SAMPLES: Final = 10.0
"""How deep behind the surface a line still counts as lying on it; near an outline, surfaces fall steeply."""

_LEVELS: Final = 4096


def write(model: Model, path: str, options: Options) -> Metadata:
    """Renders the shared tessellation in the material's colour."""
    pixels = render(model.tessellation, linear_colour(model.rgba)[:3])
    with open(path, "wb") as file:
        file.write(encoded(pixels))
    return {
        "options": {
            "width": WIDTH,
            "height": HEIGHT,
            "view": "isometric",
            "renderer": "numpy",
            "samples": raster.SAMPLES**2,
        },
        "mesh": model.tessellation.parameters,
    }


def render(mesh: Tessellation, colour: list[float]) -> raster.Image:
    """(HEIGHT, WIDTH, 3) picture, sRGB.

    Args:
        colour: of the material, linear.
    """
    surface = mesh.surface
    points = projected(surface.points)
    frame = raster.Frame.around(points, WIDTH, HEIGHT)
    placed = frame.placed(points)
    shown = surface.triangles[_facing(placed, surface.triangles)]
    buffer = raster.visible(frame, placed[shown])
    samples, triangle = buffer.hits()
    ends = frame.placed(projected(mesh.points))[_edges(mesh)]
    lines = raster.lines(buffer, ends, _LINE_BIAS_SAMPLES * frame.depth_of_a_sample)
    diffuse, shine = _lit(projected(surface.normals))
    part = np.zeros(lines.shape)
    rest = np.ones(lines.shape)  # white where no part is
    part.reshape(-1)[samples] = _interpolated(frame, placed, shown, diffuse, samples, triangle)
    rest.reshape(-1)[samples] = _interpolated(frame, placed, shown, shine, samples, triangle)
    part[lines], rest[lines] = 0.0, _EDGE_COLOUR
    part, rest = raster.averaged(part), raster.averaged(rest)
    return _as_srgb(np.stack([part * channel + rest for channel in colour], axis=2))


def _facing(placed: Floats, triangles: Ints) -> NDArray[np.bool_]:
    """Which triangles show their outside; rows grow downwards, so seen corners run clockwise."""
    a, b, c = (placed[triangles[:, corner]] for corner in range(3))
    area: Floats = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    return area < 0.0


def _lit(normals: Floats) -> tuple[Floats, Floats]:
    """(k,) diffuse light, which takes the material's colour, and shine, which is white.

    Args:
        normals: (k, 3) in the view's frame.
    """
    x, y, z = normals[:, 0], normals[:, 1], normals[:, 2]
    diffuse = np.full(len(normals), _AMBIENT)
    shine = np.zeros(len(normals))
    for (lx, ly, lz), strength in _LIGHTS:
        falling = np.maximum(x * lx + y * ly + z * lz, 0.0)
        diffuse += strength * falling
        reflected = np.maximum(2.0 * falling * z - lz, 0.0)  # towards the viewer
        shine += _SHINE * strength * _power_16(reflected)
    return diffuse, shine


def _interpolated(
    frame: raster.Frame, placed: Floats, triangles: Ints, values: Floats, samples: Ints, triangle: Ints
) -> Floats:
    """Values at the samples between those at the corners of the triangles that are seen there."""
    row, column = np.divmod(samples, frame.width)
    a, b, c = raster.planes(placed[triangles], values[triangles])
    return a[triangle] * (column + 0.5) + b[triangle] * (row + 0.5) + c[triangle]


def _power_16(value: Floats) -> Floats:
    for _ in range(4):
        value = value * value
    return value


def _edges(mesh: Tessellation) -> Ints:
    """(k, 2) ends of what is drawn as a line: sharp edges between faces, and the outline."""
    corners = mesh.triangles
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    owner = np.tile(np.arange(len(corners)), 3)
    pairs = np.sort(pairs, axis=1)
    order = np.lexsort((owner, pairs[:, 1], pairs[:, 0]))
    pairs, owner = pairs[order], owner[order]
    # the surface is closed, so every edge is there twice, side by side
    one, other = owner[0::2], owner[1::2]
    normals = mesh.triangle_normals
    cosine = (normals[one] * normals[other]).sum(axis=1)
    face = mesh.face_of_triangle
    sharp = (face[one] != face[other]) & (cosine < _SHARP_COSINE)
    facing = projected(normals)[:, 2] > 0.0
    outline = facing[one] != facing[other]
    return pairs[0::2][sharp | outline]


def _as_srgb(linear: Floats) -> raster.Image:
    """Linear colours as bytes, by a table so that no processor's power function is asked."""
    level = (np.clip(linear, 0.0, 1.0) * (_LEVELS - 1) + 0.5).astype(np.int64)
    return _SRGB[level]


def _srgb(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


_SRGB: Final[Any] = np.array(
    [round(255 * _srgb(level / (_LEVELS - 1))) for level in range(_LEVELS)], dtype=np.uint8
)


def encoded(pixels: raster.Image) -> bytes:
    """A PNG without dates or texts; every row filtered by the one above it."""
    height, width, _ = pixels.shape
    rows = pixels.reshape(height, -1)
    filtered = np.empty((height, rows.shape[1] + 1), dtype=np.uint8)
    filtered[:, 0] = 2  # filter type "up"
    filtered[0, 1:] = rows[0]
    filtered[1:, 1:] = rows[1:] - rows[:-1]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in (
            (b"IHDR", header),
            (b"sRGB", b"\0"),
            (b"IDAT", zlib.compress(filtered.tobytes(), 6)),
            (b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
