"""Parameters as one vector."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ShapeError


def parameters_to_vector(parameters: Iterable[Any]) -> Tensor:
    """Return all parameters as one vector, through which derivatives flow.

    Parameters
    ----------
    parameters : iterable of Tensor
        The parameters.

    Examples
    --------
    >>> import nn
    >>> parameters_to_vector(nn.Linear(2, 3).parameters()).shape
    (9,)
    """
    joined: Any = np.concatenate([parameter.reshape(-1) for parameter in parameters])
    return joined  # type: ignore[no-any-return]


def vector_to_parameters(vector: Any, parameters: Iterable[Any]) -> None:
    """Write the numbers of a vector into parameters.

    Parameters
    ----------
    vector : array_like or Tensor
        As many numbers as the parameters have.
    parameters : iterable of Tensor
        The parameters.

    Raises
    ------
    ShapeError
        If there are more or fewer numbers.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(2, 1)
    >>> vector_to_parameters([1.0, 2.0, 3.0], layer.parameters())
    >>> layer.bias.tolist()
    [3.0]
    """
    numbers = np.asarray(vector.data if isinstance(vector, Tensor) else vector)
    given = list(parameters)
    wanted = sum(parameter.size for parameter in given)
    if numbers.shape != (wanted,):
        raise ShapeError(f"The vector has shape {numbers.shape}, the parameters need ({wanted},).")
    start = 0
    for parameter in given:
        stop = start + parameter.size
        data = parameter.data
        data[...] = numbers[start:stop].reshape(data.shape)
        parameter.data = data
        start = stop
