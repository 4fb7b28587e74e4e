"""A check of a function that ignores its inputs proves nothing, and says so."""

import numpy as np
import pytest

from autograd import check_gradients
from autograd.errors import GradientError

state = {"w": np.array([1.0, 2.0])}
x = np.array([-0.5, -1.5, -2.0])


def test_a_function_that_ignores_its_inputs_does_not_pass():
    report = check_gradients(
        lambda w: np.sum(state["w"] ** 2), np.ones(2), gradient=np.zeros_like, raises=False
    )
    assert not report.ok
    assert report.counts == {"ignored": 2}
    assert "does not depend on these inputs (w)" in report.notes[0]
    with pytest.raises(GradientError, match="there is nothing to check"):
        check_gradients(lambda w: 3.0, np.ones(2000), gradient=np.zeros_like)


def test_an_input_that_is_ignored_is_named():
    options = {"gradient": lambda w, c: (2 * w, 0 * c)}
    report = check_gradients(lambda w, c: np.sum(w**2), x, np.ones(2), **options)
    assert report.ok
    assert report.notes == ["The result does not depend on c in any way."]
    report = check_gradients(lambda w, c: np.sum(w**2), x, np.ones(2))
    assert report.notes == ["The result does not depend on c in any way."]


@pytest.mark.parametrize(
    ("name", "f"),
    [
        ("a relu of negative numbers", lambda x: np.sum(np.maximum(x, 0))),
        ("a mask of negative numbers", lambda x: np.sum(np.where(x > 0, x, 0))),
        ("a sum of a softmax", lambda x: np.sum(np.exp(x) / np.sum(np.exp(x)))),
        ("a sign", lambda x: np.sum(np.sign(x))),
        ("a factor of zero", lambda x: np.sum(0 * x)),
    ],
)
def test_a_derivative_of_zero_is_not_ignorance(name, f):
    report = check_gradients(f, x, gradient=np.zeros_like)
    assert report.counts == {"ok": 3}
    assert report.notes == []


def test_another_gradient_than_zero_is_wrong():
    report = check_gradients(lambda w: 3.0, x, gradient=np.ones_like, raises=False)
    assert report.counts == {"WRONG": 3}
