"""How layers get their weights: ``build``, called by users or by the first call, only once."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import DataError
from nn.arrays import shape_of
from nn.keras_style.symbolic import KerasTensor, mapped, tried, zeros_of


def settling(build: Callable[..., None]) -> Callable[..., None]:
    """Return a ``build`` after which the layer has its weights, so that a call makes no others.

    Parameters
    ----------
    build : callable
        The method of a class, which may call that of its base class.
    """

    @functools.wraps(build)
    def settle(self: Any, *shapes: Any, **named: Any) -> None:
        if vars(self).get("_is_building"):
            build(self, *shapes, **named)
            return
        self._is_building = True
        try:
            build(self, *(self._shape_to_build(one) for one in shapes), **named)
        finally:
            self._is_building = False
        self._settle()
        _build_parts(self, shapes, named)

    settle.is_usual = build.__qualname__ == "Layer.build"  # type: ignore[attr-defined]
    return settle


def _build_parts(layer: Any, shapes: tuple[Any, ...], named: dict[str, Any]) -> None:
    """Make the weights of the layers in a layer by calling it with zeros, as Keras does."""
    by_itself = layer.builds_parts or not _has_own_build(type(layer))
    if by_itself and (shapes or named) and any(_is_unbuilt(part) for part in layer.modules()[1:]):
        with tried():
            _called(layer, _zeros, shapes, named)


def _called(
    layer: Any, make: Callable[..., Any], shapes: tuple[Any, ...], named: dict[str, Any]
) -> Any:
    """Return the outputs of a layer for inputs that are made for shapes, perhaps of integers."""
    names = [name.removesuffix("_shape") for name in named]
    for dtype in (layer.dtype, np.dtype("int64")):
        given = [make(shape, dtype) for shape in (*shapes, *named.values())]
        by_name = dict(zip(names, given[len(shapes) :], strict=True))
        try:
            return layer(*given[: len(shapes)], **by_name)
        except DataError:
            if dtype.kind == "i":
                raise
    return None


def output_shapes(layer: Any, shapes: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Return the shapes of the outputs of a layer for shapes of its inputs.

    Parameters
    ----------
    layer : Layer
        The layer, which stays as it is.
    shapes : tuple
        The shapes of its inputs.
    named : dict
        Shapes by name, such as ``value_shape``.
    """
    outputs = _called(copy.deepcopy(layer), _symbolic, shapes, named)
    return mapped(lambda tensor: tensor.shape, outputs)


def _symbolic(shape: Any, dtype: Any) -> Any:
    """Return symbolic tensors for a shape, or for lists or dicts of shapes."""
    if isinstance(shape, dict):
        return {name: _symbolic(one, dtype) for name, one in shape.items()}
    if any(isinstance(one, (list, tuple)) for one in shape):
        return [_symbolic(one, dtype) for one in shape]
    return KerasTensor(tuple(shape), dtype)


def _has_own_build(kind: type) -> bool:
    """Return whether a class defines ``build``, beside that of all layers."""
    return not getattr(kind.build, "is_usual", False)  # type: ignore[attr-defined]


def _is_unbuilt(part: Any) -> bool:
    return not getattr(part, "built", True)


def _zeros(shape: Any, dtype: Any) -> Any:
    """Return zeros for a shape, or for lists or dicts of shapes."""
    return mapped(zeros_of, _symbolic(shape, dtype))


@functools.lru_cache(maxsize=1024)
def _shapes_asked_for(build: Callable[..., None]) -> tuple[str, ...]:
    """Return the names of the inputs whose shapes ``build`` takes, if it takes several."""
    names = [name for name in inspect.signature(build).parameters if name.endswith("_shape")]
    return tuple(name.removesuffix("_shape") for name in names) if len(names) > 1 else ()


def shapes_to_build(layer: Any, inputs: tuple[Any, ...], options: dict[str, Any]) -> dict[str, Any]:
    """Return the shapes that ``build`` asks for by the names of inputs, such as ``query_shape``.

    Parameters
    ----------
    layer : Layer
        The layer.
    inputs : tuple
        The inputs.
    options : dict
        The inputs and options by name.
    """
    asked = _shapes_asked_for(type(layer).build)
    if not asked:
        return {}
    names = list(inspect.signature(type(layer).call).parameters)[1:]
    given = {**dict(zip(names, inputs, strict=False)), **options}
    return {
        f"{name}_shape": shapes_of(given[name]) for name in asked if given.get(name) is not None
    }


@functools.lru_cache(maxsize=1024)
def taken_by(call: Callable[..., Any]) -> frozenset[str]:
    """Return the names of the parameters of a function."""
    return frozenset(inspect.signature(call).parameters)


def shapes_of(x: Any) -> Any:
    """Return the shape of inputs or outputs, with None for the number of examples."""
    if isinstance(x, (list, tuple)):
        return [shapes_of(part) for part in x]
    if isinstance(x, dict):
        return {name: shapes_of(part) for name, part in x.items()}
    shape = shape_of(x)
    return (None, *shape[1:]) if shape else ()


def holds_arrays(x: Any) -> bool:
    """Return whether a list, or one in it, has arrays in it."""
    if isinstance(x, (list, tuple)):
        return any(holds_arrays(part) for part in x)
    return hasattr(x, "dtype")
