"""Programs that import NumPy from `autograd.numpy`."""

import numpy
import pytest

import autograd.numpy as np
import autograd.numpy.fft
import autograd.numpy.linalg as npla
import autograd.numpy.random as npr
from autograd import check_gradients, grad, jacobian
from autograd.numpy.linalg import solve


def test_the_names_are_those_of_numpy():
    assert np.tanh is numpy.tanh
    assert np.float64 is numpy.float64
    assert np.pi == numpy.pi
    assert npla.inv is np.linalg.inv is numpy.linalg.inv
    assert solve is numpy.linalg.solve
    assert autograd.numpy.fft.rfft is numpy.fft.rfft
    assert npr.RandomState is np.random.RandomState is numpy.random.RandomState
    assert "tanh" in dir(np)
    with pytest.raises(AttributeError, match="no_such_thing"):
        np.no_such_thing  # noqa: B018


def test_names_shared_with_builtins_are_harmless():
    assert np.any is numpy.any
    assert np.all is numpy.all
    assert type(np.where(False, 1, 2.0)) is float
    assert np.round is numpy.round


def test_arrays_of_nodes_are_nodes():
    x = numpy.array([0.3, -0.7])
    check_gradients(lambda x: np.array([x[0] * x[1], x[1] ** 2]), x)
    check_gradients(lambda x: np.array([[x[0], 1.0], [2.0, x[1]]]), x)
    check_gradients(lambda x: np.array([x, 2 * x]), x)
    check_gradients(lambda a, b: np.array([[a, b], [b, a]]), 0.3, 0.4)
    check_gradients(lambda x: np.array(x) * 2, x)
    check_gradients(lambda x: np.asarray([x[0], x[1]]) + np.asarray(x), x)
    plain = np.array([[1, 2], [3, 4]])
    assert type(plain) is numpy.ndarray
    assert plain.dtype == int
    assert np.array([1.0], dtype=numpy.float32).dtype == numpy.float32
    assert grad(lambda x: np.sum(np.array([x, x], dtype=numpy.float32)))(1.0) == 2.0


def test_a_program_written_for_it_runs():
    """Logistic regression and a network, as they are often written."""
    rs = npr.RandomState(0)
    inputs, targets = rs.randn(20, 3), rs.rand(20) > 0.5

    def sigmoid(x):
        return 0.5 * (np.tanh(x) + 1)

    def training_loss(weights):
        predictions = sigmoid(np.dot(inputs, weights))
        label = predictions * targets + (1 - predictions) * (1 - targets)
        return -np.sum(np.log(label))

    check_gradients(training_loss, numpy.zeros(3))

    def network(params, inputs):
        for W, b in params:
            outputs = np.dot(inputs, W) + b
            inputs = np.tanh(outputs)
        return outputs - np.log(np.sum(np.exp(outputs), axis=1, keepdims=True))

    params = [(rs.randn(m, n), rs.randn(n)) for m, n in ((3, 4), (4, 2))]
    check_gradients(lambda params: np.mean(network(params, inputs)[:, 0]), params)
    gradient = grad(lambda params: np.mean(network(params, inputs)[:, 0]))(params)
    assert [g.shape for pair in gradient for g in pair] == [(3, 4), (4,), (4, 2), (2,)]


def test_jacobians_of_functions_that_build_arrays():
    def polar(p):
        r, angle = p
        return np.array([r * np.cos(angle), r * np.sin(angle)])

    J = jacobian(polar)(numpy.array([2.0, 0.5]))
    assert npla.det(J) == pytest.approx(2.0)


def test_reductions_accept_lists_of_nodes():
    x = numpy.array([0.3, -0.7])
    for f in (
        lambda x: np.sum([x[0] * x[1], x[1]]),
        lambda x: np.mean([x[0] * x[1], x[1], 1.0]),
        lambda x: np.var([x[0] * x[1], x[1], 1.0]),
        lambda x: np.append([x[0]], [[x[1] ** 2]]),
        lambda x: np.dot([x[0], x[1]], numpy.ones(2)),
        lambda x: npla.norm([x[0], x[1] + 2]),
        lambda x: np.max([[x[0], x[1]], [0.1, 0.2]], axis=1),
    ):
        check_gradients(f, x)


def test_any_iterable_of_nodes_can_be_joined():
    x = numpy.array([0.3, -0.7])
    check_gradients(lambda x: np.stack({"a": x, "b": x**2}.values()), x)
    check_gradients(lambda x: np.concatenate([[x[0], x[1] ** 2], x]), x)
    check_gradients(lambda x: np.hstack(x * i for i in range(3)), x)
    check_gradients(lambda x: np.row_stack((x, x**2)), x)
    numpy.testing.assert_array_equal(np.vstack([x, x]), numpy.vstack([x, x]))


def test_rows_and_columns_can_be_joined():
    x, y = numpy.array([0.3, -0.7]), numpy.ones((2, 2))
    check_gradients(lambda x: np.r_[x, 1:4, 2.0, x[0] * x[1]], x)
    check_gradients(lambda x: np.c_[x, y, x * x], x)
    from autograd import Tensor

    for key in ((x, 1.0, slice(1, 4)), (x, x)):
        numpy.testing.assert_array_equal(np.r_[(Tensor(x), *key[1:])].data, numpy.r_[(x, *key[1:])])
    numpy.testing.assert_array_equal(np.c_[Tensor(x), y].data, numpy.c_[x, y])
    numpy.testing.assert_array_equal(np.r_["0,2", x, x], numpy.r_["0,2", x, x])
    with pytest.raises(NotImplementedError, match=r"np.concatenate"):
        np.r_["0,2", Tensor(x)]


def test_filling_arrays_with_nodes_and_integer_conversion():
    check_gradients(lambda x: np.full((2, 3), x), 0.7)
    check_gradients(lambda x: np.full((2, 3), x, dtype=float), numpy.arange(3.0))
    assert grad(lambda x: x * np.int64(x))(2.5) == 2.0
    assert np.zeros(2, dtype=np.int32).dtype == numpy.int32
    assert isinstance(numpy.int64(3), np.int64)


def test_where_keeps_plain_numbers():
    assert np.where(True, 1, 2) == 1
    assert type(np.where(False, 1, 2.0)) is float
    check_gradients(
        lambda x: np.where(condition=numpy.array([True, False]), x=x, y=x**2), numpy.ones(2) * 3
    )
    assert np.where([False, True])[0] == 1
    with pytest.raises(ValueError, match="both"):
        np.where(True, 1.0)


def test_diag_puts_vectors_on_diagonals():
    check_gradients(lambda x: np.make_diagonal(x, axis1=-1, axis2=-2), numpy.ones((2, 3)))
    with pytest.raises(NotImplementedError):
        np.make_diagonal(numpy.ones(3))
