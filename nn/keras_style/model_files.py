"""Whole models in files: what they are made of, their weights, and how they are trained.

A file is one of safetensors. Its metadata are numbers, strings, lists and dicts; nothing in it is
ever run.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from autograd.errors import OptionError, WeightsError
from nn import weights
from nn.arrays import shape_of
from nn.keras_style.configured import (
    deserialize_keras_object,
    serialize_keras_object,
    sharing,
)
from nn.keras_style.layers.layer import Layer
from nn.keras_style.registered import custom_object_scope
from nn.keras_style.symbolic import tried
from nn.modes import in_mode
from nn.training.checkpoints import parts_of_state, state_from_parts, under

#: The key of the description of a model in the metadata of a file.
KEY = "keras model"


def save_model(
    model: Any,
    filepath: Any,
    overwrite: bool = True,
    *,
    include_optimizer: bool = True,
    **options: Any,
) -> None:
    """Save a model with its weights, and with what ``compile`` chose.

    An existing file remains as it was until the new one is complete.

    Parameters
    ----------
    model : Model
        The model.
    filepath : path
        The file, such as ``model.keras``; its format is safetensors, under any name.
    overwrite : bool
        Whether to replace a file that exists.
    include_optimizer : bool
        Whether to save what ``compile`` chose, and the state of the optimiser.
    **options
        Options of Keras, which are ignored.

    Raises
    ------
    OptionError
        If there is something in the model that a file cannot hold, or a file that is not to be
        replaced.
    """
    del options
    check_free(filepath, overwrite)
    with sharing():
        content = {
            "model": serialize_keras_object(model),
            "inputs": vars(model).get("_seen"),
            "frozen": [name for name, module in model.named_modules()
                       if isinstance(module, Layer) and not module._trainable],
            "constant": [name for name, p in model.named_parameters() if not p.requires_grad],
        }  # fmt: skip
    arrays = {f"model.{name}": array for name, array in model.state_dict().items()}
    if include_optimizer and vars(model).get("_compiled") is not None:
        content["compile"] = model.chosen_by_compile()
        if content["compile"] is not None and model.optimizer.param_groups:
            state, content["optimizer"] = parts_of_state(model.optimizer)
            arrays |= {f"optimizer.{name}": array for name, array in state.items()}
    weights.save(arrays, filepath, {KEY: content})


def check_free(filepath: Any, overwrite: bool) -> None:
    """Raise if there is a file that is not to be replaced."""
    if not overwrite and os.path.exists(filepath):
        raise OptionError(f"There is a file {os.fspath(filepath)!r}: write overwrite=True.")


def load_model(
    filepath: Any, custom_objects: Any = None, compile: bool = True, safe_mode: bool = True
) -> Any:
    """Return the model of a file that `save_model` wrote.

    Parameters
    ----------
    filepath : path
        The file.
    custom_objects : dict of str to type or callable, optional
        Classes and functions of your own, by their names.
    compile : bool
        Whether to compile the model as it was, with the state of the optimiser.
    safe_mode : bool
        Ignored: nothing in a file is ever run.

    Raises
    ------
    OptionError
        If the file names a class or a function that is not known.
    WeightsError
        If the file is damaged, or holds no model.
    """
    del safe_mode
    found = _read(filepath)
    if KEY not in found.metadata:
        raise WeightsError(
            f"{os.fspath(filepath)!r} holds weights, but no model: make the model, and write "
            "model.load_weights(path)."
        )
    content = found.metadata[KEY]
    with custom_object_scope(custom_objects):
        model = deserialize_keras_object(content["model"])
        if content["inputs"] is not None and not model._is_ready:
            with tried(), in_mode(model, False):
                model(*zeros_for(content["inputs"]))
        load_arrays(model, under("model.", found))
        _freeze(model, content)
        if compile and content.get("compile") is not None:
            model.compile_from_config(content["compile"])
            if "optimizer" in content:
                model.optimizer.build(model.parameters())
                state = state_from_parts(under("optimizer.", found), content["optimizer"])
                model.optimizer.load_state_dict(state)
    return model


def _read(filepath: Any) -> weights.Weights:
    """Return the contents of a file, or raise if Keras wrote it."""
    if os.path.isfile(filepath):
        with open(filepath, "rb") as file:
            begin = file.read(4)
        if begin in (b"PK\x03\x04", b"\x89HDF"):
            raise WeightsError(
                f"{os.fspath(filepath)!r} is a file of Keras itself, in another format: make the "
                "model here, and pass it the arrays, model.set_weights(of_keras.get_weights())."
            )
    return weights.load(filepath)


def load_arrays(model: Any, arrays: dict[str, Any]) -> None:
    """Load arrays by name, also those that layers make only when they adapt to data."""
    for name, module in model.named_modules():
        if isinstance(module, Layer):
            module.expect(under(f"{name}." if name else "", arrays))
    model.load_state_dict(arrays)


def load_weights(model: Any, filepath: Any) -> None:
    """Load the weights of a file of weights, or of one of a whole model.

    Parameters
    ----------
    model : Model
        The model.
    filepath : path
        The file.
    """
    found = _read(filepath)
    load_arrays(model, under("model.", found) if KEY in found.metadata else dict(found))


def _freeze(model: Any, content: dict[str, Any]) -> None:
    """Make the same layers and parameters constant that were when the model was saved."""
    frozen, constant = set(content["frozen"]), set(content["constant"])
    for name, module in model.named_modules():
        if isinstance(module, Layer):
            module._trainable = name not in frozen
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name not in constant


def specified(inputs: Any) -> Any:
    """Return the shapes and types of the inputs of a model, as a file holds them."""
    if isinstance(inputs, (list, tuple)):
        return [specified(part) for part in inputs]
    if isinstance(inputs, dict):
        return {"by name": {name: specified(part) for name, part in inputs.items()}}
    return {"shape": list(shape_of(inputs)), "dtype": str(getattr(inputs, "dtype", "float32"))}


def zeros_for(spec: Any) -> Any:
    """Return zeros of the shapes and types that `specified` returned, for one example.

    Examples
    --------
    >>> zeros_for({"shape": [8, 3], "dtype": "float32"})
    array([[0., 0., 0.]], dtype=float32)
    """
    if isinstance(spec, list):
        return [zeros_for(part) for part in spec]
    if "by name" in spec:
        return {name: zeros_for(part) for name, part in spec["by name"].items()}
    return np.zeros([min(n, 1) if axis == 0 else n for axis, n in enumerate(spec["shape"])],
                    spec["dtype"])  # fmt: skip
