"""The rules for SciPy, checked row by row against SciPy and against finite differences."""

import importlib
import pkgutil

import pytest
from rules import checks
from rules.checks import quiet
from scipy_rules.samples import REFERENCES, SAMPLES

import autograd.scipy
from autograd import Primitive
from autograd.rules import table

EACH = pytest.mark.parametrize("sample", SAMPLES, ids=str)


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
def test_the_result_matches_scipy(sample):
    reference = REFERENCES.get(id(sample))
    if reference is None:
        checks.check_value(sample, checks.call(sample, sample.inputs))
    else:
        checks.check_value(sample, reference(*sample.inputs), rtol=1e-11)


@EACH
@quiet
def test_derivatives_match_finite_differences_in_both_modes(sample):
    checks.check_jacobians(sample)


@pytest.mark.gallery
@EACH
@quiet
def test_the_checker_passes_every_derivative(sample):
    if sample.smooth:
        checks.check_without_false_alarm(sample)


@EACH
@quiet
def test_second_derivatives_match_finite_differences(sample):
    if sample.smooth:
        checks.check_second_derivatives(sample)


@EACH
@quiet
@pytest.mark.filterwarnings("ignore:logm result may be inaccurate:RuntimeWarning")
def test_single_precision_is_kept(sample):
    checks.check_single_precision(sample)


@EACH
@quiet
def test_the_gradient_shares_no_memory(sample):
    checks.check_memory(sample)


@EACH
@quiet
def test_rules_return_new_arrays(sample):
    checks.check_new_arrays(sample)
