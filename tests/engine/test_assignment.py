"""Recorded assignments to elements of a Tensor."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Tensor, Value, check_gradients, draw, grad, hessian, no_grad, text
from autograd.errors import DataError, GraphError

random = np.random.default_rng(6)


def filled(x, n=4):
    y = Tensor(np.zeros(n))
    for i in range(n):
        y[i] = np.sin(x[i]) * (i + 1)
    return y


def recurrence(x):
    r = Tensor(np.zeros(6))
    r[0] = x[0]
    for i in range(1, 6):
        r[i] = np.tanh(r[i - 1]) * x[1] + x[2]
    return r


@pytest.mark.parametrize(
    ("f", "n"),
    [
        (filled, 4),
        (recurrence, 3),
        (lambda x: overwritten(x), 3),
        (lambda x: sliced(x), 4),
        (lambda x: used_between(x), 3),
        (lambda x: leaf_itself(x), 3),
    ],
)
def test_derivatives_through_assignments_are_correct(f, n):
    check_gradients(f, random.normal(size=n), modes=("reverse", "forward"))


@pytest.mark.parametrize("f", [filled, recurrence])
def test_second_derivatives_through_assignments_are_correct(f):
    check_gradients(lambda x: np.sum(f(x) ** 2), random.normal(size=4), order=2)
    assert hessian(lambda x: np.sum(f(x) ** 2))(random.normal(size=4)).shape == (4, 4)


def overwritten(x):
    y = x * 2
    y[0] = x[1] * x[2]
    y[0] = y[0] * 3
    y[1] = 5.0
    return y


def sliced(x):
    y = Tensor(np.ones((3, 4)))
    y[0] = x
    y[1, ::2] = x[:2] ** 2
    y[:, 3] = x[0] * x[1]
    y[y.data < 0] = x[3]
    y[[0, 0, 2], [1, 1, 1]] = np.stack([x[0], x[1], x[2]])
    return y


def used_between(x):
    y = x * 1.0
    first = np.sum(y**2)
    y[0] = first
    second = np.sum(np.exp(y))
    y[1] = second
    return np.stack([first, second, np.sum(y * y)])


def leaf_itself(x):
    before = np.sum(x**3)
    x[1] = before
    return x * x


def test_a_value_can_be_assigned():
    v, t = Value(3.0), Tensor(np.zeros(2))
    t[1] = v * v
    (t * t).sum().backward()
    assert v.grad == pytest.approx(4 * 27)
    assert t.data.tolist() == [0.0, 9.0]


def test_all_later_reads_see_the_new_elements():
    data = np.zeros(3)
    t = Tensor(data, label="t")
    t[1] = 2.0
    assert t.data.tolist() == t.tolist() == [0, 2, 0]
    assert data.tolist() == [0, 0, 0]
    assert (t == np.array([0, 2, 0])).all()
    assert t.argmax() == 1
    assert "2." in repr(t)
    assert 2.0 in t
    assert np.argmax(t) == 1
    assert [float(x.data) for x in t] == [0, 2, 0]
    assert t.detach().data.tolist() == [0, 2, 0]


def test_an_assigned_leaf_gets_its_gradient():
    t = Tensor(np.ones(3))
    t[0] = 5.0
    (t**2).sum().backward()
    assert t.grad.tolist() == [0, 2, 2]


def test_inside_no_grad_elements_change_without_recording():
    t = Tensor(np.ones(3))
    with no_grad():
        t[0] = 5.0
    (t**2).sum().backward()
    assert t.data.tolist() == [5, 1, 1]


def test_a_constant_varies_once_a_node_is_assigned():
    t = Tensor(np.zeros(2), requires_grad=False)
    t[0] = 1.0
    assert not t.requires_grad
    t[1] = Tensor(2.0)
    assert t.requires_grad


def test_results_before_an_assignment_keep_their_derivatives():
    x = Tensor([1.0, 2.0])
    y = x * 1.0
    squares = np.sum(y * y)
    y[0] = 7.0
    squares.backward()
    assert x.grad.tolist() == [2, 4]

    def f(x):
        y = x * 1.0
        cubes = np.sum(y**3)
        y[0] = 7.0
        return cubes

    np.testing.assert_allclose(hessian(f)(np.ones(2)), 6 * np.eye(2))
    leaf = Tensor([1.0, 2.0])
    cubes = np.sum(leaf**3)
    leaf[0] = 7.0
    cubes.backward(create_graph=True)
    np.testing.assert_allclose(leaf.grad.data, [3, 12])
    slope = leaf.grad
    leaf.grad = None
    slope.sum().backward()
    np.testing.assert_allclose(leaf.grad, [6, 12])


def test_invalid_assignments_are_rejected():
    t = Tensor(np.zeros(2))
    with pytest.raises(DataError, match="complex"):
        t[0] = Tensor(1j)
    with pytest.raises(ValueError):
        t[0] = Tensor(np.ones(3))
    with pytest.raises(IndexError):
        t[5] = 1.0
    assert t.data.tolist() == [0, 0]


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-2, 2)), max_size=8))
def test_any_sequence_of_assignments_matches_numpy(assignments):
    t, a = Tensor(np.arange(4.0)), np.arange(4.0)
    weights = np.array([1.0, 10.0, 100.0, 1000.0])
    leaves = []
    for i, x in assignments:
        leaves.append((i, Tensor(x)))
        t[i] = leaves[-1][1]
        a[i] = x
    np.testing.assert_array_equal(t.data, a)
    (t * weights).sum().backward()
    last = dict(leaves)
    for i, leaf in leaves:
        assert float(leaf.grad) == (weights[i] if last[i] is leaf else 0.0)


@pytest.mark.slow
def test_a_recurrence_does_not_copy_its_array_each_step():
    def f(x):
        r = Tensor(np.zeros(10_000))
        r[0] = x
        for i in range(1, 10_000):
            r[i] = r[i - 1] * 0.999 + x
        return r[-1]

    tracemalloc.start()
    try:
        slope = grad(f)(1.0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert slope == pytest.approx((1 - 0.999**10_000) / 0.001, rel=1e-9)
    assert peak < 400 * 80_000  # bytes: a copy at each step would be 10,000 arrays of 80,000


@pytest.mark.slow
def test_a_recurrence_over_rows_does_not_copy():
    def f(x):
        h = Tensor(np.zeros((1_000, 50)))
        h[0] = x
        for i in range(1, 1_000):
            h[i] = np.tanh(h[i - 1]) * 0.999 + x
        return np.sum(h[-1])

    tracemalloc.start()
    try:
        slope = grad(f)(np.full(50, 0.1))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert np.all(np.isfinite(slope))
    assert peak < 50 * 400_000  # bytes: one copy at each step would be 1,000 arrays of 400,000


def test_assignments_appear_in_pictures():
    t = Tensor(np.zeros(2), label="t")
    t[0] = Value(2.0, label="x")
    assert "setitem" in text(t)
    assert '"[ ] = 0"' in draw(t).source


@pytest.mark.parametrize("kind", ["constant", "view of a constant", "computed"])
def test_what_was_assigned_keeps_hooks_and_derivatives(kind):
    """A Tensor to which computed elements were assigned is treated like a computed one."""

    def slope_after(change):
        q = Tensor([1.0, 2.0])
        base = Tensor(np.array([[5.0, 6.0], [7.0, 8.0]]), requires_grad=False)
        c = {"constant": base, "view of a constant": base[0], "computed": base * q}[kind]
        c[...] = c - q
        change(c)
        assert c.requires_grad
        (np.ravel(c)[:2] * np.array([1.0, 10.0])).sum().backward()
        return q.grad.tolist(), c

    plain, _ = slope_after(lambda c: None)
    twice = [2 * g for g in plain]
    assert slope_after(lambda c: c.register_hook(lambda g: 2 * g))[0] == twice
    found, c = slope_after(lambda c: c.retain_grad())
    assert found == plain
    np.testing.assert_array_equal(np.ravel(c.grad)[:2], [1.0, 10.0])

    def doubled(c):
        c.data *= 2

    def replaced(c):
        c.data = np.ones(c.shape)

    for change in (doubled, replaced):
        if kind == "computed":
            with pytest.raises(GraphError, match="changed in place"):
                slope_after(change)
        else:
            assert slope_after(change)[0] == plain


def test_new_data_of_a_leaf_loses_no_derivative_of_elements():
    q, w = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    w[0] = q[1]
    with pytest.raises(GraphError, match="lose their derivative"):
        w.data = w.data - 0.1
    (w * w).sum().backward()
    w.data -= 0.1  # the derivative is known
    assert w.is_leaf
    np.testing.assert_allclose(w.data, [1.9, 3.9])
    assert q.grad.tolist() == [0.0, 4.0]
