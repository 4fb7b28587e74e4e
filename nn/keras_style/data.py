"""The data of Keras' ``fit``: arrays, their last share for validation, and weights of examples."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.errors import DataError, OptionError, ShapeError
from nn.arrays import is_array, plain
from nn.data import DataLoader
from nn.keras_style.outputs import NOTHING, Named, parts_by_name, weights_by_key

#: The number of examples per batch, unless another is asked for.
BATCH = 32


def arrays_of(
    x: Any, y: Any = None, sample_weight: Any = None, several: list[str] | None = None
) -> tuple[Any, ...]:
    """Return inputs, and targets and weights if given, as arrays of as many examples each.

    The targets of several outputs, whose names are given, may be a list or a dict.
    """
    inputs = x if isinstance(x, (tuple, list)) and x and is_array(x[0]) else (x,)
    targets: list[Any] = [] if y is None else [y]
    if several is not None and y is not None:
        by_names = parts_by_name("targets", y, several)
        targets = [by_names[name] for name in several]
    for part in (*inputs, *targets):
        if isinstance(part, dict):
            raise DataError(
                f"The data are dicts with the names {', '.join(map(str, part))}; write a list of "
                "arrays in the order of the parameters of call, and one array of targets."
            )
    found = [np.asarray(plain(part)) for part in inputs]
    names = ["x"] * len(inputs)
    found += [np.asarray(plain(part)) for part in targets]
    names += [f"y[{name!r}]" for name in several] if several and targets else ["y"] * len(targets)
    given = weights_by_key(sample_weight, several)
    for key, part in given.items():
        found.append(flat_weights(part))
        names.append(f"sample_weight {key}".strip())
    lengths = {name: part.shape[:1] for name, part in zip(names, found, strict=True)}
    if len(set(lengths.values())) > 1 or () in lengths.values():
        raise ShapeError(
            "Arrays must have as many examples, along the first axis: "
            + ", ".join(f"{name} has shape {p.shape}" for name, p in zip(names, found, strict=True))
            + "."
        )
    return tuple(found)


def flat_weights(given: Any) -> Any:
    """Return weights of the examples, or of their steps, as an array; a column as a vector."""
    weights = np.asarray(plain(given), float)
    return weights[:, 0] if weights.ndim == 2 and weights.shape[1] == 1 else weights


def divided(arrays: tuple[Any, ...], share: float) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return all examples but the last share, and the last."""
    if not 0 < share < 1:
        raise OptionError(f"validation_split={share!r} must be between 0 and 1.")
    count = len(arrays[0])
    first = int(count * (1 - share))
    if not 0 < first < count:
        raise OptionError(f"validation_split={share} of {count} examples leaves one part empty.")
    return tuple(part[:first] for part in arrays), tuple(part[first:] for part in arrays)


def weights_of(classes: dict[int, float], targets: Any) -> Any:
    """Return the weight of each example by its class; 1 where there is none."""
    targets = np.asarray(targets)
    if targets.ndim > 1 and targets.shape[-1] > 1:
        targets = targets.argmax(axis=-1)
    labels = targets.reshape(len(targets), -1)
    if labels.shape[1] != 1 or (labels % 1 != 0).any():
        raise DataError("class_weight= needs one class for each example, an integer.")
    labels = labels[:, 0].astype(int)
    return np.array([classes.get(label, 1.0) for label in labels.tolist()])


class Weighted:
    """Batches whose targets are a dict of the targets and the weights of the examples."""

    def __init__(self, loader: DataLoader) -> None:
        self.loader, self.generator = loader, loader.generator

    def __len__(self) -> int:
        return len(self.loader)

    def __iter__(self) -> Iterator[Any]:
        for *inputs, targets, weights in self.loader:
            yield (*inputs, {"targets": targets, "weights": weights})


def is_batches(x: Any, y: Any) -> bool:
    """Return whether data are batches, not arrays."""
    return y is None and not is_array(x) and not isinstance(x, (tuple, list, dict))


class Read:
    """Batches that were given, as `nn.fit` takes them.

    Parameters
    ----------
    batches : iterable
        The batches.
    read : callable
        Returns inputs and, last, targets of a batch.
    """

    def __init__(self, batches: Any, read: Callable[[Any], tuple[Any, ...]]) -> None:
        self.batches, self.read = batches, read

    def __getattr__(self, name: str) -> Any:
        if name in ("__len__", "generator"):
            return getattr(self.batches, name)
        raise AttributeError(name)

    def __iter__(self) -> Iterator[Any]:
        return map(self.read, self.batches)

    def is_read_once(self) -> bool:
        """Return whether the batches cannot be read a second time."""
        return iter(self.batches) is self.batches


class Limited:
    """The first batches, the same ones each time.

    Parameters
    ----------
    batches : iterable
        The batches.
    steps : int
        Their number.
    """

    def __init__(self, batches: Any, steps: int) -> None:
        self.batches, self.steps = batches, steps
        self._kept: list[Any] | None = None

    def __iter__(self) -> Iterator[Any]:
        if self._kept is not None:
            return iter(self._kept)
        batches = itertools.islice(iter(self.batches), self.steps)
        if not (isinstance(self.batches, Read) and self.batches.is_read_once()):
            return batches
        self._kept = list(batches)  # a generator cannot begin again
        return iter(self._kept)


class Portions:
    """So many batches for each epoch, of batches that go on.

    Parameters
    ----------
    batches : iterable
        The batches; they begin again when they have ended, if they can.
    steps : int
        The number of batches per epoch.
    """

    def __init__(self, batches: Any, steps: int) -> None:
        self.batches, self.steps = batches, steps
        self.generator = getattr(batches, "generator", None)
        self._rest = iter(batches)

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[Any]:
        for _ in range(self.steps):
            yield self._next()

    def _next(self) -> Any:
        for rest in (self._rest, iter(self.batches)):
            for batch in rest:
                self._rest = rest
                return batch
        raise DataError(
            f"The batches have ended before steps_per_epoch={self.steps} in each epoch."
        )

    def first(self) -> Any:
        """Return the next batch, and keep it."""
        batch = self._next()
        self._rest = itertools.chain([batch], self._rest)
        return batch


def first_of(data: Any) -> tuple[Any, ...]:
    """Return the inputs of the first batch."""
    if is_array(data):
        return (data,)
    if isinstance(data, (tuple, list)) and data and is_array(data[0]):
        return tuple(data)
    if isinstance(data, Portions):
        batch = data.first()
    elif isinstance(data, Read) and data.is_read_once():
        raise DataError(
            "The batches can be read once only. Write model.build(shape) before, which makes the "
            "weights, or steps_per_epoch=."
        )
    else:
        batch = next(iter(data))
    return inputs_in(parts_of(batch))


def inputs_in(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the inputs among the parts of a batch, which are all but the last."""
    return parts[: max(1, len(parts) - 1)]


def without_targets(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return inputs, and in place of targets a dict that says that there are none."""
    first = inputs[0][0] if isinstance(inputs[0], (list, tuple)) else inputs[0]
    return (*inputs, {NOTHING: first})


def joined(found: list[Any]) -> Any:
    """Return the outputs of several batches as those of one."""
    if isinstance(found[0], list):
        return [joined(list(parts)) for parts in zip(*found, strict=True)]
    if isinstance(found[0], dict):
        return {name: joined([part[name] for part in found]) for name in found[0]}
    return np.concatenate(found)


def parts_of(batch: Any) -> tuple[Any, ...]:
    """Return the parts of a batch."""
    return tuple(batch) if isinstance(batch, (tuple, list)) else (batch,)


def loader_of(
    arrays: tuple[Any, ...],
    batch_size: int | None,
    shuffle: bool,
    weighted: list[str],
    class_weight: dict[int, float] | None,
    several: list[str] | None = None,
) -> Any:
    """Return batches of arrays, with weights of the examples if there are any."""
    if several is not None:
        if class_weight is not None:
            raise OptionError("class_weight= is for one output: write sample_weight=.")
        loader = DataLoader(arrays, BATCH if batch_size is None else batch_size, shuffle)
        return Named(loader, [*several, *weighted])
    if class_weight is not None:
        factors = weights_of(class_weight, arrays[-2] if weighted else arrays[-1])
        arrays = (*arrays[:-1], arrays[-1] * factors) if weighted else (*arrays, factors)
    loader = DataLoader(arrays, BATCH if batch_size is None else batch_size, shuffle)
    return Weighted(loader) if weighted or class_weight is not None else loader
