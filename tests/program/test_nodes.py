"""Values and Tensors as arguments and results of `jit`, against the same without `jit`."""

import copy
import threading
import warnings

import numpy as np
import pytest

import autograd
import nn
from autograd import (
    Tensor,
    Value,
    checkpoint,
    debug,
    grad,
    hessian,
    jacobian,
    jit,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_vjp,
    no_grad,
    value_and_grad,
)
from autograd.errors import FreedGraphError, GraphError


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


def numbers(tree):
    """Return nested results of transforms as a list of arrays."""
    if isinstance(tree, (tuple, list)):
        return [x for item in tree for x in numbers(item)]
    return [np.asarray(tree)]


def followed(name):
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return seen(list(SCENARIOS[name](jit))), seen(list(SCENARIOS[name](plain)))


@pytest.mark.parametrize("name", SCENARIOS)
def test_jit_does_with_nodes_what_the_function_does(name):
    found, expected = followed(name)
    assert len(found) == len(expected)
    for number, (one, other) in enumerate(zip(found, expected, strict=True)):
        assert one == other, number


def test_transforms_of_jit_agree_to_rounding():
    for found, expected in zip(all_transforms(jit), all_transforms(plain), strict=True):
        for one, other in zip(numbers(found), numbers(expected), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


def test_changed_inputs_are_noticed_before_backward():
    f = jit(lambda x, a: np.sum(x * a))
    for size in (3, 10_000):
        for _ in range(3):
            x, a = Tensor(np.ones(size)), np.full(size, 2.0)
            y = f(x, a)
            a[:] = 3.0
            if size == 3:
                y.backward()
                assert x.grad[0] == 2.0
            else:
                with pytest.raises(GraphError):
                    y.backward()
            y = f(x, a)
            x.data += 1.0
            with pytest.raises(GraphError):
                y.backward()


def test_random_functions_refuse_second_derivatives():
    generator = np.random.default_rng(0)
    f = jit(lambda x, generator: np.sum(x**3 * generator.normal(size=3)))
    x = Tensor(np.ones(3))
    f(x, generator).backward()
    with pytest.raises(GraphError, match="random"):
        f(x, generator).backward(create_graph=True)


def test_rules_that_cannot_be_followed_are_called():
    def rule(g, y, x):
        return g * np.array([float(item) for item in np.asarray(x).tolist()])

    half_square = autograd.define(lambda x: np.sum(x * x) / 2, rule, name="half_square")
    f = jit(lambda x: half_square(x) * 2)
    for data in arrays():
        x = Tensor(data)
        f(x).backward()
        assert np.array_equal(x.grad, data * 2)


def test_threads_differentiate_the_same_function():
    w = Tensor(np.arange(3.0))
    f = jit(lambda x: np.sum(np.sin(x) * w))
    found = {}

    def work(number):
        data = np.full(3, float(number))
        for _ in range(30):
            (g,) = [make_vjp(f)(data)[0](np.array(1.0))]
            found.setdefault(number, []).append(g)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, gs in found.items():
        assert len(gs) == 30
        for g in gs:
            assert np.array_equal(g, np.cos(np.full(3, float(number))) * w.data)


def test_derivatives_inside_no_grad_are_those_outside():
    for results in (1, 2):
        w = Tensor(np.arange(1.0, 4.0))
        f = jit(lambda x: np.sum(x * w) if results == 1 else (np.sum(x * w), x * w))  # noqa: B023
        for data in arrays(3):
            w.grad = None
            x = Tensor(data)
            y = f(x) if results == 1 else f(x)[0]
            with no_grad():
                y.backward()
            assert np.array_equal(x.grad, w.data)
            assert np.array_equal(w.grad, data)


def test_what_is_read_must_not_change_before_backward():
    v, scale, table = Value(2.0), 2.0, np.ones(3)

    def f(x):
        return np.sum(x * v.data) * scale + np.sum(x * table)

    jitted = jit(f)
    x = Tensor(np.ones(3))
    jitted(x)

    def change_value():
        v.data = 3.0

    def change_name():
        nonlocal scale
        scale = 3.0

    def change_array():
        table[0] = 5.0

    for change in (change_value, change_name, change_array):
        y = jitted(x)
        change()
        with pytest.raises(GraphError, match="has changed since"):
            y.backward()
    x.grad = None
    jitted(x).backward()
    y = jitted(x)
    v.data, scale, table[0] = 7.0, 7.0, 7.0
    first, x.grad = x.grad, None
    y.backward()
    assert np.array_equal(x.grad, first)
    y = jitted(x)
    table[0] = 8.0
    with pytest.raises(GraphError, match="has changed since"):
        y.backward(create_graph=True)


def test_debug_looks_inside_calls():
    f = jit(lambda x: np.sum(np.sqrt(x)))
    for _ in range(3):
        y = f(Tensor(np.array([0.0, 1.0])))
        with np.errstate(all="ignore"), debug(), pytest.raises(autograd.errors.NonFiniteError):
            y.backward()


def test_equal_derivatives_are_arrays_of_their_own():
    a, b = Tensor(np.ones(3)), Tensor(np.ones(3))
    f = jit(lambda x: (a + b + x) * 2.0)
    for _ in range(4):
        x = Tensor(np.ones(3))
        a.grad = b.grad = None
        y = f(x)
        (np.sum(y) + np.sum(a * a) + np.sum(x)).backward()
        assert a.grad.tolist() == [4.0] * 3
        assert b.grad.tolist() == [2.0] * 3
        assert x.grad.tolist() == [3.0] * 3
        assert not np.shares_memory(a.grad, b.grad)
        assert not np.shares_memory(b.grad, x.grad)
        g = np.ones(3)
        f(x).backward(g)
        assert g.tolist() == [1.0] * 3
