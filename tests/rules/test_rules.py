"""The table of rules, checked row by row against NumPy and against finite differences."""

import importlib
import pkgutil

import numpy as np
import pytest
from rules import checks
from rules.checks import quiet
from rules.samples import SAMPLES

import autograd.rules
from autograd import Primitive, Tensor
from autograd.engine.registry import DISPATCH

EACH = pytest.mark.each("sample", SAMPLES)


def all_primitives():
    found = {id(p): p for p in DISPATCH.values() if isinstance(p, Primitive) and not of_scipy(p)}
    for module in pkgutil.iter_modules(autograd.rules.__path__):
        for thing in vars(importlib.import_module(f"autograd.rules.{module.name}")).values():
            if isinstance(thing, Primitive):
                found[id(thing)] = thing
    return list(found.values())


def of_scipy(primitive):
    """These are sampled in tests/scipy_rules, and exist only if they have been imported."""
    ufunc = primitive.function
    return isinstance(ufunc, np.ufunc) and getattr(np, ufunc.__name__, None) is not ufunc


@quiet
def test_every_primitive_of_the_table_has_a_sample():
    used = checks.primitives_used(SAMPLES)
    without = {p.name for p in all_primitives() if id(p) not in used}
    # `put` and `scatter` are the transposes of `getitem` and `gather`, and sampled through them.
    # `as_numpy` gives a result NumPy's own number, and `only_once` forbids derivatives. The others
    # are where nodes enter and leave `vmap`: tests/batching compares them with loops.
    of_batches = {"enter", "leave", "total", "share"}
    assert without <= {"put", "scatter", "as_numpy", "only_once"} | of_batches


@EACH
@quiet
def test_the_result_matches_numpy(sample):
    if "astype" in str(sample):
        assert isinstance(checks.call(sample, checks.leaves(sample)), Tensor)
    else:
        reference = sample.reference or sample.function
        checks.check_value(sample, reference(*sample.inputs, **sample.keywords))


@EACH
@quiet
def test_derivatives_match_finite_differences_in_both_modes(sample):
    checks.check_jacobians(sample)


@pytest.mark.gallery
@EACH
@quiet
def test_the_checker_passes_every_derivative(sample):
    checks.check_without_false_alarm(sample)


@EACH
@quiet
def test_second_derivatives_match_finite_differences(sample):
    checks.check_second_derivatives(sample)


@EACH
@quiet
def test_single_precision_is_kept(sample):
    always_double = sample.function is np.float_power or sample.name.startswith("astype")
    checks.check_single_precision(sample, always_double)


@EACH
@quiet
def test_the_gradient_shares_no_memory(sample):
    checks.check_memory(sample)


@EACH
@quiet
def test_rules_return_new_arrays(sample):
    checks.check_new_arrays(sample)
