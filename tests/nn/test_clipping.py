"""Clipping of gradients, by norm and by value."""

import math

import numpy as np
import pytest
from optimised import with_gradients

from autograd import Tensor, Value
from autograd.errors import (
    NonFiniteError,
    OptionError,
)
from nn import optim


@pytest.mark.parametrize("order", [1.0, 2.0, 3.0, math.inf])
def test_clip_grad_norm_limits_the_total_norm(order):
    parameters = [*with_gradients((3, 2), (4,)), Value(1.0), Tensor([1.0])]
    parameters[2].grad = 5.0
    before = [np.ravel(p.grad).copy() for p in parameters[:3]]
    total = optim.clip_grad_norm(parameters, 0.5, order)
    assert total == pytest.approx(np.linalg.norm(np.concatenate(before), order))
    after = [np.ravel(p.grad) for p in parameters[:3]]
    assert np.linalg.norm(np.concatenate(after), order) == pytest.approx(0.5, rel=1e-5)
    np.testing.assert_allclose(after[0] / before[0], after[1][0] / before[1][0])
    assert parameters[3].grad is None


def test_clipping_keeps_gradients_below_the_limit():
    parameters = with_gradients((3, 2))
    before = parameters[0].grad.copy()
    optim.clip_grad_norm(parameters, 100.0)
    np.testing.assert_array_equal(parameters[0].grad, before)
    assert optim.clip_grad_norm([Tensor([1.0])], 1.0) == 0.0


def test_a_nonfinite_norm_is_an_error_on_request():
    parameters = with_gradients((2,))
    parameters[0].grad = np.array([np.nan, 1.0])
    with pytest.raises(NonFiniteError, match="nan"):
        optim.clip_grad_norm(parameters, 1.0, error_if_nonfinite=True)
    assert math.isnan(optim.clip_grad_norm(parameters, 1.0))
    assert np.all(np.isnan(parameters[0].grad))


def test_clip_grad_value_clips_each_number():
    parameters = [*with_gradients((2,)), Value(1.0)]
    parameters[0].grad, parameters[1].grad = np.array([-3.0, 0.5]), 2.0
    optim.clip_grad_value(parameters, 1.0)
    np.testing.assert_array_equal(parameters[0].grad, [-1.0, 0.5])
    assert parameters[1].grad == 1.0


def test_negative_limits_are_rejected():
    with pytest.raises(OptionError, match="max_norm=-1"):
        optim.clip_grad_norm([], -1)
    with pytest.raises(OptionError, match="clip_value=-1"):
        optim.clip_grad_value([], -1)
