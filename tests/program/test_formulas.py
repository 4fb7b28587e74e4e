"""Formulas are read back and computed: they have the numbers of the program they come from."""

import functools
import math

import numpy as np
import pytest
from program.computing_terms import evaluate
from program.reading_latex import computed
from rules.checks import quiet
from rules.samples import SAMPLES

import autograd
from autograd import Tensor, grad, jacobian, trace, tree, value_and_grad
from autograd.errors import TraceError
from autograd.program import structure
from autograd.program.formulas import Formulas
from autograd.program.formulas.latex import fraction, name
from autograd.program.instructions import Variable
from autograd.program.running import compiled

RNG = np.random.default_rng(0)
N = RNG.normal


def agrees(function, *arguments):
    """Compare the formulas of a call with its program, and return their text."""
    program = trace(function)(*arguments)
    formulas = Formulas(program)
    held = dict(zip(program.inputs, arguments, strict=True))
    inputs = {
        formulas.names[term]: held[x] if isinstance(x, Variable) else x.value
        for x, term in formulas.reader.inputs.items()
    }
    text = formulas.latex()
    shapes = {line.name: line.term.shape for line in formulas.lines}
    with np.errstate(all="ignore"):
        found = computed(text, inputs, shapes)
        expected = list(tree.flat(compiled(program)(*arguments)))
    results = formulas.results[-len(expected) :]
    for (result, term), y in zip(results, expected, strict=True):
        assert term.shape == np.shape(y)
        numbers = found[result]
        if not np.all(np.isfinite(y)):
            continue
        if np.size(numbers) == np.size(y):
            numbers = np.reshape(numbers, np.shape(y))
        np.testing.assert_allclose(np.broadcast_to(numbers, np.shape(y)), y, 1e-5, 1e-7)
    return text


def body(text):
    """Return the lines of a block."""
    inside = text.removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}")
    return [line.replace(" &=", " =") for line in inside.split(" \\\\\n")]


# -- the formulas that people know --------------------------------------------------------------


def softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def test_logistic_regression_has_the_formula_of_textbooks():
    def loss(w, b, X, y):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    y = (N(size=5) > 0) * 1.0
    text = agrees(grad(loss, (0, 1)), N(size=3), 0.1, N(size=(5, 3)), y)
    lines = body(text)
    assert r"p = \sigma\left(X w + b\right)" in lines
    assert r"\frac{\partial L}{\partial w} = \frac{1}{5} X^{\top} \left(p - y\right)" in lines
    assert (
        r"\frac{\partial L}{\partial b} = \frac{1}{5} \sum_{i} \left(p_{i} - y_{i}\right)" in lines
    )


def test_squared_error_of_a_logistic_layer():
    def loss(W, X, y):
        p = 1 / (1 + np.exp(-(X @ W)))
        return np.mean((p - y) ** 2)

    text = agrees(grad(loss), N(size=(3, 2)), N(size=(5, 3)), N(size=(5, 2)))
    assert r"\circ \left(1 - " in text
    assert len(body(text)) <= 3


def test_attention_has_the_formula_of_textbooks():
    def loss(Q, K, V):
        return np.sum((softmax(Q @ K.T / np.sqrt(3)) @ V) ** 2)

    text = agrees(grad(loss, (0, 1, 2)), N(size=(4, 3)), N(size=(5, 3)), N(size=(5, 2)))
    assert r"\operatorname{softmax}\left(\frac{1}{\sqrt{3}} Q K^{\top}\right)" in text
    assert "max_" not in text


@pytest.mark.parametrize("stable", [False, True])
def test_cross_entropy_of_a_softmax(stable):
    def loss(W, X, Y):
        Z = X @ W
        if stable:
            m = np.max(Z, axis=1, keepdims=True)
            logs = Z - m - np.log(np.sum(np.exp(Z - m), axis=1, keepdims=True))
            return -np.mean(np.sum(Y * logs, axis=1))
        return -np.mean(np.sum(Y * np.log(softmax(Z)), axis=1))

    text = agrees(grad(loss), N(size=(3, 4)), N(size=(5, 3)), np.eye(4)[[0, 1, 2, 3, 0]])
    assert r"\operatorname{softmax}" in text
    assert "max_" not in text
    gradient = body(text)[-2:]
    assert "e^" not in "".join(gradient)


def test_tanh_has_its_short_derivative():
    text = agrees(value_and_grad(lambda w, x, b: np.tanh(w * x + b), (0, 1, 2)), -3.0, 2.0, 6.9)
    assert len([line for line in body(text) if "tanh" in line]) == 1
    assert "1 - " in text


def test_norms_and_roots_are_written_as_such():
    text = agrees(lambda x: np.linalg.norm(x) + np.sum(x**2), N(size=4))
    assert r"\left\|x\right\|^{2} + \left\|x\right\|" in text


def test_biases_are_written_with_a_column_of_ones():
    def loss(W, b, X):
        return np.sum(np.tanh(X @ W + b))

    lines = body(agrees(grad(loss, (0, 1)), N(size=(3, 2)), N(size=2), N(size=(5, 3))))
    assert any(r"X W + \mathbf{1} b^{\top}" in line for line in lines)
    assert lines[-1].endswith(r"^{\top} \mathbf{1}")


def test_gradients_of_slices_are_a_matrix_of_blocks():
    text = agrees(grad(lambda z: np.sum(z[:, :2] * np.sin(z[:, 2:]))), N(size=(3, 4)))
    assert r"\frac{\partial L}{\partial z} &= \begin{bmatrix} A & z" in text


def test_the_gradient_of_a_trace_is_a_product():
    text = agrees(value_and_grad(lambda A, B: np.trace(A @ B)), N(size=(3, 4)), N(size=(4, 3)))
    assert body(text) == [
        r"L = \operatorname{tr}\left(A B\right)", r"\frac{\partial L}{\partial A} = B^{\top}",
    ]  # fmt: skip


def test_a_quadratic_form_is_written_as_one():
    lines = body(agrees(value_and_grad(lambda x, A: x @ A @ x), N(size=3), N(size=(3, 3))))
    assert lines[0] == r"L = x^{\top} A x"


# -- many functions -----------------------------------------------------------------------------

FUNCTIONS = {
    "powers": (lambda x, y: x**3 / y**2 - 1 / x, 2.0, 3.0),
    "mean": (lambda x: np.mean(x * x) * np.mean(x), N(size=4)),
    "quotients": (lambda x, y: (x - y) / (x + y) / (x * y), 2.0, 3.0),
    "signs": (lambda x, y: -(x - y) * (y - x) * -x, 2.0, 3.0),
    "outer": (lambda x, y: np.outer(x, y) @ y, N(size=3), N(size=4)),
    "rows": (lambda x, y: x @ y @ x, N(size=3), N(size=(3, 3))),
    "columns": (lambda x, y: x[:, None] * y + y, N(size=3), N(size=4)),
    "transposes": (lambda x: (x.T @ x).T @ x.T, N(size=(3, 4))),
    "axes": (lambda x: x.sum(0) * x.max(0) - x.min(axis=0), N(size=(3, 4))),
    "keepdims": (lambda x: x / x.sum(axis=1, keepdims=True), N(size=(3, 4))),
    "broadcasting": (lambda x, b: np.tanh(x + b) * b, N(size=(3, 4)), N(size=4)),
    "stacks": (lambda x, y: x @ y, N(size=(2, 3, 4)), N(size=(2, 4, 3))),
    "swapped": (lambda x: np.swapaxes(x, -1, -2) @ x, N(size=(2, 3, 4))),
    "comparison": (lambda x: np.where(x > 0, x, 0.1 * x), N(size=5)),
    "relu": (lambda x, w: np.maximum(w @ x, 0), N(size=3), N(size=(4, 3))),
    "logarithms": (lambda x: np.log1p(x) + np.log2(x) + np.expm1(x), 1.5),
    "variance": (lambda x: np.var(x) + np.std(x), N(size=5)),
    "elements": (lambda x: x[1:] * x[:-1] + x[0], N(size=5)),
    "solution": (lambda x, y: np.linalg.solve(x, y), N(size=(3, 3)), N(size=3)),
    "row of sums": (lambda x, y: np.einsum("ij,j->i", x, y), N(size=(3, 4)), N(size=4)),
    "contraction": (lambda x, y: np.einsum("ji,jk->ik", x, y), N(size=(3, 4)), N(size=(3, 2))),
    "turned": (lambda x, y: np.einsum("ji,kj->ik", x, y), N(size=(3, 4)), N(size=(2, 3))),
    "three": (lambda x, y: np.einsum("i,ij,j->", x, y, y[0]), N(size=3), N(size=(3, 4))),
    "blocks": (lambda x, y: np.concatenate([x, y], axis=1), N(size=(3, 4)), N(size=(3, 2))),
    "parts": (lambda x: x[:2] * x[2:4] + x[4:], N(size=6)),
    "gates": (lambda x: x[:, :2] * x[:, 2:], N(size=(3, 4))),
    "inverse": (lambda x: np.linalg.inv(x) @ x.T, N(size=(3, 3))),
    "logistic": (lambda x: autograd.sigmoid(x) * autograd.softplus(x), N(size=3)),
    "logsumexp": (lambda x: autograd.logsumexp(x, axis=1), N(size=(3, 4))),
    "constants": (lambda x: x * math.pi + 2 / math.sqrt(3) - x * x / 3, 1.5),
    "small": (lambda x: x + 1e-12 * x * x + 1e-9, 1.5),
    "names": (lambda e, i, y: e * np.exp(i) + np.sum(y) * e**i, 1.5, 0.3, N(size=3)),
}


def total(function):
    """Return a function whose result is a number."""
    return lambda *xs: np.sum(np.sin(function(*xs)))


@pytest.mark.parametrize("case", FUNCTIONS, ids=str)
def test_values_read_back(case):
    agrees(*FUNCTIONS[case])


@pytest.mark.parametrize("case", FUNCTIONS, ids=str)
def test_gradients_read_back(case):
    function, *arguments = FUNCTIONS[case]
    agrees(value_and_grad(total(function), tuple(range(len(arguments)))), *arguments)


def test_a_second_derivative_is_not_called_a_first_one():
    text = agrees(grad(grad(lambda x: x**3)), 1.5)
    assert body(text)[-1] == "y = 6 x"


def test_a_jacobian_has_formulas():
    formulas = Formulas(trace(jacobian(lambda x: x * x))(N(size=3)))
    assert formulas.latex()


# -- every rule ---------------------------------------------------------------------------------


def cases():
    """Yield the first sample of each function; `make gallery` takes the others."""
    seen = set()
    for sample in SAMPLES:
        label = str(sample).partition("[")[0]
        yield pytest.param(sample, marks=[pytest.mark.gallery] if label in seen else [])
        seen.add(label)


def real_number(sample):
    """Return a function whose result depends on every part of what a sample returns."""

    def function(*inputs):
        result = sample.function(*inputs, **sample.keywords)
        parts = result if isinstance(result, (tuple, list)) else [result]
        return sum(
            np.sum(np.real(x) * 1.5) for x in parts if hasattr(x, "shape") or type(x) is float
        )

    return function


@pytest.mark.parametrize("derive", [False, True], ids=["value", "gradient"])
@pytest.mark.each("sample", list(cases()))
@quiet
def test_rules_are_read_as_what_they_compute(sample, derive):
    inputs = [
        float(x) if np.shape(x) == () and np.asarray(x).dtype.kind == "f" else x
        for x in sample.inputs
    ]
    numbers = [i for i, x in enumerate(inputs) if np.asarray(x).dtype.kind in "fc"]
    function = functools.partial(sample.function, **sample.keywords)
    if derive:
        function = value_and_grad(real_number(sample), tuple(numbers))
    try:
        program, expected = trace(function)(*inputs), function(*inputs)
    except (TraceError, TypeError):
        pytest.skip("it cannot be traced, or derived")
    formulas = Formulas(program)
    assert formulas.latex()
    held = dict(zip(program.inputs, flat_inputs(inputs), strict=True))
    values = {
        term: held[x] if isinstance(x, Variable) else x.value
        for x, term in formulas.reader.inputs.items()
    }
    results = list(tree.flat(expected))
    terms = [term for _, term in formulas.results[-len(results) :]]
    for term, found, y in zip(terms, evaluate(terms, values), results, strict=True):
        assert term.shape == np.shape(y)
        found = np.broadcast_to(found, np.shape(y))
        both = np.isfinite(found) & np.isfinite(y)
        np.testing.assert_allclose(found[both], np.asarray(y)[both], 1e-5, 1e-7)


def flat_inputs(inputs):
    leaves = []
    structure.flatten((tuple(inputs), {}), leaves, [])
    return leaves


# -- random expressions -------------------------------------------------------------------------

BINARY = [np.add, np.subtract, np.multiply, np.divide, np.maximum]
UNARY = [np.tanh, np.exp, np.sin, np.negative, np.square, lambda x: np.sqrt(1 + x * x)]


def random_function(rng, shapes):
    """Return a function of arrays that combines them at random."""
    steps = [(rng.integers(3), rng.integers(8), rng.integers(1000), rng.integers(1000))
             for _ in range(rng.integers(2, 9))]  # fmt: skip

    def function(*xs):
        known = list(xs)
        for kind, which, i, j in steps:
            a, b = known[i % len(known)], known[j % len(known)]
            if kind == 0:
                known.append(UNARY[which % len(UNARY)](a))
            elif kind == 1 and np.ndim(a) == 2:
                options = (a @ a.T, a.T @ a, a.sum(axis=0), a.mean(axis=1, keepdims=True), a.T)
                known.append(options[which % 5])
            else:
                try:
                    known.append(BINARY[which % len(BINARY)](a, b))
                except ValueError:  # shapes that do not fit
                    known.append(np.sum(a) * b)
        return np.sum(known[-1])

    return function


@pytest.mark.each("seed", range(60))
def test_random_functions_and_gradients_read_back(seed):
    rng = np.random.default_rng(seed)
    shapes = [[(), (), ()], [(3,), (3,), ()], [(3, 4), (4,), (3, 1)]][seed % 3]
    arguments = [rng.uniform(0.5, 1.5, shape) if shape else 1.0 + rng.random() for shape in shapes]
    agrees(value_and_grad(random_function(rng, shapes), (0, 1, 2)), *arguments)


def test_sums_of_what_is_the_same_are_multiples():
    def f(x, y):
        return np.sum(((y / y) * x) @ ((y / y) * x).T)

    text = agrees(value_and_grad(f), N(size=4), N(size=(3, 1)))
    assert r"L &= 9 \left\|x\right\|^{2}" in text
    assert r"\frac{\partial L}{\partial x} &= 18 x" in text


# -- programs that are more than an expression --------------------------------------------------


def test_assignments_in_place_are_followed():
    def function(x):
        y = np.zeros_like(x)
        y[0] = x[1]
        y[1:] += x[:-1] * 2
        y *= 2
        z = y[1:]
        z += 1
        return y * x

    agrees(function, N(size=4))


def test_writing_through_a_view_changes_its_owner():
    def function(x):
        y = x * 1
        y.T[0] = 5.0
        return y.sum(axis=0)

    assert "5" in agrees(function, N(size=(2, 3)))


def test_guards_are_conditions():
    def function(x):
        return x * x if x > 0 else -x

    assert r"&\text{for } x > 0" in agrees(function, 2.0)
    assert r"&\text{for } x \le 0" in agrees(function, -2.0)


def test_results_have_other_names_than_inputs():
    def newton(x):
        while abs(x * x - 2) > 1e-6:
            x = x - (x * x - 2) / (2 * x)
        return x

    lines = body(agrees(newton, 1.5))
    assert lines[-2].startswith("x_{2} = ")
    assert lines[-1].count(r"\left|") == 4


def test_a_training_step_stores_what_it_computes():
    w, b = Tensor(N(size=(3, 2)), label="W"), Tensor(N(size=2), label="b")

    def step(x):
        L = np.sum((x @ w + b) ** 2)
        L.backward()
        w.data = w.data - 0.1 * w.grad
        return L.data

    lines = body(trace(step)(N(size=(4, 3))).latex())
    assert r"\frac{\partial L}{\partial W} = 2 x^{\top} A" in lines
    assert r"\frac{\partial L}{\partial b} = 2 A^{\top} \mathbf{1}" in lines
    assert any(line.startswith(r"W^{\text{new}} = W - \frac{1}{5} ") for line in lines)


def test_a_sum_of_deviations_from_the_mean_is_zero():
    def normalised(x, g):
        m = np.mean(x, axis=1, keepdims=True)
        v = np.mean((x - m) ** 2, axis=1, keepdims=True)
        return np.sum(((x - m) / np.sqrt(v + 1e-5) * g) ** 2)

    text = agrees(grad(normalised), N(size=(4, 7)), N(size=7))
    assert len(body(text)) <= 6


def test_long_sums_are_kept_apart():
    def function(x, y):
        for _ in range(100):
            x = np.sin(x * y) + x / (1 + y * y)
        return x

    agrees(value_and_grad(function, (0, 1)), 0.3, 0.2)


def test_unknown_functions_are_written_as_calls():
    text = trace(lambda x: np.fft.fft(x).real)(N(size=4)).latex()
    assert r"\operatorname{fft}\left(x\right)" in text


def test_integers_are_not_taken_for_real_numbers():
    text = trace(lambda x: (x * 1.7).astype(int) * x)(N(size=4)).latex()
    assert "astype" in text


def test_draws_from_a_generator_stay_apart():
    def function(rng, x):
        return rng.normal(size=3) - rng.normal(size=3) + x

    text = trace(function)(np.random.default_rng(0), N(size=3)).latex()
    assert text.count("normal") == 2


def test_a_deep_expression_is_divided_into_lines():
    def function(x):
        for _ in range(300):
            x = np.sin(x) + x * 0.5
        return x

    lines = body(agrees(function, 0.3))
    assert len(lines) > 20
    assert max(map(len, lines)) < 1000


def test_jupyter_shows_formulas():
    assert trace(lambda x: x * x)(2.0).latex()._repr_latex_().startswith("$$\\begin{aligned}")


# -- numbers and names --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "written"),
    [
        (3.0, ("3", "")),
        (0.2, ("1", "5")),
        (0.1, ("0.1", "")),
        (2 / 3, ("2", "3")),
        (1 / math.sqrt(3), ("1", r"\sqrt{3}")),
        (math.sqrt(2), (r"\sqrt{2}", "")),
        (math.pi / 2, (r"\pi", "2")),
        (1e-12, ("10^{-12}", "")),
        (float(np.float32(0.1)), ("0.1", "")),
        (math.inf, (r"\infty", "")),
    ],
)
def test_numbers_are_written_as_a_person_would(x, written):
    assert fraction(x) == written


def test_a_mean_over_ten_elements_is_a_tenth():
    assert fraction(0.1, [10]) == ("1", "10")


@pytest.mark.parametrize(
    ("python", "written"),
    [
        ("x", "x"), ("W1", "W_{1}"), ("y_hat", r"\hat{y}"), ("yhat", r"\hat{y}"),
        ("theta", r"\theta"), ("w_in", r"w_{\mathrm{in}}"), ("loss", r"\mathrm{loss}"),
        ("x_0_1", r"\mathrm{x\_0\_1}"), ("sigma_2", r"\sigma_{2}"),
    ],
)  # fmt: skip
def test_names_become_symbols(python, written):
    assert name(python) == written
