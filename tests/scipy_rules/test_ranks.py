"""Filters by rank: SciPy's values, and derivatives against differences of SciPy's own functions."""

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal

from autograd import Tensor, grad, jacobian, jit, jvp, vmap
from autograd.errors import OptionError, ShapeError
from autograd.scipy import ndimage, signal

RANDOM = np.random.default_rng(8)
X = RANDOM.permutation(30.0 + np.arange(30)).reshape(5, 6) / 7
CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
HEIGHTS = np.array([[0.1, 0.4], [0.7, 0.2], [0.3, 0.5]])

OPTIONS = [
    {"size": 3},
    {"size": (2, 3), "mode": "nearest", "origin": (-1, 1)},
    {"footprint": CROSS, "mode": "constant", "cval": 4.5},
    {"footprint": [[1, 0], [1, 1], [0, 1]], "mode": "wrap", "origin": (1, -1)},
    {"size": 4, "mode": "mirror", "axes": (1,)},
    {"size": (1, 2), "mode": ["reflect", "nearest"]},
]
WITHOUT_MODES = ("rank_filter", "percentile_filter", "median_filter")
FILTERS = {
    "minimum_filter": (), "maximum_filter": (), "median_filter": (), "rank_filter": (1,),
    "percentile_filter": (30,), "grey_erosion": (), "grey_dilation": (), "grey_opening": (),
    "grey_closing": (), "morphological_gradient": (), "white_tophat": (), "black_tophat": (),
}  # fmt: skip


def assert_same(ours, original, x):
    expected = original(x)
    found = ours(Tensor(x))
    assert isinstance(found, Tensor)
    np.testing.assert_array_equal(found.data, expected)
    weights = RANDOM.normal(size=expected.shape)
    direction = RANDOM.normal(size=x.shape)
    h = 1e-4  # the elements are 1/7 apart, so that no window changes its choice
    slope = np.sum((original(x + h * direction) - original(x - h * direction)) * weights) / (2 * h)
    assert np.sum(grad(lambda x: np.sum(ours(x) * weights))(x) * direction) == pytest.approx(slope)
    assert np.sum(jvp(ours)(x)(direction)[1] * weights) == pytest.approx(slope)


@pytest.mark.parametrize("number", range(len(OPTIONS)))
@pytest.mark.each("name", list(FILTERS))
def test_filters_by_rank_match_scipy(name, number):
    options = OPTIONS[number]
    if isinstance(options.get("mode"), list) and name not in ("minimum_filter", "maximum_filter"):
        pytest.skip("takes one mode")
    ours, original = getattr(ndimage, name), getattr(scipy.ndimage, name)
    if "axes" in options and name not in ("minimum_filter", "maximum_filter", *WITHOUT_MODES):
        options = {k: v for k, v in options.items() if k != "axes"}
    first = FILTERS[name]
    assert_same(lambda x: ours(x, *first, **options), lambda x: original(x, *first, **options), X)


@pytest.mark.parametrize("name", ["grey_erosion", "grey_dilation", "grey_closing"])
def test_structures_have_derivatives(name):
    ours, original = getattr(ndimage, name), getattr(scipy.ndimage, name)
    assert_same(lambda x: ours(x, structure=HEIGHTS), lambda x: original(x, structure=HEIGHTS), X)
    assert_same(lambda s: ours(X, structure=s), lambda s: original(X, structure=s), HEIGHTS)


def test_filters_along_an_axis_and_of_signals_match_scipy():
    for axis in (0, 1):
        assert_same(
            lambda x, a=axis: ndimage.minimum_filter1d(x, 3, a, mode="wrap", origin=1),
            lambda x, a=axis: scipy.ndimage.minimum_filter1d(x, 3, a, mode="wrap", origin=1),
            X,
        )
        assert_same(
            lambda x, a=axis: ndimage.maximum_filter1d(x, 4, a),
            lambda x, a=axis: scipy.ndimage.maximum_filter1d(x, 4, a),
            X,
        )
    for name, *more in (
        ("medfilt",),
        ("medfilt", (1, 5)),
        ("medfilt2d", (3, 5)),
        ("order_filter", CROSS, 1),
    ):
        assert_same(
            lambda x, n=name, m=more: getattr(signal, n)(x, *m),
            lambda x, n=name, m=more: getattr(scipy.signal, n)(x, *m),
            X,
        )


def test_equal_elements_share_the_derivative_as_in_max():
    flat = np.ones(3)
    found = jacobian(lambda x: ndimage.maximum_filter(x, 3))(flat)[1]
    np.testing.assert_array_equal(found, grad(np.max)(flat))
    found = jacobian(lambda x: ndimage.median_filter(x, 3))(flat)[1]
    np.testing.assert_array_equal(found, jacobian(np.sort)(flat)[1])


def test_filters_by_rank_are_transformed():
    def loss(x):
        return np.sum(ndimage.median_filter(x, 3) ** 2)

    expected = grad(loss)(X)
    np.testing.assert_allclose(jit(grad(loss))(X), expected)
    np.testing.assert_allclose(vmap(grad(loss))(np.stack([X, 2 * X]))[1], 2 * expected)


def test_windows_that_do_not_fit_are_refused():
    x = Tensor(X)
    for call, kind, message in (
        (lambda: ndimage.median_filter(x), OptionError, "size or a footprint"),
        (lambda: ndimage.median_filter(x, 3, origin=2), OptionError, "off the element"),
        (lambda: ndimage.percentile_filter(x, 120, 3), OptionError, "between -100 and 100"),
        (lambda: ndimage.minimum_filter(x, footprint=[1, 1]), ShapeError, "1 axes; 2 are filtered"),
        (lambda: signal.medfilt(x, 4), OptionError, "no middle"),
    ):
        with pytest.raises(kind, match=message):
            call()
