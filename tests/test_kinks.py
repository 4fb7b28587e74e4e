"""Every line of docs/kinks.md."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, Value
from autograd.errors import NoDerivativeError, NoRuleError
from autograd.forward import push_forward
from autograd.scipy import linalg, ndimage, special, stats


def slopes(function, *at):
    nodes = [Value(x) for x in at]
    function(*nodes).backward()
    return tuple(node.grad for node in nodes)


TAKEN = [
    (abs, (0.0,), (0.0,)),
    (np.fabs, (0.0,), (0.0,)),
    (autograd.relu, (0.0,), (0.0,)),
    (np.maximum, (2.0, 2.0), (0.5, 0.5)),
    (np.minimum, (2.0, 2.0), (0.5, 0.5)),
    (np.fmax, (2.0, 2.0), (0.5, 0.5)),
    (np.fmin, (2.0, 2.0), (0.5, 0.5)),
    (lambda x: np.clip(x, 0.0, 1.0), (0.0,), (0.5,)),
    (lambda x: np.clip(x, 0.0, 1.0), (1.0,), (0.5,)),
    (np.hypot, (0.0, 0.0), (0.0, 0.0)),
    (np.sign, (0.0,), (0.0,)),
    (np.floor, (1.0,), (0.0,)),
    (np.ceil, (1.0,), (0.0,)),
    (np.trunc, (1.0,), (0.0,)),
    (np.rint, (0.5,), (0.0,)),
    (lambda x, y: x // y, (4.0, 2.0), (0.0, 0.0)),
    (lambda x, y: x % y, (7.0, 2.0), (1.0, -3.0)),
    (np.fmod, (-7.0, 2.0), (1.0, 3.0)),
    (np.copysign, (2.0, -1.0), (-1.0, 0.0)),
    (lambda x: np.heaviside(x, 0.5), (1.0,), (0.0,)),
    (np.sqrt, (0.0,), (math.inf,)),
    (np.cbrt, (0.0,), (math.inf,)),
    (np.log, (0.0,), (math.inf,)),
    (lambda x: x**0.5, (0.0,), (math.inf,)),
    (lambda x: x**0, (0.0,), (0.0,)),
    (lambda x, p: x**p, (0.0, 2.0), (0.0, 0.0)),
    (lambda x, p: x**p, (0.0, 0.0), (0.0, 0.0)),
    (np.logaddexp, (-math.inf, -math.inf), (0.0, 0.0)),
    (np.logaddexp, (math.inf, 0.0), (1.0, 0.0)),
    (np.logaddexp, (math.inf, math.inf), (0.5, 0.5)),
    (np.arctan2, (0.0, 0.0), (math.nan, math.nan)),
    (np.maximum, (math.nan, 1.0), (0.0, 0.0)),
    (autograd.relu, (math.nan,), (0.0,)),
    (lambda x: np.sqrt(autograd.relu(x)), (-1.0,), (math.nan,)),
    (lambda x: np.sqrt(x) ** 2, (0.0,), (math.nan,)),
    (lambda x: np.log(x * x), (0.0,), (math.nan,)),
]


@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
@pytest.mark.parametrize(("function", "at", "expected"), TAKEN)
def test_derivatives_at_kinks_are_as_documented(function, at, expected):
    np.testing.assert_array_equal(slopes(function, *at), expected)


@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
@pytest.mark.each("function, at, expected", TAKEN)
@pytest.mark.parametrize("kind", [Value, Tensor])
def test_forward_mode_takes_the_same_derivative_at_kinks(function, at, expected, kind):
    nodes = [kind(x) for x in at]
    y = function(*nodes)
    tangents = [push_forward([y], {node: np.ones(()) if kind is Tensor else 1.0}) for node in nodes]
    np.testing.assert_array_equal(np.ravel(tangents), expected)


@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
@pytest.mark.parametrize(("function", "at", "expected"), TAKEN)
def test_second_derivatives_at_kinks_are_the_same_in_both_modes(function, at, expected):
    nodes = [Tensor(x) for x in at]
    function(*nodes).backward(create_graph=True)
    slopes = [node.grad for node in nodes]
    for slope in slopes:
        forward = [push_forward([slope], {node: np.ones(())})[0] for node in nodes]
        for node in nodes:
            node.grad = None
        if slope.parents:
            slope.backward(retain_graph=True)
        reverse = [0.0 if node.grad is None else node.grad for node in nodes]
        np.testing.assert_array_equal(forward, reverse)


def test_every_function_on_the_kinks_page_is_tested():
    page = (Path(__file__).parents[1] / "docs" / "kinks.md").read_text(encoding="utf-8")
    tests = Path(__file__).parent
    sources = [Path(__file__), tests / "rules/test_linalg.py"]
    tested = "".join(path.read_text(encoding="utf-8") for path in sources)
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    names = {name.split(".")[-1] for row in rows for name in re.findall(r"`([a-z0-9_.]+)`", row)}
    assert {name for name in names if name not in tested} == set()


def test_the_exponent_of_a_negative_base_has_no_derivative():
    x, p = Value(-2.0), Value(2.0)
    with np.errstate(invalid="ignore"):
        (x**p).backward()
    assert x.grad == -4.0
    assert math.isnan(p.grad)


def test_ties_share_the_gradient_and_sorting_is_stable():
    t = Tensor([2.0, 1.0, 2.0, 2.0])
    t.max().backward()
    np.testing.assert_allclose(t.grad, [1 / 3, 0, 1 / 3, 1 / 3])
    t.grad = None
    t.min().backward()
    np.testing.assert_array_equal(t.grad, [0, 1, 0, 0])
    t.grad = None
    np.sort(t).backward(np.array([1.0, 2.0, 3.0, 4.0]))
    np.testing.assert_array_equal(t.grad, [2, 1, 3, 4])
    t = Tensor([3.0, 3.0])
    t.std().backward()
    np.testing.assert_array_equal(t.grad, [0, 0])


ROOT = math.sqrt(3.0)


def matern(r):
    return (1 + ROOT * r) * np.exp(-ROOT * r)


def distances(x):
    return np.linalg.norm(x[:, None] - x[None], axis=-1)


def with_zero(x):
    """Put nonzero vectors beside a zero vector."""
    return np.stack([x, np.cos(x)])


N = np.eye(3) - 1 / 3


@pytest.mark.parametrize(
    ("function", "at", "expected"),
    [
        (lambda x: np.linalg.norm(x) ** 2, np.zeros(2), 2 * np.eye(2)),
        (lambda x: np.square(np.linalg.norm(x)), np.zeros(2), 2 * np.eye(2)),
        (lambda x: np.linalg.norm(x) * np.linalg.norm(x), np.zeros(2), 2 * np.eye(2)),
        (lambda x: np.cos(np.linalg.norm(x)), np.zeros(2), -np.eye(2)),
        (lambda x: matern(np.linalg.norm(x)), np.zeros(2), -3 * np.eye(2)),
        (lambda x: 3 * np.linalg.norm(x, keepdims=True).sum() ** 2, np.zeros(2), 6 * np.eye(2)),
        (lambda x: np.linalg.norm(np.outer(x, [3.0, 4.0])) ** 2, np.zeros(2), 50 * np.eye(2)),
        (lambda x: np.linalg.matrix_norm(x[:, None]) ** 2, np.zeros(2), 2 * np.eye(2)),
        (lambda x: np.linalg.vector_norm(x) ** 2, np.zeros(2), 2 * np.eye(2)),
        (lambda x: np.sum(np.linalg.norm(with_zero(x), axis=1) ** 2), np.zeros(2), 0 * np.eye(2)),
        (lambda x: np.sum(np.linalg.norm(x) ** 4), np.zeros(2), np.zeros((2, 2))),
        (lambda x: np.linalg.norm(x), np.zeros(2), np.diag([math.inf, math.inf])),
        (lambda x: -np.linalg.norm(x), np.zeros(2), np.diag([-math.inf, -math.inf])),
        (lambda x: np.linalg.norm(x, 3) ** 3, np.zeros(2), np.zeros((2, 2))),
        (lambda x: np.linalg.norm(x, 1.5) ** 3, np.zeros(2), np.zeros((2, 2))),
        (lambda x: np.linalg.norm(x, 3) ** 2, np.zeros(2), np.diag([math.nan] * 2)),
        (lambda x: np.linalg.norm(x, 3), np.zeros(1), np.full((1, 1), math.nan)),
        (lambda x: np.std(x) ** 2, np.full(3, 2.0), 2 / 3 * N),
        (lambda x: np.std(x, ddof=1) ** 2, np.full(3, 2.0), N),
        (lambda x: np.nanstd(x) ** 2, np.full(3, 2.0), 2 / 3 * N),
        (lambda x: np.std(x, where=np.array([True] * 3)) ** 2, np.full(3, 2.0), 2 / 3 * N),
        (lambda x: np.hypot(x[0], x[1]) ** 2, np.zeros(2), 2 * np.eye(2)),
        (lambda x: np.exp(-(np.hypot(x[0], 2 * x[1]) ** 2)), np.zeros(2), np.diag([-2.0, -8.0])),
        (lambda x: np.abs(x[0] + 1j * x[1]) ** 2, np.zeros(2), 2 * np.eye(2)),
        (lambda x: np.sum(np.abs(np.fft.fft(x)) ** 2), np.ones(3), 6 * np.eye(3)),
        (lambda x: np.sum(np.abs(np.fft.rfft(x)) ** 4), np.zeros(3), np.zeros((3, 3))),
        (lambda x: np.sum(np.abs(x) ** 2), np.zeros(2), 2 * np.eye(2)),
        (lambda x: np.sum(np.fabs(x) ** 3), np.zeros(2), np.zeros((2, 2))),
        (lambda x: np.sum(np.abs(x)), np.zeros(2), np.zeros((2, 2))),
        (lambda x: np.sum(np.abs(x) + np.abs(x) ** 2), np.zeros(2), 2 * np.eye(2)),
        (lambda x: np.sum(np.abs(x)) ** 2, np.zeros(2), np.diag([math.nan] * 2)),
        (lambda x: np.linalg.norm(x) * np.linalg.norm(-x), np.zeros(2), np.diag([math.nan] * 2)),
        (lambda x: np.sum(np.abs(x) * np.abs(x)), np.zeros(2), 2 * np.eye(2)),
        (lambda x: np.abs(x[0]) * np.linalg.norm(x[:1]), np.zeros(1), [[math.nan]]),
        (lambda x: np.sum(np.maximum(x, -x) ** 2), np.zeros(2), 2 * np.eye(2)),
        (lambda x: np.sum(np.minimum(x, -x) ** 2), np.zeros(2), 2 * np.eye(2)),
        (lambda x: np.sum(np.fmax(x, 0.0) ** 2 + np.fmin(x, 0.0) ** 2), np.zeros(2), 2 * np.eye(2)),
        (lambda x: np.sum(np.maximum(x, 0.0) ** 2), np.zeros(2), np.eye(2)),
        (lambda x: np.sum(np.maximum(x, 0.0)), np.zeros(2), np.zeros((2, 2))),
        (lambda x: np.sum(np.sinc(np.linalg.norm(x))), np.zeros(2), -(math.pi**2) / 3 * np.eye(2)),
    ],
)
def test_smooth_functions_of_a_norm_have_a_hessian_at_zero(function, at, expected):
    found = autograd.hessian(function)(at)
    np.testing.assert_allclose(found, expected, atol=1e-14)
    assert not np.isnan(autograd.grad(function)(at)).any()
    hvp, _ = autograd.make_hvp(function)(at)
    steps = np.eye(len(at))
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose([hvp(step) for step in steps], expected, atol=1e-14)


def test_a_distance_matrix_has_finite_second_derivatives():
    x = np.random.default_rng(0).normal(size=(4, 2))
    for f in (lambda r: r, matern, np.cosh):
        autograd.check_gradients(lambda x, f=f: np.sum(f(distances(x))), x, order=2)


def test_values_match_array_second_derivatives_at_kinks():
    for function, expected in (
        (lambda x: abs(x) ** 2, 2.0),
        (lambda x: np.hypot(x, 0.0) ** 2, 2.0),
        (lambda x: np.exp(-np.hypot(x, x)), -math.inf),
        (abs, 0.0),
        (lambda x: np.maximum(x, -x) ** 2, 2.0),
    ):
        x = Value(0.0)
        function(x).backward(create_graph=True)
        slope = x.grad
        x.grad = 0
        slope.backward()
        assert slope.data == 0.0
        assert x.grad == expected


def test_products_of_different_lengths_have_no_second_derivative():
    def slopes(x, y):
        by_x, by_y = autograd.grad(lambda x, y: abs(x) * abs(y), (0, 1))(x, y)
        return by_x + by_y

    for zero in (0.0, np.zeros(())):
        assert np.all(np.isnan(autograd.grad(slopes, (0, 1))(zero, zero)))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sum(np.abs(x) ** 2),
        lambda x: np.hypot(x[0], x[1]) ** 2,
        lambda x: np.linalg.norm(x) ** 2,
        lambda x: np.linalg.norm(x, 3) ** 3,
        lambda x: np.std(np.stack([x, -x])) ** 2,
    ],
)
def test_forward_over_reverse_is_nan_at_a_kink(function):
    assert autograd.deriv(function)(np.zeros(2)) == 0.0
    with np.errstate(invalid="ignore"):
        assert math.isnan(autograd.deriv(autograd.deriv(function))(np.zeros(2)))


def test_the_norm_at_zero_has_derivative_zero_in_both_modes():
    norms = [
        *[lambda x, o=o: np.linalg.norm(x, o) for o in (None, 2, 1, 3, 1.5, 4, math.inf, 0)],
        *[
            lambda x, o=o: np.linalg.norm(x[None] * np.ones((2, 1)), o)
            for o in (None, "fro", "nuc", 2, -2, 1, -1, math.inf, -math.inf)
        ],
        np.std,
        np.nanstd,
        lambda x: np.std(x, where=np.array([True, True])),
    ]
    for norm in norms:
        assert not autograd.grad(norm)(np.zeros(2)).any()
        assert autograd.make_jvp(norm)(np.zeros(2))(np.array([1.0, 2.0]))[1] == 0.0


def test_the_first_of_equal_elements_gets_the_derivative():
    ones = Tensor([1.0, 1.0])
    for f, data, expected in (
        (np.maximum.accumulate, [1.0, 3.0, 3.0], [1, 2, 0]),
        (np.minimum.accumulate, [3.0, 1.0, 1.0], [1, 2, 0]),
        (np.unique, [2.0, 1.0, 2.0], [1, 1, 0]),
        (lambda t: np.union1d(t, ones), [1.0, 1.0], [1, 0]),
        (lambda t: np.intersect1d(t, ones), [1.0, 2.0], [1, 0]),
    ):
        t = Tensor(data)
        f(t).sum().backward()
        assert t.grad.tolist() == expected
    assert ones.grad is None or not ones.grad.any()


def test_infinite_terms_of_logsumexp_share_equally():
    for data, expected in (([math.inf, 1.0, math.inf], [0.5, 0, 0.5]), ([-math.inf] * 2, [0, 0])):
        t = Tensor(data)
        autograd.logsumexp(t).backward()
        assert t.grad.tolist() == expected


def test_a_multiple_zero_of_a_polynomial_has_no_derivative():
    with pytest.raises(NoDerivativeError, match="multiple root"):
        np.roots(Tensor([1.0, -2.0, 1.0])).sum().backward()


def test_complex_gradients_follow_the_documented_convention():
    z = Tensor(np.array(1 + 2j))
    (z.real**2 + 3 * z.imag).backward()
    assert z.grad == 2 - 3j
    z.grad = None
    np.abs(z).backward()
    assert z.grad == pytest.approx((1 - 2j) / abs(1 + 2j))


@pytest.mark.parametrize(
    ("function", "at", "expected"),
    [
        (special.huber, (1.5, 1.5), (0.0, 1.5)),
        (special.huber, (1.5, -1.5), (0.0, -1.5)),
        (special.i0e, (0.0,), (0.0,)),
        (lambda y: special.xlogy(0.0, y), (0.0,), (0.0,)),
        (lambda y: special.xlog1py(0.0, y), (-1.0,), (0.0,)),
        (special.gammasgn, (-0.5,), (0.0,)),
        (stats.laplace.logpdf, (0.0,), (0.0,)),
        (stats.expon.logpdf, (-1.0,), (0.0,)),
        (stats.expon.pdf, (-1.0,), (0.0,)),
        (stats.expon.cdf, (-1.0,), (0.0,)),
        (stats.norm.logpdf, (math.inf,), (0.0,)),
        (stats.norm.cdf, (-math.inf,), (0.0,)),
        (lambda x: stats.gamma.pdf(x, 2.0), (0.0,), (0.0,)),
        (lambda x: stats.gamma.logpdf(x, 0.5), (0.0,), (0.0,)),
        (stats.expon.logpdf, (0.0,), (-1.0,)),
        (stats.expon.cdf, (0.0,), (0.0,)),
        (stats.uniform.sf, (1.0,), (0.0,)),
        (lambda x: stats.gamma.logsf(x, 2.0), (2000.0,), (0.0,)),
        (lambda x: stats.expon.logcdf(x), (-1.0,), (0.0,)),
        (stats.expon.ppf, (0.0,), (1.0,)),
        (stats.expon.ppf, (1.0,), (math.inf,)),
        (autograd.lgamma, (-1.0,), (math.nan,)),
    ],
)
def test_scipy_derivatives_at_kinks_are_as_documented(function, at, expected):
    np.testing.assert_array_equal(slopes(function, *at), expected)


@pytest.mark.parametrize(
    "function",
    [
        lambda: stats.poisson.pmf(Value(1.0), 2.0),
        lambda: stats.binom.pmf(1.0, Value(2.0), 0.5),
        lambda: special.yn(Value(1.0), 2.0),
    ],
)
def test_integer_and_order_arguments_have_no_derivative(function):
    with pytest.raises(NoRuleError):
        function()


@pytest.mark.parametrize(
    "function",
    [
        lambda a: linalg.solve_triangular(a, np.ones(2)),
        linalg.cholesky,
        lambda a: linalg.solve(a, np.ones(2), assume_a="pos"),
    ],
)
def test_the_triangle_that_is_read_gets_the_gradient(function):
    a = Tensor([[2.0, 0.5], [0.5, 1.0]])
    np.sum(function(a)).backward()
    assert a.grad[1, 0] == 0.0
    assert a.grad[0, 1] != 0.0


def test_the_derivative_by_a_covariance_is_symmetric():
    a = Tensor([[2.0, 0.5], [0.5, 1.0]])
    stats.multivariate_normal.logpdf(np.array([1.0, 2.0]), np.zeros(2), a).backward()
    assert a.grad[1, 0] == a.grad[0, 1] != 0.0


def test_nn_derivatives_at_kinks_are_as_documented():
    t = Tensor(np.full((1, 1, 4), 2.0))
    nn.MaxPool1d(4)(t).sum().backward()
    np.testing.assert_array_equal(t.grad, [[[1.0, 0.0, 0.0, 0.0]]])
    for loss, at, expected in (
        (lambda x: nn.leaky_relu(x, 0.1).sum(), 0.0, 0.1),
        (lambda x: nn.elu(x, 0.5).sum(), 0.0, 0.5),
        (lambda x: nn.hinge(x, np.ones(1)), 1.0, -0.5),
        (lambda x: nn.mae(x, np.ones(1)), 1.0, 0.0),
        (lambda x: nn.huber(x, np.zeros(1), delta=2.0), 2.0, 2.0),
    ):
        x = Tensor([at])
        loss(x).backward()
        np.testing.assert_array_equal(x.grad, [expected])


def test_interpolation_at_a_node_takes_the_next_slope():
    image = np.array([1.0, 4.0, 2.0])
    at = Tensor([[0.0, 1.0, 2.0]])
    ndimage.map_coordinates(image, at, order=1).sum().backward()
    assert at.grad.tolist() == [[3.0, -2.0, 0.0]]
