"""One table of sample calls for SciPy. Every primitive must occur in at least one of them."""

import numpy as np
import scipy.fft
import scipy.integrate
import scipy.linalg
import scipy.ndimage
import scipy.signal
import scipy.special as original
import scipy.stats
from rules.samples import Sample
from scipy import sparse

from autograd.scipy import fft, filtering, integrate, linalg, ndimage, signal, special, stats
from autograd.scipy.integrate.recurrence import recurrence
from autograd.scipy.rules import harmonics
from autograd.scipy.sparse import patterns, solving
from autograd.scipy.stats.tables import formulas

random = np.random.default_rng(11)


def between(low, high, *shape):
    return random.uniform(low, high, shape)


def fixed(name, *first):
    """A function whose first arguments have no derivative."""
    function = getattr(special, name)
    return lambda *rest, **keywords: function(*first, *rest, **keywords)


def at(name, *inputs, first=(), smooth=True, **keywords):
    """A sample with SciPy's function of the same name as reference."""
    sample = Sample(fixed(name, *first), inputs, keywords, name, smooth)
    REFERENCES[id(sample)] = lambda *x: getattr(original, name)(*first, *x, **keywords)
    KEPT.append(sample)
    return sample


REFERENCES, KEPT = {}, []

ANYWHERE = (
    "erf", "erfc", "erfcx", "erfi", "dawsn", "ndtr", "log_ndtr", "expit", "log_expit", "expm1", "exp2",
    "exp10", "cbrt", "exprel", "cosm1", "sindg", "cosdg", "tandg", "rgamma", "j0", "j1", "i0", "i1",
    "i0e", "i1e", "wrightomega", "sinc",
)  # fmt: skip
POSITIVE = (
    "gamma", "gammaln", "loggamma", "psi", "digamma", "gammasgn", "y0", "y1", "k0", "k1", "k0e", "k1e",
    "exp1", "expi", "entr", "log1p", "spence", "ellipkm1", "factorial",
)  # fmt: skip
UNIT = ("erfinv", "erfcinv", "ndtri", "logit", "ellipk", "ellipe")
ORDERS = ("jv", "yv", "iv", "ive", "kv", "kve")
PAIRS = (
    "beta", "betaln", "poch", "binom", "gammainc", "gammaincc", "xlogy", "xlog1py", "powm1", "rel_entr",
    "kl_div", "boxcox", "boxcox1p", "inv_boxcox", "inv_boxcox1p", "pseudo_huber", "huber", "owens_t",
    "chdtr", "chdtrc", "stdtr",
)  # fmt: skip

# fmt: off
SPECIAL = [
    *[at(f, between(-1.5, 1.5, 2, 3)) for f in ANYWHERE],
    *[at(f, np.array(between(-1.5, 1.5))) for f in ANYWHERE],
    *[at(f, between(0.3, 2.4, 2, 3)) for f in POSITIVE],
    *[at(f, np.array(between(0.3, 2.4))) for f in POSITIVE],
    *[at(f, between(0.1, 0.9, 2, 3)) for f in UNIT],
    *[at(f, between(0.4, 2.5, 3), first=(v,)) for f in ORDERS for v in (0, 2, 1.5)],
    *[at(f, between(0.4, 2.5, 3), first=(2,)) for f in ("jn", "yn", "kn", "expn")],
    *[at("expn", between(0.4, 2.5, 3), first=(n,)) for n in (0, 1)],
    *[at(f, between(0.4, 2.5, 2, 3), between(0.4, 2.5, 2, 3)) for f in PAIRS],
    *[at(f, between(0.4, 2.5, 2, 1), between(0.4, 2.5, 3)) for f in PAIRS],
    *[at(f, between(0.4, 2.5, 3), between(0.1, 0.9, 3)) for f in ("gammaincinv", "gammainccinv")],
    at("stdtr", between(1.0, 3.0, 3), between(-2, 0, 3)), at("stdtrit", between(1.0, 3.0, 3), between(0.1, 0.9, 3)),
    *[at(f, between(0.4, 2.5, 3), between(0.4, 2.5, 3), between(0.1, 0.9, 3)) for f in ("betainc", "betaincc", "betaincinv", "betainccinv")],
    *[at(f, between(0.4, 2.5, 2), between(0.4, 2.5, 2), between(0.1, 0.9, 2)) for f in ("gdtr", "gdtrc", "fdtr", "fdtrc")],
    *[at(f, between(0.4, 2.5, 3), first=(np.array([0, 1, 3]),)) for f in ("pdtr", "pdtrc")],
    at("ndtri_exp", between(-3.0, -0.2, 3)), at("gamma", between(-1.8, -1.2, 3)), at("rgamma", between(-1.8, -1.2, 3)),
    *[at("polygamma", between(0.5, 2.5, 3), first=(n,)) for n in (0, 1, 3)],
    at("zeta", between(0.5, 2.5, 3), first=(2.5,)), at("zeta", np.array([-0.6, 0.3, 2.2])),
    at("multigammaln", between(2.0, 4.0, 3), first=(), d=3),
    *[at(f, between(-1, 1, 3), first=(0.7,)) for f in ("hyp0f1", "ellipkinc", "ellipeinc") if f == "hyp0f1"],
    at("hyp1f1", between(-1, 1, 3), first=(0.7, 1.3)), at("hyp2f1", between(-0.8, 0.8, 3), first=(0.7, 1.2, 1.9)),
    *[Sample(lambda phi, f=f: getattr(special, f)(phi, 0.3), (between(-1, 1, 3),), name=f) for f in ("ellipkinc", "ellipeinc")],
    *[Sample(lambda x, f=f, i=i: getattr(special, f)(x)[i], (between(0.4, 2.5, 3),), name=f"{f} {i}")
      for f, n in (("sici", 2), ("shichi", 2), ("fresnel", 2), ("airy", 4)) for i in range(n)],
    at("lambertw", between(0.5, 2.5, 3)), at("lambertw", between(-0.3, -0.1, 3), k=-1),
    *[at(f, between(-1, 1, 3) + 1j * between(0.2, 1.0, 3)) for f in ("erf", "erfc", "erfcx", "wofz", "dawsn", "lambertw")],
    at("loggamma", between(-1, 1, 3) + 1j * between(0.2, 1.0, 3), smooth=False),
    *[at("logsumexp", between(-1, 1, 2, 3), axis=a, keepdims=k) for a in (None, 0, (0, 1)) for k in (False, True)],
    *[at("logsumexp", between(-1, 1, 2, 3), axis=a, keepdims=k, b=between(0.5, 1.5, 2, 3)) for a in (None, 1) for k in (False, True)],
    Sample(lambda a, b: special.logsumexp(a, b=b, axis=1), (between(-1, 1, 2, 3), between(0.5, 1.5, 3)), name="logsumexp weighted"),
    Sample(lambda a, b: special.logsumexp(a, b=b, return_sign=True)[0], (between(-1, 1, 4), between(-2, -1, 4)), name="logsumexp signed"),
    Sample(special.softplus, (between(-1.5, 1.5, 3),)),
    *[at(f, between(-1, 1, 2, 3), axis=a) for f in ("softmax", "log_softmax") for a in (None, 0, 1)],
]
# fmt: on


def of_distribution(name, function, *inputs, first=(), smooth=True, **keywords):
    ours = getattr(getattr(stats, name), function)
    sample = Sample(
        lambda *x: ours(*first, *x, **keywords), inputs, {}, f"{name}.{function}", smooth
    )
    reference = getattr(getattr(scipy.stats, name), function)
    REFERENCES[id(sample)] = lambda *x: reference(*first, *x, **keywords)
    KEPT.append(sample)
    return sample


CONTINUOUS = {  # the number of shape parameters, and where arguments of the standard form are drawn from
    "norm": (0, -1.5, 1.5), "t": (1, -1.5, 1.5), "gamma": (1, 0.3, 2.5), "chi2": (1, 0.3, 2.5),
    "beta": (2, 0.1, 0.9), "expon": (0, 0.3, 2.5), "lognorm": (1, 0.3, 2.5), "laplace": (0, -1.5, 1.5),
    "logistic": (0, -1.5, 1.5), "uniform": (0, 0.1, 0.9), "cauchy": (0, -1.5, 1.5), "weibull_min": (1, 0.3, 2.5),
}  # fmt: skip
DISCRETE = {  # constant and variable parameters
    "poisson": ((), ((0.5, 3.0),)), "bernoulli": ((), ((0.1, 0.9),)), "binom": ((5,), ((0.1, 0.9),)),
    "nbinom": ((), ((0.5, 3.0), (0.1, 0.9))),
}  # fmt: skip
DENSITIES = ("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf")
MASSES = ("pmf", "logpmf", "cdf", "logcdf", "sf", "logsf")


def continuous(name, function, of_x, of_shape, of_loc, of_scale):
    """A sample in which all arguments vary, given their shapes."""
    number, low, high = CONTINUOUS[name]
    parameters = [between(0.8, 2.5, *of_shape) for _ in range(number)]
    loc, scale = between(-0.5, 0.5, *of_loc), between(0.8, 2.0, *of_scale)
    z = between(low, high, *of_x)
    x = between(0.1, 0.9, *of_x) if function in ("ppf", "isf") else loc + scale * z
    return of_distribution(
        name, function, np.asarray(x), *parameters, np.asarray(loc), np.asarray(scale)
    )


def definite(n):
    root = random.uniform(-1, 1, (n, n))
    return root @ root.T + np.eye(n)


INTEGERS = np.array([0.0, 1.0, 3.0])
ALPHA = between(1.2, 3.0, 3)
POINTS = random.dirichlet(ALPHA, 4).T
MVN = stats.multivariate_normal

# fmt: off
STATS = [
    *[continuous(d, f, (3,), (3,), (3,), (3,)) for d in CONTINUOUS for f in (*DENSITIES, "ppf")],
    *[continuous(d, f, (2, 3), (3,), (2, 1), ()) for d in CONTINUOUS for f in ("logpdf", "cdf")],
    *[of_distribution("norm", f, between(-1, 1, 3)) for f in DENSITIES],
    *[of_distribution("norm", f, between(-1, 1, 3), loc=0.3, scale=2.0) for f in DENSITIES],
    *[of_distribution(d, f, *[between(*b, 3) for b in bounds], first=(INTEGERS, *constants))
      for d, (constants, bounds) in DISCRETE.items() for f in MASSES if d != "bernoulli"],
    *[of_distribution("bernoulli", f, between(0.1, 0.9, 2), first=(np.array([0.0, 1.0]),)) for f in MASSES if f != "logsf"],
    *[of_distribution("dirichlet", f, ALPHA, first=(POINTS[:, 0],)) for f in ("pdf", "logpdf")],
    *[of_distribution("dirichlet", f, POINTS[:2] if short else POINTS[:2, 0], ALPHA) for f in ("pdf", "logpdf") for short in (True, False)],
    *[of_distribution("multivariate_normal", f, between(-1, 1, *s), between(-1, 1, 3), definite(3)) for f in ("pdf", "logpdf") for s in ((3,), (2, 3), (2, 2, 3))],
    *[of_distribution("multivariate_normal", f, between(-1, 1, 3), between(-1, 1, 3), c) for f in ("pdf", "logpdf") for c in (between(0.5, 1.5, 3), between(0.5, 1.5))],
    *[Sample(lambda x, mean, cov: MVN.cdf(x, mean, (cov + cov.T) / 2), (between(-1, 1, *s), between(-1, 1, 2), definite(2)), name="multivariate_normal.cdf") for s in ((2,), (3, 2))],
    *[Sample(lambda cov, mean=mean: MVN.entropy(mean, cov), (definite(3),), name="multivariate_normal.entropy") for mean in (None, np.zeros(3))],
]
# fmt: on


def matrices(name, *inputs, part=None, smooth=True, call=None, **keywords):
    """A function of scipy.linalg, or one of its results; `call` orders the arguments."""

    def using(module):
        function = getattr(module, name)

        def result(*x):
            y = call(function, *x) if call else function(*x, **keywords)
            return y if part is None else y[part]

        return result

    sample = Sample(using(linalg), inputs, {}, f"linalg.{name}", smooth)
    REFERENCES[id(sample)] = using(scipy.linalg)
    KEPT.append(sample)
    return sample


def real(*shape):
    return random.uniform(-1, 1, shape)


def complex_(*shape):
    return real(*shape) + 1j * real(*shape)


def stable(n):
    return real(n, n) + 3 * np.eye(n)


def symmetric(n):
    root = real(n, n)
    return root + root.T


# fmt: off
LINALG = [
    *[matrices("solve_triangular", stable(3), real(3), trans=t, lower=low, unit_diagonal=u) for t in (0, 1) for low in (False, True) for u in (False, True)],
    matrices("solve_triangular", stable(2), real(2, 2), trans=1, lower=True),
    *[matrices("solve_triangular", complex_(3, 3) + 3 * np.eye(3), complex_(3), trans=t) for t in ("N", "T", "C")],
    *[matrices("solve_banded", real(4, 5) + 2, b, call=lambda f, ab, b: f((1, 2), ab, b)) for b in (real(5), real(5, 2))],
    *[matrices("solveh_banded", np.array([3.0, 0.4])[:: 1 if low else -1, None] + 0.1 * real(2, 5), real(5), lower=low) for low in (True, False)],
    matrices("solve_sylvester", stable(3), stable(2), real(3, 2)),
    matrices("solve_sylvester", complex_(2, 2) + 3 * np.eye(2), complex_(3, 3), complex_(2, 3)),
    matrices("solve_continuous_lyapunov", stable(3), real(3, 3)), matrices("solve_discrete_lyapunov", 0.5 * real(3, 3), real(3, 3)),
    *[matrices(f, definite(3)) for f in ("expm", "sqrtm", "sinm", "cosm", "tanm", "sinhm", "coshm", "tanhm")],
    matrices("logm", definite(2)), matrices("expm", real(2, 3, 3)), matrices("expm", complex_(2, 2)), matrices("sqrtm", complex_(2, 2) + 3 * np.eye(2)),
    matrices("fractional_matrix_power", definite(2), call=lambda f, a: f(a, 0.4)),
    *[matrices("cholesky", definite(3), lower=low) for low in (True, False)],
    *[matrices("lu_factor", real(3, 3), part=0)], *[matrices("lu", real(3, 3), part=i) for i in (1, 2)],
    *[matrices("lu", real(3, 3), part=i, permute_l=True) for i in (0, 1)],
    *[matrices("eigh", symmetric(3), part=0, lower=low) for low in (True, False)],
    *[matrices("eigvalsh", symmetric(3), definite(3), lower=low) for low in (True, False)],
    matrices("eigvalsh", symmetric(4), subset_by_index=[1, 2]),
    matrices("svd", real(3, 3), part=1), matrices("svd", real(4, 2), compute_uv=False), matrices("svdvals", real(2, 3)),
    *[matrices("qr", real(4, 2), mode="economic", part=i) for i in (0, 1)], matrices("qr", real(4, 2), mode="r", part=0), matrices("qr", real(3, 3), part=1),
    *[matrices("solve", definite(3), real(3), assume_a=s, lower=low) for s in ("pos", "sym", "her") for low in (False, True)],
    *[matrices("solve", stable(3), real(3, 2), transposed=t) for t in (False, True)], matrices("solve", stable(3), real(3), assume_a="upper triangular"),
    matrices("inv", stable(3)), matrices("det", stable(3)), matrices("pinv", real(4, 2)), matrices("norm", real(4, 2), ord="fro"),
    matrices("lstsq", real(5, 2), real(5), part=0), matrices("lstsq", real(5, 2), real(5), part=1), matrices("lstsq", real(5, 2), real(5, 2), part=1),
    matrices("block_diag", real(2, 3), real(1, 1), real(2)), matrices("toeplitz", real(3)), matrices("toeplitz", real(3), real(4)), matrices("toeplitz", complex_(3)),
    matrices("hankel", real(3)), matrices("hankel", real(3), real(4)), matrices("circulant", real(4)),
    Sample(lambda a, b: linalg.cho_solve(linalg.cho_factor(a), b), (definite(3), real(3)), name="cho_solve"),
    Sample(lambda a, b: linalg.cho_solve(linalg.cho_factor(a, lower=True), b), (definite(3), real(3, 2)), name="cho_solve"),
    *[Sample(lambda a, b, t=t: linalg.lu_solve(linalg.lu_factor(a), b, trans=t), (real(3, 3), real(3)), name="lu_solve") for t in (0, 1)],
]
# fmt: on


def solution(module, function, **keywords):
    """A differential equation with two parameters, one of them in a dict."""
    tight = {"rtol": 1e-11, "atol": 1e-11, **keywords}
    return lambda y0, t, a, b: module.odeint(
        function, y0, t, (a, {"b": b, "constant": 0.5}), **tight
    )


def pendulum(y, t, a, more):
    return np.stack(
        [
            y[1],
            -a * np.sin(y[0]) + more["b"][0] * np.cos(t) - more["constant"] * more["b"][1] * y[1],
        ]
    )


def odeint(function, *inputs, **keywords):
    sample = Sample(solution(integrate, function, **keywords), inputs, {}, "odeint")
    REFERENCES[id(sample)] = solution(scipy.integrate, function, **keywords)
    KEPT.append(sample)
    return sample


def convolved(a, b, *, reference=None, **keywords):
    sample = Sample(
        lambda a, b: signal.convolve(a, b, **keywords), (a, b), {}, f"convolve{keywords}"
    )
    if reference:
        REFERENCES[id(sample)] = reference
    KEPT.append(sample)
    return sample


def of_signal(mode):
    return lambda a, b: scipy.signal.convolve(a, b, mode, "direct")


TIMES = np.array([0.1, 0.3])
# fmt: off
OTHERS = [
    odeint(pendulum, np.array([0.5, -0.3]), TIMES, np.array(1.2), real(2)),
    Sample(lambda y: integrate.trapezoid(y, dx=0.3), (real(2, 4),), name="trapezoid"),
    Sample(formulas.tukey_tail, (between(-1.5, -0.1, 3), between(-0.4, 0.6, 3)), name="tukey_tail"),
    Sample(recurrence, (real(3, 2, 2), real(4, 2)), name="recurrence"),
    *[convolved(real(n), real(m), mode=mode, reference=of_signal(mode)) for mode in ("full", "valid") for n in (4, 6) for m in (2, 5)],
    *[convolved(real(n), real(m), mode="same", reference=of_signal("same")) for n, m in ((6, 3), (5, 4), (4, 4))],
    *[convolved(real(4, 3), real(*m), mode=mode, reference=of_signal(mode)) for mode in ("full", "valid", "same") for m in ((2, 2), (3, 1))],
    *[convolved(real(4, 3), real(3, 2), axes=axes, mode=mode) for mode in ("full", "same") for axes in (([0], [0]), ([1], [0]), ([1, 0], [1, 0]))],
    *[convolved(real(3, 3, 2), real(3, 2, 3), axes=([1], [1]), dot_axes=dot, mode=mode) for mode in ("full", "valid", "same") for dot in (([0], [2]), ([0], [0]))],
    convolved(real(2, 4, 3), real(2, 3, 2), axes=([-1], [-1]), dot_axes=([0], [0])), convolved(real(3, 2), real(3, 4), axes=([], []), dot_axes=([0], [0])),
    convolved(complex_(5), complex_(3), mode="full", reference=of_signal("full")), convolved(complex_(3, 12), real(2, 9), axes=([1], [1])),
]
# fmt: on

MORE_CONTINUOUS = {
    "gumbel_r": (0, -1.5, 1.5), "gumbel_l": (0, -1.5, 1.5), "weibull_max": (1, -2.5, -0.3), "pareto": (1, 1.2, 3.0),
    "lomax": (1, 0.3, 2.5), "powerlaw": (1, 0.1, 0.9), "fisk": (1, 0.3, 2.5), "halfnorm": (0, 0.3, 2.5),
    "rayleigh": (0, 0.3, 2.5), "maxwell": (0, 0.3, 2.5), "chi": (1, 0.3, 2.5), "invgamma": (1, 0.3, 2.5),
    "f": (2, 0.3, 2.5), "halfcauchy": (0, 0.3, 2.5), "halflogistic": (0, 0.3, 2.5),
}  # fmt: skip
CONTINUOUS.update(MORE_CONTINUOUS)
TAILS = np.array([[-1.2, 0.7], [1.3, 2.1], [-2.4, -0.9]])  # truncated on both sides, right, left


def alike(name, ours, theirs, *inputs, smooth=True, reference=True, **keywords):
    """A sample of our version of a function in one of SciPy's modules."""
    sample = Sample(lambda *x: ours(*x, **keywords), inputs, {}, f"{name}{keywords or ''}", smooth)
    if reference:
        REFERENCES[id(sample)] = lambda *x: theirs(*x, **keywords)
    KEPT.append(sample)
    return sample


def of_module(ours, theirs, name, *inputs, **keywords):
    return alike(name, getattr(ours, name), getattr(theirs, name), *inputs, **keywords)


def of_fft(name, x, **keywords):
    return of_module(fft, scipy.fft, name, x, **keywords)


def of_density(function, bw_method):
    def using(module):
        return lambda data, w, at: getattr(module.gaussian_kde(data, bw_method, w), function)(at)

    inputs = real(2, 4), between(0.5, 1.5, 4), real(2, 2)
    return alike(f"gaussian_kde.{function}", using(stats), using(scipy.stats), *inputs)


# fmt: off
MORE = [
    *[continuous(d, f, (2,), (2,), (), ()) for d in MORE_CONTINUOUS for f in (*DENSITIES, "ppf", "isf")],
    *[continuous(d, "isf", (2,), (2,), (), ()) for d in CONTINUOUS if d not in MORE_CONTINUOUS],
    *[of_distribution("truncnorm", f, 0.3 + 1.5 * (between(0.1, 0.9) * (b - a) + a), np.asarray(a), np.asarray(b), np.array(0.3), np.array(1.5)) for f in DENSITIES[:2] for a, b in TAILS],
    *[of_distribution("truncnorm", f, between(0.1, 0.9) * (b - a) + a, np.asarray(a), np.asarray(b)) for f in DENSITIES[2:] for a, b in TAILS],
    *[of_distribution("truncnorm", f, between(0.1, 0.9, 2), np.asarray(a), np.asarray(b)) for f in ("ppf", "isf") for a, b in TAILS],
    *[of_distribution("vonmises", f, between(-2.5, 2.5, 2), between(0.5, 2.5, 2)) for f in ("pdf", "logpdf")],
    *[of_distribution("vonmises", f, between(0.1, 0.9, 2), kappa=1.3) for f in ("cdf", "sf", "logcdf", "logsf", "ppf", "isf")],
    *[of_distribution("geom", f, between(0.1, 0.9, 3), first=(np.array([1.0, 2.0, 5.0]),)) for f in MASSES],
    *[of_distribution("multinomial", f, np.array([0.25, 0.125, 0.625]), first=([[1, 2, 3], [0, 2, 4]], 6)) for f in ("pmf", "logpmf")],
    *[of_density(f, bw) for f in ("pdf", "logpdf") for bw in (None, "silverman", 0.7)],
    *[of_fft(f, real(4), type=t, norm=n, orthogonalize=o) for f in ("dct", "dst") for t in (1, 2, 3, 4) for n, o in ((None, None), ("ortho", None), ("forward", True))],
    *[of_fft(f, real(3), type=t, norm=n) for f in ("idct", "idst") for t, n in ((1, None), (2, "ortho"), (3, "forward"), (4, None))],
    *[of_fft(f, real(3, 4), n=n, axis=0) for f in ("dct", "dst") for n in (2, 5)], of_fft("dct", complex_(4), type=3),
    *[of_fft(f, real(3, 2), type=2, s=(2, 3), norm="ortho") for f in ("dctn", "idctn", "dstn", "idstn")],
    *[of_fft(f, complex_(4, 2), n=3, axis=0, norm="ortho") for f in ("fft", "ifft", "irfft", "hfft")], *[of_fft(f, real(4, 2), n=5, axis=0) for f in ("rfft", "ihfft")],
    *[of_fft(f, complex_(3, 3), s=(2, 4)) for f in ("fft2", "ifft2", "fftn", "ifftn", "irfft2", "irfftn", "hfft2", "hfftn")], *[of_fft(f, real(3, 3), s=(2, 4)) for f in ("rfft2", "rfftn", "ihfft2", "ihfftn")],
    of_fft("fftshift", real(3, 4), axes=1), of_fft("ifftshift", real(5)),
    *[of_module(signal, scipy.signal, f, real(n), real(m), mode=mode) for f in ("correlate", "fftconvolve", "oaconvolve") for n, m in ((5, 3), (3, 4)) for mode in ("full", "valid", "same")],
    of_module(signal, scipy.signal, "correlate", complex_(4, 3), complex_(2, 2)), of_module(signal, scipy.signal, "fftconvolve", complex_(4), complex_(3)),
    *[of_module(signal, scipy.signal, "fftconvolve", real(3, 4), real(1, 2), mode=mode, axes=1) for mode in ("full", "valid", "same")],
    *[of_module(signal, scipy.signal, f, real(3, 4), real(2, 3), mode=mode, boundary=b) for f in ("convolve2d", "correlate2d") for mode in ("full", "same") for b in ("fill", "wrap", "symm")],
    of_module(signal, scipy.signal, "convolve2d", real(3, 4), real(2, 2), fillvalue=1.5), of_module(signal, scipy.signal, "correlate2d", real(2, 2), real(3, 4), mode="valid"),
    *[of_module(ndimage, scipy.ndimage, "map_coordinates", real(2, 3), between(-3.0, 5.0, 2, 2), order=1, mode=mode, cval=0.7)
      for mode in ("constant", "grid-constant", "nearest", "mirror", "reflect", "wrap", "grid-wrap")],
    alike("map_coordinates", lambda a: ndimage.map_coordinates(a, [[0.2, 5.1], [1.7, 0.4]], order=0), lambda a: scipy.ndimage.map_coordinates(a, [[0.2, 5.1], [1.7, 0.4]], order=0), real(3, 4)),
    at("zeta", 1.2 + between(0.1, 4.0, 3), between(0.5, 2.5, 3)), at("zeta", 1.2 + between(0.1, 4.0, 3)),
    at("comb", between(3.0, 6.0, 3), between(0.5, 2.5, 3)), at("perm", between(3.0, 6.0, 3), between(0.5, 2.5, 3)), at("comb", between(3.0, 6.0, 3), between(0.5, 2.5, 3), repetition=True),
]
# fmt: on

SPARSE = sparse.csr_array(DENSE := definite(3) * [[1, 1, 0], [1, 1, 1], [0, 1, 1]])
PATTERN = patterns.Pattern(SPARSE)
W, V = np.linalg.eigh(DENSE)
KNOWN = np.append(V[:, 0], W[0])

# fmt: off
SPARSE_SAMPLES = [
    *[Sample(lambda d, x, f=f: f(d, x, PATTERN), (SPARSE.data, real(*shape)), name=f.name) for f in (patterns.times, patterns.times_transposed) for shape in ((3,), (3, 2))],
    *[Sample(lambda a, b: patterns.at_entries(a, b, PATTERN), (real(*shape), real(*shape)), name="at_entries") for shape in ((3,), (3, 2))],
    *[Sample(lambda d, b, t=t: solving.solution(d, b, PATTERN, solving.Direct(), t), (SPARSE.data, real(3)), name="solution") for t in (False, True)],
]
FILTER_SAMPLES = [
    *[Sample(lambda t, n=n, m=m: harmonics.polar(t, n, m), (between(0.3, 2.5, 3),), name="sph_harm_y") for n, m in ((2, 1), (3, -3))],
    *[Sample(lambda v, a: filtering.recursion(v, a), (real(*shape), 0.5 * real(2)), name="recursion") for shape in ((5,), (2, 4))],
    *[Sample(lambda x, m=m, k=k: ndimage.spline_filter1d(x, k, 1, mode=m), (real(2, 5),), name="spline_filter1d") for m, k in (("mirror", 3), ("reflect", 5), ("grid-wrap", 2))],
]
MORE_DISTRIBUTIONS = [
    *[of_distribution("skewnorm", f, between(-1, 1, 2), np.array([0.7, -1.3])) for f in ("cdf", "sf")],
    *[of_distribution("rice", f, between(0.5, 2, 2), np.array([0.7, 1.3])) for f in ("cdf", "sf")],
    *[of_distribution("vonmises", f, between(-2.5, 2.5, 2), between(0.5, 2.5, 2)) for f in ("cdf", "sf")],
]
# fmt: on

SAMPLES = [
    *SPECIAL,
    *STATS,
    *LINALG,
    *OTHERS,
    *MORE,
    *SPARSE_SAMPLES,
    *FILTER_SAMPLES,
    *MORE_DISTRIBUTIONS,
]
