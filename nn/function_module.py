"""Modules of one input, and modules that call a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, overload

from autograd import Tensor
from nn.module import Module


class OneInput(Module):
    """A module of one input. Its result is a Tensor for a Tensor and an array for an array."""

    if TYPE_CHECKING:

        @overload
        def __call__(self, x: Tensor) -> Tensor: ...
        @overload
        def __call__(self, x: Any) -> Any: ...
        def __call__(self, x: Any) -> Any:
            """Apply the module."""


@dataclass(repr=False, eq=False)
class FunctionModule(Module):
    """A module that calls a function. Subclasses are dataclasses: their fields are its settings.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(repr=False, eq=False)
    ... class Scale(FunctionModule):
    ...     factor: float = 2.0
    ...     function = staticmethod(lambda x, factor: factor * x)
    >>> Scale(3.0)
    Scale(factor=3.0)
    >>> Scale(3.0)(1.0)
    3.0
    """

    function: ClassVar[Callable[..., Any]]

    def forward(self, *inputs: Any) -> Any:
        """Call the function with the inputs and the settings of this module.

        Parameters
        ----------
        *inputs : array_like
            The inputs of the function.
        """
        names: tuple[str, ...] = self.__match_args__  # of all fields
        settings = {name: getattr(self, name) for name in names}
        return self.function(*inputs, **settings)
