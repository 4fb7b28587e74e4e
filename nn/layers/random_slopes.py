"""`RReLU`: a leaky ReLU whose slope is drawn anew for each number."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.devices import beside
from autograd.errors import OptionError
from nn.arrays import floating, plain, shape_of
from nn.function_module import OneInput
from nn.layers.activation_functions import of_slope
from nn.seeding import chosen


class RReLU(OneInput):
    """x, and below 0 a slope times x, which is random in training and else the middle.

    Source: Xu et al., "Empirical evaluation of rectified activations in convolutional network",
    2015.

    Parameters
    ----------
    lower, upper : float
        The range of the slopes.
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If lower is above upper.

    Examples
    --------
    >>> RReLU(0.1, 0.3).eval()(np.array([-1.0, 2.0]))
    array([-0.2,  2. ])
    """

    def __init__(
        self,
        lower: float = 1 / 8,
        upper: float = 1 / 3,
        inplace: bool = False,
        generator: np.random.Generator | None = None,
    ) -> None:
        del inplace
        if lower > upper:
            raise OptionError(f"lower={lower} must be at most upper={upper}.")
        self.lower, self.upper, self.generator = lower, upper, generator

    def forward(self, x: Any) -> Any:
        """Return x, with smaller numbers below 0.

        Parameters
        ----------
        x : array_like
            The input.
        """
        x = floating(x)
        slope: Any = (self.lower + self.upper) / 2
        if self.training:
            drawn = chosen(self.generator).uniform(self.lower, self.upper, shape_of(x))
            slope = beside(drawn.astype(x.dtype), x)
        below = of_slope(plain(x), plain(x) <= 0)  # as numbers: `where` takes longer than the rest
        return x * (slope * below + (1 - below))
