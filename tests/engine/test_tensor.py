import math
import operator
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd
from autograd import Tensor, Value, check_gradients, grad, jacobian
from autograd.errors import (
    AutogradError,
    DataError,
    GradientLostError,
    NoRuleError,
)
from autograd.rules import shapes as indexing

shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)


def arrays(shape=shapes):
    return hnp.arrays(
        np.float64, shape, elements=st.floats(-3, 3).map(lambda x: round(x, 3) + 0.01)
    )


# -- construction -----------------------------------------------------------------------------


@pytest.mark.parametrize("data", [[1, 2], [True, False], np.arange(2, dtype=np.int8), 3, True])
def test_integers_and_booleans_become_float64(data):
    assert Tensor(data).dtype == np.float64


@pytest.mark.parametrize("kind", ["f2", "f4", "f8", "c8", "c16", ">f8", ">f4", "g"])
def test_floating_dtypes_are_kept_forward_and_backward(kind):
    t = Tensor(np.ones(3, kind))
    assert t.dtype == np.dtype(kind)
    y = (t * 2 + 1) @ np.ones(3, kind)
    assert y.dtype == np.dtype(kind).newbyteorder("=")
    y.backward(np.ones((), y.dtype))
    assert t.grad.dtype == np.dtype(kind)
    np.testing.assert_array_equal(t.grad, 2)


def test_a_tensor_shares_the_memory_of_a_float_array():
    data = np.ones(3)
    t = Tensor(data)
    data[0] = 7
    assert t.data is data
    assert t.data[0] == 7


@pytest.mark.parametrize(
    "bad",
    [
        np.array([None]), np.array(["a"]), "a", None, np.array(["2020-01-01"], "M8[D]"),
        [[1.0], [1.0, 2.0]], {}, np.ma.masked_array([1.0], [True]), np.zeros(2, [("x", float)]),
    ],
    ids=str,
)  # fmt: skip
def test_non_numeric_data_is_rejected(bad):
    with pytest.raises(DataError):
        Tensor(bad)


@pytest.mark.parametrize(
    "bad", [np.ma.masked_array([1.0, 2.0], [True, False]), np.ones((2, 2)).view(np.matrix)]
)
def test_arrays_that_compute_by_other_rules_are_rejected(bad):
    for call in (Tensor, grad(np.sum), jacobian(np.sin)):
        with pytest.raises(DataError, match=r"Fill it|np\.asarray"):
            call(bad)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_a_division_by_the_size_keeps_the_type(dtype):
    t = Tensor(np.ones((2, 3), dtype))  # only exact ints leave the type of an array as it is
    for x in (t, t.sum(), t.data, t.data.sum()):
        assert (x / t.size).dtype == dtype


@pytest.mark.parametrize("bad", [Tensor([1.0]), Value(1.0), [Value(1.0)], [Tensor([1.0])]])
def test_a_tensor_made_of_nodes_is_rejected(bad):
    with pytest.raises(GradientLostError, match=r"np\.stack"):
        Tensor(bad)


def test_dtype_and_label_can_be_set():
    t = Tensor([1, 2], dtype=np.float32, label="w")
    assert (t.dtype, t.label, t.op, t.parents) == (np.float32, "w", "", ())
    assert repr(t) == "Tensor([1., 2.], dtype=float32, label='w')"
    assert repr(t * 2) == "Tensor([2., 4.], dtype=float32, op='multiply')"
    assert f"{Tensor(1.5):.3f}" == "1.500"


# -- arithmetic and NumPy ---------------------------------------------------------------------


@given(st.data())
def test_gradients_are_summed_over_broadcast_axes(data):
    both = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3))
    a, b = (data.draw(arrays(shape)) for shape in both.input_shapes)
    report = check_gradients(lambda x, y: x * y + x - y / 3 + 2 * x, a, b)
    assert len(report.comparisons) == math.prod(both.result_shape) * (a.size + b.size)
    s, t = Tensor(a), Tensor(b)
    result = s * t
    assert result.shape == both.result_shape
    result.sum().backward()
    assert s.grad.shape == a.shape
    assert t.grad.shape == b.shape


@given(st.data())
def test_any_numpy_index_has_the_right_derivative(data):
    x = data.draw(arrays(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4)))
    index = data.draw(
        st.one_of(
            hnp.basic_indices(x.shape, allow_newaxis=True),
            hnp.integer_array_indices(x.shape),
            hnp.arrays(bool, x.shape),
        )
    )
    t = Tensor(x)
    result = t[index]
    np.testing.assert_array_equal(result.data, x[index])
    weights = np.arange(1.0, 1 + np.size(x[index])).reshape(np.shape(x[index]))
    with mock.patch.object(indexing, "MANY", data.draw(st.sampled_from([1, 32]))):
        result.backward(weights)
    expected = np.zeros(x.shape)
    np.add.at(expected, index, weights)
    np.testing.assert_array_equal(t.grad, expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
@pytest.mark.parametrize("shape", [(5, 2), (5, 3, 2), (300, 1)], ids=str)
def test_rows_taken_often_add_up_in_their_order(shape, dtype):
    random = np.random.default_rng(0)
    x, index = np.zeros(shape, dtype), random.integers(-5, 4, (40, 30))  # not all of the 5
    weights = random.normal(size=index.shape + shape[1:]).astype(dtype)
    expected = x.copy()
    np.add.at(expected, index, weights)
    for least in (1, 1 << 40):
        t = Tensor(x)
        with mock.patch.object(indexing, "MANY_FOR_EACH", least):
            t[index].backward(weights)
        np.testing.assert_array_equal(t.grad, expected)


@pytest.mark.parametrize("kind", "bBhHiIlLqQ")
def test_numbers_of_rows_may_be_of_any_integer_type(kind):
    t = Tensor(np.zeros((250, 4)))
    index = np.array([120, 3, 120, -1 if kind.islower() else 249], kind)
    t[index].sum().backward()
    np.testing.assert_array_equal(
        t.grad[[3, 120, 249]], np.array([[1.0], [2.0], [1.0]]) + np.zeros(4)
    )
    assert t.grad.sum() == 16


OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow,
             operator.mod, operator.floordiv, operator.matmul]  # fmt: skip


@pytest.mark.parametrize("function", OPERATORS)
def test_operators_accept_tensors_arrays_and_numbers(function):
    a, b = np.array([[1.5, 2.5], [0.5, 3.0]]), np.array([[2.0, 1.0], [4.0, 0.7]])
    others = (
        [b, b.tolist()] if function is operator.matmul else [b, 2.0, 2, np.float32(2), b.tolist()]
    )
    for other in others:
        right = function(Tensor(a), other) if not isinstance(other, list) else None
        left = function(other, Tensor(a)) if not isinstance(other, list) else None
        both = function(Tensor(a), Tensor(other))
        for result, expected in (
            (right, function(a, other) if right is not None else None),
            (left, function(other, a) if left is not None else None),
            (both, function(a, np.asarray(other, float))),
        ):
            if result is not None:
                assert isinstance(result, Tensor)
                np.testing.assert_allclose(result.data, expected)


def test_numpy_functions_accept_lists():
    t = Tensor([[1.0, 2.0], [3.0, 4.0]])
    (np.matmul(t, [[1, 0], [2, 1]]) + np.multiply([1.0, 10.0], t)).sum().backward()
    np.testing.assert_array_equal(t.grad, [[2.0, 13.0], [2.0, 13.0]])


def test_comparisons_and_predicates_give_plain_arrays():
    t, a = Tensor([1.0, 2.0]), np.array([2.0, 2.0])
    for compare in (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge):
        for result in (compare(t, a), compare(t, Tensor(a)), compare(t, 2.0)):
            assert type(result) is np.ndarray
            np.testing.assert_array_equal(result, compare(t.data, a))
        np.testing.assert_array_equal(compare(a, t), compare(a, t.data))
    for question in (np.shape, np.ndim, np.size, np.argmax, np.isnan, np.isfinite,
                     np.argsort, np.any, np.count_nonzero, np.signbit):  # fmt: skip
        result = question(t)
        assert not isinstance(result, Tensor)
        np.testing.assert_array_equal(result, question(t.data))
    assert np.array_equal(t, [1.0, 2.0])
    assert np.allclose(t, [1.0, 2.0])
    assert np.where(t > 1.5)[0].tolist() == [1]
    assert bool(Tensor([0.0])) is False


def test_a_tensor_has_the_attributes_and_methods_of_an_array():
    x = np.arange(1.0, 7.0).reshape(2, 3) / 3
    t = Tensor(x)
    assert (t.shape, t.dtype, t.ndim, t.size, t.nbytes, len(t)) == ((2, 3), x.dtype, 2, 6, 48, 2)
    calls = {
        "sum": {"axis": 1}, "mean": {"axis": 0}, "var": {"ddof": 1}, "std": {"axis": 1},
        "prod": {}, "max": {"axis": 1, "keepdims": True}, "min": {}, "cumsum": {"axis": 1},
        "ravel": {}, "flatten": {}, "squeeze": {}, "swapaxes": {"axis1": 0, "axis2": 1},
        "clip": {"min": 0.5, "max": 1.5}, "take": {"indices": [1, 0], "axis": 1},
        "repeat": {"repeats": 2}, "copy": {}, "conj": {}, "conjugate": {}, "transpose": {},
        "diagonal": {}, "trace": {}, "argmax": {"axis": 1}, "argmin": {}, "argsort": {},
        "any": {}, "all": {"axis": 0}, "nonzero": {}, "tolist": {},
    }  # fmt: skip
    for name, keywords in calls.items():
        method = getattr(t, name)
        result = method(*keywords.values()) if name == "swapaxes" else method(**keywords)
        plain = getattr(x, name)
        expected = plain(*keywords.values()) if name == "swapaxes" else plain(**keywords)
        np.testing.assert_allclose(autograd.engine.dispatch.plain(result), expected, err_msg=name)
    np.testing.assert_array_equal(t.T.data, x.T)
    np.testing.assert_array_equal(t.mT.data, x.T)
    np.testing.assert_array_equal(t.reshape(3, 2).data, x.reshape(3, 2))
    np.testing.assert_array_equal(t.reshape((3, -1), order="F").data, x.reshape((3, -1), order="F"))
    np.testing.assert_array_equal(t.transpose(1, 0).data, x.T)
    np.testing.assert_array_equal(t.transpose((1, 0)).data, x.T)
    np.testing.assert_array_equal(t.dot(x.T).data, x.dot(x.T))
    assert t.item(1, 2) == 2.0
    assert [row.shape for row in t] == [(3,), (3,)]
    z = Tensor(np.array([1 + 2j]))
    assert (z.real.data, z.imag.data, z.conj().data) == (1.0, 2.0, 1 - 2j)
    assert t.astype(np.float32).dtype == np.float32


def test_tensors_have_every_method_of_values():
    t = Tensor([0.3, 0.6])
    for name in ("exp", "tanh", "sigmoid", "relu", "softplus", "abs", "erf", "lgamma", "sqrt"):
        check_gradients(lambda x, name=name: getattr(x, name)(), t.data)
    np.testing.assert_array_equal(t.maximum(0.5).data, [0.5, 0.6])
    np.testing.assert_array_equal(t.minimum(0.5).data, [0.3, 0.5])


def test_rounded_results_can_become_integers():
    t = Tensor([1.7, -0.2])
    for rounded in (np.floor(t), np.round(t), t // 1, np.trunc(t)):
        whole = rounded.astype(int)
        assert type(whole) is np.ndarray
        np.testing.assert_array_equal(whole, rounded.data)
    table = np.arange(5.0)
    check_gradients(lambda x: table[np.floor(x).astype(int)] * x, np.array([1.7, 3.2]))
    with pytest.raises(GradientLostError, match="int64"):
        (np.floor(t) + t).astype(int)


def test_functions_without_a_rule_raise_with_advice():
    def own(x):
        raise NotImplementedError

    stranger = np.frompyfunc(own, 1, 1)
    with pytest.raises(NoRuleError, match=r"own .*no rule .*node\.data"):
        stranger(Tensor([1.0, 2.0]))
    with pytest.raises(NoRuleError, match=r"rule"):
        np.hypot.reduce(Tensor([1.0, 2.0]), where=np.array([True, False]))


def test_a_node_as_a_constant_argument_is_an_error():
    with pytest.raises(NoRuleError, match="argument number 1"):
        np.roll(Tensor([1.0, 2.0]), Tensor(1.0))
    with pytest.raises(NoRuleError, match="argument number 1"):
        autograd.softmax(Tensor([1.0, 2.0]), axis=Value(0.0))
    with pytest.raises(NoRuleError, match="keyword arguments decimals"):
        autograd.define(lambda x, **more: x, lambda g, y, x: g)(Tensor(1.0), decimals=Value(0.0))


@pytest.mark.parametrize(
    "lose",
    [
        float, int, complex, round, lambda t: np.array([t, t], float), lambda t: np.zeros((2, 1)).__setitem__(0, t),
        lambda t: np.add(t, t, out=np.zeros(1)), lambda t: np.sum(t, out=np.zeros(())),
        lambda t: np.zeros(1).__iadd__(t), lambda t: t.astype(int),
        lambda t: (t * 1j).astype(float),
        lambda t: np.copyto(np.zeros(1), t),
    ],
)  # fmt: skip
def test_losing_the_derivative_raises(lose):
    with pytest.raises(AutogradError):
        lose(Tensor([1.0]))


def test_a_node_cannot_be_an_index():
    for node in (Tensor([1.0]), Tensor(1.0), Value(1.0)):
        for index in (range(3).__getitem__, [1, 2, 3].__getitem__, operator.index):
            with pytest.raises(TypeError):  # raised by Python itself when compiled
                index(node)


def test_assigning_a_tensor_to_an_array_element_raises():
    with pytest.raises((ValueError, GradientLostError)) as caught:
        np.zeros(2)[0] = Tensor(1.0)
    error = caught.value  # NumPy may raise its own ValueError first
    assert isinstance(error.__cause__ or error, GradientLostError)


def test_unknown_attributes_are_attribute_errors():
    with pytest.raises(AttributeError):
        Tensor([1.0]).strides_of_course  # noqa: B018


# -- Values and Tensors together --------------------------------------------------------------


def test_values_mixed_with_tensors_get_float_gradients():
    v, a = Value(2.0), np.array([1.0, 2.0, 3.0])
    t = Tensor(a)
    for y, value_slope in (
        (v * a, a.sum()),
        (a * v, a.sum()),
        (v + t, 3.0),
        (t - v, -3.0),
        (np.stack([v, v * v]), 1 + 4.0),
        (np.multiply(v, t), a.sum()),
        (a**v, (a**2 * np.log(a)).sum()),
        (np.concatenate([t, np.reshape(v, (1,))]), 1.0),
        (t[0] * v, 1.0),
        (v * np.ones(()), 1.0),
        (v * (1 + 0j), 1.0),
    ):
        v.grad, t.grad = 0.0, None
        assert isinstance(y, Tensor)
        y.sum().backward(np.ones((), y.dtype))
        assert isinstance(v.grad, float)
        assert v.grad == pytest.approx(value_slope)


def test_values_below_tensors_get_intermediate_gradients():
    x = Value(0.5)
    y = x * 2
    z = y.tanh()
    t = (z * np.array([1.0, 2.0])).sum() + (y * Tensor([3.0])).sum()
    t.backward()
    assert z.grad == pytest.approx(3.0)
    assert y.grad == pytest.approx(3 + 3 * (1 - np.tanh(1.0) ** 2))
    assert x.grad == pytest.approx(2 * y.grad)


def test_values_do_not_promote_single_precision():
    t = Tensor(np.ones(3, np.float32))
    y = Value(2.0) * t
    assert y.dtype == np.float32
    y.sum().backward()
    assert t.grad.dtype == np.float32


def test_second_derivatives_through_values_and_tensors():
    v, t = Value(1.5), Tensor([1.0, 2.0])
    ((v * t) ** 3).sum().backward(create_graph=True)
    first = v.grad
    v.grad, t.grad = 0.0, None
    first.backward()
    assert v.grad == pytest.approx(6 * 1.5 * 9.0)
    np.testing.assert_allclose(t.grad, 9 * 1.5**2 * np.array([1.0, 4.0]))
