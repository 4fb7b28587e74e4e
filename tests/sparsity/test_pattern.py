"""Patterns of derivatives against dense Jacobians: never an entry too few, seldom one too many."""

import os

import numpy as np
import pytest
from rules.checks import quiet
from rules.samples import SAMPLES
from sparsity.programs import random_function

import autograd.scipy.fft
import autograd.scipy.linalg
from autograd import make_jvp, sparse_jacobian, trace, tree
from autograd.sparse.pattern import pattern_of
from autograd.sparse.products import structured

COUNT = round(40 * float(os.environ.get("CHAINRULE_FUZZ", "1")))
X = np.array([0.3, 0.71, 0.83, 1.2, 1.37, 1.6])
M = X.reshape(2, 3)
A = np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 3.0]])
B = np.array([[0.0, 1.5], [2.5, 0.0]])


def columns_of(f, arguments, argnum=0):
    """Return the Jacobian, by one product in forward mode for each column."""
    x = arguments[argnum]
    size = sum(map(np.size, tree.flat(x)))
    push = make_jvp(f, argnum)(*arguments)
    columns = [tree.flat(push(structured(e, x))[1]) for e in np.eye(size)]
    return np.array([np.concatenate(list(map(np.ravel, parts))) for parts in columns]).T


def structure(f, arguments, argnum=0):
    """Return the pattern as a dense matrix, and the functions that count as dense."""
    x = arguments[argnum]
    size = sum(map(np.size, tree.flat(x)))
    vector = structured(np.random.default_rng(0).uniform(0.5, 1.5, size), x)
    program = trace(lambda v, *a: make_jvp(f, argnum)(*a)(v)[1])(vector, *arguments)
    found = pattern_of(program, len(tree.flat(x)))
    return found.sets.matrix().toarray(), found.dense


def is_real(x):
    leaves = tree.flat(x)
    return leaves and all(
        isinstance(leaf, float | np.ndarray) and np.asarray(leaf).dtype.kind == "f"
        for leaf in leaves
    )


# -- all rules --------------------------------------------------------------------------------


def check_sample(sample):
    for argnum, x in enumerate(sample.inputs):
        if not is_real(x) or not sum(map(np.size, tree.flat(x))):
            continue

        def f(*inputs):
            return sample.function(*inputs, **sample.keywords)

        try:
            found, _ = structure(f, sample.inputs, argnum)
        except (autograd.errors.NoRuleError, autograd.errors.GradientLostError):
            continue  # no derivative with respect to this one, or not for plain numbers
        needed = columns_of(f, sample.inputs, argnum) != 0
        assert found.shape == needed.shape
        assert not np.any(needed & ~found)


@pytest.mark.each("sample", SAMPLES[::5])
@quiet
def test_patterns_of_rules_lack_no_entry(sample):
    check_sample(sample)


@pytest.mark.gallery
@pytest.mark.parametrize("sample", SAMPLES, ids=str)
@quiet
def test_patterns_of_all_samples_lack_no_entry(sample):
    check_sample(sample)


# -- functions whose pattern is exact ---------------------------------------------------------

EXACT = {
    "elementwise": (lambda x: np.exp(x) * x + 2, X),
    "broadcast": (lambda x: x[0] * x + x[:, None], M[0]),
    "slice": (lambda x: x[1:] * x[:-1], X),
    "index": (lambda x: x[[0, 0, -1]] ** 2, X),
    "mask": (lambda x: x[np.array([True, False, True, True, False, True])], X),
    "reshape": (lambda x: x.reshape(3, 2).T, X),
    "roll": (lambda x: np.roll(x, 2) - x, X),
    "concatenate": (lambda x: np.concatenate([x[3:], np.zeros(2), x[:2] ** 2]), X),
    "stack": (lambda x: np.stack([x[0], 2.0, x[1]]), X),
    "pad": (lambda x: np.pad(x, 2), X),
    "pad wrap": (lambda x: np.pad(x, 2, mode="wrap"), X),
    "pad reflect": (lambda x: np.pad(x, ((1, 1), (0, 2)), mode="reflect"), M),
    "diff": (np.diff, X),
    "second diff": (lambda x: np.diff(x, 2, axis=1), M),
    "gradient": (np.gradient, X),
    "sum": (lambda x: np.sum(x, axis=0), M),
    "mean": (lambda x: x.mean(axis=(0, 1), keepdims=True), M),
    "var": (lambda x: np.var(x, axis=1), M),
    "prod": (lambda x: np.prod(x, axis=1), M),
    "norm": (lambda x: np.linalg.norm(x, axis=1), M),
    "softmax": (lambda x: autograd.softmax(x, axis=1), M),
    "logsumexp": (lambda x: autograd.logsumexp(x, axis=0), M),
    "cumsum": (lambda x: np.cumsum(x, axis=1), M),
    "cumprod": (np.cumprod, X),
    "add.at": (lambda x: add_at(x), X),
    "setitem": (lambda x: assigned(x), X),
    "through a view": (lambda x: through_view(x), X),
    "out": (lambda x: into(x), X),
    "tril": (lambda x: np.tril(np.outer(x, x)), X),
    "take": (lambda x: np.take(x, [2, 0], axis=1), M),
    "repeat": (lambda x: np.repeat(x, [1, 0, 2, 1, 1, 1]), X),
    "diag": (lambda x: np.diag(x[:3]) @ np.ones(3), X),
    "trace": (np.trace, M),
    "einsum diagonal": (lambda x: np.einsum("ii->i", x), M[:, :2]),
    "einsum": (lambda x: np.einsum("ij,kj->ik", x, A), M),
    "matmul": (lambda x: A @ x, M[0]),
    "matmul right": (lambda x: x @ A.T, M),
    "matmul of stacks": (lambda x: np.stack([A, 2 * A]) @ x[:, :, None], M),
    "matmul of two": (lambda x: x @ x.T, M),
    "dot": (lambda x: np.dot(A, x.T), M),
    "inner": (lambda x: np.inner(A, x), M),
    "outer": (lambda x: np.outer(x, [0.0, 1.0]), X),
    "tensordot": (lambda x: np.tensordot(x, A, ((1,), (1,))), M),
    "kron": (lambda x: np.kron(B, x), M),
    "kron right": (lambda x: np.kron(x, B), M),
    "vecdot": (lambda x: np.vecdot(x, A), M),
    "convolve": (lambda x: np.convolve(x, [1.0, 2.0, 3.0]), X),
    "times zero": (lambda x: x * np.array([0.0, 1.0, 0.0, 2.0, 1.0, 0.0]), X),
    "where of a constant": (lambda x: np.where([True, False] * 3, x, x[::-1]), X),
    "reduceat": (lambda x: np.add.reduceat(x, [0, 2, 1], axis=1), M),
    "dct": (lambda x: autograd.scipy.fft.dct(x, axis=0), M),
    "bincount": (lambda x: np.bincount([0, 2, 2, 0, 1, 3], x), X),
    "fft": (lambda x: np.abs(np.fft.fft(x, axis=1)) ** 2, M),
    "solve": (lambda x: np.linalg.solve(np.array([[2.0, 1.0], [1.0, 3.0]]), x), M),
    "inv of a stack": (lambda x: np.linalg.inv(x.reshape(2, 1, 1) + 1.0), X[:2]),
    "interp": (lambda x: np.interp([0.5, 2.5], np.arange(6.0), x), X),
    "loop": (lambda x: np.stack([x[i] * x[i - 1] for i in range(6)]), X),
    "constant": (lambda x: np.ones(3), X),
    "checkpoint": (lambda x: autograd.checkpoint(lambda t: t[1:] * t[:-1])(x), X),
    "in float32": (lambda x: x[1:].astype(np.float32) * np.float32(2), X),
}


def add_at(x):
    y = x * 1.0
    np.add.at(y, [0, 1, 1], x[3:])
    return y


def assigned(x):
    y = np.zeros_like(x)
    y[1:] = x[:-1] ** 2
    y[2] = 3.0
    y[3] += x[0]
    y *= 2.0
    return y


def through_view(x):
    y = x * 1.0
    rows = y.reshape(2, 3)
    rows[0] = x[3:]
    y[::2][1] = 0.0
    return y


def into(x):
    y = np.zeros_like(x)
    np.multiply(x, x[::-1], out=y)
    return y


@pytest.mark.each("name", list(EXACT))
def test_patterns_without_data_are_exact(name):
    f, x = EXACT[name]
    found, dense = structure(f, (x,))
    if name != "interp":  # it looks for the interval, which depends on data
        assert not dense
    needed = columns_of(f, (x,)) != 0
    if name == "diag":
        needed = np.eye(3, 6, dtype=bool)
    assert np.array_equal(found, needed) or name == "interp"
    assert not np.any(needed & ~found)


@pytest.mark.parametrize("seed", range(COUNT))
def test_random_programs(seed):
    f, source, exact = random_function(seed)
    x = np.random.default_rng(seed).uniform(0.5, 1.5, 12)
    found, dense = structure(f, (x,))
    needed = columns_of(f, (x,)) != 0
    assert not np.any(needed & ~found), source
    if exact:
        assert not dense, source
        assert np.array_equal(needed, found), source


# -- what depends on data ---------------------------------------------------------------------

OF_DATA = {
    "where": lambda x: np.where(x > 1.0, x, x[::-1]),
    "maximum": lambda x: np.maximum(x, x[::-1]),
    "abs": lambda x: np.abs(x - 1.0),
    "clip": lambda x: np.clip(x, 0.5, 1.0),
    "max": lambda x: np.max(x.reshape(2, 3), axis=1),
    "sort": np.sort,
    "argsort": lambda x: x[np.argsort(x)],
    "mask": lambda x: np.where(x > 1.0, 0.0, x) * x[0],
    "assignment": lambda x: masked(x),
    "median": np.median,
    "copyto": lambda x: copied(x),
}


def masked(x):
    y = x * 1.0
    y[x > 1.0] = 0.0
    return y


def copied(x):
    y = x * 1.0
    np.copyto(y, x[::-1], where=x > 1.0)
    return y


@pytest.mark.parametrize("name", OF_DATA)
def test_patterns_hold_for_other_numbers(name):
    f = OF_DATA[name]
    found, _ = structure(f, (X,))
    for seed in range(5):
        x = np.random.default_rng(seed).uniform(0.2, 1.8, 6)
        assert not np.any((columns_of(f, (x,)) != 0) & ~found)


def test_columns_of_solutions_do_not_mix():
    triangular = autograd.scipy.linalg.solve_triangular
    found, dense = structure(lambda x: triangular(A[:, ::2], x), (M,))
    assert np.array_equal(found, np.tile(np.eye(3, dtype=bool), (2, 2)))
    assert not dense


def test_arguments_count_as_not_zero():
    found, _ = structure(lambda x, a: a @ x, (M[0], A))
    assert found.all()
    found, _ = structure(lambda x, a: x * a, (M[0], np.zeros(3)))
    assert np.array_equal(found, np.eye(3, dtype=bool))


def test_constants_made_by_the_function_are_known():
    found, _ = structure(lambda x: np.eye(6, k=1) @ x + np.zeros(6) * x, (X,))
    assert np.array_equal(found, np.eye(6, k=1, dtype=bool))


def test_unknown_functions_count_as_dense_and_are_named():
    def take(x):
        return np.frombuffer(x.tobytes())[::-1]

    reverse = autograd.linear(take, lambda g, x: g[::-1], name="reverse")
    derivative = sparse_jacobian(lambda x: reverse(x) + x)
    found = derivative.pattern(X)
    assert found.nnz == 36
    assert "counted as dense: take" in derivative.summary()
    assert np.array_equal(derivative(X).toarray(), np.eye(6) + np.eye(6)[::-1])


def test_functions_in_python_have_patterns_of_their_own():
    reverse = autograd.linear(lambda x: x[::-1], lambda g, x: g[::-1])
    found, dense = structure(lambda x: reverse(x) + x, (X,))
    assert np.array_equal(found, np.eye(6, dtype=bool) | np.eye(6, dtype=bool)[::-1])
    assert not dense


def test_patterns_follow_rules_and_not_the_functions():
    straight = autograd.elementwise(lambda x: np.round(x), None, lambda y, x: 1.0 + 0.0 * x)
    found, _ = structure(straight, (X,))
    assert np.array_equal(found, np.eye(6, dtype=bool))
    found, _ = structure(lambda x: np.round(x) * x, (X,))
    assert np.array_equal(found, np.eye(6, dtype=bool))


def test_too_dense_patterns_are_refused():
    with pytest.raises(autograd.errors.ShapeError, match="make_jvp"):
        sparse_jacobian(lambda x: x / np.sum(x))(np.ones(20_000))


def test_patterns_of_a_million_numbers():
    f = lambda x: np.diff(x, 2) + x[1:-1] ** 3  # noqa: E731
    assert sparse_jacobian(f).pattern(np.ones(10**6)).nnz == 3 * (10**6 - 2)
