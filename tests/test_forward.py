"""Forward mode; every primitive of the table is checked in `rules/test_rules.py`."""

import numpy as np
import pytest
from hypothesis import given

import autograd
from autograd import Tensor, Value, make_jvp
from autograd.check import strategies
from autograd.errors import FreedGraphError
from autograd.forward import push_forward
from autograd.rules import products


def test_tangents_are_pushed_through_numbers_and_arrays():
    x, t = Value(2.0), Tensor([1.0, 2.0])
    y = np.tanh(x) * t + t
    (pushed,) = push_forward([y], {x: 1.0})
    np.testing.assert_allclose(pushed, (1 - np.tanh(2.0) ** 2) * t.data)
    (pushed,) = push_forward([y], {x: 1.0, t: np.array([1.0, 0.0])})
    np.testing.assert_allclose(
        pushed, (1 - np.tanh(2.0) ** 2) * t.data + np.array([np.tanh(2.0) + 1, 0])
    )
    assert push_forward([x * x * x], {x: 1.0}) == [12.0]


def test_independent_results_have_a_zero_tangent():
    x, y = Tensor([1.0, 2.0]), Tensor([3.0])
    assert not push_forward([x * 2], {y: np.ones(1)})[0].any()
    assert push_forward([np.floor(x)], {x: np.ones(2)})[0].tolist() == [0, 0]


def test_a_graph_freed_inside_the_function_raises():
    constant = np.tanh(Tensor([1.0, 2.0]))
    constant.sum().backward()

    def freeing(x):
        y = np.tanh(x)
        y.sum().backward()
        return (y * constant).sum()

    x, v = np.array([0.5, 0.7]), np.ones(2)
    with pytest.raises(FreedGraphError, match="below the result of 'tanh'"):
        make_jvp(freeing)(x)(v)
    # a graph freed before does not depend on x
    _, change = make_jvp(lambda x: (x * constant).sum())(x)(v)
    assert change == constant.data.sum()


def test_a_leaf_returns_its_own_tangent():
    x = Tensor([1.0, 2.0])
    assert push_forward([x], {x: np.array([5.0, 6.0])})[0].tolist() == [5, 6]


@given(strategies.arguments(2, positive=True))
def test_forward_and_reverse_mode_are_transposes(arrays):
    a, b = (Tensor(x) for x in arrays)
    y = np.logaddexp(a, b) * np.sqrt(a) / b + (a * b).sum()
    u, v = np.cos(a.data), np.sin(b.data)
    g = np.arctan(y.data)
    (pushed,) = push_forward([y], {a: u, b: v})
    y.backward(g)
    assert (pushed * g).sum() == pytest.approx((a.grad * u).sum() + (b.grad * v).sum())


@pytest.mark.slow
def test_a_chain_of_100000_operations_needs_no_recursion():
    x = Value(1.0)
    y = x
    for _ in range(100_000):
        y = y * 1.00001
    (pushed,) = push_forward([y], {x: 1.0})
    assert pushed == pytest.approx(np.e, rel=1e-4)


def test_tangents_of_jointly_linear_arguments_are_separate():
    blend = autograd.linear(
        lambda x, y: 2 * x - y, lambda g, x, y: 2 * g, lambda g, x, y: -g, name="blend"
    )
    x, y = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    assert push_forward([blend(x, y)], {x: np.ones(2)})[0].tolist() == [2, 2]
    assert push_forward([blend(x, y)], {y: np.ones(2)})[0].tolist() == [-1, -1]


def test_infinite_slopes_of_values_do_not_raise():
    x = Value(0.0)
    with np.errstate(all="ignore"):
        assert push_forward([np.sqrt(x)], {x: 1.0}) == [np.inf]


@pytest.mark.parametrize(
    "product",
    [
        lambda a, b: a @ b,
        lambda a, b: np.einsum("ij,jk->ik", a, b),
        lambda a, b: np.tensordot(a, b, axes=1),
        lambda a, b: a @ a.T @ a @ b,
    ],
)
def test_tangents_through_products_match_differences(product):
    a, b, v = (np.random.default_rng(i).normal(size=(3, 3)) for i in range(3))
    for argnum in (0, 1):
        moved = (
            [(a + 1e-6 * v, b), (a - 1e-6 * v, b)]
            if argnum == 0
            else [(a, b + 1e-6 * v), (a, b - 1e-6 * v)]
        )
        expected = (product(*moved[0]) - product(*moved[1])) / 2e-6
        result, tangent = make_jvp(product, argnum)(a, b)(v)
        np.testing.assert_array_equal(result, product(a, b))
        np.testing.assert_allclose(tangent, expected, atol=1e-7)


def test_tangents_through_products_make_no_cotangents():
    calls = []
    primitive = products.matmul
    vjps = primitive.vjps
    try:
        primitive.vjps = tuple(lambda *a, f=f: (calls.append(1), f(*a))[1] for f in vjps)
        make_jvp(lambda a: a @ a)(np.ones((2, 2)))(np.ones((2, 2)))
    finally:
        primitive.vjps = vjps
    assert calls == []


def test_a_custom_product_propagates_tangents():
    outer = autograd.define(
        lambda a, b: np.multiply.outer(a, b),
        lambda g, y, a, b: g @ b,
        lambda g, y, a, b: a @ g,
        multilinear=True,
        name="outer",
    )
    a, b, v = np.array([1.0, 2.0]), np.array([3.0, -1.0, 2.0]), np.array([0.5, 4.0])
    assert autograd.check_primitive(outer, a, b).ok
    np.testing.assert_array_equal(make_jvp(outer)(a, b)(v)[1], np.multiply.outer(v, b))
