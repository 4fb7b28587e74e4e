"""The course of one check: evaluate, differentiate both ways, compare."""

from __future__ import annotations

import numpy as np

from autograd.check.coarse import COARSE
from autograd.check.compare import Outcome
from autograd.check.elements import by_elements
from autograd.check.ignored import find_ignored
from autograd.check.projections import by_projections
from autograd.check.state import Check
from autograd.check.verdicts import RANDOM, UNRESOLVED


def run(check: Check) -> None:
    """Compare all derivatives of a check, and add what is found to its report."""
    check.report.leaves = check.function.inputs
    random = _random_rows(check)
    if random.size:
        _report_randomness(check, random)
    else:
        check.function.computes_in_single = _computes_in_single(check)
        (by_projections if check.by_projections else by_elements)(check)
        check.report.reasons += [
            f"The gradient with respect to {path} {what}."
            for claim in check.claims.values()
            for path, what in claim.misshapen.items()
        ]
        _advise_double(check)
        if not check.function.is_gradient:  # that of a linear function is constant
            find_ignored(check)
    if check.function.constants:
        check.report.notes.append(f"Treated as constant: {', '.join(check.function.constants)}.")


def _random_rows(check: Check) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the results that differ when the function is called again at the same inputs."""
    first, again = check.center, check.function.value(check.function.x)
    rounding = 64 * check.function.precision * np.maximum(np.abs(first), np.abs(again))
    varies = (np.abs(first - again) > rounding) | (np.isnan(first) != np.isnan(again))
    return np.flatnonzero(varies)


def _computes_in_single(check: Check) -> bool:
    """Return whether the results have single precision; rounding errors have few digits too."""
    if not check.function.looks_single(check.center):
        return False
    sizes = np.abs(check.lines.rows(check.center))
    return any(size > check.noise.limit(row) for row, size in enumerate(sizes))


def _advise_double(check: Check) -> None:
    """Say what to do about differences that single precision does not resolve."""
    unclear = any((batch.outcome.verdict == UNRESOLVED).any() for batch in check.report.batches)
    if unclear and check.reference.precision > COARSE:
        check.report.notes.append(
            "The function computes in single precision, which leaves differences few digits. "
            "Check it in double precision: with float64 inputs, and model.double() in PyTorch or "
            'jax.config.update("jax_enable_x64", True) in JAX.'
        )


def _report_randomness(check: Check, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> None:
    names = [check.function.output_name(int(row)) or "the result" for row in rows[:3]]
    check.report.notes.append(
        "Two calls at the same inputs returned different values of "
        f"{', '.join(names)}. Seed random numbers inside the function, and reset any state it "
        "keeps between calls."
    )
    for mode, claim in check.claims.items():
        check.add(Outcome.blank(claim.matrix, RANDOM), mode)
