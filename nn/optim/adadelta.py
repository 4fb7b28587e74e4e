"""Adadelta, whose steps have the units of the parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from nn.optim.adaptive import average
from nn.optim.optimizer import Optimizer, given
from nn.optim.packing import Block


class Adadelta(Optimizer):
    """Adadelta: steps ``d = √(u + eps)/√(v + eps) · g``, ``p ← p - lr·d``.

    Before it ``v ← rho·v + (1 - rho)·g²``, after it ``u ← rho·u + (1 - rho)·d²``.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        The parameters, or groups of them; see `Optimizer`.
    lr : float
        The learning rate.
    rho : float
        The weight of the past in the running averages.
    eps : float
        Added under the roots.
    weight_decay : float
        Adds ``weight_decay·p`` to the gradient.
    maximize : bool
        Whether to go uphill: to maximise instead of to minimise.

    References
    ----------
    Zeiler: Adadelta: an adaptive learning rate method, arXiv:1212.5701.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor(np.ones(2))
    >>> (w * w).sum().backward()
    >>> Adadelta([w]).step()
    >>> np.round(w.data, 4)
    array([0.9968, 0.9968])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, spare, rho, eps = block.gradient, block.spare, group["rho"], group["eps"]
        v, u = block.filled("square_avg"), block.filled("acc_delta")
        average(v, np.multiply(g, g, out=spare), rho, spare)
        np.add(v, eps, out=spare)
        g /= np.sqrt(spare, out=spare)
        np.add(u, eps, out=spare)
        g *= np.sqrt(spare, out=spare)
        average(u, np.multiply(g, g, out=spare), rho, spare)
        g *= group["lr"]
