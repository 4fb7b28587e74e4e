"""Functional models: the graph from symbolic inputs to symbolic outputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import DataError, OptionError, ShapeError
from nn.arrays import shape_of
from nn.keras_style.layers.inputs import InputLayer
from nn.keras_style.symbolic import KerasTensor, Node, leaves, mapped, tensors_in


class Graph:
    """The calls between the inputs and the outputs of a model, in an order to compute them.

    Parameters
    ----------
    inputs, outputs : KerasTensor, or list or dict of these
        Where it begins and ends.

    Raises
    ------
    OptionError
        If an output needs an input that is not given, or two layers have one name.
    """

    def __init__(self, inputs: Any, outputs: Any) -> None:
        self.inputs, self.outputs = inputs, outputs
        self.tensors = list(tensors_in(inputs))
        if not self.tensors or next(tensors_in(outputs), None) is None:
            raise OptionError(
                "A functional model is made of symbolic tensors: inputs = keras.Input(shape), "
                "outputs = layer(inputs), keras.Model(inputs, outputs)."
            )
        self.nodes, self.first = _ordered(self.tensors, outputs)
        self.layers = self._in_order()

    @property
    def names(self) -> list[str]:
        """The names of the inputs: the keys of a dict, or those of the tensors."""
        if isinstance(self.inputs, dict):
            return sorted(self.inputs, key=str)  # as `tensors_in` has them
        return [tensor.name for tensor in self.tensors]

    def run(self, given: Any) -> Any:
        """Return the outputs for inputs.

        Parameters
        ----------
        given : list or dict of array
            One for each input, in their order or by their names.
        """
        values = self.listed(given)
        known = {id(tensor): x for tensor, x in zip(self.tensors, values, strict=True)}
        for node in self.nodes:
            result = node.computed(known)
            for tensor in tensors_in(node.outputs):
                found = result
                for key in tensor.place:
                    found = found[key]
                known.setdefault(id(tensor), found)
        return mapped(lambda tensor: known[id(tensor)], self.outputs)

    def listed(self, given: Any) -> list[Any]:
        """Return a list of the inputs, in their order."""
        if isinstance(given, dict):
            missing = [name for name in self.names if name not in given]
            if missing:
                raise DataError(
                    f"The inputs {', '.join(missing)} are missing among {', '.join(given)}."
                )
            return self._ranked([given[name] for name in self.names])
        if len(given) != len(self.tensors):
            given = list(leaves(given))  # a tuple of a list, as some steps pass it on
        if len(given) != len(self.tensors):
            raise DataError(f"The model takes {len(self.tensors)} inputs, not {len(given)}.")
        return self._ranked(list(given))

    def _ranked(self, values: list[Any]) -> list[Any]:
        pairs = zip(self.tensors, values, strict=True)
        return [ranked(x, tensor.shape, tensor.name) for tensor, x in pairs]

    def _in_order(self) -> list[Any]:
        """Return the layers in Keras' order: by how far they are from the outputs."""
        depths: dict[int, int] = {}
        calls: list[Node] = [*self.nodes]
        begun = [tensor.node for tensor in self.tensors if tensor.node is not None]
        inputs = [node for node in begun if isinstance(node.function, InputLayer)]
        of_node = {id(node): 0 for node in calls}
        for node in reversed(calls):
            depth = max(of_node[id(node)], depths.get(id(node.function), 0))
            depths[id(node.function)] = of_node[id(node)] = depth
            for tensor in node.inputs:
                if tensor.node is not None:
                    of_node[id(tensor.node)] = max(of_node.get(id(tensor.node), 0), depth + 1)
        for node in inputs:
            depths[id(node.function)] = of_node.get(id(node), 0)
        found = {id(node.function): node.function for node in (*inputs, *calls)}
        key = lambda one: (-depths[id(one)], self.first.get(id(one), -1))  # noqa: E731
        layers = sorted(found.values(), key=key)
        names = [layer.name for layer in layers]
        double = {name for name in names if names.count(name) > 1}
        if double:
            raise OptionError(f"Several layers are named {', '.join(sorted(double))}.")
        return layers


def ranked(x: Any, shape: Any, name: str) -> Any:
    """Return inputs with as many axes as a shape; one may lack a last axis of length 1, or have it.

    Examples
    --------
    >>> import numpy as np
    >>> ranked(np.ones(3), (None, 1), "x").shape
    (3, 1)
    """
    found = shape_of(x)
    if len(found) == len(shape) - 1 and shape[-1] == 1:
        return np.reshape(x, (*found, 1))
    if len(found) == len(shape) + 1 and found[-1] == 1:
        return np.reshape(x, found[:-1])
    if len(found) != len(shape):
        raise ShapeError(f"The input {name} has shape {found}; the model takes {tuple(shape)}.")
    return x


def _ordered(inputs: list[KerasTensor], outputs: Any) -> tuple[list[Node], dict[int, int]]:
    """Return the calls, each after those it needs, and the order in which layers were met."""
    given = {id(tensor) for tensor in inputs}
    done: dict[int, Node] = {}
    met: dict[int, int] = {}
    for output in tensors_in(outputs):
        waiting = [(output, False)]
        while waiting:
            tensor, is_complete = waiting.pop()
            node = tensor.node
            if node is not None:
                met.setdefault(id(node.function), len(met))
            if id(tensor) in given:
                continue
            if node is None or isinstance(node.function, InputLayer):
                raise OptionError(
                    f"The outputs need the input {tensor!r}, which is not among the inputs of the "
                    "model."
                )
            if id(node) in done:
                continue
            if is_complete:
                done[id(node)] = node
                continue
            waiting.append((tensor, True))
            waiting.extend((one, False) for one in reversed(node.inputs))
    return list(done.values()), met
