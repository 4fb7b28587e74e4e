"""Results that are zero up to rounding, beside the small numbers that mean something."""

import math

import numpy as np
import pytest

from autograd import check_gradients, no_grad
from autograd.check.analytic import RecordedCall
from autograd.check.checked_function import CheckedFunction
from autograd.check.noise import Noise

random = np.random.default_rng(0)
VECTOR = np.array([0.3, 0.7, 1.1])
MATRIX = random.normal(size=(3, 3))
ANTISYMMETRIC = np.array([[0.0, 1, 2], [-1, 0, 3], [-2, -3, 0]])


def rebuilt(a):
    w, v = np.linalg.eig(a)
    return np.sum((v @ np.diag(w) @ np.linalg.inv(v) - a).real)


def orthogonal(a):
    _, v = np.linalg.eigh(a + np.swapaxes(a, 0, 1))
    return (np.swapaxes(v, 0, 1) @ v)[0, 1]


def normed(a):
    q, _ = np.linalg.qr(a)
    return (np.swapaxes(q, 0, 1) @ q)[0]


#: Functions that are constant except for rounding, and where.
CONSTANT = {
    "a power of zero": (lambda x: np.sum(x**0 * 1e-18 * np.array([1.0, -1, 2])), VECTOR),
    "a factor and its inverse": (lambda x: (x * 3) / 3 - x, VECTOR),
    "a large number added": (lambda x: (x + 1e3) - x - 1e3, VECTOR),
    "pythagoras": (lambda x: np.sin(x) ** 2 + np.cos(x) ** 2 - 1, VECTOR),
    "pythagoras, tiny": (lambda x: 1e-18 * (np.sin(x) ** 2 + np.cos(x) ** 2 - 1), VECTOR),
    "pythagoras, huge": (lambda x: 1e18 * (np.sin(x) ** 2 + np.cos(x) ** 2 - 1), VECTOR),
    "a logarithm of exp": (lambda x: np.log(np.exp(x)) - x, VECTOR),
    "probabilities": (lambda x: np.sum(np.exp(x) / np.sum(np.exp(x))) - 1, VECTOR),
    "deviations": (lambda x: np.mean(x - np.mean(x)), random.normal(size=7)),
    "variances": (lambda x: np.mean(x * x) - np.mean(x) ** 2 - np.var(x), VECTOR + 100),
    "an antisymmetric form": (lambda x: x @ ANTISYMMETRIC @ x, VECTOR),
    "parallel vectors": (lambda x: np.cross(x, x * 3) @ x, VECTOR),
    "eigenvalues": (rebuilt, MATRIX),
    "eigenvectors": (orthogonal, MATRIX),
    "QR": (normed, MATRIX),
    "an inverse": (lambda a: np.linalg.inv(a) @ a - np.eye(3), MATRIX),
    "a number": (lambda x: (x * 1e8 + 1) - x * 1e8 - 1, 0.3),
    "80 deviations": (lambda x: np.mean(x - np.mean(x)), random.normal(size=80)),
    "2000 deviations": (lambda x: np.mean(x - np.mean(x)), random.normal(size=2000)),
    "100 results": (lambda a: np.linalg.inv(a) @ a - np.eye(10), random.normal(size=(10, 10))),
    "1156 results": (lambda x: np.outer(x * 3 / 3, x) - np.outer(x, x), np.linspace(1, 2, 34)),
    "single precision": (lambda x: np.mean(x - np.mean(x)), VECTOR.astype(np.float32)),
}
#: The same, to be checked up to the second derivative.
TWICE = {
    "a difference of determinants": (
        lambda a: np.linalg.det(a @ a) - np.linalg.det(a) ** 2,
        MATRIX,
    ),
    "a solution": (lambda a: a @ np.linalg.solve(a, VECTOR) - VECTOR, MATRIX),
    "a unit vector": (lambda x: np.linalg.norm(x / np.linalg.norm(x)), VECTOR),
    "an angle": (lambda x: np.arctan2(np.sin(x), np.cos(x)) - x, VECTOR),
    "a real part": (lambda z: (z * np.conj(z)).imag, np.array([1 + 2j, 0.3 - 0.7j])),
    "a number": (lambda x: (x * 3) / 3 - x, 0.7),
}


@pytest.mark.parametrize("name", CONSTANT)
def test_a_constant_but_for_rounding_has_derivative_zero(name):
    f, x = CONSTANT[name]
    check_gradients(f, x, modes=("reverse", "forward"))

    def unrecorded(x):
        with no_grad():
            return f(x)

    zero = np.zeros(np.shape(f(x)) + np.shape(x))
    large = 1e6 if "huge" in name else 1e-3
    # Unless it is recorded, NaN**0 = 1 looks like a function that ignores x.
    for function in (f,) if name == "a power of zero" else (f, unrecorded):
        check_gradients(function, x, gradient=zero, explain=False)
        if np.size(x) < 50:
            options = {"gradient": zero + large, "raises": False, "explain": False}
            assert not check_gradients(function, x, **options).ok


@pytest.mark.parametrize("name", TWICE)
def test_second_derivatives_of_a_constant_pass(name):
    f, x = TWICE[name]
    check_gradients(f, x, order=2, modes=("reverse", "forward"))


@pytest.mark.parametrize(
    "a",
    [np.ones((3, 3)), np.outer([1.0, 2, 3], [0.5, 0.7, 0.1]), np.arange(16.0).reshape(4, 4)],
    ids=["ones", "rank 1", "rank 2"],
)
def test_second_derivatives_of_a_determinant_of_zero_pass(a):
    check_gradients(np.linalg.det, a, order=2)


def _many_times(x):
    for _ in range(101):
        x = -x
    return x


#: Small numbers that are no rounding errors: a function, where, and a wrong gradient.
SMALL = {
    "a tiny slope": (lambda x: x * 1e-30, 1.0, 2e-30),
    "a tiny slope beside one": (lambda x: x[0] + 1e-9 * x[1], np.ones(2), np.array([1.0, 0.0])),
    "beside a function that grows": (
        lambda x: 1e-3 * x[0] + np.cosh(1e3 * x[1]),
        np.array([1.0, 0.0]),
        np.array([2e-3, 0.0]),
    ),
    "beside a mask that is not chosen": (
        lambda x: np.sum(np.where(x > 0, x, 1e30)),
        np.array([1.0, 2.0]),
        np.array([1.0, 1.5]),
    ),
    "under a large constant": (lambda x: 1e6 + 1e-6 * x, 1.0, 0.0),
    "one of many elements, in single precision": (
        lambda x: np.sum(_many_times(x)),
        np.linspace(0.5, 1, 500).astype(np.float32),
        np.eye(500, dtype=np.float32)[0] - 1,
    ),
}


@pytest.mark.parametrize("name", SMALL)
def test_a_small_wrong_derivative_is_not_taken_for_rounding(name):
    f, x, gradient = SMALL[name]
    assert not check_gradients(f, x, gradient=gradient, raises=False, explain=False).ok


@pytest.mark.parametrize(("recorded", "size"), [(True, 10), (False, 1)])
def test_half_precision_does_not_hide_a_derivative_of_zero(recorded, size):
    def f(x):
        x = x if recorded else np.array([float(each) for each in x], np.float16)
        return np.sum(x * 1.01 * 1.02 * 1.03)

    x = np.linspace(0.5, 1, size).astype(np.float16)
    assert not check_gradients(f, x, gradient=np.zeros(size), raises=False, explain=False).ok


@pytest.mark.parametrize("size", [1e-18, 1e-3, 1e12])
def test_a_jump_of_any_size_is_one_if_it_exceeds_rounding(size):
    report = check_gradients(lambda x: size * np.floor(x), 2.0, gradient=0.0, raises=False)
    assert set(report.counts) == {"discontinuous"}


def test_the_noise_is_that_of_the_numbers_that_cancel():
    def f(x):
        return np.stack([(x + 1e6) - x, x * 2, 0 * x])

    function = CheckedFunction(f, (0.5,), True)
    noise = Noise(function, RecordedCall(function), None)
    eps = np.finfo(float).eps
    first, second, third = (noise.of_row(row) / eps for row in range(3))
    assert 1e6 < first < 1e7
    assert 1 <= second < 10
    assert third < 1


def test_the_noise_of_an_unrecorded_function_is_that_nearby():
    def f(x):
        return (math.exp(x) + 1e3) - 1e3 - math.exp(x)

    function = CheckedFunction(f, (0.5,), False)
    function.first_call()
    assert 1e-14 < Noise(function, None, None).of_row(0) < 1e-12
    step = CheckedFunction(math.floor, (2.0,), False)
    step.first_call()
    assert Noise(step, None, None).of_row(0) < 1e-15
