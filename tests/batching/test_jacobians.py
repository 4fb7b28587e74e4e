"""Jacobians whose rows, or columns, are computed in one pass: the same as one by one."""

import numpy as np
import pytest
from rules.checks import quiet
from rules.samples import SAMPLES

import autograd
from autograd import Tensor, Value, grad, hessian, jacobian, jit
from autograd.transforms import jacobians, rows

random = np.random.default_rng(11)
A, B = random.normal(size=(7, 5)), random.normal(size=(5, 4))
X = random.normal(size=5)


def one_by_one(monkeypatch):
    monkeypatch.setattr(jacobians, "jacobian_rows", lambda call, result: None)


def both(monkeypatch, derivative, *arguments):
    """Return the derivative computed in one pass, and row by row; check that there was one pass."""
    passes = []
    original = rows.jacobian_rows

    def counted(call, result):
        found = original(call, result)
        passes.append(found is not None)
        return found

    monkeypatch.setattr(jacobians, "jacobian_rows", counted)
    found = derivative(*arguments)
    one_by_one(monkeypatch)
    expected = derivative(*arguments)
    monkeypatch.undo()
    return found, expected, passes


def deep(x):
    return np.tanh(A @ np.sin(x)) * np.sum(x)


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


CASES = {
    "more results": (jacobian(deep), X),
    "more arguments": (jacobian(lambda x: np.exp(x @ B)), X),
    "matrices": (jacobian(lambda x: np.sin(x @ x.T)), random.normal(size=(3, 4))),
    "hessian": (hessian(rosenbrock), X),
    "third": (jacobian(hessian(rosenbrock)), X),
    "jacobian of jacobian": (jacobian(jacobian(deep)), X),
    "grad of hessian": (grad(lambda x: np.sum(hessian(rosenbrock)(x) ** 2)), X),
    "hessian of a jacobian": (hessian(lambda x: np.sum(jacobian(deep)(x) ** 2)), X),
    "jit": (jit(jacobian(deep)), X),
    "jit hessian": (jit(hessian(rosenbrock)), X),
    "single precision": (jacobian(deep), X.astype(np.float32)),
    "no rows": (jacobian(lambda x: x[:0]), X),
    "independent of an element": (jacobian(lambda x: np.stack([x[0], x[0] ** 2, 1.0])), X),
    "only masks": (jacobian(lambda x: np.where(x > 0, x, x**2)[x > -0.5]), X),
}


@pytest.mark.parametrize("name", CASES)
def test_one_pass_gives_the_same_rows(name, monkeypatch):
    derivative, x = CASES[name]
    found, expected, _ = both(monkeypatch, derivative, x)
    assert type(found) is np.ndarray
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    rtol = 1e-4 if x.dtype == np.float32 else 1e-10
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol)


@pytest.mark.parametrize(
    "name", ["more results", "more arguments", "hessian", "jacobian of jacobian"]
)
def test_there_is_one_pass(name, monkeypatch):
    _, _, passes = both(monkeypatch, *CASES[name])
    assert passes
    assert all(passes)


@pytest.mark.parametrize("size", [1, 400, 5000])
def test_blocks_bound_the_memory(size, monkeypatch):
    monkeypatch.setattr(rows, "BLOCK", size)
    expected = CASES["more results"][0](X)
    monkeypatch.setattr(rows, "BLOCK", 1 << 25)
    np.testing.assert_allclose(CASES["more results"][0](X), expected, rtol=1e-12)
    monkeypatch.setattr(rows, "BLOCK", size)
    np.testing.assert_allclose(hessian(rosenbrock)(X), hessian(rosenbrock)(X), rtol=1e-12)


def test_containers_keep_their_structure(monkeypatch):
    def f(p, q):
        return np.sin(p["w"] * q[0]) + p["b"][0] * 2

    p, q = {"w": X, "b": (random.normal(size=5), X)}, (2.0 * X,)
    found, expected, passes = both(monkeypatch, jacobian(f, (0, 1)), p, q)
    assert passes == [True]
    leaves = autograd.tree.flat
    for a, b in zip(leaves(found), leaves(expected), strict=True):
        np.testing.assert_allclose(a, b)
    assert not np.any(leaves(found)[2])


def test_nodes_from_outside_get_derivatives(monkeypatch):
    w, v = Tensor(A), Value(2.0)
    for rows_at_once in (True, False):
        w.grad = v.grad = None
        if not rows_at_once:
            one_by_one(monkeypatch)
        np.sum(jacobian(lambda x: np.tanh(w @ x) * v)(X) ** 2).backward()
        found = (w.grad, v.grad)
        if rows_at_once:
            first = found
    np.testing.assert_allclose(found[0], first[0])
    np.testing.assert_allclose(found[1], first[1])


def test_a_rule_that_needs_plain_arrays_gets_them():
    def sine_vjp(g, y, x):
        values = np.array([float(each) for each in x])
        return np.array([float(each) for each in g]) * np.cos(values)

    sine = autograd.define(lambda x: np.sin(np.array(x)), sine_vjp)
    np.testing.assert_allclose(jacobian(lambda x: sine(x) * 2)(X), np.diag(2 * np.cos(X)))


def test_hooks_see_each_row():
    seen = []

    def f(x):
        y = x * 2.0
        y.register_hook(lambda g: seen.append(np.shape(g)))
        return np.sin(y)

    jacobian(f)(X)
    assert seen == [(5,)] * 5


def test_numbers_have_their_own_passes():
    found = jacobian(lambda p: np.stack([p[0] * p[1], p[1] ** 2, p[0], p[1]]))([2.0, 3.0])
    np.testing.assert_allclose(found[0], [3.0, 0.0, 1.0, 0.0])
    np.testing.assert_allclose(found[1], [2.0, 6.0, 0.0, 1.0])


@pytest.mark.filterwarnings("ignore:The result does not depend:UserWarning")
@pytest.mark.each("sample", SAMPLES[::4])
@quiet
def test_the_jacobians_of_rules_are_the_same(sample, monkeypatch):
    numbers = tuple(i for i, x in enumerate(sample.inputs) if np.asarray(x).dtype.kind == "f")
    inputs = [np.asarray(x) for x in sample.inputs]
    derivative = jacobian(lambda *x: np.real(sample.function(*x, **sample.keywords)), numbers)
    if any(x.dtype.kind == "c" for x in inputs) or not numbers:
        return
    found, expected, _ = both(monkeypatch, derivative, *inputs)
    for part, each in zip(found, expected, strict=True):
        np.testing.assert_allclose(part, each, rtol=1e-9, atol=1e-12)
