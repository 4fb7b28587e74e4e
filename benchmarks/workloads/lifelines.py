"""Gradients of twenty likelihoods that lifelines maximises, on 163 lifetimes."""

import numpy as np

QUICK_SIZES = ()  # it takes long to import


def chainrule(size):
    import lifelines
    from lifelines.datasets import load_waltons

    from autograd import value_and_grad

    data = load_waltons()
    lifetimes = data["T"].to_numpy(float)
    died = data["E"].to_numpy(bool)
    entry, weights = np.zeros_like(lifetimes), np.ones_like(lifetimes)
    fitters = [
        lifelines.WeibullFitter(),
        lifelines.ExponentialFitter(),
        lifelines.LogNormalFitter(),
        lifelines.LogLogisticFitter(),
        lifelines.PiecewiseExponentialFitter([20, 40]),
        lifelines.SplineFitter([5, 30, 60]),
        lifelines.GeneralizedGammaFitter(),
    ]
    times = {
        "right": (lifetimes, None),
        "left": (None, lifetimes),
        "interval": (lifetimes - 1.0, lifetimes),
    }
    calls = []
    for fitter in fitters:
        fitter.fit(lifetimes, died)
        at = np.round(np.asarray(fitter._fitted_parameters_, float) * 1.05, 4)
        for kind, between in times.items():
            likelihood = getattr(fitter, f"_negative_log_likelihood_{kind}_censoring")
            calls.append((value_and_grad(likelihood), at, between))
    calls = calls[:20]
    return lambda: [f(at, between, died, entry, weights) for f, at, between in calls]


hips = chainrule
