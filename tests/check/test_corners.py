"""Wrong gradients that hide well, and right ones that look wrong: found by those who tried."""

import functools
import math
from collections import defaultdict

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, check_gradients
from autograd.errors import DataError

random = np.random.default_rng(8)
unraised = functools.partial(check_gradients, raises=False)
steps = np.arange(1500.0) / 1500


def relu(x):
    return np.maximum(x, 0)


# -- wrong ones -------------------------------------------------------------------------------

WRONG = [
    # kinks in the way of projections
    ("a lasso at zero", lambda w: np.sum((w - steps) ** 2) + np.sum(np.abs(w)), np.zeros(1500), lambda w: 5 * (w + 1)),
    ("relu at many zeros", lambda x: np.sum(relu(x)), np.zeros(2000), lambda x: 0 * x + 1.2),
    ("relu at many zeros, below", lambda x: np.sum(relu(x)), np.zeros(2000), lambda x: 0 * x - 0.3),
    ("a smooth part beside kinks", lambda x: np.sum(np.abs(x[:1000])) + np.sum(x[1000:] ** 2), np.r_[np.zeros(1000), np.ones(1000)], lambda x: np.r_[np.zeros(1000), 2.1 * x[1000:]]),
    # kinks close by
    ("a kink at 1e-6", lambda x: abs(x[0]) + x[1] ** 2, np.array([1e-6, 1.0]), lambda x: np.array([0.0, 2 * x[1]])),
    ("a relu at 1e-6", lambda x: np.sum(relu(x)), np.array([1e-6, 1.0]), lambda x: np.array([0.5, 1.0])),
    ("a maximum by 1e-6", lambda x: np.maximum(x[0], x[1]), np.array([1 + 1e-6, 1.0]), lambda x: np.array([0.5, 0.5])),
    # fine structure
    ("a ripple", lambda x: x + 1e-5 * np.sin(1e5 * x), 1.0, lambda x: 1.0),
    ("a small bump", lambda x: x + 1e-5 * np.exp(-(((x - 1.00005) / 1e-4) ** 2)), 1.0, lambda x: 1.0),
    # beside something large
    ("1e-4 beside 1e6", lambda x: 1e6 * x[0] + 1e-4 * x[1], np.ones(2), lambda x: np.array([1e6, 0.0])),
    ("1 beside 1e9", lambda x: np.array([1e9 * x[0] + x[1], x[1]]), np.ones(2), np.array([[1e9, 0], [0, 1.0]])),
    ("a small quadratic beside a large", lambda x: np.sum(np.array([1e7, 1.0]) * x**2), np.array([1.0, 1e-3]), lambda x: np.array([2e7, 0.0])),
    ("a slope that a small step cannot show", lambda x: 1e6 + 1e-6 * x, 1.0, lambda x: 0.0),
    ("near overflow", np.exp, 700.0, lambda x: 1.5 * np.exp(x)),
    # ties
    ("a tie of three", np.max, np.ones(3), lambda x: np.full(3, 0.5)),
    ("a tie of four", np.max, np.ones(4), lambda x: np.full(4, 0.5)),
    ("the last of four ties", lambda x: sum(np.max(x[i : i + 2]) for i in (0, 2, 4, 6)), np.ones(8), lambda x: np.array([0.5] * 6 + [1.0, 1.0])),
    # forms
    ("an imaginary part for a real input", lambda x: np.sum(x**2), np.array([1.0, 2.0]), lambda x: 2 * x + 5j),
    ("single precision inside, a gradient of zero", lambda x: float(np.sum(np.tanh(x.astype(np.float32)) ** 2)), np.linspace(0.1, 2, 6), np.zeros_like),
]  # fmt: skip


@pytest.mark.parametrize(("name", "f", "x", "gradient"), WRONG, ids=[w[0] for w in WRONG])
def test_a_hidden_wrong_gradient_is_found(name, f, x, gradient):
    report = unraised(f, x, gradient=gradient, explain=False)
    assert not report.ok, report


# -- right ones -------------------------------------------------------------------------------


def signed_relu():
    x = np.ones(1500)
    x[:3] = 0
    c = np.ones(1500)
    c[1] = -1
    return lambda x: np.sum(c * relu(x)), x, lambda x: c * (x > 0)


def relu_network():
    generator = np.random.default_rng(0)
    data = generator.normal(size=(8, 25))
    data[0] = 0.0  # one sample of nothing, and biases of zero: its layer stands on the kink

    def forward(w, b):
        return relu(data @ w + b)

    def gradient(w, b):
        g = 2 * forward(w, b) * (data @ w + b > 0)
        return data.T @ g, g.sum(axis=0)

    return (
        lambda w, b: np.sum(forward(w, b) ** 2),
        generator.normal(size=(25, 50)),
        np.zeros(50),
        gradient,
    )


def float32_inside(x):
    return float(np.sum(np.tanh(x.astype(np.float32)) ** 2))


RIGHT = [
    ("relus of both signs at zero", *signed_relu()),
    ("a relu network with biases of zero", *relu_network()),
    ("single precision that refuses complex numbers", lambda x: np.sum(np.tanh(np.abs(x))), np.linspace(0.1, 3, 20, dtype=np.float32), lambda x: 1 - np.tanh(x) ** 2),
    ("single precision inside", float32_inside, np.linspace(0.1, 2, 6), lambda x: 2 * np.tanh(x) * (1 - np.tanh(x) ** 2)),
    ("single precision inside, 500 inputs", lambda x: float(np.sum(np.tanh(x.astype(np.float32)))), random.normal(size=500), lambda x: 1 - np.tanh(x) ** 2),
    ("a loss that is zero to rounding", lambda x: -np.log(1 / (1 + np.exp(-x))), 45.0, lambda x: -1 / (1 + np.exp(x))),
    ("a sigmoid that is one to rounding", lambda x: 1 - 1 / (1 + np.exp(-x)), 40.0, lambda x: -np.exp(-x) / (1 + np.exp(-x)) ** 2),
    ("a kink at 1e-12", lambda x: np.sum(relu(x)), np.array([1e-12, 1.0]), lambda x: (x > 0) * 1.0),
    ("a maximum by 1e-12", lambda x: np.maximum(x[0], x[1]), np.array([1 + 1e-12, 1.0]), lambda x: np.array([1.0, 0.0])),
    ("500 zeros under relu", lambda x: np.sum(relu(x)), np.zeros(500), lambda x: (x > 0) * 1.0),
    ("a small ripple", lambda x: x + 1e-5 * np.sin(1e5 * x), 1.0, lambda x: 1 + np.cos(1e5 * x)),
    ("a square of 1e200", lambda x: x * x, 1e200 / 1e60, lambda x: 2 * x),
    # forms
    ("a result of shape (1,)", lambda x: np.atleast_1d(np.sum(x**2)), np.ones(3), lambda x: 2 * x[None]),
    ("a result of shape (1,), its gradient plain", lambda x: np.atleast_1d(np.sum(x**2)), np.ones(3), lambda x: 2 * x),
    ("a list for a matrix of one row", lambda x: np.sum(x**2), np.ones((1, 3)), [[2.0, 2.0, 2.0]]),
    ("an array for a list of numbers", lambda x: sum(v * v for v in x), [1.3, 0.7, 0.8], lambda x: 2 * np.array(x)),
    ("a key like the name of the argument", lambda w: w["w"] ** 2, {"w": 2.0}, lambda w: {"w": 2 * w["w"]}),
    ("a defaultdict", lambda w: w["w"] ** 2, defaultdict(float, {"w": 2.0}), lambda w: {"w": 2 * w["w"]}),
    ("a float of NumPy's with its methods", lambda x: x.mean() ** 2, np.float64(2.0), lambda x: 2 * x),
    ("no elements at all", lambda x: np.sum(x**2), np.zeros(0), lambda x: x),
    ("one of two inputs is empty", lambda x, y: np.sum(x**2) + np.sum(y), np.ones(2), np.zeros(0), lambda x, y: (2 * x, y)),
    ("an integer on the flat side of a hinge", lambda w: max(0, 1 - w), 2.0, lambda w: 0.0),
    ("an integer at the kink itself", lambda x: max(0, x), 0.0, lambda x: float(x > 0)),
    ("a power of Python's that becomes complex nearby", lambda x: x**1.5, 0.0, lambda x: 1.5 * x**0.5),
    ("functions that write into both of their inputs", lambda x, y: writes(x, y), np.ones(2), np.ones(2) * 3, lambda x, y: (2 * y, 2 * x)),
]  # fmt: skip


def writes(x, y):
    y *= 2
    return np.sum(x * y)


@pytest.mark.parametrize("case", RIGHT, ids=[r[0] for r in RIGHT])
def test_an_unusual_but_right_gradient_passes(case):
    _, f, *inputs, gradient = case
    report = unraised(f, *inputs, gradient=gradient)
    assert report.ok, report


# -- refusals ---------------------------------------------------------------------------------


class Parameters:
    a = 1.0


@pytest.mark.parametrize(
    ("inputs", "shown"),
    [
        ((np.array([1, 2, 3]),), r"x \(integers\)"),
        (([1, 2, 3],), r"x\[0\] \(integers\)"),
        ((Parameters(),), r"x \(Parameters\)"),
        ((np.array([1.0, 2.0], dtype=object),), r"x \(ndarray\)"),
    ],
)
def test_inputs_without_anything_to_differentiate_are_rejected(inputs, shown):
    with pytest.raises(DataError, match=shown):
        check_gradients(lambda x: 1.0, *inputs, gradient=lambda x: 7.0)


def test_a_function_without_inputs_is_rejected():
    with pytest.raises(DataError, match="no inputs"):
        check_gradients(lambda: Value(2.0))


def test_gradient_excludes_vjp_and_names_must_differ():
    with pytest.raises(DataError, match="either gradient= or vjp="):
        check_gradients(lambda x: x * x, 2.0, gradient=lambda x: 5.0, vjp=lambda g, x: 2 * x * g)
    for names in (["a", "a"], ["a"]):
        with pytest.raises(DataError, match="2 different names"):
            check_gradients(lambda x, y: x * y, 2.0, 3.0, names=names)


# -- this library's own derivatives -----------------------------------------------------------


def test_grad_of_closed_over_leaves_is_unchanged():
    w, v = Tensor(np.ones(2)), Value(3.0)
    (w * w).sum().backward()
    (v * v).backward()
    for order in (1, 2):
        check_gradients(lambda x: ((x * w) ** 2 * v).sum(), np.array([1.0, 2.0]), order=order)
        np.testing.assert_array_equal(w.grad, [2.0, 2.0])
        assert v.grad == 6.0


def test_a_function_may_call_backward_itself():
    def penalty(x):
        y = (x**3).sum()
        y.backward(create_graph=True)
        slope, x.grad = x.grad, None
        return (slope**2).sum()

    check_gradients(penalty, np.ones(2))


def test_zero_derivatives_are_checked_at_any_order():
    check_gradients(lambda x: (3 * x).sum(), np.ones(2), order=3, modes=("reverse", "forward"))
    check_gradients(lambda x: 3 * x, 1.0, order=3)


def test_infinite_slope_times_zero_tangent_is_not_finite():
    x = np.array([0.0, 1.0])
    for mode, second in (("reverse", "ok"), ("forward", "not finite")):
        report = unraised(lambda x: np.sum(np.sqrt(x)), x, modes=(mode,))
        assert [c.verdict for c in report.comparisons] == ["not finite", second]


# -- what it says -----------------------------------------------------------------------------


def test_a_sign_error_is_blamed_on_the_sign_that_stands_there():
    X, y = random.normal(size=(5, 3)), random.normal(size=5)

    def gradient(w):
        r = X @ w - y
        s = X.T @ r
        return -2 * s

    report = unraised(lambda w: np.sum((X @ w - y) ** 2), np.ones(3), gradient=gradient)
    assert report.reasons[0] == "The gradient with respect to w has the wrong sign."
    assert [line.correction for line in report.lines] == ["return 2 * s"]


def test_a_layer_caching_its_input_is_not_a_stale_cache():
    class Layer:
        def forward(self, x):
            self.x = x
            return np.sum(np.tanh(x))

        def backward(self):
            return 2 * (1 - np.tanh(self.x) ** 2)

    layer = Layer()
    report = unraised(layer.forward, np.array([1.0, 2.0, 0.5]), gradient=lambda x: layer.backward())
    assert report.reasons[0] == "The gradient with respect to x is 2 times too large."
    assert [line.correction for line in report.lines] == ["return 1 - np.tanh(self.x)**2"]


def test_a_coincidental_explanation_is_not_reported():
    def gradient(w, x):
        y = w @ x
        return 2 * np.outer(y, x), w.T @ y  # lacks a 2; and here, by chance, w.T @ y = w @ y / 2

    report = unraised(
        lambda w, x: np.sum((w @ x) ** 2),
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        np.array([1.0, -1.0]),
        gradient=gradient,
    )
    shown = "\n".join(report.reasons)
    assert "2 times too small." in shown
    assert [line.correction for line in report.lines] == ["return 2 * np.outer(y, x), 2 * w.T @ y"]
    assert "transposed" not in shown


def test_a_mistake_in_a_result_returned_twice_is_explained():
    def twice(x):
        y = np.tanh(x)
        return y, y

    x = np.array([0.3, 0.7])
    slopes = np.diag(1 - np.tanh(np.tanh(x)) ** 2)
    report = unraised(twice, x, gradient=np.vstack([slopes, slopes]))
    assert "takes the derivative of tanh at its result" in report.reasons[0]


def test_only_exchanged_gradients_are_called_swapped():
    report = unraised(
        lambda a, b: np.sum(a * b), np.ones(2), 2 * np.ones(2), gradient=lambda a, b: (a, a)
    )
    assert "with respect to a is 2 times too small" in report.reasons[0] or (
        "swapped" not in " ".join(report.reasons)
    )


def test_noise_is_not_reported_as_infinite():
    def f(x):
        return 1 + 1e-5 * x + 1e-6 * (math.sin(1.2345e9 * x) + math.sin(7.77e10 * x))

    assert "not finite" not in unraised(f, 1.0, gradient=1e-5).counts


def test_wrong_gradient_shapes_of_large_inputs_are_reported():
    report = unraised(lambda x: np.sum(np.tanh(x)), np.ones(2000), gradient=lambda x: x[:3])
    assert set(report.counts) == {"wrong shape"}
    assert "has shape (3,)" in report.reasons[0]


def test_a_wrong_gradient_of_a_scalar_input_is_explained():
    X, y = np.array([[1.0, 2], [3, 4], [5, 7]]), np.array([0.0, 1, 0])

    def f(w, b):
        z = X @ w + b
        return np.mean(np.log1p(np.exp(z)) - y * z)

    def gradient(w, b):
        d = 1 / (1 + np.exp(-(X @ w + b))) - y
        return X.T @ d / 3, np.sum(d)

    report = unraised(f, np.array([0.1, 0.2]), 0.3, gradient=gradient)
    assert "The gradient with respect to b is 3 times too large" in report.reasons[0]


# -- cost -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_kinks_and_mistakes_need_few_evaluations():
    zeros = unraised(lambda x: np.sum(relu(x)), np.zeros(500), gradient=lambda x: 1.0 * (x > 0))
    assert zeros.ok
    assert zeros.evaluations < 500 * 5 + 200
    rough = unraised(
        lambda x: np.round(np.sum(np.sin(x)), 7),
        random.normal(size=500),
        gradient=lambda x: 2 * np.cos(x),
        explain=False,
    )
    assert not rough.ok
    assert rough.evaluations < 500 * 5 + 60 * 60
    assert any("compared by four evaluations each" in note for note in rough.notes)


def test_pytorch_can_be_checked():
    torch = pytest.importorskip("torch")
    x = torch.linspace(0.1, 3, 20)
    check_gradients(lambda x: torch.tanh(x).sum(), x, gradient=lambda x: 1 - torch.tanh(x) ** 2)

    def backward(g, x):
        return torch.autograd.grad(torch.tanh(x.requires_grad_()), x, g)[0]

    check_gradients(torch.tanh, torch.ones(3, dtype=torch.float64), vjp=backward)
    z = torch.tensor([1 + 2j], dtype=torch.complex128)
    report = unraised(lambda z: torch.conj(z).imag, z, vjp=lambda g, z: g * 1j)
    assert report.ok
    assert autograd.no_grad is not torch.no_grad


def test_inputs_too_small_to_scale_steps_by_are_checked():
    assert check_gradients(lambda a, b: a * 2**b, 1.0, 5e-324).ok
    assert check_gradients(lambda a: (a * 3).sum(), np.array([5e-324, 1e-310])).ok


@pytest.mark.parametrize("method", ["auto", "full", "projected"])
def test_empty_inputs_and_results_have_no_derivatives(method):
    for f, size in ((lambda x: x[:0], 3), (lambda x: x * 2, 0), (lambda x: x.sum(), 0)):
        assert check_gradients(f, np.ones(size), method=method).ok


@pytest.mark.parametrize(
    "f", [lambda x: np.cross(x, [0.3, 0.2, 0.5]), lambda x: x[[0, 1], [[0], [1]]]]
)
def test_wrong_gradients_of_calls_with_tuples_are_explained(f):
    x = np.arange(1.0, 10.0).reshape(3, 3)
    report = unraised(lambda x: (f(x) ** 2).sum(), x, gradient=lambda x: 0.1 * x)
    assert not report.ok
