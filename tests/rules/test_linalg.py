"""Delicate cases of linear algebra; the formulas are checked in `test_rules.py`."""

import numpy as np
import pytest

from autograd import Tensor, check_gradients, grad, hessian, make_jvp
from autograd.errors import NoDerivativeError, NoRuleError

random = np.random.default_rng(4)
twice = np.diag([1.0, 1.0, 3.0])


def test_eigenvectors_of_equal_eigenvalues_raise():
    weights = random.normal(size=(3, 3))
    for f in (np.linalg.eigh, np.linalg.eig):
        with pytest.raises(NoDerivativeError, match="Eigenvalues are equal"):
            grad(lambda a, f=f: np.sum(weights * np.real(f(a)[1])))(twice)
    with pytest.raises(NoDerivativeError, match="Singular values are equal"):
        grad(lambda a: np.sum(weights * np.linalg.svd(a)[0]))(twice)


def test_arbitrary_eigenvectors_raise_at_a_stationary_point():
    with pytest.raises(NoDerivativeError, match="choice of their vectors"):
        grad(lambda a: np.linalg.eigh(a)[1][0, 0])(np.eye(2))  # cos of an angle, at 0


def test_mixing_two_decompositions_is_rejected():
    def root(a):
        return np.sum(GRAM * (np.linalg.eigh(a)[1] * np.sqrt(np.linalg.eigvalsh(a))))

    with pytest.raises(NoDerivativeError, match="one decomposition"):
        grad(root)(np.eye(2))


def test_eigenvectors_with_other_eigenvalues_are_rejected():
    def root(a):
        q = np.linalg.eigh(symmetric(a))[1]
        w = np.diagonal(q.T @ symmetric(a) @ q)  # Rayleigh quotients
        return np.sum(GRAM * ((q * np.sqrt(w)) @ q.T))

    check_gradients(root, with_values(Q, 1.0, 2.0, 3.0)[:2, :2])
    with pytest.raises(NoDerivativeError, match="one decomposition"):
        grad(root)(np.eye(2))


def test_the_gap_of_a_double_eigenvalue_is_smooth():
    def gap(a):
        w = np.linalg.eigvalsh(a)
        return (w[1] - w[0]) ** 2

    expected = np.zeros((2, 2, 2, 2))  # (a00 - a11)**2 + 4 a10**2
    expected[0, 0, 0, 0] = expected[1, 1, 1, 1] = 2.0
    expected[0, 0, 1, 1] = expected[1, 1, 0, 0] = -2.0
    expected[1, 0, 1, 0] = 8.0
    np.testing.assert_allclose(hessian(gap)(np.eye(2)), expected, atol=1e-13)
    assert not grad(gap)(np.eye(3)).any()
    with pytest.raises(NoDerivativeError):
        hessian(gap)(np.eye(3))


def test_the_phase_of_complex_eigenvectors_is_rejected():
    a = random.normal(size=(3, 3)) + 1j * random.normal(size=(3, 3))
    for f, matrix in ((np.linalg.eigh, a + np.conj(a.T)), (np.linalg.eig, a)):
        with pytest.raises(NoDerivativeError, match="phase"):
            grad(lambda a, f=f: np.real(np.sum(f(a)[1])))(matrix)
    with pytest.raises(NoDerivativeError, match="phase"):
        grad(lambda a: np.real(np.sum(np.linalg.svd(a)[0])))(a)


def test_decompositions_without_derivative_are_rejected():
    jordan = np.array([[1.0, 1.0], [0.0, 1.0]])
    with pytest.raises(NoDerivativeError, match="defective"):
        grad(lambda a: np.sum(np.real(np.linalg.eigvals(a)) ** 2))(jordan)
    with pytest.raises(NoDerivativeError, match="rank-deficient"):
        grad(lambda a: np.sum(np.linalg.qr(a)[1]))(np.ones((3, 2)))
    with pytest.raises(NoDerivativeError, match="singular matrix"):
        grad(lambda a: np.linalg.slogdet(a)[1])(np.ones((2, 2)))


GRAM = np.array([[1.0, 2.0], [2.0, 4.0]])


def test_matrix_square_root_at_the_identity():
    def root(a):
        w, q = np.linalg.eigh((a + a.T) / 2)
        return np.sum(GRAM * ((q * np.sqrt(w)) @ q.T))

    np.testing.assert_allclose(grad(root)(np.eye(2)), GRAM / 2, atol=1e-14)
    t = Tensor(np.eye(2))
    root(t).backward()
    np.testing.assert_allclose(t.grad, GRAM / 2, atol=1e-14)
    with pytest.raises(NoDerivativeError, match="sqrtm"):
        hessian(root)(np.eye(2))


def test_squares_of_equal_eigenvalues_have_second_derivatives():
    found = hessian(lambda a: np.sum(np.linalg.eigvalsh(a) ** 2))(np.eye(2))
    np.testing.assert_allclose(found[1, 0, 1, 0], 4.0)
    for a in (np.eye(2), np.ones((2, 3)), np.zeros((3, 2))):
        found = hessian(lambda a: np.sum(np.linalg.svdvals(a) ** 2))(a)
        np.testing.assert_allclose(
            found.reshape(6 if a.size == 6 else 4, -1), 2 * np.eye(a.size), atol=1e-12
        )


# -- a walk: functions with a known derivative, over matrices of every kind --------------------


def symmetric(a):
    return (a + np.conjugate(np.swapaxes(a, -1, -2))) / 2


def contracted(x):
    """Return a weighted sum of the elements, with different weights."""
    weights = np.cos(np.arange(1.0, 1 + np.prod(np.shape(x)[-2:]))).reshape(np.shape(x)[-2:])
    real = np.sum(np.real(x) * weights)
    return real + np.sum(np.imag(x) * weights[::-1]) if np.iscomplexobj(x) else real


def spectral(f):
    def of_matrix(a):
        w, v = np.linalg.eigh(symmetric(a))
        return contracted((v * f(w)[..., None, :]) @ np.conjugate(np.swapaxes(v, -1, -2)))

    return of_matrix


def singular(f):
    def of_matrix(a):
        u, s, vh = np.linalg.svd(a, full_matrices=False)
        return contracted((u * f(s)[..., None, :]) @ vh)

    return of_matrix


def projection(a):
    v = np.linalg.eigh(symmetric(a))[1][..., -1:]
    return contracted(v @ np.conjugate(np.swapaxes(v, -1, -2)))


def cube(a):
    w, v = np.linalg.eig(a)
    return contracted((v * w[..., None, :] ** 3) @ np.linalg.inv(v))


def gram(a):
    u, s, _ = np.linalg.svd(a, full_matrices=False)
    return contracted((u * s[..., None, :] ** 2) @ np.conjugate(np.swapaxes(u, -1, -2)))


VALUES = {
    "sum of squared eigenvalues": lambda a: np.sum(np.linalg.eigvalsh(symmetric(a)) ** 2),
    "sum of cosines of eigenvalues": lambda a: np.sum(np.cos(np.linalg.eigh(symmetric(a))[0])),
    "sum of squared complex eigenvalues": lambda a: np.sum(np.real(np.linalg.eigvals(a) ** 2)),
    "sum of powers of singular values": lambda a: np.sum(np.linalg.svd(a, False)[1] ** 4),
    "squared norm": lambda a: np.sum(np.linalg.norm(a, axis=(-2, -1)) ** 2),
    "determinant": lambda a: np.sum(np.real(np.linalg.det(a))),
}
VECTORS = {
    "cosine": spectral(np.cos),
    "identity": spectral(lambda w: w),
    "complete": spectral(lambda w: 1 + 0 * w),
    "projection": projection,
    "cube": cube,
    "product of factors": singular(lambda s: s),
    "odd function": singular(lambda s: s**3 - s),
    "polar factor": singular(lambda s: 1 + 0 * s),
    "gram": gram,
}
Q = np.linalg.qr(random.normal(size=(3, 3)))[0]
U = np.linalg.qr(random.normal(size=(3, 3)) + 1j * random.normal(size=(3, 3)))[0]


def with_values(q, *values):
    return (q * np.array(values)) @ np.conj(q.T)


MATRICES = {
    "distinct": with_values(Q, 0.7, 1.6, 2.9),
    "unit": np.eye(3),
    "two equal": with_values(Q, 1.0, 1.0, 3.0),
    "nearly equal": with_values(Q, 1.0, 1.0 + 1e-11, 3.0),
    "close": with_values(Q, 1.0, 1.0 + 1e-7, 3.0),
    "singular": with_values(Q, 0.0, 1.0, 2.0),
    "two zeros": np.diag([0.0, 0.0, 2.0]),
    "zero": np.zeros((3, 3)),
    "hermitian": with_values(U, 0.7, 1.6, 2.9),
    "hermitian equal": with_values(U, 1.0, 1.0, 3.0),
    "stack": np.stack(
        [with_values(Q, 1.0, 1.0, 3.0), 1e3 * np.eye(3), with_values(Q, 1.0, 2.0, 4.0)]
    ),
    "empty stack": np.zeros((0, 3, 3)),
}
RECTANGULAR = {
    "tall": random.normal(size=(4, 3)),
    "tall equal": 2 * np.eye(4)[:, :3],
    "wide singular": np.outer([1.0, 2.0, 0.0], np.ones(4)),
    "tall zero": np.zeros((3, 2)),
}
OF_ANY_SHAPE = {
    "sum of powers of singular values",
    "squared norm",
    "product of factors",
    "odd function",
    "polar factor",
    "gram",
}
OF_EIGENVECTORS = {"cosine", "identity", "complete", "projection", "cube"}
#: Cases without a first derivative.
NONE = {("projection", name) for name in ("unit", "zero", "stack")} | {
    ("polar factor", name)
    for name in ("singular", "two zeros", "zero", "wide singular", "tall zero")
}
DISTINCT = {"distinct", "hermitian", "tall", "empty stack"}


def cases():
    for name in (*VALUES, *VECTORS):
        for kind in (*MATRICES, *(RECTANGULAR if name in OF_ANY_SHAPE else ())):
            yield name, kind


@pytest.mark.each("name, kind", list(cases()))
@pytest.mark.filterwarnings("ignore:.* encountered in det")  # NumPy's own det, on arm64
def test_matrix_function_derivatives_are_right_or_rejected(name, kind):
    f = {**VALUES, **VECTORS}[name]
    a = {**MATRICES, **RECTANGULAR}[kind]
    step = np.sin(np.arange(1.0, 1 + a.size)).reshape(a.shape)
    if np.iscomplexobj(a):
        step = step + 1j * np.cos(np.arange(a.size)).reshape(a.shape)
    step = step / max(1.0, np.linalg.norm(step))
    h = 1e-3 * max(1.0, np.abs(a).max(initial=0.0) if kind != "stack" else 1.0)
    before, last, here, next_, after = (f(a + i * h * step) for i in range(-2, 3))
    first = (8 * (next_ - last) - (after - before)) / (12 * h)
    second = (-after + 16 * next_ - 30 * here + 16 * last - before) / (12 * h * h)
    scale = 1 + abs(here)

    def slope(a):
        return np.sum(np.real(grad(f)(a) * step))

    if (name, kind) in NONE:
        for derivative in (slope, lambda a: make_jvp(f)(a)(step)):
            with pytest.raises(NoDerivativeError):
                derivative(a)
        return
    np.testing.assert_allclose(slope(a), first, atol=1e-7 * scale)
    np.testing.assert_allclose(make_jvp(f)(a)(step)[1], first, atol=1e-7 * scale)
    if name in VALUES or kind in DISTINCT or (kind == "singular" and name in OF_EIGENVECTORS):
        again = np.sum(np.real(grad(slope)(a) * step))
        np.testing.assert_allclose(again, second, atol=1e-5 * scale)
    else:
        with pytest.raises(NoDerivativeError):
            grad(slope)(a)


def test_each_matrix_of_a_stack_is_checked_separately():
    stack = np.stack([1e-9 * with_values(Q, 1.0, 2.0, 4.0), 1e9 * with_values(Q, 1.0, 1.5, 2.0)])
    for f in (
        lambda a: np.sum(np.linalg.eigh(symmetric(a))[1] ** 3),
        lambda a: np.sum(np.linalg.svd(a)[0] ** 3),
        lambda a: np.sum(np.real(np.linalg.eig(a)[1]) ** 3),
        lambda a: np.sum(np.linalg.det(a) ** 2),
    ):
        alone = np.stack([grad(f)(a) for a in stack])
        np.testing.assert_allclose(grad(f)(stack), alone, rtol=1e-9)


def test_pinv_has_a_derivative_along_constant_rank():
    x = random.normal(size=(2, 4))
    check_gradients(lambda x: np.linalg.pinv(x.T @ x, rcond=1e-10), x, modes=("reverse", "forward"))
    b = random.normal(size=4)
    check_gradients(lambda x: np.linalg.lstsq(x.T @ x, b, rcond=1e-10)[0], x)
    tall = random.normal(size=(5, 3))  # of its three singular values one or two are kept
    check_gradients(lambda x: np.linalg.pinv(np.stack([x, x**2]), rcond=np.array([0.6, 0.3])), tall)
    with pytest.raises(NoDerivativeError, match="rank 2 of 4 to rounding"):
        grad(lambda x: np.sum(np.linalg.pinv(x.T @ x)))(x)
    expected = np.linalg.lstsq(x.T @ x, b, rcond=1e-10)
    found = np.linalg.lstsq(Tensor(x.T @ x), b, rcond=1e-10)
    np.testing.assert_allclose(found[0].data, expected[0], rtol=1e-6)
    assert (found[1].shape, found[2]) == (expected[1].shape, expected[2])


def test_det_of_a_singular_matrix_has_a_derivative():
    a = np.array([[1.0, 2.0], [2.0, 4.0]])
    np.testing.assert_allclose(grad(np.linalg.det)(a), [[4.0, -2.0], [-2.0, 1.0]], atol=1e-12)
    assert not grad(np.linalg.det)(np.zeros((3, 3))).any()


def test_det_derivatives_are_exact_near_singular_matrices():
    a = np.arange(1.0, 10.0).reshape(3, 3) / 10
    assert hessian(np.linalg.det)(a)[0, 0, 1, 1] == pytest.approx(0.9, rel=1e-12)
    zero = hessian(np.linalg.det)(np.zeros((2, 2))).reshape(4, 4)
    np.testing.assert_allclose(zero, np.fliplr(np.diag([1.0, -1.0, -1.0, 1.0])))
    signs = np.zeros((3, 3, 3))
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        signs[i, j, k], signs[i, k, j] = 1.0, -1.0
    for matrix in (a, np.ones((3, 3)), np.diag([0.0, 0.0, 1.0]), Q):
        expected = np.einsum("ikm,jln,mn->ijkl", signs, signs, matrix)
        np.testing.assert_allclose(hessian(np.linalg.det)(matrix), expected, atol=1e-14)
    pair = np.stack([a, Q])
    found = hessian(lambda a: np.sum(np.linalg.det(a)))(pair)
    np.testing.assert_allclose(found[1, :, :, 1], hessian(np.linalg.det)(Q), atol=1e-14)
    third = grad(lambda a: np.sum(hessian(np.linalg.det)(a)[0, 0]))
    np.testing.assert_allclose(third(Q)[0], 0.0, atol=1e-14)
    np.testing.assert_allclose(third(Q)[1:, 1:], [[1.0, -1.0], [-1.0, 1.0]], atol=1e-12)
    assert np.isnan(third(np.zeros((3, 3)))).any()


ON_EMPTY = {
    "eigh": lambda a: np.linalg.eigh(a)[1],
    "eig": lambda a: np.real(np.linalg.eig(a)[1]),
    "svd": lambda a: np.linalg.svd(a, full_matrices=False)[0],
    "qr": lambda a: np.linalg.qr(a)[1],
    "slogdet": lambda a: np.linalg.slogdet(a)[1],
    "solve": lambda a: np.linalg.solve(a, a),
    "power": lambda a: np.linalg.matrix_power(a, 3),
    "norm": lambda a: np.linalg.norm(a, axis=(-2, -1)),
    "norm inf": lambda a: np.linalg.norm(a, np.inf, axis=(-2, -1)),
    "norm 1": lambda a: np.linalg.norm(a, 1, axis=(-2, -1)),
    "norm 2": lambda a: np.linalg.norm(a, 2, axis=(-2, -1)),
    "norm nuc": lambda a: np.linalg.norm(a, "nuc", axis=(-2, -1)),
    "norm of vectors": lambda a: np.linalg.norm(a, 3, axis=-1),
    "largest of vectors": lambda a: np.linalg.norm(a, np.inf, axis=-1),
    "vector_norm": lambda a: np.linalg.vector_norm(a, axis=-1),
    **{f.__name__: f for f in (np.linalg.cholesky, np.linalg.det, np.linalg.inv, np.linalg.pinv)},
    **{f.__name__: f for f in (np.linalg.eigvalsh, np.linalg.svdvals, np.linalg.matrix_norm)},
}


@pytest.mark.parametrize("f", ON_EMPTY.values(), ids=ON_EMPTY)
def test_empty_stacks_and_matrices_work_as_in_numpy(f):
    for shape in ((0, 3, 3), (2, 0, 0), (0, 0), (0, 4, 3), (0, 2)):
        a = np.zeros(shape)
        try:
            expected = f(a)
        except (ValueError, np.linalg.LinAlgError):
            continue
        t = Tensor(a)
        y = f(t)
        np.testing.assert_array_equal(y.data, expected, strict=True)
        y.backward(np.ones(y.shape))
        assert t.grad.shape == shape
        assert make_jvp(f)(a)(a)[1].shape == expected.shape
        assert hessian(lambda a: np.sum(f(a)))(a).shape == shape + shape


def test_count_nonzero_counts_nan():
    for x in ([np.nan, 1.0], [np.nan, 0.0]):
        assert np.linalg.norm(Tensor(x), 0, axis=0).data == np.linalg.norm(x, 0, axis=0)
    assert np.linalg.norm(Tensor([]), np.inf).data == 0.0


@pytest.mark.parametrize(
    "call",
    [
        lambda t: np.linalg.svd(t),
        lambda t: np.linalg.qr(t, mode="complete"),
        lambda t: np.linalg.qr(t, mode="raw"),
    ],
)
def test_arbitrarily_completed_bases_are_rejected(call):
    with pytest.raises(NoRuleError, match="Write"):
        call(Tensor(random.normal(size=(4, 2))))


def test_decompositions_return_named_tuples_like_numpy():
    t = Tensor(random.normal(size=(3, 3)))
    s = Tensor(t.data @ t.data.T)
    assert np.linalg.eigh(s).eigenvalues.shape == (3,)
    assert np.linalg.svd(t).S.shape == (3,)
    assert np.linalg.qr(t).Q.shape == (3, 3)
    assert np.linalg.slogdet(t).logabsdet.shape == ()
    assert np.linalg.eig(t).eigenvectors.shape == (3, 3)


def test_gaussian_log_likelihood_gradient_by_covariance():
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
