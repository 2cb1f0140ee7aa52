"""The renderer against areas, depths and colours that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from atolye.kernel.exchange import raster, view

SIZE = 100.0


def square(depth: float, left: float = -20.0, right: float = 20.0) -> np.ndarray:
    """Two triangles of a square of height 40 at a depth, in the view's frame."""
    a, b, c, d = (left, -20, depth), (right, -20, depth), (right, 20, depth), (left, 20, depth)
    return np.array([[a, b, c], [a, c, d]], dtype=float)


def frame() -> raster.Frame:
    """One sample a mm, the origin in the middle, depths from −10 to 10."""
    width = int(SIZE)
    return raster.Frame(width, width, 1.0, (0.0, 0.0), 10.0, -10.0)


def placed(triangles: np.ndarray) -> np.ndarray:
    return frame().placed(triangles.reshape(-1, 3)).reshape(-1, 3, 3)


def test_the_view_is_a_right_handed_frame_of_unit_vectors() -> None:
    axes = np.array([view.RIGHT, view.UP, view.TOWARDS_VIEWER])
    assert np.allclose(axes @ axes.T, np.eye(3), atol=1e-15)
    assert np.allclose(np.cross(axes[0], axes[1]), axes[2], atol=1e-15)
    assert np.allclose(view.projected(np.eye(3)), axes.T, atol=1e-15)


def test_the_viewer_sees_the_top_the_front_and_the_right_of_a_part() -> None:
    outward = np.array([[0, 0, 1], [0, -1, 0], [1, 0, 0], [0, 0, -1], [0, 1, 0], [-1, 0, 0]], dtype=float)
    towards = view.projected(outward)[:, 2]
    assert (towards[:3] > 0.5).all()
    assert (towards[3:] < -0.5).all()


def test_a_square_covers_exactly_its_area_and_its_diagonal_no_sample_twice() -> None:
    buffer = raster.visible(frame(), placed(square(0.0)))
    samples, triangle = buffer.hits()
    assert len(samples) == 40 * 40
    assert sorted(set(triangle.tolist())) == [0, 1]
    row, column = np.divmod(samples, int(SIZE))
    assert (row.min(), row.max(), column.min(), column.max()) == (30, 69, 30, 69)


def test_many_random_triangles_cover_their_area() -> None:
    chance = np.random.default_rng(7)
    for _ in range(50):
        corners = chance.uniform(-45, 45, (1, 3, 3))
        samples, _ = raster.visible(frame(), placed(corners)).hits()
        a, b = corners[0, 1, :2] - corners[0, 0, :2], corners[0, 2, :2] - corners[0, 0, :2]
        area = abs(a[0] * b[1] - a[1] * b[0]) / 2
        outline = np.abs(np.diff(np.vstack([corners[0], corners[0, :1]])[:, :2], axis=0)).sum()
        assert abs(len(samples) - area) <= outline / 2 + 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_nearer_surface_hides_the_farther_whatever_comes_first(order: tuple[int, int]) -> None:
    layers = (square(5.0, -10, 10), square(-5.0))
    buffer = raster.visible(frame(), placed(np.concatenate([layers[index] for index in order])))
    _, triangle = buffer.hits()
    near = {2 * order.index(0), 2 * order.index(0) + 1}
    assert np.isin(triangle, list(near)).sum() == 20 * 40
    assert len(triangle) == 40 * 40


def test_depths_follow_a_slanted_plane() -> None:
    slanted = square(0.0)
    slanted[:, :, 2] = slanted[:, :, 0] / 4.0
    buffer = raster.visible(frame(), placed(slanted))
    samples, _ = buffer.hits()
    column = samples % int(SIZE) + 0.5 - SIZE / 2
    assert np.allclose(buffer.depth(samples), (column / 4.0 + 10.0) / 20.0, atol=1e-6)
    assert (buffer.depth(np.array([0])) == -1.0).all()


def test_a_line_behind_a_surface_is_not_drawn_and_one_before_it_is() -> None:
    buffer = raster.visible(frame(), placed(square(0.0)))
    for depth, expected in ((5.0, True), (-5.0, False)):
        ends = frame().placed(np.array([[-15.0, 0, depth], [15.0, 0, depth]])).reshape(1, 2, 3)
        covered = raster.lines(buffer, ends, 0.01)
        assert bool(covered.any()) is expected
    beside = frame().placed(np.array([[-40.0, 30, -5.0], [40.0, 30, -5.0]])).reshape(1, 2, 3)
    assert raster.lines(buffer, beside, 0.01).sum() >= 80 * 3


def test_a_frame_holds_all_points_with_a_margin() -> None:
    points = np.random.default_rng(3).normal(size=(200, 3)) * (30, 5, 8)
    whole = raster.Frame.around(points, 800, 600)
    found = whole.placed(points)
    assert found[:, 0].min() > 0.05 * whole.width
    assert found[:, 0].max() < 0.95 * whole.width
    assert found[:, 1].min() > 0
    assert found[:, 1].max() < whole.height
    assert (found[:, 2].min(), found[:, 2].max()) == (0.0, 1.0)


def test_pixels_are_the_mean_of_their_samples() -> None:
    samples = np.arange(16.0).reshape(4, 4)
    assert raster.averaged(samples).tolist() == [[2.5, 4.5], [10.5, 12.5]]
