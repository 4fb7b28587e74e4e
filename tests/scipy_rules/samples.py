"""One table of sample calls for SciPy. Every primitive must occur in at least one of them."""

import numpy as np
import scipy.special as original
import scipy.stats
from rules.samples import Sample

from autograd.scipy import special, stats

random = np.random.default_rng(11)


def between(low, high, *shape):
    return random.uniform(low, high, shape)


def fixed(name, *first):
    """A function whose first arguments have no derivative."""
    function = getattr(special, name)
    return lambda *rest, **keywords: function(*first, *rest, **keywords)


def at(name, *inputs, first=(), smooth=True, **keywords):
    """A sample that knows what SciPy calls the same."""
    sample = Sample(fixed(name, *first), inputs, keywords, name, smooth)
    REFERENCES[id(sample)] = lambda *x: getattr(original, name)(*first, *x, **keywords)
    KEPT.append(sample)
    return sample


REFERENCES, KEPT = {}, []

ANYWHERE = (
    "erf", "erfc", "erfcx", "erfi", "dawsn", "ndtr", "log_ndtr", "expit", "log_expit", "expm1", "exp2",
    "exp10", "cbrt", "exprel", "cosm1", "sindg", "cosdg", "tandg", "rgamma", "j0", "j1", "i0", "i1",
    "i0e", "i1e", "wrightomega", "sinc", "softplus",
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
    at("zeta", between(0.5, 2.5, 3), first=(2.5,)),
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


CONTINUOUS = {  # how many shapes, and where numbers of the standard form are taken from
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
    """All arguments vary; these are their shapes."""
    number, low, high = CONTINUOUS[name]
    parameters = [between(0.8, 2.5, *of_shape) for _ in range(number)]
    loc, scale = between(-0.5, 0.5, *of_loc), between(0.8, 2.0, *of_scale)
    z = between(low, high, *of_x)
    x = between(0.1, 0.9, *of_x) if function == "ppf" else loc + scale * z
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
    *[continuous(d, f, (2, 3), (3,), (2, 1), ()) for d in CONTINUOUS for f in DENSITIES],
    *[of_distribution("norm", f, between(-1, 1, 3)) for f in DENSITIES],
    *[of_distribution("norm", f, between(-1, 1, 3), loc=0.3, scale=2.0) for f in DENSITIES],
    *[of_distribution(d, f, *[between(*b, 3) for b in bounds], first=(INTEGERS, *constants))
      for d, (constants, bounds) in DISCRETE.items() for f in MASSES if d != "bernoulli"],
    *[of_distribution("bernoulli", f, between(0.1, 0.9, 2), first=(np.array([0.0, 1.0]),)) for f in MASSES if f != "logsf"],
    *[of_distribution("dirichlet", f, ALPHA, first=(POINTS[:, 0],)) for f in ("pdf", "logpdf")],
    *[of_distribution("dirichlet", f, POINTS[:2] if short else POINTS[:2, 0], ALPHA) for f in ("pdf", "logpdf") for short in (True, False)],
    *[of_distribution("multivariate_normal", f, between(-1, 1, *s), between(-1, 1, 3), definite(3)) for f in ("pdf", "logpdf") for s in ((3,), (2, 3), (2, 2, 3))],
    *[of_distribution("multivariate_normal", f, between(-1, 1, 3), between(-1, 1, 3), c) for f in ("pdf", "logpdf") for c in (between(0.5, 1.5, 3), between(0.5, 1.5))],
    *[Sample(lambda cov, mean=mean: MVN.entropy(mean, cov), (definite(3),), name="multivariate_normal.entropy") for mean in (None, np.zeros(3))],
]
# fmt: on

SAMPLES = [*SPECIAL, *STATS]
