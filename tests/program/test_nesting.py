"""Compositions of jit with other transforms, in all orders, against the same without jit."""

import itertools
import warnings

import numpy as np
import pytest

from autograd import (
    Tensor,
    checkpoint,
    grad,
    hessian,
    jacobian,
    jit,
    make_hvp,
    make_jvp,
    make_vjp,
    value_and_grad,
)

SIZE = 3
MATRIX = np.array([[1.0, -0.5, 0.2], [0.3, 0.8, -1.0], [0.5, 0.1, 0.4]])
DIRECTION = np.array([0.5, -1.0, 2.0])
WEIGHT = Tensor(np.array([0.3, -0.7, 1.1]), label="weight")


# -- functions of one array that return one number ------------------------------------------------


def elementwise(x):
    return np.sum(np.tanh(x) * x + np.exp(-x * x))


def network(x):
    return np.sum(np.tanh(MATRIX @ np.sin(MATRIX @ x)))


def reductions(x):
    return np.log(np.sum(np.exp(x - np.max(x)))) + np.mean(x**2) * np.std(x)


def indexing(x):
    return x[0] * x[1] + np.sum(x[1:] * x[:-1] ** 2) + np.sum(x[[0, 0, 2]] * x)


def joining(x):
    return np.sum(np.outer(np.concatenate([x, x * x]), np.stack([x[0], x[2]])) ** 2)


def assigning(x):
    y = np.zeros_like(x)
    y[0] = x[1] * x[1]
    y[1:] = np.sin(x[:-1])
    return np.sum(y * y * x)


def choosing(x):
    return np.sum(np.where(x > 0, x * x, np.sin(x)))


def branching(x):
    if x[0] > 0:
        return np.sum(x**3)
    return np.sum(np.cos(x) * x)


def looping(x):
    total = x
    for _ in range(4):
        total = np.sin(total) * x + total
    return np.sum(total * MATRIX[0])


def in_place(x):
    y = x * 2.0
    y += np.sin(x)
    y *= x
    return np.sum(y)


def closing(x):
    return np.sum(np.tanh(x * WEIGHT) * x * WEIGHT)


def reshaping(x):
    return np.sum((x.reshape(3, 1) * x.reshape(1, 3)).T @ x * np.cumsum(x))


FUNCTIONS = [
    elementwise, network, reductions, indexing, joining, assigning, choosing, branching, looping,
    in_place, closing, reshaping,
]  # fmt: skip


# -- transforms of such functions to such functions -----------------------------------------------


def of_grad(f):
    return lambda x: np.sum(np.sin(grad(f)(x)))


def of_value_and_grad(f):
    def both(x):
        value, gradient = value_and_grad(f)(x)
        return value + np.sum(gradient * gradient)

    return both


def of_jvp(f):
    return lambda x: make_jvp(f)(x)(DIRECTION)[1]


def of_vjp(f):
    def product(x):
        vjp, value = make_vjp(f)(x)
        return np.sum(vjp(np.ones(np.shape(value)) * 2.0) * DIRECTION)

    return product


def of_hessian(f):
    return lambda x: np.sum(hessian(f)(x) * MATRIX)


def of_hvp(f):
    return lambda x: np.sum(make_hvp(f)(x)[0](DIRECTION))


TRANSFORMS = {
    "jit": jit,
    "grad": of_grad,
    "both": of_value_and_grad,
    "jvp": of_jvp,
    "vjp": of_vjp,
    "hessian": of_hessian,
    "hvp": of_hvp,
    "checkpoint": checkpoint,
}
ORDERS = {"grad": 1, "both": 1, "jvp": 1, "vjp": 1, "hessian": 2, "hvp": 2}


def compositions():
    for depth in (1, 2, 3):
        for names in itertools.product(TRANSFORMS, repeat=depth):
            if "jit" in names and sum(ORDERS.get(name, 0) for name in names) <= 3:
                yield names


def composed(f, names, with_jit):
    for name in names:
        if name != "jit" or with_jit:
            f = TRANSFORMS[name](f)
    return f


def points():
    generator = np.random.default_rng(0)
    return [generator.normal(size=SIZE) * 0.5 for _ in range(4)]


def result(f, x):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = f(x)
    return np.asarray(found.data if isinstance(found, Tensor) else found)


#: One of how many compositions of so many transforms the suite takes; `make gallery` takes all.
RARE = {1: 1, 2: 2, 3: 15}
ALL = [(f, names) for f in FUNCTIONS for names in compositions()]
CASES = [
    pytest.param(f, names, marks=() if number % RARE[len(names)] == 0 else pytest.mark.gallery)
    for number, (f, names) in enumerate(ALL)
]


def name_of(x):
    return x.__name__ if callable(x) else "-".join(x)


@pytest.mark.each("f, names", CASES, ids=lambda *case: "-".join(map(name_of, case)))
def test_compositions_agree_with_and_without_jit(f, names):
    plain, jitted = composed(f, names, False), composed(f, names, True)
    for x in points():
        expected, found = result(plain, x), result(jitted, x)
        again = result(jitted, x)
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(again, expected, rtol=1e-12, atol=1e-13)


def test_a_jitted_function_in_another_needs_no_branches():
    inner = jit(lambda y, t, p: y * p * t)
    outer = jit(lambda y, t, p: (inner(y, t, p), jacobian(inner, (0, 2))(y, t, p)))
    for number in range(4):
        outer(np.ones(2), 0.1 * number, np.ones(2))
    assert len(outer.programs) == 1
