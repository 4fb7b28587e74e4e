"""Large graphs, many repetitions, errors, interrupts and threads."""

import gc
import threading
import tracemalloc

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value
from autograd.engine import value_backward


@pytest.mark.slow
def test_a_chain_of_a_million_values_needs_no_recursion(run_python):
    """In a separate process, because a crash would end the whole suite."""
    finished = run_python(
        """
import gc
from autograd import Value
x = Value(1.0)
y = x
for _ in range(500_000):
    y = y * 1.0 + x
y.backward()
assert (y.data, x.grad) == (500_001.0, 500_001.0)
del y
gc.collect()
print("done")
"""
    )
    assert finished.stdout == "done\n"


@pytest.mark.slow
def test_a_chain_of_200000_tensors_needs_no_recursion(run_python):
    finished = run_python(
        """
import gc
import numpy as np
from autograd import Tensor
t = Tensor(np.ones(1))
y = t
for _ in range(100_000):
    y = y * 1.0 + t
y.backward(retain_graph=True)
assert (y.data[0], t.grad[0]) == (100_001.0, 100_001.0)
del y
gc.collect()
y = t
for _ in range(100_000):
    y = y + t
y.backward()
assert y.freed
print("done")
"""
    )
    assert finished.stdout == "done\n"


@pytest.mark.slow
def test_second_derivatives_of_a_long_chain_need_no_recursion(run_python):
    finished = run_python(
        """
from autograd import Value
x = Value(1.0)
y = x
for _ in range(50_000):
    y = y * x
y.backward(create_graph=True)
first = x.grad
x.grad = 0.0
first.backward()
assert (first.data, x.grad) == (50_001.0, 50_001.0 * 50_000.0)
print("done")
"""
    )
    assert finished.stdout == "done\n"


@pytest.mark.skipif(not autograd.COMPILED, reason="an ordinary Python object is larger")
def test_a_compiled_node_costs_at_most_112_bytes():
    x = Value(1.0)
    nodes = [x * 2.0 for _ in range(20_000)]
    tracemalloc.start()
    more = [x * 2.0 for _ in range(20_000)]
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(nodes) == len(more)
    per_node = (size - 8 * len(more)) / len(more)
    assert 80 < per_node < 113


@pytest.mark.slow
def test_a_value_used_100000_times_is_visited_once():
    x = Value(1.0)
    total = sum([x * float(i) for i in range(100_000)])
    total.backward()
    assert x.grad == sum(range(100_000))


def test_a_tower_of_shared_nodes_takes_linear_time():
    x = Value(1.0)
    y = x
    for _ in range(1000):
        y = 0.5 * y + 0.5 * y
    y.backward()
    assert x.grad == 1.0
    t = Tensor([1.0])
    u = t
    for _ in range(1000):
        u = 0.5 * u + 0.5 * u
    u.backward()
    assert t.grad[0] == 1.0


def failing_rule(calls):
    def vjp(g, y, x):
        calls.append(1)
        raise RuntimeError("in the middle")

    return autograd.define(lambda x: x * 1.0, vjp, name="failing")


def test_an_error_during_backward_leaves_leaf_grads_unchanged():
    calls = []
    a, b, v = Tensor([1.0, 2.0]), Tensor([3.0, 4.0]), Value(2.0)
    (a * b * v).sum().backward()
    before = (a.grad.copy(), b.grad.copy(), v.grad)
    y = (a * b * v).sum() + failing_rule(calls)(a).sum()
    for create_graph in (False, True):
        with pytest.raises(RuntimeError, match="in the middle"):
            y.backward(retain_graph=True, create_graph=create_graph)
        np.testing.assert_array_equal(a.grad, before[0])
        np.testing.assert_array_equal(b.grad, before[1])
        assert v.grad == before[2]
    assert len(calls) == 2
    (a * b * v).sum().backward()
    np.testing.assert_array_equal(a.grad, 2 * before[0])
    assert v.grad == 2 * before[2]


@pytest.mark.skipif(autograd.COMPILED, reason="native code is not interrupted there")
def test_an_interrupt_during_backward_leaves_values_unchanged(monkeypatch):
    x = Value(2.0)
    y = x * x
    y.backward()
    walk = value_backward._walk_edges

    def interrupted(roots, seeds):
        walk(roots, seeds)
        x._mark = 1
        raise KeyboardInterrupt

    monkeypatch.setattr(value_backward, "_walk_edges", interrupted)
    with pytest.raises(KeyboardInterrupt):
        y.backward()
    assert x.grad == 4.0
    monkeypatch.undo()
    y.backward()
    assert x.grad == 8.0


@pytest.mark.slow
def test_training_steps_do_not_leak_memory():
    random = np.random.default_rng(0)
    x, target = random.normal(size=(8, 3)), random.normal(size=(8, 1))
    w, b, v = Tensor(random.normal(size=(3, 1))), Tensor(np.zeros(1)), Value(0.5)

    def step():
        loss = ((np.tanh(x @ w + b) * v - target) ** 2).mean()
        loss.backward()
        small = (v * v + v.tanh()) * 0.01
        small.backward()
        for p in (w, b, v):
            p.data -= 0.01 * p.grad
        w.grad = b.grad = None
        v.grad = 0.0
        return loss.item()

    first = step()
    gc.collect()
    tracemalloc.start()
    for _ in range(100):
        step()
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(2_000):
        last = step()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert last < first
    assert after - before < 20_000


@pytest.mark.slow
def test_second_derivatives_in_a_loop_do_not_leak_memory():
    x = Value(1.0)

    def step():
        (x**3).backward(create_graph=True)
        first = x.grad
        x.grad = 0.0
        first.backward()
        x.grad = 0.0

    step()
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(2_000):
        step()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 20_000


def in_threads(work, count=4):
    errors = []

    def guarded():
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


@pytest.mark.skipif(not autograd.COMPILED, reason="ordinary Python objects are always tracked")
def test_values_are_gc_tracked_only_once_a_cycle_is_possible():
    x = Value(2.0)
    y = x * x
    y.backward()
    assert not gc.is_tracked(x)
    assert not gc.is_tracked(y)
    y.backward(create_graph=True)
    assert gc.is_tracked(x)
    assert gc.is_tracked(x.grad)


@pytest.mark.slow
def test_cycles_through_derivatives_that_are_nodes_are_collected():
    def step():
        x, t = Value(2.0), Tensor([1.0, 2.0])
        (x**3 * x.tanh()).backward(create_graph=True)
        (x * t * t).sum().backward(create_graph=True)

    step()
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(500):
        step()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 20_000


def test_threads_sharing_parameters_accumulate_gradients():
    w = Tensor(np.ones((40, 40)))
    v = Value(1.0)
    x = np.ones((40, 40))

    def work():
        for _ in range(50):
            ((x @ w) * v).sum().backward()

    in_threads(work)
    np.testing.assert_allclose(w.grad, 4 * 50 * 40)
    assert v.grad == 4 * 50 * 40.0**3


def test_threads_sharing_values_accumulate_gradients():
    v = Value(1.0)

    def work():
        for _ in range(300):
            y = v
            for _ in range(20):
                y = y + v
            y.backward()

    in_threads(work)
    assert v.grad == 4 * 300 * 21.0


@pytest.mark.slow
def test_no_reference_cycles_are_left():
    gc.collect()
    gc.disable()
    try:
        for _ in range(50):
            t = Tensor(np.ones(10))
            np.tanh(t * 2).sum().backward()
            (Value(1.0) * 2).tanh().backward()
        assert gc.collect() < 20
    finally:
        gc.enable()
