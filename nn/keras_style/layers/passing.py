"""What layers pass on beside outputs while a model is called: masks, and parts of the loss."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from nn.arrays import plain


class _Masks(threading.local):
    """Which arrays have masks, while a layer or a model is being called."""

    def __init__(self) -> None:
        self.depth = 0
        self.known: dict[int, tuple[Any, Any]] = {}
        self.outputs: list[tuple[Any, Any]] = []  # those of the last model with their masks

    def of_outputs(self, outputs: Any) -> Any:
        """Return the mask of outputs of the last model, found by themselves or by their array."""
        for found, mask in self.outputs:
            if found is outputs or plain(found) is plain(outputs):
                return mask
        return None


MASKS = _Masks()


class _Losses(threading.local):
    """What layers have added to the loss in the last call of the model that they are part of."""

    def __init__(self) -> None:
        self.of_layer: WeakKeyDictionary[Any, list[Any]] = WeakKeyDictionary()

    def forget(self, model: Any) -> None:
        """Forget what the layers of a model have added."""
        if self.of_layer:
            for module in model.modules():
                self.of_layer.pop(module, None)


LOSSES = _Losses()


def mask_of(x: Any) -> Any:
    """Return the mask of an array; for several arrays a list, or None if none has a mask."""
    if isinstance(x, (list, tuple)):
        found = [mask_of(part) for part in x]
        return None if all(mask is None for mask in found) else found
    return MASKS.known.get(id(x), (None, None))[1]


@functools.lru_cache(maxsize=1024)
def _asked_for(call: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the parameters of ``call``, if it asks for the mask of one of them."""
    names = tuple(inspect.signature(call).parameters)[1:]
    return names if any(f"{name}_mask" in names for name in names) else ()


def with_masks(call: Callable[..., Any], inputs: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Return options with the masks of inputs that ``call`` asks for, such as ``value_mask``.

    Parameters
    ----------
    call : callable
        The method of a layer.
    inputs : tuple
        The inputs, in the order of its parameters.
    options : dict
        The inputs and options by name.
    """
    names = _asked_for(call)
    given = {**dict(zip(names, inputs, strict=False)), **options}
    found = {f"{name}_mask": mask_of(given[name]) for name in names if name in given}
    return options | {
        name: mask
        for name, mask in found.items()
        if mask is not None and name in names and given.get(name) is None
    }
