"""`save` and `load`: tensors in files of the format safetensors, which hold no code.

A dict of tensors is saved as such, under the names of its keys, so that other programs read it.
Other nested lists, tuples and dicts of tensors, numbers and strings are described in the metadata.
Whole models and other objects are pickled; see `nn.torch_style.serialization` for what is loaded.
"""

from __future__ import annotations

import os
import pickle
import tempfile
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

import nn
from autograd.errors import WeightsError
from autograd.files import replacing
from nn.torch_style import serialization
from nn.torch_style.base import TensorBase, constant, numbers
from nn.torch_style.pickled import dumps, restricted
from nn.torch_style.types import DTYPES, bfloat16, check_device, check_options, device, dtype

#: The key of the description in the metadata.
TREE = "torch_style"

#: What a pickle of whole objects begins with.
PICKLED = b"chainrule pickle\n"


def save(obj: Any, f: Any, **options: Any) -> None:
    """Save tensors, in any nesting of lists, tuples and dicts; or whole objects, pickled.

    Parameters
    ----------
    obj : any
        Tensors, arrays, numbers and strings: a ``state_dict`` of a model or an optimiser, or a
        dict of these. A whole model is pickled, so its class must be importable where it is
        loaded.
    f : path or file
        The file.

    Raises
    ------
    WeightsError
        If something cannot be pickled, such as a lambda.

    Examples
    --------
    >>> import os, tempfile
    >>> import nn.torch_style as torch
    >>> path = os.path.join(tempfile.mkdtemp(), "checkpoint.pt")
    >>> torch.save({"epoch": 3, "weights": [torch.ones(2)]}, path)
    >>> torch.load(path)
    {'epoch': 3, 'weights': [tensor([1., 1.])]}
    """
    names = "pickle_module pickle_protocol _use_new_zipfile_serialization"
    check_options("save", options, names)
    arrays: dict[str, Any] = {}
    try:
        described = _described(obj, "", arrays)
    except _WholeObject:
        _pickle(obj, f)
        return
    is_flat = isinstance(obj, Mapping) and list(arrays) == list(obj)
    is_flat = is_flat and all(isinstance(item, TensorBase) for item in obj.values())
    metadata = {} if is_flat else {TREE: described}
    if isinstance(f, (str, os.PathLike)):
        nn.save(arrays, f, metadata)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "saved")
        nn.save(arrays, path, metadata)
        with open(path, "rb") as file:
            f.write(file.read())


def _pickle(obj: Any, f: Any) -> None:
    """Write a pickle, after what tells it from those of PyTorch."""
    try:
        content = PICKLED + dumps(obj)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise WeightsError(
            f"torch.save cannot pickle this {type(obj).__name__}: {error}. Save what holds its "
            "tensors, such as model.state_dict()."
        ) from error
    if not isinstance(f, (str, os.PathLike)):
        f.write(content)
        return
    with replacing(f) as file:
        file.write(content)


def load(f: Any, map_location: Any = None, weights_only: bool = True, **options: Any) -> Any:
    """Load what `save` wrote, a safetensors file of another program, or an npz file.

    Parameters
    ----------
    f : path or file
        The file.
    map_location : str or device, optional
        "cpu".
    weights_only : bool
        False to load any objects, which runs code from the file. Otherwise a file may have layers,
        optimisers and tensors, and classes that `torch.serialization.add_safe_globals` lists.

    Raises
    ------
    WeightsError
        If it has other objects; or if it is a pickle of PyTorch's: the message says how to convert
        it.
    """
    check_options("load", options, "pickle_module mmap encoding fix_imports errors")
    if isinstance(map_location, (str, os.PathLike, device)):
        check_device(map_location)
    if not isinstance(f, (str, os.PathLike)):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "loaded")
            with open(path, "wb") as file:
                file.write(f.read())
            return load(path, weights_only=weights_only)
    if os.path.isfile(f):
        with open(f, "rb") as file:
            if file.read(len(PICKLED)) == PICKLED:
                if not weights_only:
                    return pickle.load(file)
                return restricted(file, os.fspath(f), serialization.named())
        _refuse_pickle(f)
        if zipfile.is_zipfile(f):
            with np.load(f, allow_pickle=False) as found:
                return {name: constant(found[name]) for name in found.files}
    weights = nn.load(f)
    tree = weights.metadata.get(TREE) if weights.version else None
    if tree is None:
        return {name: constant(array) for name, array in weights.items()}
    return _restored(tree, weights)


def _refuse_pickle(path: Any) -> None:
    """Raise if a file is a pickle, which PyTorch writes in a zip file or alone."""
    with open(path, "rb") as file:
        start = file.read(9)
    is_pickle = start[:1] == b"\x80" and start[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")
    is_pickle = is_pickle and start[8:] != b"{"  # of a safetensors file, whose length is such
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            is_pickle = any(name.endswith("data.pkl") for name in archive.namelist())
    if is_pickle:
        name = os.fspath(path)
        target = os.path.splitext(name)[0] + ".safetensors"
        raise WeightsError(
            f"{name!r} is a pickle, which runs code when it is loaded. Convert it where PyTorch is "
            "installed:\n"
            '  python -c "import torch; from safetensors.torch import save_file; '
            f"save_file(torch.load('{name}', weights_only=True), '{target}')\"\n"
            f"and load {target!r}."
        )


def _described(item: Any, path: str, arrays: dict[str, Any]) -> Any:
    """Return something as JSON can hold it, and add its tensors to `arrays`."""
    if isinstance(item, (TensorBase, np.ndarray)):
        name = path or "tensor"
        while name in arrays:
            name += "_"
        arrays[name] = numbers(item)
        return {"tensor" if isinstance(item, TensorBase) else "array": name}
    if item is None or isinstance(item, (bool, int, float, str)):
        return item
    if isinstance(item, np.generic):
        return item.item()
    if isinstance(item, dtype):
        return {"dtype": item.name}
    if isinstance(item, Mapping):
        pairs = []
        for key, value in item.items():
            if not isinstance(key, (str, int, float, bool)):
                raise WeightsError(f"torch.save: keys are strings and numbers, not {key!r}.")
            pairs.append([key, _described(value, f"{path}.{key}" if path else str(key), arrays)])
        return {"dict": pairs}
    if isinstance(item, (list, tuple)):
        kind = "list" if isinstance(item, list) else "tuple"
        paths = [f"{path}.{i}" if path else str(i) for i in range(len(item))]
        parts = [_described(x, place, arrays) for x, place in zip(item, paths, strict=True)]
        return {kind: parts}
    raise _WholeObject


class _WholeObject(Exception):  # noqa: N818 - it is caught where objects are pickled
    """Something is in it that is neither numbers nor tensors."""


def _restored(item: Any, arrays: Any) -> Any:
    """Return what `_described` described."""
    if not isinstance(item, dict):
        return item
    ((kind, content),) = item.items()
    if kind == "tensor":
        return constant(arrays[content])
    if kind == "array":
        return arrays[content]
    if kind == "dict":
        return {key: _restored(value, arrays) for key, value in content}
    if kind == "dtype":
        return next(known for known in (*DTYPES.values(), bfloat16) if known.name == content)
    parts = [_restored(part, arrays) for part in content]
    return parts if kind == "list" else tuple(parts)
