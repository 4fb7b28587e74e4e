"""Linear algebra where it is delicate; the formulas are checked in `test_rules.py`."""

import numpy as np
import pytest

from autograd import Tensor, check_gradients, grad
from autograd.errors import NoDerivativeError, NoRuleError

random = np.random.default_rng(4)
twice = np.diag([1.0, 1.0, 3.0])


def test_vectors_of_equal_eigenvalues_have_no_derivative_and_the_error_says_so():
    weights = random.normal(size=(3, 3))
    for f in (np.linalg.eigh, np.linalg.eig):
        with pytest.raises(NoDerivativeError, match="Eigenvalues are equal"):
            grad(lambda a, f=f: np.sum(weights * np.real(f(a)[1])))(twice)
    with pytest.raises(NoDerivativeError, match="Singular values are equal"):
        grad(lambda a: np.sum(weights * np.linalg.svd(a)[0]))(twice)


def test_functions_of_equal_eigenvalues_alone_have_derivatives():
    check_gradients(lambda a: np.sum(np.linalg.eigvalsh(a) ** 2), twice)
    check_gradients(lambda a: np.sum(np.linalg.svdvals(a) ** 2), twice)
    check_gradients(lambda a: np.linalg.norm(a), twice)


def test_what_does_not_depend_on_the_choice_of_vectors_has_a_derivative():
    def square(a):
        w, v = np.linalg.eigh(a)
        return (v * w**2) @ v.T

    g = grad(lambda a: np.sum(square(a) * np.arange(9.0).reshape(3, 3)))(twice)
    assert np.isfinite(g).all()


def test_the_pseudo_inverse_has_its_derivative_along_changes_that_keep_the_rank():
    x = random.normal(size=(2, 4))
    check_gradients(lambda x: np.linalg.pinv(x.T @ x, rcond=1e-10), x, modes=("reverse", "forward"))
    b = random.normal(size=4)
    check_gradients(lambda x: np.linalg.lstsq(x.T @ x, b, rcond=1e-10)[0], x)
    expected = np.linalg.lstsq(x.T @ x, b, rcond=1e-10)
    found = np.linalg.lstsq(Tensor(x.T @ x), b, rcond=1e-10)
    np.testing.assert_allclose(found[0].data, expected[0], rtol=1e-6)
    assert (found[1].shape, found[2]) == (expected[1].shape, expected[2])


def test_the_determinant_of_a_singular_matrix_has_its_derivative():
    a = np.array([[1.0, 2.0], [2.0, 4.0]])
    np.testing.assert_allclose(grad(np.linalg.det)(a), [[4.0, -2.0], [-2.0, 1.0]], atol=1e-12)
    assert not grad(np.linalg.det)(np.zeros((3, 3))).any()


def test_norms_have_the_derivative_zero_at_zero():
    for order in (None, 2, 1):
        assert not grad(lambda x, o=order: np.linalg.norm(x, o))(np.zeros(3)).any()


@pytest.mark.parametrize(
    "call",
    [
        lambda t: np.linalg.svd(t),
        lambda t: np.linalg.qr(t, mode="complete"),
        lambda t: np.linalg.qr(t, mode="raw"),
    ],
)
def test_vectors_that_are_filled_up_at_will_are_refused(call):
    with pytest.raises(NoRuleError, match="Write"):
        call(Tensor(random.normal(size=(4, 2))))


def test_decompositions_have_numpys_names_for_their_results():
    t = Tensor(random.normal(size=(3, 3)))
    s = Tensor(t.data @ t.data.T)
    assert np.linalg.eigh(s).eigenvalues.shape == (3,)
    assert np.linalg.svd(t).S.shape == (3,)
    assert np.linalg.qr(t).Q.shape == (3, 3)
    assert np.linalg.slogdet(t).logabsdet.shape == ()
    assert np.linalg.eig(t).eigenvectors.shape == (3, 3)


def test_a_gaussian_log_likelihood_is_differentiated_through_its_covariance():
    x = random.normal(size=(6, 3))

    def negative_log_likelihood(root):
        covariance = root @ root.T + np.eye(3)
        L = np.linalg.cholesky(covariance)
        z = np.linalg.solve(L, x.T)
        return 0.5 * np.sum(z**2) + 6 * np.sum(np.log(np.diagonal(L)))

    def by_inverse(root):
        covariance = root @ root.T + np.eye(3)
        return (
            0.5 * np.trace(x @ np.linalg.inv(covariance) @ x.T)
            + 3 * np.linalg.slogdet(covariance)[1]
        )

    root = random.normal(size=(3, 3))
    np.testing.assert_allclose(grad(negative_log_likelihood)(root), grad(by_inverse)(root))
