"""Steps and evaluation of a model, perhaps recorded as programs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import autograd
from autograd import no_grad
from autograd.program import State
from nn.arrays import plain
from nn.optim import Optimizer, clip_grad_norm
from nn.styles import stripped
from nn.training.batches import Batch, Loss, batches_of, size_of, windows_of
from nn.training.metrics import Means
from nn.training.nan import NanLossError
from nn.training.options import check_result, explain_outputs


class Trainer:
    """Steps and evaluation of a model, perhaps recorded as programs."""

    def __init__(
        self,
        model: Any,
        loss: Loss,
        optimizer: Any,
        max_norm: float | None,
        with_outputs: bool,
        jit: bool,
        with_norm: bool,
    ) -> None:
        self.model, self.loss, self.optimizer, self.max_norm = model, loss, optimizer, max_norm
        self.with_outputs, self.with_norm = with_outputs, with_norm
        self._measured: Any = self._measure
        self._steps: Any = None  # whole steps
        self._derived: Any = None  # only their gradients
        if jit:
            self._measured = autograd.jit(self._measure)
            self._derived = autograd.jit(self._gradients)
            if optimizer is not None and type(optimizer).step is Optimizer.step:
                self._steps = autograd.jit(self._step)

    def __program_state__(self) -> Iterator[State]:
        """Yield the state of all parts, for programs that `autograd.jit` records."""
        yield State(vars(self))
        for part in (self.model, self.loss, self.optimizer):
            if hasattr(part, "__program_state__"):
                yield from part.__program_state__()

    def windows(
        self, data: Iterable[Any], targets: str, epoch: int, size: int
    ) -> Iterator[list[Any]]:
        """Yield what each step of an epoch takes: `size` batches, fewer in the last one."""
        return windows_of(batches_of(data, targets), size)

    def end_epoch(self) -> None:
        """Report what concerns a whole epoch; here nothing."""

    def steps(
        self,
        windows: Iterable[list[Batch]],
        means: Means,
        epoch: int,
        before: Callable[[int], None],
    ) -> Iterator[int]:
        """Take the steps of an epoch; yield the number of each, and call a function before it."""
        self.model.train()
        for step, window in enumerate(windows, 1):
            before(step)
            self.step(window, means)
            if math.isnan(means.loss()):
                raise NanLossError(epoch, step, window)
            means.close()
            yield step

    def step(self, window: list[Batch], means: Means) -> None:
        """Take a step with the gradients of the mean loss over all examples in some batches."""
        if self._steps is not None:
            means.take_all(window, *self._steps(window))
        else:
            self.optimizer.step(partial(self._closure, window, means))

    def evaluate(self, batches: Iterable[Batch], means: Means) -> dict[str, float]:
        """Return the means of the loss and the metrics over all examples."""
        self.model.eval()
        with no_grad():
            for batch in batches:
                loss, outputs = self._measured(batch)
                means.take(loss, outputs, batch)
                means.close()
        return means.row()

    def _closure(self, window: list[Batch], means: Means) -> Any:
        means.begin()  # the closure may be called again
        if self._derived is None:
            total, _, norm = self._gradients(window, means)
            means.take_norm(norm)
            return total
        total, found, norm = self._derived(window)
        means.take_all(window, found, norm)
        return total

    def _step(self, window: list[Batch]) -> Any:
        found: list[Any] = []

        def closure() -> Any:
            total, *found[:] = self._gradients(window)
            return total

        self.optimizer.step(closure)
        return found[0], found[1]

    def _gradients(self, window: list[Batch], means: Means | None = None) -> Any:
        """Compute gradients; return the loss, those of all batches with outputs, and their norm.

        With means, hand losses and outputs over to these, and do not keep them.
        """
        self.optimizer.zero_grad()
        sizes = [size_of(batch) for batch in window]
        total: Any = 0.0
        found: list[Any] = []
        for batch, size in zip(window, sizes, strict=True):
            result, outputs = self._result(batch)
            if means is None:
                found.append((plain(result), plain(outputs) if self.with_outputs else None))
            else:
                means.take(result, outputs, batch)
            share = result if len(window) == 1 else result * (size / sum(sizes))
            share.backward()
            total = total + plain(share)
        return total, found, self._clipped()

    def _clipped(self) -> Any:
        """Clip the gradients; return their norm, or None if it is not needed."""
        if self.max_norm is None and not self.with_norm:
            return None
        limit = math.inf if self.max_norm is None else self.max_norm
        groups = self.optimizer.param_groups
        return clip_grad_norm([stripped(p) for group in groups for p in group["params"]], limit)

    def _measure(self, batch: Batch) -> Any:
        """Return the loss and the outputs of a batch as plain arrays."""
        result, outputs = self._result(batch)
        return plain(result), plain(outputs) if self.with_outputs else None

    def _result(self, batch: Batch) -> tuple[Any, Any]:
        inputs, targets = batch
        outputs = self.model(*inputs)
        try:
            result = self.loss(outputs, targets)
        except (TypeError, ValueError) as error:
            explain_outputs(self.loss, outputs, error)
            raise
        check_result(result, training=self.model.training)
        return result, outputs
