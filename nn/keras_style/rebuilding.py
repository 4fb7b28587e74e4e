"""The graph of a functional model as a dict, and made again from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nn.keras_style.configured import revived, serialize_keras_object, sharing, tagged, untagged
from nn.keras_style.functional import Graph
from nn.keras_style.layers.inputs import Input, InputLayer
from nn.keras_style.layers.layer import Layer
from nn.keras_style.symbolic import KerasTensor, Operation, applied, mapped, tensors_in

#: What stands for a symbolic tensor.
TENSOR = "__keras_tensor__"


def described_graph(graph: Graph) -> dict[str, Any]:
    """Return the inputs, layers, calls and outputs of a graph, each call after those it needs."""
    with sharing():
        layers = [{**serialize_keras_object(one), "name": one.name} for one in layers_of(graph)]
    places = {id(tensor): ["inputs", i] for i, tensor in enumerate(graph.tensors)}
    calls = []
    for number, node in enumerate(graph.nodes):
        arguments, options = mapped(
            lambda tensor: tagged(TENSOR, places[id(tensor)]), (list(node.arguments), node.options)
        )
        calls.append({
            "function": None if isinstance(node.function, Layer) else node.function.function,
            "name": node.function.name,
            "arguments": arguments,
            "options": options,
        })  # fmt: skip
        for tensor in tensors_in(node.outputs):
            places.setdefault(id(tensor), [number, *tensor.place])
    ends = mapped(lambda t: tagged(TENSOR, places[id(t)]), {"i": graph.inputs, "o": graph.outputs})
    begin = [
        {"batch_shape": list(tensor.shape), "dtype": tensor.dtype.name, "name": tensor.name}
        for tensor in graph.tensors
    ]
    return {"inputs": ends["i"], "outputs": ends["o"], "input_layers": begin, "layers": layers,
            "calls": calls}  # fmt: skip


def layers_of(graph: Graph) -> list[Layer]:
    """Return the layers that a graph calls."""
    layers = [one for one in graph.layers if isinstance(one, Layer)]
    return [one for one in layers if not isinstance(one, InputLayer)]


def rebuilt(config: dict[str, Any], layers: dict[str, Any] | None = None) -> tuple[Any, Any]:
    """Return the symbolic inputs and outputs of a new graph.

    Parameters
    ----------
    config : dict
        A result of `described_graph`.
    layers : dict of str to Layer, optional
        The layers by their names; by default new ones.
    """
    if layers is None:
        with sharing():
            layers = {one["name"]: revived(one) for one in config["layers"]}
        for name, layer in layers.items():
            layer._name = name  # also of classes whose options do not say it
    known: list[Any] = []
    given = [Input(**one) for one in config["input_layers"]]

    def found(part: Any) -> Any:
        if isinstance(part, dict) and part.get("class_name") == TENSOR:
            number, *place = part["config"]
            result = given if number == "inputs" else known[number]
            for key in place:
                result = result[key]
            return result
        if isinstance(part, (list, tuple)):
            return type(part)([found(one) for one in part])
        return {name: found(one) for name, one in part.items()} if isinstance(part, dict) else part

    for call in config["calls"]:
        arguments, options = found(untagged(call["arguments"])), found(untagged(call["options"]))
        if call["function"] is None:
            known.append(layers[call["name"]](*arguments, **options))
            continue
        operation = Operation(revived(call["function"]))
        operation.name = call["name"]
        known.append(applied(operation, arguments, options))
    return found(untagged(config["inputs"])), found(untagged(config["outputs"]))


def copied_graph(
    graph: Graph, copy: Callable[[Layer], Any], inputs: list[KerasTensor] | None = None
) -> tuple[Any, Any]:
    """Return the symbolic inputs and outputs of a graph of copies of the layers.

    Parameters
    ----------
    graph : Graph
        The graph.
    copy : callable
        Returns a new layer for a layer.
    inputs : list of KerasTensor, optional
        The inputs; by default new ones.
    """
    new = inputs or [Input(batch_shape=t.shape, dtype=t.dtype, name=t.name) for t in graph.tensors]
    known = {id(tensor): one for tensor, one in zip(graph.tensors, new, strict=True)}
    copies = {id(layer): copy(layer) for layer in layers_of(graph)}
    for node in graph.nodes:
        arguments, options = mapped(lambda t: known[id(t)], (node.arguments, node.options))
        function = copies.get(id(node.function))
        if function is None:
            function = Operation(node.function.function)
            function.name = node.function.name
            result = applied(function, arguments, options)
        else:
            result = function(*arguments, **options)
        for tensor in tensors_in(node.outputs):
            found = result
            for key in tensor.place:
                found = found[key]
            known.setdefault(id(tensor), found)
    return tuple(mapped(lambda t: known[id(t)], [graph.inputs, graph.outputs]))
