"""Resilient propagation, which follows the signs of derivatives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.optim.optimizer import Optimizer, given
from nn.optim.packing import Block


class Rprop(Optimizer):
    """Steps of a size of its own for each element, against the sign of the derivative.

    The size grows by the factor η₊ while the sign stays and shrinks by η₋ when it changes; then the
    element waits for a step. It is for losses of all data: noise changes signs.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        The parameters, or groups of them; see `Optimizer`.
    lr : float
        The size of the first steps.
    etas : (float, float)
        η₋ and η₊.
    step_sizes : (float, float)
        The smallest and the largest size.
    maximize : bool
        Whether to go uphill: to maximise instead of to minimise.

    Raises
    ------
    OptionError
        If not 0 < η₋ < 1 < η₊, or the smallest size exceeds the largest.

    References
    ----------
    Riedmiller, Braun: A direct adaptive method for faster backpropagation learning, ICNN 1993.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> w = Tensor(np.array([3.0, -500.0]))
    >>> optimizer = Rprop([w], lr=0.5)
    >>> for _ in range(100):
    ...     optimizer.zero_grad()
    ...     (w * w).sum().backward()
    ...     optimizer.step()
    >>> bool((np.abs(w.data) < 1e-3).all())
    True
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50.0),
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def add_param_group(self, group: dict[str, Any]) -> None:
        """Add a group of parameters.

        Parameters
        ----------
        group : dict
            The parameters under ``"params"``, and options that differ from the defaults.
        """
        options = {**self.defaults, **group}
        (less, more), (least, most) = options["etas"], options["step_sizes"]
        if not 0 < less < 1 < more:
            raise OptionError(f"etas={(less, more)} must be a number below 1 and one above.")
        if not 0 <= least <= most:
            raise OptionError(f"step_sizes={(least, most)} must be in ascending order.")
        super().add_param_group(group)

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, factor = block.gradient, block.spare
        before, size = block.filled("prev"), block.filled("step_size", group["lr"])
        less, more = group["etas"]
        np.sign(np.multiply(g, before, out=factor), out=factor)
        turned = factor < 0
        np.copyto(g, 0.0, where=turned)
        np.copyto(factor, less, where=turned)
        np.copyto(factor, more, where=factor == 1)
        np.copyto(factor, 1.0, where=factor == 0)
        size *= factor
        np.clip(size, *group["step_sizes"], out=size)
        before[:] = g
        np.sign(g, out=g)
        g *= size
