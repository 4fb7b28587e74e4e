"""Programs with nodes, to be run with and without `jit`: each yields what it computes."""

import numpy as np
import pytest

import nn
from autograd import (
    Tensor,
    Value,
    no_grad,
)
from autograd.errors import FreedGraphError


def plain(function):
    """Return the function itself: what `jit` is compared with."""
    return function


def arrays(count=4, shape=(3,), seed=0):
    random = np.random.default_rng(seed)
    return [random.normal(size=shape) for _ in range(count)]


def seen(x):
    """Return everything about a result that a user can see."""
    if isinstance(x, (tuple, list)):
        return [type(x).__name__, *map(seen, x)]
    if isinstance(x, dict):
        return {key: seen(item) for key, item in x.items()}
    if isinstance(x, Tensor):
        kind = (type(x).__name__, x.label, x.requires_grad, x.is_parameter, x.primitive is None)
        return [kind, seen(x.data), seen(x.grad)]
    if isinstance(x, Value):
        return ["Value", x.label, x.data, x.primitive is None, seen(x.grad)]
    if isinstance(x, np.ndarray):
        numbers = repr(x.tolist()) if x.dtype == np.longdouble else x.tobytes()
        return ["array", str(x.dtype), x.shape, numbers]
    if isinstance(x, np.generic):
        return [type(x).__name__, x.tobytes()]
    return [type(x).__name__, x]


SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


# -- backward by hand -----------------------------------------------------------------------------


@scenario
def tensor_argument(jit):
    f = jit(lambda x: np.sum(np.tanh(x) * x))
    for data in arrays():
        x = Tensor(data, label="x")
        y = f(x)
        y.backward()
        yield y, x


@scenario
def closed_over_parameter(jit):
    w = Tensor(arrays(1)[0], label="w")
    f = jit(lambda x: np.sum(np.tanh(w * x) * w))
    for data in arrays():
        loss = f(data)
        loss.backward()
        yield loss, w
        w.data -= 0.1 * w.grad
        w.grad = None


@scenario
def in_place_updates_are_seen(jit):
    w = Tensor(arrays(1)[0])
    f = jit(lambda x: np.sum(w * w * x))
    for data in arrays():
        with no_grad():
            w -= 0.3
            w[0] = 1.5
        loss = f(data)
        loss.backward()
        yield loss, w


@scenario
def module(jit):
    random = np.random.default_rng(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    for parameter in model.parameters():
        parameter.data = random.normal(size=parameter.shape)
    optimiser = nn.optim.SGD(model.parameters(), lr=0.1)
    loss = jit(lambda x, y: ((model(x) - y) ** 2).mean())
    for x, y in zip(arrays(5, (8, 3)), arrays(5, (8, 1), 1), strict=True):
        optimiser.zero_grad()
        found = loss(x, y)
        found.backward()
        optimiser.step()
        yield found, list(model.parameters())


@scenario
def several_results(jit):
    w = Tensor(arrays(1)[0])
    f = jit(lambda x: {"a": np.sum(x * w), "b": (np.sin(x), x.data * 2, 3, np.sum(x.data))})
    for data in arrays():
        x = Tensor(data)
        found = f(x)
        (found["a"] * 2 + np.sum(found["b"][0])).backward()
        yield found, x, w
        x.grad = w.grad = None
        found = f(x)
        np.sum(found["b"][0] ** 2).backward()
        yield found, x, w


@scenario
def part_of_a_larger_graph(jit):
    f = jit(lambda x, y: x * np.sin(y))
    for a, b in zip(arrays(), arrays(seed=1), strict=True):
        x, y = Tensor(a), Tensor(b)
        loss = np.sum(np.exp(f(x * 2, f(x, y)) * 0.1) * y)
        loss.backward()
        yield loss, x, y


@scenario
def retained_graphs(jit):
    f = jit(lambda x: np.sum(x**3))
    for data in arrays():
        x = Tensor(data)
        y = f(x)
        y.backward(retain_graph=True)
        y.backward(np.array(2.0), retain_graph=True)
        y.backward()
        yield y, x
        with pytest.raises(FreedGraphError):
            y.backward()


@scenario
def derivatives_as_nodes(jit):
    w = Tensor(arrays(1)[0])
    f = jit(lambda x: np.sum(x**3 * w**2))
    for data in arrays():
        x = Tensor(data)
        f(x).backward(create_graph=True)
        first, x.grad, w.grad = x.grad, None, None
        np.sum(first**2).backward(create_graph=True)
        second, x.grad, w.grad = x.grad, None, None
        np.sum(second).backward()
        yield first, second, x, w


@scenario
def values(jit):
    v = Value(0.5, label="v")
    f = jit(lambda x, y: (x * y + x.tanh() * v, x > y, x.data, y))
    for a, b in np.random.default_rng(0).normal(size=(4, 2)).tolist():
        x, y = Value(a, label="x"), Value(b)
        found = f(x, y)
        v.grad = 0
        found[0].backward()
        yield found, x, y, v


@scenario
def values_in_arrays(jit):
    f = jit(lambda v, x: np.sum(np.sin(x * v) * v))
    for number, data in enumerate(arrays()):
        v, x = Value(0.3 * number + 0.1), Tensor(data)
        y = f(v, x)
        y.backward()
        yield y, v, x


@scenario
def numbers_give_what_they_gave(jit):
    f = jit(lambda x: (np.sum(x), np.sum(x, keepdims=True), x[0], x, float(x[0]) > 0))
    for data in arrays():
        found = f(data)
        yield found, found[3] is data


# -- constants, hooks, labels ---------------------------------------------------------------------


@scenario
def constants(jit):
    c = Tensor(arrays(1)[0], requires_grad=False)
    f = jit(lambda x, k: (np.sum(x * c * k), c * k, x.detach(), x.detach() * x))
    for data in arrays():
        x, k = Tensor(data), Tensor(data * 2, requires_grad=False)
        found = f(x, k)
        (found[0] + np.sum(found[3])).backward()
        yield found, x, k, c
        k = Tensor(data * 2)
        found = f(x, k)
        found[0].backward()
        yield found, x, k


@scenario
def frozen_between_calls(jit):
    w = Tensor(arrays(1)[0])
    f = jit(lambda x: np.sum(x * w))
    for number, data in enumerate(arrays()):
        w.requires_grad = number % 2 == 0
        x = Tensor(data)
        f(x).backward()
        yield x, w


@scenario
def without_recording(jit):
    w = Tensor(arrays(1)[0])
    f = jit(lambda x: np.sum(x * w))
    for data in arrays():
        x = Tensor(data)
        with no_grad():
            y = f(x)
        z = f(x)
        z.backward()
        yield y, z, x, w


@scenario
def without_recording_inside(jit):
    def f(x):
        with no_grad():
            scale = np.max(x)
        return np.sum(x / scale), scale

    f = jit(f)
    for data in arrays():
        x = Tensor(data)
        found = f(x)
        found[0].backward()
        yield found, x


@scenario
def hooks_outside(jit):
    w = Tensor(arrays(1)[0])
    gs = []
    w.register_hook(lambda g: g * 3)
    f = jit(lambda x: x * w)
    for data in arrays():
        x = Tensor(data)
        x.register_hook(lambda g: gs.append(g.copy()))
        y = f(x)
        y.register_hook(lambda g: g * 2)
        y.retain_grad()
        np.sum(y * y).backward()
        yield y, x, w, list(gs)


@scenario
def hooks_behind_gradients(jit):
    w = Tensor(arrays(1)[0])
    found = []

    def step(x):
        np.sum(np.sin(w * x)).backward()
        return w.data.sum()

    def descend(p):
        with no_grad():
            p.data -= 0.1 * p.grad
        found.append(p.data.sum())
        p.grad = None

    step = jit(step)
    yield step(arrays(1)[0])
    remove = w.register_post_accumulate_grad_hook(descend)
    w.grad = None
    for data in arrays():
        yield step(data), w.data.copy(), w.grad
    remove()
    for data in arrays():
        yield step(data), w.data.copy(), w.grad


@scenario
def hooks_inside(jit):
    def f(x):
        y = np.sin(x)
        y.register_hook(lambda g: g * 5)
        return np.sum(y * x)

    f = jit(f)
    for data in arrays():
        x = Tensor(data)
        f(x).backward()
        yield x


@scenario
def retained_inside(jit):
    def f(x):
        y = np.sin(x).retain_grad()
        return np.sum(y * x), y

    f = jit(f)
    for data in arrays():
        x = Tensor(data)
        loss, y = f(x)
        loss.backward()
        yield x, y


@scenario
def labels_inside(jit):
    def f(x):
        y = x * 2
        y.label = "twice"
        return y, np.sum(y), Tensor(np.zeros(2), label="zeros"), Value(1.0, label="one")

    f = jit(f)
    for data in arrays():
        yield f(Tensor(data, label="x"))


@scenario
def parameters_as_arguments(jit):
    f = jit(lambda p, x: (np.sum(p["w"] * x) + p["b"], p["w"]))
    for data in arrays():
        p = {"w": nn.Parameter(data, label="w"), "b": nn.Parameter(np.array(1.0))}
        loss, w = f(p, data)
        loss.backward()
        yield loss, w is p["w"], p


# -- identities and views -------------------------------------------------------------------------


@scenario
def results_that_are_arguments(jit):
    w = Tensor(arrays(1)[0])
    f = jit(lambda x, a: (x, a, w, x * 1.0, w))
    for data in arrays():
        x = Tensor(data)
        found = f(x, data)
        yield (
            found[0] is x,
            found[1] is data,
            np.shares_memory(f(x, data)[0].data, data),
            found[2] is w,
            found[4] is w,
            found[3],
        )


@scenario
def results_that_are_the_same(jit):
    def f(x):
        y = x * 2
        return y, y, [y]

    f = jit(f)
    for data in arrays():
        a, b, (c,) = f(Tensor(data))
        yield a, a is b, b is c


@scenario
def views_of_results(jit):
    def f(x):
        y = x * 2
        return y, y[1:], y.reshape(3, 1)

    f = jit(f)
    for data in arrays():
        x = Tensor(data)
        a, b, c = f(x)
        b[0] = 7.0
        yield a, b, c
        np.sum(a * a).backward()
        yield x


@scenario
def views_of_arguments(jit):
    f = jit(lambda x: x[1:])
    for data in arrays():
        x = Tensor(data) * 1.0
        y = f(x)
        y[0] = 5.0
        yield x, y


@scenario
def the_same_node_twice(jit):
    f = jit(lambda x, y: np.sum(x * np.sin(y)))
    for data in arrays():
        x = Tensor(data)
        f(x, x).backward()
        yield x
        y = Tensor(data)
        f(x, y).backward()
        yield x, y
