"""Which derivatives the result of a backward pass holds, and which the layer keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np

from autograd import tree
from autograd.check.arrays import as_array
from autograd.check.slots import Parameter, as_number, follow, gradient_key, members
from autograd.errors import DataError

#: How layers name the derivative of their input, whatever the input is called.
INPUTS = ("dx", "dX", "dinputs", "dinput", "grad_input", "grad_inputs", "dz")


class Returned:
    """What a backward pass returns, and what it means.

    Parameters
    ----------
    names : sequence of str
        The names of the inputs of the forward pass.
    inputs : sequence
        The inputs.

    Attributes
    ----------
    asked : list of int
        The positions of the inputs whose derivatives are returned or kept.
    parameters : list of Parameter
        Those whose gradients are among the results.
    """

    def __init__(self, names: Sequence[str], inputs: Sequence[Any]) -> None:
        self.names, self.inputs = list(names), inputs
        self.moving = [i for i, given in enumerate(inputs) if _moves(given)]
        self.asked: list[int] = []
        self.parameters: list[Parameter] = []
        self._keys: list[Any] = []  # for asked inputs and parameters: keys of the result
        self._kept: list[Any] = []  # or steps to a place in the layer

    def learn(self, given: Any, layer: Any, others: Sequence[Parameter]) -> None:
        """Understand what backward returned; `others` are parameters without a gradient yet."""
        self.asked, self.parameters, self._keys, self._kept = [], [], [], []
        arrays = [other for other in others if isinstance(other.value, np.ndarray)]
        keys, own = self._by_key(given, arrays)
        for position in self.moving:
            kept = None if position in keys else self._place(layer, position)
            if position in keys or kept is not None:
                self.asked.append(position)
                self._keys.append(keys.get(position))
                self._kept.append(kept)
        for parameter, key in own:
            self.parameters.append(parameter)
            self._keys.append(key)
            self._kept.append(None)

    def read(self, given: Any, layer: Any) -> list[Any]:
        """Return the derivatives of the asked inputs, then those of `parameters`."""
        found = []
        for key, kept in zip(self._keys, self._kept, strict=True):
            if kept is not None:
                found.append(follow(layer, kept))
            else:
                found.append(_at(given, key))
        return found

    @property
    def unasked(self) -> list[str]:
        """The names of the inputs whose derivative is nowhere."""
        return [self.names[i] for i in self.moving if i not in self.asked]

    def _by_key(
        self, given: Any, others: list[Parameter]
    ) -> tuple[dict[int, Any], list[tuple[Parameter, Any]]]:
        """Return the keys of the derivatives in a result: of inputs, and of parameters."""
        moving = self.moving
        if given is None:
            return {}, []
        if isinstance(given, Mapping):
            return self._by_name({key: (key,) for key in given}, others)
        whole = len(moving) == 1 and isinstance(self.inputs[moving[0]], (tuple, list))
        if not isinstance(given, (tuple, list)) or (whole and len(given) == len(self._item(0))):
            return ({moving[0]: ()} if moving else {}), []
        placed, keyed = _expanded(given, self.inputs)
        keys, own = self._by_name(keyed, others)
        others = [other for other in others if other not in [p for p, _ in own]]
        order = list(range(len(self.inputs))) if self._is_of_all(given, placed) else moving
        order = [i for i in order if i not in keys]
        if not len(order) <= len(placed) <= len(order) + len(others):
            raise DataError(
                f"backward returned {len(placed)} parts for {len(moving)} inputs "
                f"({', '.join(self.names[i] for i in moving)}) and {len(others)} parameters whose "
                "gradients are not kept. Return one derivative for each, or a dict by name."
            )
        rest = list(zip(order, placed, strict=False))
        keys |= {i: at for i, at in rest if i in moving and _at(given, at) is not None}
        return keys, own + _by_shape(given, placed[len(order) :], others)

    def _is_of_all(self, given: Any, placed: Sequence[Any]) -> bool:
        """Return whether a result has a part for each input, None for constants."""
        constant = [i for i in range(len(self.inputs)) if i not in self.moving]
        enough = len(self.inputs) <= len(placed)
        return enough and all(_at(given, placed[i]) is None for i in constant)

    def _by_name(
        self, given: Mapping[Any, Any], others: list[Parameter]
    ) -> tuple[dict[int, Any], list[tuple[Parameter, Any]]]:
        """Find derivatives by name among keys with their places in a result."""
        keys = {}
        for position in self.moving:
            name = self.names[position]
            key = name if name in given else gradient_key(name, given)
            if key is not None:
                keys[position] = given[key]
        own = []
        for parameter in others:
            names = [steps[-1][1] for steps in parameter.places]
            for name in names:
                key = name if name in given else gradient_key(name, given)
                if key is not None:
                    own.append((parameter, given[key]))
                    break
        return keys, own

    def _item(self, number: int) -> Any:
        return self.inputs[self.moving[number]]

    def _place(self, layer: Any, position: int) -> Any:
        """Return where the layer keeps the derivative of an input; None if nowhere."""
        held = {
            key: value
            for (kind, key), value in members(layer)
            if kind == "attribute" and as_number(value) is not None
        }
        key = gradient_key(self.names[position], held)
        if key is None and len(self.moving) == 1:
            key = next((name for name in INPUTS if name in held), None)
        return None if key is None else (("attribute", key),)


def _at(given: Any, place: Any) -> Any:
    return reduce(lambda item, step: item[step], place, given)


def _expanded(given: Any, inputs: Sequence[Any]) -> tuple[list[Any], dict[Any, Any]]:
    """Return the places of the parts of a result, those in dicts by their key."""
    placed: list[Any] = []
    keyed: dict[Any, Any] = {}
    nested = any(isinstance(x, (tuple, list)) for x in inputs)
    for at, part in enumerate(given):
        if isinstance(part, Mapping):
            keyed |= {key: (at, key) for key in part}
        elif isinstance(part, (tuple, list)) and not nested:
            placed += [(at, inner) for inner in range(len(part))]
        else:
            placed.append((at,))
    return placed, keyed


def _by_shape(
    given: Any, places: Sequence[Any], others: list[Parameter]
) -> list[tuple[Parameter, Any]]:
    """Pair results with parameters, those of the same shape in their order."""
    left, pairs = list(others), []
    for at in places:
        same = [p for p in left if np.shape(p.value) == np.shape(_at(given, at))]
        parameter = (same or left)[0]
        left.remove(parameter)
        pairs.append((parameter, at))
    return pairs


def _moves(given: Any) -> bool:
    """Return whether an input holds floating point numbers."""
    return any(as_array(item) is not None for _, item in tree.leaves(given))
