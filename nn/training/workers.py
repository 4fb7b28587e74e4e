"""Gradients of shards, computed by the workers of a Dask cluster or here, and added in a tree.

All that a worker needs reaches it as an argument of a task, so that Dask computes it again on
another worker if one is lost: a shard of the data once, the parameters in each step.
"""

from __future__ import annotations

import functools
import statistics
import threading
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from typing import Any

import numpy as np

import autograd
from autograd.errors import OptionError, SchedulerLostError
from nn import seeding
from nn.arrays import plain
from nn.data.examples import taken
from nn.data.shards import ShardBatch, Shards
from nn.training.batches import windows_of
from nn.training.metrics import Means
from nn.training.options import check_result
from nn.training.ranks import Ranks, is_communicator
from nn.training.trainer import Trainer

#: Random generators and the parameters of a model serve one task at a time.
ONE_AT_A_TIME = threading.Lock()

#: A worker whose tasks take so many times as long as the median of the others is reported.
SLOW = 3.0


class ShardTrainer(Trainer):
    """Takes the steps of `fit` on `Shards`; for the arguments see `Trainer`."""

    def __init__(self, shards: Shards, client: Any, *options: Any) -> None:
        super().__init__(*options)
        self.ranks = Ranks(client) if is_communicator(client) else None
        if self.ranks is not None:
            self.ranks.begin_alike(self.model, self.loss)
        self.shards = shards
        self.client: Any = None if self.ranks else client
        self.submit: Callable[..., Any] = _here if self.client is None else self._submit
        if self.client is not None:
            _check_versions(client)
        self.parts = [self.submit(_same, part) for part in shards.parts]
        self.times: dict[str, list[float]] = defaultdict(list)
        self.is_repeatable = client is None  # then nothing depends on which process computes it

    def _submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return self.client.submit(function, *arguments, pure=False)

    def windows(
        self, data: Any, targets: str, epoch: int, size: int
    ) -> Iterator[list[list[ShardBatch]]]:
        """Yield what all shards take in each step of an epoch."""
        return windows_of(self.shards.steps(epoch), size)

    def _gradients(self, window: Any, means: Means | None = None) -> Any:
        """Compute the gradients of one step on all shards; return the loss."""
        assert means is not None
        self.optimizer.zero_grad()
        try:
            return self._summed(window, means)
        except Exception as error:
            self._require_scheduler(error)
            raise

    def _require_scheduler(self, error: Exception) -> None:
        """Raise an error that says so if the scheduler is lost."""
        status = getattr(self.client, "status", "running")
        if status == "running" and not isinstance(error, CancelledError):
            return
        raise SchedulerLostError(
            f"The scheduler of the cluster is lost ({status}): {error} The parameters and the "
            "optimiser are as after the last step. Start another scheduler and call fit with its "
            "client: with checkpoint= and resume=True it goes on after the last epoch."
        ) from error

    def _summed(self, window: Any, means: Means) -> Any:
        """Compute the gradients of one step on all shards, and add them."""
        batches: list[ShardBatch] = [batch for step in window for batch in step]
        total = sum(len(batch.chosen) for batch in batches)
        task = _Task(self.model, self.loss, means.metrics)
        if not self.is_repeatable:
            self._require_repeatable(task, batches[0], total)
        results = self._of_shards(task, batches, total)
        while len(results) > 1:
            pairs = [
                self.submit(_added, *results[i : i + 2]) for i in range(0, len(results) - 1, 2)
            ]
            results = pairs + results[2 * len(pairs) :]
        found, gradients = results[0] if self.client is None else results[0].result()
        for parameter, gradient in zip(task.parameters(), gradients, strict=True):
            parameter.grad = gradient
        loss = 0.0
        for measured, count, worker, version, seconds in found:
            _require_version(worker, version)  # of a worker that has joined since, perhaps
            means.pending.append((measured, count))
            self.times[worker].append(seconds / count)
            loss += measured["loss"] * count / total
        return loss, [], self._clipped()

    def _of_shards(self, task: _Task, batches: list[ShardBatch], total: int) -> list[Any]:
        """Return the gradients of each shard, or what stands for them on the workers."""
        if self.ranks is not None:
            return self.ranks.computed(
                [
                    functools.partial(_gradients_of, task, self.parts[x.shard], x, total)
                    for x in batches
                ]
            )
        sent = self.submit(_same, task)
        return [
            self.submit(_gradients_of, sent, self.parts[batch.shard], batch, total)
            for batch in batches
        ]

    def _require_repeatable(self, task: _Task, batch: ShardBatch, total: int) -> None:
        """Raise an error if the gradients of a shard are not the same when computed once more."""
        both = self._of_shards(task, [batch, batch], total)
        pairs = zip(*[(x if self.ranks else x.result())[1] for x in both], strict=True)
        if not all(_alike(a, b) for a, b in pairs):
            raise OptionError(
                "The gradients of one shard differ when they are computed twice, so the numbers "
                "would depend on the workers. Perhaps the model or the loss draws random numbers "
                "from a generator that is no attribute of a module: use nn.Dropout, or keep a "
                "numpy.random.Generator as an attribute; it is seeded for each shard."
            )
        self.is_repeatable = True

    def end_epoch(self) -> None:
        """Warn of workers that took much longer for an example than the others, and forget."""
        medians = {worker: statistics.median(times) for worker, times in self.times.items()}
        for worker, each in medians.items():
            others = [seconds for other, seconds in medians.items() if other != worker]
            usual = statistics.median(others) if others else each
            if each > SLOW * usual:
                warnings.warn(
                    f"The worker {worker} took {each / usual:.1f} times as long for an example as "
                    "the median of the others; every step waits for it.",
                    RuntimeWarning,
                    stacklevel=2,
                )
        self.times.clear()


class _Task:
    """What the gradients of all shards in a step have in common; it is sent to the workers."""

    def __init__(self, model: Any, loss: Any, metrics: dict[str, Any]) -> None:
        self.model, self.loss, self.metrics = model, loss, metrics

    def parameters(self) -> list[Any]:
        """Return the parameters of the model and of the loss, if it has some."""
        parts = [part for part in (self.model, self.loss) if hasattr(part, "parameters")]
        return list(dict.fromkeys(p for part in parts for p in part.parameters()))


def _here(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)


def _same(x: Any) -> Any:
    return x


def _gradients_of(task: _Task, part: Any, batch: ShardBatch, total: int) -> Any:
    """Return what is measured on a batch of a shard, and its share of the gradients."""
    begun = time.perf_counter()
    with ONE_AT_A_TIME:
        kept = seeding.GENERATOR.bit_generator.state
        try:
            _seed(task, batch.seed)
            *inputs, targets = (taken(array, batch.chosen) for array in part)
            buffers = [np.array(plain(buffer)) for buffer in _buffers(task)]
            outputs = task.model(*inputs)
            result = task.loss(outputs, targets)
            check_result(result, training=True)
            _require_same(buffers, _buffers(task))
            count = len(batch.chosen)
            (result * (count / total)).backward()
            parameters = task.parameters()
            gradients = [None if p.grad is None else plain(p.grad) for p in parameters]
            for parameter in parameters:
                parameter.grad = None
        finally:
            seeding.GENERATOR.bit_generator.state = kept
    measured = {"loss": float(plain(result))}
    for name, metric in task.metrics.items():
        measured[name] = float(metric(plain(outputs), targets))
    seconds = time.perf_counter() - begun
    return [(measured, count, _worker(), _version(), seconds)], gradients


def _added(first: Any, second: Any) -> Any:
    """Join what two tasks have measured, and add their gradients."""
    pairs = zip(first[1], second[1], strict=True)
    added = [a if b is None else b if a is None else a + b for a, b in pairs]
    return first[0] + second[0], added


def _alike(a: Any, b: Any) -> bool:
    """Return whether two gradients are equal, but for what BLAS rounds otherwise elsewhere."""
    if a is None or b is None:
        return a is b
    loose = float(np.sqrt(np.finfo(a.dtype).eps))
    return bool(np.allclose(a, b, loose, loose * float(np.max(np.abs(a), initial=0.0)), True))


def _seed(task: _Task, seed: tuple[int, ...]) -> None:
    """Seed the generator of `nn`, and those of layers, for one shard in one step."""
    generators = [seeding.GENERATOR]
    for module in task.model.modules():
        generators += [x for x in vars(module).values() if isinstance(x, np.random.Generator)]
    for number, generator in enumerate(generators):
        kind = type(generator.bit_generator)
        generator.bit_generator.state = kind([*seed, number]).state


def _buffers(task: _Task) -> list[Any]:
    return list(task.model.buffers())


def _require_same(before: list[Any], after: list[Any]) -> None:
    """Raise if the model keeps statistics of its batches, which would be those of one shard."""
    if not all(
        np.array_equal(a, plain(b), equal_nan=True) for a, b in zip(before, after, strict=True)
    ):
        raise OptionError(
            "The model changes its buffers in training, as BatchNorm does with running statistics; "
            "each shard would have others. Write track_running_stats=False, or use GroupNorm or "
            "LayerNorm."
        )


def _worker() -> str:
    """Return the address of the worker that this task runs on."""
    try:
        from distributed import get_worker

        return str(get_worker().address)
    except (ImportError, ValueError):
        return "here"


def _check_versions(client: Any) -> None:
    """Raise if a worker has another version of this library."""
    for worker, version in client.run(_version, on_error="return").items():
        if isinstance(version, Exception):
            raise OptionError(
                f"The worker {worker} cannot use chainrule: {version}. Install version "
                f"{autograd.__version__} there, as here."
            ) from version
        _require_version(worker, version)


def _require_version(worker: str, version: str) -> None:
    if version != autograd.__version__:
        raise OptionError(
            f"The worker {worker} has version {version} of chainrule, this process "
            f"{autograd.__version__}. Install the same version everywhere."
        )


def _version() -> str:
    return autograd.__version__
