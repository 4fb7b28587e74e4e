"""Keras' ``models``: models, copies of them, and models in files and texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

from autograd.errors import OptionError
from nn.keras_style.configured import deserialize_keras_object
from nn.keras_style.layers.inputs import Input
from nn.keras_style.model import Model
from nn.keras_style.model_files import load_model, save_model
from nn.keras_style.rebuilding import copied_graph
from nn.keras_style.sequential import Sequential
from nn.keras_style.symbolic import tensors_in
from nn.missing_names import refuse

__all__ = [
    "Input", "Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model",
]  # fmt: skip


def model_from_json(json_string: str, custom_objects: Any = None) -> Any:
    """Return a new model of the text that ``model.to_json()`` returned, with new weights.

    Parameters
    ----------
    json_string : str
        The text.
    custom_objects : dict of str to type or callable, optional
        Classes and functions of your own, by their names.

    Examples
    --------
    >>> from nn.keras_style import layers
    >>> model = Sequential([Input((3,)), layers.Dense(2)])
    >>> model_from_json(model.to_json()).output_shape
    (None, 2)
    """
    return deserialize_keras_object(json.loads(json_string), custom_objects)


def clone_model(
    model: Any, input_tensors: Any = None, clone_function: Callable[[Any], Any] | None = None,
    **options: Any,
) -> Any:  # fmt: skip
    """Return a new model with layers like those of a model, and new weights.

    Parameters
    ----------
    model : Model
        The model.
    input_tensors : KerasTensor or list of these, optional
        The inputs of the new model; by default like those of the model.
    clone_function : callable, optional
        Returns the new layer for a layer; by default
        ``layer.__class__.from_config(layer.get_config())``.
    **options
        Options of Keras, which raise unless they are None or False.

    Raises
    ------
    OptionError
        If the model is of a class of its own, and `clone_function` is given.
    """
    if any(options.values()):
        raise OptionError(f"clone_model has no {', '.join(options)}= here.")
    if type(model) is Sequential or (type(model) is Model and model._graph is not None):
        return _copied(model, clone_function, list(tensors_in(input_tensors)), {})
    if clone_function is not None or input_tensors is not None:
        raise OptionError(
            f"clone_model of a {type(model).__name__} takes neither input_tensors= nor "
            "clone_function=: a class makes its layers itself."
        )
    return type(model).from_config(model.get_config())


def _copied(model: Any, clone: Any, inputs: list[Any], known: dict[int, Any]) -> Any:
    """Return a copy of a model; a layer that is in several models is in their copies as well."""

    def copy(layer: Any) -> Any:
        if id(layer) not in known:
            if clone is not None:
                known[id(layer)] = clone(layer)
            elif type(layer) is Sequential or (type(layer) is Model and layer._graph is not None):
                known[id(layer)] = _copied(layer, None, [], known)
            else:
                known[id(layer)] = type(layer).from_config(layer.get_config())
        return known[id(layer)]

    if type(model) is not Sequential:
        return Model(*copied_graph(model._graph, copy, inputs or None), name=model.name)
    begin = inputs[:1]
    if not begin and model._begin is not None:
        old = model._begin
        begin = [Input(batch_shape=old.shape, dtype=old.dtype, name=old.name)]
    return Sequential([*begin, *map(copy, model)], name=model.name)


def __getattr__(name: str) -> NoReturn:
    refuse(f"nn.keras_style has no models.{name}; it has {', '.join(__all__)}.")
