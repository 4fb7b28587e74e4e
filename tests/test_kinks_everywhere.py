"""At kinks and ties, programs, batches and sparse matrices have the derivatives of one call."""

import numpy as np
import pytest

from autograd import (
    grad,
    hessian,
    jacobian,
    jit,
    make_hvp,
    make_jvp,
    sparse_hessian,
    sparse_jacobian,
    vmap,
)

X = np.array([1.0, 1.0, 0.0, 2.0, 2.0, 0.0])
V = np.array([1.0, -0.5, 2.0, 0.3, 0.7, -1.2])

FUNCTIONS = {
    "maximum": lambda x: np.sum(np.maximum(x[1:], x[:-1]) ** 2),
    "max": lambda x: np.max(x) ** 2 * x[0],
    "abs": lambda x: np.sum(np.abs(x) ** 2 * x),
    "abs of products": lambda x: np.sum(np.abs(x[1:] * x[:-1])),
    "abs of differences": lambda x: np.sum(np.abs(x[1:] - x[:-1]) ** 3 + x[1:] ** 2),
    "abs times abs": lambda x: np.sum(np.abs(x[1:]) * np.abs(x[:-1])),
    "a kink that stays": lambda x: np.sum(np.sqrt(np.abs(x[1:] - x[:-1]) + 1) ** 2),
    "relu": lambda x: np.sum(np.maximum(x, 0) ** 2 * x[::-1]),
    "clip": lambda x: np.sum(np.clip(x, 0, 1) ** 2 * x[::-1]),
    "sort": lambda x: np.sum(np.sort(x) ** 2 * np.arange(6.0)),
    "median": lambda x: np.median(x) ** 2,
    "where": lambda x: np.sum(np.where(x > 1, x**2, x**3)),
    "norm": lambda x: np.linalg.norm(x[2:3]) + np.sum(x**2),
    "minimum": lambda x: np.sum(np.minimum(x[1:], x[:-1]) * x[1:]),
    "fmax": lambda x: np.sum(np.fmax(x[1:], x[:-1]) ** 3),
    "accumulate": lambda x: np.sum(np.maximum.accumulate(x) ** 2),
    "max of rows": lambda x: np.sum(np.max(x.reshape(2, 3), axis=1) ** 2),
    "hypot": lambda x: np.sum(np.hypot(x[1:] - x[:-1], 0 * x[1:]) ** 2),
    "sign": lambda x: np.sum(np.sign(x) * x**2),
    "floor": lambda x: np.sum(np.floor(x) * x**2),
    "mod": lambda x: np.sum(np.mod(x, 1.0) ** 2 * x),
    "max of products": lambda x: np.max(x[1:] * x[:-1]),
    "nested": lambda x: np.maximum(np.maximum(x[0], x[1]) * x[2], x[3] * x[2]),
}

TRANSFORMS = {
    "grad": grad,
    "hessian": hessian,
    "hvp": lambda f: lambda x: make_hvp(f)(x)[0](V),
    "jvp": lambda f: lambda x: make_jvp(f)(x)(V)[1],
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_derivatives_at_kinks_are_those_of_one_call(name):
    f = FUNCTIONS[name]
    others = np.stack([X, X + 0.123, X[::-1]])
    with np.errstate(all="ignore"):
        for transform in TRANSFORMS.values():
            derivative = transform(f)
            expected = [derivative(x) for x in others]
            recorded = jit(derivative)
            recorded(1.7 * X + 0.3)
            np.testing.assert_allclose([recorded(x) for x in others], expected, atol=1e-12)
            np.testing.assert_allclose(vmap(derivative)(others), expected, atol=1e-12)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_sparse_matrices_at_kinks_are_the_dense_ones(name):
    f = FUNCTIONS[name]
    both = lambda x: np.stack([f(x), f(x[::-1])])  # noqa: E731
    with np.errstate(all="ignore"):
        for sparse, dense, function in (
            (sparse_hessian, hessian, f),
            (sparse_jacobian, jacobian, both),
        ):
            np.testing.assert_allclose(
                sparse(function)(X).toarray(), dense(function)(X), atol=1e-12
            )
