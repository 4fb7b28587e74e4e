"""Corner cases in which a gradient was once silently wrong."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, check_gradients
from autograd.errors import DataError, GradientLostError, NoRuleError, ShapeError


@pytest.mark.parametrize(
    "index", [((0, 0),), ((0, 0), (1, 1)), ([0, 0], (1, 1)), ((0, 0), ..., None)]
)
def test_tuples_inside_an_index_are_index_arrays(index):
    check_gradients(lambda x: x[index] * 1, np.arange(6.0).reshape(2, 3))


def test_a_node_as_fill_value_keeps_its_gradient():
    check_gradients(lambda x: np.full_like(x, x.mean()) * np.arange(3.0), np.arange(3.0))
    check_gradients(lambda x: np.full_like(x, [x[0] ** 2, 1.0, x[1]]), np.arange(3.0))
    v = Value(2.0)
    np.full_like(Tensor(np.zeros(3)), v * 3).sum().backward()
    assert v.grad == 9.0
    with pytest.raises(GradientLostError, match=r"Tensor\(a\)"):
        np.full_like(np.zeros(3), v * 3)


@pytest.mark.parametrize("method", ["item", "tolist"])
@pytest.mark.parametrize("transform", [autograd.grad, autograd.deriv, autograd.hessian])
def test_transforms_refuse_methods_of_bare_numbers(method, transform):
    def read(x):
        return getattr(x.sum(), method)() * x.sum() + np.sum(x)

    for x in (3.0, np.array([3.0])):
        with pytest.raises(GradientLostError, match=rf"{method}\(\) of a .* write x\.data"):
            transform(read)(x)
    assert np.all(transform(lambda x: x**2 * (x.data + Tensor(2.0).item()))(3.0) > 0)


def test_a_loss_of_leaves_may_be_read_as_a_number():
    weights = Tensor([1.0, 2.0])
    loss = (weights**2).sum()
    loss.backward()
    assert (loss.item(), weights.tolist()) == (5.0, [1.0, 2.0])
    assert autograd.grad(lambda x: x * loss.item())(3.0) == 5.0


@pytest.mark.parametrize(
    ("keywords", "advice"),
    [
        ({"where": np.array([True, False])}, r"Write np\.where\(mask, np\.multiply"),
        ({"dtype": np.float64, "casting": "unsafe"}, r"no rule for casting= .*\.astype"),
        ({"signature": "dd->d"}, r"no rule for casting= and signature="),
    ],
)
def test_unsupported_ufunc_keywords_are_rejected(keywords, advice):
    with pytest.raises(NoRuleError, match=advice):
        np.multiply(Tensor([1.0, 2.0]), 3.0, **keywords)


def test_ufunc_dtype_converts_arguments_and_derivatives():
    t = Tensor([1.0, 2.0])
    y = np.multiply(t, np.array([3, 4]), dtype=np.float32, where=True, order="K", subok=True)
    assert y.dtype == np.float32
    y.sum().backward()
    assert t.grad.dtype == np.float64
    assert t.grad.tolist() == [3, 4]
    assert np.exp(t, dtype=float).dtype == np.float64
    with pytest.raises(GradientLostError, match="int64"):
        np.multiply(t, 2, dtype=np.int64)
    v = Value(2.0)
    assert float(np.exp(v, dtype=np.float64).data) == pytest.approx(np.exp(2.0))
    with pytest.raises(NoRuleError, match="a Value is a Python float"):
        np.exp(v, dtype=np.float32)


def test_nondifferentiable_ufunc_methods_return_plain_results():
    t = Tensor([1.0, 2.0, 0.0])
    assert np.equal.outer(t, t).tolist() == np.eye(3, dtype=bool).tolist()
    assert np.logical_and.reduce(t) is np.False_
    with pytest.raises(NoRuleError, match=r"logical_or\.at"):
        np.logical_or.at(t, [0], True)


@pytest.mark.parametrize(
    ("function", "constant"),
    [
        (lambda x, c: np.arctan2(x, c), np.array([20], np.uint8)),
        (lambda x, c: np.arctan2(c, x), np.array([20], np.uint8)),
        (lambda x, c: np.arctan2(x, c), np.array([1000], np.int16)),
        (lambda x, c: np.hypot(x, c), np.array([100_000], np.int32)),
        (lambda x, c: x**c, np.array([-128], np.int8)),
        (lambda x, c: x**c, np.int8(-128)),
        (lambda x, c: x / c, np.array([200], np.uint8)),
    ],
)
def test_small_integer_constants_do_not_overflow_in_gradients(function, constant):
    modes = ("reverse", "forward")
    check_gradients(lambda x: function(x, constant), np.array([1.1]), modes=modes)
    t = Tensor([1.1])
    y = function(t, constant)
    (step,) = autograd.steps(y)
    y.backward()
    assert step.local == step.product == t.grad


def test_order_a_means_memory_order():
    for data in (np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(2, 3))):
        check_gradients(lambda x: np.reshape(x, -1, order="A") * np.arange(6.0), data)
        t = Tensor(data)
        np.testing.assert_array_equal(
            np.reshape(t, -1, order="A").data, data.reshape(-1, order="A")
        )


@pytest.mark.parametrize("kind", [Value, Tensor])
def test_mixed_second_derivative_of_power_at_exponent_zero(kind):
    x, y = kind(2.0), kind(0.0)
    (x**y).backward(create_graph=True)
    slope = x.grad
    y.grad = None
    slope.backward()
    assert float(y.grad) == 0.5


def test_a_zero_gradient_that_is_a_node_is_accumulated():
    v = Value(0.0)
    (v**2).backward(create_graph=True)
    (v**3).backward(create_graph=True)
    slope, v.grad = v.grad, 0.0
    slope.backward()
    assert v.grad == 2.0


def test_arrays_from_custom_rules_are_not_modified_or_shared():
    stored = np.array([1.0, 2.0])
    rule = autograd.define(lambda x: (stored * x).sum(), lambda g, y, x: stored)
    t = Tensor([1.0, 1.0])
    (rule(t) + rule(t)).backward()
    np.testing.assert_array_equal(stored, [1.0, 2.0])
    np.testing.assert_array_equal(t.grad, [2.0, 4.0])
    t.grad = None
    rule(t).backward()
    assert not np.shares_memory(t.grad, stored)


def test_a_hook_may_modify_the_gradient_in_place():
    a, b, g = Tensor([1.0]), Tensor([2.0]), np.ones(1)

    def spoil(g):
        g *= 0

    a.register_hook(spoil)
    (a + b).backward(g)
    assert (g[0], b.grad[0], a.grad[0]) == (1.0, 1.0, 1.0)


def test_sign_and_sigmoid_of_complex_numbers():
    z = np.array([1 + 2j])
    check_gradients(lambda t: t.sign(), z)
    check_gradients(autograd.sigmoid, z)
    np.testing.assert_allclose(autograd.sigmoid(Tensor(z)).data, 1 / (1 + np.exp(-z)))


def test_given_gradients_are_cast_to_the_dtype_of_the_data():
    t = Tensor([1.0, 2.0])
    (t * t).backward(Tensor([1.0, 1.0]))
    assert type(t.grad) is np.ndarray
    with pytest.raises(DataError, match="complex"):
        (t * t).backward(np.array([1j, 0]))
    w = Tensor(np.ones(2, np.float32))
    w.grad = np.zeros(2)
    (w * 2).sum().backward()
    assert w.grad.dtype == np.float32


def test_gradients_of_products_that_underflow_or_overflow():
    t = Tensor([1e-200, 1e-200])
    t.prod().backward()
    np.testing.assert_array_equal(t.grad, [1e-200, 1e-200])
    t = Tensor([np.inf, 2.0])
    t.prod().backward()
    np.testing.assert_array_equal(t.grad, [2.0, np.inf])


def test_numpy_scalars_and_bools_work_like_python_numbers():
    v, t, array = Value(2.0), Tensor([[2.0, 3.0]]), np.array([1.0, 2.0])
    assert (t ** np.float64(2)).data[0, 0] == 4.0
    assert (Tensor(np.float32(2)) ** np.float64(2)).dtype == np.float64
    assert v > np.float64(1)
    assert v == np.float64(2)
    np.testing.assert_array_equal(v == array, [False, True])
    np.testing.assert_array_equal(v < Tensor(array), [False, False])
    np.testing.assert_array_equal(array >= v, [False, True])
    assert t.sum(keepdims=np.True_).shape == (1, 1)
    assert t.swapaxes(np.int64(0), 1).shape == (2, 1)
    assert t.trace(np.int64(0)).item() == 2.0
    assert not Tensor(1.0, requires_grad=np.False_).requires_grad
    assert np.sum(t, where=True, keepdims=True).shape == (1, 1)
    t.sum().backward(retain_graph=1)
    v.backward(create_graph=0)
    assert 3.0 in t
    assert 4.0 not in t
    np.testing.assert_array_equal((t * [1.0, 2.0]).data, [[2.0, 6.0]])
    np.testing.assert_array_equal(([1.0, 2.0] * t).data, [[2.0, 6.0]])
    assert (Tensor(4.0) ** Fraction(1, 2)).item() == 2.0
    with pytest.raises(DataError):
        v.backward("a", create_graph=True)


def test_second_derivatives_of_a_value_times_a_scalar_tensor():
    t, v = Tensor(2.0), Value(3.0)
    (t * v).backward(create_graph=True)
    assert (t.grad.data, float(v.grad.data)) == (3.0, 2.0)


def test_gamma_functions_at_extreme_arguments():
    for x in (1e-200, -1e-200):
        near_the_pole = Value(x)
        near_the_pole.lgamma().backward(create_graph=True)
        assert near_the_pole.grad.data == pytest.approx(-1 / x)
    for x in (-math.inf, math.inf, 1e308):
        assert Value(x).lgamma().data == math.inf
        assert autograd.lgamma(Tensor(x)).data == math.inf
    v = Value(-3_000_000.25)
    v.lgamma().backward(create_graph=True)
    slope, v.grad = v.grad, 0.0
    slope.backward()
    with mpmath.workdps(40):  # by reflection: mpmath itself takes three million steps
        x = mpmath.mpf(-3_000_000.25)
        expected = (mpmath.pi / mpmath.sin(mpmath.pi * x)) ** 2 - mpmath.psi(1, 1 - x)
    assert v.grad == pytest.approx(float(expected), rel=1e-9)


def test_einsum_operand_broadcast_along_a_summed_label():
    check_gradients(lambda a, b: np.einsum("i,i->", a, b), np.array([2.0]), np.arange(3.0))


def test_products_with_an_axis_of_length_zero():
    a, b = Tensor(np.ones((2, 3, 0))), Tensor(np.ones((0, 4)))
    (a @ b).sum().backward()
    assert (a.grad.shape, b.grad.shape) == ((2, 3, 0), (0, 4))


def test_tuples_count_as_arrays_and_positional_arguments_work():
    t = Tensor([1.0, 2.0])
    (np.divide(t, (1.0, 2.0)) + np.power(t, (2, 3)) + np.matmul(t, (1.0, 2.0))).sum().backward()
    np.testing.assert_allclose(t.grad, [1 + 2 + 2, 0.5 + 12 + 4])
    np.broadcast_to(t, (3, 2), False).sum().backward()
    assert np.round(Value(1.234), 2).item() == 1.23


def test_tensordot_and_split_check_axes_like_numpy():
    t = Tensor(np.ones((2, 3)))
    with pytest.raises(ShapeError, match="lengths differ"):
        np.tensordot(t, np.ones((3, 2)), axes=([0, 1], [0, 1]))
    assert np.tensordot(t, np.ones((3, 2)), axes=(0, [1])).shape == (3, 3)
    for call in (
        lambda: np.tensordot(t, t, axes=([7], [0])),
        lambda: np.array_split(t, 2, axis=5),
    ):
        with pytest.raises(np.exceptions.AxisError):
            call()


def test_dtype_and_out_work_by_position_and_keyword():
    t = Tensor([1.0, 2.0])
    assert np.vstack([t], dtype=np.float32).dtype == np.float32
    assert np.hstack([t], dtype=np.float32).dtype == np.float32
    out = np.zeros(2)
    for call in (
        lambda: np.clip(t, 0, 2, out),
        lambda: np.concatenate([t], 0, out),
        lambda: np.take(t, [0, 1], 0, out),
        lambda: np.sum(t, 0, None, out),
    ):
        with pytest.raises(NoRuleError, match="out"):
            call()


@pytest.mark.parametrize("make", [lambda: Value(2.0), lambda: Tensor([1.0, 2.0])])
def test_nodes_take_no_attributes_of_other_names(make):
    for node in (make(), make() * 2):
        with pytest.raises(AttributeError):
            node.requires_gradient = True
