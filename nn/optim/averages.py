"""Averages of weights over the steps of training."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import no_grad
from autograd.errors import OptionError, WeightsError
from nn.modes import in_mode
from nn.module import Module


class AveragedModel(Module):
    """A copy of a model whose weights are averages of the model's over the steps of training.

    Averages often generalise better than the last weights. Buffers, such as the running statistics
    of batch norms, are those of the model at the last update, unless `use_buffers`. Source:
    Izmailov et al., "Averaging weights leads to wider optima and better generalization", 2018; with
    a decay: Polyak & Juditsky, "Acceleration of stochastic approximation by averaging", 1992.

    Parameters
    ----------
    model : Module
        The model, which is copied.
    decay : float, optional
        The weight of the past in an exponential average, from 0 to 1; without it all updates count
        alike.
    avg_fn : callable, optional
        ``avg_fn(average, new, count)`` returns the next average of an array, after `count` updates.
    multi_avg_fn : callable, optional
        ``multi_avg_fn(averages, new, count)`` writes the next averages into a list of arrays.
    use_buffers : bool
        Whether to average the buffers as well.

    Attributes
    ----------
    module : Module
        The copy, in evaluation mode.

    Raises
    ------
    OptionError
        If `decay` is out of range, or more than one way to average is given.

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

    def __init__(
        self,
        model: Module,
        decay: float | None = None,
        *,
        avg_fn: Callable[[Any, Any, int], Any] | None = None,
        multi_avg_fn: Callable[[list[Any], list[Any], int], Any] | None = None,
        use_buffers: bool = False,
    ) -> None:
        if decay is not None and not 0 <= decay < 1:
            raise OptionError(f"decay={decay!r} must be in [0, 1).")
        if sum(way is not None for way in (decay, avg_fn, multi_avg_fn)) > 1:
            raise OptionError("Give one of decay=, avg_fn= and multi_avg_fn=.")
        self.decay, self.use_buffers = decay, use_buffers
        if multi_avg_fn is None:
            multi_avg_fn = _each(avg_fn or _mean if decay is None else get_ema_avg_fn(decay))
        self._average = multi_avg_fn
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
        averages = [p.data for p in own.values()]
        numbers = [new[name].data for name in own]
        buffers = list(zip(self.module.buffers(), model.buffers(), strict=True))
        for mine, theirs in buffers:
            if self.use_buffers and mine.dtype.kind in "fc":
                averages.append(mine)
                numbers.append(theirs)
            else:
                mine[...] = theirs
        count = int(self.n_averaged)
        (self._average if count else _each(_newest))(averages, numbers, count)
        for parameter, data in zip(own.values(), averages, strict=False):
            parameter.data = data  # tells the engine about the change
        self.n_averaged = self.n_averaged + 1

    def forward(self, *inputs: Any) -> Any:
        """Call the copy.

        Parameters
        ----------
        *inputs : array_like
            The inputs of the model.
        """
        return self.module(*inputs)


def get_ema_avg_fn(decay: float = 0.999) -> Callable[[Any, Any, int], Any]:
    """Return the `avg_fn` of an exponential average.

    Parameters
    ----------
    decay : float
        The weight of the past, from 0 to 1.

    Raises
    ------
    OptionError
        If `decay` is out of range.

    Examples
    --------
    >>> get_ema_avg_fn(0.75)(0.0, 8.0, 1)
    2.0
    """
    if not 0 <= decay <= 1:
        raise OptionError(f"decay={decay!r} must be from 0 to 1.")
    return lambda average, new, count: average + (1 - decay) * (new - average)


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable[[list[Any], list[Any], int], Any]:
    """Return the `multi_avg_fn` of an exponential average.

    Parameters
    ----------
    decay : float
        The weight of the past, from 0 to 1.

    Raises
    ------
    OptionError
        If `decay` is out of range.

    Examples
    --------
    >>> averages = [np.zeros(1)]
    >>> get_ema_multi_avg_fn(0.75)(averages, [np.full(1, 8.0)], 1)
    >>> averages
    [array([2.])]
    """
    return _each(get_ema_avg_fn(decay))


def update_bn(loader: Iterable[Any], model: Module) -> None:
    """Compute the running statistics of all batch norms anew, as means over the batches.

    Parameters
    ----------
    loader : iterable
        The batches; of a tuple or list the first part.
    model : Module
        The model, whose weights were averaged.

    Examples
    --------
    >>> import nn
    >>> model = nn.Sequential(nn.BatchNorm1d(1))
    >>> update_bn([np.array([[1.0], [3.0]]), np.array([[3.0], [5.0]])], model)
    >>> model[0].running_mean
    array([3.])
    """
    norms: list[Any]
    norms = [module for module in model.modules() if getattr(module, "track_running_stats", False)]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    try:
        with no_grad(), in_mode(model, True):
            for batch in loader:
                model(batch[0] if isinstance(batch, (tuple, list)) else batch)
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum


def _newest(average: Any, new: Any, count: int) -> Any:
    return new


def _mean(average: Any, new: Any, count: int) -> Any:
    return average + (new - average) / (count + 1)


def _each(function: Callable[[Any, Any, int], Any]) -> Callable[[list[Any], list[Any], int], Any]:
    """Return a function of lists of arrays that writes the averages into the first."""
    return functools.partial(_write, function)


def _write(function: Any, averages: list[Any], new: list[Any], count: int) -> None:
    for average, array in zip(averages, new, strict=True):
        average[...] = function(average, array, count)
