"""Gradients of all examples of a batch at once, those of dense layers as products of two factors.

The gradient of an example by the weight of a dense layer is the outer product of what arrives at
its output and what has come in. Its norm is the product of both norms, and a weighted sum over the
examples is one product of matrices: the gradients themselves, a matrix for each example, need not
be computed (I. Goodfellow, "Efficient per-example gradient computations", 2015).
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import Node, value_and_grad, vmap
from autograd.errors import DataError
from autograd.program import changed
from nn.arrays import plain, products
from nn.functional_call import functional_call
from nn.layers.linear import Linear

Loss = Callable[[Any, Any], Any]


def at_once(model: Any, function: Callable[..., Any], axes: Any, arguments: Any) -> Any:
    """Return what a function returns for all examples; None if that is not possible.

    That is, if the model branches on its inputs, or changes its attributes, which it has again
    afterwards.
    """
    modules = list(model.modules())
    states = [vars(module).copy() for module in modules]
    try:
        found = vmap(function, axes, randomness="different")(*arguments)
    except Exception:  # an error of the model itself is raised again, one example at a time
        found = None
    if not all(map(_is_unchanged, modules, states)):
        for module, state in zip(modules, states, strict=True):
            vars(module).clear()
            vars(module).update(state)
        changed()
        return None
    return found


def _is_unchanged(module: Any, state: dict[str, Any]) -> bool:
    """Return whether a module has the attributes that it had."""
    now = vars(module)
    return now.keys() == state.keys() and all(now[key] is state[key] for key in now)


class Whole:
    """The gradients of all examples by one parameter, as an array."""

    def __init__(self, gradients: Any) -> None:
        self.gradients = gradients

    def squared_norms(self) -> Any:
        """Return the squared norm of each gradient."""
        rows = np.reshape(self.gradients, (len(self.gradients), -1))
        return products(rows, rows)

    def weighted_sum(self, weights: Any) -> Any:
        """Return the sum of the gradients, with a weight for each."""
        return np.tensordot(weights, self.gradients, 1)


class Outer:
    """The same for the weight of a dense layer: outer products of outputs' gradients and inputs."""

    def __init__(self, slopes: Any, inputs: Any) -> None:
        self.slopes, self.inputs = slopes, inputs

    def squared_norms(self) -> Any:
        """Return the squared norm of each gradient."""
        return products(self.slopes, self.slopes) * products(self.inputs, self.inputs)

    def weighted_sum(self, weights: Any) -> Any:
        """Return the sum of the gradients, with a weight for each."""
        return (weights[:, None] * self.slopes).T @ self.inputs


def factored(
    loss: Loss, model: Any, parameters: list[Any], batch: tuple[Any, ...]
) -> tuple[Any, list[Any]] | None:
    """Return the loss of each example, and the gradients by each parameter; None if not possible.

    It is possible if each dense layer is called once for an example, with one vector, and nothing
    else in the model or the loss uses its weight or bias.
    """
    layers = _dense_layers(model, parameters)
    names = {id(p): name for name, p in model.named_parameters()}
    if not layers or any(id(parameter) not in names for parameter in parameters):
        return None
    given = {names[id(parameter)]: parameter.data for parameter in parameters}
    of_layers = [
        names[id(p)] for layer in layers for p in (layer.weight, layer.bias) if id(p) in names
    ]
    taps = [np.zeros((1, layer.out_features), layer.weight.dtype) for layer in layers]

    def of_example(*parts: Any) -> Any:
        *inputs, targets = [part[None] for part in parts]
        calls = [_Call(layer) for layer in layers]

        def value(taps: Any, chosen: Any) -> Any:
            with _tapped(calls, taps):
                outputs = functional_call(model, chosen, *inputs)
            return loss(outputs, targets)

        number, (slopes, others) = value_and_grad(value, (0, 1))(taps, given)
        if any(np.any(others.pop(name)) for name in of_layers):
            raise DataError("Something else than a dense layer uses its weight or bias.")
        return number, slopes, others, [plain(call.inputs) for call in calls]

    found = at_once(model, of_example, 0, [plain(part) for part in batch])
    if found is None:
        return None
    losses, slopes, others, inputs = found
    if any(isinstance(x, Node) for x in (losses, *slopes, *others.values())):
        return None
    gradients = {name: Whole(x) for name, x in others.items()}
    by_layer: dict[int, Any] = {}
    for layer, slope, x in zip(layers, slopes, inputs, strict=True):
        rows = slope[:, 0]
        by_layer[id(layer.weight)] = Outer(rows, x[:, 0])
        by_layer[id(layer.bias)] = Whole(rows)
    ordered = [by_layer.get(id(p)) or gradients[names[id(p)]] for p in parameters]
    return np.reshape(losses, (-1,)), ordered


def _dense_layers(model: Any, parameters: list[Any]) -> list[Any]:
    """Return the dense layers whose weight is differentiated, and belongs to no other module."""
    wanted = {id(parameter) for parameter in parameters}
    owners: dict[int, int] = {}
    for module in model.modules():
        for item in vars(module).values():
            owners[id(item)] = owners.get(id(item), 0) + 1
    return [
        module
        for module in model.modules()
        if type(module) is Linear
        and {id(module.weight), id(module.bias)} - {id(None)} <= wanted
        and owners[id(module.weight)] == 1
        and (module.bias is None or owners[id(module.bias)] == 1)
    ]


class _Call:
    """One call of a dense layer with plain numbers, to whose result a variable is added.

    What else uses the parameters of the layer gets the variables, whose derivative is not 0 then.
    """

    def __init__(self, layer: Any) -> None:
        self.layer = layer
        self.bias = None if layer.bias is None else layer.bias.data
        self.weight = layer.weight.data
        self.inputs: Any = None

    def forward(self, tap: Any, x: Any) -> Any:
        """Return what the layer returns, and the variable."""
        if self.inputs is not None or np.shape(plain(x)) != (1, self.layer.in_features):
            raise DataError("A dense layer is called with more than one vector for an example.")
        self.inputs = x
        own = vars(self.layer)
        before = {name: own[name] for name in ("weight", "bias")}
        own.update(weight=self.weight, bias=self.bias)
        try:
            return Linear.forward(self.layer, x) + tap
        finally:
            own.update(before)


@contextlib.contextmanager
def _tapped(calls: list[_Call], taps: list[Any]) -> Iterator[None]:
    """Add variables to the outputs of dense layers."""
    for call, tap in zip(calls, taps, strict=True):
        vars(call.layer)["forward"] = functools.partial(call.forward, tap)
    try:
        yield
    finally:
        for call in calls:
            del vars(call.layer)["forward"]
