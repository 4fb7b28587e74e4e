"""Types of functions and modules whose result depends on the kind of their input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, overload

from autograd import Tensor, Value

P = ParamSpec("P")
Result = TypeVar("Result", covariant=True)


class HasForward(Protocol[P, Result]):
    """A module as its ``forward`` describes it: calling the module has the same signature."""

    def forward(self, *inputs: P.args, **options: P.kwargs) -> Result:
        """Compute the result."""
        ...


class Elementwise(Protocol[P]):
    """A function of one input: a Value for a Value, a Tensor for a Tensor."""

    @overload
    def __call__(self, x: Value, *settings: P.args, **options: P.kwargs) -> Value: ...
    @overload
    def __call__(self, x: Tensor, *settings: P.args, **options: P.kwargs) -> Tensor: ...
    @overload
    def __call__(self, x: Any, *settings: P.args, **options: P.kwargs) -> Any: ...


class LossFunction(Protocol[P]):
    """A loss function: a Tensor if the outputs are one."""

    @overload
    def __call__(
        self, outputs: Tensor, targets: Any, *settings: P.args, **options: P.kwargs
    ) -> Tensor: ...
    @overload
    def __call__(
        self, outputs: Any, targets: Any, *settings: P.args, **options: P.kwargs
    ) -> Any: ...


def typed_elementwise(function: Callable[Concatenate[Any, P], Any]) -> Elementwise[P]:
    """Return the function itself, with types that depend on its input."""
    return function  # type: ignore[return-value]


def typed_loss(function: Callable[Concatenate[Any, Any, P], Any]) -> LossFunction[P]:
    """Return the function itself, with types that depend on its outputs."""
    return function  # type: ignore[return-value]
