"""Differentially private training: per-example gradients, clipping and noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.errors import OptionError
from autograd.program import State, call, follow
from nn.arrays import plain
from nn.optim import Optimizer
from nn.seeding import chosen

Loss = Callable[[Any, Any], Any]


def per_example_grads(loss: Loss, model: Any, *batch: Any) -> dict[str, Any]:
    """Return the gradient of the loss of each example, by parameter name.

    This takes one forward and one backward pass per example. The ``grad`` of the parameters does
    not change.

    Parameters
    ----------
    loss : callable
        ``loss(outputs, targets)``, called with one example at a time.
    model : Module
        The model. It must treat examples independently, which batch norms do not.
    *batch : array
        The inputs and, last, the targets, of n examples.

    Returns
    -------
    dict of str to array, shape (n, *parameter.shape)
        The gradients of all parameters that require one.

    Raises
    ------
    OptionError
        If there are no targets, or no examples.

    Examples
    --------
    >>> import nn
    >>> model = nn.Linear(3, 1)
    >>> found = per_example_grads(nn.mse, model, np.ones((5, 3)), np.zeros((5, 1)))
    >>> found["weight"].shape
    (5, 1, 3)
    """
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    before = [parameter.grad for _, parameter in named]
    try:
        rows = [found for _, found in _one_by_one(loss, model, [p for _, p in named], batch)]
    finally:
        for (_, parameter), gradient in zip(named, before, strict=True):
            parameter.grad = gradient
    return {name: np.stack([row[i] for row in rows]) for i, (name, _) in enumerate(named)}


def _one_by_one(
    loss: Loss, model: Any, parameters: list[Any], batch: tuple[Any, ...]
) -> Iterator[tuple[float, list[Any]]]:
    """Yield the loss of each example and its gradients; zeros for parameters without one."""
    if len(batch) < 2 or not len(batch[-1]):
        raise OptionError("A batch consists of inputs and, last, targets, of at least one example.")
    for place in range(len(batch[-1])):
        *inputs, targets = [part[place : place + 1] for part in batch]
        for parameter in parameters:
            parameter.grad = None
        result = loss(model(*inputs), targets)
        result.backward()
        found = [np.zeros_like(p.data) if p.grad is None else p.grad for p in parameters]
        yield plain(result).item(), found


class DPSGD:
    """Differentially private stochastic gradient descent, with any optimiser.

    The gradient of each example is scaled down to a norm of at most ``max_grad_norm``. Normal noise
    of standard deviation ``noise_multiplier · max_grad_norm`` is added to their sum, which is
    divided by the batch size and passed to the optimiser.

    The privacy guarantee depends on the noise multiplier, the share of the data in a batch, and the
    number of steps; compute it with an accounting library such as Google's dp-accounting. Most
    bounds assume that each example is drawn independently, so that batch sizes vary; then pass
    `expected_batch_size`. The noise consists of floating-point numbers from a generator that is not
    cryptographically secure.

    Parameters
    ----------
    model : Module
        The model. It must treat examples independently, which batch norms do not.
    loss : callable
        ``loss(outputs, targets)``, called with one example at a time.
    optimizer : Optimizer
        Takes the steps.
    max_grad_norm : float
        The largest norm of the gradient of one example.
    noise_multiplier : float
        The standard deviation of the noise, in multiples of `max_grad_norm`.
    generator : numpy.random.Generator, optional
        The generator of the noise; by default the one that `nn.seed` sets.
    expected_batch_size : int, optional
        The number to divide sums by; by default the size of each batch.

    Raises
    ------
    OptionError
        If `max_grad_norm` is not positive, or `noise_multiplier` is negative.

    References
    ----------
    Abadi, Chu, Goodfellow, McMahan, Mironov, Talwar, Zhang: Deep learning with differential
    privacy, CCS 2016.

    Examples
    --------
    >>> import nn
    >>> model = nn.Linear(3, 1)
    >>> optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    >>> private = DPSGD(model, nn.mse, optimizer, max_grad_norm=1.0, noise_multiplier=1.1)
    >>> loss = private.step(np.ones((5, 3)), np.zeros((5, 1)))
    """

    def __init__(
        self,
        model: Any,
        loss: Loss,
        optimizer: Optimizer,
        max_grad_norm: float,
        noise_multiplier: float,
        generator: np.random.Generator | None = None,
        expected_batch_size: int | None = None,
    ) -> None:
        if not max_grad_norm > 0 or not noise_multiplier >= 0:
            raise OptionError(
                f"max_grad_norm={max_grad_norm!r} must be positive, and "
                f"noise_multiplier={noise_multiplier!r} must not be negative."
            )
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.max_grad_norm, self.noise_multiplier = max_grad_norm, noise_multiplier
        self.generator = chosen(generator)
        self.expected_batch_size = expected_batch_size

    def __program_state__(self) -> Iterator[State]:
        """Yield what changes in each step, for programs that `autograd.jit` records."""
        yield State(vars(self))
        for part in (self.model, self.optimizer):
            yield from part.__program_state__()

    def step(self, *batch: Any) -> float:
        """Take one step.

        Parameters
        ----------
        *batch : array
            The inputs and, last, the targets.

        Returns
        -------
        float
            The mean loss of the batch, which is not private.
        """
        follow(self)
        groups = self.optimizer.param_groups
        parameters = [p for group in groups for p in group["params"] if p.requires_grad]
        sums = [np.zeros_like(parameter.data) for parameter in parameters]
        total = 0.0
        for number, gradients in _one_by_one(self.loss, self.model, parameters, batch):
            norm = call(math.sqrt, sum(np.vdot(g, g).item() for g in gradients))
            scale = 1 / np.maximum(1.0, norm / self.max_grad_norm).item()
            for each, gradient in zip(sums, gradients, strict=True):
                each += scale * gradient
            total += number
        deviation = self.noise_multiplier * self.max_grad_norm
        size = self.expected_batch_size or len(batch[-1])
        for parameter, each in zip(parameters, sums, strict=True):
            if deviation:
                each += self.generator.normal(0.0, deviation, each.shape)
            each /= size
            parameter.grad = each
        self.optimizer.step()
        self.optimizer.zero_grad()
        return total / len(batch[-1])
