"""The wrong line of a backward pass is found by the values that it computes."""

import importlib.util
import sys
import time
from functools import partial

import numpy as np
import pytest

import autograd
from autograd.check.checked_function import CheckedFunction
from autograd.check.explain.reference import Reference
from autograd.check.explain.values.codes import executed, installed, rewritten
from autograd.check.explain.values.localisation import Localisation
from autograd.check.explain.values.message import sentence
from autograd.check.explain.values.probes import PROBE, Probes
from autograd.check.pipeline import run
from autograd.check.settings import Options
from autograd.check.state import Check

RECURRENT = """
import numpy as np

r = np.random.default_rng(0)
X, Y = r.normal(size=(4, 2)), r.normal(size=(4, 2))
inputs = r.normal(size=(3, 2)), r.normal(size=(3, 3)), r.normal(size=(2, 3))


def f(W, U, V):
    h, loss = np.zeros(3), 0.0
    for t in range(4):
        h = np.tanh(W @ X[t] + U @ h)
        loss = loss + np.sum((V @ h - Y[t]) ** 2)
    return loss


def gradient(W, U, V):
    hs, ys = {-1: np.zeros(3)}, {}
    for t in range(4):
        hs[t] = np.tanh(W @ X[t] + U @ hs[t - 1])
        ys[t] = V.dot(hs[t])
    dW, dU, dV = np.zeros_like(W), np.zeros_like(U), np.zeros_like(V)
    later = np.zeros(3)
    for t in reversed(range(4)):
        dy = 2 * (ys[t] - Y[t])
        dV += np.outer(dy, hs[t])
        dh = V.T.dot(dy) + later
        dz = dh * (1 - hs[t] ** 2)
        dW += np.outer(dz, X[t])
        dU += np.outer(dz, hs[t - 1])
        later = U.T.dot(dz)
    return dW, dU, dV
"""

LAYERS = """
import numpy as np

r = np.random.default_rng(1)
X = r.normal(size=(5, 3))
inputs = r.normal(size=(3, 4)), r.normal(size=4)


class Affine:
    def forward(self, x, W, b):
        self.x, self.W = x, W
        return x @ W + b

    def backward(self, d):
        self.dW = self.x.T.dot(d)
        self.db = d.sum(axis=0)
        return d.dot(self.W.T)


class Relu:
    def forward(self, x):
        self.mask = x <= 0
        return np.maximum(x, 0)

    def backward(self, d):
        d = d.copy()
        d[self.mask] = 0
        return d


def f(W, b):
    return np.maximum(X @ W + b, 0) * np.arange(20.0).reshape(5, 4)


def vjp(g, W, b):
    affine, relu = Affine(), Relu()
    relu.forward(affine.forward(X, W, b))
    d = relu.backward(g * np.arange(20.0).reshape(5, 4))
    affine.backward(d)
    return affine.dW, affine.db
"""


def load(source, path):
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def localise(module):
    """Return the first wrong value of a module's derivative of its function `f`."""
    function = CheckedFunction(module.f, module.inputs, False)
    gradient, vjp = getattr(module, "gradient", None), getattr(module, "vjp", None)
    with np.errstate(all="ignore"):
        check = Check(function, gradient, vjp, Options(("reverse",), "auto", 4, None, 0))
        run(check)
        return Localisation(check, Reference(check))


def line_of(source, text):
    return source[: source.index(text)].count("\n") + 1


def suspects(found):
    return {site.line for site in (found.site, *found.unverified)}


RECURRENT_MISTAKES = [
    (" + later", ""),
    ("1 - hs[t] ** 2", "1 - hs[t]"),
    ("np.outer(dz, hs[t - 1])", "np.outer(dz, hs[t])"),
    ("later = U.T.dot(dz)", "later = U.dot(dz)"),
    ("dV += np", "dV = np"),
]
#: Other mistakes of the same kinds.
SIMILAR_MISTAKES = [
    (" + later", " - later"),
    ("dz = dh *", "dz = -dh *"),
    ("later = U.T.dot(dz)", "later = U.T.dot(dh)"),
    ("dW += np", "dW -= np"),
]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        *RECURRENT_MISTAKES,
        *(pytest.param(*mistake, marks=pytest.mark.gallery) for mistake in SIMILAR_MISTAKES),
    ],
)
def test_the_line_is_found_in_a_loop_over_time(right, wrong, tmp_path):
    found = localise(load(RECURRENT.replace(right, wrong), tmp_path / "recurrent.py")).found
    assert suspects(found) == {line_of(RECURRENT, right)}


LAYERS_MISTAKES = [
    ("self.x.T.dot(d)", "self.x.T.dot(d) / len(d)"),
    ("d.sum(axis=0)", "d.mean(axis=0)"),
    ("d[self.mask] = 0", "d[~self.mask] = 0"),
]


@pytest.mark.parametrize(("right", "wrong"), LAYERS_MISTAKES)
def test_the_line_is_found_in_classes_given_as_vjp(right, wrong, tmp_path):
    found = localise(load(LAYERS.replace(right, wrong), tmp_path / "layers.py")).found
    assert suspects(found) == {line_of(LAYERS, right)}


def test_the_line_is_found_if_f_does_not_run_on_nodes(tmp_path):
    plain = RECURRENT.replace(
        "np.tanh(W @ X[t] + U @ h)", "np.asarray(np.tanh(W @ X[t] + U @ h), float)"
    )
    found = localise(load(plain.replace(" + later", ""), tmp_path / "recurrent.py")).found
    assert suspects(found) == {line_of(plain, " + later")}


SENSITIVITIES = """
import numpy as np

inputs = (np.array([0.7, -0.4]),)


def f(p):
    x = 0.3
    for _ in range(5):
        x = p[0] * np.sin(x) + p[1] * x
    return x * x


def gradient(p):
    x, dx = 0.3, np.zeros(2)
    for _ in range(5):
        direct = np.array([np.sin(x), x])
        dx = direct + (p[0] * np.cos(x) + p[1]) * dx
        x = p[0] * np.sin(x) + p[1] * x
    return 2 * x * dx
"""


def test_the_line_is_found_in_derivatives_carried_forward(tmp_path):
    source = SENSITIVITIES.replace("dx = direct + ", "dx = direct - ")
    found = localise(load(source, tmp_path / "sensitivities.py")).found
    assert found.site.line == line_of(SENSITIVITIES, "dx = direct + ")


def test_the_turn_and_the_missing_part_are_named(tmp_path):
    text = sentence(localise(load(RECURRENT.replace(" + later", ""), tmp_path / "r.py")), {})
    assert "in turn 2 of 4 should be the derivative with respect to tanh in line 12" in text
    assert "lacks the part that comes through matmul in line 12" in text


def test_lines_that_may_be_wrong_instead_are_suspects_too(tmp_path):
    source = LAYERS.replace(
        "d[self.mask] = 0", "slope = np.where(self.mask, 0.5, 1)\n        d *= slope"
    )
    found = localise(load(source, tmp_path / "layers.py")).found
    first = line_of(source, "slope =")
    assert suspects(found) <= {first - 1, first, first + 1}
    assert first in suspects(found)


def test_a_substitution_that_never_ends_is_given_up(tmp_path):
    source = """
import numpy as np

inputs = (np.array([1.0, 2.0, 0.5]),)


def f(x):
    return np.sum(x**3)


def gradient(x):
    step = 2.0 * x
    while np.max(step) > 1.5 * np.max(x):
        step = step / 2
    return 3 * x * step
"""
    started = time.monotonic()
    localise(load(source, tmp_path / "endless.py"))
    assert time.monotonic() - started < 60


# -- running changed code -----------------------------------------------------------------------


def scaled(x, factor=2.0):
    inner = [factor * y for y in x]
    return sum(inner)


def test_a_probe_sees_every_expression_and_may_replace_it():
    codes = executed(lambda: scaled([1.0, 3.0]))
    probes = Probes()
    changed = rewritten(codes, probes.transformed)
    seen = []

    def probe(number, value):
        seen.append((probes.sites[number].text, value))
        return 10.0 if probes.sites[number].text == "factor * y" else value

    with installed(codes, changed, {PROBE: probe}):
        assert scaled([1.0, 3.0]) == 20.0
    assert ("factor * y", 6.0) in seen
    assert scaled([1.0, 3.0]) == 8.0
    assert PROBE not in globals()


def test_closures_and_methods_run_changed_code():
    def make(c):
        class Thing:
            def times(self, x):
                return c * x

        return Thing().times

    times = make(3.0)
    codes = executed(lambda: times(2.0))
    probes = Probes()
    changed = rewritten(codes, probes.transformed)
    with installed(codes, changed, {PROBE: lambda number, value: -value}):
        assert times(2.0) != 6.0
    assert times(2.0) == 6.0


def test_a_trace_function_is_put_back():
    def trace(frame, event, argument):
        return None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        executed(lambda: scaled([1.0]))
        assert sys.gettrace() is trace
    finally:
        sys.settrace(before)


def test_functions_without_source_are_left_alone():
    space = {}
    exec("def f(x):\n    return 2 * x", space)
    codes = executed(partial(space["f"], 1.0))
    assert rewritten(codes, Probes().transformed) == {}


def test_nothing_is_said_without_source():
    space = {"np": np}
    exec("def gradient(x):\n    return np.cos(x) * np.linalg.norm(x)", space)
    report = autograd.check_gradients(
        lambda x: np.sum(np.sin(x)), np.ones(3), gradient=space["gradient"], raises=False
    )
    assert not report.ok
    assert report.lines == []
