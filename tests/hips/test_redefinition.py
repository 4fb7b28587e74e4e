"""Rules of a program for functions that have rules already. Each test restores what it changes."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import scipy.linalg
from hips.redefined import restoring

import autograd
import autograd.numpy as anp
from autograd import Tensor, Value, deriv, elementwise, grad, make_jvp, make_vjp
from autograd.errors import DataError, NoRuleError
from autograd.extend import (
    VJPNode,
    defjvp,
    defjvp_argnum,
    defvjp,
    defvjp_argnum,
    primitive,
    register_notrace,
)
from autograd.rules import redefinable
from autograd.scipy import linalg, special
from autograd.scipy.stats import norm

x = np.array([0.3, 0.5])
A = np.array([[2.0, 0.3], [0.3, 1.5]])


@pytest.fixture(autouse=True)
def _restored():
    with restoring():
        yield


@pytest.mark.slow
def test_a_redefined_rule_takes_effect_and_leaves_others():
    script = pathlib.Path(__file__).with_name("redefined.py")
    tests = script.parents[1]
    path = os.pathsep.join([str(tests), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script)],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert done.stdout == ""
    assert int(done.stderr.split()[-2]) > 500


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (linalg.expm, (A,)),
        (linalg.cholesky_banded, (A,)),  # which has no rule of ours
        (lambda a, b: linalg.solve_triangular(a, b, lower=True), (A, x)),
        (norm.logpdf, (x,)),
        (special.logsumexp, (x,)),
        (special.gammaln, (x,)),
        (anp.linalg.inv, (A,)),
        (anp.sum, (x,)),
        (anp.where, (x > 0, x, x)),
        (np.std, (x,)),
        (autograd.erf, (x,)),
        (elementwise(lambda x: np.sin(x), None, lambda y, x: np.cos(x)), (x,)),
    ],
)
def test_a_vjp_takes_effect_on_any_function(function, arguments):
    target = linalg.solve_triangular if len(arguments) == 2 else function
    defvjp_argnum(
        target, lambda argnum, ans, args, kwargs: lambda g: np.full(np.shape(args[argnum]), 7.0)
    )
    last = len(arguments) - 1
    found = grad(lambda *a: np.sum(function(*a) * 1.0), last)(*arguments)
    np.testing.assert_array_equal(found, np.full(np.shape(arguments[last]), 7.0))


METHODS = {
    "sum": lambda t: t.sum(),
    "mean": lambda t: t.mean(axis=0),
    "std": lambda t: t.std(),
    "max": lambda t: t.max(),
    "prod": lambda t: t.prod(),
    "cumsum": lambda t: t.cumsum(),
    "reshape": lambda t: t.reshape(2, 2),
    "ravel": lambda t: t.ravel(),
    "transpose": lambda t: t.T,
    "swapaxes": lambda t: t.swapaxes(0, 1),
    "squeeze": lambda t: t.squeeze(),
    "diagonal": lambda t: t.diagonal(),
    "trace": lambda t: t.trace(),
    "take": lambda t: t.take([0, 1]),
    "repeat": lambda t: t.repeat(2),
    "clip": lambda t: t.clip(0.0, 1.0),
    "conjugate": lambda t: t.conj(),
    "astype": lambda t: t.astype(np.float64),
    "real": lambda t: t.real,
    "sin": lambda t: t.sin(),
    "absolute": lambda t: abs(t),
    "square": lambda t: t**2,
    "matmul": lambda t: t @ A,
    "dot": lambda t: t.dot(A),
    "floor_divide": lambda t: t // 0.7,
    "remainder": lambda t: t % 0.7,
    "maximum": lambda t: t.maximum(0.4),
}


@pytest.mark.parametrize("name", METHODS)
def test_methods_use_the_rules_of_their_functions(name):
    function, method = getattr(np, name, None), METHODS[name]
    if function is None:
        pytest.skip(f"This NumPy has no function {name}.")
    defvjp_argnum(
        function, lambda argnum, ans, args, kwargs: lambda g: np.full(np.shape(args[argnum]), 7.0)
    )
    defjvp_argnum(function, lambda argnum, g, ans, args, kwargs: np.full(np.shape(ans), 7.0))
    ones = np.ones(np.shape(method(Tensor(A)).data))
    np.testing.assert_array_equal(make_vjp(method)(A)[0](ones), np.full((2, 2), 7.0))
    change = make_jvp(method)(A)(A)[1]
    np.testing.assert_array_equal(change, np.full(np.shape(change), 7.0))


def test_values_use_redefined_rules():
    defvjp(np.sin, lambda ans, x: lambda g: 7.0 * g)
    assert grad(lambda x: x.sin())(0.3) == 7.0
    y = Value(0.3)
    np.sin(y).backward()
    assert y.grad == 7.0


def test_redefined_forward_rules_leave_reverse_mode_unchanged():
    for function, point in ((np.cos, 0.3), (special.gammaln, 0.3), (np.add.reduce, None)):
        if point is not None:
            before = grad(function)(point), grad(grad(function))(point)
            defjvp(function, lambda g, ans, x: 7.0 * g)
            assert (grad(function)(point), grad(grad(function))(point)) == before
            assert deriv(function)(point) == 7.0
    before = grad(lambda a: np.linalg.slogdet(a)[1])(A)
    defjvp(anp.linalg.slogdet, lambda g, ans, a: (0.0, 7.0))
    np.testing.assert_allclose(grad(lambda a: np.linalg.slogdet(a)[1])(A), before)
    assert make_jvp(lambda a: np.linalg.slogdet(a)[1])(A)(A)[1] == 7.0


def test_a_rule_for_one_argument_leaves_the_others():
    defvjp(np.arctan2, lambda ans, x, y: lambda g: 7.0 * g, argnums=(0,))
    assert grad(np.arctan2)(1.0, 2.0) == 7.0
    assert grad(np.arctan2, 1)(1.0, 2.0) == pytest.approx(-0.2)

    @primitive
    def product(x, y):
        return x * y

    defvjp(product, lambda ans, x, y: lambda g: g * y, argnums=(0,))
    defvjp(product, lambda ans, x, y: lambda g: g * x, argnums=(1,))
    assert grad(product, (0, 1))(2.0, 3.0) == (3.0, 2.0)


def test_a_rule_that_would_never_be_used_is_an_error():
    rule = lambda *_: lambda g: g  # noqa: E731
    for function in (scipy.linalg.expm, np.random.normal, anp.array, anp.float64):
        with pytest.raises(NoRuleError, match="not a primitive"):
            defvjp(function, rule)
    own = lambda x: x * x  # noqa: E731
    with pytest.warns(UserWarning, match="not a primitive"):
        defvjp(own, rule)
    assert grad(own)(3.0) == 6.0
    with pytest.raises(NoRuleError, match="operators of Values"):
        defvjp(np.multiply, rule, rule)
    with pytest.raises(NoRuleError, match="called with plain numbers"):
        defjvp(np.less, rule)
    defvjp(np.less, None, None)
    with pytest.raises(DataError, match="defined for a function"):
        defvjp(3, rule)
    defjvp_argnum(np.multiply, lambda argnum, g, ans, args, kwargs: 7.0 * g)
    assert deriv(lambda x: x * 2.0)(3.0) == 7.0


def test_a_function_can_be_declared_nondifferentiable():
    for function in (np.sin, np.std, special.logsumexp, np.less):
        register_notrace(VJPNode, function)
    assert grad(lambda x: np.sin(x) * x)(0.3) == pytest.approx(np.sin(0.3))
    np.testing.assert_allclose(grad(lambda x: np.std(x) * x[0])(x), [np.std(x), 0])
    np.testing.assert_allclose(
        grad(lambda x: special.logsumexp(x) * x[0])(x), [special.logsumexp(x), 0]
    )


def test_nodes_by_keyword_still_use_the_original_rules():
    expected = grad(lambda x: np.std(a=x))(x)
    defjvp(np.std, lambda g, ans, x, *_, **__: 7.0)
    np.testing.assert_allclose(grad(lambda x: np.std(a=x))(x), expected)
    assert make_jvp(lambda x: np.std(a=x))(x)(x)[1] == 7.0
    assert Tensor(x).std().data == np.std(x)
    assert redefinable.BODIES
