"""Filters of arrays and arrays at other coordinates: values of SciPy, and derivatives."""

import inspect

import numpy as np
import pytest
import scipy.ndimage

from autograd import Tensor, deriv, grad, hessian_vector_product, jit, vmap
from autograd.errors import AutogradError, ShapeError
from autograd.scipy import ndimage

#: Of some versions of SciPy, about options.
pytestmark = pytest.mark.filterwarnings(
    "ignore::UserWarning:scipy", "ignore:The behavior of affine", "ignore:Input data is complex"
)

MODULES = (ndimage, scipy.ndimage)
RANDOM = np.random.default_rng(4)
IMAGE = RANDOM.normal(size=(7, 8))
MODES = ("reflect", "mirror", "nearest", "wrap", "constant")
MORE_MODES = (*MODES, "grid-wrap", "grid-mirror", "grid-constant")
PLACES = np.array(
    [[-4.3, -0.6, 0.0, 1.3, 3.8, 6.0, 6.4, 12.7], [0.7, 3.2, 7.0, -1.4, 5.5, 2.2, 8.3, 4.9]]
)


def slope(f, p, direction, h=1e-3):
    near, far = (f(p + k * h * direction) - f(p - k * h * direction) for k in (1, 2))
    return (8 * near - far) / (12 * h)


def assert_derivatives(f, p):
    direction = np.random.default_rng(1).normal(size=p.shape) * 0.3
    expected = slope(f, p, direction)
    assert np.sum(grad(f)(p) * direction) == pytest.approx(expected, rel=1e-6, abs=1e-8)
    assert deriv(lambda s: f(p + s * direction))(0.0) == pytest.approx(expected, rel=1e-6, abs=1e-8)
    found, expected = hessian_vector_product(f)(p, direction), slope(grad(f), p, direction)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


FILTERS = {
    "correlate": lambda m, x, w, mode: m.correlate(x, w[:3, :4], mode=mode, cval=0.3, origin=(1, -1)),
    "convolve": lambda m, x, w, mode: m.convolve(x, w[:4, :3], mode=mode, cval=0.3, origin=(-1, 1)),
    "correlate1d": lambda m, x, w, mode: m.correlate1d(x, w[0, :4], 0, mode=mode, cval=0.3, origin=1),
    "convolve1d": lambda m, x, w, mode: m.convolve1d(x, w[0, :4], 1, mode=mode, cval=0.3, origin=-1),
    "uniform_filter": lambda m, x, w, mode: m.uniform_filter(x, (3, 4), mode=mode, origin=(0, 1)),
    "gaussian_filter": lambda m, x, w, mode: m.gaussian_filter(x, (0.8, 1.7), mode=mode, cval=0.3),
    "derivatives": lambda m, x, w, mode: m.gaussian_filter(x, 1.2, (1, 2), mode=mode),
    "third": lambda m, x, w, mode: m.gaussian_filter1d(x, 1.2, 0, 3, mode=mode, radius=4),
    "sobel": lambda m, x, w, mode: m.sobel(x, 0, mode=mode),
    "prewitt": lambda m, x, w, mode: m.prewitt(x, mode=mode),
    "laplace": lambda m, x, w, mode: m.laplace(x, mode=mode),
    "gaussian_laplace": lambda m, x, w, mode: m.gaussian_laplace(x, 1.1, mode=mode),
    "gradient": lambda m, x, w, mode: m.gaussian_gradient_magnitude(x, 1.1, mode=mode),
}  # fmt: skip


@pytest.mark.parametrize("name", FILTERS)
def test_filters_match_scipy(name):
    for mode in MORE_MODES:
        found, expected = (
            FILTERS[name](m, x, IMAGE, mode)
            for m, x in zip(MODULES, (Tensor(IMAGE), IMAGE), strict=True)
        )
        np.testing.assert_allclose(found.data, expected, rtol=1e-10, atol=1e-12, err_msg=mode)
    n = IMAGE.size

    def total(p):
        x, w = np.reshape(p[:n], IMAGE.shape), np.reshape(p[n:], IMAGE.shape)
        return np.sum(np.sin(FILTERS[name](ndimage, x, w, "reflect")))

    assert_derivatives(total, np.concatenate([IMAGE.ravel(), IMAGE.ravel()[::-1]]))


@pytest.mark.parametrize("order", range(6))
def test_coordinates_match_scipy(order):
    for mode in MORE_MODES:
        for prefilter in (True, False):
            options = {"order": order, "mode": mode, "cval": 0.7, "prefilter": prefilter}
            found = ndimage.map_coordinates(Tensor(IMAGE), PLACES, **options).data
            expected = scipy.ndimage.map_coordinates(IMAGE, PLACES, **options)
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11, err_msg=str(options))


@pytest.mark.parametrize("order", [2, 3, 4, 5])
@pytest.mark.parametrize(
    "mode", ["mirror", "reflect", "grid-wrap", "nearest", "constant", "grid-constant"]
)
def test_coordinates_have_derivatives(order, mode):
    n = IMAGE.size

    def total(p):
        x, places = np.reshape(p[:n], IMAGE.shape), np.reshape(p[n:], (2, -1))
        return np.sum(np.sin(ndimage.map_coordinates(x, places, order=order, mode=mode)))

    assert_derivatives(total, np.concatenate([IMAGE.ravel(), [1.3, 3.8, 4.1, 5.6, 2.2, 0.4]]))


MOVES = {
    "shift": lambda m, x, p, o: m.shift(x, p[:2], **o),
    "zoom": lambda m, x, p, o: m.zoom(x, (1.7, 0.6), **o),
    "zoom grid": lambda m, x, p, o: m.zoom(x, 2, grid_mode=True, **o | {"mode": "reflect"}),
    "affine": lambda m, x, p, o: m.affine_transform(x, m_of(p), p[4:6], (6, 5), **o),
    "diagonal": lambda m, x, p, o: m.affine_transform(x, p[:2] + 1, p[4:6], **o),
    "rotate": lambda m, x, p, o: m.rotate(x, 20 + p[0], **o),
    "rotate planes": lambda m, x, p, o: m.rotate(x[None] * np.ones((2, 1, 1)), 30 + p[0], (2, 1), False, **o),
}  # fmt: skip


def m_of(p):
    return np.reshape(p[:4], (2, 2)) + np.eye(2)


@pytest.mark.parametrize("name", MOVES)
def test_moved_arrays_match_scipy(name):
    p = np.array([0.31, -0.42, 0.13, 0.22, 0.54, -0.33])
    for mode in ("constant", "nearest", "reflect", "mirror"):
        for order in (1, 3):
            options = {"order": order, "mode": mode, "cval": 0.3}
            expected = MOVES[name](scipy.ndimage, IMAGE, p, options)
            found = MOVES[name](ndimage, Tensor(IMAGE), p, options).data
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-10, err_msg=str(options))
    n = IMAGE.size

    def total(q):
        options = {"mode": "reflect", "order": 3}
        return np.sum(np.sin(MOVES[name](ndimage, np.reshape(q[:n], IMAGE.shape), q[n:], options)))

    assert_derivatives(total, np.concatenate([IMAGE.ravel(), p]))


def test_the_width_of_a_gaussian_has_a_derivative():
    def total(p):
        y = ndimage.gaussian_filter(IMAGE, p[:2], (1, 0), truncate=4.0)
        return np.sum(y**2) + np.sum(ndimage.gaussian_filter(IMAGE, p[0]))

    assert_derivatives(total, np.array([1.1, 1.7]))


def test_transforms_of_filters_and_coordinates():
    def loss(x, places):
        y = ndimage.map_coordinates(ndimage.gaussian_filter(x, 1.0), places, mode="nearest")
        return np.sum(y**2)

    expected = grad(loss, (0, 1))(IMAGE, PLACES)
    found = jit(grad(loss, (0, 1)))
    for _ in range(2):
        for one, other in zip(found(IMAGE, PLACES), expected, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-12)
    many = vmap(grad(loss), (0, None))(np.stack([IMAGE, 2 * IMAGE]), PLACES)
    np.testing.assert_allclose(many[1], grad(loss)(2 * IMAGE, PLACES), atol=1e-12)


def test_single_precision_is_kept_by_images():
    x = Tensor(IMAGE.astype(np.float32))
    for y in (
        ndimage.gaussian_filter(x, np.float32(1.0)),
        ndimage.map_coordinates(x, PLACES.astype(np.float32)),
    ):
        assert y.dtype == np.float32
        y.sum().backward()
        assert x.grad.dtype == np.float32


def test_bad_options_are_named():
    x = Tensor(IMAGE)
    for call, kind, message in (
        (
            lambda: ndimage.gaussian_filter(x, 1.0, mode="around"),
            AutogradError,
            "mode='around' must be one of",
        ),
        (
            lambda: ndimage.correlate(x, np.ones(3)),
            ShapeError,
            "weights have 1 axes and the input 2",
        ),
        (lambda: ndimage.correlate1d(x, np.ones(3), origin=2), AutogradError, "origin=2"),
        (
            lambda: ndimage.map_coordinates(x, PLACES, order=6),
            AutogradError,
            "order=6 must be from 0 to 5",
        ),
        (lambda: ndimage.map_coordinates(x, PLACES, IMAGE), AutogradError, "output= has no rule"),
        (lambda: ndimage.affine_transform(x, np.eye(3)[:1]), ShapeError, "the input has 2 axes"),
        (lambda: ndimage.label(x), AutogradError, "no derivative rule"),
    ):
        with pytest.raises(kind, match=message):
            call()


GIVEN = {
    "sigma": 1.0, "size": 2, "rank": 1, "percentile": 40, "shift": 0.5, "zoom": 1.5, "angle": 20.0,
    "matrix": np.eye(2), "coordinates": PLACES, "weights": np.ones(2),
}  # fmt: skip


def test_an_array_for_the_output_is_refused_and_stays():
    found = 0
    for name in ndimage.__all__:
        known = inspect.signature(getattr(scipy.ndimage, name)).parameters
        arguments = {key: GIVEN[key] for key in GIVEN.keys() & known.keys()}
        if "axis" not in known and "weights" in known:
            arguments["weights"] = np.ones((2, 2))
        if "output" in known and not name.startswith("generic"):
            out = np.zeros_like(IMAGE)
            with pytest.raises(AutogradError):
                getattr(ndimage, name)(Tensor(IMAGE), **arguments, output=out)
            assert not out.any(), name
            found += 1
    assert found > 30
