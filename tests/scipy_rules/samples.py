"""One table of sample calls for SciPy. Every primitive must occur in at least one of them."""

import numpy as np
import scipy.special as original
from rules.samples import Sample

from autograd.scipy import special

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

SAMPLES = [*SPECIAL]
