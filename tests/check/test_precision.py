"""Digits of results and gradients, the lines that lose them, and formulas that keep them."""

import ast
import math
import os

import mpmath
import numpy as np
import pytest
from fuzz import programs
from rules.samples import SAMPLES
from scipy_rules.samples import LINALG as OF_LINALG
from scipy_rules.samples import SPECIAL as OF_SPECIAL

import autograd
import nn
from autograd import Tensor
from autograd.check import check_precision
from autograd.check.accuracy.matching import NAMESPACE
from autograd.check.accuracy.reformulations import ROWS
from autograd.errors import DataError

BIG = np.array([1000.0, 1.0, 2.0])
CLOSE = np.array([1e6, 1e6 + 1, 1e6 + 2])


def quadratic(a, b, c):
    return (-b + np.sqrt(b * b - 4 * a * c)) / (2 * a)


#: Function, inputs, what is suggested.
INACCURATE = {
    "log1p": (lambda x: np.log(1 + x), [1e-10], "np.log1p(x)"),
    "log1p of negative": (lambda x: np.log(1 - x), [1e-10], "np.log1p(-x)"),
    "expm1": (lambda x: (np.exp(x) - 1) / 2, [1e-9], "np.expm1(x)"),
    "exprel": (lambda x: (np.exp(x) - 1) / x, [1e-9], "scipy.special.exprel(x)"),
    "1 - exp": (lambda x: 1 - np.exp(x), [1e-9], "-np.expm1(x)"),
    "1 - cos": (lambda x: (1 - np.cos(x)) / x**2, [1e-6], "2 * np.sin(x / 2)**2"),
    "cosh - 1": (lambda x: np.cosh(x) - 1, [1e-6], "2 * np.sinh(x / 2)**2"),
    "hypot overflow": (lambda x, y: np.sqrt(x**2 + y**2), [3e200, 4e200], "np.hypot(x, y)"),
    "hypot underflow": (lambda x, y: np.sqrt(x * x + y * y), [3e-200, 4e-200], "np.hypot(x, y)"),
    "logsumexp": (lambda x: np.log(np.sum(np.exp(x))), [BIG], "autograd.logsumexp(x)"),
    "logsumexp of rows": (
        lambda x: np.log(np.exp(x).sum(axis=1)),
        [np.array([[1000.0, 1.0], [1.0, 2.0]])],
        "autograd.logsumexp(x, axis=1)",
    ),
    "logaddexp": (
        lambda x, y: np.log(np.exp(x) + np.exp(y)),
        [-800.0, -801.0],
        "np.logaddexp(x, y)",
    ),
    "softplus": (lambda x: np.log(1 + np.exp(x)), [-40.0], "np.logaddexp(0, x)"),
    "softmax": (lambda x: np.exp(x) / np.sum(np.exp(x)), [BIG], "autograd.softmax(x)"),
    "log softmax": (
        lambda x: np.log(autograd.softmax(x)),
        [BIG],
        "x - autograd.logsumexp(x, keepdims=True)",
    ),
    "sigmoid": (lambda x: np.exp(x) / (1 + np.exp(x)), [800.0], "autograd.sigmoid(x)"),
    "log sigmoid": (lambda x: np.log(autograd.sigmoid(x)), [-800.0], "-np.logaddexp(0, -x)"),
    "1 - sigmoid": (lambda x: 1 - autograd.sigmoid(x), [30.0], "autograd.sigmoid(-x)"),
    "x² - y²": (lambda x, y: x**2 - y**2, [1 + 1e-9, 1.0], "(x - y) * (x + y)"),
    "1 - x²": (lambda x: np.sqrt(1 - x**2), [1 - 1e-9], "(1 - x) * (1 + x)"),
    "quadratic formula": (
        quadratic,
        [1.0, 1e8, 1.0],
        "2 * c / (-b - np.sqrt(b**2 - 4 * a * c))",
    ),
    "variance": (lambda x: np.mean(x**2) - np.mean(x) ** 2, [CLOSE], "np.var(x)"),
    "roots": (
        lambda x: np.sqrt(x + 1) - np.sqrt(x),
        [1e12],
        "1 / (np.sqrt(x + 1) + np.sqrt(x))",
    ),
    "root of 1 + x": (lambda x: np.sqrt(1 + x) - 1, [1e-10], "x / (np.sqrt(1 + x) + 1)"),
    "reciprocals": (lambda x: 1 / (x + 1) - 1 / x, [1e9], "-1 / (x * (x + 1))"),
    "sech²": (lambda x: 1 - np.tanh(x) ** 2, [18.0], "1 / np.cosh(x)**2"),
    "tanh": (
        lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)),
        [800.0],
        "np.tanh(x)",
    ),
    "1 - tanh": (lambda x: 1 - np.tanh(x), [25.0], "2 / (np.exp(2 * x) + 1)"),
    "root of 1 + x²": (lambda x: np.sqrt(1 + x**2), [1e170], "np.hypot(1, x)"),
    "log cosh": (lambda x: np.log(np.cosh(x)), [800.0], "np.logaddexp(x, -x) - np.log(2)"),
    "distance": (
        lambda x, y: np.sum(x**2) - 2 * x @ y + np.sum(y**2),
        [np.array([1.0, 2.0]), np.array([1.0, 2.0 + 1e-7])],
        "np.sum((x - y)**2)",
    ),
    "log density": (lambda x: np.log(np.exp(x) / 2.5), [-800.0], "x - np.log(2.5)"),
    "sinh": (lambda x: (np.exp(x) - np.exp(-x)) / 2, [1e-8], "np.sinh(x)"),
    "arcsinh": (lambda x: np.log(x + np.sqrt(x**2 + 1)), [-1e6], "np.arcsinh(x)"),
    "interest": (lambda x, y: (1 + x) ** y - 1, [1e-9, 365.0], "np.expm1(y * np.log1p(x))"),
    "sines": (
        lambda x, y: np.sin(x + y) - np.sin(x),
        [1.0, 1e-9],
        "2 * np.cos(x + y / 2) * np.sin(y / 2)",
    ),
    "log of product": (lambda x: np.log(np.prod(x)), [np.full(50, 1e-8)], "np.sum(np.log(x))"),
    "log of determinant": (
        lambda x: np.log(np.linalg.det(x)),
        [1e-60 * np.eye(6)],
        "np.linalg.slogdet(x)[1]",
    ),
}


@pytest.mark.parametrize("name", INACCURATE)
def test_formula_that_keeps_digits_is_suggested(name):
    f, inputs, suggestion = INACCURATE[name]
    report = check_precision(f, *inputs)
    assert report.digits < 12
    assert suggestion in [line.suggestion for line in report.lines], report
    assert report.improved > report.digits + 2
    line = next(line for line in report.lines if line.suggestion == suggestion)
    assert line.place.file == __file__
    assert line.before > line.after


ACCURATE = {
    "log1p": (np.log1p, [1e-10]),
    "log of 1 + 1": (lambda x: np.log(1 + x), [1.0]),
    "expm1": (lambda x: np.expm1(x) * x, [1e-9]),
    "exp - 1 at 2": (lambda x: np.exp(x) - 1, [2.0]),
    "half angle": (lambda x: 2 * np.sin(x / 2) ** 2, [1e-6]),
    "1 - cos at 2": (lambda x: 1 - np.cos(x), [2.0]),
    "hypot": (np.hypot, [3e200, 4e200]),
    "root of squares": (lambda x, y: np.sqrt(x**2 + y**2), [3.0, 4.0]),
    "logsumexp": (autograd.logsumexp, [BIG]),
    "softmax": (autograd.softmax, [BIG]),
    "softmax of small numbers": (lambda x: np.exp(x) / np.sum(np.exp(x)), [BIG / 1000]),
    "shifted softmax": (
        lambda x: np.exp(x - x.max()) / np.sum(np.exp(x - x.max())),
        [np.array([10.0, 1.0, 2.0])],
    ),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), [-30.0]),
    "sigmoid beyond range": (autograd.sigmoid, [-1000.0]),
    "product": (lambda x, y: (x - y) * (x + y), [1 + 1e-9, 1.0]),
    "variance": (np.var, [CLOSE]),
    "quadratic formula": (quadratic, [1.0, -3.0, 1.0]),
    "polynomial": (lambda x: x**3 + 2 * x**2 + x, [0.7]),
    "harmless cancellation": (lambda x: 1 + (np.exp(x) - 1), [1e-9]),
    "harmless overflow": (lambda x: np.tanh(x) + 1 / np.exp(x), [1000.0]),
    "matrices": (lambda a, b: a @ b + np.einsum("ij,jk->ik", a, b), [np.eye(3), np.ones((3, 3))]),
    "single precision": (lambda x: np.sum(np.sin(x)), [np.linspace(0, 3, 50, dtype=np.float32)]),
    "complex": (lambda z: np.abs(np.exp(z)) ** 2, [0.3 + 0.4j]),
    "empty": (np.sum, [np.zeros(0)]),
    "infinity": (np.exp, [math.inf]),
}


@pytest.mark.parametrize("name", ACCURATE)
def test_nothing_is_suggested_where_no_digits_are_lost(name):
    f, inputs = ACCURATE[name]
    report = check_precision(f, *inputs)
    assert report.lines == []
    assert math.isnan(report.improved)
    assert report.unknown == []
    assert report.digits > report.full - 2


def test_digits_are_those_of_a_closed_form():
    with mpmath.workdps(60):
        exact = mpmath.log1p(mpmath.mpf(1e-10))
        error = abs(mpmath.mpf(math.log(1 + 1e-10)) - exact) / exact
        slope = abs(mpmath.mpf(1 / (1 + 1e-10)) - 1 / (1 + mpmath.mpf(1e-10)))
    report = check_precision(lambda x: np.log(1 + x), 1e-10)
    assert report.digits == pytest.approx(-float(mpmath.log10(error)), abs=1e-6)
    expected = min(report.full, -float(mpmath.log10(slope)))
    assert report.gradient_digits["x"] == pytest.approx(expected, abs=1e-6)


def test_gradient_loses_digits_where_the_result_does():
    report = check_precision(lambda x: np.sqrt(np.sum(x**2)), np.array([3e200, 4e200]))
    assert (report.gradient_digits["x"] == 0).all()
    report = check_precision(lambda x: (1 - np.cos(x)) / x**2, 1e-4)
    assert report.gradient_digits["x"] < report.digits - 3  # exact: -x / 12


def test_each_line_gets_its_own_suggestion():
    def f(x, y):
        a = np.log(1 + x)
        b = 1 - np.cos(y)
        return a / b

    report = check_precision(f, 1e-9, 1e-5)
    assert {line.suggestion for line in report.lines} == {"np.log1p(x)", "2 * np.sin(y / 2)**2"}
    assert {line.place.text for line in report.lines} == {"a = np.log(1 + x)", "b = 1 - np.cos(y)"}
    assert report.improved > 15


def test_long_sum_in_single_precision_is_suggested_in_double():
    x = np.float32(0.1) * np.ones((1000, 2), np.float32)
    report = check_precision(lambda x: np.sum(x, axis=0), x)
    assert report.digits < 6
    assert report.lines[0].reason == "rounding"
    assert report.lines[0].suggestion == "np.sum(x, axis=0, dtype=np.float64)"
    assert report.full == pytest.approx(7.2, abs=0.1)


def test_condition_is_separate_from_lost_digits():
    report = check_precision(np.sin, 1e10)
    assert report.digits > 15
    assert 5 < report.allowed < 8
    report = check_precision(lambda x: np.log(1 + x), 1e-10)
    assert report.allowed > 15


def test_operations_without_exact_function_are_named():
    report = check_precision(lambda x: np.sum(np.linalg.pinv(x)), np.eye(2))
    assert report.unknown == ["pinv"]
    assert report.gradient_digits == {}
    assert "Taken as exact: pinv." in str(report)


def test_own_primitives_are_what_their_functions_compute():
    slope = autograd.elementwise(
        lambda x: (np.exp(x) - 1) / x, None, lambda y, x: (np.exp(x) - y) / x
    )
    report = check_precision(lambda x: slope(x) * 2, np.array([1e-9]))
    assert report.unknown == []
    assert 6 < report.digits < 8
    assert report.lines[0].place.text.startswith("report = check_precision(lambda x: slope(x)")
    assert check_precision(slope, np.array([2.0])).digits > 15


def test_check_precision_is_also_called_precision():
    assert autograd.check.precision is check_precision


NEAR = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
LOGITS = np.array([[30.0, -2.0, 1.0], [0.5, 0.1, 2.0]])
LOSSES = {
    nn.binary_cross_entropy: (NEAR[0], np.array([1.0, 0.0, 1.0])),
    nn.binary_cross_entropy_with_logits: (LOGITS[0], np.array([1.0, 0.0, 1.0])),
    nn.cross_entropy: (LOGITS, np.array([0, 2])),
    nn.hinge: (LOGITS[1], np.array([1.0, -1.0, 1.0])),
    nn.huber: (NEAR, LOGITS),
    nn.kl_divergence: (np.log(NEAR), NEAR[::-1]),
    nn.mae: (NEAR, LOGITS),
    nn.mse: (NEAR, LOGITS),
    nn.nll: (np.log(NEAR), np.array([0, 2])),
}


@pytest.mark.parametrize("precision", [np.float64, np.float32])
@pytest.mark.parametrize("loss", LOSSES)
def test_losses_of_nn_are_known_and_accurate(loss, precision):
    inputs = [x.astype(precision) if x.dtype.kind == "f" else x for x in LOSSES[loss]]
    report = check_precision(loss, *inputs, wrt=[0])
    assert report.unknown == []
    assert report.lines == []
    assert report.digits > report.full - 1


@pytest.mark.parametrize(
    "function",
    [
        np.linalg.det,
        np.linalg.inv,
        np.linalg.cholesky,
        lambda a: np.linalg.solve(a, np.ones(3)),
        lambda a: np.linalg.slogdet(a)[1],
    ],
)
def test_matrices_of_tiny_numbers_are_exact(function):
    report = check_precision(function, np.diag([1e-100, 1e-50, 1.0]))
    assert report.unknown == []
    assert report.digits > 13  # NumPy's det is the exponential of a logarithm
    assert (report.gradient_digits["a"] > 13).all()


def test_branches_follow_the_computed_numbers():
    def f(x):
        return np.log(1 + x) if x < 1e-5 else x

    assert check_precision(f, 1e-9).lines[0].suggestion == "np.log1p(x)"
    assert check_precision(f, 1.0).digits == check_precision(f, 1.0).full


def test_numbers_beyond_all_types_end_quickly():
    report = check_precision(lambda x: np.tanh(np.exp(np.exp(np.exp(x)))), 1e4)
    assert report.digits == report.full
    assert check_precision(lambda x: np.exp(np.exp(x)), 1e8).digits > 15  # it is infinite


def test_function_of_an_overflow_has_no_digits():
    report = check_precision(lambda x: np.sin(np.exp(x) * np.exp(x)), 500.0)
    assert report.digits == 0


def test_functions_of_very_large_numbers_settle():
    report = check_precision(lambda x: np.cos(np.cosh(x)), 709.0)
    assert report.unknown == []
    assert report.digits < 1
    assert report.lines[0].operation == "cos"
    assert check_precision(np.cos, 1e308).digits > 15


def test_containers_and_several_results_have_paths():
    report = check_precision(
        lambda p: {"a": np.log(1 + p["w"]), "b": p["w"] * 2}, {"w": np.array([1e-9, 1.0])}
    )
    assert report.results["result['a']"][0] < 8 < report.results["result['a']"][1]
    assert (report.results["result['b']"] == report.full).all()
    assert list(report.gradient_digits) == ["p['w']"]


def test_large_inputs_are_refused_or_sampled():
    with pytest.raises(DataError, match="smaller arrays"):
        check_precision(lambda x: np.sum(x * x), np.ones(400_000))
    report = check_precision(lambda x: np.sum(x * x), np.ones(3000))
    assert 0 < np.isfinite(report.gradient_digits["x"]).sum() < 3000
    assert "derivatives of x were compared" in str(report)


def test_assigned_elements_are_followed():
    def f(x):
        y = Tensor(np.zeros(2))
        y[0] = np.exp(x) - 1
        y[1] = x
        return np.sin(y) * 2

    report = check_precision(f, 1e-9)
    assert report.unknown == []
    assert report.lines[0].suggestion == "np.expm1(x)"


@pytest.mark.parametrize("seed", range(round(5 * float(os.environ.get("CHAINRULE_FUZZ", "1")))))
def test_random_programs_of_assignments_are_known(seed):
    f = programs.function(programs.program(seed), recorded=True)
    report = check_precision(f, np.array([0.3, -0.7, 0.55, 1.1, -0.2, 0.9]))
    assert report.unknown == []
    assert report.digits > 12
    assert report.lines == []


def test_derivatives_of_very_different_sizes_are_resolved():
    report = check_precision(lambda x: x**-0.5 + x**3.3, np.array([1e-300, 4.0]))
    assert (report.gradient_digits["x"] > 14).all()


@pytest.mark.parametrize("f", [np.sqrt, lambda x: 1 / x, np.log])
def test_missing_derivatives_have_no_digits(f):
    report = check_precision(f, 0.0)
    assert np.isnan(report.gradient_digits["x"])
    assert str(report).splitlines()[2].split() == ["∂/∂x", "-"]


def test_suggestions_use_the_expressions_of_the_line():
    def f(z):
        return np.log(
            np.exp(2 * z).sum(axis=1),
        )

    (line,) = check_precision(f, np.array([[1000.0, 1.0]])).lines
    assert line.found == "np.log(np.exp(2 * z).sum(axis=1))"
    assert line.suggestion == "autograd.logsumexp(2 * z, axis=1)"


def test_formula_that_a_line_has_twice_is_replaced_twice():
    def twice(u, v):
        return np.log(1 + u) + np.log(1 + v)

    def loop(x):
        total = 0.0
        for i in range(4):
            total = total + (1 - np.cos(x * i))
        return total

    report = check_precision(twice, 1e-9, 1e-8)
    assert [line.suggestion for line in report.lines] == ["np.log1p(x)"]
    assert report.improved > 15
    report = check_precision(loop, 1e-6)
    assert [line.suggestion for line in report.lines] == ["2 * np.sin(x * i / 2)**2"]
    assert report.improved > 15


def test_losses_of_a_loop_are_those_of_its_line():
    def chaos(x):
        for _ in range(60):
            x = 4 * x * (1 - x)
        return x

    report = check_precision(chaos, 0.1)
    assert report.digits < 4
    (line,) = report.lines
    assert line.place.text == "x = 4 * x * (1 - x)"
    assert line.before - line.after > 10
    assert line.suggestion == ""
    assert report.allowed < 4


SCIPY = [*OF_SPECIAL, *OF_LINALG]


@pytest.mark.parametrize(("samples", "step"), [(SAMPLES, 12), (SCIPY, 40)], ids=["numpy", "scipy"])
def test_samples_of_rules_agree_with_their_exact_functions(samples, step):
    wrong, known = [], 0
    for sample in samples[::step]:

        def f(*arrays, sample=sample):
            return sample.function(*arrays, **sample.keywords)

        report = check_precision(f, *map(np.asarray, sample.inputs))
        if report.unknown:
            continue
        known += 1
        gradient = min(np.nanmin(d, initial=16) for d in report.gradient_digits.values())
        if report.digits < min(9, report.full - 2) or gradient < min(9, report.full - 2, 5):
            wrong.append((str(sample), report.digits, gradient))
    assert wrong == []
    assert known > 0.6 * len(samples) / step


def test_gradient_may_lose_digits_that_the_result_has():
    report = check_precision(lambda x: 1 / (1 + np.exp(-x)), -1000.0)
    assert report.lines == []
    assert report.digits == report.full
    assert report.gradient_digits["x"] == 0  # NaN, though the derivative is 0 in range
    assert report.gradient_lines[0].suggestion == "autograd.sigmoid(x)"
    assert report.gradient_improved > 15


def test_lines_of_the_gradient_remain_after_the_suggestions():
    report = check_precision(lambda x: np.log(1 + x) / x, 1e-10)
    assert report.lines[0].suggestion == "np.log1p(x)"
    (line,) = report.gradient_lines
    assert line.operation == "sum of derivatives"
    assert report.improved > 15
    assert report.gradient_improved < 12
    assert "and the gradient" in str(report)


def test_both_lines_of_paths_that_cancel_are_named():
    def f(x):
        above = np.sin(x)
        return above / x

    (line,) = check_precision(f, 1e-6).gradient_lines
    first = f.__code__.co_firstlineno
    assert {line.place.line, int(line.operation.split()[-1])} == {first + 1, first + 2}


def test_unverified_lines_of_a_gradient_are_said():
    def series(x):
        term, total = 1.0, 1.0
        for n in range(1, 100):
            term = term * x / n
            total = total + term
        return total

    report = check_precision(series, -25.0)
    assert "The lines that lose digits of ∂/∂x could not be verified." in report.notes


def test_every_formula_of_the_table_equals_its_replacement():
    for found, better in ROWS:
        names = {n.id for n in ast.walk(ast.parse(found)) if isinstance(n, ast.Name)}
        matrix = any(word in found for word in ("det", "inv"))
        random = np.random.default_rng(len(found))
        values = {
            name: np.eye(3) + random.uniform(0, 0.3, (3, 3))
            if matrix
            else random.uniform(0.1, 0.3, 3)
            for name in sorted(names - set(NAMESPACE))
        }
        if "/ n" in found:
            values["n"] = 3.0
        if "b**2" in found:
            values["b"] = values["b"] + 3.0
        if found == "x - np.sqrt(x**2 - y)":
            values["y"] = values["y"] / 100
        if "np.sqrt(x - y)" in found:
            values["x"] = values["x"] + 1.0
        replacement = better.replace("{axes}", "").replace("{axis}", "")
        one = eval(found, {**NAMESPACE, **values})
        other = eval(replacement, {**NAMESPACE, **values})
        np.testing.assert_allclose(one, other, rtol=1e-6, err_msg=found)
