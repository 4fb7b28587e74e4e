"""Rules that users register with `elementwise`, `linear` and `define`."""

import numpy as np
import pytest

import autograd
from autograd import Tensor
from autograd.engine.tiles import TILES


@pytest.mark.parametrize("fresh_results", [False, True])
@pytest.mark.parametrize("kind", ["linear", "define"])
def test_derivatives_add_up_whether_results_are_new_or_not(kind, fresh_results):
    def rule(g, *_):
        return 3 * g

    function = getattr(autograd, kind)(lambda x: 3 * x, rule, fresh_results=fresh_results)
    x = Tensor([1.0, 2.0])
    (function(x) + function(x) * x).sum().backward()
    np.testing.assert_array_equal(x.grad, [9.0, 15.0])


@pytest.mark.parametrize("size", [3, TILES.large // 8])
@pytest.mark.parametrize("kind", ["linear", "define", "elementwise"])
def test_read_only_results_of_rules_are_added_up(kind, size):
    def read_only(array):
        array.flags.writeable = False
        return array

    rules = {
        "linear": (lambda x: 3 * x, lambda g, x: read_only(3 * g)),
        "define": (lambda x: np.sin(x), lambda g, y, x: read_only(g * np.cos(x))),
        "elementwise": (lambda x: np.sin(x), None, lambda y, x: read_only(np.cos(x))),
    }
    function = getattr(autograd, kind)(*rules[kind], fresh_results=True)
    x = Tensor(np.linspace(0, 1, size))
    z = x * 1.0
    (np.exp(function(z)) + function(z)).sum().backward()
    slope = 3.0 if kind == "linear" else np.cos(x.data)
    wanted = slope * (np.exp(function(x.data)) + 1)
    np.testing.assert_allclose(x.grad, wanted, rtol=1e-12)


def test_a_buffer_that_a_rule_returns_twice_is_not_written_to():
    buffer = np.array([1.0, 1.0])
    total = autograd.define(np.sum, lambda g, y, x: buffer, name="total", replaces=())
    x = Tensor([1.0, 2.0])
    (total(x) + total(x)).backward()
    np.testing.assert_array_equal(x.grad, [2.0, 2.0])
    np.testing.assert_array_equal(buffer, [1.0, 1.0])


@pytest.mark.parametrize("large", [16, 1 << 20])
def test_an_array_that_a_partial_keeps_is_not_written_to(monkeypatch, large):
    monkeypatch.setattr(TILES, "reused", 16)  # products with longer slopes would take their memory
    monkeypatch.setattr(TILES, "large", large)  # and from here on be computed in parts
    monkeypatch.setattr(TILES, "part", 16)
    weights = np.array([1.0, 2.0, 3.0])
    scaled = autograd.elementwise(lambda x: x * weights, None, lambda y, x: weights, name="scaled")
    for _ in range(2):
        x = Tensor([1.0, 1.0, 1.0])
        scaled(x).backward(np.full(3, 2.0))
        np.testing.assert_array_equal(x.grad, [2.0, 4.0, 6.0])


def test_the_name_of_a_module_gives_its_rules_no_privilege():
    scope = {"__name__": "nn.mine", "autograd": autograd}
    exec("row = autograd.define(lambda x: x, lambda g, y, x: g)", scope)
    assert not scope["row"].fresh_results


@pytest.mark.parametrize("wrong", [(), ("2",)])
def test_elementwise_needs_numbers_or_functions(wrong):
    with pytest.raises(TypeError, match="partial derivative"):
        autograd.elementwise(np.positive, None, *wrong)


def test_define_needs_either_vjps_or_a_variadic_one():
    with pytest.raises(TypeError, match="variadic"):
        autograd.define(np.positive)
    with pytest.raises(TypeError, match="variadic"):
        autograd.define(np.positive, lambda g, y, x: g, variadic=lambda argnum, g, y, x: g)
