"""Stochastic gradient descent, with and without momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.optim.optimizer import Optimizer, given
from nn.optim.packing import Block


class SGD(Optimizer):
    """Stochastic gradient descent: ``p ← p - lr·g``.

    With momentum, ``v ← momentum·v + (1 - dampening)·g`` and ``p ← p - lr·v``; in the first step
    ``v ← g``. Nesterov's form replaces ``v`` by ``g + momentum·v``.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        The parameters, or groups of them; see `Optimizer`.
    lr : float
        The learning rate.
    momentum : float
        The share of the last step to keep.
    dampening : float
        Reduces the share of the gradient in the step.
    weight_decay : float
        Adds ``weight_decay·p`` to the gradient.
    nesterov : bool
        Whether to use Nesterov's form, which requires momentum and no dampening.
    maximize : bool
        Whether to go uphill: to maximise instead of to minimise.

    Raises
    ------
    OptionError
        If there are no parameters, or an option is out of range.
    DataError
        If a parameter is not a leaf.

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
        if options["nesterov"] and (options["momentum"] <= 0 or options["dampening"] != 0):
            raise OptionError(
                "nesterov=True requires momentum > 0 and dampening = 0, not "
                f"momentum={options['momentum']}, dampening={options['dampening']}."
            )
        super().add_param_group(group)

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, momentum = block.gradient, group["momentum"]
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
