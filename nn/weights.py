"""Weights in files of the format safetensors: names, shapes and numbers, and no code.

PyTorch and other frameworks read and write the same files. Files saved here also contain checksums
to detect damage. A new file replaces the old one only once it is complete.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

import autograd
from autograd.devices import to_numpy
from autograd.errors import WeightsError
from autograd.files import replacing
from nn.optional_imports import require
from nn.styles import plain_model, stripped

#: The key of our entry in the metadata of a file.
KEY = "chainrule"


class Weights(dict[str, Any]):
    """Arrays by name, as `load` returns them.

    Attributes
    ----------
    metadata : dict
        The metadata passed to `save`.
    version : str
        The version of this library that saved the file; empty if another program did.
    """

    metadata: dict[str, Any]
    version: str = ""


def save(model: Any, path: Any, metadata: Mapping[str, Any] | None = None) -> None:
    """Save the parameters and buffers of a model, or a dict of arrays.

    If the program is interrupted, an existing file remains as it was.

    Parameters
    ----------
    model : Module or mapping of str to array
        What to save.
    path : path
        The file; its name usually ends in ``.safetensors``.
    metadata : mapping, optional
        Hyperparameters and the like: anything that JSON can represent.

    Raises
    ------
    WeightsError
        If the format does not support the type of an array, or JSON cannot represent the metadata.
    MissingProgramError
        If the package safetensors is not installed.

    Examples
    --------
    >>> import nn, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "model.safetensors")
    >>> nn.save(nn.Linear(2, 3), path, {"epochs": 5})
    >>> nn.load(path).metadata
    {'epochs': 5}
    """
    serialize = require("safetensors.numpy", "Saving weights", "weights").save
    state = stripped(model if isinstance(model, Mapping) else plain_model(model).state_dict())
    arrays = {name: np.asarray(to_numpy(array), order="C") for name, array in state.items()}
    content = {
        "version": autograd.__version__,
        "metadata": dict(metadata or {}),
        "checksums": {name: _checksum(array) for name, array in arrays.items()},
    }
    try:
        text = _canonical(content)
    except TypeError as error:
        raise WeightsError(f"JSON cannot represent the metadata: {error}.") from None
    try:
        written = serialize(arrays, {KEY: _canonical([text, zlib.crc32(text.encode())])})
    except Exception as error:  # safetensors raises errors of its own kinds
        types = sorted({str(array.dtype) for array in arrays.values()})
        raise WeightsError(
            f"safetensors does not support these arrays, of type {', '.join(types)}: {error}"
        ) from None
    with replacing(path) as file:
        file.write(written)


def load(path: Any) -> Weights:
    """Load a file of weights, written by this library or another program.

    Numbers of the type bfloat16, which NumPy lacks, become float32.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    Weights
        The arrays by name, a dict with the attributes ``metadata`` and ``version``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    WeightsError
        If the file is damaged, or one of PyTorch's, which may contain programs.
    MissingProgramError
        If the package safetensors is not installed.

    Examples
    --------
    >>> import nn, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "model.safetensors")
    >>> nn.save({"weight": np.ones(2)}, path)
    >>> nn.load(path)
    {'weight': array([1., 1.])}
    """
    package = require("safetensors", "Loading weights", "weights")
    found = Weights()
    if not os.path.isfile(path):
        raise FileNotFoundError(f"there is no file {str(path)!r}")
    try:
        with package.safe_open(path, framework="np") as file:
            kinds = {name: file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118
            short = [name for name, kind in kinds.items() if kind == "BF16"]
            found.update({name: file.get_tensor(name) for name in kinds if name not in short})
            foreign = file.metadata() or {}
        found.update(_widened(path, short))
    except Exception as error:
        _refuse_pickle(path)
        raise WeightsError(
            f"{str(path)!r} is damaged, or not a safetensors file: {error}"
        ) from None
    found.metadata = foreign
    if KEY in foreign:
        try:
            text, checksum = json.loads(foreign[KEY])
            if zlib.crc32(text.encode()) != checksum:
                raise ValueError("it is not what was saved")
            content = json.loads(text)
        except (ValueError, TypeError, AttributeError) as error:
            raise WeightsError(f"The metadata of {str(path)!r} are damaged: {error}.") from None
        found.metadata, found.version = content["metadata"], content["version"]
        saved, here = content["checksums"], {name: _checksum(found[name]) for name in found}
        wrong = [name for name in {**saved, **here} if saved.get(name) != here.get(name)]
        if wrong:
            raise WeightsError(
                f"{str(path)!r} is damaged: wrong checksums of {', '.join(map(repr, wrong))}."
            )
    return found


def load_into(model: Any, path: Any, strict: bool = True) -> Weights:
    """Load the weights of a file into a model, and return them.

    Parameters
    ----------
    model : Module
        The model, whose parameters and buffers are overwritten.
    path : path
        The file.
    strict : bool
        Whether names must match exactly; False ignores missing and unexpected names.

    Returns
    -------
    Weights
        The contents of the file.

    Raises
    ------
    WeightsError
        If the file is damaged, or names or shapes differ. The model is unchanged.

    Examples
    --------
    >>> import nn, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "model.safetensors")
    >>> model, copy = nn.Linear(2, 3), nn.Linear(2, 3)
    >>> nn.save(model, path)
    >>> weights = nn.load_into(copy, path)
    >>> bool((copy.weight == model.weight).all())
    True
    """
    found = load(path)
    model.load_state_dict(found, strict=strict)
    return found


def _widened(path: Any, names: list[str]) -> dict[str, Any]:
    """Return arrays of the type bfloat16 as float32, whose first 16 bits they are."""
    found = {}
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
        for name in names:
            start, stop = header[name]["data_offsets"]
            file.seek(8 + size + start)
            numbers = np.frombuffer(file.read(stop - start), "<u2").astype(np.uint32) << 16
            found[name] = numbers.view(np.float32).reshape(header[name]["shape"])
    return found


def _refuse_pickle(path: Any) -> None:
    """Raise if a file is one of PyTorch's: a zip archive of pickles, or a pickle."""
    with open(path, "rb") as file:
        begin = file.read(4)
    if not begin.startswith((b"PK\x03\x04", b"\x80\x02", b"\x80\x04")):
        return
    name = os.fspath(path)
    target = f"{os.path.splitext(name)[0]}.safetensors"
    raise WeightsError(
        f"{name!r} is a pickle of PyTorch's, which may run any program when it is loaded. Where "
        'PyTorch is installed, convert it: python -c "import torch, safetensors.torch as s; '
        f's.save_file(torch.load({name!r}, weights_only=True), {target!r})"'
    ) from None


def _canonical(thing: Any) -> str:
    return json.dumps(thing, separators=(",", ":"), default=_as_json)


def _as_json(thing: Any) -> Any:
    """Convert the numbers and arrays of NumPy to those of Python."""
    if isinstance(thing, (np.generic, np.ndarray)):
        return thing.tolist()
    raise TypeError(f"{type(thing).__name__} is not a number, string, list or dict")


def _checksum(array: Any) -> int:
    kind = zlib.crc32(f"{array.dtype.str}{array.shape}".encode())
    return zlib.crc32(np.ascontiguousarray(array).data.cast("B") if array.size else b"", kind)
