"""One table of sample calls. Every primitive must occur in at least one of them."""

import itertools
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import autograd
from autograd.engine.dispatch import plain
from autograd.rules import activations, determinants, kinks, shapes, special

random = np.random.default_rng(7)


@dataclass(frozen=True)
class Sample:
    function: Any
    inputs: tuple
    keywords: dict = field(default_factory=dict)
    name: str = ""
    smooth: bool = True  # twice differentiable where it is sampled
    reference: Any = None  # computes the right value where NumPy itself may be wrong

    def __str__(self):
        name = self.name or getattr(self.function, "__name__", "function")
        shapes_ = ",".join("x".join(map(str, np.shape(x))) or "0d" for x in self.inputs)
        more = ",".join(f"{k}={v}" for k, v in self.keywords.items())
        return f"{name}[{shapes_}]{more}"


def real(*shape):
    return random.uniform(-1.5, 1.5, shape)


def positive(*shape):
    return random.uniform(0.3, 2.5, shape)


def inside(*shape):
    return random.uniform(-0.9, 0.9, shape)


def complex_(*shape):
    return random.uniform(-1.5, 1.5, shape) + 1j * random.uniform(0.2, 1.5, shape)


def call(name, function, *inputs, smooth=True, **keywords):
    return Sample(function, inputs, keywords, name, smooth)


def doubled_edges(vector, width, axis, keywords):
    vector[: width[0]] = 2 * vector[width[0]]
    vector[-width[1] :] = np.sum(vector) ** 2


ANYWHERE = (
    np.negative, np.positive, np.square, np.exp, np.exp2, np.expm1, np.sin, np.cos, np.tan,
    np.arctan, np.degrees, np.rad2deg, np.radians, np.deg2rad, np.sinh, np.cosh, np.tanh,
    np.arcsinh, np.absolute, np.fabs, np.cbrt, np.sign, np.floor, np.ceil, np.trunc, np.rint,
    np.conjugate, np.real, np.imag,
    autograd.sigmoid, autograd.relu, autograd.softplus, autograd.erf, autograd.silu, autograd.gelu,
)  # fmt: skip
POSITIVE = (np.log, np.log2, np.log10, np.log1p, np.sqrt, np.reciprocal, autograd.lgamma)
INSIDE = (np.arcsin, np.arccos, np.arctanh)
BINARY = (
    np.add, np.subtract, np.multiply, np.hypot, np.arctan2, np.maximum, np.minimum,
    np.fmax, np.fmin, np.logaddexp, np.logaddexp2, np.copysign,
)  # fmt: skip
BINARY_POSITIVE = (
    np.divide, np.power, np.float_power, np.remainder, np.fmod, np.floor_divide,
)  # fmt: skip
HOLOMORPHIC = (
    np.negative, np.square, np.exp, np.log, np.sqrt, np.sin, np.cos, np.tan, np.sinh, np.cosh,
    np.tanh, np.arcsin, np.arccos, np.arctan, np.arcsinh, np.arccosh, np.arctanh, np.reciprocal,
    np.exp2, np.expm1, np.log2, np.log10, np.log1p,
)  # fmt: skip

SAMPLES = [
    *[Sample(f, (real(2, 3),)) for f in ANYWHERE],
    *[Sample(f, (real(),)) for f in ANYWHERE],
    *[Sample(f, (positive(4),)) for f in POSITIVE],
    *[Sample(f, (inside(4),)) for f in INSIDE],
    Sample(np.arccosh, (1 + positive(4),)),
    *[Sample(f, (real(2, 3), real(2, 3))) for f in BINARY],
    *[Sample(f, (real(2, 1, 3), real(4, 1))) for f in BINARY],
    *[Sample(f, (real(3), real())) for f in BINARY],
    *[Sample(f, (positive(2, 3), positive(2, 3))) for f in BINARY_POSITIVE],
    *[Sample(f, (positive(2, 1), positive(3))) for f in BINARY_POSITIVE],
    *[Sample(f, (np.zeros((0, 3)),)) for f in ANYWHERE],
    *[Sample(f, (np.zeros((0, 3)), real(3))) for f in BINARY],
    *[Sample(f, (complex_(3),)) for f in HOLOMORPHIC],
    *[Sample(f, (complex_(3),)) for f in (np.absolute, np.real, np.imag, np.conjugate, np.sign)],
    *[Sample(f, (complex_(2, 1), complex_(3))) for f in (np.add, np.multiply, np.divide, np.power)],
    Sample(np.multiply, (complex_(3), real(2, 3))),
    call("power2", lambda x: x**2, real(3)),
    call("power3", lambda x: x**3, real(3)),
    call("power-1", lambda x: x**-1, positive(3)),
    call("rpower", lambda x: 2.0**x, real(3)),
    Sample(np.heaviside, (real(4), real(4))),
    call("round", lambda x: np.round(x, 1), real(4)),
    call("digamma", special.polygamma(0), positive(3)),
    call("trigamma", special.polygamma(1), positive(3)),
    call("tetragamma", special.polygamma(2), positive(3)),
    call("pentagamma", special.polygamma(3), positive(3)),
    call("clip", lambda x: np.clip(x, -0.5, 0.5), real(7)),
    call("clip by nodes", lambda x, low, high: np.clip(x, low, high), real(7), -0.5, 0.5),
    call("elu", autograd.elu, real(2, 3), 1.0),
    call("elu by nodes", autograd.elu, real(2, 3), positive(3)),
    call("leaky_relu", lambda x: autograd.leaky_relu(x, 0.2), real(2, 3)),
    call("leaky_relu by nodes", autograd.leaky_relu, real(2, 3), positive(3)),
    call("silu slope", lambda x: activations.silu_slope(plain(autograd.silu(x)), x), real(2, 3)),
    call("gelu slope", lambda x: activations.gelu_slope(plain(autograd.gelu(x)), x), real(2, 3)),
    call("elu slope", activations.elu_slope, real(2, 3), positive(3)),
    call("leaky slope", activations.leaky_slope, real(2, 3), positive(3)),
    # -- reductions
    *[
        Sample(f, (real(2, 3, 4),), keywords)
        for f in (np.sum, np.mean, np.var, np.std, np.prod, np.max, np.min)
        for keywords in (
            {},
            {"axis": 0},
            {"axis": -1, "keepdims": True},
            {"axis": (0, 2)},
            {"axis": (0, -1), "keepdims": True},
            {"keepdims": True},
        )
    ],
    *[Sample(f, (real(),)) for f in (np.sum, np.mean, np.prod, np.max, np.min)],
    *[Sample(f, (real(5),), {"ddof": 1}) for f in (np.var, np.std)],
    *[Sample(f, (complex_(3),)) for f in (np.sum, np.mean, np.var, np.prod)],
    Sample(np.sum, (np.zeros((0, 3)),), {"axis": 0}),
    Sample(np.prod, (np.array([2.0, 0.0, 3.0]),)),
    Sample(np.prod, (np.array([[2.0, 0.0], [0.0, 3.0]]),), {"axis": 1}),
    Sample(np.prod, (np.array([[[2.0, 0.0], [1.0, 3.0]]]),), {"axis": (0, 2)}),
    Sample(np.cumsum, (real(2, 3),)),
    Sample(np.cumsum, (real(2, 3),), {"axis": 1}),
    Sample(np.cumsum, (real(2, 3),), {"axis": -2}),
    call("add.reduce", lambda x: np.add.reduce(x), real(2, 3)),
    call("maximum.reduce", lambda x: np.maximum.reduce(x, axis=1), real(2, 3)),
    call("add.accumulate", lambda x: np.add.accumulate(x, 1), real(2, 3)),
    Sample(autograd.logsumexp, (real(2, 3),)),
    Sample(autograd.logsumexp, (real(2, 3),), {"axis": 1}),
    Sample(autograd.logsumexp, (real(2, 3),), {"axis": (0, 1), "keepdims": True}),
    Sample(autograd.softmax, (real(2, 3),)),
    Sample(autograd.softmax, (real(2, 3),), {"axis": 0}),
    Sample(autograd.log_softmax, (real(2, 3),)),
    Sample(autograd.log_softmax, (real(2, 3, 2),), {"axis": 1}),
    # -- shapes
    Sample(np.reshape, (real(2, 6), ), {"shape": (3, -1)}),
    Sample(np.reshape, (real(2, 6), ), {"shape": (4, 3), "order": "F"}),
    Sample(np.ravel, (real(2, 3),)),
    Sample(np.transpose, (real(2, 3, 4),)),
    Sample(np.transpose, (real(2, 3, 4),), {"axes": (-1, 0, 1)}),
    Sample(np.moveaxis, (real(2, 3, 4),), {"source": 0, "destination": -1}),
    Sample(np.moveaxis, (real(2, 3, 4),), {"source": (0, 1), "destination": (2, 0)}),
    Sample(np.swapaxes, (real(2, 3, 4),), {"axis1": 0, "axis2": 2}),
    Sample(np.matrix_transpose, (real(2, 3, 4),)),
    Sample(np.expand_dims, (real(2, 3),), {"axis": (0, 2)}),
    Sample(np.squeeze, (real(2, 1, 3, 1),)),
    Sample(np.squeeze, (real(2, 1, 3, 1),), {"axis": 1}),
    Sample(np.broadcast_to, (real(3, 1),), {"shape": (2, 3, 4)}),
    Sample(np.copy, (real(2, 3),)),
    call("astype", lambda x: x.astype(np.complex128), real(3)),
    call("astype32", lambda x: x.astype(np.float64), real(3).astype(np.float32)),
    Sample(np.flip, (real(2, 3),)),
    Sample(np.flip, (real(2, 3),), {"axis": 1}),
    Sample(np.flipud, (real(2, 3),)),
    Sample(np.fliplr, (real(2, 3),)),
    Sample(np.roll, (real(2, 3),), {"shift": 2}),
    Sample(np.roll, (real(2, 3),), {"shift": (1, -1), "axis": (0, 1)}),
    Sample(np.rot90, (real(2, 3),)),
    Sample(np.rot90, (real(2, 3, 2),), {"k": 3, "axes": (1, 2)}),
    Sample(np.tril, (real(3, 3),), {"k": -1}),
    Sample(np.triu, (real(2, 3, 4),)),
    Sample(np.tile, (real(2, 3),), {"reps": (2, 1, 2)}),
    Sample(np.repeat, (real(2, 3),), {"repeats": 2}),
    Sample(np.repeat, (real(2, 3),), {"repeats": [1, 0, 2], "axis": 1}),
    Sample(np.take, (real(4, 3),), {"indices": [[0, 2], [2, 3]], "axis": 0}),
    Sample(np.take, (real(4, 3),), {"indices": 5}),
    Sample(np.take, (real(3),), {"indices": [0, 7], "mode": "wrap"}),
    Sample(np.diagonal, (real(3, 4),), {"offset": 1}),
    Sample(np.trace, (real(3, 3),)),
    Sample(np.diag, (real(3),), {"k": -1}),
    Sample(np.diag, (real(3, 4),), {"k": 1}),
    Sample(np.pad, (real(2, 3),), {"pad_width": ((1, 2), (0, 1))}),
    Sample(np.pad, (real(2, 3),), {"pad_width": 1, "constant_values": 3.0}),
    *[
        Sample(np.pad, (real(3, 4),), {"pad_width": 2, "mode": mode})
        for mode in ("edge", "reflect", "symmetric", "wrap")
    ],
    Sample(np.sort, (real(3, 4),)),
    Sample(np.sort, (real(3, 4),), {"axis": 0}),
    Sample(np.sort, (real(3, 4),), {"axis": None}),
    call("where", lambda x, y: np.where(np.array([True, False, True]), x, y), real(3), real(2, 1)),
    # -- indexing
    *[
        call(f"[{index}]", lambda x, index=index: x[index], real(4, 3, 2))
        for index in (
            0, -1, slice(1, 3), slice(None, None, -2), Ellipsis, None, (0, 1), (..., 0),
            (slice(None), 1), (None, 2, ..., slice(0, 1)), [0, 0, 3], ([0, 1, 1], [2, 0, 0]),
            np.array([[0, 1], [1, 1]]), (slice(None), [0, 2, 0]), ([0, 1], slice(None), [1, 1]),
            np.array([True, False, True, True]), (0, np.array([True, False, True])),
            (np.array([True, False, False, True]), [0, 2]), np.zeros(0, int), (2, 1, 0),
        )
    ],
    call("[mask]", lambda x: x[np.array([[True, False], [True, True]])], real(2, 2)),
    call("gather", lambda x: shapes.gather(x, (2, 2), np.array([0, 3, 3, -1])), real(2, 2)),
    # -- joining
    call("concatenate", lambda x, y: np.concatenate([x, y]), real(2, 3), real(1, 3)),
    call("concatenate1", lambda x, y: np.concatenate([x, y], axis=-1), real(2, 3), real(2, 1)),
    call("concatenate flat", lambda x, y: np.concatenate([x, y], axis=None), real(2, 3), real(2)),
    call("stack", lambda x, y: np.stack([x, y, x]), real(2, 3), real(2, 3)),
    call("stack-1", lambda x, y: np.stack([x, y], axis=-1), real(2, 3), real(2, 3)),
    call("vstack", lambda x, y: np.vstack([x, y]), real(3), real(2, 3)),
    call("hstack", lambda x, y: np.hstack([x, y]), real(3), real(2)),
    call("hstack2", lambda x, y: np.hstack([x, y]), real(2, 3), real(2, 1)),
    call("dstack", lambda x, y: np.dstack([x, y]), real(3), real(1, 3)),
    call("column_stack", lambda x, y: np.column_stack([x, y]), real(3), real(3, 2)),
    call("atleast_3d", lambda x: np.atleast_3d(x), real(3)),
    call("atleast_2d", lambda x: np.atleast_2d(x), real()),
    call("broadcast", lambda x, y: np.multiply(*np.broadcast_arrays(x, y)), real(3), real(2, 1)),
    call("split", lambda x: np.split(x, 3)[1], real(6, 2)),
    call("split at", lambda x: np.split(x, [1, 4], axis=1)[1], real(2, 6)),
    call("array_split", lambda x: np.array_split(x, 4)[0], real(6)),
    call("hsplit", lambda x: np.hsplit(x, 2)[1], real(2, 4)),
    call("vsplit", lambda x: np.vsplit(x, 2)[1], real(2, 4)),
    call("dsplit", lambda x: np.dsplit(x, 2)[1], real(2, 1, 4)),
    # -- products
    *[
        Sample(np.matmul, (real(*a), real(*b)))
        for a, b in (
            ((2, 3), (3, 4)), ((3,), (3,)), ((3,), (3, 2)), ((2, 3), (3,)), ((5, 2, 3), (5, 3, 4)),
            ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 1, 2, 3), (4, 3, 2)), ((3,), (5, 3, 2)),
            ((5, 2, 3), (3,)), ((0, 3), (3, 2)),
        )
    ],
    Sample(np.matmul, (complex_(2, 3), complex_(3, 2))),
    *[
        Sample(np.dot, (real(*a), real(*b)))
        for a, b in (((3,), (3,)), ((2, 3), (3,)), ((2, 3), (3, 2)),
                     ((2, 4, 3), (5, 3, 2)), ((), (3,)), ((2, 4, 3), (3,)))
    ],
    *[
        Sample(np.inner, (real(*a), real(*b)))
        for a, b in (((3,), (3,)), ((2, 3), (4, 3)), ((), (2,)))
    ],
    Sample(np.outer, (real(3), real(2))),
    Sample(np.outer, (real(2, 2), real(2))),
    Sample(np.vdot, (complex_(3), complex_(3))),
    Sample(np.tensordot, (real(2, 3, 4), real(3, 4, 5))),
    Sample(np.tensordot, (real(2, 3, 4), real(4, 3, 2)), {"axes": ([1, 0], [1, 2])}),
    Sample(np.tensordot, (real(2), real(3)), {"axes": 0}),
    *[
        call(f"einsum {text}", lambda *a, s=text: np.einsum(s, *a), *[real(*n) for n in shapes_])
        for text, shapes_ in (
            ("ij,jk->ik", ((2, 3), (3, 4))), ("ij,jk", ((2, 3), (3, 4))), ("ii->i", ((3, 3),)),
            ("ii", ((3, 3),)), ("ij->", ((2, 3),)), ("ij->j", ((2, 3),)),
            ("ij,jk->k", ((2, 3), (3, 4))),
            ("i,i,i->i", ((3,), (3,), (3,))), ("...ij,...jk->...ik", ((2, 2, 3), (3, 4))),
            ("...,...", ((2, 3), (3,))), ("bij,bjk->bik", ((2, 2, 3), (1, 3, 2))),
            ("iij,j->i", ((2, 2, 3), (3,))), ("i,j->ij", ((2,), (3,))), ("i...->...", ((2, 3),)),
            ("ij,ji->", ((2, 3), (3, 2))), ("iji->j", ((2, 3, 2),)),
        )
    ],
    call("einsum complex", lambda a, b: np.einsum("ij,j->i", a, b), complex_(2, 3), complex_(3)),
]  # fmt: skip


# -- linear algebra and Fourier transforms ----------------------------------------------------


def symmetric(*shape):
    x = real(*shape)
    return x + np.swapaxes(x, -1, -2)


def hermitian(*shape):
    x = complex_(*shape)
    return x + np.conj(np.swapaxes(x, -1, -2))


def definite(x):
    return x @ np.conj(np.swapaxes(x, -1, -2)) + 3 * np.eye(x.shape[-1])


def regular(*shape):
    return real(*shape) + 3 * np.eye(shape[-1])


def part(function, i, **keywords):
    return lambda a: function(a, **keywords)[i]


def without_phase(function):
    """Rotate each eigenvector so that its first element is real; LAPACK does not fix the phase."""

    def vectors(a):
        v = function(a)[1]
        first, others = v[..., :1, :], v[..., 1:, :]
        return np.concatenate([np.abs(first) ** 2 + 0j, others * np.conj(first)], axis=-2)

    return vectors


la = np.linalg
SAMPLES += [
    call("inv", la.inv, regular(2, 3, 3)),
    call("inv", la.inv, complex_(3, 3)),
    call("det", la.det, real(2, 3, 3)),
    call("det", la.det, complex_(3, 3)),
    call("cofactors", determinants.cofactors, real(2, 3, 3)), call("cofactors", determinants.cofactors, complex_(2, 2)),
    call("slope_of_cofactors", determinants.slope, regular(3, 3), real(3, 3)),
    call("solve", la.solve, regular(3, 3), real(3)),
    call("solve", la.solve, regular(2, 3, 3), real(2, 3, 2)),
    call("solve", la.solve, regular(3, 3), real(2, 3, 2)),
    call("solve", la.solve, complex_(3, 3), complex_(3)),
    call("pinv", la.pinv, real(4, 2)),
    call("pinv", la.pinv, real(2, 4)),
    call("pinv", la.pinv, complex_(4, 2)),
    call("pinv hermitian", la.pinv, real(3, 3), hermitian=True),
    call("lstsq", lambda a, b: la.lstsq(a, b)[0], real(5, 2), real(5)),
    call("lstsq residuals", lambda a, b: la.lstsq(a, b)[1], real(5, 2), real(5, 3)),
    call("slogdet", part(la.slogdet, 1), regular(2, 3, 3)),
    call("slogdet", part(la.slogdet, 1), complex_(3, 3)),
    call("slogdet sign", part(la.slogdet, 0), complex_(3, 3)),
    call("cholesky", la.cholesky, definite(real(2, 3, 3))),
    call("cholesky", la.cholesky, definite(complex_(3, 3))),
    call("cholesky", la.cholesky, definite(real(3, 3)), upper=True),
    call("eigvalsh", la.eigvalsh, symmetric(2, 3, 3)),
    call("eigh", part(la.eigh, 1), symmetric(3, 3)),
    call("eigh", part(la.eigh, 1, UPLO="U"), symmetric(3, 3)),
    call("eigh", without_phase(la.eigh), hermitian(3, 3)),
    call("eigvals", la.eigvals, complex_(3, 3)),
    call("eig", without_phase(la.eig), complex_(3, 3)),
    call("svd u", part(la.svd, 0, full_matrices=False), real(4, 3)),
    call("svd vh", part(la.svd, 2, full_matrices=False), real(2, 4)),
    call("svd", part(la.svd, 0), real(2, 3, 3)),
    call("svd hermitian", part(la.svd, 2, hermitian=True), real(3, 3)),
    call("svd hermitian s", part(la.svd, 1, hermitian=True), real(2, 2, 2)),
    call("svdvals", la.svdvals, complex_(3, 4)),
    call("svd s", lambda a: la.svd(a, compute_uv=False), real(3, 4)),
    call("qr q", part(la.qr, 0), real(4, 3)),
    call("qr r", part(la.qr, 1), real(3, 5)),
    call("qr", part(la.qr, 0), complex_(4, 3)),
    call("qr r", lambda a: la.qr(a, mode="r"), real(2, 3, 3)),
    call("matrix_power", la.matrix_power, regular(3, 3), n=5),
    call("matrix_power", la.matrix_power, regular(3, 3), n=-2),
    call("matrix_power", la.matrix_power, regular(3, 3), n=0),
    call("multi_dot", lambda a, b, c: la.multi_dot([a, b, c]), real(2, 3), real(3, 4), real(4)),
    call("cond", la.cond, regular(3, 3)),
    call("cond", la.cond, regular(3, 3), p=1),
    call("tensorinv", la.tensorinv, real(4, 2, 2), ind=1),
    call("tensorsolve", la.tensorsolve, real(2, 2, 4), real(2, 2)),
    *[call("norm", la.norm, real(3, 2, 4), ord=o, axis=(0, 2)) for o in (None, "fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf)],
    *[call("norm", la.norm, real(3, 4), ord=o, axis=1, keepdims=True) for o in (None, 2, 1, 3, -2, 0.5, np.inf, -np.inf, 0)],
    *[call("norm", la.norm, complex_(4), ord=o) for o in (None, 2, 1, 3, np.inf)],
    call("norm", la.norm, real(2, 3), keepdims=True),
    call("vanishing", kinks._of_arrays, real(2, 3), complex_(3)), call("vanishing", kinks._of_numbers, real(3), real(3)),
    call("norm", la.norm, real(2, 3), ord="nuc", keepdims=True),
]  # fmt: skip

ft = np.fft
SAMPLES += [
    Sample(f, (x,), {"n": n, "axis": 0, "norm": norm})
    for f, x in (
        (ft.fft, complex_(5, 2)), (ft.fft, real(5, 2)), (ft.ifft, complex_(5, 2)), (ft.rfft, real(5, 2)),
        (ft.ihfft, real(5, 2)), (ft.irfft, complex_(4, 2)), (ft.hfft, complex_(4, 2)),
    )
    for n in (None, 4, 7)
    for norm in (None, "ortho", "forward")
]  # fmt: skip
SAMPLES += [
    *[Sample(f, (complex_(4, 4),), {"s": (3, 5), "axes": (0, 1)}) for f in (ft.fft2, ft.ifft2, ft.fftn, ft.ifftn)],
    *[Sample(f, (real(3, 4),)) for f in (ft.rfft2, ft.rfftn, ft.fft2, ft.ifftn, ft.fftshift, ft.ifftshift)],
    *[Sample(f, (complex_(3, 4),)) for f in (ft.irfft2, ft.irfftn)],
    Sample(ft.fftshift, (real(3, 4),), {"axes": 1}),
]  # fmt: skip


# -- composed of others -----------------------------------------------------------------------


def assigned(x, v):
    y = x * 1.0
    y[1:] = v
    return y


METHODS = (
    *("inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf"),
    *("hazen", "weibull", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint"),
    "nearest",
)
mask = np.array([[True, False, True], [True, True, False]])
holes = real(3, 4)
holes[0, 1] = holes[2, 3] = np.nan
index = np.array([[0, 2, 1], [1, 0, 0]])
SAMPLES += [
    Sample(np.angle, (complex_(4),)), Sample(np.angle, (complex_(4),), {"deg": True}),
    call("divmod", lambda a, b: np.divmod(a, b)[1], positive(4), positive(4)),
    call("modf", lambda a: np.modf(a)[0], real(4)), Sample(np.fix, (real(4),)),
    Sample(np.nan_to_num, (real(4),)), Sample(np.real_if_close, (real(3),)),
    Sample(np.unwrap, (5 * real(6),)), Sample(np.sinc, (real(2, 3),)), Sample(np.sinc, (1e-4 * real(3),)),
    call("setitem", assigned, real(3, 2), real(2)),
    call("ldexp", lambda x: np.ldexp(x, 3), real(3)), call("ldexp", lambda x: np.ldexp(x, 3), 0.7),
    call("interp", lambda x: np.interp(x, [-2.0, 0.0, 2.0], [x[0], 0.3, x[1]]), real(3)),
    call("insert", lambda x, v: np.insert(x, 1, v), real(3), real(2)),
    call("insert", lambda x, v: np.insert(x, [1], v, axis=0), real(3, 2), real(2, 2)),
    call("nextafter", lambda x: np.nextafter(x, np.ones_like(x)), real(3)),
    call("spacing", np.spacing, real(3)),
    *[call("linspace", np.linspace, real(), real(), num=5, endpoint=e) for e in (True, False)],
    call("linspace", np.linspace, real(2), real(2), num=3, axis=1),
    call("logspace", np.logspace, real(), real(), num=4),
    call("select", lambda a, b: np.select([mask, ~mask], [a, b], 0.5), real(2, 3), real(2, 3)),
    call("piecewise", lambda x: np.piecewise(x, [np.array([True, False, False]), np.array([False, True, False])], [np.sin, np.cos, 3.0]), real(3)),
    call("choose", lambda a, b: np.choose(np.array([0, 1, 1]), [a, b]), real(3), real(3)),
    call("compress", lambda a: np.compress([True, False, True], a, axis=1), real(2, 3)),
    call("extract", lambda a: np.extract(mask, a), real(2, 3)),
    Sample(np.append, (real(3), real(2, 2))), Sample(np.append, (real(3, 2), real(1, 2)), {"axis": 0}),
    *[call("delete", lambda a, o=o, x=x: np.delete(a, o, axis=x), real(3, 4)) for o, x in ((1, 0), ([0, 2], 1), (slice(1, 3), None))],
    *[call("insert", lambda a, b, o=o, x=x: np.insert(a, o, b, axis=x), real(3, 4), b) for o, x, b in ((1, 0, real(4)), ([0, 2], 1, real(3, 2)), (5, None, real()))],
    call("resize", np.resize, real(2, 3), new_shape=(4, 2)),
    call("rollaxis", np.rollaxis, real(2, 3, 4), axis=2, start=1),
    call("unstack", lambda a: np.unstack(a, axis=1)[0], real(2, 3)),
    call("take_along_axis", lambda a: np.take_along_axis(a, index, axis=1), real(2, 3)),
    call("meshgrid", lambda a, b: np.meshgrid(a, b)[0] * np.meshgrid(a, b, indexing="ij")[1].T, real(2), real(3)),
    call("block", lambda a, b: np.block([[a, np.ones((2, 1))], [b, np.zeros((1, 2))]]), real(2, 2), real(1, 1)),
    Sample(np.diagflat, (real(2, 2),), {"k": 1}),
    call("apply_along_axis", lambda a: np.apply_along_axis(lambda v: v * v.sum(), 0, a), real(3, 2)),
    call("apply_over_axes", lambda a: np.apply_over_axes(np.sum, a, [0, 2]), real(2, 3, 2)),
    Sample(np.diff, (real(2, 5),), {"n": 2}), call("diff", lambda a, b: np.diff(a, prepend=b, append=1.0), real(4), real()),
    Sample(np.ediff1d, (real(2, 3),)), call("ediff1d", lambda a, b: np.ediff1d(a, to_end=b, to_begin=b), real(4), real(2)),
    Sample(np.trapezoid, (real(2, 5),)), call("trapezoid", np.trapezoid, real(2, 5), np.sort(real(5))), call("trapezoid", np.trapezoid, real(5, 2), dx=0.3, axis=0),
    Sample(np.gradient, (real(6),)), call("gradient", lambda f: np.gradient(f, 0.3, axis=1, edge_order=2), real(2, 6)),
    call("gradient", lambda f, x: np.gradient(f, x, edge_order=2), real(6), np.cumsum(positive(6))),
    call("gradient", lambda f: np.gradient(f)[1], real(3, 4)),
    call("interp", lambda x, f: np.interp(x, np.arange(4.0), f), 3 * positive(5) - 1, real(4)),
    call("interp", lambda p, f: np.interp(np.array([0.2, 1.4, 9.0]), p, f, left=0.0, right=1.0), np.cumsum(positive(4)), real(4)),
    Sample(np.polyval, (real(4), real(3))), Sample(np.polyder, (real(5),), {"m": 2}), Sample(np.polyint, (real(3),), {"m": 2}),
    Sample(np.polyadd, (real(4), real(2))), Sample(np.polysub, (real(2), real(3))), Sample(np.polymul, (real(4), real(2))),
    Sample(np.vander, (real(3),)), Sample(np.vander, (real(3),), {"N": 4, "increasing": True}),
    Sample(np.kron, (real(2, 3), real(2, 2))), Sample(np.kron, (real(2), real(2, 3))),
    Sample(np.cross, (real(4, 3), real(3))), Sample(np.cross, (real(3, 4), real(3, 4)), {"axis": 0}),
    *[Sample(f, (real(n), real(m)), {"mode": mode}) for f in (np.convolve, np.correlate) for mode in ("full", "same", "valid") for n, m in ((6, 3), (3, 6), (5, 4), (4, 4))],
    Sample(np.correlate, (complex_(5), complex_(3)), {"mode": "full"}), Sample(np.correlate, (complex_(3), complex_(5)), {"mode": "full"}),
    Sample(np.vecdot, (complex_(2, 3), complex_(3))), Sample(np.matvec, (real(2, 3, 4), real(4))), Sample(np.vecmat, (complex_(3), complex_(2, 3, 4))),
    Sample(np.cumprod, (real(2, 4),), {"axis": 1}), Sample(np.cumprod, (real(2, 2),)), Sample(np.cumprod, (np.array([1.5, 0.0, 2.0, -1.0]),)),
    call("cumulative_sum", np.cumulative_sum, real(4), include_initial=True), call("cumulative_prod", np.cumulative_prod, real(2, 3), axis=1),
    call("partition", np.partition, real(7), kth=3), call("partition", np.partition, real(3, 4), kth=1, axis=0),
    call("ptp", np.ptp, real(3, 4), axis=1),
    call("average", np.average, real(3, 4), axis=1), call("average", lambda a, w: np.average(a, axis=1, weights=w), real(3, 4), positive(4)),
    call("average", lambda w: np.average(np.ones_like(w), weights=w, returned=True)[1], positive(3, 4)),
    *[call("median", np.median, real(3, n), axis=1, keepdims=True) for n in (4, 5)], call("median", np.median, real(3, 4)),
    call("percentile", np.percentile, real(9), q=[10, 50, 95]), call("quantile", np.quantile, real(2, 3, 5), q=0.3, axis=(0, 2)),
    call("cov", np.cov, real(3, 5)), call("cov", lambda a, b: np.cov(a, b, bias=True), real(5), real(5)), call("cov", np.cov, real(5, 3), rowvar=False),
    call("corrcoef", np.corrcoef, real(3, 6)),
    *[call(f.__name__, (lambda a, f=f: f(np.where(np.isnan(holes), np.nan, a), axis=0)), real(3, 4)) for f in (np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd, np.nanmax, np.nanmin, np.nancumsum, np.nancumprod)],
    *[call(f.__name__, (lambda a, f=f: f(a, axis=1, where=mask, initial=0.3)), real(2, 3)) for f in (np.sum, np.prod, np.max, np.min)],
    *[call(f.__name__, (lambda a, f=f: f(a, axis=1, where=mask)), real(2, 3)) for f in (np.sum, np.mean, np.var, np.std)],
    call("vector_norm", la.vector_norm, real(2, 3, 4), axis=(0, 2), keepdims=True), call("matrix_norm", la.matrix_norm, real(2, 3, 4)),
    call("linalg.trace", la.trace, real(2, 3, 3)), call("linalg.diagonal", la.diagonal, real(2, 3, 3), offset=1),
    call("linalg.outer", la.outer, real(2), real(3)), call("linalg.vecdot", la.vecdot, real(2, 3), real(2, 3)),
    call("linalg.tensordot", la.tensordot, real(2, 3), real(2, 3)), call("linalg.cross", la.cross, real(3), real(3)),
    call("matrix_transpose", la.matrix_transpose, real(2, 3)), call("linalg.matmul", la.matmul, real(2, 3), real(3)),
    call("solve", la.solve, regular(2, 3, 3), real(3)),
]  # fmt: skip

# -- counting, polynomials, sets, methods of ufuncs -------------------------------------------

numbers = np.array([0.3, 2.7, 1.1, 2.7, -0.4, 1.9])
binned = np.array([0, 2, 2, 1, 0, 2])
distinct = np.array([0.5, -0.25, 0.5, 1.0, -0.25])
bunch = {"bins": [-0.5, 1.0, 2.0, 2.7]}


def one_after_another(ufunc, method):
    """Reduce or accumulate in Python: with AVX-512, NumPy 2.4 is wrong for power and arctan2."""

    def fold(a, axis=0, keepdims=False, initial=None):
        axes = (axis,) if isinstance(axis, int) else axis
        moved = np.moveaxis(a, axes, range(len(axes)))
        rows = list(moved.reshape(-1, *moved.shape[len(axes) :]))
        found = list(itertools.accumulate(rows, ufunc, initial=initial))
        if method == "accumulate":
            return np.stack(found, axis)
        return np.expand_dims(found[-1], axes) if keepdims else found[-1]

    return fold


def ufunc_method(ufunc, method, *inputs, **keywords):
    reference = one_after_another(ufunc, method) if method in ("reduce", "accumulate") else None
    name = f"{ufunc.__name__}.{method}"
    return Sample(getattr(ufunc, method), inputs, keywords, name, reference=reference)


def through_set(function):
    """Vary all elements together, so that equal ones stay equal."""
    return lambda x: function(distinct * x)


SAMPLES += [
    call("bincount", lambda w: np.bincount(binned, w, minlength=5), real(6)),
    call("bincount", lambda w: np.bincount(binned[:2], weights=w), real(2)),
    call("histogram", lambda w: np.histogram(numbers, weights=w, **bunch)[0], real(6)),
    call("histogram", lambda w: np.histogram(numbers, 4, (0, 2), weights=w)[0], real(6)),
    call("histogram density", lambda w: np.histogram(numbers, 3, weights=w, density=True)[0], positive(6)),
    call("histogram edges", lambda a: np.histogram(a, 3)[1], numbers[:3]),
    call("histogram density of data", lambda a: np.histogram(a, 4, density=True)[0] * (1 + 0 * a[0]), numbers[:3]),
    call("histogram_bin_edges", lambda a: np.histogram_bin_edges(a, 4), numbers[:3]),
    call("histogram2d", lambda w: np.histogram2d(numbers, numbers[::-1], [2, 3], weights=w)[0], real(6)),
    call("histogram2d density", lambda w: np.histogram2d(numbers, -numbers, 2, density=True, weights=w)[0], positive(6)),
    call("histogramdd", lambda w: np.histogramdd(numbers.reshape(3, 2), [2, [0, 1, 3]], weights=w)[0], real(3)),
    call("histogramdd edges", lambda a: np.histogramdd(a, 2)[1][1], real(4, 2)),
    call("geomspace", np.geomspace, positive(), positive(), num=4), call("geomspace", np.geomspace, positive(2), -positive(2) * 0 + positive(2), num=3, axis=1),
    call("geomspace", np.geomspace, -positive(), -positive(), num=4, endpoint=False), call("geomspace", np.geomspace, complex_(), complex_(), num=3),
    Sample(np.i0, (real(2, 3),)), Sample(np.i0, (np.array([-40.0, 0.0, 5.0, 31.0]) / 4,)),
    *[call(f"i{n}", special.modified_bessel(n), np.array([-2.5, 0.0, 4.0])) for n in (1, 2, 3, 4)],
    *[call(f"{f.__name__}", (lambda a, f=f: f(np.where(np.isnan(holes), np.nan, a), axis=1, keepdims=True)), real(3, 4)) for f in (np.nanmedian,)],
    call("nanquantile", lambda a: np.nanquantile(np.where(np.isnan(holes), np.nan, a), [0.2, 0.7], axis=0), real(3, 4)),
    call("nanpercentile", lambda a: np.nanpercentile(np.where(np.isnan(holes), np.nan, a), 30), real(3, 4)),
    call("nanquantile", np.nanquantile, real(2, 3, 2), q=[0.1, 0.9], axis=(0, 2), keepdims=True),
    Sample(np.poly, (real(4),)), Sample(np.poly, (complex_(3),)), Sample(np.poly, (symmetric(3, 3),)),
    Sample(np.roots, (np.array([1.0, -6.0, 11.0, -6.0]) * 1.3,)), Sample(np.roots, (np.array([1.0, 0.5, 2.0, -1.0, 3.0]),)),
    Sample(np.roots, (complex_(4),)),
    *[call("polydiv", lambda u, v, i=i: np.polydiv(u, v)[i][-2:], real(n), 1 + positive(m)) for i in (0, 1) for n, m in ((5, 3), (3, 3))],
    call("polydiv", lambda u, v: np.polydiv(u, v)[1] + 0 * v[0], real(2), positive(3)),
    call("polyfit", np.polyfit, np.sort(real(6)), real(6), deg=2), call("polyfit", lambda y: np.polyfit(np.arange(5.0), y, 1), real(5, 2)),
    call("polyfit", lambda x, y, w: np.polyfit(x, y, 1, w=w), np.sort(real(5)), real(5), positive(5)),
    call("polyfit cov", lambda x, y: np.polyfit(x, y, 1, cov=True)[1], np.arange(5) + inside(5) / 3, real(5)),
    call("polyfit cov", lambda x, y: np.polyfit(x, y, 1, cov="unscaled")[1] + 0 * y[0], np.arange(5) + inside(5) / 3, real(5)),
    call("unique", through_set(np.unique), real()), call("unique", np.unique, real(2, 3)), call("unique", np.unique, real(3, 2), axis=0),
    call("unique_values", lambda x: np.sort(np.unique_values(x)), real(2, 3)), call("unique_all", lambda x: np.unique_all(x).values, real(2, 3)),
    call("unique_counts", through_set(lambda x: np.unique_counts(x).values), positive()), call("unique_inverse", through_set(lambda x: np.unique_inverse(x).values), positive()),
    call("union1d", np.union1d, real(3), real(2, 2)), call("setxor1d", np.setxor1d, real(3), real(2)), call("setdiff1d", lambda x: np.setdiff1d(x, x.data[:1] if hasattr(x, "parents") else x[:1]), real(3)),
    call("intersect1d", through_set(lambda x: np.intersect1d(x, x[:2])), real()),
    Sample(np.sort_complex, (complex_(4),)), call("sort_complex", lambda x: np.sort_complex(x), real(4)),
    call("trim_zeros", lambda x: np.trim_zeros(x * np.array([0, 1, 0, 1, 0])), real(5)), call("trim_zeros", lambda x: np.trim_zeros(x * np.array([0, 1, 0, 1, 0]), "f"), real(5)),
    call("frexp", lambda x: np.frexp(x)[0], positive(4)), call("modf", lambda x: np.modf(x)[0], real(4)),
    Sample(np.nextafter, (real(3), real(3))), Sample(np.spacing, (real(3),)), call("ldexp", lambda x: np.ldexp(x, np.array([1, -2, 3])), real(3)),
    *[ufunc_method(f, "reduce", positive(3, 4), axis=axis, keepdims=True) for f in (np.subtract, np.divide, np.power, np.arctan2) for axis in (0, 1)],
    *[ufunc_method(f, "reduce", real(2, 3, 2), axis=(0, 2)) for f in (np.add, np.multiply, np.maximum, np.logaddexp, np.logaddexp2, np.hypot, np.fmax)],
    *[ufunc_method(f, "reduce", real(3, 2), initial=0.7) for f in (np.add, np.subtract, np.minimum, np.hypot)],
    *[ufunc_method(f, "accumulate", positive(3, 4), axis=1) for f in (np.add, np.multiply, np.maximum, np.minimum, np.subtract, np.divide, np.fmin, np.logaddexp)],
    ufunc_method(np.maximum, "accumulate", real(5)), ufunc_method(np.minimum, "accumulate", real(5, 2)),
    *[ufunc_method(f, "outer", real(2, 2), real(3)) for f in (np.add, np.subtract, np.multiply, np.maximum, np.hypot)],
    *[ufunc_method(f, "reduceat", real(6, 2), indices=[0, 3, 1, 4]) for f in (np.add, np.multiply, np.maximum)],
    ufunc_method(np.add, "reduceat", real(2, 5), indices=[1, 3], axis=-1),
    call("matmul axes", lambda a, b: np.matmul(a, b, axes=[(0, 1), (1, 2), (0, 2)]), real(2, 3), real(4, 3, 2)),
    call("vecdot axes", lambda a, b: np.vecdot(a, b, axes=[0, 0, ()]), real(3, 2), real(3, 2)),
    call("matvec axes", lambda a, b: np.matvec(a, b, axes=[(0, 1), 0, 0]), real(2, 3, 4), real(3, 4)),
]  # fmt: skip

# -- results written into Tensors; functions that become complex -------------------------------

SAMPLES += [
    call("divide into", lambda x, y: np.divide(x, y, out=np.ones_like(x), where=[True, False, True]), real(3), positive(3)),
    call("sum into", lambda x: np.sum(x * x, axis=0, out=np.zeros_like(x[0])), real(2, 3)),
    call("exp into", lambda x: x * np.exp(x, out=np.empty_like(x)), real(2, 3)),
    call("modf into", lambda x: np.modf(x, out=(np.empty_like(x), np.empty_like(x)))[0], real(3)),
    *[call(f"emath.{f.__name__}", f, x) for f in (np.emath.sqrt, np.emath.log, np.emath.log2, np.emath.log10) for x in (positive(2), -positive(2), complex_(2))],
    *[call(f"emath.{f.__name__}", f, x) for f in (np.emath.arccos, np.emath.arcsin, np.emath.arctanh) for x in (inside(2), 1 + positive(2), -1 - positive(2), complex_(2))],
    call("emath.power", lambda x: np.emath.power(x, 1.3), -positive(3)), call("emath.power", np.emath.power, positive(3), real(3)),
    call("emath.logn", lambda n, x: np.emath.logn(n, x), 1 + positive(3), real(3)),
]  # fmt: skip

# -- more methods, modes and keyword arguments ------------------------------------------------

SAMPLES += [
    *[Sample(np.pad, (real(3, 4),), {"pad_width": 2, "mode": mode}) for mode in ("mean", "median", "maximum", "minimum", "linear_ramp")],
    *[Sample(np.pad, (real(3, 2),), {"pad_width": 5, "mode": mode, "reflect_type": "odd"}) for mode in ("reflect", "symmetric")],
    Sample(np.pad, (real(4),), {"pad_width": (2, 1), "mode": "mean", "stat_length": 2}),
    Sample(np.pad, (real(4),), {"pad_width": (2, 3), "mode": "linear_ramp", "end_values": 2.0}),
    call("pad by function", lambda x: np.pad(x, (1, 2), doubled_edges), real(3, 2)),
    call("windows", np.lib.stride_tricks.sliding_window_view, real(3, 4), window_shape=(2, 3)),
    call("windows", np.lib.stride_tricks.sliding_window_view, real(5, 2), window_shape=3, axis=0),
    call("interp", lambda x, p, f: np.interp(x, p, f, period=2.5), np.array([-4.1, 0.2, 1.3, 2.3, 6.0]), 2 * np.array([0.3, -1.0, 0.9, 1.3]), real(4)),
    *[call("quantile", np.quantile, real(2, 7), q=[0.0, 0.2, 0.55], axis=1, method=m) for m in METHODS],
    *[call("nanquantile", lambda a, m=m: np.nanquantile(np.where(np.isnan(holes), np.nan, a), 0.3, axis=0, method=m), real(3, 4)) for m in METHODS],
    *[call("quantile weighted", f, real(3, 5), q=[0.3, 0.8], axis=x, method="inverted_cdf", weights=positive(3, 5)) for f in (np.quantile, np.nanquantile) for x in (None, 1)],
    call("cov", lambda a, w: np.cov(a, aweights=w, fweights=[1, 2, 1, 3, 1]), real(3, 5), positive(5)), call("cov", lambda a: np.cov(a, fweights=[1, 2, 1, 3, 1], bias=True), real(5)),
    call("hypot.reduce", lambda x: np.hypot.reduce(x, keepdims=True), real(1, 4)), ufunc_method(np.hypot, "reduceat", real(5), indices=[0, 1, 3]),
    Sample(np.vecdot, (complex_(3, 2), complex_(3)), {"axis": 0}), Sample(np.vecdot, (real(4, 2), real(3, 4, 1)), {"axis": -2}),
    call("roots of a list", lambda a, b: np.roots([1.0, a, b]), np.float64(0.3), np.float64(-2.0)),
]  # fmt: skip
