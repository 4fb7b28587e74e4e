"""The cost of fixed programs, in counts that do not depend on the load of the machine.

A higher count is a regression and fails; after an improvement, lower the number here. Times are
measured in `benchmarks/`.
"""

import gc
import platform
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value
from autograd.engine.observers import Observer

SIDE = 512
ARRAY = SIDE * SIDE * 8  # bytes of one of the arrays below
SMALL = 0.01  # arrays: room for the objects around them, some kilobytes


class Counts(Observer):
    """The number of nodes that primitives made, and of derivatives passed along an edge."""

    def __init__(self):
        self.nodes = self.pulled_back = 0

    def made(self, node):
        self.nodes += 1

    def pulled(self, node, argnum, cotangent):
        self.pulled_back += 1

    def of(self, program):
        self.watch()
        try:
            program().backward()
        finally:
            self.leave()
        return self.nodes, self.pulled_back


def network():
    """Return the loss of a network of three layers."""
    generator = np.random.default_rng(0)
    weights = [Tensor(generator.normal(size=(8, 8))) for _ in range(3)]
    biases = [Tensor(np.zeros(8)) for _ in range(3)]
    h = generator.normal(size=(16, 8))
    for w, b in zip(weights[:-1], biases[:-1], strict=True):
        h = np.tanh(h @ w + b)
    return ((h @ weights[-1] + biases[-1]) ** 2).mean()


def wide():
    x = Tensor(np.arange(4.0))
    return sum((x * float(i) for i in range(10)), start=np.zeros(4)).sum()


def shared():
    """Use one result twice: backward visits the nodes below it once."""
    x = Tensor(np.arange(4.0))
    y = np.exp(x)
    return (y * y + y).sum()


# Nodes: one for each operation written. Pulled back: one for each edge to a node of which a
# derivative is wanted, and none to constants.
@pytest.mark.parametrize(
    ("program", "nodes", "pulled_back"),
    [
        # @, +, tanh twice; @, +; ** and mean. Products have two edges (the first, whose data is
        # a constant, has one), sums two, the others one.
        (network, 10, 15),
        # ten products with a constant, ten sums (the first with a constant), the last sum
        (wide, 21, 30),
        # exp, *, +, sum; * and + have two edges each
        (shared, 4, 6),
    ],
)
def test_node_and_pullback_counts(program, nodes, pulled_back):
    assert Counts().of(program) == (nodes, pulled_back)


def test_constants_make_no_nodes():
    constant = Tensor(np.ones(3), requires_grad=False)
    counts = Counts()
    counts.watch()
    try:
        np.tanh(constant * 2.0 + constant)
        with autograd.no_grad():
            np.tanh(Tensor(np.ones(3)))
    finally:
        counts.leave()
    assert counts.nodes == 0


def test_values_make_one_node_for_each_operation():
    x, w = Value(0.5), Value(2.0)
    counts = Counts()
    counts.watch()
    try:
        (x * w + 1.0).tanh() - 3.0 * x
    finally:
        counts.leave()
    assert counts.nodes == 5  # *, +, tanh, *, -


# -- bytes --------------------------------------------------------------------------------------


def traced(call):
    """Return the bytes that a call leaves allocated, the peak during it, and its result."""
    call()  # create what is created once, such as modules and caches
    gc.collect()
    gc.disable()  # otherwise garbage of other tests may be freed in between
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        result = call()
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    return kept - before, peak - before, result


def chain(n):
    y = x = Value(0.5)
    for _ in range(n // 2):
        y = y * 0.999 + x
    return y


OPERATIONS = 10_000
ONE = 1.0  # byte for each operation: room for the objects around them


def test_bytes_per_value():
    """Count two parents, two partials, the number, its derivative, primitive, edges and notes.

    CPython and its collector add 40 bytes to an object. Interpreted, the numbers are objects.
    """
    kept, _, _ = traced(lambda: chain(OPERATIONS))
    assert kept / OPERATIONS <= (120 if autograd.COMPILED else 200) + ONE


def test_backward_through_values_takes_no_memory():
    """The walk threads its order through the nodes; interpreted, each keeps its derivative."""
    y = chain(OPERATIONS)
    kept, peak, _ = traced(y.backward)
    for found in (kept, peak):
        assert found / OPERATIONS <= (0 if autograd.COMPILED else 32) + ONE


def square():
    return np.random.default_rng(0).normal(size=(SIDE, SIDE))


def elementwise(x):
    """Make six arrays and a sum."""
    t = np.tanh(x * 0.5)
    return (np.sin(np.exp(t * x)) * t).sum()


def test_number_of_arrays_kept_by_a_graph():
    x = Tensor(square())
    kept, _, _ = traced(lambda: elementwise(x))
    # Every intermediate result is kept until backward: x * 0.5, t, t * x, exp, sin, their product.
    assert kept / ARRAY <= 6 + SMALL


def test_number_of_arrays_at_the_peak_of_backward():
    x = Tensor(square())

    def step():
        x.grad = None
        elementwise(x).backward()

    kept, peak, _ = traced(step)
    assert kept / ARRAY <= 1 + SMALL  # the derivative
    # The six kept, and three more: a derivative on its way, a partial and their product.
    assert peak / ARRAY <= 9 + SMALL


def test_number_of_arrays_at_the_peak_of_a_network():
    x, target = square(), square()
    weights = [Tensor(square() / 20) for _ in range(3)]

    def step():
        h = x
        for w in weights[:-1]:
            h = np.tanh(h @ w)
        loss = ((h @ weights[-1] - target) ** 2).mean()
        loss.backward()
        for w in weights:
            w.data -= 0.01 * w.grad
            w.grad = None

    kept, peak, _ = traced(step)
    assert kept / ARRAY <= 0 + SMALL
    # Forward keeps seven: three products, two tanh, the difference and its square. Backward lets
    # go of them as it goes, while three derivatives of weights are added.
    assert peak / ARRAY <= 10 + SMALL


def test_repeated_gradients_are_accumulated_in_place():
    x = Tensor(square())

    def fan_out():
        x.grad = None
        total = x * 1.0
        for i in range(8):
            total += x * float(i)
        total.sum().backward()

    _, peak, _ = traced(fan_out)
    # Nine products and eight sums are kept; then the derivative, and the one that arrives.
    assert peak / ARRAY <= 19 + SMALL


def test_cross_entropy_keeps_one_array_and_makes_two():
    """Keep the probabilities, which become the derivative: no table of zeros and ones."""
    import nn

    logits, labels = Tensor(square()), np.arange(SIDE)
    kept, peak, _ = traced(lambda: nn.cross_entropy(logits, labels))
    assert kept / ARRAY <= 1 + 2 * SMALL
    assert peak / ARRAY <= 2 + 5 * SMALL

    def step():
        logits.grad = None
        nn.cross_entropy(logits, labels).backward()

    _, peak, _ = traced(step)
    assert peak / ARRAY <= 2 + 5 * SMALL


#: Prints how many pages the system had to clear in ten steps with some arrays of 800 kB.
PAGES = """
import resource, numpy as np, autograd
def step():
    x = autograd.Tensor(np.ones(100_000))
    np.sum(np.exp(x * 2) + 1).backward()
for _ in range(3):
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator")
def test_memory_of_freed_arrays_is_used_again():
    done = subprocess.run([sys.executable, "-P", "-c", PAGES], capture_output=True, text=True)
    assert int(done.stdout) < 500, done.stderr  # otherwise 2,600
