"""The rules for SciPy, checked row by row against SciPy and against finite differences."""

import importlib
import pkgutil

import pytest
from rules import checks
from rules.checks import quiet
from scipy_rules.derivatives import assert_sample
from scipy_rules.samples import CONTINUOUS, DENSITIES, REFERENCES, SAMPLES

import autograd.scipy
from autograd import Primitive
from autograd.rules import table

EACH = pytest.mark.each("sample", SAMPLES)

#: `test_distributions` checks their derivatives.
OF_DISTRIBUTIONS = {
    f"{name}.{function}" for name in CONTINUOUS for function in (*DENSITIES, "ppf", "isf")
} - {f"{name}.logpdf" for name in CONTINUOUS}
OTHERS = [sample for sample in SAMPLES if sample.name not in OF_DISTRIBUTIONS]


def all_primitives():
    found = {}
    for module in pkgutil.walk_packages(autograd.scipy.__path__, "autograd.scipy."):
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, Primitive) and thing not in vars(table).values():
                found[id(thing)] = thing
    return list(found.values())


#: Their numbers come from SciPy, so that differences of them say nothing; tested in `test_sparse`.
GIVEN = ("eigenpair", "eigenvalue")


def test_every_primitive_for_scipy_has_a_sample():
    used = checks.primitives_used(SAMPLES)
    assert {p.name for p in all_primitives() if id(p) not in used} == set(GIVEN)


@EACH
@quiet
@pytest.mark.filterwarnings("ignore:logm result may be inaccurate:RuntimeWarning")
def test_results_precision_and_memory_are_those_of_scipy(sample):
    reference = REFERENCES.get(id(sample))
    if reference is None:
        checks.check_value(sample, checks.call(sample, sample.inputs))
    else:
        checks.check_value(sample, reference(*sample.inputs), rtol=1e-11)
    checks.check_single_precision(sample)
    checks.check_memory(sample)
    checks.check_new_arrays(sample)


@pytest.mark.each("sample", OTHERS)
@quiet
def test_derivatives_match_finite_differences_in_both_modes(sample):
    assert_sample(sample)


@pytest.mark.gallery
@EACH
@quiet
def test_each_element_of_a_derivative_matches_differences(sample):
    if sample.smooth:
        checks.check_without_false_alarm(sample)
    else:
        checks.check_jacobians(sample)
