"""Averaged stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd.program import call
from nn.optim.adaptive import average
from nn.optim.optimizer import Optimizer, given
from nn.optim.packing import Block


class ASGD(Optimizer):
    """Gradient descent that also averages the parameters: ``p ← p - η·(g + lambd·p)``.

    In step t the rate is ``η = lr/(1 + lambd·lr·(t - 1))^alpha``. The average, `ax` in
    `state_dict`, is p itself until step t0 + 2, then ``ax ← ax + (p - ax)/(t - 1 - t0)``.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        The parameters, or groups of them; see `Optimizer`.
    lr : float
        The learning rate. A new one counts at once; in PyTorch only in the step after the next.
    lambd : float
        The decay of the parameters.
    alpha : float
        The power with which η falls.
    t0 : float
        The step after which the average begins.
    weight_decay : float
        Adds ``weight_decay·p`` to the gradient.
    maximize : bool
        Whether to go uphill: to maximise instead of to minimise.

    References
    ----------
    Polyak, Juditsky: Acceleration of stochastic approximation by averaging, SIAM Journal on
    Control and Optimization 30, 1992.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> w = Tensor(np.ones(2))
    >>> optimizer = ASGD([w], lr=0.1, t0=0)
    >>> for _ in range(100):
    ...     optimizer.zero_grad()
    ...     (w * w).sum().backward()
    ...     optimizer.step()
    >>> bool((w.data < optimizer.state_dict()["state"][0]["ax"]).all())
    True
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, past = block.gradient, block.steps - 1
        ax = block.filled("ax")
        block.decay(group["lambd"])
        g *= group["lr"] / (1 + group["lambd"] * group["lr"] * past) ** group["alpha"]
        p = block.read_data()
        p -= g
        average(ax, p, call(_share_of_past, past, group["t0"]), p)


def _share_of_past(past: int, t0: float) -> float:
    return 1 - 1 / max(1.0, past - t0)
