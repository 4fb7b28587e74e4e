import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Tensor, Value, check_gradients
from autograd.check import numerical_derivative
from autograd.errors import DataError, GradientError


def wrong(factor):
    return autograd.elementwise(np.tanh, math.tanh, lambda y, x: factor * (1 - y * y), name="bad")


@pytest.fixture(autouse=True)
def _leave_numpys_table_alone(monkeypatch):
    from autograd.engine.primitive import DISPATCH

    monkeypatch.setitem(DISPATCH, np.tanh, DISPATCH[np.tanh])


@given(st.floats(-3, 3), st.sampled_from([math.sin, math.exp, math.atan, lambda x: x**7]))
def test_the_estimated_error_of_a_difference_bounds_the_true_one(x, f):
    exact = {math.sin: math.cos, math.exp: math.exp, math.atan: lambda x: 1 / (1 + x * x)}
    slope = exact.get(f, lambda x: 7 * x**6)(x)
    derivative, error = numerical_derivative(f, x)
    assert abs(derivative - slope) <= error
    assert error < 1e-5 * max(1.0, abs(slope))


@pytest.mark.parametrize("factor", [-1.0, 2.0, 0.5, 0.0, 1.001])
def test_a_wrong_derivative_is_found_in_numbers_and_arrays(factor):
    for x in (0.3, np.array([0.3, -0.5])):
        with pytest.raises(GradientError) as caught:
            check_gradients(wrong(factor), x)
        report = caught.value.report
        assert not report.ok
        assert not report.worst.ok
        assert "WRONG" in str(caught.value)


def test_one_wrong_element_among_many_is_named_first():
    def vjp(g, y, x):
        slope = np.cos(x)
        slope[3, 1] *= 1.01
        return g * slope

    almost = autograd.define(lambda x: np.sin(x), vjp, name="almost")
    with pytest.raises(GradientError) as caught:
        check_gradients(almost, np.ones((6, 4)), rtol=1e-5)
    assert caught.value.report.worst.where == "inputs[0][3, 1]"
    assert str(caught.value).splitlines()[2].startswith("inputs[0][3, 1]")
    assert "24 derivatives checked, 10 shown: 1 wrong" in str(caught.value)


def test_right_derivatives_of_every_kind_of_input_pass():
    check_gradients(lambda x, y: x * y, 2, 3.0)
    check_gradients(lambda x: (x * x.conj()).real, np.array([1 + 2j]))
    check_gradients(lambda x: np.exp(x), np.array([1 + 2j, 0.5j]))
    check_gradients(lambda x: np.tanh(x).sum(), np.ones(3, np.float32))
    check_gradients(lambda x: x.sum(), np.zeros((0, 2)))
    check_gradients(lambda x: x * 1e-30, 1.0)
    check_gradients(lambda x: x * 1e30, 1.0)
    check_gradients(lambda x: x * x, Value(3.0))
    check_gradients(lambda x: x * x, Tensor([3.0]))


def test_an_output_that_does_not_depend_on_an_input_has_derivative_zero():
    report = check_gradients(lambda x, y: x * 2, np.ones(2), np.ones(2))
    analytic = [c.analytic for c in report.comparisons]
    assert analytic[2:] == [0.0, 0.0]
    assert all(1.0 < slope < 3.0 for slope in analytic[:2])  # 2, by weights from 0.5 to 1.5


@pytest.mark.parametrize(
    ("f", "x"), [(lambda x: 1 / x, 0.0), (np.log, -1.0), (np.sqrt, 0.0), (np.exp, 1e3)]
)
def test_where_there_is_no_finite_derivative_the_report_says_so(f, x):
    with np.errstate(all="ignore"), pytest.raises(GradientError, match="not finite here") as caught:
        check_gradients(f, x)
    assert "WRONG" not in str(caught.value)
    assert caught.value.report.worst.verdict == "not finite"


def test_a_report_shows_itself_as_a_table():
    report = check_gradients(lambda x: x * x, 3.0)
    assert repr(report) == str(report) == report.table()
    assert "1 derivative checked: none wrong" in repr(report)


def test_inputs_are_left_as_they_were():
    x = np.array([1.0, 2.0])
    check_gradients(lambda t: t * t, x)
    np.testing.assert_array_equal(x, [1.0, 2.0])


def test_a_function_that_leaves_the_graph_is_reported():
    with pytest.raises(DataError, match="not a node"):
        check_gradients(lambda x: x.data * 2, 1.0)


def test_names_can_stand_for_positions():
    report = check_gradients(lambda w, x: (w * x).sum(), np.ones(2), 3.0)
    assert [c.where for c in report.named(["w", "x"]).comparisons] == ["w[0]", "w[1]", "x"]
