"""Every class of SciPy and every frozen distribution with nodes: a derivative, or an error of ours."""

import importlib
import inspect
import warnings

import numpy as np
import pytest
import scipy.stats
from scipy.stats import _distr_params
from scipy_rules.classes import CASES
from scipy_rules.test_every_function import ZERO, close, gives_node, number, slope, total

from autograd import grad
from autograd.errors import NoRuleError

pytestmark = pytest.mark.filterwarnings("ignore")

#: They take no numbers, or only functions and options.
WITHOUT_NUMBERS = {
    "integrate": "DenseOutput OdeSolver",
    "interpolate": "BivariateSpline interp2d",
    "optimize": "HessianUpdateStrategy InverseJacobian KrylovJacobian OptimizeResult RootResults",
    "sparse": "sparray spmatrix",
    "sparse.linalg": "SuperLU",
    "stats": "BootstrapMethod MonteCarloMethod PermutationMethod rv_continuous",
}


def test_every_class_has_a_case():
    for package, cases in CASES.items():
        module = importlib.import_module(f"scipy.{package}")
        found = {
            name
            for name in module.__all__
            if inspect.isclass(kind := getattr(module, name))
            and not issubclass(kind, Exception | Warning)
        }
        without = set(WITHOUT_NUMBERS.get(package, "").split())
        assert found - {case.partition(",")[0] for case in cases} <= without, package


def check(package, case):
    function = CASES[package][case]
    original = importlib.import_module(f"scipy.{package}")
    name = case.partition(",")[0]
    if not hasattr(original, name):
        return  # another version of SciPy has it

    def numbers(t):
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(original, t)

    for module in (importlib.import_module(f"autograd.scipy.{package}"), original):
        where = f"{module.__name__}.{case}"
        if not gives_node(lambda t, m=module: function(m, t), numbers, where):
            continue
        try:
            found = number(grad(lambda t, m=module: total(function(m, t)))(ZERO))
        except NoRuleError:
            continue
        expected = slope(lambda t: number(total(numbers(t))))
        assert close(found, expected, 1e-4), f"{where}: {found} for {expected}"


@pytest.mark.parametrize("package", CASES)
def test_every_class_has_its_derivatives_or_refuses(package):
    for case in CASES[package]:
        check(package, case)


#: Distribution functions that take seconds.
SLOW = ("gausshyper", "ksone", "kstwo", "levy_stable", "studentized_range")
FROZEN = [
    (name, shapes, density)
    for table, density in ((_distr_params.distcont, "pdf"), (_distr_params.distdiscrete, "pmf"))
    for name, shapes in table
    if isinstance(name, str) and name not in (*SLOW, "poisson_binom") and hasattr(scipy.stats, name)
]


@pytest.mark.parametrize("name", ["autograd.scipy.stats", "scipy.stats"])
def test_frozen_distributions_have_derivatives_or_refuse(name):
    module = importlib.import_module(name)
    for distribution, shapes, density in FROZEN[::5]:
        ours, theirs = (getattr(m, distribution) for m in (module, scipy.stats))
        x = float(theirs(*shapes).ppf(0.4))
        uses = {
            "loc": lambda d, t: d(*shapes, loc=t).rvs(size=2, random_state=1),  # noqa: B023
            "cdf": lambda d, t: d(*shapes).cdf(x + t),  # noqa: B023
            "density": lambda d, t: getattr(d(*shapes), density)(x + t),  # noqa: B023
        }
        if shapes:
            uses["shape"] = lambda d, t: getattr(d(*shapes[:-1], shapes[-1] + t), density)(x)  # noqa: B023
        for use, function in uses.items():
            gives_node(
                lambda t, f=function: f(ours, t),  # noqa: B023
                lambda t, f=function: f(theirs, t),  # noqa: B023
                f"{name}.{distribution}, {use}",
                is_constant=density == "pmf",
            )
