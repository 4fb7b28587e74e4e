import copy
import math
import operator
import pickle

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import assume, example, given
from hypothesis import strategies as st

import autograd
from autograd import Tensor, Value, check_gradients
from autograd.errors import AutogradError, DataError, GradientLostError, GraphError

numbers = st.floats(-5, 5).filter(lambda x: abs(x) > 1e-3)

BINARY = [operator.add, operator.sub, operator.mul, operator.truediv]

UNARY = {
    "exp": mpmath.exp,
    "exp2": lambda x: mpmath.power(2, x),
    "expm1": mpmath.expm1,
    "log": mpmath.log,
    "log2": lambda x: mpmath.log(x, 2),
    "log10": mpmath.log10,
    "log1p": mpmath.log1p,
    "sqrt": mpmath.sqrt,
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "arcsin": mpmath.asin,
    "arccos": mpmath.acos,
    "arctan": mpmath.atan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "arcsinh": mpmath.asinh,
    "arccosh": mpmath.acosh,
    "arctanh": mpmath.atanh,
    "abs": abs,
    "sign": mpmath.sign,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "erf": mpmath.erf,
    "lgamma": lambda x: mpmath.log(abs(mpmath.gamma(x))),
}
DOMAIN = {
    "log": (0.01, 5), "log2": (0.01, 5), "log10": (0.01, 5), "log1p": (-0.9, 5),
    "sqrt": (0.01, 5), "arcsin": (-0.95, 0.95), "arccos": (-0.95, 0.95), "tan": (-1.4, 1.4),
    "arccosh": (1.05, 5), "arctanh": (-0.95, 0.95), "lgamma": (0.05, 40),
}  # fmt: skip


def test_the_micrograd_expression():
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert g.data == pytest.approx(24.70408163265306)
    assert a.grad == pytest.approx(138.83381924198252)
    assert b.grad == pytest.approx(645.5772594752186)


def test_a_long_expression_agrees_with_sympy_to_second_order():
    x, y = sympy.symbols("x y")

    def expression(x, y, exp, sin, sqrt):
        return exp(x * y) / (1 + x**2) - sin(x - y) ** 3 * sqrt(y) + x**y / (y - 3 * x)

    symbolic = expression(x, y, sympy.exp, sympy.sin, sympy.sqrt)
    at = {x: 0.7, y: 1.3}
    v, w = Value(0.7), Value(1.3)
    result = expression(v, w, np.exp, np.sin, np.sqrt)
    assert result.data == pytest.approx(float(symbolic.evalf(subs=at)), rel=1e-14)
    result.backward(create_graph=True)
    first = v.grad
    assert isinstance(first, Value)
    assert first.data == pytest.approx(float(symbolic.diff(x).evalf(subs=at)), rel=1e-13)
    assert w.grad.data == pytest.approx(float(symbolic.diff(y).evalf(subs=at)), rel=1e-13)
    v.grad = w.grad = 0.0
    first.backward(create_graph=True)
    second = w.grad
    assert v.grad.data == pytest.approx(float(symbolic.diff(x, x).evalf(subs=at)), rel=1e-12)
    assert second.data == pytest.approx(float(symbolic.diff(x, y).evalf(subs=at)), rel=1e-12)
    v.grad = w.grad = 0.0
    second.backward()
    assert v.grad == pytest.approx(float(symbolic.diff(x, y, x).evalf(subs=at)), rel=1e-11)


@pytest.mark.parametrize("name", UNARY)
@given(position=st.floats(0, 1))
def test_functions_of_one_number_agree_with_mpmath(name, position):
    low, high = DOMAIN.get(name, (-5, 5))
    x = low + position * (high - low)
    assume(abs(x) > 1e-3)
    with mpmath.workdps(50):
        y = float(UNARY[name](mpmath.mpf(x)))
        slope = float(mpmath.diff(UNARY[name], mpmath.mpf(x)))
    v = Value(x)
    result = getattr(v, name)()
    result.backward()
    assert result.op in (name, "absolute")
    assert result.parents == (v,)
    assert result.data == pytest.approx(y, rel=4e-15, abs=1e-15)
    assert v.grad == pytest.approx(slope, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("name", UNARY)
def test_a_method_equals_the_numpy_function(name):
    numpy_name = {"abs": "absolute"}.get(name, name)
    function = getattr(np, numpy_name, None) or getattr(autograd, numpy_name)
    x = 1.3 if name == "arccosh" else 0.4
    v, w = Value(x), Value(x)
    a, b = getattr(v, name)(), function(w)
    a.backward()
    b.backward()
    assert (a.data, v.grad, a.op) == (b.data, w.grad, b.op)
    assert isinstance(b, Value)
    # the same as for an array of one number
    t = Tensor([x])
    r = function(t)
    r.sum().backward()
    assert r.data[0] == pytest.approx(a.data, rel=1e-14)
    assert t.grad[0] == pytest.approx(v.grad, rel=1e-13)


@pytest.mark.parametrize("name", ["maximum", "minimum", "hypot", "arctan2", "logaddexp"])
@given(x=numbers, y=numbers)
@example(x=1.0, y=1.0)
def test_functions_of_two_numbers_match_finite_differences(name, x, y):
    v, w = Value(x), Value(y)
    result = getattr(v, name)(w)
    assert isinstance(result, Value)
    assert result.data == pytest.approx(getattr(np, name)(x, y), rel=1e-14)
    result.backward()
    if x == y and name in ("maximum", "minimum"):
        assert (v.grad, w.grad) == (0.5, 0.5)
    elif abs(x - y) > 0.02:
        assert check_gradients(lambda a, b: getattr(np, name)(a, b), x, y).ok
    assert getattr(v, name)(2.0).data == pytest.approx(getattr(np, name)(x, 2.0), rel=1e-15)
    assert getattr(np, name)(2.0, w).data == pytest.approx(getattr(np, name)(2.0, y), rel=1e-15)


@pytest.mark.parametrize("function", BINARY)
@pytest.mark.parametrize(
    "constant",
    [3, 3.0, True, np.float64(3), np.float32(3), np.int64(3), np.int8(3), np.bool_(True)],
    ids=lambda c: type(c).__name__,
)
def test_constants_of_any_kind_work_on_either_side(function, constant):
    x, c = Value(2.0), float(constant)
    for result, expected, slope in (
        (
            function(x, constant),
            function(2.0, float(constant)),
            lambda h: function(h, float(constant)),
        ),
        (
            function(constant, x),
            function(float(constant), 2.0),
            lambda h: function(float(constant), h),
        ),
    ):
        assert isinstance(result, Value)
        assert result.data == pytest.approx(expected)
        x.grad = 0.0
        result.backward()
        assert x.grad == pytest.approx((slope(2 + 1e-6) - slope(2 - 1e-6)) / 2e-6, rel=1e-6)
        assert result.parents == (x,)
        assert [a if isinstance(a, float) else "x" for a in result.arguments].count("x") == 1
        assert c in [a for a in result.arguments if isinstance(a, float)]


@given(x=numbers, y=numbers)
def test_arithmetic_agrees_with_finite_differences(x, y):
    assume(abs(y) > 0.1)
    check_gradients(lambda a, b: (a + b) * (a - b) / b - a * 3 + 2 / b - (-a), x, y)


@given(x=st.floats(0.1, 4), p=st.floats(-3, 3))
def test_powers_of_values_agree_with_finite_differences(x, p):
    check_gradients(lambda a, b: a**b + 2**b + a**2 + a**-1 + a**0.5 + a**p, x, p)


@pytest.mark.parametrize("x", [-2.0, 3.0])
@pytest.mark.parametrize("n", [-3, -1, 0, 1, 2, 3, 7, 11])
def test_integer_powers_of_negative_numbers_are_real(x, n):
    v = Value(x)
    y = v**n
    y.backward()
    assert y.data == pytest.approx(x**n)
    assert v.grad == pytest.approx(n * x ** (n - 1))


@given(x=st.floats(-9, 9), y=st.floats(0.5, 4))
def test_remainder_follows_python_and_has_slope_one(x, y):
    assume(0.05 < x % y < y - 0.05)
    v, w = Value(x), Value(y)
    result = v % w
    result.backward()
    assert result.data == pytest.approx(x % y)
    assert (v.grad, w.grad) == (1.0, -(x // y))
    floor = Value(x) // Value(y)
    floor.backward()
    assert floor.data == x // y
    assert all(parent.grad == 0.0 for parent in floor.parents)


def test_sums_reflected_operators_and_signs():
    values = [Value(float(i)) for i in range(5)]
    total = sum(values)
    total.backward()
    assert total.data == 10.0
    assert all(v.grad == 1.0 for v in values)
    v = Value(-2.0)
    (abs(v) + (+v) - (-v)).backward()
    assert v.grad == -1.0 + 1.0 + 1.0
    w = Value(2.0)
    y = 10 % w + 7 // w + 3**w + (5 - w) / (1 / w)
    y.backward()
    assert y.data == pytest.approx(0 + 3 + 9 + 6)
    assert w.grad == pytest.approx(-5 + 0 + 9 * math.log(3) + 5 - 2 * 2)


def test_a_value_used_twice_collects_both_derivatives():
    x = Value(3.0)
    y = x * x
    z = y + y
    z.backward()
    assert (x.grad, y.grad, z.grad) == (12.0, 2.0, 1.0)
    assert y.parents == (x, x)
    assert z.parents == (y, y)


def test_leaves_accumulate_but_intermediate_values_do_not():
    x = Value(2.0)
    y = x * 3
    z = y * y
    z.backward()
    assert (x.grad, y.grad) == (36.0, 12.0)
    z.backward()
    assert (x.grad, y.grad, z.grad) == (72.0, 12.0, 1.0)
    (y + x).backward()
    assert (x.grad, y.grad) == (76.0, 1.0)
    x.grad = 0
    z.backward(gradient=0.5)
    assert (x.grad, y.grad) == (18.0, 6.0)


def test_the_derivative_of_a_leaf_with_respect_to_itself_is_one():
    x = Value(2.0)
    x.backward()
    assert x.grad == 1.0


def test_node_gradients_accumulate_and_become_floats_again():
    x = Value(2.0)
    (x**3).backward(create_graph=True)
    (x**3).backward(create_graph=True)
    assert isinstance(x.grad, Value)
    assert x.grad.data == 24.0
    (x**3).backward()
    assert x.grad == 36.0
    assert isinstance(x.grad, float)
    x.grad = 0.0
    (5 * x).backward(create_graph=True)
    assert x.grad.data == 5.0


@given(x=numbers, y=numbers)
def test_comparison_is_by_value_and_hash_by_identity(x, y):
    v, w = Value(x), Value(y)
    for compare in (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge):
        assert compare(v, w) == compare(x, y)
        assert compare(v, y) == compare(x, y)
        assert compare(x, w) == compare(x, y)
    assert len({v, Value(x), v}) == 2
    assert bool(v) is True
    assert not Value(0.0)
    assert (v == "a") is False
    assert (v == None) is False  # noqa: E711


def test_repr_is_readable():
    x = Value(3, label="x")
    assert repr(x) == "Value(3.0, label='x')"
    y = x * 2
    y.backward()
    assert repr(y) == "Value(6.0, op='multiply', grad=1.0)"
    assert f"{y:.3f} {y:8.1e}" == "6.000  6.0e+00"
    assert f"{x}" == repr(x)
    assert (x.op, x.parents, x.arguments, x.label, y.label) == ("", (), (), "x", "")
    assert y.arguments == (x, 2.0)
    assert (2 - y).arguments == (2.0, y)
    assert (-y).arguments == (y,)
    y.label = "twice"
    assert y.label == "twice"


def test_data_and_grad_can_be_assigned():
    x = Value(3)
    x.data = np.float32(4)
    x.grad = 2
    assert (x.data, x.grad) == (4.0, 2.0)
    assert isinstance(x.data, float)
    assert isinstance(x.grad, float)
    x.data -= 0.5 * x.grad
    assert x.data == 3.0
    for bad in ("1", None, [1.0], 1j, np.ones(2)):
        with pytest.raises(DataError):
            x.data = bad
        if bad is not None:
            with pytest.raises(DataError):
                x.grad = bad
    assert (x.data, x.grad) == (3.0, 2.0)
    x.grad = None
    assert x.grad == 0.0
    with pytest.raises(DataError):
        x.backward("1")


@pytest.mark.parametrize("bad", ["3", None, [1.0], 1j, np.ones(2), {}], ids=repr)
def test_data_that_is_not_a_real_number_is_rejected(bad):
    with pytest.raises(DataError, match=r"one real number.*Tensor"):
        Value(bad)


def test_a_value_made_of_a_node_is_rejected():
    with pytest.raises(GradientLostError, match="Use the node itself"):
        Value(Value(1.0))


@pytest.mark.parametrize(
    "lose",
    [
        float, int, complex, round, math.sin, math.floor, math.ceil, math.trunc,
        lambda v: np.array([v, v], float), lambda v: np.zeros(3).__setitem__(0, v),
        lambda v: np.float64(v), lambda v: math.pow(v, 2),
        lambda v: np.add(v, 1, out=np.zeros(())), lambda v: np.mean([v, v]),
    ],
)  # fmt: skip
def test_losing_the_derivative_raises(lose):
    v = Value(1.0)
    with pytest.raises(AutogradError, match=r"[.]data|np[.]stack|Write y ="):
        lose(v)


def test_a_value_cannot_be_an_index():
    for use in (operator.index, lambda v: [1, 2, 3][v], range, lambda v: np.zeros(3)[v]):
        with pytest.raises((TypeError, IndexError)):
            use(Value(1.0))


@pytest.mark.parametrize(
    ("function", "x", "y", "slope"),
    [
        (lambda v: np.log(v), 0.0, -math.inf, math.inf),
        (lambda v: np.log(v), -1.0, math.nan, -1.0),
        (lambda v: np.exp(v), 1000.0, math.inf, math.inf),
        (lambda v: 1 / v, 0.0, math.inf, -math.inf),
        (lambda v: v / 0.0, 1.0, math.inf, math.inf),
        (lambda v: v**-1, 0.0, math.inf, -math.inf),
        (lambda v: v**0.5, 0.0, 0.0, math.inf),
        (lambda v: v**0.5, -1.0, math.nan, math.nan),
        (lambda v: v**2, 1e200, math.inf, 2e200),
        (lambda v: v**400, 10.0, math.inf, math.inf),
        (lambda v: np.sqrt(v), 0.0, 0.0, math.inf),
        (lambda v: v * v, math.inf, math.inf, math.inf),
        (lambda v: v.relu(), math.inf, math.inf, 1.0),
        (lambda v: v.relu(), -math.inf, 0.0, 0.0),
        (lambda v: v.relu(), math.nan, math.nan, 0.0),
        (lambda v: v.tanh(), math.inf, 1.0, 0.0),
        (lambda v: v.sigmoid(), -1e4, 0.0, 0.0),
        (lambda v: v.softplus(), 1e4, 1e4, 1.0),
        (lambda v: v.lgamma(), 0.0, math.inf, math.nan),
        (lambda v: v + math.nan, 1.0, math.nan, 1.0),
        (lambda v: abs(v), 0.0, 0.0, 0.0),
        (lambda v: v.relu(), 0.0, 0.0, 0.0),
        (lambda v: v % 0.0, 1.0, math.nan, 1.0),
        (lambda v: v**0, 0.0, 1.0, 0.0),
        (lambda v: v**1, 0.0, 0.0, 1.0),
        (lambda v: v**3, 0.0, 0.0, 0.0),
        (lambda v: np.hypot(v, 0.0), 0.0, 0.0, 0.0),
        (lambda v: np.logaddexp(v, -math.inf), -math.inf, -math.inf, 0.0),
    ],
)
def test_infinity_and_nan_propagate_as_in_numpy(function, x, y, slope):
    v = Value(x)
    result = function(v)
    result.backward()
    assert result.data == pytest.approx(y, nan_ok=True)
    assert v.grad == pytest.approx(slope, nan_ok=True)
    t = Tensor(x)
    with np.errstate(all="ignore"):
        r = function(t) if "relu" not in function.__code__.co_names else autograd.relu(t)
        r.backward()
    assert float(r.data) == pytest.approx(y, nan_ok=True)
    assert float(t.grad) == pytest.approx(slope, nan_ok=True)


@pytest.mark.parametrize("x", [-37.2, -3.5, -0.5, 0.3, 1.0, 2.5, 14.9, 60.0, 1e8])
def test_the_polygamma_functions_agree_with_mpmath(x):
    v = Value(x)
    v.lgamma().backward(create_graph=True)
    first = v.grad
    v.grad = 0.0
    first.backward(create_graph=True)
    with mpmath.workdps(40):
        assert first.data == pytest.approx(float(mpmath.digamma(x)), rel=1e-12)
        assert v.grad.data == pytest.approx(float(mpmath.psi(1, x)), rel=1e-12)


def through_pickle(leaf):
    return pickle.loads(pickle.dumps(leaf))


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, through_pickle])
def test_leaves_can_be_copied_and_pickled_results_only_copied(duplicate):
    v = Value(3.0, label="w")
    v.grad = 2.0
    w = duplicate(v)
    assert w is not v
    assert (w.data, w.grad, w.label) == (3.0, 2.0, "w")
    with pytest.raises(GraphError, match="Only leaves"):
        pickle.dumps(v * 2)


def test_an_unknown_operand_defers_to_the_other_side():
    class Other:
        def __radd__(self, other):
            return "theirs"

    assert Value(1.0) + Other() == "theirs"
    for bad in ("a", None, [1]):
        with pytest.raises(TypeError):
            Value(1.0) + bad
        with pytest.raises(TypeError):
            bad * Value(1.0) if bad != "a" and bad != [1] else bad + Value(1.0)


def test_value_and_tensor_agree():
    def f(x, y):
        return np.tanh(x * y) + np.log(x) / y - x**y

    a, b = Value(1.2), Value(0.7)
    s, t = Tensor(1.2), Tensor(0.7)
    f(a, b).backward()
    f(s, t).backward()
    assert (a.grad, b.grad) == (pytest.approx(s.grad.item()), pytest.approx(t.grad.item()))
