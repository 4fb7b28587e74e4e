"""Optimisers whose steps depend on the shape of a parameter: each parameter has its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program import follow
from nn.optim.optimizer import Optimizer


class OneByOne(Optimizer):
    """The base class of optimisers that do not pack parameters: they define ``_step_of``."""

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient.

        Parameters
        ----------
        closure : callable, optional
            Called first; computes the loss and its gradients, and returns the loss.

        Returns
        -------
        node or None
            The result of the closure.
        """
        loss = None if closure is None else closure()
        follow(self)
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None and np.size(parameter.data):
                    self._step_of(parameter, group)
        return loss

    def _step_of(self, parameter: Any, group: dict[str, Any]) -> None:
        """Update one parameter, given the options of its group."""
        raise NotImplementedError
