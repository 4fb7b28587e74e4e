"""HIPS autograd's API under `jit`: user primitives, vector spaces, flattening, fixed points."""

import numpy as np
import pytest
from program.agreement import array, difference

from autograd import grad, hessian, jit, make_jvp
from autograd.extend import defvjp, primitive, vspace
from autograd.misc import flatten
from autograd.misc.fixed_points import fixed_point


def made(function, vjp):
    f = primitive(function)
    defvjp(f, vjp)
    return f


def spread(ans, x):
    return lambda g: g * np.ones(np.shape(x))


PRIMITIVES = {
    "a NumPy number": made(
        lambda x: np.log(np.sum(np.exp(x))),
        lambda ans, x: lambda g: np.full(np.shape(x), g) * np.exp(x - ans),
    ),
    "an array": made(lambda x: x * x, lambda ans, x: lambda g: 2 * g * x),
    "a float": made(lambda x: float(np.sum(x)), spread),
    "an item": made(lambda x: np.sum(x).item(), spread),
    "float32": made(lambda x: np.sum(x).astype(np.float32), spread),
    "a tuple": made(
        lambda x: (np.sum(x), x * x),
        lambda ans, x: lambda g: g[0] * np.ones(np.shape(x)) + 2 * g[1] * x,
    ),
    "a dict": made(
        lambda x: {"a": np.sum(x), "b": [x]},
        lambda ans, x: lambda g: g["a"] * np.ones(np.shape(x)) + g["b"][0],
    ),
}
ARGUMENTS = {
    "arrays": [array(1, 2, 3), array(3, -1, 0.5), array(0, 0, 0)],
    "floats": [2.0, -3.0, 0.0],
    "NumPy numbers": [np.float64(2), np.float64(-3)],
    "arrays of no axes": [np.array(2.0), np.array(-3.0)],
}


def loss(f, x):
    found = f(x)
    if isinstance(found, dict):
        found = found["a"], found["b"][0]
    parts = found if isinstance(found, tuple) else (found,)
    return sum(np.sum(part * part) for part in parts)


@pytest.mark.parametrize("kind", ARGUMENTS)
@pytest.mark.parametrize("result", PRIMITIVES)
def test_user_primitives_keep_their_derivatives(result, kind):
    f, calls = PRIMITIVES[result], [(x,) for x in ARGUMENTS[kind]]
    assert difference(f, *calls) is None
    assert difference(grad(lambda x: loss(f, x)), *calls) is None
    assert difference(hessian(lambda x: loss(f, x)), *calls) is None
    assert difference(lambda x: make_jvp(lambda y: loss(f, y))(x)(x), *calls) is None


def test_derivatives_of_user_primitives_are_recorded_once():
    for f in PRIMITIVES.values():
        replayed = jit(grad(lambda x, f=f: loss(f, x)))
        for x in ARGUMENTS["arrays"]:
            replayed(x)
        assert sum(map(len, replayed._cache.values())) <= 2


def test_fixed_points_and_their_derivatives_are_followed():
    def root(a):
        newton = lambda a: lambda x: 0.5 * (x + a / x)  # noqa: E731
        return fixed_point(newton, a, 1.0, lambda x, y: np.abs(x - y), 1e-10)

    for f in (root, grad(root), grad(grad(root))):
        assert difference(f, (4.0,), (2.0,), (np.float64(3.0),)) is None


def test_flattened_numbers_keep_their_types():
    def back(x, y):
        vector, unflatten = flatten([x, (y, {"a": x})])
        return vector, unflatten(vector * 2), vspace([x, y]).size, vspace(y).ones()

    numbers = [2.0, 3.0, np.float32(2), np.float64(2), np.array(1.5)]
    assert difference(back, *[(array(1, 2), y) for y in numbers]) is None
