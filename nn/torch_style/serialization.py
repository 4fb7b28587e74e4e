"""PyTorch's ``torch.serialization``: which classes `torch.load` may meet in a file of objects.

Such a file is a pickle. Without ``weights_only=False`` it may refer only to layers, optimisers and
tensors of this package and to what the caller lists here, so that it cannot run anything else.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import pickle
import sys
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from autograd import Primitive, Tensor
from autograd.errors import OptionError, WeightsError
from nn.module import Module
from nn.optim import Optimizer
from nn.optim.packing import Block, Packing, Piece
from nn.optim.scheduler import Scheduler
from nn.torch_style import types
from nn.torch_style.base import TensorBase
from nn.torch_style.random import Generator

#: Classes whose subclasses in this package are harmless, and other names that pickles need.
_KINDS: Final = (Module, Optimizer, Scheduler, Tensor, TensorBase, Generator)
_CLASSES: Final = {
    Block, Packing, Piece, types.Size, types.device, types.dtype, np.ndarray, np.dtype,
    collections.OrderedDict, collections.defaultdict, slice, set, frozenset, bytearray, complex,
    range,
}  # fmt: skip
_FUNCTIONS: Final = {
    "autograd.engine.tensor.restore_tensor", "nn.torch_style.base.constant",
    "nn.torch_style.nn.parameter.shown_parameter", "nn.torch_style.nn.parameter._loaded_buffer",
    "nn.torch_style.random._restored", "numpy._core.multiarray._reconstruct",
    "numpy.core.multiarray._reconstruct", "numpy._core.multiarray.scalar",
    "numpy._core.numeric._frombuffer", "numpy.core.numeric._frombuffer",
}  # fmt: skip

_listed: list[Any] = []


def add_safe_globals(safe_globals: list[Any]) -> None:
    """Let `torch.load` meet these classes and functions in files.

    Parameters
    ----------
    safe_globals : list
        Classes and functions; or pairs of one and the name that files have for it.
    """
    for item in safe_globals:
        _name_of(item)  # or raise
    _listed.extend(safe_globals)


def get_safe_globals() -> list[Any]:
    """Return what has been listed."""
    return [*_listed]


def clear_safe_globals() -> None:
    """Forget what has been listed."""
    _listed.clear()


@contextlib.contextmanager
def safe_globals(safe_globals: list[Any]) -> Iterator[None]:
    """List classes and functions in a ``with`` block only.

    Parameters
    ----------
    safe_globals : list
        As for `add_safe_globals`.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> with torch.serialization.safe_globals([torch.nn.Linear]):
    ...     torch.serialization.get_safe_globals()
    [<class 'nn.torch_style.nn.layers.Linear'>]
    >>> torch.serialization.get_safe_globals()
    []
    """
    before = get_safe_globals()
    add_safe_globals(safe_globals)
    try:
        yield
    finally:
        _listed[:] = before


def _name_of(item: Any) -> str:
    """Return the full name of a class or function, or the one that it is listed with."""
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], str):
        return item[1]
    if isinstance(item, Primitive):
        return item.__name__
    if not hasattr(item, "__qualname__"):
        raise OptionError(f"safe_globals are classes and functions, not {item!r}.")
    return f"{item.__module__}.{item.__qualname__}"


def restricted(file: Any, path: str) -> Any:
    """Load a pickle that refers to nothing but what is harmless or listed.

    Parameters
    ----------
    file : file
        The file.
    path : str
        What to call it in messages.

    Raises
    ------
    WeightsError
        If it refers to something else.
    """
    return _Unpickler(file, path).load()


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: Any, path: str) -> None:
        super().__init__(file)
        self.path = path
        self.listed = {_name_of(item): item for item in _listed}

    def find_class(self, module: str, name: str) -> Any:
        full = f"{module}.{name}"
        if full in self.listed:
            item = self.listed[full]
            return item[0] if isinstance(item, tuple) else item
        if full == "autograd.engine.named.item_at":
            return functools.partial(_primitive_at, self.path)
        own = module.partition(".")[0] in ("autograd", "nn", "numpy", "builtins", "collections")
        if own and module in sys.modules:
            found = super().find_class(module, name)
            is_own = isinstance(found, type) and module.partition(".")[0] in ("autograd", "nn")
            is_harmless = is_own and issubclass(found, _KINDS)
            if full in _FUNCTIONS or is_harmless or _is_class(found):
                return found
        raise _refusal(self.path, full)


def _is_class(found: Any) -> bool:
    """Return whether this is one of the other harmless classes; NumPy's types are."""
    if not isinstance(found, type):
        return False
    return found in _CLASSES or issubclass(found, (np.generic, np.dtype))


def _primitive_at(path: str, module: str, name: str) -> Any:
    """Return a function with a rule, which is the only thing that may be named so."""
    found = getattr(sys.modules.get(module), name, None)
    if not isinstance(found, Primitive):
        raise _refusal(path, f"{module}.{name}")
    return found


def _refusal(path: str, name: str) -> WeightsError:
    return WeightsError(
        f"{path!r} has whole objects, and refers to {name}; loading it could run code. Where you "
        "trust the file, write torch.load(f, weights_only=False), or list the class before: "
        f"torch.serialization.add_safe_globals([{name.rpartition('.')[2]}])."
    )
