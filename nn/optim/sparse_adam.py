"""Adam for tables of which a step uses some rows: `SparseAdam`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.program import call
from nn.optim.optimizer import Optimizer, given
from nn.optim.packing import Block


class SparseAdam(Optimizer):
    """Adam on the rows that have a gradient; the others, and their averages, stay as they are.

    Where a row of the gradient g is not zero, ``m ← β₁·m + (1 - β₁)·g``,
    ``v ← β₂·v + (1 - β₂)·g²`` and ``p ← p - lr·√(1 - β₂ᵗ)/(1 - β₁ᵗ) · m/(√v + eps)`` in step t.
    It is meant for embeddings: a row is what one index looks up.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        The parameters, or groups of them; see `Optimizer`.
    lr : float
        The learning rate.
    betas : (float, float)
        β₁ and β₂, the weights of the past in the running averages.
    eps : float
        Added to the root.
    maximize : bool
        Whether to go uphill: to maximise instead of to minimise.

    References
    ----------
    Kingma, Ba: Adam: a method for stochastic optimization, ICLR 2015.

    Examples
    --------
    >>> from autograd import Tensor
    >>> table = Tensor(np.ones((3, 2)))
    >>> table[np.array([0, 2])].sum().backward()
    >>> SparseAdam([table], lr=0.1).step()
    >>> np.round(table.data, 6).tolist()
    [[0.9, 0.9], [1.0, 1.0], [0.9, 0.9]]
    """

    takes_complex = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, steps = block.gradient, block.steps
        beta1, beta2 = group["betas"]
        m, v = block.filled("exp_avg"), block.filled("exp_avg_sq")
        used = _used_rows(block)
        m += (1 - beta1) * used * (g - m)
        v += (1 - beta2) * used * (g * g - v)
        scale = group["lr"] * call(math.sqrt, 1 - beta2**steps) / (1 - beta1**steps)
        g[:] = scale * used * m / (np.sqrt(v) + group["eps"])


def _used_rows(block: Block) -> Any:
    """Return 1 for the elements of rows whose gradient is not zero, and 0 for others."""
    used = np.zeros_like(block.gradient)
    for piece, view in zip(block.pieces, block.views, strict=True):
        axes = tuple(range(1, view.ndim))
        used[piece.place].reshape(piece.part)[...] = np.any(view != 0, axis=axes, keepdims=True)
    return used
