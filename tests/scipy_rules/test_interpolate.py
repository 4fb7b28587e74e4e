"""Interpolation: values against SciPy, and derivatives by positions, places and values."""

import numpy as np
import pytest
import scipy.interpolate
from scipy.sparse.linalg import spsolve
from scipy_rules import derivatives

import autograd.scipy.interpolate
from autograd import (
    Tensor,
    grad,
    jacobian,
    jit,
    value_and_grad,
    vmap,
)
from autograd.errors import AutogradError, NoRuleError, ShapeError

MODULES = (autograd.scipy.interpolate, scipy.interpolate)
RANDOM = np.random.default_rng(5)
X = np.array([0.0, 0.7, 1.1, 2.3, 3.0, 4.2])
Y = np.array([0.3, -0.4, 0.9, 1.1, 0.2, -0.5])
AROUND = np.array([*Y[:-1], Y[0]])
AT = np.array([0.32, 1.75, 3.9])
OUT = np.array([-0.4, 0.0, 1.1, 4.2, 4.9, np.nan])
KNOTS = np.array([0.0, 0.0, 0.0, 0.8, 2.5, 4.2, 4.2, 4.2])
PLACES = RANDOM.uniform(-1, 1, (9, 2))
GRID = RANDOM.normal(size=(7, 6))
SURFACE = (np.array([0.0, 0.4, 1.0, 1.5, 2.1, 2.6, 3.3]), X)
POINTS = np.array([[0.3, 0.5], [1.2, 3.3], [3.1, 2.9]])

CURVES = {  # name -> a function of the module, places and values that returns a curve
    "CubicSpline": lambda m, x, y: m.CubicSpline(x, y),
    **{
        f"CubicSpline {bc}": lambda m, x, y, bc=bc: m.CubicSpline(x, y, bc_type=bc)
        for bc in ("natural", "clamped", ((1, 0.4), (2, -0.3)), ("not-a-knot", (1, 0.2)))
    },
    "CubicSpline 3": lambda m, x, y: m.CubicSpline(x[::2], y[::2]),
    "CubicSpline 2": lambda m, x, y: m.CubicSpline(x[:2], y[:2]),
    "PchipInterpolator": lambda m, x, y: m.PchipInterpolator(x, y),
    "Akima1DInterpolator": lambda m, x, y: m.Akima1DInterpolator(x, y, extrapolate=True),
    "makima": lambda m, x, y: m.Akima1DInterpolator(x, y, method="makima"),
    "CubicHermiteSpline": lambda m, x, y: m.CubicHermiteSpline(x, y, y * y),
    **{
        f"make_interp_spline {k} {bc}": lambda m, x, y, k=k, bc=bc: m.make_interp_spline(
            x, y, k, bc_type=bc
        )
        for k, bc in [
            *((k, None) for k in (1, 2, 3, 4, 5)),
            (3, "natural"),
            (3, "clamped"),
            (3, ([(1, 0.2)], [(2, 0.4)])),
            (5, ([(1, 0.2), (2, 0.1)], [(1, 0.4), (2, 0.0)])),
        ]
    },
    "BSpline": lambda m, x, y: m.BSpline(KNOTS * x[1] / X[1], y[:5], 2),
    "make_lsq_spline": lambda m, x, y: m.make_lsq_spline(x, y, KNOTS, 2),
}
PERIODIC = {
    "CubicSpline": lambda m, x, y: m.CubicSpline(x, y, bc_type="periodic"),
    **{
        f"make_interp_spline {k}": lambda m, x, y, k=k: m.make_interp_spline(
            x, y, k, bc_type="periodic"
        )
        for k in (2, 3, 4)
    },
}


def assert_derivatives(f, p):
    """Check a function of one place and those near it."""
    derivatives.assert_derivatives(f, p, RANDOM.normal(size=p.shape) * 0.1, h=1e-3)


def assert_curve(build, y, at):
    ours, theirs = (build(m, X, y) for m in MODULES)
    nodes = build(MODULES[0], X, Tensor(y))
    for nu in range(3):
        expected = theirs(at, nu)
        np.testing.assert_allclose(ours(at, nu), expected, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(nodes(at, nu).data, expected, rtol=1e-9, atol=1e-11)
    for name, order in (("derivative", 1), ("antiderivative", 1), ("antiderivative", 2)):
        found, expected = (getattr(c, name)(order)(AT) for c in (ours, theirs))
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)
    for a, b in ((0.2, 3.7), (3.7, 0.2)):
        assert ours.integrate(a, b) == pytest.approx(theirs.integrate(a, b), rel=1e-9)


@pytest.mark.parametrize("name", CURVES)
def test_curves_match_scipy(name):
    assert_curve(CURVES[name], Y, OUT)


@pytest.mark.parametrize("name", PERIODIC)
def test_periodic_curves_match_scipy(name):
    assert_curve(PERIODIC[name], AROUND, np.array([-7.1, -0.4, 0.0, 1.1, 4.2, 4.9, 9.5, np.nan]))
    ours, theirs = (PERIODIC[name](m, X, AROUND) for m in MODULES)
    assert ours.integrate(-5.0, 9.1) == pytest.approx(theirs.integrate(-5.0, 9.1))


@pytest.mark.parametrize("name", CURVES)
def test_curves_have_derivatives_by_all_that_they_depend_on(name):
    build, n = CURVES[name], len(X)

    def total(p):
        curve = build(MODULES[0], p[:n], p[n : 2 * n])
        end = curve.integrate(p[-1], p[-2])
        return np.sum(curve(p[2 * n :]) * np.arange(1, 4)) + end + curve(p[-2], 1)

    at = AT / 2 if name.endswith(" 2") else AT
    assert_derivatives(total, np.concatenate([X, Y, at]))


@pytest.mark.parametrize("name", PERIODIC)
def test_periodic_curves_have_derivatives(name):
    n = len(X)

    def total(p):
        y = np.concatenate([p[n : 2 * n - 1], p[n : n + 1]])
        curve = PERIODIC[name](MODULES[0], p[:n], y)
        return np.sum(curve(p[2 * n :] + 4.3)) + curve.integrate(p[-1], p[-1] + 3.0)

    assert_derivatives(total, np.concatenate([X, Y[:-1], AT]))


def test_values_at_the_ends_of_a_spline_have_derivatives():
    def at(p):
        ends = ((1, p[0]), (2, p[1]))
        cubic = autograd.scipy.interpolate.CubicSpline(X, Y, bc_type=ends)(0.3)
        return cubic + autograd.scipy.interpolate.make_interp_spline(
            X, Y, bc_type=([ends[0]], [ends[1]])
        )(3.8)

    assert_derivatives(at, np.array([0.4, -0.3]))


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_the_axis_of_the_data_may_be_any(axis):
    y = np.moveaxis(RANDOM.normal(size=(6, 2, 3)), 0, axis)
    at = np.array([[0.2, 1.4], [3.3, 4.0]])
    for build in (
        lambda m, y: m.CubicSpline(X, y, axis=axis),
        lambda m, y: m.make_interp_spline(X, y, axis=axis),
        lambda m, y: m.interp1d(X, y, axis=axis),
        lambda m, y: m.PchipInterpolator(X, y, axis=axis).derivative(),
    ):
        expected = build(MODULES[1], y)(at)
        np.testing.assert_allclose(
            build(MODULES[0], Tensor(y))(Tensor(at)).data, expected, rtol=1e-9
        )
        np.testing.assert_allclose(build(MODULES[0], y)(0.3), build(MODULES[1], y)(0.3), rtol=1e-9)


KINDS = (
    "linear",
    "nearest",
    "nearest-up",
    "previous",
    "next",
    "zero",
    "slinear",
    "quadratic",
    "cubic",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fill", ["extrapolate", 0.7, (0.1, 0.9)])
def test_tables_match_scipy(kind, fill):
    order = np.array([3, 0, 1, 5, 2, 4])
    at = np.array([-0.4, 0.0, 0.35, 0.9, 1.1, 1.7, 4.2, 4.9])
    for y in (Y, np.stack([Y, Y * Y])):
        ours, theirs = (
            m.interp1d(
                X[order],
                y[..., order],
                kind,
                -1,
                True,
                False if fill != "extrapolate" else None,
                fill,
            )
            for m in MODULES
        )
        np.testing.assert_allclose(ours(at), theirs(at), rtol=1e-9, atol=1e-12)

    def total(p):
        table = MODULES[0].interp1d(
            p[:6],
            p[6:12],
            kind,
            bounds_error=False if fill != "extrapolate" else None,
            fill_value=fill,
        )
        return np.sum(table(p[12:]) * p[12:])

    assert_derivatives(total, np.concatenate([X, Y, AT, [-0.5 if kind == "next" else 5.0]]))


@pytest.mark.parametrize("method", ["linear", "nearest", "slinear", "cubic", "quintic", "pchip"])
def test_grids_match_scipy_and_have_derivatives(method):
    if method == "quintic":
        return_grid, grid = GRID, SURFACE
    else:
        return_grid, grid = GRID[:5], (SURFACE[0][:5], X)
    exact = {"solver": spsolve} if method in ("cubic", "quintic") else {}
    values = np.stack([return_grid, return_grid**2], -1)
    at = POINTS * [0.6, 1.0]
    for v in (return_grid, values):
        ours, theirs = (m.RegularGridInterpolator(grid, v, method, **exact) for m in MODULES)
        np.testing.assert_allclose(ours(at), theirs(at), rtol=1e-9)
        outside = np.concatenate([at, [[-0.5, 1.0], [np.nan, 1.0]]])
        for fill in (None, 0.3):
            found, expected = (
                m.RegularGridInterpolator(grid, v, method, False, fill, **exact)(outside)
                for m in MODULES
            )
            if method != "pchip" or fill is not None:  # SciPy cannot extrapolate by pchip
                np.testing.assert_allclose(found, expected, rtol=1e-9)
    n = len(grid[0])

    def total(p):
        places, v = p[:n], np.reshape(p[n : n + return_grid.size], return_grid.shape)
        points = np.reshape(p[n + return_grid.size :], at.shape)
        return np.sum(MODULES[0].interpn((places, X), v, points, method) * np.arange(1, 4))

    assert_derivatives(total, np.concatenate([grid[0], return_grid.ravel(), at.ravel()]))


@pytest.mark.parametrize("kernel", sorted(autograd.scipy.interpolate.radial.KERNELS))
@pytest.mark.parametrize("neighbors", [None, 6])
def test_radial_functions_match_scipy_and_have_derivatives(kernel, neighbors):
    values, at = np.sin(PLACES[:, 0] * 3) + PLACES[:, 1], PLACES[:3] + 0.11

    def curve(m, y, d, smoothing, epsilon):
        return m.RBFInterpolator(y, d, neighbors, smoothing, kernel, epsilon)

    found, expected = (curve(m, PLACES, values, 0.1, 1.3)(at) for m in MODULES)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10)

    def total(p):
        y, at = np.reshape(p[:18], (9, 2)), np.reshape(p[27:33], (3, 2))
        return np.sum(curve(MODULES[0], y, p[18:27], p[33], p[34])(at))

    assert_derivatives(total, np.concatenate([PLACES.ravel(), values, at.ravel(), [0.1, 1.3]]))


def test_jit_and_vmap_of_interpolation():
    def loss(y, at):
        cubic = autograd.scipy.interpolate.CubicSpline(X, y)
        surface = autograd.scipy.interpolate.RegularGridInterpolator((X, X), y[:, None] * y)
        return np.sum(cubic(at) ** 2) + cubic.integrate(0.0, at[1]) + surface(at[:2])[0]

    expected = value_and_grad(loss, (0, 1))(Y, AT)
    found = jit(value_and_grad(loss, (0, 1)))(Y, AT)
    again = jit(value_and_grad(loss, (0, 1)))
    again(Y[::-1], AT)
    for one in (found, again(Y, AT)):
        assert one[0] == pytest.approx(expected[0])
        np.testing.assert_allclose(one[1][0], expected[1][0])
        np.testing.assert_allclose(one[1][1], expected[1][1])
    many = vmap(grad(loss), (0, None))(np.stack([Y, Y + 0.1]), AT)
    np.testing.assert_allclose(many[1], grad(loss)(Y + 0.1, AT))


def test_wrong_data_and_refused_functions_are_named():
    m = autograd.scipy.interpolate
    for call, kind, message in (
        (lambda: m.CubicSpline(X[::-1], Tensor(Y)), ValueError, "strictly increasing"),
        (lambda: m.interp1d(X, Tensor(Y))(5.0), ValueError, r"above .* \(4\.2\)"),
        (
            lambda: m.RegularGridInterpolator(SURFACE, GRID)(Tensor([[9.0, 1.0]])),
            ValueError,
            "dimension 0",
        ),
        (
            lambda: m.RegularGridInterpolator(SURFACE, GRID)(Tensor([[1.0, 1.0, 1.0]])),
            ValueError,
            "dimension 3",
        ),
        (lambda: m.RBFInterpolator(PLACES, Tensor(PLACES))(np.zeros(2)), ShapeError, "point of 2"),
        (lambda: m.CubicSpline(X, Tensor(Y)).roots(), NoRuleError, "implicit.root"),
        (lambda: m.PPoly(np.zeros((2, 3)), X), ShapeError, "breakpoints"),
        (lambda: m.UnivariateSpline(X, Tensor(Y)), AutogradError, "would lose the derivative"),
    ):
        with pytest.raises(kind, match=message):
            call()
    np.testing.assert_allclose(
        m.CubicSpline(X, Y).roots(), scipy.interpolate.CubicSpline(X, Y).roots()
    )
    assert jacobian(m.BSpline.basis_element([0.0, 1.0, 2.0]))(0.5) == 1.0
