"""Forward mode inside of programs: tangents are followed, through Values and Tensors."""

import numpy as np
import pytest

from autograd import (
    grad,
    hessian_vector_product,
    jit,
    make_ggnvp,
    make_hvp,
    make_jvp,
    trace,
    tree,
)


def cube(x):
    return x**3


def waves(x):
    return np.sin(x) * np.tanh(2 * x) / x + np.exp(-x)


PRODUCTS = {
    "jvp": lambda x: make_jvp(waves)(x)(1.0),
    "jvp of two": lambda x: make_jvp(lambda t: np.sin(t) * x)(x)(x),
    "hvp": lambda x: make_hvp(cube)(x)[0](1.0),
    "gradient of a jvp": grad(lambda x: make_jvp(waves)(x)(1.0)[1]),
    "jvp of a gradient": lambda x: make_jvp(grad(waves))(x)(1.0),
}
OF_ARRAYS = {
    "jvp": lambda x: make_jvp(waves)(x)(np.ones(3)),
    "hvp": lambda x: hessian_vector_product(lambda t: np.sum(cube(t)))(x, np.ones(3)),
}


def agree(function, points):
    """Compare `jit`, a program, and the function itself at several points."""
    compiled, program = jit(function), trace(function)(points[0])
    for x in points:
        expected = list(tree.flat(function(x)))
        for found in (list(tree.flat(compiled(x))), list(tree.flat(program(x)))):
            for a, b in zip(found, expected, strict=True):
                assert type(a) is type(b)
                assert np.array_equal(a, b)


@pytest.mark.parametrize("name", PRODUCTS)
def test_products_at_numbers_follow_the_numbers(name):
    agree(PRODUCTS[name], [2.0, 3.0, -0.5])


def test_gauss_newton_products_follow_the_number():
    compiled = jit(lambda x: make_ggnvp(cube)(x)(1.0))
    assert [compiled(x) for x in (2.0, 3.0)] == [make_ggnvp(cube)(x)(1.0) for x in (2.0, 3.0)]


@pytest.mark.parametrize("name", OF_ARRAYS)
def test_products_at_arrays_follow_the_arrays(name):
    agree(OF_ARRAYS[name], [np.full(3, 2.0), np.array([1.0, -2.0, 0.3])])
