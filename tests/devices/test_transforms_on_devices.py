"""Transforms, assignment, checks and `jit` on arrays of a device, compared with NumPy's."""

import numpy as np
import pytest
from devices import strict
from devices.strict import DeviceArray, on_device

import autograd as ag
from autograd import Tensor, Value, tree
from autograd.errors import DataError, GradientError, TraceError

LIBRARY = DeviceArray.__module__
X = np.random.default_rng(0).normal(size=3)
A = np.random.default_rng(1).normal(size=(3, 3))


def total(x):
    return np.sum(np.tanh(x) ** 2 * x)


def vector(x):
    return np.sin(x) * np.sum(x * x)


cube = ag.define(lambda x: x**3, lambda g, y, x: g * 3 * x**2, name="cube")


def assigned(x):
    t = Tensor(x)
    u = t * 2
    u[1] = t[0] * t[2]
    u[0:1] += t[1]
    u[[0, 2]] *= 2
    np.sum(u * u).backward()
    return t.grad


def steps(x):
    t = Tensor(x)
    for _ in range(3):
        t.grad = None
        total(t).backward()
        with ag.no_grad():
            t -= 0.1 * t.grad
    return t.data


def hooked(x):
    t = Tensor(x)
    t.register_hook(lambda g: 2 * g)
    total(t).backward()
    return t.grad


CASES = {
    "grad": ag.grad(total),
    "value and grad": ag.value_and_grad(total),
    "second derivative": ag.grad(lambda y: np.sum(ag.grad(total)(y) ** 2)),
    "elementwise_grad": ag.elementwise_grad(np.tanh),
    "jacobian": ag.jacobian(vector),
    "hessian": ag.hessian(total),
    "make_vjp": lambda x: ag.make_vjp(vector)(x)[0](x),
    "make_jvp": lambda x: ag.make_jvp(vector)(x)(x),
    "deriv": ag.deriv(vector),
    "hessian_vector_product": lambda x: ag.hessian_vector_product(total)(x, x),
    "make_ggnvp": lambda x: ag.make_ggnvp(vector)(x)(x),
    "make_hvp": lambda x: ag.make_hvp(total)(x)[0](x),
    "gradients": lambda x: (lambda t: ag.gradients(total(t), [t]))(Tensor(x)),
    "grad_and_aux": ag.grad_and_aux(lambda y: (total(y), 2 * y)),
    "grad_named": lambda x: ag.grad_named(lambda y: total(y), "y")(x),
    "multigrad_dict": lambda x: ag.multigrad_dict(lambda y: total(y))(x),
    "tensor_jacobian_product": lambda x: ag.tensor_jacobian_product(vector)(x, x),
    "vector_jacobian_product": lambda x: ag.vector_jacobian_product(vector)(x, x),
    "hessian_tensor_product": lambda x: ag.hessian_tensor_product(total)(x, x),
    "holomorphic_grad": lambda x: ag.holomorphic_grad(lambda z: np.sum(z * z * z))(x + 1j * x),
    "text": lambda x: (lambda t: (ag.text(total(t)), t.data)[1])(Tensor(x, label="x")),
    "checkpoint": ag.grad(lambda y: total(ag.checkpoint(vector)(y))),
    "vmap": ag.vmap(lambda y: y * y + 1),
    "vmap of grad": ag.vmap(ag.grad(lambda y: np.sin(y) * y)),
    "vmap of rows": lambda x: ag.vmap(lambda row: np.sum(row @ row) * row)(x * x[:, None]),
    "containers": lambda x: ag.grad(lambda p: np.sum(p["a"] @ p["b"]))({"a": x * x[:, None], "b": x}),
    "a closure": lambda x: ag.grad(lambda y: np.sum(y * x))(2 * x),
    "a custom primitive": ag.grad(lambda y: np.sum(cube(y))),
    "iteration": ag.grad(lambda y: sum(e * e for e in y)),
    "a Value": lambda x: ag.grad(lambda y: np.sum(y * Value(2.0)))(x),
    "assignment": assigned,
    "steps in no_grad": steps,
    "hooks": hooked,
    "jit": ag.jit(total),
    "jit of grad": ag.jit(ag.grad(total)),
}  # fmt: skip


READING = ("a Value", "jit", "jit of grad")


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore:.*copies of the arrays:UserWarning")
def test_a_transform_works_on_arrays_of_a_device(name):
    expected = tree.flat(CASES[name](X.copy()))
    strict.transfers.clear()
    found = tree.flat(CASES[name](on_device(X)))
    # A Value holds a float, and `jit` records with copies.
    assert set(strict.transfers) <= ({"get", "sent"} if name in READING else {"sent"})
    for there, here in zip(found, expected, strict=True):
        there = there.data if isinstance(there, Tensor) else there
        assert isinstance(there, DeviceArray)
        np.testing.assert_allclose(there.get(), getattr(here, "data", here), 1e-10)


def test_trace_refuses_arrays_of_devices():
    for transform in (ag.trace, ag.sparse_jacobian):
        with pytest.raises(TraceError, match=rf"arrays of {LIBRARY}\. Read them.*to_numpy"):
            transform(np.tanh)(on_device(X))


GIVEN = {
    "backward": lambda x, y: (2 * Tensor(x)).backward(y),
    "grad": lambda x, y: setattr(Tensor(x), "grad", y),
    "tangent": lambda x, y: ag.make_jvp(np.sin)(x)(y),
    "cotangent": lambda x, y: ag.make_vjp(np.sin)(x)[0](y),
    "assignment": lambda x, y: Tensor(x).__setitem__(slice(0, 3), y),
}


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_given_must_be_on_the_same_device(name):
    da = pytest.importorskip("dask.array")
    pairs = [(X, on_device(X)), (on_device(X), da.from_array(X)), (da.from_array(X), on_device(X))]
    if name == "assignment":
        pairs += [(on_device(X), X), (X, da.from_array(X))]
    for x, y in pairs:
        with pytest.raises(DataError, match=r"autograd\.devices\.(to_numpy|beside)"):
            GIVEN[name](x, y)
    if name != "assignment":
        GIVEN[name](on_device(X), X)  # numbers are sent


def test_gradients_on_a_device_are_checked():
    def gradient(x):
        t = np.tanh(x)
        return t**2 + 2 * t * (1 - t**2) * x

    assert ag.check_gradients(total, on_device(X))
    assert ag.check_gradients(total, on_device(X), gradient=gradient)
    with pytest.raises(GradientError, match="3 wrong"):
        ag.check_gradients(total, on_device(X), gradient=lambda x: 2 * gradient(x))
