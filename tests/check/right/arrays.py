"""Linear algebra, Fourier transforms, images and arrays of unusual shape or type."""

import numpy as np
from check.right.table import mask, normal, right, whole
from scipy import linalg, ndimage, signal


def symmetric(n):
    def build(random):
        B = random.normal(size=(n, n))
        return B + B.T + np.diag(3.0 * np.arange(n))

    return build


def definite(n):
    def build(random):
        B = random.normal(size=(n, n))
        return B @ B.T + np.eye(n)

    return build


def complex_normal(*shape):
    return lambda random: random.normal(size=shape) + 1j * random.normal(size=shape)


def top_eigenvalue(A):
    return np.linalg.eigvalsh((A + A.T) / 2)[-1]


def top_eigenvalue_gradient(A):
    v = np.linalg.eigh((A + A.T) / 2)[1][:, -1]
    return np.outer(v, v)


def logdet(A):
    return 2 * np.log(np.diag(np.linalg.cholesky((A + A.T) / 2))).sum()


def nuclear(A):
    return np.linalg.svd(A, compute_uv=False).sum()


def nuclear_gradient(A):
    U, _, Vt = np.linalg.svd(A, full_matrices=False)
    return U @ Vt


def gaussian_density(x, C):
    L = np.linalg.cholesky(C)
    z = linalg.solve_triangular(L, x, lower=True)
    return 0.5 * z @ z + np.log(np.diag(L)).sum()


def gaussian_density_gradient(x, C):
    return np.linalg.solve(C, x)


def expm_sum(A):
    return linalg.expm(A).sum()


def expm_sum_gradient(A):
    return linalg.expm_frechet(A.T, np.ones_like(A))[1]


def power_spectrum(x):
    return (np.abs(np.fft.rfft(x)) ** 2).sum()


def power_spectrum_gradient(x):
    doubled = np.fft.rfft(x) * 2
    full = np.zeros(len(x), doubled.dtype)
    full[: len(doubled)] = doubled
    return (np.real(np.fft.ifft(full)) * len(x)).astype(x.dtype)


def blur(x):
    return (ndimage.gaussian_filter(x, 1.0, mode="wrap") ** 2).sum()


def blur_gradient(x):
    return 2 * ndimage.gaussian_filter(
        ndimage.gaussian_filter(x, 1.0, mode="wrap"), 1.0, mode="wrap"
    )


def pagerank(L):
    n = len(L)
    return np.linalg.solve(np.eye(n, dtype=L.dtype) - 0.85 * L, np.ones(n, L.dtype))[0]


def pagerank_gradient(L):
    M = np.eye(len(L), dtype=L.dtype) - L.dtype.type(0.85) * L
    r = np.linalg.solve(M, np.ones(len(L), L.dtype))
    u = np.linalg.solve(M.T, np.eye(len(L), dtype=L.dtype)[0])
    return L.dtype.type(0.85) * np.outer(u, r)


def histogram_kernel(x):
    centres = np.linspace(-2, 2, 9).astype(x.dtype)
    h = np.exp(-((x[:, None] - centres) ** 2) / 0.1).sum(0)
    return (h**2).sum()


def histogram_kernel_gradient(x):
    centres = np.linspace(-2, 2, 9).astype(x.dtype)
    K = np.exp(-((x[:, None] - centres) ** 2) / 0.1)
    return (2 * K.sum(0) * K * -2 * (x[:, None] - centres) / 0.1).sum(1).astype(x.dtype)


def sparse_product(values, rows, columns, x):
    y = np.zeros(5, values.dtype)
    np.add.at(y, rows, values * x[columns])
    return (y**2).sum()


def sparse_product_gradient(values, rows, columns, x):
    y = np.zeros(5, values.dtype)
    np.add.at(y, rows, values * x[columns])
    dx = np.zeros_like(x)
    np.add.at(dx, columns, 2 * y[rows] * values)
    return 2 * y[rows] * x[columns], None, None, dx


ARRAYS = [
    right("the largest eigenvalue", top_eigenvalue, top_eigenvalue_gradient, symmetric(4), seeds=2),
    right("a log-determinant", logdet, lambda A: np.linalg.inv((A + A.T) / 2).T, definite(4), seeds=2),
    right("a nuclear norm", nuclear, nuclear_gradient, normal(4, 3), seeds=2),
    right("a spectral norm", lambda A: np.linalg.norm(A, 2), lambda A: np.outer(np.linalg.svd(A)[0][:, 0], np.linalg.svd(A)[2][0]), normal(3, 4), seeds=2),
    right("a solve with a large matrix", lambda b, A: np.linalg.solve(A, b).sum(), lambda b, A: np.linalg.solve(A.T, np.ones_like(b)), normal(30), data=(definite(30),)),
    right("the trace of an inverse", lambda A: np.trace(np.linalg.inv(A)), lambda A: -(np.linalg.inv(A) @ np.linalg.inv(A)).T, definite(4), seeds=2),
    right("a Gaussian density", gaussian_density, gaussian_density_gradient, normal(5), data=(definite(5),), seeds=2),
    right("a matrix exponential", expm_sum, expm_sum_gradient, normal(3, 3), seeds=2),
    right("a pseudo-inverse solution", lambda y, A: np.linalg.lstsq(A, y, rcond=None)[0].sum(), lambda y, A: np.linalg.pinv(A).sum(0), normal(9), data=(normal(9, 3),)),
    right("PageRank", pagerank, pagerank_gradient, lambda r: (lambda P: P / P.sum(0))(r.random((5, 5)))),
    right("a power spectrum", power_spectrum, lambda x: 0 * x + (2 * np.real(np.fft.irfft(np.fft.rfft(x) * spectrum_weights(len(x)), len(x))) * len(x)).astype(x.dtype), normal(16), seeds=2),
    right("a low-pass filter", lambda x: (np.fft.irfft(np.fft.rfft(x) * (np.arange(9) < 4), 16) ** 2).sum(), lambda x: 2 * np.fft.irfft(np.fft.rfft(x) * (np.arange(9) < 4), 16).astype(x.dtype), normal(16), seeds=2),
    right("a convolution by Fourier transforms", lambda x, k: signal.fftconvolve(x, k)[3], lambda x, k: np.pad(k[::-1], (0, len(x)))[max(len(k) - 4, 0) :][: len(x)], normal(12), data=(normal(4),)),
    right("the modulus of complex numbers", lambda x, y: np.abs(x + 1j * y).sum(), lambda x, y: (x / np.hypot(x, y), y / np.hypot(x, y)), normal(6), normal(6), seeds=2),
    right("an angle across the cut", lambda x, y: np.arctan2(y, x).sum(), lambda x, y: (-y / (x * x + y * y), x / (x * x + y * y)), [-1.0, -1.0, 2.0], [1e-3, -1e-3, 0.0]),
    right("the squared modulus of a complex input", lambda z: (np.abs(z) ** 2).sum(), lambda z: 2 * np.conj(z), complex_normal(5)),
    right("a complex phase", lambda t: np.real(np.exp(1j * t) * (2 + 3j)).sum(), lambda t: np.real(1j * np.exp(1j * t) * (2 + 3j)), normal(6)),
    right("a blurred image", blur, blur_gradient, normal(5, 5)),
    right("a 0-d array", lambda x: np.exp(x) * x, lambda x: np.exp(x) * (1 + x), lambda r: np.array(0.3)),
    right("an array of one element", lambda x: np.log(x)[0], lambda x: 1 / x, [0.3]),
    right("an array of size zero", lambda x: (x**2).sum(), lambda x: 2 * x, normal(0, 3)),
    right("an input of size zero beside another", lambda x, y: (x**2).sum() + np.sin(y), lambda x, y: (2 * x, np.cos(y)), normal(0), 0.4),
    right("an array of five axes", lambda x: np.einsum("abcde,abcde->", x, x), lambda x: 2 * x, normal(2, 1, 3, 1, 2)),
    right("floats that are whole numbers", lambda x: (x**3).sum(), lambda x: 3 * x**2, [0.0, 1.0, 2.0, -3.0, 100.0]),
    right("labels that are floats", lambda w, y: (w[y.astype(int)] ** 2).sum(), lambda w, y: (2 * w * np.bincount(y.astype(int), minlength=len(w))).astype(w.dtype), normal(4), data=([0.0, 2.0, 2.0, 3.0],)),
    right("a sparse matrix product", sparse_product, sparse_product_gradient, normal(8), whole(0, 5, 8), whole(0, 6, 8), normal(6)),
    right("a matrix with a mask of zeros", lambda A, m, x: (np.tanh((A * m) @ x)).sum(), lambda A, m, x: np.outer(1 - np.tanh((A * m) @ x) ** 2, x) * m, normal(5, 4), data=(mask(5, 4), normal(4))),
    right("a smooth histogram", histogram_kernel, histogram_kernel_gradient, normal(10)),
    right("a view with a stride", lambda x: (x[::2] * x[1::2]).sum(), lambda x: x.reshape(-1, 2)[:, ::-1].ravel(), normal(10)),
    right("Fortran order", lambda A: (A[0] * A[1]).sum(), lambda A: A[::-1], lambda r: np.asfortranarray(r.normal(size=(2, 5)))),
    right("a dictionary of parameters", lambda p: np.tanh(p["w"] @ p["x"]) * p["s"], lambda p: dictionary_slopes(p), {"w": normal(4), "x": normal(4), "s": 0.7}),
    right("a Jacobian", lambda x: np.outer(x, x), lambda x: np.einsum("ik,j->ijk", np.eye(len(x)), x) + np.einsum("i,jk->ijk", x, np.eye(len(x))), normal(3)),
    right("distances between points", lambda x: np.sqrt(((x[:, None] - x) ** 2).sum(-1) + np.eye(len(x))).sum(), lambda x: 2 * ((x[:, None] - x) / np.sqrt(((x[:, None] - x) ** 2).sum(-1) + np.eye(len(x)))[..., None]).sum(1), normal(5, 2), seeds=2),
]  # fmt: skip


def spectrum_weights(n):
    """Return 1 for frequencies that a real transform omits the mirror of, 1/2 for the others."""
    weights = np.full(n // 2 + 1, 0.5)
    weights[[0, -1]] = 1.0
    return weights


def dictionary_slopes(p):
    t = np.tanh(p["w"] @ p["x"])
    d = p["s"] * (1 - t * t)
    return {"w": d * p["x"], "x": d * p["w"], "s": t}
