"""Histograms: derivatives with respect to weights and edges."""

import numpy as np
import pytest

from autograd import Tensor, grad
from autograd.errors import ShapeError

random = np.random.default_rng(3)
data, weights = random.normal(size=20), random.uniform(0.5, 2, 20)


def as_plain(x):
    return x.data if isinstance(x, Tensor) else np.asarray(x)


@pytest.mark.parametrize("density", [False, True])
@pytest.mark.parametrize("bins", [5, "sturges", [-2.0, -1.0, 0.0, 3.0]])
@pytest.mark.parametrize("limits", [None, (-1.0, 1.0)])
def test_histograms_of_nodes_match_numpy(bins, limits, density):
    expected = np.histogram(data, bins, limits, density)
    for found in (
        np.histogram(Tensor(data), bins, limits, density),
        np.histogram(Tensor(data), bins=bins, range=limits, density=density),
    ):
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(as_plain(one), other, rtol=1e-12)
    if bins != "sturges":
        expected = np.histogram(data, bins, limits, density, weights)
        found = np.histogram(data, bins, limits, density, Tensor(weights))
        np.testing.assert_allclose(found[0].data, expected[0], rtol=1e-12)


def test_counts_are_plain_numbers_and_edges_have_gradients():
    t = Tensor(data)
    counts, edges = np.histogram(t, 4)
    assert type(counts) is np.ndarray
    edges[2].backward()
    assert t.grad[data.argmin()] == t.grad[data.argmax()] == 0.5
    assert np.count_nonzero(t.grad) == 2
    assert type(np.histogram(t, 4, range=(0, 1))[1]) is np.ndarray
    assert type(np.histogram_bin_edges(t, [0.0, 1.0])) is np.ndarray
    np.testing.assert_array_equal(np.histogram(Tensor([1.0, 1.0]), 2)[1].data, [0.5, 1.0, 1.5])
    assert np.histogram(Tensor(np.zeros(0)), 2)[1].tolist() == [0, 0.5, 1]


def test_values_outside_all_bins_get_no_gradient():
    x = np.array([0.1, 5.0, 0.9, np.nan])
    slope = grad(lambda w: np.sum(np.histogram(x, 2, (0, 1), weights=w)[0] * [1, 10]))(np.ones(4))
    assert slope.tolist() == [1, 0, 10, 0]


def test_multidimensional_histograms_match_numpy():
    points = random.normal(size=(20, 2))
    for bins in (3, [2, 4], [[-3.0, 0.0, 3.0], 3]):
        expected, edges = np.histogramdd(points, bins, weights=weights, density=True)
        found, own = np.histogramdd(Tensor(points), bins, weights=Tensor(weights), density=True)
        np.testing.assert_allclose(found.data, expected, rtol=1e-12)
        for one, other in zip(own, edges, strict=True):
            np.testing.assert_allclose(as_plain(one), other)
        h, _, yedges = np.histogram2d(*points.T, bins, weights=Tensor(weights), density=True)
        np.testing.assert_allclose(h.data, expected, rtol=1e-12)
        np.testing.assert_allclose(yedges, edges[1])
    same = [-2.0, 0.0, 2.0]
    h = np.histogram2d(*points.T, same, weights=Tensor(weights))[0]
    np.testing.assert_allclose(h.data, np.histogram2d(*points.T, same, weights=weights)[0])
    counts = np.histogramdd([Tensor(x) for x in points.T], 3, range=[(-1, 1), None])[0]
    expected = np.histogramdd(points, 3, range=[(-1, 1), None])[0]
    np.testing.assert_array_equal(counts, expected)
    assert np.histogramdd(Tensor(data), 2)[0].shape == (2,)


def test_bincount_accepts_complex_weights_and_checks_shapes():
    w = np.array([1 + 2j, 3 - 1j])
    assert np.bincount([1, 1], Tensor(w)).data.tolist() == [0, 4 + 1j]
    with pytest.raises(ShapeError, match="broadcast_to"):
        np.bincount([1, 1], Tensor([1.0]))
    with pytest.raises(TypeError, match="Cannot cast"):
        np.bincount(Tensor([1.0]))
