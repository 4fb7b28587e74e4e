"""Transforms from all numbers to a set: `transform_to`, and invertible ones, `biject_to`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.errors import OptionError
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.array_transforms import (
    CatTransform,
    CorrCholeskyTransform,
    IndependentTransform,
    LowerCholeskyTransform,
    PositiveDefiniteTransform,
    SoftmaxTransform,
    StackTransform,
    StickBreakingTransform,
)
from nn.torch_style.distributions.elementwise_transforms import (
    AffineTransform,
    ComposeTransform,
    ExpTransform,
    SigmoidTransform,
    identity_transform,
)


class ConstraintRegistry:
    """Makes the transform from all numbers to those of a constraint.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> to_positive = torch.distributions.transform_to(torch.distributions.constraints.positive)
    >>> to_positive(torch.zeros(2))
    tensor([1., 1.])
    """

    def __init__(self) -> None:
        self._makers: dict[str, Callable[[Any], Any]] = {}

    def register(self, constraint: Any, factory: Any = None) -> Any:
        """Let a function make the transforms of a constraint; without one, return a decorator."""
        if factory is None:
            return lambda factory: self.register(constraint, factory)
        self._makers[constraint.kind] = factory
        return factory

    def __call__(self, constraint: Any) -> Any:
        """Return the transform."""
        if constraint.kind not in self._makers:
            raise OptionError(f"No transform is registered for {constraint}: write @register.")
        return self._makers[constraint.kind](constraint)


def _above(constraint: Any) -> Any:
    (low,) = constraint.parts
    if isinstance(low, (int, float)) and low == 0:
        return ExpTransform()
    return ComposeTransform([ExpTransform(), AffineTransform(low, 1)])


def _below(constraint: Any) -> Any:
    return ComposeTransform([ExpTransform(), AffineTransform(constraint.parts[0], -1)])


def _between(constraint: Any) -> Any:
    low, high = constraint.parts
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and (low, high) == (0, 1):
        return SigmoidTransform()
    return ComposeTransform([SigmoidTransform(), AffineTransform(low, high - low)])


def _registry(simplex: Any) -> ConstraintRegistry:
    """Return a registry, given its transform to shares that sum to 1."""
    to = ConstraintRegistry()
    makers = {
        constraints.real: lambda found: identity_transform,
        constraints.positive: _above,
        constraints.less_than(0): _below,
        constraints.unit_interval: _between,
        constraints.simplex: lambda found: simplex(),
        constraints.corr_cholesky: lambda found: CorrCholeskyTransform(),
        constraints.independent(constraints.real, 1): lambda found: IndependentTransform(
            to(found.parts[0]), found.parts[1]
        ),
        constraints.cat([constraints.real]): lambda found: CatTransform(
            [to(one) for one in found.parts[0]], *found.parts[1:]
        ),
        constraints.stack([constraints.real]): lambda found: StackTransform(
            [to(one) for one in found.parts[0]], *found.parts[1:]
        ),
    }
    for constraint, maker in makers.items():
        to.register(constraint, maker)
    return to


biject_to, transform_to = _registry(StickBreakingTransform), _registry(SoftmaxTransform)
transform_to.register(constraints.lower_cholesky, lambda found: LowerCholeskyTransform())
for _matrices in (constraints.positive_definite, constraints.positive_semidefinite):
    transform_to.register(_matrices, lambda found: PositiveDefiniteTransform())
