"""A small renderer: triangles and lines to pixels, in numpy alone.

Orthographic, with a depth buffer, smooth shading and four samples a pixel. It needs no display, driver,
thread or shader compiler, so it cannot take the job's process down, works inside the jail as it is, and
gives the same bytes on every processor: only operations that IEEE 754 defines exactly are used on pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from atolye.kernel.measure.arrays import Floats, Ints

SAMPLES: Final = 2
"""Samples along each side of a pixel."""

_MARGIN: Final = 0.07
_SAMPLES_AT_ONCE: Final = 100_000
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
        key: (height · width,) depth of the nearest triangle in the upper half, its index in the lower;
            -1 where there is none. Comparing keys compares depths.
    """

    frame: Frame
    key: Ints

    def hits(self) -> tuple[Ints, Ints]:
        """Samples that show a triangle, and which."""
        samples = np.flatnonzero(self.key >= 0)
        return samples, self.key[samples] & 0xFFFFFFFF

    def depth(self, samples: Ints) -> Floats:
        """Depths at samples; -1 where nothing is."""
        key = self.key[samples]
        return np.where(key >= 0, (key >> 32) / _DEPTH_STEPS, -1.0)


def visible(frame: Frame, corners: Floats) -> Buffer:
    """Finds the nearest triangle at each sample.

    Args:
        corners: (m, 3, 3) placed corners of the triangles to draw.
    """
    nearest = np.full(frame.width * frame.height, _EMPTY, dtype=np.int64)
    a, b, c = planes(corners, np.clip(corners[:, :, 2], 0.0, 1.0) * _DEPTH_STEPS)
    for part in _spans(frame, corners):
        triangle = part.triangle
        start = a[triangle] * (part.first + 0.5) + b[triangle] * (part.row + 0.5) + c[triangle]
        step = np.arange(part.samples) - np.repeat(np.cumsum(part.count) - part.count, part.count)
        depth = np.repeat(start, part.count) + np.repeat(a[triangle], part.count) * step
        key = np.clip(depth, 0.0, _DEPTH_STEPS).astype(np.int64) << 32
        key |= np.repeat(triangle, part.count)
        np.maximum.at(nearest, np.repeat(part.row * frame.width + part.first, part.count) + step, key)
    return Buffer(frame, nearest)


def planes(corners: Floats, values: Floats) -> tuple[Floats, Floats, Floats]:
    """(m,) coefficients a, b and c of the linear function a·column + b·row + c over each triangle.

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
    return a, b, values[:, 0] - a * x[:, 0] - b * y[:, 0]


@dataclass(frozen=True, slots=True)
class _Spans:
    """Runs of samples inside triangles: triangle, row, first column and length of each."""

    triangle: Ints
    row: Ints
    first: Ints
    count: Ints

    @property
    def samples(self) -> int:
        return int(self.count.sum())


def _spans(frame: Frame, corners: Floats) -> Iterator[_Spans]:
    """The spans of all triangles, in portions that fit the processor's cache."""
    y = corners[:, :, 1]
    top = np.clip(np.ceil(y.min(axis=1) - 0.5), 0, frame.height).astype(np.int64)
    bottom = np.clip(np.ceil(y.max(axis=1) - 0.5), 0, frame.height).astype(np.int64)
    heights = np.maximum(bottom - top, 0)
    x = corners[:, :, 0]
    work = np.cumsum(heights * (1.0 + (x.max(axis=1) - x.min(axis=1)) / 2.0))
    sides = _sides(corners)
    begin = 0
    while begin < len(corners):
        done = work[begin - 1] if begin else 0.0
        end = max(int(np.searchsorted(work, done + _SAMPLES_AT_ONCE)), begin + 1)
        part = slice(begin, end)
        yield _spans_of(frame, np.arange(begin, end), top[part], heights[part], sides[:, part])
        begin = end


def _spans_of(frame: Frame, triangles: Ints, top: Ints, heights: Ints, sides: Floats) -> _Spans:
    row = np.arange(heights.sum()) + np.repeat(top - (np.cumsum(heights) - heights), heights)
    y = row + 0.5
    long_x, long_slope, upper_x, upper_slope, lower_x, lower_slope, middle = np.repeat(sides, heights, axis=1)
    across = long_x + long_slope * y
    bent = np.where(y < middle, upper_x + upper_slope * y, lower_x + lower_slope * y)
    first = np.clip(np.ceil(np.minimum(across, bent) - 0.5), 0, frame.width).astype(np.int64)
    last = np.clip(np.ceil(np.maximum(across, bent) - 0.5), 0, frame.width).astype(np.int64)
    some = last > first
    triangle = np.repeat(triangles, heights)
    return _Spans(triangle[some], row[some], first[some], (last - first)[some])


def _sides(corners: Floats) -> Floats:
    """(7, m) of each triangle: column at row 0 and slope of its longest side in rows, the same of the
    upper and of the lower of the others, and the row where these two meet.

    Sides are always taken downwards, so that two triangles compute the same for the side they share.
    """
    order = np.argsort(corners[:, :, 1], axis=1, kind="stable")
    x = np.take_along_axis(corners[:, :, 0], order, axis=1)
    y = np.take_along_axis(corners[:, :, 1], order, axis=1)
    rows = []
    for one, other in ((0, 2), (0, 1), (1, 2)):
        fall = y[:, other] - y[:, one]
        slope = (x[:, other] - x[:, one]) / np.where(fall > 0.0, fall, 1.0)
        rows += [x[:, one] - slope * y[:, one], slope]
    return np.stack([*rows, y[:, 1]])


def lines(buffer: Buffer, ends: Floats, bias: float) -> NDArray[np.bool_]:
    """(height, width) samples that visible lines cover.

    Args:
        ends: (k, 2, 3) placed ends of the segments.
        bias: how much deeper than the surface a line may lie and still be seen.
    """
    frame = buffer.frame
    span = ends[:, 1] - ends[:, 0]
    steps = np.ceil(np.maximum(np.abs(span[:, 0]), np.abs(span[:, 1]))).astype(np.int64) + 1
    index = np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps)
    share = index / np.repeat(np.maximum(steps - 1, 1), steps)
    column, row, depth = (
        np.repeat(ends[:, 0, axis], steps) + np.repeat(span[:, axis], steps) * share for axis in range(3)
    )
    column = np.clip(np.floor(column), 0, frame.width - 1).astype(np.int64)
    row = np.clip(np.floor(row), 0, frame.height - 1).astype(np.int64)
    sample = row * frame.width + column
    covered = np.zeros(frame.width * frame.height, dtype=bool)
    covered[sample[depth >= buffer.depth(sample) - bias]] = True
    return _thickened(covered.reshape(frame.height, frame.width))


def _thickened(covered: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The samples and their four neighbours."""
    thick = covered.copy()
    thick[1:] |= covered[:-1]
    thick[:-1] |= covered[1:]
    thick[:, 1:] |= covered[:, :-1]
    thick[:, :-1] |= covered[:, 1:]
    return thick


def averaged(samples: Floats) -> Floats:
    """(height, width) samples as pixels: the mean of each square of them."""
    height, width = samples.shape[0] // SAMPLES, samples.shape[1] // SAMPLES
    squares = samples.reshape(height, SAMPLES, width, SAMPLES)
    total = np.zeros((height, width))
    for row in range(SAMPLES):
        for column in range(SAMPLES):
            total += squares[:, row, :, column]
    return total / (SAMPLES * SAMPLES)
