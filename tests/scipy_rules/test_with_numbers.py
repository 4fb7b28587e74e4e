"""Functions that solvers call with numbers in the place of the nodes that they close over."""

import numpy as np
import pytest

from autograd import Node, Tensor, grad
from autograd.scipy.optimize import brentq, minimize
from autograd.scipy.with_numbers import with_numbers


def test_nodes_in_variables_and_inner_functions_are_replaced():
    a = Tensor([1.0, 2.0])
    scale = lambda x: a * x  # noqa: E731
    change = lambda x, power=2: np.sum(scale(x) ** power)  # noqa: E731
    copy = with_numbers(change)
    assert not isinstance(copy(3.0), Node)
    assert copy(3.0, power=1) == change(3.0, power=1).data
    assert isinstance(change(3.0), Node)


def test_functions_without_nodes_stay_what_they_are():
    a = np.ones(2)
    change = lambda x: a * x  # noqa: E731
    assert with_numbers(change) is change
    assert with_numbers(np.sin) is np.sin


def test_a_function_is_called_itself_where_a_copy_may_not_be():
    a = Tensor([1.0, 2.0])
    counts, known = [0], {}

    def asks(x):
        return a.detach() * x

    def counting(x):
        counts[0] += 1
        return a * x

    def keeping(x):
        return known.setdefault("power", a**2) * x

    for function in (asks, counting, keeping):
        assert isinstance(with_numbers(function)(2.0), Node)
    assert counts == [1]
    assert isinstance(known["power"], Node)


def test_numbers_in_the_place_of_a_node_cannot_be_changed():
    a = Tensor([1.0, 2.0])

    def change(x):
        a[0] = x
        return a

    assert isinstance(with_numbers(change)(5.0), Node)
    np.testing.assert_array_equal(a.data, [5.0, 2.0])


def test_a_variable_that_others_change_is_read_again():
    a = Tensor(2.0)
    factor = 1.0

    def change(x):
        return a * factor * x

    copy = with_numbers(change)
    for factor in (1.0, 2.0, 3.0, 4.0, 5.0):
        assert float(np.asarray(getattr(copy(1.0), "data", copy(1.0)))) == 2.0 * factor


@pytest.mark.parametrize("solver", ["brentq", "minimize"])
def test_solvers_follow_functions_that_keep_what_they_computed(solver):
    def solution(k):
        known = {}

        def power():
            if "power" not in known:
                known["power"] = np.exp(k)
            return known["power"]

        if solver == "brentq":
            return brentq(lambda x: x**2 - power(), 0.0, 9.0)
        return minimize(lambda x: np.sum((x - power()) ** 2), np.zeros(1)).x[0]

    expected = np.exp(0.5 * 0.6) / 2 if solver == "brentq" else np.exp(0.6)
    assert grad(solution)(0.6) == pytest.approx(expected, rel=1e-6)
