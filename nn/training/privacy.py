"""Differentially private training: per-example gradients, clipping and noise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import Node, value_and_grad
from autograd.errors import DataError, OptionError
from autograd.program import State, follow
from nn.arrays import plain
from nn.functional_call import functional_call
from nn.optim import Optimizer
from nn.seeding import chosen
from nn.training.examples import Loss, Whole, at_once, factored


def per_example_grads(loss: Loss, model: Any, *batch: Any) -> dict[str, Any]:
    """Return the gradient of the loss of each example, by parameter name.

    All examples are computed at once, by `autograd.vmap`; where that is not possible, because the
    model branches on its inputs or changes its state, one after the other. The ``grad`` of the
    parameters does not change.

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
    _require_examples(batch)
    named = {name: p for name, p in model.named_parameters() if p.requires_grad}
    _, found = _of_examples(loss, model, list(named.values()), batch)
    return dict(zip(named, found, strict=True))


def _require_examples(batch: tuple[Any, ...]) -> None:
    if len(batch) < 2 or not len(batch[-1]):
        raise OptionError("A batch consists of inputs and, last, targets, of at least one example.")


def _of_examples(
    loss: Loss, model: Any, parameters: list[Any], batch: tuple[Any, ...]
) -> tuple[Any, list[Any]]:
    """Return the loss of each example, and the gradients with respect to each parameter."""
    found = _at_once(loss, model, parameters, batch)
    if found is not None:
        return found
    before = [parameter.grad for parameter in parameters]
    try:
        rows = list(_one_by_one(loss, model, parameters, batch))
    finally:
        for parameter, gradient in zip(parameters, before, strict=True):
            parameter.grad = gradient
    gradients = [np.stack([row[i] for _, row in rows]) for i in range(len(parameters))]
    return np.stack([number for number, _ in rows]), gradients


def _at_once(
    loss: Loss, model: Any, parameters: list[Any], batch: tuple[Any, ...]
) -> tuple[Any, list[Any]] | None:
    """Return losses and gradients computed as a batch; None if that is not possible.

    A result that is a node depends on a parameter in another way than through the model's
    attributes, such as a penalty in the loss, and that part of the gradient would be missing.
    """
    names = {id(p): name for name, p in model.named_parameters()}
    if any(id(parameter) not in names for parameter in parameters):
        return None
    given = {names[id(parameter)]: parameter.data for parameter in parameters}

    def of_example(chosen: dict[str, Any], *parts: Any) -> Any:
        *inputs, targets = [part[None] for part in parts]
        return loss(functional_call(model, chosen, *inputs), targets)

    axes = (None, *[0] * len(batch))
    given_parts = [given, *[plain(part) for part in batch]]
    both = at_once(model, value_and_grad(of_example), axes, given_parts)
    if both is None:
        return None
    losses, found = both
    if any(isinstance(x, Node) for x in (losses, *found.values())):
        return None
    return (np.reshape(losses, (-1,)), list(found.values()))


def _one_by_one(
    loss: Loss, model: Any, parameters: list[Any], batch: tuple[Any, ...]
) -> Iterator[tuple[float, list[Any]]]:
    """Yield the loss of each example and its gradients; zeros for parameters without one."""
    for place in range(len(batch[-1])):
        *inputs, targets = [part[place : place + 1] for part in batch]
        for parameter in parameters:
            parameter.grad = None
        result = loss(model(*inputs), targets)
        result.backward()
        found = [np.zeros_like(p.data) if p.grad is None else p.grad for p in parameters]
        yield plain(result).item(), found


#: How many bytes the gradients of the examples of one block may take.
BLOCK = 1 << 26


def _blocks(count: int, size: int) -> Iterator[slice]:
    """Yield slices of the examples whose gradients take no more than the allowed memory."""
    step = max(BLOCK // max(size, 1), 1)
    for start in range(0, count, step):
        yield slice(start, start + step)


class DPSGD:
    """Differentially private stochastic gradient descent, with any optimiser.

    The gradient of each example is scaled down to a norm of at most ``max_grad_norm``. Normal noise
    of standard deviation ``noise_multiplier · max_grad_norm`` is added to their sum, which is
    divided by the batch size and passed to the optimiser.

    Of a dense layer that gets one vector for each example, the gradients themselves are not
    computed: their norms, and the sum, need their factors only.

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
    privacy, CCS 2016. Goodfellow: Efficient per-example gradient computations, 2015.

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
        _require_examples(batch)
        groups = self.optimizer.param_groups
        parameters = [p for group in groups for p in group["params"] if p.requires_grad]
        sums = [np.zeros_like(parameter.data) for parameter in parameters]
        if any(each.dtype.kind == "c" for each in sums):
            raise DataError("The noise is real: DPSGD takes no complex parameters.")
        total = 0.0
        for block in _blocks(len(batch[-1]), sum(parameter.nbytes for parameter in parameters)):
            parts = [part[block] for part in batch]
            losses, gradients = self._of_examples(parameters, tuple(parts))
            norms = np.sqrt(sum(gradient.squared_norms() for gradient in gradients))
            scales = 1 / np.maximum(1.0, norms / self.max_grad_norm)
            for each, gradient in zip(sums, gradients, strict=True):
                each += gradient.weighted_sum(scales)
            total = total + np.sum(losses).item()
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

    def _of_examples(self, parameters: list[Any], batch: tuple[Any, ...]) -> tuple[Any, list[Any]]:
        """Return the loss of each example, and what clipping asks of the gradients."""
        found = factored(self.loss, self.model, parameters, batch)
        if found is not None:
            return found
        losses, gradients = _of_examples(self.loss, self.model, parameters, batch)
        return losses, [Whole(gradient) for gradient in gradients]
