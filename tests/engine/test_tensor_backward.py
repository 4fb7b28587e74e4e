"""`backward` from Tensors: gradients, hooks, freed graphs, changed data."""

import copy
import math
import pickle

import numpy as np
import pytest

from autograd import Tensor, Value, check_gradients, define, gradients, is_recording, no_grad
from autograd.engine.observers import Observer
from autograd.engine.tiles import TILES
from autograd.errors import (
    FreedGraphError,
    GraphError,
    ShapeError,
)


def test_backward_of_an_array_needs_a_gradient_of_its_shape():
    t = Tensor([[1.0, 2.0]])
    y = t * 2
    with pytest.raises(ShapeError, match=r"\(1, 2\).*sum\(\)"):
        y.backward()
    for wrong in (np.ones(2), 1.0, [[1.0], [1.0]]):
        with pytest.raises(ShapeError, match=r"gradient="):
            y.backward(wrong)
    y.backward([[1, 10]])
    np.testing.assert_array_equal(t.grad, [[2.0, 20.0]])
    (t[:, :1] * 3).backward()
    np.testing.assert_array_equal(t.grad, [[5.0, 20.0]])


def test_backward_of_a_complex_result_needs_a_gradient():
    with pytest.raises(ShapeError, match="complex"):
        (Tensor(1.0) * 1j).backward()


def test_backward_frees_the_graph_and_a_second_call_raises():
    t = Tensor([1.0, 2.0])
    y = t * t
    z = y.sum()
    z.backward()
    assert y.freed
    assert (y.op, y.parents) == ("multiply", ())
    for again in (z, (y * 2).sum()):
        with pytest.raises(FreedGraphError, match="retain_graph=True"):
            again.backward()
    np.testing.assert_array_equal(t.grad, [2.0, 4.0])


def test_a_retained_graph_accumulates_on_a_second_backward():
    t = Tensor([1.0, 2.0])
    z = (t * t).sum()
    z.backward(retain_graph=True)
    kept = t.grad
    z.backward()
    np.testing.assert_array_equal(t.grad, [4.0, 8.0])
    np.testing.assert_array_equal(kept, [2.0, 4.0])


def test_backward_frees_memory_only_it_needed():
    import weakref

    class Watched(np.ndarray):
        pass

    t = Tensor(np.ones(3))
    inner = np.tanh(t)
    seen = weakref.ref(inner.data)
    z = (inner * 2).sum()
    del inner
    assert seen() is not None
    z.backward()
    assert seen() is None


def test_retain_grad_keeps_intermediate_gradients():
    t = Tensor([1.0, 2.0])
    y = (t * 3).retain_grad()
    other = y * y
    other.sum().backward()
    np.testing.assert_array_equal(y.grad, [6.0, 12.0])
    assert other.grad is None


class Pulled(Observer):
    """Keeps the derivatives that are passed on, and copies of them."""

    def __init__(self):
        self.kept = []

    def pulled(self, node, argnum, cotangent):
        self.kept.append((cotangent, np.copy(cotangent)))


def test_large_cotangents_that_are_kept_stay_as_they_are(monkeypatch):
    monkeypatch.setattr(TILES, "reused", 16)  # from 17 bytes on, others are written over
    t, seed = Tensor([0.5, 1.0, -0.3]), np.array([2.0, 3.0, 4.0])
    y = np.exp(t).retain_grad()
    z = np.sin(y)
    np.exp(z).backward(seed, retain_graph=True)
    np.testing.assert_array_equal(seed, [2.0, 3.0, 4.0])
    np.testing.assert_allclose(y.grad, seed * np.exp(z.data) * np.cos(y.data))
    np.testing.assert_allclose(t.grad, y.grad * y.data)
    seen = Pulled()
    seen.watch()
    try:
        np.exp(z).backward(seed)
    finally:
        seen.leave()
    assert len(seen.kept) == 3
    for kept, copied in seen.kept:
        np.testing.assert_array_equal(kept, copied)


#: How a rule may get the array that it returns: new, a view of a new one, or of what it was given.
VIEWS = {
    "new": lambda g, y, x: g * 2.0,
    "all of a new one": lambda g, y, x: (g.ravel() * 2.0).reshape(x.shape),
    "part of a new one": lambda g, y, x: np.repeat(g.ravel() * 2.0, 2)[::2].reshape(x.shape),
    "of the cotangent": lambda g, y, x: g.reshape(-1)[::-1].reshape(-1)[::-1].reshape(x.shape),
    "of the argument": lambda g, y, x: x.reshape(-1).reshape(x.shape),
    "of the result": lambda g, y, x: y.reshape(-1).reshape(x.shape),
    "read-only": lambda g, y, x: np.broadcast_to(g.ravel()[:1], x.shape),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("is_leaf", [True, False])
def test_only_whole_new_arrays_are_written_to(view, is_leaf):
    data, seed = np.random.default_rng(0).normal(size=(2, 3, 128, 128))
    step = define(lambda x: x + 0.5, view, fresh_results=True)
    x, given = Tensor(data.copy()), seed.copy()
    inner = x if is_leaf else x * 1.0
    results = [step(inner) for _ in range(3)]
    (results[0] + results[1] + results[2]).backward(given)
    np.testing.assert_allclose(x.grad, 3 * view(seed, data + 0.5, data), 1e-12)
    np.testing.assert_array_equal(given, seed)
    for tensor, kept in ((x, data), *((y, data + 0.5) for y in results)):
        np.testing.assert_array_equal(tensor.data, kept)
        assert not np.shares_memory(x.grad, tensor.data)
    assert not np.shares_memory(x.grad, given)


def test_detached_results_and_constants_get_no_gradient():
    t = Tensor([1.0, 2.0], label="t")
    d = t.detach()
    assert d.data is t.data
    assert not d.requires_grad
    (d * t).sum().backward()
    np.testing.assert_array_equal(t.grad, [1.0, 2.0])
    assert d.grad is None
    c = Tensor([3.0], requires_grad=False)
    with pytest.raises(GraphError, match="constant"):
        (c * 2).sum().backward()
    with pytest.raises(GraphError, match="constant"):
        d.sum().backward()
    c.requires_grad = True
    (c * 2).sum().backward()
    np.testing.assert_array_equal(c.grad, [2.0])
    with pytest.raises(GraphError, match="leaf"):
        (c * 2).requires_grad = False


def test_hooks_see_and_can_replace_the_gradient():
    t = Tensor([1.0, 2.0])
    y = t * 2
    seen = []
    remove = y.register_hook(lambda g: seen.append(g.copy()))
    y.register_hook(lambda g: g * 10)
    t.register_hook(lambda g: g + 1)
    y.sum().backward(retain_graph=True)
    np.testing.assert_array_equal(seen, [[1.0, 1.0]])
    np.testing.assert_array_equal(t.grad, [21.0, 21.0])
    remove()
    remove()
    y.sum().backward()
    assert len(seen) == 1
    t.register_hook(lambda g: np.ones(3))
    with pytest.raises(ShapeError):
        (t * 2).sum().backward()
    np.testing.assert_array_equal(t.grad, [42.0, 42.0])


def test_hooks_behind_the_stored_gradient_see_all_of_it():
    t, other = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    seen = []
    remove = t.register_post_accumulate_grad_hook(
        lambda x: seen.append((x is t, is_recording(), *x.grad))
    )
    t.register_hook(lambda g: 10 * g)
    for place in range(2):
        (t * t + t * 3 + other).sum().backward(create_graph=place == 1)
    assert seen == [(True, False, 50.0, 70.0), (True, True, 100.0, 140.0)]
    gradients((t * other).sum(), [t])
    other.sum().backward()
    remove()
    remove()
    (t * 1).sum().backward()
    assert len(seen) == 2
    t.register_post_accumulate_grad_hook(lambda x: x.grad)
    with pytest.raises(GraphError, match="returned something"):
        (t * 1).sum().backward()
    for x in (t * 2, t.detach()):
        with pytest.raises(GraphError, match="Only a leaf"):
            x.register_post_accumulate_grad_hook(seen.append)


@pytest.mark.parametrize(
    ("view", "count"),
    [
        (lambda t: t.T, 6), (lambda t: t[0], 3), (lambda t: t[:, 1:], 4),
        (lambda t: np.broadcast_to(t, (4, 2, 3)), 24), (lambda t: t.reshape(3, 2)[1:].T, 4),
        (lambda t: t[[0, 0]], 0), (lambda t: t * 1, 0), (lambda t: np.exp(t), 0),
    ],
)  # fmt: skip
def test_passes_leave_the_graphs_of_views(view, count):
    t = Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    y = view(t)
    (y * y).sum().backward()
    once = t.grad.copy()
    if count:  # memory is freed only where it would be: of the others another pass raises
        (y * y).sum().backward()
        np.testing.assert_array_equal(t.grad, 2 * once)
        assert y.size == count
    else:
        with pytest.raises(FreedGraphError):
            (y * y).sum().backward()


def test_second_derivatives_of_arrays():
    t = Tensor([1.0, 2.0])
    (t**3).sum().backward(create_graph=True)
    first = t.grad
    assert isinstance(first, Tensor)
    t.grad = None
    (first * np.array([1.0, 10.0])).sum().backward()
    np.testing.assert_allclose(t.grad, [6.0, 120.0])


def test_assigned_grad_must_match_the_shape():
    t = Tensor([1.0, 2.0])
    t.grad = [3.0, 4.0]
    (t * 1).sum().backward()
    np.testing.assert_array_equal(t.grad, [4.0, 5.0])
    t.grad = None
    with pytest.raises(ShapeError, match=r"\(3,\)"):
        t.grad = np.ones(3)
    t.data -= 1
    np.testing.assert_array_equal(t.data, [0.0, 1.0])


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)])
def test_empty_arrays_work_forward_and_backward(shape):
    t = Tensor(np.zeros(shape))
    total = (np.tanh(t) * 2).sum() + (t @ np.ones((shape[-1], 2))).sum()
    total.backward()
    assert total.data == 0.0
    assert t.grad.shape == shape


def test_strided_and_read_only_arrays_work():
    base = np.arange(12.0).reshape(3, 4)
    base.flags.writeable = False
    for data in (base, base.T, base[::2, ::-1], np.broadcast_to(1.0, (3, 2)), base[1]):
        report = check_gradients(lambda x: np.tanh(x / 10).sum() + (x * x).mean(), data)
        assert report.ok
        t = Tensor(data)
        (t * t).sum().backward()
        np.testing.assert_allclose(t.grad, 2 * data)
        assert t.grad.flags.writeable


def test_changing_data_before_backward_is_an_error():
    for change in (
        lambda t: t.__setattr__("data", t.data * 2),
        lambda t: t.data.__isub__(1) is not None and t.__setattr__("data", t.data),
    ):
        t = Tensor([1.0, 2.0])
        y = (t * t).sum()
        change(t)
        with pytest.raises(GraphError, match=r"'multiply'.*changed in place"):
            y.backward()
        assert t.grad is None
        (t * t).sum().backward()
        np.testing.assert_array_equal(t.grad, 2 * t.data)
    v, t = Value(2.0), Tensor([1.0])
    y = (v * t).sum()
    v.data = 5.0
    with pytest.raises(GraphError, match="changed in place"):
        y.backward()
    (Value(math.nan) * t).sum().backward()
    (Value(math.inf) * t).sum().backward()
    t = Tensor([1.0])
    y = t * t
    with no_grad():
        t += 1.0
    with pytest.raises(GraphError, match="changed in place"):
        y.backward()


def test_nan_and_infinity_propagate():
    t = Tensor([np.nan, np.inf, 1.0])
    (t * 2).sum().backward()
    np.testing.assert_array_equal(t.grad, [2.0, 2.0, 2.0])
    t.grad = None
    (t * t).sum().backward()
    np.testing.assert_array_equal(t.grad, [np.nan, np.inf, 2.0])


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))]
)
def test_leaves_can_be_copied_and_pickled_results_only_copied(duplicate):
    t = Tensor(np.array([1.0, 2.0], np.float32), label="w")
    t.grad = np.ones(2, np.float32)
    s = duplicate(t)
    assert s is not t
    assert (s.dtype, s.label, s.requires_grad) == (np.float32, "w", True)
    np.testing.assert_array_equal(s.data, t.data)
    np.testing.assert_array_equal(s.grad, t.grad)
    assert duplicate(t.detach()).requires_grad is False
    with pytest.raises(GraphError, match="Only leaves"):
        pickle.dumps(t * 2)


def test_a_subclass_works_like_a_tensor():
    class Parameter(Tensor):
        pass

    p = Parameter([1.0, 2.0], label="p")
    (p * p).sum().backward()
    np.testing.assert_array_equal(p.grad, [2.0, 4.0])
    assert type(copy.deepcopy(p)) is Parameter
    p.note = "an attribute of the subclass"
    assert p.note
