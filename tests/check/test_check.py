"""What `check_gradients` takes, gives and says; whether it is right is for the galleries."""

import functools
import math
import re

import numpy as np
import pytest
from check.lost_derivatives import CASES as LOST
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Tensor, Value, assert_gradients, check_gradients
from autograd.check import numerical_derivative
from autograd.errors import DataError, GradientError

random = np.random.default_rng(3)


def wrong(factor):
    return autograd.elementwise(
        lambda x: np.sin(x), None, lambda y, x: factor * np.cos(x), name="bad"
    )


# -- the numerical derivative -----------------------------------------------------------------

SLOPES = {math.sin: math.cos, math.exp: math.exp, math.atan: lambda x: 1 / (1 + x * x)}


@given(st.floats(-3, 3), st.sampled_from([*SLOPES, lambda x: x**7]))
@pytest.mark.slow
def test_estimated_difference_error_bounds_the_true_error(x, f):
    slope = SLOPES.get(f, lambda x: 7 * x**6)(x)
    derivative, error = numerical_derivative(f, x)
    assert abs(derivative - slope) <= 10 * error
    assert error < 1e-7 * max(1.0, abs(slope))


@given(st.floats(-200, 200), st.floats(0.1, 10))
def test_the_numerical_derivative_keeps_its_digits_at_any_scale(exponent, x):
    scale = 10.0**exponent
    derivative, _ = numerical_derivative(lambda t: math.sin(t / scale), x * scale)
    assert derivative * scale == pytest.approx(math.cos(x), rel=1e-8, abs=1e-8)


def test_the_numerical_derivative_agrees_with_scipy():
    from scipy.differentiate import derivative

    for f in (np.sin, np.exp, np.arctan, lambda x: x**5 / (1 + x * x)):
        for x in (0.3, 1.7, 25.0):
            expected = derivative(f, x).df
            assert numerical_derivative(f, x)[0] == pytest.approx(expected, rel=1e-8)


# -- what it takes ----------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [-1.0, 2.0, 0.5, 0.0, 1.001, 1 + 1e-5])
def test_a_wrong_derivative_is_found_in_numbers_and_arrays(factor):
    for x in (0.3, np.array([0.3, -0.5])):
        with pytest.raises(GradientError) as caught:
            check_gradients(wrong(factor), x)
        report = caught.value.report
        assert not report.ok
        assert not report.worst.ok
        assert "WRONG" in str(caught.value)


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
    check_gradients(lambda x: x * x, np.float32(3.0))
    check_gradients(lambda x: x * x, 1 + 2j)


def test_functions_of_every_kind_can_be_checked():
    class Scale:
        def __init__(self, factor):
            self.factor = factor

        def __call__(self, x):
            return self.factor * np.sin(x)

        def method(self, x, shift=1.0):
            return self.factor * (x - shift)

    check_gradients(Scale(3.0), np.ones(2))
    check_gradients(Scale(3.0).method, np.ones(2))
    check_gradients(functools.partial(np.multiply, 3.0), np.ones(2))
    check_gradients(lambda *xs: sum(x * x for x in xs), 1.0, 2.0, 3.0)
    check_gradients(np.tanh, 0.5, gradient=lambda x: 1 - np.tanh(x) ** 2)
    check_gradients(math.sin, 0.5, gradient=math.cos)


def test_inputs_and_results_may_be_nested():
    def f(params, scales):
        hidden = np.tanh(params["W"] @ params["b"])
        return {"hidden": [hidden * scales[0]], "size": (params["b"] * scales[1]).sum()}

    params = {"W": random.normal(size=(2, 3)), "b": random.normal(size=3)}
    report = check_gradients(f, params, [2.0, (3.0)], modes=("reverse", "forward"))
    assert len(report.comparisons) == 2 * 3 * (6 + 3 + 2)
    names = {c.where for c in report.comparisons}
    assert {"params['W'][1, 2]", "params['b'][0]", "scales[1]"} <= names
    assert {c.output for c in report.comparisons} == {
        "result['hidden'][0][0]", "result['hidden'][0][1]", "result['size']"
    }  # fmt: skip


def test_inputs_are_named_after_the_parameters():
    def loss(weights, x):
        return (weights * x).sum()

    report = check_gradients(loss, np.ones(2), 3.0)
    assert [c.where for c in report.comparisons] == ["weights[0]", "weights[1]", "x"]
    report = check_gradients(loss, np.ones(2), 3.0, names=["w", "y"])
    assert [c.where for c in report.comparisons] == ["w[0]", "w[1]", "y"]
    report = check_gradients(lambda *xs: xs[0] * xs[1], 1.0, 2.0)
    assert [c.where for c in report.comparisons] == ["inputs[0]", "inputs[1]"]


def test_integer_arrays_are_constants_and_the_report_says_so():
    labels = np.array([0, 2])
    report = check_gradients(lambda x, labels: x[labels] * 2.0, np.ones(3), labels)
    assert "Treated as constant: labels (integers)." in report.notes
    assert len(report.comparisons) == 6
    with pytest.raises(DataError, match="floating point"):
        check_gradients(lambda x: x * 2, np.arange(3))


def test_inputs_are_not_modified():
    x = np.array([1.0, 2.0])
    node = Tensor(x)
    node.grad = np.array([5.0, 6.0])
    check_gradients(lambda t: t * t, x)
    check_gradients(lambda t: t * t, node)
    check_gradients(lambda t: (t * t).sum(), x, gradient=lambda t: 2 * t)
    np.testing.assert_array_equal(x, [1.0, 2.0])
    np.testing.assert_array_equal(node.grad, [5.0, 6.0])


def test_a_function_may_modify_its_arguments():
    def f(x):
        x += 1
        return (x * x).sum()

    check_gradients(f, np.ones(3), gradient=lambda x: 2 * (x + 1))


def test_a_function_that_leaves_the_graph_is_reported():
    with pytest.raises(DataError, match="not a node"):
        check_gradients(lambda x: x.data * 2, 1.0)


def test_an_independent_output_has_derivative_zero():
    report = check_gradients(lambda x, y: x * 2, np.ones(2), np.ones(2))
    analytic = np.array([c.analytic for c in report.comparisons]).reshape(2, 4)
    np.testing.assert_array_equal(analytic, [[2, 0, 0, 0], [0, 2, 0, 0]])


@pytest.mark.parametrize(
    "options",
    [
        {"modes": ("sideways",)},
        {"modes": ()},
        {"modes": "reverse"},
        {"method": "guess"},
        {"order": 0},
        {"projections": 0},
        {"order": 2, "gradient": np.cos},
    ],
)
def test_invalid_arguments_are_rejected(options):
    with pytest.raises(DataError):
        check_gradients(np.sin, 0.5, **options)


# -- gradients from elsewhere -----------------------------------------------------------------


def quadratic(x, y):
    return (x * x).sum() * y


@pytest.mark.parametrize(
    "gradient",
    [
        lambda x, y: (2 * x * y, (x * x).sum()),
        lambda x, y: [2 * x * y, (x * x).sum()],
        lambda x, y: {"y": (x * x).sum(), "x": 2 * x * y},
        (np.array([4.0, 8.0]), 5.0),
    ],
)
def test_a_gradient_may_be_a_tuple_a_dict_or_plain_arrays(gradient):
    report = check_gradients(quadratic, np.array([1.0, 2.0]), 2.0, gradient=gradient)
    assert len(report.comparisons) == 3


def test_a_gradient_may_omit_constants():
    labels = np.array([1, 0])
    check_gradients(lambda x, labels: (x[labels] * x).sum(), np.array([1.0, 3.0]), labels,
                    gradient=lambda x, labels: 2 * x[labels])  # fmt: skip
    check_gradients(lambda x, labels, y: (x * y).sum(), np.ones(2), labels, 2.0,
                    gradient=lambda x, labels, y: (y * np.ones(2), None, x.sum()))  # fmt: skip


def test_a_gradient_of_the_wrong_structure_is_rejected():
    with pytest.raises(DataError, match=r"has 1 part, the function 2 inputs \(x, y\)"):
        check_gradients(quadratic, np.ones(2), 2.0, gradient=lambda x, y: 2 * x * y)
    with pytest.raises(DataError, match="lacks params"):
        check_gradients(lambda params: params["a"] * params["b"], {"a": 1.0, "b": 2.0},
                        gradient=lambda params: {"a": params["b"]})  # fmt: skip


def test_gradient_true_means_function_returns_value_and_gradient():
    check_gradients(lambda x: ((x * x).sum(), 2 * x), np.ones(3), gradient=True)
    report = check_gradients(
        lambda x: ((x * x).sum(), 3 * x), np.ones(3), gradient=True, raises=False
    )
    assert not report.ok
    assert report.comparisons[0].where == "x[0]"


def test_a_jacobian_has_result_shape_then_input_shape():
    a = random.normal(size=(3, 4))
    check_gradients(lambda x: a @ np.sin(x), np.ones(4), gradient=lambda x: a * np.cos(x))
    check_gradients(np.sin, np.ones((2, 2)),
                    gradient=lambda x: np.einsum("ik,jl,kl->ijkl", np.eye(2), np.eye(2), np.cos(x)))  # fmt: skip
    report = check_gradients(
        lambda x: a @ x, np.ones(4), gradient=lambda x: np.ones((2, 4)), raises=False
    )
    assert report.worst.verdict == "wrong shape"
    assert "has shape (2, 4)" in report.reasons[0]


def test_a_backward_pass_is_checked_as_a_vjp():
    X = random.normal(size=(5, 3))

    def affine(w, b):
        return np.tanh(X @ w + b)

    def backward(g, w, b):
        inner = g * (1 - np.tanh(X @ w + b) ** 2)
        return X.T @ inner, inner.sum(axis=0)

    w, b = random.normal(size=(3, 2)), random.normal(size=2)
    report = check_gradients(affine, w, b, vjp=backward)
    assert len(report.comparisons) == 10 * 8
    assert check_gradients(affine, w, b, vjp=backward, method="projected").ok

    def not_summed(g, w, b):
        return backward(g, w, b)[0], backward(g, w, b)[1] / 5

    report = check_gradients(affine, w, b, vjp=not_summed, raises=False)
    assert {c.where for c in report.comparisons if not c.ok} == {"b[0]", "b[1]"}
    assert "with respect to b is 5 times too small" in report.reasons[0]


@pytest.mark.slow
def test_gradients_from_scipy_and_sympy_pass():
    import sympy
    from scipy.optimize import rosen, rosen_der, rosen_hess

    x = random.normal(size=5)
    check_gradients(rosen, x, gradient=rosen_der)
    check_gradients(rosen_der, x, gradient=rosen_hess)
    s, t = sympy.symbols("s t")
    expression = sympy.exp(s * t) * sympy.sin(s) / (1 + t**2)
    f = sympy.lambdify((s, t), expression, "math")
    slopes = [sympy.lambdify((s, t), sympy.diff(expression, v), "math") for v in (s, t)]
    check_gradients(f, 0.3, -1.2, gradient=lambda s, t: tuple(slope(s, t) for slope in slopes))


class LikeTorch:
    """As much of PyTorch's tensor as the checker goes by."""

    def __init__(self, array, requires_grad=False):
        self.array = np.asarray(array)
        self.dtype = self.array.dtype
        self.requires_grad = requires_grad

    def new_tensor(self, array, dtype=None):
        return LikeTorch(np.array(array, dtype))

    def requires_grad_(self, wanted):
        self.requires_grad = wanted
        return self

    def detach(self):
        return self

    cpu = resolve_conj = detach

    def numpy(self):
        return self.array

    def sum_of_squares(self):
        return LikeTorch((self.array**2).sum())


def test_tensors_of_other_frameworks_are_passed_unchanged():
    seen = []

    def f(x):
        seen.append(x)
        return x.sum_of_squares()

    x = LikeTorch(np.array([1.0, 2.0]), requires_grad=True)
    check_gradients(f, x, gradient=lambda x: LikeTorch(2 * x.array))
    assert all(isinstance(x, LikeTorch) and x.requires_grad for x in seen)


# -- higher derivatives, forward mode ---------------------------------------------------------


def test_each_higher_derivative_is_checked():
    report = check_gradients(lambda x: np.sin(x) * x**2, 0.7, order=3, modes=("reverse", "forward"))
    modes = [c.mode for c in report.comparisons]
    assert modes == ["", "forward", "order 2", "order 2, forward", "order 3", "order 3, forward"]
    x, c, s = 0.7, math.cos(0.7), math.sin(0.7)
    exact = [x * x * c + 2 * x * s, 4 * x * c + 2 * s - x * x * s, 6 * c - 6 * x * s - x * x * c]
    found = [comparison.analytic for comparison in report.comparisons]
    np.testing.assert_allclose(found, np.repeat(exact, 2), rtol=1e-12)


def test_linear_functions_have_zero_second_derivatives():
    report = check_gradients(lambda x, y: 3 * x + y.sum(), 1.0, np.ones(2), order=2)
    assert all(c.analytic == 0 for c in report.comparisons if c.mode == "order 2")


def test_a_rule_without_second_derivative_is_named():
    def slope(y, x):
        return 2 * (x.data if isinstance(x, autograd.Node) else x)

    own = autograd.elementwise(lambda x: x * x, None, slope, name="own_square")
    assert check_gradients(lambda x: own(x).sum(), np.array([1.0, 2.0])).ok
    report = check_gradients(lambda x: own(x).sum(), np.array([1.0, 2.0]), order=2, raises=False)
    assert not report.ok
    assert "'own_square' gives the right first derivative, but cannot" in report.reasons[0]


# -- the report -------------------------------------------------------------------------------


def test_one_wrong_element_among_many_is_named_first():
    def vjp(g, y, x):
        slope = np.cos(x)
        slope[3, 1] *= 1.01
        return g * slope

    almost = autograd.define(lambda x: np.sin(x), vjp, name="almost")
    with pytest.raises(GradientError) as caught:
        check_gradients(lambda x: almost(x).sum(), np.ones((6, 4)))
    report = caught.value.report
    assert report.worst.where == "x[3, 1]"
    assert report.worst.relative_error == pytest.approx(0.01, rel=0.02)
    assert str(caught.value).splitlines()[2].startswith("x[3, 1]")
    assert "24 derivatives checked, 10 shown: 1 wrong" in str(caught.value)


def test_a_report_renders_as_table_and_html():
    report = check_gradients(lambda x: x * x, 3.0)
    assert repr(report) == str(report) == report.table()
    assert "1 derivative checked: none wrong" in repr(report)
    assert report.counts == {"ok": 1}
    nasty = check_gradients(lambda x: x["<b>&"] * 2, {"<b>&": 1.0})
    page = nasty._repr_html_()
    assert "<b>" not in page
    assert "&lt;b&gt;&amp;" in page
    assert page.count("<tr>") == 2


def luminance(colour):
    """Return the luminance of a colour, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [((part + 0.055) / 1.055) ** 2.4 if part > 0.04 else part / 12.92 for part in parts]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize(
    ("f", "x", "gradient"), [(lambda x: x * x, 3.0, 5.0), (abs, 0.0, 0.0)], ids=["wrong", "kink"]
)
def test_verdict_colours_suit_light_and_dark_pages(f, x, gradient):
    page = check_gradients(f, x, gradient=gradient, raises=False)._repr_html_()
    (colours,) = re.findall(r"color:#(\w{6});background:#(\w{6})", page)
    ink, plate = map(luminance, colours)
    assert (plate + 0.05) / (ink + 0.05) > 4.5  # AA of WCAG 2, on a page of any colour


def test_the_comparisons_are_a_sequence():
    comparisons = check_gradients(lambda x: x * x, np.arange(1.0, 4.0), order=2).comparisons
    assert len(comparisons) == len(list(comparisons)) == 18
    assert comparisons[-1].name == list(comparisons)[-1].name == "∂(∂x[2])/∂x[2] (order 2)"
    assert [c.name for c in comparisons[:2]] == [comparisons[0].name, comparisons[1].name]
    with pytest.raises(IndexError):
        comparisons[18]


def test_an_empty_report_is_ok():
    report = check_gradients(lambda x: x.sum(), np.zeros((0, 3)))
    assert report.ok
    assert report.worst is None
    assert "0 derivatives checked" in report.table()


def test_assert_gradients_raises_with_the_report():
    assert assert_gradients(np.sin, 0.5) is None
    with pytest.raises(AssertionError) as caught:
        assert_gradients(np.sin, 0.5, gradient=np.sin)
    assert not caught.value.report.ok


@pytest.mark.slow
def test_a_report_is_plotted_element_by_element(tmp_path):
    pytest.importorskip("matplotlib")

    def gradient(W, b, z):
        return np.cos(W) + (np.arange(6).reshape(2, 3) == 4), np.ones(3), 2 * z.conj()

    report = check_gradients(
        lambda W, b, z: np.sin(W).sum() + b.sum() + (z * z.conj()).real.sum(),
        np.ones((2, 3)), np.ones(3), np.array([1 + 1j]), gradient=gradient, raises=False,
    )  # fmt: skip
    figure = report.plot()
    titles = [axes.get_title() for axes in figure.axes]
    assert [t for t in titles if t] == ["W", "b", "z (real)", "z (imaginary)"]
    image = figure.axes[0].images[0].get_array()
    assert np.unravel_index(np.argmax(image), image.shape) == (1, 1)
    (marks,) = figure.axes[0].lines
    assert (list(marks.get_xdata()), list(marks.get_ydata())) == ([1], [1])
    ticks = [*figure.axes[0].get_xticks(), *figure.axes[0].get_yticks()]
    assert all(tick == int(tick) for tick in ticks)  # they number rows and columns
    figure.savefig(tmp_path / "errors.png")
    large = check_gradients(lambda x: x.sum(), np.ones(2000))
    assert large.plot().axes[0].get_title() == "random directions"


def test_a_line_that_assigns_an_element_is_named():
    def gradient(x):
        g = np.cos(x)
        g[2] *= 1.5
        return g

    x = np.array([-1.2, -0.4, 0.3, 0.9, 2.1])
    report = check_gradients(lambda x: np.sin(x).sum(), x, gradient=gradient, raises=False)
    only, line = report.reasons
    assert "only at [2], 1 of 5 elements, where it is 3/2 times too large" in only
    assert "g[2] *= 1.5\n    This statement is one too many." in line


# -- blame ------------------------------------------------------------------------------------


def test_the_wrong_primitive_argument_and_line_are_named():
    bad = autograd.define(
        lambda a, b: a * b + 0,
        lambda g, z, a, b: g * b,
        lambda g, z, a, b: -g * a,
        name="product",
    )

    def f(x, y):
        inner = np.exp(x)
        return (bad(inner, y) + inner).sum()  # blame me

    report = check_gradients(f, np.array([0.1, 0.2]), np.array([1.0, 2.0]), raises=False)
    (reason,) = report.reasons
    assert "The derivative of 'product' with respect to argument 1 (b) is wrong" in reason
    assert "it has the wrong sign" in reason
    assert "in f: return (bad(inner, y) + inner).sum()  # blame me" in reason


def test_a_wrong_rule_for_floats_is_named():
    report = check_gradients(lambda x: wrong(2.0)(x) + 1, 0.4, raises=False)
    assert (
        "'bad' with respect to argument 0 (x) is wrong: it is 2 times too large"
        in report.reasons[0]
    )


def test_the_line_where_a_derivative_is_lost_is_named():
    for f, size in LOST.items():
        try:
            x = np.cos(np.arange(1.0, size + 1)) + 1.2
            found = "\n".join(check_gradients(f, x, raises=False, vary=False).reasons)
        except DataError as error:  # it returns no node
            found = str(error)
        lines = [line for line in found.split("\n") if "lost_derivatives.py, line" in line]
        assert len(lines) == 1 + (f.__name__ == "twice"), f
        assert all(line.endswith("# lost") for line in lines), f


def test_the_wrong_line_of_a_rule_is_named():
    from check.wrong_rules import CASES

    for rule, inputs in CASES:
        report = check_gradients(lambda *x, f=rule: np.sum(np.sin(f(*x))), *inputs, raises=False)
        (line,) = report.lines
        assert line.text.split("\n")[1].endswith("# wrong"), line
        assert line.text in "\n".join(report.reasons)


def test_a_lost_derivative_without_source_names_its_use():
    names = {"np": np}
    exec("def f(x):\n    scale = x.data.max()\n    return (x * scale).sum()", names)
    report = check_gradients(names["f"], np.array([1.0, 2.0]), raises=False)
    assert "Argument 1 of 'multiply' changes with the inputs" in report.reasons[0]


def test_observers_are_removed_when_a_function_fails():
    from autograd.engine.grad_mode import GRAD_MODE

    calls = []

    def f(x):
        calls.append(x)
        if len(calls) > 3:
            raise RuntimeError("no more")
        return wrong(2.0)(x)

    with pytest.raises(RuntimeError, match="no more"):
        check_gradients(f, 1.0)
    assert GRAD_MODE.interventions == 0
