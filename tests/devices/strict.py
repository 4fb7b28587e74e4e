"""An array like those of a GPU: it mixes with no array of NumPy, and reading it is counted.

It follows NumPy's protocols (NEP 13 and 18), as CuPy's arrays do. Its elements are kept in an array
of NumPy that is reached by `get` alone. What reads an element, `float`, `bool`, `item` and the like,
is counted in `transfers`, because on a device it waits for all that was begun before.

Functions, parameters and methods that CuPy does not have are refused as CuPy refuses them:
``cupy_interface.json`` lists what there is.
"""

from __future__ import annotations

import functools
import json
import operator
import os
import types
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

transfers: list[str] = []  # what has been read, one entry each


INTERFACE = json.loads((Path(__file__).parent / "cupy_interface.json").read_text())
UFUNCS, ADDING = frozenset(INTERFACE["ufuncs"]), frozenset(INTERFACE["at"])

#: The parameters of methods of ufuncs, with those for which CuPy has the method.
METHODS = {
    "reduce": (("add", "multiply"), ["array", "axis", "dtype", "out", "keepdims"]),
    "accumulate": (("add", "multiply"), ["array", "axis", "dtype", "out"]),
    "reduceat": (("add",), ["array", "indices", "axis", "dtype", "out"]),
    "at": (ADDING, ["a", "indices", "b"]),
    "outer": (UFUNCS, ["A", "B", "out", "dtype", "casting"]),
    "__call__": (UFUNCS, ["*", "out", "dtype", "casting"]),
}


class DeviceError(TypeError):
    """An array of NumPy was mixed with one of the device, or one of the device converted."""


class Flags:
    """What CuPy says of the memory of an array: nothing is read-only there."""

    def __init__(self, data: Any) -> None:
        self.c_contiguous, self.f_contiguous = data.flags.c_contiguous, data.flags.f_contiguous
        self.owndata = data.flags.owndata


#: By the identities of NumPy's arrays that own memory, what is on the device.
_OWNERS: Any = weakref.WeakValueDictionary()


class DeviceArray:
    """An array on a device that exists in the tests alone."""

    __array_priority__ = 100
    base: Any = None  # the owner of the memory, if this is a view

    def __init__(self, data: Any) -> None:
        self._on_device = data = np.asarray(data)
        owner = data
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        if owner is data:
            _OWNERS[id(data)] = self
        else:
            known = _OWNERS.get(id(owner))
            self.base = DeviceArray(owner) if known is None else known

    # -- what is known without reading ------------------------------------------------------

    shape = property(lambda self: self._on_device.shape)
    dtype = property(lambda self: self._on_device.dtype)
    ndim = property(lambda self: self._on_device.ndim)
    size = property(lambda self: self._on_device.size)
    nbytes = property(lambda self: self._on_device.nbytes)
    itemsize = property(lambda self: self._on_device.itemsize)
    strides = property(lambda self: self._on_device.strides)
    flags = property(lambda self: Flags(self._on_device))
    T = property(lambda self: DeviceArray(self._on_device.T))
    mT = property(lambda self: DeviceArray(np.swapaxes(self._on_device, -1, -2)))  # noqa: N815
    real = property(lambda self: DeviceArray(self._on_device.real))
    imag = property(lambda self: DeviceArray(self._on_device.imag))

    def __len__(self) -> int:
        return len(self._on_device)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"DeviceArray(shape={self.shape}, dtype={self.dtype})"

    # -- transfers --------------------------------------------------------------------------

    def get(self) -> Any:
        """Return the elements as an array of NumPy."""
        transfers.append("get")
        return self._on_device.copy()

    def item(self, *index: int) -> Any:
        transfers.append("item")
        return self._on_device.item(*index)

    def tolist(self) -> Any:
        transfers.append("tolist")
        return self._on_device.tolist()

    def __float__(self) -> float:
        transfers.append("float")
        return float(self._on_device)

    def __int__(self) -> int:
        transfers.append("int")
        return int(self._on_device)

    def __complex__(self) -> complex:
        transfers.append("complex")
        return complex(self._on_device)

    def __bool__(self) -> bool:
        transfers.append("bool")
        return bool(self._on_device)

    def __index__(self) -> int:
        transfers.append("index")
        return operator.index(self._on_device)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise DeviceError("Implicit conversion to a NumPy array is not allowed. Use x.get().")

    # -- NumPy's protocols ------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        out = keywords.get("out")
        if any(_leaves_it_to_the_other(x) for x in (*inputs, *(out or ()))):
            return NotImplemented
        if ufunc.__name__ not in UFUNCS:
            return NotImplemented
        known, parameters = METHODS[method]
        if ufunc.__name__ not in known:
            raise NotImplementedError(f"`cupy_{ufunc.__name__}.{method}` is not supported yet")
        _require(f"{ufunc.__name__}.{method}", parameters, inputs, keywords)
        found = getattr(ufunc, method)(*_read(inputs), **_read(keywords))
        return _written(found, out)

    def __array_function__(self, function: Any, types: Any, args: Any, keywords: Any) -> Any:
        if not all(issubclass(kind, DeviceArray | np.ndarray) for kind in types):
            return NotImplemented
        name = ".".join([*function.__module__.split(".")[1:], function.__name__])
        if name not in INTERFACE["functions"]:
            return NotImplemented
        _require(name, INTERFACE["functions"][name], args, keywords)
        if function in (np.asarray, np.array) and isinstance(args[0], np.ndarray):  # like= is given
            transfers.append("sent")
            return DeviceArray(function(*args, **keywords).copy())
        found = function(*_read(args), **_read(keywords))
        return _written(found, keywords.get("out"))

    def __getitem__(self, index: Any) -> Any:
        return _placed(self._on_device[_read(index)])

    def __setitem__(self, index: Any, item: Any) -> None:
        self._on_device[_read(index)] = _read(item)

    def __getattr__(self, name: str) -> Any:
        method = getattr(np.ndarray, name, None)
        if name not in INTERFACE["attributes"] or not callable(method):
            raise AttributeError(f"'DeviceArray' has no attribute {name!r}")

        def call(*args: Any, **keywords: Any) -> Any:
            _require(name, INTERFACE["attributes"][name], args, keywords)
            found = method(self._on_device, *_read(args), **_read(keywords))
            return _written(found, keywords.get("out"))

        return call


def _operator(function: Any, reflected: bool = False, in_place: bool = False) -> Any:
    def forward(self: DeviceArray, other: Any) -> Any:
        if _leaves_it_to_the_other(other):
            return NotImplemented
        if in_place:
            function(self._on_device, _read(other))
            return self
        pair = (other, self) if reflected else (self, other)
        return _placed(function(*_read(pair)))

    return forward


def _leaves_it_to_the_other(other: Any) -> bool:
    mine = isinstance(other, DeviceArray | np.ndarray | np.generic)
    return not mine and hasattr(type(other), "__array_ufunc__")


for _name in [
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
]:
    _function = getattr(operator, f"{_name}_" if _name in ("and", "or") else _name)
    setattr(DeviceArray, f"__{_name}__", _operator(_function))
    setattr(DeviceArray, f"__r{_name}__", _operator(_function, reflected=True))
    setattr(DeviceArray, f"__i{_name}__", _operator(getattr(operator, f"i{_name}"), in_place=True))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(DeviceArray, f"__{_name}__", _operator(getattr(operator, _name)))
for _name in ("neg", "pos", "invert", "abs"):
    setattr(
        DeviceArray,
        f"__{_name}__",
        functools.partialmethod(
            lambda self, f: _placed(f(self._on_device)), getattr(operator, _name)
        ),
    )
DeviceArray.__hash__ = None  # type: ignore[assignment]


def _require(name: str, parameters: list[str], args: Any, keywords: Any) -> None:
    """Raise an error unless a function with these parameters could be called so."""
    plain = [x for x in parameters if not x.startswith("*")]
    takes_more = any(x.startswith("*") and not x.startswith("**") for x in parameters)
    unknown = keywords.keys() - plain
    if unknown and not any(x.startswith("**") for x in parameters):
        raise TypeError(f"{name}() got an unexpected keyword argument {min(unknown)!r}")
    if len(args) > len(plain) and not takes_more:
        raise TypeError(f"{name}() takes {len(plain)} positional arguments but {len(args)} were")


def _read(item: Any) -> Any:
    """Return what the device computes with; arrays of NumPy are refused."""
    if isinstance(item, DeviceArray):
        return item._on_device
    if isinstance(item, np.ndarray):
        raise DeviceError(f"Unsupported type numpy.ndarray, of shape {item.shape}.")
    if isinstance(item, tuple | list):
        return (
            type(item)(map(_read, item))
            if type(item) in (tuple, list)
            else type(item)(*map(_read, item))
        )
    if isinstance(item, dict):
        return {name: _read(value) for name, value in item.items()}
    return item


def _placed(found: Any) -> Any:
    """Return results as arrays of the device, numbers as arrays without axes."""
    if isinstance(found, np.ndarray | np.generic) and found.dtype.kind in "biufc":
        known = _OWNERS.get(id(found))
        return DeviceArray(found) if known is None else known
    if isinstance(found, list):
        return [_placed(item) for item in found]
    if isinstance(found, tuple):
        placed = [_placed(item) for item in found]
        return type(found)(*placed) if hasattr(found, "_fields") else tuple(placed)
    return found


def _written(found: Any, out: Any) -> Any:
    if out is None:
        return _placed(found)
    return out[0] if isinstance(out, tuple) and len(out) == 1 else out


#: Whether the tests compute with CuPy's arrays instead: ``pytest tests/devices --device cupy``.
CUPY = os.environ.get("CHAINRULE_DEVICE") == "cupy"
if CUPY:
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed")
    if not cupy.cuda.is_available():
        pytest.skip("CuPy finds no GPU", allow_module_level=True)
    DeviceArray = cupy.ndarray  # type: ignore[misc]


def on_device(x: Any) -> Any:
    """Move arrays, also in tuples and lists, to the device."""
    if isinstance(x, np.ndarray):
        return cupy.asarray(x) if CUPY else DeviceArray(x.copy())
    if type(x) in (tuple, list):
        return type(x)(map(on_device, x))
    if type(x) is dict:
        return {name: on_device(item) for name, item in x.items()}
    return x


class NumPyThere:
    """NumPy, but `array`, `zeros` and the like make arrays of the device."""

    def __getattr__(self, name: str) -> Any:
        function = getattr(np, name)
        if name in ("array", "asarray", "zeros", "ones", "eye", "arange", "full", "linspace", "r_"):
            return lambda *args, **keywords: on_device(function(*args, **keywords))
        return function


def with_constants_there(function: Any) -> Any:
    """Return a Python function whose constant arrays are on the device."""
    if isinstance(function, functools.partial):
        keywords = {name: on_device(x) for name, x in function.keywords.items()}
        return functools.partial(function.func, *on_device(function.args), **keywords)
    if not isinstance(function, types.FunctionType) or "autograd" in function.__module__:
        return function
    cells = [with_constants_there(on_device(c.cell_contents)) for c in function.__closure__ or ()]
    names = {name: on_device(x) for name, x in function.__globals__.items()}
    moved = types.FunctionType(
        function.__code__,
        names | {"np": NumPyThere()},
        function.__name__,
        tuple(with_constants_there(x) for x in on_device(function.__defaults__ or ())),
        tuple(map(types.CellType, cells)) or None,
    )
    moved.__kwdefaults__ = on_device(function.__kwdefaults__ or {})
    return moved
