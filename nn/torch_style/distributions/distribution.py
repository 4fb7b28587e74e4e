"""The base class of distributions."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.torch_style.base import TensorBase
from nn.torch_style.creation import as_tensor, tensor
from nn.torch_style.tensor import Tensor
from nn.torch_style.types import Size


def as_float(x: Any) -> Any:
    """Return a number as a tensor, and a tensor as it is."""
    return x if isinstance(x, TensorBase) else tensor(float(x)) if np.ndim(x) == 0 else as_tensor(x)


class Distribution:
    """The base class of distributions."""

    _shape: Any = ()

    @property
    def batch_shape(self) -> Size:
        """The shape of a sample."""
        return Size(self._shape)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers, as constants."""
        raise NotImplementedError

    def log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the probability, or of the density."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        raise NotImplementedError

    @property
    def stddev(self) -> Any:
        """The standard deviation."""
        return self.variance.sqrt()  # type: ignore[attr-defined]
