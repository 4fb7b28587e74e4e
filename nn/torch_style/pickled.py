"""Pickles of whole objects, from which loading can run no code but that of this module.

Pickles may call what they name, and set attributes of what they find, also of classes and of
NumPy's types: a file could so replace the methods of a layer, or read any memory. So arrays are
written as bytes with a name of their type; and when a file is read, nothing is called or changed
but what is listed here or by `nn.torch_style.serialization`.
"""

from __future__ import annotations

import collections
import io
import pickle
import sys
from collections.abc import Callable
from typing import Any, ClassVar, Final

import numpy as np

from autograd import Primitive, Tensor, relu
from autograd.errors import WeightsError
from nn.layers.sliding_window import Windows
from nn.module import Module
from nn.optim import Optimizer
from nn.optim.optimizer import ParameterState
from nn.optim.packing import Block, Packing, Piece
from nn.optim.scheduler import Scheduler
from nn.torch_style import types
from nn.torch_style.base import TensorBase, constant
from nn.torch_style.nn.parameter import loaded_buffer, shown_parameter
from nn.torch_style.random import loaded_generator

#: Classes of which objects, also of subclasses in this package, are made without their `__init__`.
_MADE: Final = (Module, Optimizer, Scheduler, Block, Packing, Piece, Windows, types.Size)

#: Classes that may be named besides, as that of a tensor or of numbers.
_NAMED: Final = (Tensor, TensorBase, types.dtype, np.generic)

#: What numbers may be: objects would be read from any address that a file has.
_KINDS: Final = "biufcSUmM"


#: What restores a Tensor, and what finds a function with a rule by its name.
_RESTORE, _FIND = (item.__reduce__()[0] for item in (Tensor(0.0), relu))


def dumps(obj: Any) -> bytes:
    """Return a pickle of an object, in which arrays are bytes."""
    file = io.BytesIO()
    _Pickler(file, 5).dump(obj)
    return file.getvalue()


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        is_array = type(obj) is np.ndarray or isinstance(obj, np.generic)
        dtype = obj.dtype if is_array else obj
        if not isinstance(dtype, np.dtype) or dtype.kind not in _KINDS or not dtype.itemsize:
            return NotImplemented
        if obj is dtype:
            return _type, (obj.str,)
        if isinstance(obj, np.generic):
            return _number, (obj.dtype.str, obj.tobytes())
        is_turned = obj.flags.f_contiguous and not obj.flags.c_contiguous
        rows = np.ascontiguousarray(obj.T if is_turned else obj)
        flat: Any = rows.reshape(-1).view(np.uint8)
        return _array, (obj.dtype.str, obj.shape, is_turned, pickle.PickleBuffer(flat))


def _type(name: str) -> Any:
    """Return a type of numbers by its name."""
    found = np.dtype(name) if isinstance(name, str) else None
    if found is None or found.kind not in _KINDS:
        raise WeightsError(f"A file has arrays of the type {name!r}, which is not one of numbers.")
    return found


def _number(name: str, content: bytes) -> Any:
    return np.frombuffer(content, _type(name))[0]


def _array(name: str, shape: tuple[int, ...], is_turned: bool, content: Any) -> Any:
    dtype = _type(name)
    flat = np.frombuffer(content, dtype) if len(content) else np.empty(0, dtype)
    flat = flat if flat.flags.writeable else flat.copy()
    return flat.reshape(shape[::-1]).T if is_turned else flat.reshape(shape)


#: Functions that files may call, and classes whose constructors run no code of others.
_CALLED: Final[Any] = {
    _type, _number, _array, _RESTORE, constant, shown_parameter, loaded_buffer,
    loaded_generator, types.device, collections.OrderedDict, collections.defaultdict,
    ParameterState, slice, set, frozenset, bytearray, complex, range, dict, list,
}  # fmt: skip


def restricted(file: Any, path: str, listed: dict[str, Any]) -> Any:
    """Load a pickle that refers to nothing but what is harmless or listed.

    Parameters
    ----------
    file : file
        The file.
    path : str
        What to call it in messages.
    listed : dict
        What the caller allows besides, under the names that files have for it.

    Raises
    ------
    WeightsError
        If it refers to something else, or is damaged.
    """
    try:
        return _Unpickler(file, path, listed).load()
    except WeightsError:
        raise
    except (pickle.UnpicklingError, EOFError, LookupError, ValueError, TypeError) as error:
        raise WeightsError(f"{path!r} cannot be read; it may be damaged: {error!r}.") from error


#: The reader in Python: that in C cannot be kept from changing classes, and reads no faster what
#: consists of arrays.
_Reader: Any = vars(pickle)["_Unpickler"]


class _Unpickler(_Reader):  # type: ignore[misc]
    dispatch: ClassVar = {**_Reader.dispatch}

    def __init__(self, file: Any, path: str, listed: dict[str, Any]) -> None:
        super().__init__(file)
        self.path, self.listed, self.find_primitive = path, listed, self.primitive_at
        self.called = {id(item) for item in (*_CALLED, self.find_primitive, *listed.values())}

    def find_class(self, module: str, name: str) -> Any:
        full = f"{module}.{name}"
        if full in self.listed:
            return self.listed[full]
        if (module, name) == (_FIND.__module__, _FIND.__name__):
            return self.find_primitive
        found = _items_of(module).get(name)
        if id(found) in self.called or isinstance(found, types.dtype | types.memory_format):
            return found
        is_own = module.partition(".")[0] in ("autograd", "nn", "numpy")
        if is_own and isinstance(found, type) and issubclass(found, (*_MADE, *_NAMED)):
            return found
        raise _refusal(self.path, full)

    def primitive_at(self, module: str, name: str) -> Any:
        """Return a function with a rule, which is the only thing that may be named so."""
        found = _items_of(module).get(name)
        if not isinstance(found, Primitive):
            raise _refusal(self.path, f"{module}.{name}")
        return found

    def may_call(self, item: Any) -> bool:
        return id(item) in self.called

    def may_make(self, item: Any) -> bool:
        return isinstance(item, type) and (issubclass(item, _MADE) or self.is_listed(item))

    def may_fill(self, item: Any) -> bool:
        """Return whether the state on the stack is one of attributes, and none is called by it."""
        if self.is_listed(type(item)):
            return True
        state = self.stack[-1]
        parts = [part for part in (state if type(state) is tuple else [state]) if part is not None]
        if not self.may_make(type(item)) or not all(type(part) is dict for part in parts):
            return False
        return not any(str(name).startswith("__") for part in parts for name in part)

    def is_listed(self, kind: Any) -> bool:
        return any(kind is item for item in self.listed.values())


def _only_if(code: bytes, place: int | None, is_harmless: Callable[[Any, Any], bool]) -> None:
    """Let an instruction of pickles run only if what it calls, makes or changes allows that.

    This is at a place on the stack; None is the last before what the instruction takes together.
    """
    run = _Reader.dispatch[code[0]]

    def checked(reader: Any) -> None:
        item = reader.metastack[-1][-1] if place is None else reader.stack[place]
        if not is_harmless(reader, item):
            found = item if hasattr(item, "__qualname__") else type(item)
            raise _refusal(reader.path, f"{found.__module__}.{found.__qualname__}")
        run(reader)

    _Unpickler.dispatch[code[0]] = checked


def _is_a(kind: type) -> Callable[[Any, Any], bool]:
    return lambda reader, item: isinstance(item, kind)


_only_if(pickle.REDUCE, -2, _Unpickler.may_call)
_only_if(pickle.NEWOBJ, -2, _Unpickler.may_make)
_only_if(pickle.NEWOBJ_EX, -3, _Unpickler.may_make)
_only_if(pickle.BUILD, -2, _Unpickler.may_fill)
_only_if(pickle.APPEND, -2, _is_a(list))
_only_if(pickle.APPENDS, None, _is_a(list))
_only_if(pickle.ADDITEMS, None, _is_a(set))
_only_if(pickle.SETITEM, -3, _is_a(dict))
_only_if(pickle.SETITEMS, None, _is_a(dict))
for _code in (pickle.INST, pickle.OBJ, pickle.EXT1, pickle.EXT2, pickle.EXT4):
    del _Unpickler.dispatch[_code[0]]  # older ways to call and to name, which nothing writes here


def _items_of(module: str) -> Any:
    """Return what is in a module that has been imported, without letting it compute more."""
    return getattr(sys.modules.get(module), "__dict__", {})


def _refusal(path: str, name: str) -> WeightsError:
    return WeightsError(
        f"{path!r} has whole objects, and refers to {name}; loading it could run code. Where you "
        "trust the file, write torch.load(f, weights_only=False), or list the class before: "
        f"torch.serialization.add_safe_globals([{name.rpartition('.')[2]}])."
    )
