"""The losses and metrics of a model with several outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from autograd.errors import DataError, OptionError

#: The key of the weights of the examples, beside the names of the outputs.
WEIGHTS = ""

#: The only key, if there are no targets.
NOTHING = "no targets"


def names_of(outputs: Any) -> list[str]:
    """Return the names of symbolic outputs: the keys of a dict, or the layers they come from."""
    if isinstance(outputs, dict):
        return list(outputs)
    parts = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    names = [part.name if part.node is None else part.node.function.name for part in parts]
    return [
        name if names.index(name) == place else f"{name}_{names[:place].count(name)}"
        for place, name in enumerate(names)
    ]


def by_name(what: str, given: Any, names: list[str]) -> dict[str, Any]:
    """Return what was given for each output, in a list or a dict, by the names of the outputs."""
    if given is None:
        return {}
    if isinstance(given, dict):
        unknown = [name for name in given if name not in names]
        if unknown:
            raise OptionError(
                f"{what}= names the outputs {', '.join(map(str, unknown))}; the model has "
                f"{', '.join(names)}."
            )
        return given
    if not isinstance(given, (list, tuple)) or len(given) != len(names):
        raise OptionError(
            f"{what}= must be a list of {len(names)} items, or a dict with the names "
            f"{', '.join(names)}."
        )
    return dict(zip(names, given, strict=True))


def parts_by_name(what: str, given: Any, names: list[str]) -> dict[str, Any]:
    """Return outputs or targets of a batch by the names of the outputs."""
    if not isinstance(given, dict):
        if not isinstance(given, (list, tuple)) or len(given) != len(names):
            raise DataError(
                f"The {what} must be a list of {len(names)} arrays, or a dict with the names "
                f"{', '.join(names)}."
            )
        return dict(zip(names, given, strict=True))
    missing = [name for name in names if name not in given]
    if missing:
        raise DataError(
            f"The {what} {', '.join(missing)} are missing among {', '.join(map(str, given))}."
        )
    return given


def key_of(name: str) -> str:
    """Return the key of the weights of the examples for one output."""
    return f"weights of {name}"


def weights_by_key(given: Any, names: list[str] | None) -> dict[str, Any]:
    """Return weights of the examples by their keys: for all outputs, or in a list or dict for each.

    Examples
    --------
    >>> weights_by_key({"b": [1.0, 2.0]}, ["a", "b"])
    {'weights of b': [1.0, 2.0]}
    """
    if given is None:
        return {}
    is_list = isinstance(given, (list, tuple)) and any(hasattr(part, "shape") for part in given)
    if not isinstance(given, dict) and not is_list:
        return {WEIGHTS: given}
    found = by_name("sample_weight", given, names or ["output"])
    if names is None:
        return {WEIGHTS: found["output"]} if "output" in found else {}
    return {key_of(name): part for name, part in found.items() if part is not None}


def weights_in(targets: Any, name: str) -> Any:
    """Return the weights of the examples for an output among the targets of a batch, or None."""
    if not isinstance(targets, dict):
        return None
    return targets.get(key_of(name), targets.get(WEIGHTS))


class Several:
    """The losses of several outputs, and their sum.

    Parameters
    ----------
    names : list of str
        The names of the outputs.
    losses : dict of str to callable
        ``loss(outputs, targets, weights)`` of each.
    weights : dict of str to float
        The factors of the losses; 1 if there is none.
    """

    metrics: list[Any]

    def __init__(self, names: list[str], losses: dict[str, Any], weights: dict[str, float]) -> None:
        self.names, self.losses, self.weights = names, losses, weights

    def loss(self, outputs: Any, targets: Any) -> Any:
        """Return the weighted sum of the losses."""
        parts = parts_by_name("outputs", outputs, self.names)
        wanted = self.targets(targets)
        return sum(
            self.weights.get(name, 1.0)
            * self.losses[name](parts[name], wanted[name], weights_in(targets, name))
            for name in self.names
        )

    def targets(self, targets: Any) -> dict[str, Any]:
        """Return the targets by the names of the outputs."""
        return parts_by_name("targets", targets, self.names)

    def part(self, name: str) -> Callable[[Any, Any], Any]:
        """Return what finds the outputs, targets and weights of one output in those of a batch."""

        def of_batch(outputs: Any, targets: Any) -> Any:
            own = parts_by_name("outputs", outputs, self.names)[name]
            return own, self.targets(targets)[name], weights_in(targets, name)

        return of_batch


class Named:
    """Batches whose targets are a dict by the names of the outputs.

    Parameters
    ----------
    loader : DataLoader
        The batches; their last parts are the targets, and perhaps the weights of the examples.
    names : list of str
        The names of the targets, and the keys of weights if there are any.
    """

    def __init__(self, loader: Any, names: list[str]) -> None:
        self.loader, self.generator, self.names = loader, loader.generator, names

    def __len__(self) -> int:
        return len(self.loader)

    def __iter__(self) -> Iterator[Any]:
        count = len(self.names)
        for batch in self.loader:
            yield (*batch[:-count], dict(zip(self.names, batch[-count:], strict=True)))
