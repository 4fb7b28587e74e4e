"""SurPyval: parametric survival analysis; standard errors come from Hessians."""

import numpy as np
import surpyval as surv

import autograd.numpy as npa
from autograd import grad, hessian

random = np.random.default_rng(5)
x = np.round(10 * random.weibull(1.8, 60), 3) + 0.01
censored = (random.uniform(size=60) < 0.2).astype(int)
Z = random.normal(size=(60, 2))


def fitted(distribution, **keywords):
    model = distribution.fit(x, censored, **keywords)
    return [model.params, model.neg_ll()]


def distributions_are_fitted():
    kinds = (surv.Weibull, surv.Gamma, surv.LogNormal, surv.Gumbel, surv.Normal)
    return [fitted(kind) for kind in kinds]


def likelihoods_are_differentiated():
    model = surv.Weibull
    f = lambda p: npa.sum(model.log_df(x, p[0], p[1])) + npa.sum(model.log_sf(x, p[0], p[1]))  # noqa: E731
    p = np.array([9.0, 1.6])
    return [grad(f)(p), hessian(f)(p)]


def regressions_are_fitted():
    found = []
    for kind in (surv.WeibullPH, surv.ExponentialPH):
        model = kind.fit(x=x, Z=Z, c=censored)
        found.append(model.params)
    return found


def confidence_bounds():
    model = surv.Weibull.fit(x, censored)
    return model.cb(np.array([3.0, 8.0]), on="sf")
