"""`scipy.stats`: densities and distribution functions that have derivatives.

Each distribution is a module, as in HIPS autograd: ``from autograd.scipy.stats import norm`` and
``import autograd.scipy.stats.norm`` both work. Most of these modules are made here, from the
`tables`. All other names, in this package and in its modules, are SciPy's own.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import scipy.stats as _original

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.lists import take_lists as _take_lists
from autograd.scipy.stats.comparisons import chisquare as chisquare
from autograd.scipy.stats.comparisons import f_oneway as f_oneway
from autograd.scipy.stats.comparisons import jarque_bera as jarque_bera
from autograd.scipy.stats.comparisons import linregress as linregress
from autograd.scipy.stats.comparisons import pearsonr as pearsonr
from autograd.scipy.stats.comparisons import power_divergence as power_divergence
from autograd.scipy.stats.comparisons import scoreatpercentile as scoreatpercentile
from autograd.scipy.stats.comparisons import ttest_1samp as ttest_1samp
from autograd.scipy.stats.comparisons import ttest_ind as ttest_ind
from autograd.scipy.stats.comparisons import ttest_ind_from_stats as ttest_ind_from_stats
from autograd.scipy.stats.comparisons import ttest_rel as ttest_rel
from autograd.scipy.stats.families import without_rules as _without_rules
from autograd.scipy.stats.kernel_density import gaussian_kde as gaussian_kde
from autograd.scipy.stats.spreads import boxcox as boxcox
from autograd.scipy.stats.spreads import circmean as circmean
from autograd.scipy.stats.spreads import circstd as circstd
from autograd.scipy.stats.spreads import circvar as circvar
from autograd.scipy.stats.spreads import describe as describe
from autograd.scipy.stats.spreads import differential_entropy as differential_entropy
from autograd.scipy.stats.spreads import energy_distance as energy_distance
from autograd.scipy.stats.spreads import expectile as expectile
from autograd.scipy.stats.spreads import gstd as gstd
from autograd.scipy.stats.spreads import kstat as kstat
from autograd.scipy.stats.spreads import median_abs_deviation as median_abs_deviation
from autograd.scipy.stats.spreads import tmean as tmean
from autograd.scipy.stats.spreads import tsem as tsem
from autograd.scipy.stats.spreads import tstd as tstd
from autograd.scipy.stats.spreads import tvar as tvar
from autograd.scipy.stats.spreads import wasserstein_distance as wasserstein_distance
from autograd.scipy.stats.spreads import yeojohnson as yeojohnson
from autograd.scipy.stats.spreads import yeojohnson_llf as yeojohnson_llf
from autograd.scipy.stats.summaries import boxcox_llf as boxcox_llf
from autograd.scipy.stats.summaries import entropy as entropy
from autograd.scipy.stats.summaries import gmean as gmean
from autograd.scipy.stats.summaries import gzscore as gzscore
from autograd.scipy.stats.summaries import hmean as hmean
from autograd.scipy.stats.summaries import iqr as iqr
from autograd.scipy.stats.summaries import kurtosis as kurtosis
from autograd.scipy.stats.summaries import moment as moment
from autograd.scipy.stats.summaries import pmean as pmean
from autograd.scipy.stats.summaries import rankdata as rankdata
from autograd.scipy.stats.summaries import sem as sem
from autograd.scipy.stats.summaries import skew as skew
from autograd.scipy.stats.summaries import trim_mean as trim_mean
from autograd.scipy.stats.summaries import variation as variation
from autograd.scipy.stats.summaries import zmap as zmap
from autograd.scipy.stats.summaries import zscore as zscore
from autograd.scipy.stats.tables import FAMILIES as _FAMILIES

for _family in _FAMILIES:
    globals()[_family.name] = sys.modules[f"{__name__}.{_family.name}"] = _family.module(__name__)

#: Distributions of vectors: modules with a file of their own.
_MULTIVARIATE = (
    "dirichlet",
    "dirichlet_multinomial",
    "invwishart",
    "matrix_normal",
    "multinomial",
    "multivariate_normal",
    "multivariate_t",
    "normal_inverse_gamma",
    "vonmises_fisher",
    "wishart",
)
_DISTRIBUTIONS: Any = (
    _original.rv_continuous,
    _original.rv_discrete,
    type(_original.dirichlet).__base__,  # of vectors and matrices
)
_others = _names_of(_original, "scipy.stats")

__all__ = [*_MULTIVARIATE, "gaussian_kde", *[family.name for family in _FAMILIES]]


#: Random variables as objects, as far as this version of SciPy has them.
_VARIABLES = (
    *("Binomial", "Logistic", "Mixture", "Normal", "Uniform"),
    *("abs", "exp", "log", "make_distribution", "order_statistic", "truncate"),
)


def __getattr__(name: str) -> Any:
    if name in _VARIABLES and hasattr(_original, name):
        return getattr(importlib.import_module(f"{__name__}.variables"), name)
    if name in _MULTIVARIATE:
        return importlib.import_module(f"{__name__}.{name}")
    if isinstance(getattr(_original, name, None), _DISTRIBUTIONS):
        globals()[name] = _without_rules(name, __name__)
        return globals()[name]
    return _others(name)


def __dir__() -> list[str]:
    return sorted({*dir(_original), *__all__})


_take_lists(globals(), _original)
