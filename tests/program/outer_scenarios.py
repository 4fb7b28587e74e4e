"""More programs with nodes: they assign, use nodes from outside, and are differentiated."""

import copy

import numpy as np
import pytest
from program.node_scenarios import arrays, scenario

from autograd import (
    Tensor,
    checkpoint,
    debug,
    grad,
    hessian,
    jacobian,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_vjp,
    value_and_grad,
)
from autograd.errors import FreedGraphError

# -- assignments and side effects -----------------------------------------------------------------


@scenario
def assignment_to_an_argument(jit):
    def f(x):
        x[0] = x[1] * 2
        return np.sum(x * x)

    f = jit(f)
    for data in arrays():
        x = Tensor(data)
        y = x * 1.0
        f(y).backward()
        yield y, x


@scenario
def assignment_to_a_closed_over_tensor(jit):
    state = Tensor(np.zeros(3), requires_grad=False)

    def f(x):
        state[0] = np.sum(x.data)
        return np.sum(x * state)

    f = jit(f)
    for data in arrays():
        x = Tensor(data)
        f(x).backward()
        yield x, state


@scenario
def assigned_between_calls(jit):
    w = Tensor(arrays(1)[0])
    f = jit(lambda x: np.sum(w * x))
    for data in arrays():
        x = Tensor(data)
        w.data = data
        w[1] = x[0] * 2
        f(data).backward()
        yield w, x


@scenario
def assignment_inside(jit):
    def f(x):
        y = Tensor(np.zeros(3), requires_grad=False)
        y[0] = x[0] * x[1]
        y[1:] = x[:2]
        y += x
        return np.sum(y * x)

    f = jit(f)
    for data in arrays():
        x = Tensor(data)
        f(x).backward()
        yield x


@scenario
def backward_inside(jit):
    w = Tensor(arrays(1)[0])

    def step(x):
        w.grad = None
        loss = np.sum((w * x - 1) ** 2)
        loss.backward()
        w.data -= 0.1 * w.grad
        return loss

    step = jit(step)
    for data in arrays():
        loss = step(data)
        with pytest.raises(FreedGraphError):
            loss.backward()
        with pytest.raises(FreedGraphError):
            (loss * 2).backward()
        yield loss.data, w
        loss = step(Tensor(data, requires_grad=False))
        yield loss.data, w
        x = Tensor(data)
        loss = step(x)
        yield loss.data, w, x


@scenario
def gradient_of_an_argument(jit):
    f = jit(lambda x: np.sum(x * (0 if x.grad is None else x.grad)))
    for data in arrays():
        x = Tensor(data)
        yield f(x)
        x.grad = data * 2
        yield f(x)


@scenario
def leaf_made_inside(jit):
    def f(x):
        w = Tensor(x.data * 2)
        return np.sum(w * x), w

    f = jit(f)
    for data in arrays():
        x = Tensor(data)
        loss, w = f(x)
        loss.backward()
        yield loss, w, x


# -- nodes from outside ---------------------------------------------------------------------------


@scenario
def computed_outside(jit):
    w = Tensor(arrays(1)[0])
    for data in arrays(2):
        h = np.sin(w)
        f = jit(lambda x: np.sum(h * x))  # noqa: B023
        for _ in range(3):
            x = Tensor(data)
            f(x).backward(retain_graph=True)
            yield x, w
        h.retain_grad()
        f(x).backward()
        yield h


@scenario
def nodes_of_an_outer_transform(jit):
    inner = jit(lambda x, y: np.sum(x * x * y))

    def outer(y):
        other = jit(lambda x: np.sum(x * x * y * x))
        return np.sum(grad(inner)(y * 2, y)) + np.sum(grad(other)(y * 3)) + grad(other)(y)[0]

    for data in arrays():
        yield grad(outer)(data), grad(outer)(data)


@scenario
def perturbations_are_not_confused(jit):
    one = jit(lambda x, y: x + y)
    f = jit(lambda x: x * grad(lambda y: one(x, y))(1.0))
    for number in (0.5, 1.5, 2.5):
        yield grad(f)(number), grad(lambda x: x * make_jvp(lambda y: x + y)(x)(1.0)[1])(number)


# -- transforms -----------------------------------------------------------------------------------


def all_transforms(jit):
    w = Tensor(np.ones(3), requires_grad=False)
    f = jit(lambda x: np.sum(np.sin(x) * x * w))
    g = jit(lambda x: np.cumsum(np.sin(x) * x))
    pair = jit(lambda x, y: (x * y, np.sum(x)))
    for data in arrays():
        yield grad(f)(data), value_and_grad(f)(data), hessian(f)(data), jacobian(g)(data)
        yield make_hvp(f)(data)[0](data), make_ggnvp(g)(data)(data), make_jvp(g)(data)(data * 2)
        vjp, value = make_vjp(pair, (0, 1))(data, data * 2)
        yield vjp((data, 2.0)), value, make_jvp(pair, 1)(data, data)(data)
        yield grad(checkpoint(f))(data), grad(lambda x: np.sum(checkpoint(g)(x) ** 2))(data)
        yield hessian(lambda x: f(x) * np.sum(g(x)))(data)


@scenario
def basis_vectors_in_one_buffer(jit):
    w = Tensor(arrays(1)[0])
    f = jit(lambda x: np.sin(x) * w)
    for data in arrays():
        vjp, _ = make_vjp(f)(data)
        row = np.zeros(3)
        for k in range(3):
            row[:] = 0
            row[k] = 1
            yield vjp(row)


@scenario
def floats(jit):
    f = jit(lambda x: x**3 * np.exp(-x))
    for number in (0.5, 1.5, -2.0):
        yield grad(f)(number), grad(grad(f))(number), f(number), make_jvp(f)(number)(2.0)
        yield grad(f)(np.float64(number)), grad(f)(np.array(number))


@scenario
def branches(jit):
    def f(x):
        if x[0] > 0:
            return np.sum(x * x)
        return np.sum(np.sin(x) * 3)

    f = jit(f)
    for data in arrays(8):
        x = Tensor(data)
        y = f(x)
        y.backward()
        yield y, x, grad(f)(data), hessian(f)(data)


@scenario
def types(jit):
    f = jit(lambda x: np.sum(x * x.conj()).real if np.iscomplexobj(x) else np.sum(x * x))
    for dtype in (np.float32, np.float64, np.complex64, np.complex128, np.longdouble):
        for data in arrays(2):
            x = Tensor(data.astype(dtype))
            y = f(x)
            y.backward()
            yield y, x


@scenario
def copies(jit):
    f = jit(lambda x: np.sum(copy.copy(x) * copy.deepcopy(x)))
    for data in arrays():
        yield grad(f)(data)
        x = Tensor(data)
        f(x).backward()
        yield x


@scenario
def watched(jit):
    f = jit(lambda x: np.sum(np.sin(x)))
    for data in arrays():
        x = Tensor(data)
        with debug() as trace:
            f(x).backward()
        yield x, len(trace.nodes)


@scenario
def random_numbers(jit):
    f = jit(lambda x, generator: np.sum(x * x * generator.normal(size=3)))
    generator = np.random.default_rng(0)
    for data in arrays():
        x = Tensor(data)
        y = f(x, generator)
        y.backward()
        yield y, x
