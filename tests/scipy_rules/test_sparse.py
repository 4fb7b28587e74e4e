"""Sparse matrices of nodes, systems and eigenvalues: against dense ones and differences."""

import numpy as np
import pytest
import scipy.sparse
import scipy.sparse.linalg

from autograd import Tensor, Value, deriv, grad, hessian_vector_product, jacobian, jit, vmap
from autograd.errors import (
    NoDerivativeError,
    NoRuleError,
    ShapeError,
    SolutionError,
)
from autograd.scipy import sparse
from autograd.scipy.sparse import linalg
from autograd.scipy.sparse.arrays import as_sparse
from autograd.scipy.sparse.banded import is_narrow
from autograd.scipy.sparse.solving import Direct

RANDOM = np.random.default_rng(2)
DENSE = RANDOM.normal(size=(6, 6)) * (RANDOM.uniform(size=(6, 6)) < 0.4) + 3 * np.eye(6)
A = scipy.sparse.csr_array(DENSE)
ROWS, COLUMNS = A.tocoo().coords
SYMMETRIC = scipy.sparse.csr_array(DENSE + DENSE.T + np.diag(np.arange(6.0)))
B, X = RANDOM.normal(size=6), RANDOM.normal(size=(6, 2))
OTHER = scipy.sparse.csr_array(RANDOM.normal(size=(6, 6)) * (RANDOM.uniform(size=(6, 6)) < 0.5))
KINDS = (
    scipy.sparse.csr_array,
    scipy.sparse.csc_array,
    scipy.sparse.coo_array,
    scipy.sparse.csr_matrix,
)

ALL_KINDS = [
    kind
    for name, kind in vars(scipy.sparse).items()
    if name.endswith(("_array", "_matrix")) and isinstance(kind, type)
]


def slope(f, p, direction, h=1e-3):
    near, far = (f(p + k * h * direction) - f(p - k * h * direction) for k in (1, 2))
    return (8 * near - far) / (12 * h)


def assert_derivatives(f, p, seed=0):
    direction = np.random.default_rng(seed).normal(size=p.shape)
    expected = slope(f, p, direction)
    assert np.sum(grad(f)(p) * direction) == pytest.approx(expected, rel=1e-6, abs=1e-8)
    assert deriv(lambda s: f(p + s * direction))(0.0) == pytest.approx(expected, rel=1e-6, abs=1e-8)
    found, expected = hessian_vector_product(f)(p, direction), slope(grad(f), p, direction)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def matrix(data, like=A):
    return sparse.csr_array((data, like.indices, like.indptr), like.shape)


@pytest.mark.parametrize("kind", KINDS)
def test_scipys_matrices_multiply_nodes(kind):
    a = kind(A)
    for x in (B, X):
        for f, expected in (
            (lambda x: a @ x, a @ x),
            (lambda x: a @ x if kind is scipy.sparse.coo_array else a.dot(x), a @ x),
            (lambda x: x.T @ a, x.T @ a),
        ):
            node = f(Tensor(x))
            assert isinstance(node, Tensor)
            np.testing.assert_allclose(node.data, expected)
            assert_derivatives(lambda x, f=f: np.sum(np.sin(f(x))), x)
    if kind is scipy.sparse.csr_matrix:
        np.testing.assert_allclose((a * Tensor(B)).data, a * B)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_operators_of_scipys_matrices_with_nodes(kind):
    a, number, row, dense = kind(A), Value(2.0), Tensor(B), Tensor(DENSE + 1.0)
    cases = [
        (a * number, 2.0 * DENSE),
        (number * a, 2.0 * DENSE),
        (a / number, DENSE / 2.0),
        (a + dense, 2.0 * DENSE + 1.0),
        (dense - a, np.ones((6, 6))),
        (a - dense, -np.ones((6, 6))),
    ]
    if issubclass(kind, scipy.sparse.sparray):
        cases += [(a * row, DENSE * B), (row * a, DENSE * B), (a / row, DENSE / B)]
    for found, expected in cases:
        found = found.toarray() if isinstance(found, sparse.SparseArray) else found
        assert isinstance(found, Tensor)
        np.testing.assert_allclose(found.data, expected)
    np.testing.assert_allclose(vmap(lambda x: a @ x)(X.T), X.T @ DENSE.T)
    np.testing.assert_allclose(vmap(lambda x: x @ a)(X.T), X.T @ DENSE)
    np.testing.assert_allclose(vmap(lambda x: a @ x)(np.stack([X, X]))[1], DENSE @ X)


def test_products_with_matrices_of_numbers_are_transformed():
    def loss(x):
        return np.sum(np.sin(A @ x)) + (x @ A)[0]

    expected = grad(loss)(B)
    np.testing.assert_allclose(jit(grad(loss))(B), expected)
    np.testing.assert_allclose(vmap(grad(loss))(X.T)[0], grad(loss)(X[:, 0]))
    np.testing.assert_allclose(vmap(lambda x: x @ A)(X.T), X.T @ A)
    twice = jit(lambda x: A @ (2 * x))
    np.testing.assert_allclose([twice(B), twice(X[:, 0])], [A @ (2 * B), A @ (2 * X[:, 0])])
    np.testing.assert_allclose(jacobian(lambda x: A @ x)(B), DENSE)


OPERATIONS = {
    "products": lambda a: a @ B + B @ a,
    "products with matrices": lambda a: a @ X + (X.T @ a).T,
    "sparse products": lambda a: (a @ OTHER @ a.T).toarray(),
    "scipy on the left": lambda a: (OTHER @ a).toarray(),
    "sums": lambda a: (a + OTHER - a.T).toarray(),
    "sums with numbers": lambda a: (2 * a / 3 - a.multiply(a)).sum(axis=0),
    "elements": lambda a: a.multiply(OTHER).toarray() + a.multiply(B).toarray() + a.multiply(X[:, :1]).toarray(),
    "parts": lambda a: a[1:4, ::2].toarray() + a[0, 0],
    "lists": lambda a: a[[0, 2, 5]].sum(axis=1) + a[[0, 1, 2], [1, 1, 2]],
    "diagonal": lambda a: a.diagonal() + a.diagonal(1)[0] + a.trace(),
    "stacks": lambda a: sparse.vstack([sparse.hstack([a, OTHER]), sparse.hstack([OTHER, a])]).sum(axis=1),
    "kron": lambda a: sparse.kron(a, OTHER).sum(axis=0),
    "plus dense": lambda a: a + DENSE,
}  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_with_matrices_of_nodes(name):
    f = OPERATIONS[name]
    expected = f(A)
    expected = np.asarray(expected.todense() if scipy.sparse.issparse(expected) else expected)
    found = f(matrix(Tensor(A.data)))
    np.testing.assert_allclose(found.data, expected, rtol=1e-12, atol=1e-14)
    assert_derivatives(lambda d: np.sum(np.sin(f(matrix(d)))), A.data)


def test_constructors_take_nodes():
    for construct in (
        lambda d: sparse.csr_array((d, (ROWS, COLUMNS)), (6, 6)),
        lambda d: sparse.coo_array(
            (np.concatenate([d / 2, d / 2]), (np.tile(ROWS, 2), np.tile(COLUMNS, 2)))
        ),
        lambda d: sparse.csc_array((d, A.indices, A.indptr)).T,
        lambda d: sparse.csr_matrix(matrix(d).toarray()),
    ):
        found = construct(Tensor(A.data))
        assert isinstance(found, sparse.SparseArray)
        np.testing.assert_allclose(found.toarray().data, DENSE)
        assert_derivatives(lambda d, c=construct: np.sum(np.sin(c(d) @ B)), A.data)
    diagonals, offsets = [Tensor(B), Tensor(B[:5])], [0, -1]
    found = sparse.diags_array(diagonals, offsets=offsets).toarray().data
    np.testing.assert_allclose(
        found, scipy.sparse.diags_array([B, B[:5]], offsets=offsets).toarray()
    )
    found = sparse.diags([Tensor([1.0]), Tensor([-2.0])], [1, 0], (3, 3)).toarray().data
    np.testing.assert_allclose(found, scipy.sparse.diags([1.0, -2.0], [1, 0], (3, 3)).toarray())
    assert isinstance(sparse.csr_array(DENSE), scipy.sparse.csr_array)


OPTIONS = {"rtol": 1e-13, "atol": 1e-13}
SOLVERS = {
    "spsolve": lambda m, a, b: m.spsolve(a, b),
    "splu": lambda m, a, b: m.splu(a).solve(b) + m.splu(a).solve(b, "T"),
    **{f: lambda m, a, b, f=f: getattr(m, f)(a, b, **OPTIONS)[0] for f in ("gmres", "bicgstab", "bicg", "lgmres")},
    **{f: lambda m, a, b, f=f: getattr(m, f)(a @ a.T, b, **OPTIONS)[0] for f in ("cg", "cgs")},
    "minres": lambda m, a, b: m.minres(a + a.T, b, rtol=1e-14)[0],
}  # fmt: skip


@pytest.mark.parametrize("name", SOLVERS)
def test_solutions_of_systems(name):
    solve, n = SOLVERS[name], A.nnz
    expected = solve(scipy.sparse.linalg, A.tocsc(), B)
    np.testing.assert_allclose(solve(linalg, matrix(Tensor(A.data)), B).data, expected, rtol=1e-8)
    np.testing.assert_allclose(solve(linalg, A, Tensor(B)).data, expected, rtol=1e-8)

    def total(p):
        return np.sum(np.sin(solve(linalg, matrix(p[:n]), p[n:])))

    assert_derivatives(total, np.concatenate([A.data, B]))


def test_solutions_for_many_right_sides_and_transforms():
    def total(data, b):
        return np.sum(np.sin(linalg.spsolve(matrix(data), b)))

    np.testing.assert_allclose(linalg.spsolve(A, Tensor(X)).data, np.linalg.solve(DENSE, X))
    assert_derivatives(lambda b: total(A.data, b), X)
    expected = grad(total, (0, 1))(A.data, B)
    for found in (
        jit(grad(total, (0, 1)))(A.data, B),
        [g[1] for g in vmap(grad(total, (0, 1)), (None, 0))(A.data, np.stack([B * 2, B]))],
    ):
        np.testing.assert_allclose(found[0], expected[0])
        np.testing.assert_allclose(found[1], expected[1])
    solve = linalg.factorized(A.tocsc())
    np.testing.assert_allclose(jacobian(solve)(B), np.linalg.inv(DENSE), atol=1e-14)


def test_eigenvalues_of_symmetric_matrices():
    def pairs(data):
        half = matrix(data, SYMMETRIC)
        return linalg.eigsh((half + half.T) / 2, 2, v0=np.ones(6))

    w, v = pairs(Tensor(SYMMETRIC.data))
    np.testing.assert_allclose(w.data, scipy.sparse.linalg.eigsh(SYMMETRIC, 2, v0=np.ones(6))[0])
    np.testing.assert_allclose(SYMMETRIC @ v.data, v.data * w.data, atol=1e-10)

    def total(data):
        w, v = pairs(data)
        return w[0] ** 2 + w[1] + np.sum(v**4) + np.sum(v[:, 0] * v[:, 1] ** 3 * v[0, 0] * v[0, 1])

    assert_derivatives(total, SYMMETRIC.data)
    with pytest.raises(NoDerivativeError, match="not simple"):
        grad(lambda d: linalg.eigsh(sparse.diags_array(d), 1, v0=np.ones(4))[1][0, 0])(np.ones(4))
    with pytest.raises(NoRuleError, match="symmetric"):
        linalg.eigsh(matrix(Tensor(A.data)), 1)


@pytest.mark.parametrize("scale", [0.1, 2.0])
def test_exponentials_times_vectors(scale):
    expected = scipy.sparse.linalg.expm_multiply(A * scale, B)
    np.testing.assert_allclose(
        linalg.expm_multiply(matrix(Tensor(A.data * scale)), B).data, expected, rtol=1e-10
    )
    found = linalg.expm_multiply(A, Tensor(X), start=0.0, stop=0.4, num=3).data
    np.testing.assert_allclose(
        found, scipy.sparse.linalg.expm_multiply(A, X, 0.0, 0.4, 3), rtol=1e-10
    )
    n = A.nnz
    assert_derivatives(
        lambda p: np.sum(np.tanh(linalg.expm_multiply(matrix(p[:n] * scale), p[n:]))),
        np.concatenate([A.data, B]) * 0.3,
    )


def test_bad_input_is_named():
    singular = scipy.sparse.csr_array([[1.0, 2.0], [2.0, 4.0]])
    for call, kind, message in (
        (lambda: linalg.spsolve(singular, Tensor(B[:2])), NoDerivativeError, "singular"),
        (lambda: linalg.spsolve(A[:2], Tensor(B)), ShapeError, r"square; its shape is \(2, 6\)"),
        (lambda: linalg.spsolve(A, Tensor(B[:3])), ShapeError, "needs 6 rows"),
        (
            lambda: linalg.gmres(A, Tensor(B), maxiter=1, restart=1, rtol=1e-14),
            SolutionError,
            "gmres did not converge",
        ),
        (lambda: A @ Tensor(B[:3]), ShapeError, r"\(6, 6\) .* \(3,\)"),
        (lambda: A.multiply(Tensor(B)), NoRuleError, r"write node \* scipy\.sparse\.csr_array"),
    ):
        with pytest.raises(kind, match=message):
            call()


def test_a_large_system_needs_little_memory():
    n = 20_000
    laplace = sparse.diags_array(
        [np.full(n, 2.1), -np.ones(n - 1), -np.ones(n - 1)], offsets=[0, 1, -1]
    )

    def energy(data):
        x = linalg.spsolve(
            sparse.csr_array((data, laplace.tocsr().indices, laplace.tocsr().indptr)), np.ones(n)
        )
        return np.sum(x)

    gradient = grad(energy)(laplace.tocsr().data)
    x = scipy.sparse.linalg.spsolve(laplace.tocsc(), np.ones(n))
    rows = np.repeat(np.arange(n), np.diff(laplace.tocsr().indptr))
    np.testing.assert_allclose(gradient, -x[rows] * x[laplace.tocsr().indices])


# -- matrices that are functions ------------------------------------------------------------------

POSITIVE = SYMMETRIC + 9 * scipy.sparse.eye_array(6)


def operator_of(a, shift):
    """An operator that closes over a number; `a` is a matrix of SciPy."""
    return scipy.sparse.linalg.LinearOperator(
        (6, 6), lambda x: a @ x + shift * x, lambda x: a.T @ x + shift * x, dtype=float
    )


@pytest.mark.parametrize("name", ["cg", "minres", "gmres", "bicgstab", "bicg", "lgmres", "qmr"])
def test_iterations_take_operators_that_close_over_nodes(name):
    a = POSITIVE if name in ("cg", "minres") else A
    solve = getattr(linalg, name)

    def loss(p):
        x, info = solve(operator_of(a, p[0]), p[1:], rtol=1e-12)
        assert info == 0
        return np.sum(np.sin(x))

    assert_derivatives(loss, np.append(1.3, B))
    wrapped = scipy.sparse.linalg.aslinearoperator(a)
    expected = grad(lambda b: np.sum(linalg.spsolve(a, b)))(B)
    found = grad(lambda b: np.sum(solve(wrapped, b, rtol=1e-12)[0]))(B)
    np.testing.assert_allclose(found, expected, rtol=1e-8)


# -- generalised eigenvalues ----------------------------------------------------------------------

WEIGHTS = scipy.sparse.csr_array(
    np.diag(np.arange(2.0, 8.0)) + np.diag(np.ones(5), 1) + np.diag(np.ones(5), -1)
)


def symmetric_of(data, like):
    found = matrix(data, like)
    return (found + found.T) / 2


@pytest.mark.parametrize("varying", ["A", "M", "both"])
def test_generalised_eigenvalues_have_derivatives(varying):
    like = scipy.sparse.csr_array(SYMMETRIC)

    def loss(p):
        first, second = (p[: like.nnz], p[like.nnz :]) if varying == "both" else (p, p)
        a = like if varying == "M" else symmetric_of(first, like)
        m = WEIGHTS if varying == "A" else symmetric_of(second, WEIGHTS)
        w, v = linalg.eigsh(a, 2, M=m, which="LA", v0=np.ones(6))
        return np.sum(np.sin(w)) + np.sum(v**4) + np.sum((v.T @ B) ** 2)

    given = {"A": like.data, "M": WEIGHTS.data, "both": np.append(like.data, WEIGHTS.data)}[varying]
    assert_derivatives(loss, given)
    w, v = linalg.eigsh(
        symmetric_of(Tensor(like.data), like), 2, M=WEIGHTS, which="LA", v0=np.ones(6)
    )
    expected, _ = scipy.sparse.linalg.eigsh(like, 2, M=WEIGHTS, which="LA", v0=np.ones(6))
    np.testing.assert_allclose(w.data, expected)
    np.testing.assert_allclose(v.data.T @ (WEIGHTS @ v.data), np.eye(2), atol=1e-12)


# -- matrices that are nearly singular ------------------------------------------------------------


def laplacian(n, shift):
    diagonals = [np.full(n, 2.0) + shift, np.full(n - 1, -1.0), np.full(n - 1, -1.0)]
    found = scipy.sparse.diags_array(diagonals, offsets=[0, 1, -1]).tolil()
    found[0, 0] = found[n - 1, n - 1] = 1.0 + shift  # of a loop without ends to hold on to
    return found.tocsc()


def near_singular(kind, size=1e-17):
    hilbert = scipy.sparse.csc_array(1.0 / (np.arange(16)[:, None] + np.arange(16) + 1))
    twins = np.eye(5) + np.ones((5, 5))
    twins[4] = twins[3] * (1 + size)
    return {
        "Hilbert's": hilbert,
        "twin rows": scipy.sparse.csc_array(twins),
        "no ground": laplacian(40, size),
    }[kind]


@pytest.mark.parametrize("kind", ["Hilbert's", "twin rows", "no ground"])
def test_systems_singular_to_rounding_are_refused(kind):
    a = near_singular(kind)
    with pytest.raises(NoDerivativeError, match="singular"):
        grad(lambda b: np.sum(linalg.spsolve(a, b)))(np.ones(a.shape[0]))
    with pytest.raises(NoDerivativeError, match="singular"):
        linalg.splu(a)


def test_badly_scaled_systems_are_solved():
    scales = 10.0 ** np.arange(-9.0, 9.0, 3.0)
    a = scipy.sparse.csc_array(scales[:, None] * DENSE * scales[::-1])
    found = jacobian(lambda b: linalg.spsolve(a, b))(B)
    np.testing.assert_allclose(found, np.linalg.inv(DENSE) / scales / scales[::-1, None], rtol=1e-9)


@pytest.mark.parametrize("kind", [scipy.sparse.csr_array, scipy.sparse.csr_matrix])
def test_products_of_elements_are_as_their_error_says(kind):
    matrix, other = kind(np.array([[2.0, 0.5], [0.0, 3.0]])), np.array([[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(NoRuleError, match=r"write node \* scipy\.sparse\.csr_array\(A\)"):
        matrix.multiply(Tensor(other))
    found = Tensor(other) * scipy.sparse.csr_array(matrix)
    np.testing.assert_array_equal(found.toarray().data, matrix.multiply(other).toarray())


@pytest.mark.parametrize("kind", [float, np.float32, complex])
@pytest.mark.parametrize("offsets", [(0,), (-1, 0, 1), (-2, -1, 0, 1), (0, 1, 2)])
def test_narrow_bands_are_solved_as_other_matrices(offsets, kind):
    random = np.random.RandomState(0)
    values = [random.randn(9 - abs(k)).astype(kind) for k in offsets]
    if kind is complex:
        values = [x + 1j * random.randn(x.size) for x in values]
    a = scipy.sparse.diags_array(values, offsets=offsets).tocsr()
    matrix, b = as_sparse(a), random.randn(9).astype(kind)
    assert is_narrow(matrix.pattern)
    for transposed, dense in ((False, a.toarray()), (True, a.toarray().T)):
        found = Direct(by_band=True)(matrix.data, b, matrix.pattern, transposed)
        assert found.dtype == kind
        tolerance = 1e-3 if kind is np.float32 else 1e-10
        np.testing.assert_allclose(found, np.linalg.solve(dense, b), rtol=tolerance)


def test_singular_bands_are_refused():
    a = scipy.sparse.diags_array([np.ones(4), np.ones(4)], offsets=[1, 4], shape=(5, 5)).tocsr()
    for singular in (a, scipy.sparse.diags_array([1.0, 0.0, 1.0]).tocsr()):
        with pytest.raises(NoDerivativeError, match="singular"):
            linalg.spsolve(singular, Tensor(np.ones(singular.shape[0])))
