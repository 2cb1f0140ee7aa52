"""A small renderer: triangles and lines to pixels, in numpy alone.

Orthographic, with a depth buffer, smooth shading and four samples a pixel. It needs no display, driver,
thread or shader compiler, so it cannot take the job's process down, works inside the jail as it is, and
gives the same bytes on every processor: only operations that IEEE 754 defines exactly are used on pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from atolye.kernel.measure.tessellation import Floats, Ints

SAMPLES: Final = 2
"""Samples along each side of a pixel."""

_MARGIN: Final = 0.07
_FRAGMENTS_AT_ONCE: Final = 400_000  # keeps the working set in the processor's cache
_DEPTH_STEPS: Final = 1 << 30
_EMPTY: Final = -1

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Frame:
    """The raster and how the view's frame (right, up, towards the viewer; mm) lies on it.

    Attributes:
        width, height: in samples.
        scale: samples per mm.
    """

    width: int
    height: int
    scale: float
    centre: tuple[float, float]
    near: float
    far: float

    @staticmethod
    def around(points: Floats, width: int, height: int) -> Frame:
        """The frame of ``width`` × ``height`` pixels that shows all points with a margin."""
        low, high = points.min(axis=0), points.max(axis=0)
        size = np.maximum(high - low, 1e-6)
        room = 1.0 - 2.0 * _MARGIN
        scale = min(width * SAMPLES * room / size[0], height * SAMPLES * room / size[1])
        centre = (low + high) / 2.0
        return Frame(
            width * SAMPLES,
            height * SAMPLES,
            float(scale),
            (float(centre[0]), float(centre[1])),
            float(high[2]),
            float(low[2]),
        )

    def placed(self, points: Floats) -> Floats:
        """(n, 3) view points as column, row (down) and depth in ``[0, 1]``, 1 nearest."""
        depth = (points[:, 2] - self.far) / max(self.near - self.far, 1e-9)
        return np.stack(
            [
                (points[:, 0] - self.centre[0]) * self.scale + self.width / 2.0,
                (self.centre[1] - points[:, 1]) * self.scale + self.height / 2.0,
                depth,
            ],
            axis=1,
        )

    @property
    def depth_of_a_sample(self) -> float:
        """Depth that corresponds to one sample's width."""
        return 1.0 / (self.scale * max(self.near - self.far, 1e-9))


@dataclass(frozen=True, slots=True)
class Buffer:
    """What is seen at each sample.

    Attributes:
        triangle: (height, width) index of the nearest triangle, -1 where there is none.
        depth: (height, width) its depth, -1 where there is none.
    """

    triangle: Ints
    depth: Floats


def visible(frame: Frame, corners: Floats) -> Buffer:
    """Finds the nearest triangle at each sample.

    Args:
        corners: (m, 3, 3) placed corners of the triangles to draw.
    """
    nearest = np.full(frame.width * frame.height, _EMPTY, dtype=np.int64)
    depth_planes = planes(corners, corners[:, :, 2])
    for triangle, sample, column, row in _fragments(frame, corners):
        a, b, c = depth_planes[triangle].T
        depth = np.clip(a * column + b * row + c, 0.0, 1.0)
        key = (depth * _DEPTH_STEPS).astype(np.int64) << 32 | triangle
        np.maximum.at(nearest, sample, key)
    shape = (frame.height, frame.width)
    hit = nearest >= 0
    triangle = np.where(hit, nearest & 0xFFFFFFFF, _EMPTY).reshape(shape)
    depth = np.where(hit, (nearest >> 32) / _DEPTH_STEPS, -1.0).reshape(shape)
    return Buffer(triangle, depth)


def planes(corners: Floats, values: Floats) -> Floats:
    """(m, 3) coefficients a, b, c of the linear function a·column + b·row + c over each triangle.

    Args:
        values: (m, 3) the function's values at the corners.
    """
    x, y = corners[:, :, 0], corners[:, :, 1]
    x1, x2, y1, y2 = x[:, 1] - x[:, 0], x[:, 2] - x[:, 0], y[:, 1] - y[:, 0], y[:, 2] - y[:, 0]
    v1, v2 = values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
    area = x1 * y2 - x2 * y1
    safe = np.where(np.abs(area) > 1e-12, area, 1.0)
    flat = np.abs(area) <= 1e-12
    a = np.where(flat, 0.0, (v1 * y2 - v2 * y1) / safe)
    b = np.where(flat, 0.0, (x1 * v2 - x2 * v1) / safe)
    return np.stack([a, b, values[:, 0] - a * x[:, 0] - b * y[:, 0]], axis=1)


def _fragments(frame: Frame, corners: Floats) -> Iterator[tuple[Ints, Ints, Floats, Floats]]:
    """Samples inside triangles: triangle, index of the sample, its column and row, in portions."""
    triangle, row, first, count = _spans(frame, corners)
    ends = np.cumsum(count)
    begin = 0
    while begin < len(count):
        done = ends[begin - 1] if begin else 0
        end = max(int(np.searchsorted(ends, done + _FRAGMENTS_AT_ONCE)), begin + 1)
        part = slice(begin, end)
        length = count[part]
        column = np.arange(int(length.sum())) - np.repeat(ends[part] - length - done, length)
        column += np.repeat(first[part], length)
        rows = np.repeat(row[part], length)
        yield np.repeat(triangle[part], length), rows * frame.width + column, column + 0.5, rows + 0.5
        begin = end


def _spans(frame: Frame, corners: Floats) -> tuple[Ints, Ints, Ints, Ints]:
    """Rows of triangles: triangle, row, first column, number of columns; empty ones left out."""
    y = corners[:, :, 1]
    top = np.clip(np.ceil(y.min(axis=1) - 0.5), 0, frame.height).astype(np.int64)
    bottom = np.clip(np.ceil(y.max(axis=1) - 0.5), 0, frame.height).astype(np.int64)
    heights = np.maximum(bottom - top, 0)
    triangle = np.repeat(np.arange(len(corners)), heights)
    row = np.arange(len(triangle)) - np.repeat(np.cumsum(heights) - heights, heights)
    row += np.repeat(top, heights)
    left, right = _crossings(corners[triangle], row + 0.5)
    first = np.clip(np.ceil(left - 0.5), 0, frame.width).astype(np.int64)
    last = np.clip(np.ceil(right - 0.5), 0, frame.width).astype(np.int64)
    some = last > first
    return triangle[some], row[some], first[some], (last - first)[some]


def _crossings(corners: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Where a triangle's outline crosses the line at height ``y``: leftmost and rightmost column."""
    left = np.full(len(y), np.inf)
    right = np.full(len(y), -np.inf)
    for one, other in ((0, 1), (1, 2), (2, 0)):
        x1, y1 = corners[:, one, 0], corners[:, one, 1]
        x2, y2 = corners[:, other, 0], corners[:, other, 1]
        crosses = (np.minimum(y1, y2) <= y) & (y < np.maximum(y1, y2))
        step = np.where(crosses, y2 - y1, 1.0)
        x = x1 + (y - y1) / step * (x2 - x1)
        left = np.where(crosses, np.minimum(left, x), left)
        right = np.where(crosses, np.maximum(right, x), right)
    return np.where(np.isfinite(left), left, 0.0), np.where(np.isfinite(right), right, 0.0)


def lines(frame: Frame, buffer: Buffer, ends: Floats, bias: float) -> NDArray[np.bool_]:
    """(height, width) samples that visible lines cover.

    Args:
        ends: (k, 2, 3) placed ends of the segments.
        bias: how much deeper than the surface a line may lie and still be seen.
    """
    covered = np.zeros((frame.height, frame.width), dtype=bool)
    if not len(ends):
        return covered
    span = ends[:, 1] - ends[:, 0]
    steps = np.ceil(np.maximum(np.abs(span[:, 0]), np.abs(span[:, 1]))).astype(np.int64) + 1
    segment = np.repeat(np.arange(len(ends)), steps)
    index = np.arange(len(segment)) - np.repeat(np.cumsum(steps) - steps, steps)
    share = index / np.maximum(steps - 1, 1)[segment]
    points = ends[segment, 0] + span[segment] * share[:, None]
    column = np.clip(np.floor(points[:, 0]), 0, frame.width - 1).astype(np.int64)
    row = np.clip(np.floor(points[:, 1]), 0, frame.height - 1).astype(np.int64)
    seen = points[:, 2] >= buffer.depth[row, column] - bias
    covered[row[seen], column[seen]] = True
    return covered


def thickened(covered: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The samples and their four neighbours."""
    thick = covered.copy()
    thick[1:] |= covered[:-1]
    thick[:-1] |= covered[1:]
    thick[:, 1:] |= covered[:, :-1]
    thick[:, :-1] |= covered[:, 1:]
    return thick


def averaged(samples: Any) -> Any:
    """(height, width, c) samples as pixels: the mean of each square of them."""
    height, width = samples.shape[0] // SAMPLES, samples.shape[1] // SAMPLES
    total = np.zeros((height, width, samples.shape[2]))
    for row in range(SAMPLES):
        for column in range(SAMPLES):
            total += samples[row::SAMPLES, column::SAMPLES]
    return total / (SAMPLES * SAMPLES)
