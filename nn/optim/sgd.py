"""Gradient descent, with and without momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.optim.optimizer import Optimizer, given
from nn.optim.packing import Block


class SGD(Optimizer):
    """Stochastic gradient descent.

    With momentum ``v ← momentum·v + (1 - dampening)·g``, in the first step ``v ← g``, and
    ``p ← p - lr·v``; Nesterov's form takes ``g + momentum·v`` in the place of ``v``, and
    needs momentum and no dampening.

    References
    ----------
    Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep
    learning, ICML 2013.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> w = Tensor(np.ones(2))
    >>> (w * w).sum().backward()
    >>> SGD([w], lr=0.25).step()
    >>> w.data
    array([0.5, 0.5])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def add_param_group(self, group: dict[str, Any]) -> None:
        """Take in more parameters, with options of their own."""
        options = {**self.defaults, **group}
        if options["nesterov"] and (options["momentum"] <= 0 or options["dampening"] != 0):
            raise OptionError(
                "Nesterov's form needs momentum > 0 and dampening = 0, not "
                f"momentum={options['momentum']}, dampening={options['dampening']}."
            )
        super().add_param_group(group)

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, momentum = block.gradient, group["momentum"]
        decay_weights(block, group["weight_decay"])
        if momentum:
            first = "momentum_buffer" not in block.state
            v = block.filled("momentum_buffer")
            v *= momentum
            v += g if first else np.multiply(g, 1 - group["dampening"], out=block.spare)
            if group["nesterov"]:
                g += np.multiply(v, momentum, out=block.spare)
            else:
                g[:] = v
        g *= group["lr"]


def decay_weights(block: Block, rate: float) -> None:
    """Add the gradient of ``rate/2·|p|²``."""
    if rate:
        block.gradient += np.multiply(block.read_data(), rate, out=block.spare)
