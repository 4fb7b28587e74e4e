"""Negative log-likelihoods of counts, numbers and sequences as modules."""

from __future__ import annotations

from dataclasses import dataclass

from nn import losses
from nn.function_module import FunctionModule


@dataclass(repr=False, eq=False)
class PoissonNLLLoss(FunctionModule):
    """`poisson_nll` as a module.

    Parameters
    ----------
    log_input : bool
        Whether the outputs are logarithms of the rates.
    full : bool
        Whether to add Stirling's approximation of log target!.
    eps : float
        Added to a rate before its logarithm is taken.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.

    Examples
    --------
    >>> import numpy as np
    >>> float(PoissonNLLLoss()(np.array([0.0]), [3.0]))
    1.0
    """

    log_input: bool = True
    full: bool = False
    eps: float = 1e-8
    reduction: str = "mean"
    function = staticmethod(losses.poisson_nll)


@dataclass(repr=False, eq=False)
class GaussianNLLLoss(FunctionModule):
    """`gaussian_nll` as a module, called with means, targets and variances.

    Parameters
    ----------
    full : bool
        Whether to add log(2π) / 2.
    eps : float
        The smallest variance.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.

    Examples
    --------
    >>> import numpy as np
    >>> float(GaussianNLLLoss()(np.array([1.0]), [3.0], np.array([1.0])))
    2.0
    """

    full: bool = False
    eps: float = 1e-6
    reduction: str = "mean"
    function = staticmethod(losses.gaussian_nll)


@dataclass(repr=False, eq=False)
class CTCLoss(FunctionModule):
    """`ctc` as a module, called as the function is, with log-probabilities, targets and lengths.

    Parameters
    ----------
    blank : int
        The class that stands for none.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    zero_infinity : bool
        Whether a target that has no alignment has the loss 0, not infinity.

    Examples
    --------
    >>> import numpy as np
    >>> float(CTCLoss()(np.zeros((1, 1, 2)), [[1]], [1], [1]) + 0.0)
    0.0
    """

    blank: int = 0
    reduction: str = "mean"
    zero_infinity: bool = False
    function = staticmethod(losses.ctc)
