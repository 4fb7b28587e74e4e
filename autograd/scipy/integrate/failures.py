"""Failures of `odeint`, of which SciPy only warns."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

import scipy.integrate as _original

from autograd.errors import SolutionError


@contextlib.contextmanager
def refusing_failure() -> Iterator[None]:
    """Raise where SciPy only warns that the solver has failed: its result is any number then."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", _original.ODEintWarning)
        try:
            yield
        except _original.ODEintWarning as error:
            raise SolutionError(
                f"odeint failed, so there is nothing to differentiate: {error}"
            ) from error
