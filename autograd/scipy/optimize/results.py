"""Results of solvers for nodes: what has a derivative, and a refusal of the other numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize

from autograd.errors import NoRuleError


class Solution(scipy.optimize.OptimizeResult):  # type: ignore[misc]
    """A result of SciPy whose unknowns are nodes.

    The numbers that SciPy returns besides them also depend on the nodes, so that they would lose
    their derivative: asking for one raises `NoRuleError`.

    Parameters
    ----------
    found : OptimizeResult
        SciPy's result.
    **nodes
        What has a derivative, by name.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy import optimize
    >>> def spare(b):
    ...     return optimize.linprog([-1.0], [[2.0]], b).slack[0]
    >>> grad(spare)(np.array([3.0]))
    Traceback (most recent call last):
    ...
    autograd.errors.NoRuleError: slack of this result depends on nodes and has no derivative rule. Compute it from x, which is a node.
    """

    def __init__(self, found: Any, **nodes: Any) -> None:
        kept = {name: x for name, x in found.items() if not _numbers(x)}
        super().__init__({**kept, **nodes})
        dict.__setattr__(self, "_without_rule", frozenset(found) - frozenset(self))

    def __missing__(self, name: str) -> Any:
        if name in self.__dict__.get("_without_rule", ()):
            raise NoRuleError(
                f"{name} of this result depends on nodes and has no derivative rule. Compute it from "
                "x, which is a node."
            )
        raise KeyError(name)


def _numbers(x: Any) -> bool:
    """Return whether a field of a result holds floating point numbers, at any depth."""
    if isinstance(x, dict):
        return any(_numbers(part) for part in x.values())
    if isinstance(x, list | tuple):
        return any(_numbers(part) for part in x)
    return not isinstance(x, str) and getattr(x, "dtype", np.dtype(type(x))).kind in "fcO"
