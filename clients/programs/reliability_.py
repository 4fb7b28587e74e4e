"""reliability: life distributions by maximum likelihood, with confidence from Hessians."""

import numpy as np
from reliability.Fitters import (
    Fit_Exponential_1P,
    Fit_Gamma_2P,
    Fit_Gumbel_2P,
    Fit_Loglogistic_2P,
    Fit_Lognormal_2P,
    Fit_Normal_2P,
    Fit_Weibull_2P,
    Fit_Weibull_3P,
)

random = np.random.default_rng(6)
failures = np.round(50 * random.weibull(2.2, 40), 2) + 1
censored = np.full(8, 60.0)

_quiet = {"show_probability_plot": False, "print_results": False}


def shown(fit):
    table = fit.results
    return [*table["Point Estimate"], *table["Standard Error"], fit.loglik]


def two_parameters():
    kinds = (Fit_Weibull_2P, Fit_Gamma_2P, Fit_Lognormal_2P, Fit_Normal_2P, Fit_Gumbel_2P,
             Fit_Loglogistic_2P)  # fmt: skip
    return [shown(kind(failures=failures, right_censored=censored, **_quiet)) for kind in kinds]


def one_and_three_parameters():
    return [
        shown(kind(failures=failures, **_quiet)) for kind in (Fit_Exponential_1P, Fit_Weibull_3P)
    ]
