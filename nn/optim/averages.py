"""Averages of weights over the steps of training."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from autograd.errors import OptionError, WeightsError
from nn.module import Module


class AveragedModel(Module):
    """A copy of a model whose weights are averages of the model's over the steps of training.

    Averages often generalise better than the last weights. Buffers, such as the running statistics
    of batch norms, are those of the model at the last update. Source: Izmailov et al., "Averaging
    weights leads to wider optima and better generalization", 2018; with a decay: Polyak & Juditsky,
    "Acceleration of stochastic approximation by averaging", 1992.

    Parameters
    ----------
    model : Module
        The model, which is copied.
    decay : float, optional
        The weight of the past in an exponential average, from 0 to 1; without it all updates count
        alike.

    Attributes
    ----------
    module : Module
        The copy, in evaluation mode.

    Raises
    ------
    OptionError
        If `decay` is out of range.

    Examples
    --------
    >>> import nn
    >>> model = nn.Linear(2, 1)
    >>> average = AveragedModel(model, decay=0.99)
    >>> average.update_parameters(model)
    >>> average(np.ones(2)).shape
    (1,)
    """

    n_averaged: Any

    def __init__(self, model: Module, decay: float | None = None) -> None:
        if decay is not None and not 0 <= decay < 1:
            raise OptionError(f"decay={decay!r} must be in [0, 1).")
        self.decay = decay
        self.module = copy.deepcopy(model).requires_grad_(False).eval()
        self.register_buffer("n_averaged", np.array(0))

    def update_parameters(self, model: Module) -> None:
        """Take the present weights of the model into the averages.

        Parameters
        ----------
        model : Module
            The model.

        Raises
        ------
        WeightsError
            If it is not like the one that was copied.
        """
        new, own = dict(model.named_parameters()), dict(self.module.named_parameters())
        if {n: p.shape for n, p in new.items()} != {n: p.shape for n, p in own.items()}:
            raise WeightsError("The model has other parameters than the one that was averaged.")
        count = int(self.n_averaged)
        share = 1 / (count + 1) if self.decay is None or not count else 1 - self.decay
        for name, parameter in own.items():
            data = parameter.data
            data += share * (new[name].data - data)
            parameter.data = data  # tells the engine about the change
        for mine, theirs in zip(self.module.buffers(), model.buffers(), strict=True):
            mine[...] = theirs
        self.n_averaged = self.n_averaged + 1

    def forward(self, *inputs: Any) -> Any:
        """Call the copy.

        Parameters
        ----------
        *inputs : array_like
            The inputs of the model.
        """
        return self.module(*inputs)
