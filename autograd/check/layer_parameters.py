"""The parameters of a layer: those that forward uses and leaves alone, and that have a gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.check.slots import Parameter, as_number, follow, named, with_gradients
from autograd.errors import DataError


def is_kept(layer: Any, candidate: Parameter, content: Any) -> bool:
    """Return whether forward left a value as it was: caches and statistics change."""
    try:
        now = follow(layer, candidate.places[0])
    except (LookupError, AttributeError):
        return False
    return now is candidate.value and np.array_equal(as_number(now), content, equal_nan=True)


def chosen(
    layer: Any,
    kept: Sequence[Parameter],
    parameters: Sequence[str] | None,
    gradients: Sequence[str] | None,
) -> list[Parameter]:
    """Return the parameters that the user names, or those whose gradient is found.

    Raises
    ------
    DataError
        If a name is unknown, or has no gradient.
    """
    if parameters is None:
        if gradients is not None:
            raise DataError("gradients= names the gradients of parameters=: pass both.")
        return with_gradients(layer, kept)
    found = []
    for name, steps in zip(parameters, named(layer, parameters), strict=True):
        same = next((c for c in kept if steps in c.places), None)
        if same is None:
            raise DataError(f"forward changes {name}, so it cannot be checked as a parameter.")
        found.append(same)
    if gradients is None:
        own = with_gradients(layer, found)
        lacking = [c.name for c in found if c not in own]
        if lacking:
            raise DataError(f"No gradient of {', '.join(lacking)} was found: pass gradients=.")
        return own
    if len(gradients) != len(parameters):
        raise DataError("gradients= needs one place for each of parameters=.")
    for candidate, where in zip(found, named(layer, gradients), strict=True):
        candidate.where = where
        candidate.gradient = lambda where=where: follow(layer, where)
    return found


def stepped(
    layer: Any, candidates: Sequence[Parameter], contents: Mapping[int, Any]
) -> list[Parameter]:
    """Return the parameters that backward changes: it takes a step by itself.

    Parameters
    ----------
    layer : object
        The layer after the backward pass.
    candidates : sequence of Parameter
        Its arrays without a gradient.
    contents : dict
        What they were before, by the id of the parameter.
    """
    found = []
    for candidate in candidates:
        now = follow(layer, candidate.places[0])
        if not np.array_equal(as_number(now), contents[id(candidate)], equal_nan=True):
            candidate.stepped = True
            found.append(candidate)
    return found
