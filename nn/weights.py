"""Weights in files, in the format safetensors: names, shapes and numbers, and nothing to execute.

PyTorch and others read and write the same files. What is saved here also has checksums, so that
damage is noticed, and is written beside the old file, which is replaced once the new one is whole.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

import autograd
from autograd.errors import WeightsError
from autograd.files import replacing
from nn.optional_imports import require

#: Where in the metadata of a file ours stand.
KEY = "chainrule"


class Weights(dict[str, Any]):
    """Arrays by name, with what was saved along with them."""

    metadata: dict[str, Any]  #: what `save` was given
    version: str = ""  #: of this library, if it saved them


def save(model: Any, path: Any, metadata: Mapping[str, Any] | None = None) -> None:
    """Write a model's parameters and buffers, or a dict of arrays, into a file.

    A crash leaves the old one. By custom its name ends in ``.safetensors``. The metadata are
    hyper-parameters and the like: whatever JSON can hold.

    Raises
    ------
    WeightsError
        If there is an array whose type the format does not know, or JSON cannot hold the metadata.
    MissingProgramError
        If the package safetensors is not installed.
    """
    serialize = require("safetensors.numpy", "Saving weights", "weights").save
    state = model if isinstance(model, Mapping) else model.state_dict()
    arrays = {name: np.asarray(array, order="C") for name, array in state.items()}
    content = {
        "version": autograd.__version__,
        "metadata": dict(metadata or {}),
        "checksums": {name: _checksum(array) for name, array in arrays.items()},
    }
    try:
        text = _canonical(content)
    except TypeError as error:
        raise WeightsError(f"JSON cannot hold the metadata: {error}.") from None
    try:
        written = serialize(arrays, {KEY: _canonical([text, zlib.crc32(text.encode())])})
    except Exception as error:  # the package has its own kinds for each reason
        types = sorted({str(array.dtype) for array in arrays.values()})
        raise WeightsError(
            f"safetensors cannot hold these arrays, of type {', '.join(types)}: {error}"
        ) from None
    with replacing(path) as file:
        file.write(written)


def load(path: Any) -> Weights:
    """Read a file of weights, by whatever program it was written.

    Raises
    ------
    WeightsError
        If the file is damaged: cut short, or with numbers that are not those that were saved.
    """
    package = require("safetensors", "Loading weights", "weights")
    found = Weights()
    if not os.path.isfile(path):
        raise FileNotFoundError(f"there is no file {str(path)!r}")
    try:
        with package.safe_open(path, framework="np") as file:
            found.update({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
            foreign = file.metadata() or {}
    except Exception as error:
        raise WeightsError(f"{str(path)!r} is damaged, or no safetensors file: {error}") from None
    found.metadata = foreign
    if KEY in foreign:
        try:
            text, checksum = json.loads(foreign[KEY])
            if zlib.crc32(text.encode()) != checksum:
                raise ValueError("it is not what was saved")
            content = json.loads(text)
        except (ValueError, TypeError, AttributeError) as error:
            raise WeightsError(f"The metadata in {str(path)!r} are damaged: {error}.") from None
        found.metadata, found.version = content["metadata"], content["version"]
        saved, here = content["checksums"], {name: _checksum(found[name]) for name in found}
        wrong = [name for name in {**saved, **here} if saved.get(name) != here.get(name)]
        if wrong:
            raise WeightsError(
                f"{str(path)!r} is damaged: not what was saved: {', '.join(map(repr, wrong))}."
            )
    return found


def load_into(model: Any, path: Any, strict: bool = True) -> Weights:
    """Put the weights of a file into a model of the same names and shapes, and return them.

    Raises
    ------
    WeightsError
        If the file is damaged, or names or shapes differ. The model is unchanged then.
    """
    found = load(path)
    model.load_state_dict(found, strict=strict)
    return found


def _canonical(thing: Any) -> str:
    return json.dumps(thing, separators=(",", ":"), default=_as_json)


def _as_json(thing: Any) -> Any:
    """Give NumPy's numbers and arrays as Python's."""
    if isinstance(thing, (np.generic, np.ndarray)):
        return thing.tolist()
    raise TypeError(f"{type(thing).__name__} is no number, text, list or dict")


def _checksum(array: Any) -> int:
    kind = zlib.crc32(f"{array.dtype.str}{array.shape}".encode())
    return zlib.crc32(np.ascontiguousarray(array).data.cast("B") if array.size else b"", kind)
