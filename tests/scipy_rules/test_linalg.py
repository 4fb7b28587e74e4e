"""scipy.linalg: options, rejected arguments, and products of factors."""

import numpy as np
import pytest
import scipy.linalg

from autograd import Tensor, check_gradients, grad, make_hvp, make_jvp
from autograd.errors import NoDerivativeError, NoRuleError
from autograd.rules import redefinable
from autograd.scipy import linalg

random = np.random.default_rng(5)
A = random.normal(size=(4, 4))
S = A @ A.T + np.eye(4)


def test_a_function_without_a_rule_raises():
    with pytest.raises(NoRuleError, match=r"scipy\.linalg\.schur has no derivative rule"):
        linalg.schur(Tensor(A))
    np.testing.assert_array_equal(linalg.schur(A)[0], scipy.linalg.schur(A)[0])
    assert linalg.LinAlgError is np.linalg.LinAlgError
    assert "sqrtm" in dir(linalg)
    assert set(scipy.linalg.__all__) <= set(linalg.__all__)
    with pytest.raises(AttributeError):
        linalg.nothing  # noqa: B018


def test_plain_arrays_go_straight_to_scipy():
    lu, pivots = linalg.lu_factor(A)
    np.testing.assert_array_equal(lu, scipy.linalg.lu_factor(A)[0])
    np.testing.assert_array_equal(
        linalg.lu_solve((lu, pivots), A), scipy.linalg.lu_solve((lu, pivots), A)
    )
    q, _ = linalg.qr(A[:, :2])
    assert q.shape == (4, 4)
    with pytest.raises(ValueError, match="infs or NaNs"):
        linalg.inv(np.array([[np.nan]]), check_finite=True)


def test_the_factors_multiply_to_the_matrix():
    for permute in (True, False):
        factors = linalg.lu(Tensor(A), permute_l=permute)
        expected = scipy.linalg.lu(A, permute_l=permute)
        for found, other in zip(factors, expected, strict=True):
            np.testing.assert_allclose(getattr(found, "data", found), other, atol=1e-14)
    rows, _, _ = linalg.lu(Tensor(A), p_indices=True)
    np.testing.assert_array_equal(rows, scipy.linalg.lu(A, p_indices=True)[0])
    B = np.diag([1.0, 2.0, 3.0, 4.0]) + 0.1
    w, v = linalg.eigh(Tensor(S), Tensor(B))
    np.testing.assert_allclose((S @ v.data), (B @ v.data) * w.data, rtol=1e-9)


@pytest.mark.parametrize("values", [(1.0, 1.0, 3.0), (1.0, 2.0, 3.0), (2.0, 2.0, 2.0)])
def test_eigenvalue_functions_have_matrix_derivatives(values):
    q = np.linalg.qr(random.normal(size=(3, 3)))[0]
    a, step = (q * np.array(values)) @ q.T, random.normal(size=(3, 3))
    weights = random.normal(size=(3, 3))
    for function, known in ((np.sqrt, linalg.sqrtm), (np.log, linalg.logm), (np.exp, linalg.expm)):
        found, expected = (
            lambda a, f=f: np.sum(weights * f(a))
            for f in (lambda a, f=function: linalg.funm(a, f), known)
        )
        np.testing.assert_allclose(found(Tensor(a)).data, expected(a))
        np.testing.assert_allclose(grad(found)(a), grad(expected)(a), atol=1e-9)
        np.testing.assert_allclose(make_jvp(found)(a)(step)[1], make_jvp(expected)(a)(step)[1])
        (second, _), (wanted, _) = make_hvp(found)(a), make_hvp(expected)(a)
        np.testing.assert_allclose(second(step), wanted(step), atol=1e-9)
    np.testing.assert_allclose(
        grad(lambda x: np.sum(grad(lambda x: np.sum(grad(lambda x: linalg.funm(x, np.exp)[0, 0])(x)))(x)))(a),
        grad(lambda x: np.sum(grad(lambda x: np.sum(grad(lambda x: linalg.expm(x)[0, 0])(x)))(x)))(a),
        rtol=1e-6,
    )  # fmt: skip


def test_eigenvalues_of_stacks_and_complex_matrices():
    a = random.normal(size=(2, 2, 2)) + 1j * random.normal(size=(2, 2, 2))
    a = a + np.conj(np.swapaxes(a, -1, -2))
    check_gradients(lambda a: linalg.funm(symmetrized(a), np.sin), a)
    check_gradients(lambda x: linalg.funm(x * np.eye(2), lambda w: w**3), 2.0, order=2)
    assert linalg.funm(Tensor(np.zeros((0, 2, 2))), np.sin).shape == (0, 2, 2)
    with pytest.raises(NoRuleError, match="Hermitian"):
        linalg.funm(Tensor(A), np.sin)


def symmetrized(a):
    return (a + np.conjugate(np.swapaxes(a, -1, -2))) / 2


#: What lu_factor of SciPy 1.15 returns for a stack is not a factorisation.
FACTORS_STACKS = pytest.mark.skipif(
    tuple(map(int, scipy.__version__.split(".")[:2])) < (1, 16), reason="SciPy factors no stacks"
)


@FACTORS_STACKS
@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 2), (2, 3), (2, 2, 4, 3)])
def test_stacks_of_any_matrices_can_be_factored(shape):
    a = random.normal(size=shape)
    for keywords in ({}, {"permute_l": True}, {"p_indices": True}):
        found = linalg.lu(Tensor(a), **keywords)
        for x, expected in zip(found, scipy.linalg.lu(a, **keywords), strict=True):
            np.testing.assert_allclose(getattr(x, "data", x), expected, atol=1e-13)
    packed, pivots = scipy.linalg.lu_factor(a)
    np.testing.assert_allclose(linalg.lu_factor(Tensor(a))[0].data, packed, atol=1e-13)
    np.testing.assert_array_equal(linalg.lu_factor(Tensor(a))[1], pivots)
    if np.size(a) < 10:
        for i in (1, 2):
            check_gradients(lambda a, i=i: linalg.lu(a)[i], a, modes=("reverse", "forward"))
    assert linalg.lu(Tensor(np.zeros((0, 3, 3))))[1].shape == (0, 3, 3)


@FACTORS_STACKS
def test_stacks_can_be_solved_by_their_factors():
    a, b = random.normal(size=(2, 3, 3)), random.normal(size=(2, 3, 1))
    for trans in (0, 1):
        solve = lambda a, t=trans: linalg.lu_solve(linalg.lu_factor(a), b, t)  # noqa: E731
        turned = np.swapaxes(a, -1, -2) if trans else a
        np.testing.assert_allclose(solve(Tensor(a)).data, np.linalg.solve(turned, b))
        check_gradients(solve, a)


def test_solving_by_factors_has_the_derivatives_of_solve():
    b = random.normal(size=4)
    for solve in (
        lambda S, b: linalg.cho_solve(linalg.cho_factor(S), b),
        lambda S, b: linalg.lu_solve(linalg.lu_factor(S), b),
        lambda S, b: linalg.solve(S, b),
    ):
        for argnum in (0, 1):
            found = grad(lambda S, b, solve=solve: np.sum(solve(S, b)), argnum)(S, b)
            if argnum == 0:  # a Cholesky factorisation reads one triangle
                found = found + found.T
            expected = grad(lambda S, b: np.sum(np.linalg.solve(S, b)), argnum)(S, b)
            expected = expected if argnum else expected + expected.T
            np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_functions_apply_to_stacks_of_matrices():
    stack = np.stack([S, S + 1])
    check_gradients(lambda a: linalg.expm(0.1 * a), stack)
    check_gradients(lambda a: linalg.solve(a, np.ones(4)), stack)
    check_gradients(linalg.inv, stack)


def test_functions_without_derivative_or_rule_are_rejected():
    t = Tensor(A)
    for refused in (
        lambda: linalg.qr(t, pivoting=True),
        lambda: linalg.eigh(t, subset_by_value=(0, 1)),
        lambda: linalg.fractional_matrix_power(t, Tensor(0.5)),
        lambda: linalg.svd(t[:, :2]),
    ):
        with pytest.raises(NoRuleError):
            refused()
    with pytest.raises(NoDerivativeError, match="singular"):
        grad(lambda a: np.sum(linalg.lu(a)[2]))(np.ones((2, 2)))
    y, rank = linalg.pinv(t[:, :2], return_rank=True)
    assert (y.shape, rank) == ((2, 4), 2)


@pytest.mark.parametrize("keywords", [{}, {"atol": 0.5}, {"rtol": 0.3}, {"atol": 0.1, "rtol": 0.1}])
def test_pinv_has_the_cutoff_of_scipy(keywords):
    for a in (random.normal(size=(4, 3)), np.ones((3, 2)), np.diag([2.0, 0.4, 0.1])):
        expected, expected_rank = scipy.linalg.pinv(a, return_rank=True, **keywords)
        y, rank = linalg.pinv(Tensor(a), return_rank=True, **keywords)
        np.testing.assert_allclose(y.data, expected, atol=1e-12)
        assert rank == expected_rank


def test_the_unread_triangle_gets_no_gradient():
    gradient = grad(lambda a: np.sum(linalg.solve_triangular(a, np.ones(4), lower=True)))(S)
    assert (np.triu(gradient, 1) == 0).all()
    gradient = grad(lambda a: np.sum(linalg.solve_triangular(a, np.ones(4), unit_diagonal=True)))(S)
    assert (np.tril(gradient) == 0).all()


def test_calls_register_no_functions():
    before = len(redefinable.BODIES)
    for a in (np.eye(2), Tensor(np.eye(2))):
        linalg.sqrtm(a)
    assert len(redefinable.BODIES) == before


def test_matrix_equations_without_one_solution_are_refused():
    eye, ones = np.eye(2), np.ones((2, 2))
    for solve in (
        lambda a: linalg.solve_sylvester(a * eye, -a * eye, ones),
        lambda a: linalg.solve_continuous_lyapunov(0.0 * a * eye, ones),
    ):
        with pytest.raises(NoDerivativeError, match="no single solution"):
            grad(lambda a: np.sum(solve(a)))(1.0)  # noqa: B023


def test_systems_of_constant_diagonals_have_derivatives():
    c, r, b = np.array([3.0, 1.0, 0.5]), np.array([3.0, 0.2, 0.1]), np.arange(6.0).reshape(3, 2)
    for f, *at in (
        (linalg.solve_toeplitz, c, b[:, 0]),
        (lambda c, r, b: linalg.solve_toeplitz((c, r), b), c, r, b),
        (lambda c, r, b: linalg.matmul_toeplitz((c, r), b), c, r[:2], b[:2]),
    ):
        check_gradients(f, *at)
    found = linalg.solve_toeplitz((Tensor(c), r), b)
    np.testing.assert_allclose(found.data, scipy.linalg.solve_toeplitz((c, r), b), rtol=1e-12)
    with pytest.raises(ValueError, match="Incompatible dimensions"):
        linalg.solve_toeplitz(Tensor(c), np.ones(2))
