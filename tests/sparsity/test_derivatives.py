"""Sparse Jacobians and Hessians against dense ones, and what they refuse."""

import os
import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse
from fuzz import programs
from rules.checks import quiet
from sparsity.programs import random_function

import autograd
from autograd import grad, hessian, jacobian, sparse_hessian, sparse_jacobian
from autograd.errors import (
    BatchError,
    DataError,
    GradientLostError,
    ImpureFunctionError,
    OptionError,
    ShapeError,
    SparsityError,
)

X = np.array([0.3, 0.71, 0.83, 1.2, 1.37, 1.6])


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def laplacian(u):
    v = np.pad(u, 1)
    return v[:-2, 1:-1] + v[2:, 1:-1] + v[1:-1, 2:] + v[1:-1, :-2] - 4 * u + np.exp(u)


def check_close(found, expected, rtol=1e-12):
    assert isinstance(found, scipy.sparse.csr_array)
    assert found.dtype == expected.dtype
    dense = expected.reshape(found.shape)
    assert np.allclose(found.toarray(), dense, rtol, rtol * np.max(np.abs(dense), initial=0.0))


# -- numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
@pytest.mark.parametrize("seed", range(12))
def test_random_functions_have_the_dense_jacobian(seed, mode):
    f, _, _ = random_function(seed)
    x = np.random.default_rng(seed).uniform(0.5, 1.5, 12)
    derivative = sparse_jacobian(f, mode=mode)
    for point in (x, 1.1 * x[::-1]):
        check_close(derivative(point), jacobian(f)(point))


@pytest.mark.parametrize("seed", range(12))
def test_random_functions_have_the_dense_hessian(seed):
    f, _, _ = random_function(seed)
    x = np.random.default_rng(seed).uniform(0.5, 1.5, 12)
    found = sparse_hessian(lambda x: np.sum(f(x) ** 2))(x)
    check_close(found, hessian(lambda x: np.sum(f(x) ** 2))(x))
    assert (found != found.T).nnz == 0


@pytest.mark.parametrize("seed", range(round(6 * float(os.environ.get("CHAINRULE_FUZZ", "1")))))
@quiet
def test_programs_that_write_in_place_have_the_dense_hessian(seed):
    source = programs.program(seed)
    f = programs.function(source, True)
    x = np.array([0.3, -0.7, 0.55, 1.1, -0.2, 0.9])
    expected = hessian(f)(x.copy())
    found = sparse_hessian(f)(x.copy()).toarray()
    scale = 1e-8 * (1 + np.max(np.abs(expected)))
    assert np.allclose(found, expected, 1e-8, scale, equal_nan=True), source


def test_jacobian_matches_finite_differences_of_numpy():
    u = np.random.default_rng(0).normal(size=(4, 5))
    step = 1e-6
    columns = [
        (laplacian(u + e.reshape(u.shape)) - laplacian(u - e.reshape(u.shape))).ravel() / (2 * step)
        for e in step * np.eye(u.size)
    ]
    found = sparse_jacobian(laplacian)(u).toarray()
    assert np.allclose(found, np.array(columns).T, atol=1e-8)


def test_rosenbrock_needs_three_products():
    derivative = sparse_hessian(rosenbrock)
    x = np.random.default_rng(0).normal(size=10**5)
    found = derivative(x)
    assert np.max(derivative.colors()) == 2
    diagonal = np.zeros_like(x)
    diagonal[:-1] += 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    diagonal[1:] += 200
    beside = -400 * x[:-1]
    expected = scipy.sparse.diags_array([beside, diagonal, beside], offsets=[-1, 0, 1])
    assert abs(found - expected).max() < 1e-9


def test_an_arrow_needs_two_products():
    derivative = sparse_hessian(lambda x: np.sum(x[0] * x[1:] ** 2))
    check_close(derivative(X), hessian(lambda x: np.sum(x[0] * x[1:] ** 2))(X))
    assert np.max(derivative.colors()) == 1


def test_rows_are_colored_where_they_need_fewer_products():
    derivative = sparse_jacobian(lambda x: np.array([1.0, 2.0]) * np.sum(x**2))
    check_close(derivative(X), jacobian(lambda x: np.array([1.0, 2.0]) * np.sum(x**2))(X))
    assert "2 products in reverse mode" in derivative.summary()


def test_many_colors():
    f = lambda x: np.cumsum(x**2)  # noqa: E731
    x = np.random.default_rng(0).normal(size=21)
    check_close(sparse_jacobian(f)(x), jacobian(f)(x))
    check_close(sparse_jacobian(f, mode="reverse")(x), jacobian(f)(x))


def test_loops_over_numbers_are_followed():
    def f(x):
        total = 0.0
        for i in range(1, len(x)):
            total = total + (x[i] - x[i - 1] ** 2) ** 2
        return total

    derivative = sparse_hessian(f)
    check_close(derivative(X), hessian(f)(X))
    assert derivative.pattern().nnz == 16


def test_products_are_computed_one_by_one_where_they_differ(monkeypatch):
    def refuse(function):
        raise BatchError("something differs")

    monkeypatch.setattr(autograd.sparse.products, "vmap", refuse)
    f = lambda p: p["a"][1:] * p["a"][:-1] * p["b"]  # noqa: E731
    derivative = sparse_jacobian(f)
    found = derivative({"a": X, "b": 2.0})
    check_close(found[:, :6].tocsr(), jacobian(lambda x: 2.0 * x[1:] * x[:-1])(X))
    check_close(found[:, 6:].tocsr(), (X[1:] * X[:-1])[:, None])
    assert derivative({"a": X, "b": 3.0}).nnz == found.nnz


def test_long_vectors_are_multiplied_in_blocks(monkeypatch):
    monkeypatch.setattr(autograd.sparse.plans, "TOGETHER", 20)
    monkeypatch.setattr(autograd.sparse.plans, "KEPT", 0)
    f = lambda x: np.cumsum(x**2)  # noqa: E731
    check_close(sparse_jacobian(f)(X), jacobian(f)(X))


def test_the_checker_takes_sparse_matrices():
    f = lambda x: x[1:] * x[:-1]  # noqa: E731
    assert autograd.check_gradients(f, X, gradient=sparse_jacobian(f)).ok


def test_entries_have_the_type_of_the_argument():
    weights = np.triu(np.ones((9, 9)))
    x = X.astype(np.float32)
    for mode in ("forward", "reverse"):
        found = sparse_jacobian(lambda x: weights[:, : len(x)] @ x**2, mode=mode)(x)
        assert found.dtype == jacobian(lambda x: weights[:, : len(x)] @ x**2)(x).dtype == x.dtype


def test_single_precision_stays_single():
    x = X.astype(np.float32)
    check_close(sparse_jacobian(lambda x: x[1:] * x[:-1])(x), jacobian(lambda x: x[1:] * x[:-1])(x))
    found = sparse_hessian(rosenbrock)(x)
    check_close(found, hessian(rosenbrock)(x), 1e-5)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_several_arguments_give_a_matrix_each(mode):
    f = lambda x, y, power: x[1:] * y[:2] ** power  # noqa: E731
    x, y = X[:3], X[3:]
    found = sparse_jacobian(f, (0, 1), mode=mode)(x, y, power=2)
    for matrix, expected in zip(found, jacobian(f, (0, 1))(x, y, 2), strict=True):
        check_close(matrix, expected)
    check_close(sparse_jacobian(f, 1, mode=mode)(x, y, 3), jacobian(f, 1)(x, y, 3))
    check_close(sparse_jacobian(f, -2, mode=mode)(x, y, 3), jacobian(f, 1)(x, y, 3))


def test_columns_are_the_numbers_of_nested_arguments():
    f = lambda p: p["a"] * p["b"][0] + p["b"][1]  # noqa: E731
    found = sparse_jacobian(f)({"a": X[:2], "b": (2.0, np.array([1.0, 3.0]))})
    expected = [[2.0, 0.0, X[0], 1.0, 0.0], [0.0, 2.0, X[1], 0.0, 1.0]]
    assert np.array_equal(found.toarray(), expected)


def test_functions_of_one_number():
    assert sparse_jacobian(lambda x: x**2)(3.0).toarray().tolist() == [[6.0]]
    assert sparse_jacobian(lambda x: x * np.ones(2))(3.0).toarray().tolist() == [[1.0], [1.0]]
    assert sparse_hessian(lambda x: x**3)(2.0).toarray().tolist() == [[12.0]]


def test_functions_without_derivative_give_zeros():
    for f in (lambda x: np.ones(2), lambda x: 3.0, lambda x: np.floor(x)):
        assert sparse_jacobian(f)(X).count_nonzero() == 0
    assert sparse_hessian(lambda x: np.sum(x))(X).count_nonzero() == 0
    assert sparse_jacobian(lambda x: x)(np.zeros(0)).shape == (0, 0)


def test_integers_count_as_floats_and_complex_results_stay():
    assert sparse_jacobian(lambda x: x**2)(np.arange(3)).diagonal().tolist() == [0.0, 2.0, 4.0]
    found = sparse_jacobian(lambda x: x**2 * (1 + 2j))(X)
    assert np.allclose(found.diagonal(), 2 * X * (1 + 2j))


@quiet
def test_infinite_entries_are_found_and_zeros_stay():
    found = sparse_jacobian(np.sqrt)(np.array([0.0, 4.0])).toarray()
    assert np.array_equal(found, [[np.inf, 0.0], [0.0, 0.25]])
    found = sparse_jacobian(lambda x: x**2)(np.array([np.nan, np.inf])).toarray()
    assert np.array_equal(found, [[np.nan, 0.0], [0.0, np.inf]], equal_nan=True)


def test_results_may_be_changed():
    derivative = sparse_jacobian(np.diff)
    found = derivative(X)
    found.data[:] = 7.0
    found.indices[:] = 0
    derivative.pattern().indices[:] = 0
    check_close(derivative(X), jacobian(np.diff)(X))


# -- when the pattern changes -----------------------------------------------------------------


def test_branches_enlarge_the_pattern():
    f = lambda x: x[::-1] * 2 if x[0] > 0 else x**2  # noqa: E731
    derivative = sparse_jacobian(f)
    assert derivative.pattern(X).nnz == 6
    for x in (X, -X, X, -2 * X):
        check_close(derivative(x), jacobian(f)(x))
    assert derivative.pattern().nnz == 12


def test_changed_constants_enlarge_the_pattern():
    a = np.eye(6)
    derivative = sparse_jacobian(lambda x: a @ x)
    assert derivative(X).nnz == 6
    a[0, 5] = 4.0
    assert np.array_equal(derivative(X).toarray(), a)
    a = 2 * a.T
    assert np.array_equal(derivative(X).toarray(), a)


def test_branches_enlarge_the_pattern_of_a_hessian():
    f = lambda x: np.sum(x**3) if x[0] > 0 else np.sum(x[1:] * x[:-1] ** 2)  # noqa: E731
    derivative = sparse_hessian(f)
    for x in (X, -X, X):
        check_close(derivative(x), hessian(f)(x))


def test_cancellation_is_not_taken_for_a_wrong_pattern():
    def f(x):
        return (1e9 * x + x[::-1] ** 2) - 1e9 * x

    derivative = sparse_jacobian(f)
    for scale in (1.0, 2.0):
        found = derivative(scale * X).toarray()
        assert np.allclose(found, jacobian(f)(scale * X), atol=1e-5)


def test_a_pattern_that_lacks_entries_is_an_error(monkeypatch):
    derivative = sparse_jacobian(lambda x: x * x[::-1])
    structure = type(derivative)._structure

    def wrong(*arguments):
        found = structure(*arguments)
        first = found.sets.indices[found.sets.indptr[:-1]]
        found.sets = type(found.sets)(np.arange(7, dtype=np.int32), first, 6)
        return found

    monkeypatch.setattr(type(derivative), "_structure", wrong)
    with pytest.raises(SparsityError, match="pattern lacks entries"):
        derivative(X)


def test_patterns_are_found_once_for_each_shape():
    calls = []

    def f(x):
        calls.append(len(x))
        return x[1:] * x[:-1]

    def g(x):
        if len(calls) > 100:
            return x
        return x[1:] * x[:-1]

    derivative = sparse_jacobian(g)
    derivative(X)
    plans = dict(derivative._plans)
    derivative(2 * X)
    assert derivative._plans == plans
    derivative(X[:4])
    assert len(derivative._plans) == 2
    with pytest.raises(ImpureFunctionError):
        sparse_jacobian(f)(X)


# -- what it tells ----------------------------------------------------------------------------


def test_names_and_summaries():
    derivative = sparse_jacobian(laplacian)
    assert derivative.__name__ == "sparse_jacobian_of_laplacian_wrt_argnum_0"
    text = derivative.summary(np.zeros((8, 8)))
    assert text.startswith("64 × 64 with 288 entries (7 %), at most 5 in a row and 5 in a column")
    assert "5 products in forward mode, for 5 colours of columns, and one to verify" in text
    assert "and one to verify" not in sparse_jacobian(np.sin, verify=False).summary(X)


def test_methods_without_arguments_are_about_the_last_call():
    derivative = sparse_jacobian(np.diff)
    with pytest.raises(DataError, match="pass arguments"):
        derivative.pattern()
    derivative(X)
    assert derivative.pattern().shape == (5, 6)
    assert derivative.pattern(X[:3]).shape == (2, 3)
    assert derivative.colors().tolist() == [0, 1, 0]


# -- refusals ---------------------------------------------------------------------------------

REFUSED = {
    "a list": (lambda x: [x, x], X, DataError, "np.concatenate"),
    "a dict": (lambda x: {"a": x}, X, DataError, "np.concatenate"),
    "text": (lambda x: "text", X, DataError, "floating point"),
    "nothing": (lambda x: None, X, DataError, "floating point"),
    "booleans": (lambda x: x > 0, X, DataError, "floating point"),
    "an integer argument": (lambda x: x, 3, DataError, "3.0 for 3"),
    "a text argument": (lambda x: x, "x", DataError, "floating point"),
    "a complex argument": (lambda x: x, X + 1j, DataError, "real arguments"),
    "a Tensor": (lambda x: x, autograd.Tensor(X), GradientLostError, "make_hvp"),
    "random numbers": (lambda x: x * np.random.normal(), X, ImpureFunctionError, "Generator"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_functions_and_arguments(name):
    f, x, error, text = REFUSED[name]
    with pytest.raises(error, match=text):
        sparse_jacobian(f)(x)


def test_refused_options_and_calls():
    with pytest.raises(OptionError, match="auto, forward, reverse"):
        sparse_jacobian(np.sin, mode="row")
    with pytest.raises(DataError, match="out of range"):
        sparse_jacobian(np.sin, 1)(X)
    with pytest.raises(DataError, match="by position"):
        sparse_jacobian(lambda x: x)(x=X)
    with pytest.raises(ShapeError, match="one number"):
        sparse_hessian(np.sin)(X)
    with pytest.raises(DataError, match="forward mode"):
        sparse_jacobian(lambda x: x * 1j, mode="reverse")(X)


def test_no_derivative_is_lost_in_outer_transforms():
    derivative = sparse_jacobian(lambda x: x**2)
    with pytest.raises(GradientLostError):
        grad(lambda x: derivative(x).sum())(X)
    with pytest.raises(autograd.errors.TraceError):
        autograd.jit(lambda x: derivative(x))(X)


def test_importing_needs_no_scipy():
    program = (
        "import sys; import autograd; autograd.sparse_jacobian; "
        "assert 'scipy' not in sys.modules; sys.modules['scipy'] = None\n"
        "try: autograd.sparse_jacobian(abs)\n"
        "except autograd.errors.MissingProgramError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True
    )
    assert "pip install scipy" in done.stdout


@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
def test_the_size_of_the_result_may_depend_on_the_data(mode, verify):
    def squares_of_the_positive(x):
        return x[np.nonzero(x > 0)] ** 2

    derivative = sparse_jacobian(squares_of_the_positive, mode=mode, verify=verify)
    for signs in ([1, -1, -1, 1, -1, -1], [1] * 6, [-1, 1, 1, -1, 1, -1], [1, -1, -1, -1, -1, -1]):
        x = X * signs
        check_close(derivative(x), jacobian(squares_of_the_positive)(x))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.sqrt(x + 1) ** 2),
        lambda x: np.sum(np.log(np.exp(x[1:]))),
        lambda x: np.sum(x[1:] * x[:-1] - x[:-1] * x[1:]),
        lambda x: np.sum(np.sin(x) ** 2 + np.cos(x) ** 2) + x[0] * x[1],
        lambda x: 1e-20 * np.sum(x[1:] * x[:-1] ** 2) + np.sum(np.exp(np.log(x))),
    ],
)
def test_entries_that_are_rounding_errors_are_no_error(f):
    derivative = sparse_hessian(f)
    for x in (X**2 + 0.1, 2 * X**2 + 0.3):
        np.testing.assert_allclose(derivative(x).toarray(), hessian(f)(x), atol=1e-14)


def test_entries_missing_among_rounding_errors_are_an_error(monkeypatch):
    f = lambda x: np.sum(np.sqrt(x + 1) ** 2) + 1e-9 * x[0] * x[3]  # noqa: E731
    derivative = sparse_hessian(f)
    structure = type(derivative)._structure

    def lacking(self, *arguments):
        pattern = structure(self, *arguments)
        pattern.sets = pattern.sets.filtered(np.arange(pattern.sets.size) % 3 > 0)
        return pattern

    monkeypatch.setattr(type(derivative), "_structure", lacking)
    with pytest.raises(SparsityError, match="lacks entries"):
        derivative(X**2 + 0.1)
