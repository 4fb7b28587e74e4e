import math

import numpy as np
import pytest

import autograd
from autograd import check_primitive
from autograd.errors import DataError, GradientError


def test_a_right_rule_passes_in_every_use():
    cube = autograd.elementwise(lambda x: x**3, None, lambda y, x: 3 * x**2, name="cube")
    report = check_primitive(cube, np.array([0.5, -2.0]))
    modes = {c.mode for c in report.comparisons}
    assert {"", "forward", "order 2", "numbers", "numbers, order 2", "float32"} <= modes


def test_keywords_and_constant_arguments_are_passed_through():
    roll = autograd.linear(
        lambda x, shift: np.roll(x, shift), lambda g, x, shift: np.roll(g, -shift), name="roll"
    )
    assert check_primitive(roll, np.arange(4.0), keywords={"shift": 1}).ok
    pick = autograd.linear(lambda x, i: x[i], lambda g, x, i: g * (np.arange(4) == i), name="pick")
    assert check_primitive(pick, np.arange(4.0), 2).ok


@pytest.mark.parametrize(
    ("rule", "mode"),
    [
        (lambda y, x: -np.cos(x), ""),
        (lambda y, x: np.cos(x.data if isinstance(x, autograd.Node) else x), "order 2"),
        (lambda y, x: np.cos(x) if not isinstance(x, float) else math.cos(x) + 1, "numbers"),
        (lambda y, x: np.cos(x) + (0.5 if getattr(x, "dtype", 0) == np.float32 else 0), "float32"),
    ],
)
def test_a_rule_wrong_in_one_use_is_found(rule, mode):
    bad = autograd.elementwise(lambda x: np.sin(x), lambda x: math.sin(x), rule, name="bad_sine")
    with pytest.raises(GradientError, match="rule of 'bad_sine' is wrong") as caught:
        check_primitive(bad, np.array([0.3, 1.2]))
    assert mode in {c.mode for c in caught.value.report.comparisons if not c.ok}


def test_a_plain_function_is_referred_to_check_gradients():
    for function in (np.sin, autograd.primitive(lambda x: x)):
        with pytest.raises(DataError, match="check_gradients"):
            check_primitive(function, np.ones(2))


@pytest.mark.parametrize(
    ("rule", "inputs", "fault"),
    [
        (
            autograd.linear(
                lambda x: x[::-1], lambda g, x: np.array(g, float)[::-1], name="reversed"
            ),
            [[1.0, 2.0]],
            "inside",
        ),
        (
            autograd.elementwise(lambda x: np.sin(x), None, lambda y, x: np.cos(x) * np.float64(1)),
            [[1.0, 2.0]],
            "float64",
        ),
        (
            autograd.define(lambda x: x.sum(), lambda g, y, x: g * np.ones(x.shape)),
            [np.ones(2)],
            "float64",
        ),
    ],
    ids=["no nodes", "precision", "precision of a vjp"],
)
def test_shape_type_and_memory_errors_are_faults(rule, inputs, fault):
    report = check_primitive(rule, *inputs, raises=False)
    assert not report.ok
    assert any(fault in line for line in report.faults), report
    assert "none wrong" not in repr(report)
    with pytest.raises(GradientError):
        check_primitive(rule, *inputs)


def test_arguments_are_broadcast_and_may_be_empty():
    product = autograd.elementwise(
        lambda x, y: x * y, None, lambda z, x, y: y, lambda z, x, y: x, name="product"
    )
    report = check_primitive(product, [1.0, 2.0, 3.0], 4.0)
    assert {"broadcast", "broadcast, forward", "inside, order 2"} <= {
        c.mode for c in report.comparisons
    }
    seen = []
    noted = autograd.elementwise(
        lambda x: seen.append(np.shape(x)) or x * x, None, lambda y, x: 2 * x, name="noted"
    )
    check_primitive(noted, [1.0, 2.0])
    assert (0,) in seen
