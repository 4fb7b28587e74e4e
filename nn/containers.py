"""Modules that apply others in turn: `Sequential` and `Residual`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from autograd.errors import DataError, ShapeError
from nn.module import Module, shape_of


class Sequential(Module):
    """Modules applied one after the other.

    Parameters
    ----------
    *modules : callable
        Modules, or any functions of one argument, such as `numpy.tanh`.

    Raises
    ------
    DataError
        If one of them cannot be called.

    Examples
    --------
    >>> import nn
    >>> import numpy as np
    >>> model = nn.Sequential(nn.Linear(4, 8), np.tanh, nn.Linear(8, 2))
    >>> model
    Sequential: 58 parameters
      0: Linear(in_features=4, out_features=8): 40 parameters
      2: Linear(in_features=8, out_features=2): 18 parameters
    >>> model[0].weight.shape
    (8, 4)
    """

    def __init__(self, *modules: Callable[[Any], Any]) -> None:
        for i, module in enumerate(modules):
            if not callable(module):
                raise DataError(f"Sequential takes modules and functions, not {module!r}.")
            setattr(self, str(i), module)

    def __iter__(self) -> Iterator[Any]:
        return (module for name, module in vars(self).items() if name.isdigit())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, index: Any) -> Any:
        """Return a module by its index, or for a slice a `Sequential` of the same modules."""
        found = list(self)[index]
        return Sequential(*found) if isinstance(index, slice) else found

    def forward(self, x: Any) -> Any:
        """Apply the modules in turn.

        Parameters
        ----------
        x : array_like
            The input of the first module.
        """
        for module in self:
            x = module(x)
        return x


class Residual(Sequential):
    """Modules applied one after the other, with a shortcut around them: x + f(x).

    Source: He et al., "Deep residual learning for image recognition", 2016.

    Parameters
    ----------
    *modules : callable
        Modules or functions, as for `Sequential`. Together they must keep the shape.

    Examples
    --------
    >>> import nn
    >>> import numpy as np
    >>> block = nn.Residual(nn.LayerNorm(8), nn.Linear(8, 8), nn.ReLU())
    >>> block(np.ones((5, 8))).shape
    (5, 8)
    """

    def forward(self, x: Any) -> Any:
        """Return x + f(x).

        Parameters
        ----------
        x : array_like
            The input, of the same shape as the output.

        Raises
        ------
        ShapeError
            If the modules change the shape.
        """
        y = super().forward(x)
        if shape_of(y) != shape_of(x):
            raise ShapeError(
                f"A residual block adds its input, of shape {shape_of(x)}, to its output, of "
                f"shape {shape_of(y)}; the shapes must be equal."
            )
        return x + y
