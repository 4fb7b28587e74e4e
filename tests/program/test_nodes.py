"""Values and Tensors as arguments and results of `jit`, against the same without `jit`."""

import threading
import warnings

import numpy as np
import pytest
from program.node_scenarios import SCENARIOS, arrays, plain, seen
from program.outer_scenarios import all_transforms  # its module adds to the scenarios

import autograd
from autograd import (
    Program,
    Tensor,
    Value,
    debug,
    jit,
    make_vjp,
    no_grad,
    trace,
)
from autograd.errors import GraphError, TraceError
from autograd.program import State, follow


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


def test_rules_may_change_what_the_function_reads():
    scale = np.ones(3)

    def rule(g, y, x):
        scale[...] += g * x
        return g * x

    half_square = autograd.define(lambda x: np.sum(x * x) / 2, rule, name="half_square")

    def f(x):
        return half_square(x * scale) * 2

    found = []
    for function in (f, jit(f)):
        scale[:] = 1.0
        for data in arrays():
            x = Tensor(data)
            y = function(x)
            y.backward()
            found.append(seen((y, x, scale.copy())))
    assert found[:4] == found[4:]


def test_rules_may_change_the_state_that_the_function_reads():
    def rule(g, y, x):
        model.steps[...] += g * x
        return g * x

    half_square = autograd.define(lambda x: np.sum(x * x) / 2, rule, name="half_square")
    found = []
    for wrapped in (lambda f: f, jit):
        model = Counting()
        model.steps = np.ones(3)
        f = wrapped(lambda x, model=model: half_square(model.times(x) * x))
        for data in arrays():
            x = Tensor(data)
            y = f(x)
            y.backward()
            found.append(seen((y, x, model.steps.copy())))
    assert found[:4] == found[4:]


def test_functions_that_ask_for_shared_memory_run_themselves():
    def f(x, a, b):
        return np.sum(x * a) if np.shares_memory(a, b) else np.sum(x * b) * 2

    jitted, a = jit(f), np.arange(3.0)
    for b in (a, a.copy(), a, a.copy()):
        x = Tensor(np.ones(3))
        y = jitted(x, a, b)
        y.backward()
        assert y.data == f(np.ones(3), a, b)
        assert x.grad.tolist() == (a if b is a else 2 * a).tolist()


def test_threads_differentiate_the_same_function():
    w = Tensor(np.arange(3.0))
    f = jit(lambda x: np.sum(np.sin(x) * w))
    make_vjp(f)(np.ones(3))[0](np.array(1.0))  # the threads share w, so one call comes first
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

    for change in (change_value, change_name):
        y = jitted(x)
        change()
        with pytest.raises(GraphError, match="has changed since"):
            y.backward()
    y = jitted(x)
    change_array()
    y.backward()  # small arrays are copied
    assert x.grad.tolist() == [10.0] * 3
    assert table[0] == 5.0
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


def test_a_value_may_be_an_argument_and_closed_over():
    v = Value(2.0)
    f = jit(lambda x: x * x * x * v)
    for _ in range(2):
        v.grad = 0
        f(v).backward(create_graph=True)
        first = v.grad
        assert first.data == 32.0
        v.grad = 0
        first.backward()
        assert v.grad == 48.0


def test_the_reason_for_running_without_a_program_is_kept():
    f = jit(lambda x: x.T)
    x = Tensor(np.ones((2, 3)))
    assert np.shares_memory(f(x).data, x.data)
    assert list(f.not_followed.values()) == ["it returns a view of another node"]


class Counting:
    def __init__(self):
        self.steps = 100_000

    def __program_state__(self):
        yield State(vars(self), numbers=("steps",))

    def times(self, x):
        follow(self)
        return np.sum(x * self.steps)


@pytest.mark.parametrize("size", [3, 100_000])
def test_state_may_change_before_backward(size):
    model = Counting()
    model.steps = np.ones(size)
    f = jit(model.times)
    f(Tensor(np.ones(size))).backward()
    for number in (2.0, 3.0):
        model.steps[:] = number
        x = Tensor(np.ones(size))
        y = f(x)
        model.steps[:] = 9.0
        y.backward()
        assert x.grad.tolist() == [number] * size


def test_integers_that_change_before_backward_are_noticed():
    counting = Counting()
    f = jit(counting.times)
    f(Tensor(np.ones(2)))
    counting.steps = 200_000
    f(Tensor(np.ones(2)))
    for k in range(50):
        y = f(Tensor(np.ones(2)))
        counting.steps += 1000 + k
        with pytest.raises(GraphError, match="has changed since"):
            y.backward(create_graph=True)


def test_calls_that_draw_numbers_are_no_part_of_other_programs():
    f = jit(lambda x, generator: np.sum(x * generator.normal(size=3)))
    generator = np.random.default_rng(0)
    y = f(Tensor(np.ones(3)), generator)
    state = generator.bit_generator.state
    with pytest.raises(GraphError, match="draws random numbers"):
        Program.of(y)
    assert generator.bit_generator.state == state


@pytest.mark.parametrize("node", [Tensor(np.ones(3)), Value(2.0)], ids=["Tensor", "Value"])
def test_trace_refuses_backward_into_an_argument(node):
    def square(x):
        np.sum(x * x).backward()

    with pytest.raises(TraceError, match="grad or the data of a node among its arguments"):
        trace(square)(node)
    assert node.grad is None or node.grad == 0.0


def test_gradients_share_no_memory_with_each_other():
    f = jit(lambda a, b: (a + b, a - b))
    for number in (1.0, 2.0):
        a, b, seed = Tensor(np.full(3, number)), Tensor(np.ones(3)), np.ones(3)
        f(a, b)[0].backward(seed)
        assert not np.shares_memory(a.grad, b.grad)
        assert not np.shares_memory(a.grad, seed)
        a.grad += 1
        assert b.grad.tolist() == seed.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("size", [3, 100_000])
def test_arrays_from_outside_may_change_before_backward(size):
    weights = np.ones(size)
    f = jit(lambda x: (x * weights).sum())
    f(Tensor(np.ones(size))).backward()
    for number in (1.0, 2.0, 3.0):
        weights[:] = number
        x = Tensor(np.ones(size))
        y = f(x)
        weights[:] = 9.0
        try:
            y.backward()
        except GraphError:  # it says that they have changed
            assert size > 3
        else:
            assert x.grad.tolist() == [number] * size
