"""Arrays that no rule reads are let go, and computed again where their numbers are asked for."""

import contextlib
import functools
import weakref

import numpy as np
import pytest
from rules.samples import SAMPLES

import autograd
from autograd import Primitive, Tensor
from autograd.debugging import debug
from autograd.engine.dispatch import plain
from autograd.engine.memory import is_overwritten
from autograd.engine.tiles import TILES
from autograd.engine.unread import FIRST, RESULT, unread_by
from autograd.errors import NoDerivativeError


@pytest.fixture(autouse=True)
def all_arrays_are_large(monkeypatch):
    monkeypatch.setattr(TILES, "reused", 0)


def data(*shape):
    return np.random.default_rng(3).normal(size=shape)


def kept(y):
    """Return the arrays of all nodes below, as they are: without asking for them."""
    found = [y]
    for node in found:
        found += [a for a in node._arguments or () if isinstance(a, Tensor)]
    return [node._contents for node in found if not is_overwritten(node._contents)]


x, w, b = Tensor(data(5, 3)), Tensor(data(3, 4)), Tensor(data(4))


def test_arrays_that_no_rule_reads_are_let_go():
    y = np.tanh(x @ w + b)
    z = np.exp(x @ w + b) * 2.0
    assert len(kept(y)) == 5  # x, w, b, the sum and the result
    assert len(kept(z)) == 5  # x, w, b and the last two results


CASES = {
    "a name for it": lambda y, keep: keep.append(y),
    "a view of it": lambda y, keep: keep.append(y[0]),
    "retain_grad": lambda y, keep: [y.retain_grad()].clear(),
    "a hook": lambda y, keep: y.register_hook(lambda g: None),
    "an assignment": lambda y, keep: y.__setitem__(0, 2.0),
    "another use": lambda y, keep: keep.append(y * y),
}


@pytest.mark.parametrize("name", CASES)
def test_what_somebody_may_ask_for_is_kept(name):
    keep = []

    def step():
        y = x @ w
        CASES[name](y, keep)
        return y + b

    z = np.exp(step())
    numbers = x.data @ w.data
    if name == "an assignment":
        numbers[0] = 2.0
    node = z._arguments[0]._arguments[0]
    np.testing.assert_array_equal(node._contents, numbers)


def test_observers_see_all_numbers():
    with debug():
        z = np.exp(x @ w + b)
    assert len(kept(z)) == 6


def test_arguments_get_their_numbers_back():
    z = x @ w
    for _ in range(2000):
        z = z + b
    z = np.tanh(-z)
    node = z
    while node.parents[0].op != "matmul":
        node = node.parents[0]
    np.testing.assert_array_equal(node.parents[0].data, x.data @ w.data)
    assert not any(map(is_overwritten, kept(z)))


def test_numbers_that_were_changed_in_place_do_not_come_back():
    p = Tensor(data(5, 3))
    z = np.exp(p @ w + b)
    p.data -= 1.0
    assert np.isnan(z.parents[0].parents[0].data).all()


def test_a_pass_after_numbers_came_back_is_the_same():
    z = np.exp(x @ w + b)
    z.sum().backward(retain_graph=True)
    first, x.grad = x.grad, None
    assert z.parents[0].parents[0].op == "matmul"
    z.sum().backward()
    np.testing.assert_array_equal(x.grad, first)
    x.grad = w.grad = b.grad = None


def test_memory_is_free_before_the_backward_pass():
    freed = []

    def product(x, w):
        y = x @ w
        freed.append(weakref.ref(y))
        return y

    known = autograd.define(product, lambda g, y, x, w: g @ w.T, lambda g, y, x, w: x.T @ g)
    z = np.exp(known(x, w) + b)
    assert freed[0]() is None
    z.sum().backward()
    x.grad = w.grad = b.grad = None


def nodes_below(y):
    found = [y]
    for node in found:
        found += [p for p in node.parents if not any(p is other for other in found)]
    return [node for node in found if isinstance(node, Tensor) and node.primitive is not None]


def first(x, y):
    return x * 1.0


def reads(**rules):
    primitive = Primitive("f")
    primitive.arity = 2
    for name, rule in rules.items():
        setattr(primitive, name, rule)
    unread = unread_by(primitive)
    return "".join(c for k, c in enumerate("rxy") if not unread & 1 << k)


def test_code_of_a_rule_says_what_it_reads():
    assert reads(transposes=(lambda g, x, y: g + y, lambda g, x, y: g * y)) == "y"
    assert reads(transposes=(lambda g, x, y: g, lambda g, x, y: [z * x for z in g])) == "x"
    assert reads(partials=(1.0, lambda r, x, y: r * r)) == "r"
    assert reads(partials=(lambda r, x, y: (lambda: x)(), 0)) == "x"
    assert reads(vjps=(lambda g, r, x, y: g, lambda g, r, x, y, **k: g * y / r)) == "ry"
    assert reads(vjps=(lambda g, r, *xs: g, lambda g, r, x, y: g)) == "rxy"
    assert reads(vjps=(lambda g, r, x, y: locals()["x"] * g, first)) == "rxy"
    assert reads(vjps=(functools.partial(first, 2), first)) == "rxy"
    assert reads(variadic=lambda k, g, r, x, y: g) == "rxy"


def pulled(node, argnum, g, y, arguments):
    return plain(node.primitive.pullback(argnum, g, y, arguments, node.keywords))


@pytest.mark.filterwarnings("ignore")
def test_rules_do_not_read_what_their_code_does_not_name():
    for sample in SAMPLES:
        inputs = [Tensor(v) if np.asarray(v).dtype.kind in "fc" else v for v in sample.inputs]
        y = sample.function(*inputs, **sample.keywords)
        for node in nodes_below(y) if isinstance(y, Tensor) else ():
            unread = unread_by(node.primitive)
            numbers = [plain(a) for a in node.arguments]
            without = [
                np.full_like(v, np.nan) if unread & FIRST << k and isinstance(v, np.ndarray) else v
                for k, v in enumerate(numbers)
            ]
            result = np.full_like(node.data, np.nan) if unread & RESULT else node.data
            g = data(*node.shape).astype(node.dtype)
            for k, argument in enumerate(node.arguments):
                if isinstance(argument, Tensor):
                    with contextlib.suppress(NoDerivativeError):
                        expected = pulled(node, k, g, node.data, numbers)
                        found = pulled(node, k, g, result, without)
                        np.testing.assert_array_equal(found, expected, str(sample))
