"""Primitives of the user in a batch: with a batch rule, called with batched arrays, or in a loop."""

import numpy as np
import pytest
from batching.against_loops import close

import autograd
from autograd import grad, hessian, jit, vmap
from autograd.errors import BatchError

X = np.random.default_rng(2).normal(size=(3, 4))
A = np.random.default_rng(3).normal(size=(2, 4))


def bytes_only(x):
    """Compute the sine of what only plain arrays have."""
    return np.sin(np.frombuffer(np.array(x).tobytes()).reshape(x.shape))


def stacked(x, a):
    assert x.shape == (3, 4)
    assert a.shape == (3, 2, 4)
    return np.squeeze(a @ x[:, :, None], -1)


product = autograd.linear(lambda x, a: a @ x, lambda g, x, a: g @ a, name="product", batch=stacked)
wave = autograd.define(bytes_only, lambda g, y, x: g * np.cos(x), name="wave")
cube = autograd.define(lambda x: x**3, lambda g, y, x: 3 * g * x * x, name="cube")
tower = autograd.elementwise(
    lambda x: np.exp(x) if np.all(x > -9) else x, None, lambda y, x: np.exp(x), name="tower"
)


@pytest.mark.parametrize("primitive", [wave, cube, tower], ids=lambda p: p.name)
@pytest.mark.parametrize("outer", [lambda f: f, jit], ids=["plain", "jit"])
def test_primitives_of_the_user_match_a_loop(primitive, outer):
    if outer is jit and primitive is wave:
        return  # jit refuses it without a batch as well

    def f(x):
        return np.sum(primitive(x * 2.0) ** 2)

    for function in (f, grad(f), hessian(f)):
        close(outer(vmap(function))(X), [function(x) for x in X])


def test_a_batch_rule_computes_all_calls():
    def f(x):
        return np.sum(product(x, A) ** 2)

    batched = vmap(f)
    close(batched(X), [f(x) for x in X])
    assert batched.looped == {}
    close(vmap(grad(f))(X), [grad(f)(x) for x in X])
    grid = np.stack([X, 2 * X])
    found = vmap(vmap(f))(grid)
    close(found, [vmap(f)(each) for each in grid])


def test_a_wrong_batch_rule_is_an_error():
    wrong = autograd.define(np.sin, lambda g, y, x: g, replaces=(), batch=lambda x: x[0])
    with pytest.raises(BatchError, match="the first axis must count"):
        vmap(wrong)(X)


def test_unknown_attributes_name_the_batch():
    with pytest.raises(BatchError, match="'ctypes'"):
        vmap(lambda x: x.ctypes)(X)
    assert vmap(lambda x: x * hasattr(x, "no_such_name"))(X).sum() == 0
