"""PyTorch's ``torch.distributions.constraints``: sets of numbers, which distributions may name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nn.torch_style.distributions.distribution import as_float
from nn.torch_style.joining import cat as joined
from nn.torch_style.joining import stack as stacked
from nn.torch_style.linalg import eigvalsh


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
    kind : str
        By which `transform_to` knows it.
    parts : sequence
        What it is made of: limits, or other sets.
    words : str
        What its members are, for messages.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.distributions.constraints.positive.check(torch.tensor([1.0, -1.0]))
    tensor([ True, False])
    """

    is_discrete = False

    def __init__(
        self, name: str, holds: Callable[[Any], Any], event_dim: int = 0, *, kind: str = "",
        parts: Sequence[Any] = (), words: str = "",
    ) -> None:  # fmt: skip
        self.name, self.holds, self.event_dim = name, holds, event_dim
        self.words = words
        self.kind, self.parts = kind or name, tuple(parts)

    def check(self, value: Any) -> Any:
        """Return where the elements are in the set."""
        return self.holds(as_float(value))

    def __repr__(self) -> str:
        return self.name


def _discrete(
    name: str, holds: Callable[[Any], Any], event_dim: int = 0, words: str = ""
) -> Constraint:
    found = Constraint(name, holds, event_dim, words=words)
    found.is_discrete = True
    return found


def greater_than(lower_bound: Any) -> Constraint:
    """Return the numbers above another one."""
    name, words = f"GreaterThan(lower_bound={lower_bound})", f"above {lower_bound}"
    limits = [lower_bound]
    return Constraint(name, lambda x: x > lower_bound, kind="above", parts=limits, words=words)


def greater_than_eq(lower_bound: Any) -> Constraint:
    """Return the numbers that are at least another one."""
    name, words = f"GreaterThanEq(lower_bound={lower_bound})", f"at least {lower_bound}"
    limits = [lower_bound]
    return Constraint(name, lambda x: x >= lower_bound, kind="above", parts=limits, words=words)


def less_than(upper_bound: Any) -> Constraint:
    """Return the numbers below another one."""
    name, words = f"LessThan(upper_bound={upper_bound})", f"below {upper_bound}"
    limits = [upper_bound]
    return Constraint(name, lambda x: x < upper_bound, kind="below", parts=limits, words=words)


def interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """Return the numbers between two others."""
    name = f"Interval(lower_bound={lower_bound}, upper_bound={upper_bound})"
    limits, words = [lower_bound, upper_bound], f"from {lower_bound} to {upper_bound}"
    return Constraint(
        name, lambda x: (x >= lower_bound) & (x <= upper_bound), kind="between", parts=limits,
        words=words,
    )  # fmt: skip


def half_open_interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """Return the numbers between two others, and the lower one."""
    name = f"HalfOpenInterval(lower_bound={lower_bound}, upper_bound={upper_bound})"
    limits = [lower_bound, upper_bound]
    return Constraint(
        name, lambda x: (x >= lower_bound) & (x < upper_bound), kind="between", parts=limits
    )


def integer_interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """Return the integers from one to another."""
    name = f"IntegerInterval(lower_bound={lower_bound}, upper_bound={upper_bound})"
    words = f"an integer from {lower_bound} to {upper_bound}"
    return _discrete(
        name, lambda x: (x % 1 == 0) & (x >= lower_bound) & (x <= upper_bound), words=words
    )


def multinomial(upper_bound: int) -> Constraint:
    """Return the vectors of counts with a given sum."""
    return _discrete("Multinomial()", lambda x: (x >= 0).all(-1) & (x.sum(-1) == upper_bound), 1)


def independent(base_constraint: Constraint, reinterpreted_batch_ndims: int) -> Constraint:
    """Return the arrays whose elements are all in a set."""

    def holds(x: Any) -> Any:
        found = base_constraint.holds(x)
        for _ in range(reinterpreted_batch_ndims):
            found = found.all(-1)
        return found

    name = f"IndependentConstraint({base_constraint}, {reinterpreted_batch_ndims})"
    made_of = [base_constraint, reinterpreted_batch_ndims]
    dim = base_constraint.event_dim + reinterpreted_batch_ndims
    found = Constraint(name, holds, dim, kind="independent", parts=made_of)
    found.is_discrete = base_constraint.is_discrete
    return found


def cat(cseq: Sequence[Constraint], dim: int = 0, lengths: Any = None) -> Constraint:
    """Return the arrays whose parts along an axis are in several sets."""
    sizes = [1] * len(cseq) if lengths is None else list(lengths)

    def holds(x: Any) -> Any:
        pieces = zip(cseq, x.split(sizes, dim), strict=True)
        return joined([one.holds(part) for one, part in pieces], dim)

    dims = max(one.event_dim for one in cseq)
    return Constraint("Cat()", holds, dims, kind="cat", parts=[cseq, dim, sizes])


def stack(cseq: Sequence[Constraint], dim: int = 0) -> Constraint:
    """Return the arrays whose slices along an axis are in several sets."""

    def holds(x: Any) -> Any:
        pieces = zip(cseq, x.unbind(dim), strict=True)
        return stacked([one.holds(part) for one, part in pieces], dim)

    dims = max(one.event_dim for one in cseq)
    dims += int(dim + dims < 0)
    return Constraint("Stack()", holds, dims, kind="stack", parts=[cseq, dim])


def _is_symmetric(x: Any) -> Any:
    return ((x - x.mT).abs() < 1e-6).all(-1).all(-1)


def _is_positive(x: Any) -> Any:
    return _is_symmetric(x) & (eigvalsh(x) > 0).all(-1)


def _is_not_negative(x: Any) -> Any:
    return _is_symmetric(x) & (eigvalsh(x) >= 0).all(-1)


def _is_lower(x: Any) -> Any:
    return (x.tril() == x).all(-1).all(-1)


def _is_lower_root(x: Any) -> Any:
    return _is_lower(x) & (x.diagonal(dim1=-2, dim2=-1) > 0).all(-1)


def _is_root_of_correlations(x: Any) -> Any:
    return _is_lower_root(x) & ((x.square().sum(-1) - 1).abs() < 1e-4).all(-1)


boolean = _discrete("Boolean()", lambda x: (x == 0) | (x == 1), words="0 or 1")
one_hot = _discrete("OneHot()", lambda x: ((x == 0) | (x == 1)).all(-1) & (x.sum(-1) == 1), 1)
nonnegative = greater_than_eq(0.0)
nonnegative_integer = _discrete(
    "IntegerGreaterThan(lower_bound=0)", lambda x: (x >= 0) & (x % 1 == 0), words="a count"
)
positive = greater_than(0.0)
positive_integer = _discrete("IntegerGreaterThan(lower_bound=1)", lambda x: (x >= 1) & (x % 1 == 0))
real = Constraint("Real()", lambda x: x == x, words="a number")
real_vector = independent(real, 1)
simplex = Constraint(
    "Simplex()", lambda x: (x >= 0).all(-1) & ((x.sum(-1) - 1).abs() < 1e-6), 1,
    words="shares that sum to 1",
)  # fmt: skip
unit_interval = interval(0.0, 1.0)
square = Constraint("Square()", lambda x: x.sum((-2, -1)) == x.sum((-2, -1)), 2)
symmetric = Constraint("Symmetric()", _is_symmetric, 2)
positive_semidefinite = Constraint("PositiveSemidefinite()", _is_not_negative, 2)
positive_definite = Constraint("PositiveDefinite()", _is_positive, 2)
lower_triangular = Constraint("LowerTriangular()", _is_lower, 2)
lower_cholesky = Constraint("LowerCholesky()", _is_lower_root, 2)
corr_cholesky = Constraint("CorrCholesky()", _is_root_of_correlations, 2)
dependent = Constraint("Dependent()", lambda x: x == x)


def is_dependent(constraint: Constraint) -> bool:
    """Return whether a set depends on other parameters."""
    return constraint is dependent


class dependent_property(property):  # noqa: N801 - PyTorch's name
    """A property that returns a set of numbers, which depends on parameters."""

    def __init__(self, fn: Any = None, *, is_discrete: Any = None, event_dim: Any = None) -> None:
        super().__init__(fn)
        self.options = {"is_discrete": is_discrete, "event_dim": event_dim}

    def __call__(self, fn: Any) -> dependent_property:
        """Return the property of a function."""
        return dependent_property(fn, **self.options)
