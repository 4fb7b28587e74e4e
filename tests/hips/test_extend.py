"""Custom rules, with HIPS autograd's API."""

import numpy as np
import pytest
from scipy import special

from autograd import Tensor, Value, check_gradients, deriv, grad, hessian, jacobian, make_jvp
from autograd.errors import NoRuleError
from autograd.extend import (
    Box,
    def_linear,
    defjvp,
    defjvp_argnum,
    defvjp,
    defvjp_argnum,
    defvjp_argnums,
    notrace_primitive,
    primitive,
    register_notrace,
)
from autograd.numpy.numpy_vjps import unbroadcast_f


@primitive
def scaled(x, y, power=1):
    """Multiply."""
    assert not isinstance(x, (Value, Tensor))
    return x * y**power


defvjp(
    scaled,
    lambda ans, x, y, power=1: unbroadcast_f(x, lambda g: g * y**power),
    lambda ans, x, y, power=1: unbroadcast_f(y, lambda g: g * x * power * y ** (power - 1)),
)

matrix = np.array([[0.5, -1.0, 2.0], [1.5, 0.7, -0.2]])
vector = np.array([0.3, -0.8, 1.9])


def test_a_primitive_gets_plain_numbers_and_works_in_both_modes():
    assert scaled(2.0, 3.0) == 6.0
    assert (scaled.__name__, scaled.__doc__) == ("scaled", "Multiply.")
    check_gradients(
        lambda x, y: scaled(x, y, power=2), matrix, vector, modes=("reverse", "forward")
    )
    check_gradients(scaled, 1.5, -0.4, order=2)
    check_gradients(lambda y: scaled(matrix, y, power=3), vector, order=2)
    assert hessian(lambda x: scaled(x, x))(3.0) == 2.0


def test_argnums_select_the_arguments_of_a_rule():
    @primitive
    def second(x, y):
        return y**2

    defvjp(second, lambda ans, x, y: lambda g: 2 * g * y, argnums=(1,))
    assert grad(second, 1)("anything", 3.0) == 6.0
    with pytest.raises(NoRuleError, match=r"VJP of second wrt argnums \(0,\) not defined"):
        grad(second)(1.0, 3.0)


def test_none_means_a_zero_derivative():
    @primitive
    def first(x, y):
        return x * np.sum(y)

    defvjp(first, lambda ans, x, y: lambda g: g * np.sum(y), None)
    np.testing.assert_array_equal(grad(first, 1)(2.0, vector), np.zeros(3))


def test_one_rule_can_serve_all_arguments():
    @primitive
    def total(*x):
        return sum(i * item for i, item in enumerate(x))

    defvjp_argnum(total, lambda argnum, ans, args, kwargs: lambda g: argnum * g)
    check_gradients(total, 1.0, 2.0, 3.0, order=2)

    @primitive
    def product(x, y):
        return x * y

    defvjp_argnums(
        product, lambda argnums, ans, args, kwargs: lambda g: [g * args[1 - i] for i in argnums]
    )
    check_gradients(product, vector, vector + 2, order=2)


def test_forward_rules_are_used_when_given():
    @primitive
    def cube(x):
        return x**3

    defvjp(cube, lambda ans, x: lambda g: g * 3 * x**2)
    assert deriv(cube)(2.0) == 12.0  # by transposing
    defjvp(cube, lambda g, ans, x: g * 100.0)
    assert deriv(cube)(2.0) == 100.0
    assert grad(cube)(2.0) == 12.0


def test_a_forward_rule_alone_serves_only_forward_mode():
    @primitive
    def cube(x):
        return x**3

    defjvp_argnum(cube, lambda argnum, g, ans, args, kwargs: g * 3 * args[0] ** 2)
    assert deriv(cube)(2.0) == 12.0
    assert deriv(deriv(cube))(2.0) == 12.0
    with pytest.raises(NotImplementedError, match="VJP of cube"):
        grad(cube)(2.0)


def test_a_linear_function_is_its_own_forward_rule():
    @primitive
    def doubled(x, y):
        return 2 * x * y

    def_linear(doubled)
    assert make_jvp(doubled, (0, 1))(3.0, 5.0)((1.0, 10.0))[1] == 2 * 5 + 2 * 3 * 10


def test_a_function_without_any_rule_raises():
    for transform in (grad, deriv):
        with pytest.raises(NotImplementedError, match="not defined"):
            transform(primitive(lambda x: x))(1.0)


def test_containers_of_nodes_can_be_arguments_and_results():
    @primitive
    def exchanged(pair, factor):
        return {"a": pair[1] * factor, "b": (pair[0], 7)}

    def vjp_of_pair(ans, pair, factor):
        return lambda g: (g["b"][0], g["a"] * factor)

    defvjp(
        exchanged,
        vjp_of_pair,
        lambda ans, pair, factor: lambda g: np.sum(g["a"] * pair[1]),
    )

    def f(x, y, factor):
        found = exchanged((x, y), factor)
        assert found["b"][1] == 7
        return np.sum(found["a"] * found["b"][0])

    check_gradients(f, vector, vector + 1, 0.7, order=2, modes=("reverse", "forward"))


def test_cotangents_that_are_dicts_are_matched_by_their_keys():
    @primitive
    def product(d):
        return d["a"] ** 2 * d["b"]

    defvjp(product, lambda ans, d: lambda g: {"a": g * 2 * d["a"] * d["b"], "b": g * d["a"] ** 2})
    assert grad(lambda d: product({"b": d["b"], "a": d["a"]}))({"a": 2.0, "b": 3.0}) == {
        "a": 12.0,
        "b": 4.0,
    }
    assert grad(lambda x: product({"b": x, "a": 2.0}))(3.0) == 4.0


def test_nodes_by_keyword_act_as_positional_or_are_rejected():
    assert grad(lambda y: scaled(2.0, y=y))(3.0) == 2.0
    with pytest.raises(NoRuleError, match=r"VJP of scaled wrt argnums \(2,\) not defined"):
        grad(lambda p: scaled(1.0, 2.0, power=p))(2.0)
    only = primitive(lambda x, *, power: x**power)
    with pytest.raises(NoRuleError, match="keyword"):
        grad(lambda p: only(2.0, power=p))(2.0)


def test_a_third_party_ufunc_becomes_a_primitive():
    k = primitive(special.k0)
    defvjp(k, lambda ans, x: lambda g: -g * special.k1(x))
    check_gradients(k, np.array([0.5, 2.0]))


def test_functions_without_derivative_see_plain_numbers():
    kind = notrace_primitive(lambda x: type(x).__name__)
    assert grad(lambda x: x * len(kind(x)))(2.0) == len("float")

    @primitive
    def size(x):
        return np.size(x)

    register_notrace(object, size)
    np.testing.assert_array_equal(jacobian(lambda x: x * size(x))(vector), 3 * np.eye(3))


def test_boxing_a_custom_type_raises_an_explaining_error():
    with pytest.raises(NotImplementedError, match="no counterpart"):

        class FunctionBox(Box):
            pass

    with pytest.raises(NotImplementedError, match="no counterpart"):
        Box.register(str)
