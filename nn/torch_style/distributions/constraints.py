"""PyTorch's ``torch.distributions.constraints``: sets of numbers, which distributions may name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nn.torch_style.distributions.distribution import as_float


class Constraint:
    """A set of numbers.

    Parameters
    ----------
    name : str
        What ``repr`` shows.
    holds : callable
        Returns where the elements of a tensor are in the set.
    event_dim : int
        The number of axes of one member.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.distributions.constraints.positive.check(torch.tensor([1.0, -1.0]))
    tensor([ True, False])
    """

    is_discrete = False

    def __init__(self, name: str, holds: Callable[[Any], Any], event_dim: int = 0) -> None:
        self.name, self.holds, self.event_dim = name, holds, event_dim

    def check(self, value: Any) -> Any:
        """Return where the elements are in the set."""
        return self.holds(as_float(value))

    def __repr__(self) -> str:
        return self.name


def greater_than(lower_bound: Any) -> Constraint:
    """Return the numbers above another one."""
    return Constraint(f"GreaterThan(lower_bound={lower_bound})", lambda x: x > lower_bound)


def greater_than_eq(lower_bound: Any) -> Constraint:
    """Return the numbers that are at least another one."""
    return Constraint(f"GreaterThanEq(lower_bound={lower_bound})", lambda x: x >= lower_bound)


def less_than(upper_bound: Any) -> Constraint:
    """Return the numbers below another one."""
    return Constraint(f"LessThan(upper_bound={upper_bound})", lambda x: x < upper_bound)


def interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """Return the numbers between two others."""
    name = f"Interval(lower_bound={lower_bound}, upper_bound={upper_bound})"
    return Constraint(name, lambda x: (x >= lower_bound) & (x <= upper_bound))


boolean = Constraint("Boolean()", lambda x: (x == 0) | (x == 1))
nonnegative = greater_than_eq(0.0)
nonnegative_integer = Constraint(
    "IntegerGreaterThan(lower_bound=0)", lambda x: (x >= 0) & (x % 1 == 0)
)
positive = greater_than(0.0)
positive_integer = Constraint(
    "IntegerGreaterThan(lower_bound=1)", lambda x: (x >= 1) & (x % 1 == 0)
)
real = Constraint("Real()", lambda x: x == x)
real_vector = Constraint("IndependentConstraint(Real(), 1)", lambda x: (x == x).all(-1), 1)
simplex = Constraint("Simplex()", lambda x: (x >= 0).all(-1) & ((x.sum(-1) - 1).abs() < 1e-6), 1)
unit_interval = interval(0.0, 1.0)
