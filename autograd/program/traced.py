"""`Traced`: what represents an array or a number while a function is traced.

It behaves like the array or number it represents. What NumPy or an operator computes with it is
recorded as an instruction, and its results are traced as well. Where Python needs the bare value,
for a branch, an index or a conversion, a guard is recorded: the program holds only for inputs for
which Python would get the same value.
"""

from __future__ import annotations

import dis
import math
import operator
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.engine.batching import Batched
from autograd.engine.node import Node
from autograd.engine.tracing import Followed
from autograd.program.instructions import (
    OPERATORS,
    Attribute,
    Method,
    Variable,
    contents_of,
    set_flat,
)

_LOAD_ATTR = dis.opmap["LOAD_ATTR"]

_array = np.array  # the module gets another one while a function is traced

#: Attributes that a signature fixes: known without a guard.
FIXED = frozenset(("shape", "ndim", "size", "dtype", "itemsize", "nbytes", "strides", "flags"))

#: Attributes that are arrays or numbers themselves.
RECORDED = frozenset(("T", "mT", "real", "imag", "numerator", "denominator"))

#: Methods that change the array in place.
WRITING = frozenset(("sort", "fill", "put", "partition", "itemset"))

#: Methods whose results have a shape that depends on the numbers.
DATA_DEPENDENT = frozenset(("nonzero", "compress", "repeat"))

#: `tolist` of a larger array is guarded as a whole.
LISTED = 1000

#: A longer row is not unpacked into its numbers.
UNPACKED = 1 << 16


class Traced(Followed):
    """An array or a number that records what is computed with it.

    Attributes
    ----------
    _value : array or number
        The value in the call that is traced.
    _variable : Variable
        The variable of the program.
    _recorder : Recorder
        Records instructions and guards.
    _base : Traced or None
        For a view, what owns the memory.
    _moves : bool
        Whether it depends on what may change from call to call.
    """

    __slots__ = ("_base", "_moves", "_recorder", "_variable")

    def __init__(self, value: Any, variable: Variable, recorder: Any) -> None:
        super().__init__(value)
        self._variable = variable
        self._recorder = recorder
        self._base: Traced | None = None
        self._moves = True

    def _guard(self, convert: Callable[[Any], Any]) -> Any:
        return self._recorder.guard(self, convert)

    def _emit(self, function: Any, *arguments: Any, **keywords: Any) -> Any:
        return self._recorder.emit(function, arguments, keywords)

    # -- what Python asks for ---------------------------------------------------------------

    def __bool__(self) -> bool:
        return bool(self._guard(bool))

    def __int__(self) -> int:
        return int(self._guard(int))

    def __float__(self) -> float:
        return float(self._guard(float))

    def __complex__(self) -> complex:
        return complex(self._guard(complex))

    def __index__(self) -> int:
        return int(self._guard(operator.index))

    def __hash__(self) -> int:
        return int(self._guard(hash))

    def __str__(self) -> str:
        return str(self._guard(str))

    def __repr__(self) -> str:
        if self._recorder.is_finished:  # for debuggers; what is left over is of no use
            return f"<traced {self._value!r}>"
        return str(self._guard(repr))

    def __format__(self, specification: str) -> str:
        self._guard(str)
        return format(self._value, specification)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self._guard(contents_of)
        return _array(self._value, dtype)

    def __round__(self, digits: Any = None) -> Any:
        return self._emit(round, self) if digits is None else self._emit(round, self, digits)

    def __trunc__(self) -> Any:
        return self._emit(math.trunc, self)

    def __floor__(self) -> Any:
        return self._emit(math.floor, self)

    def __ceil__(self) -> Any:
        return self._emit(math.ceil, self)

    # -- NumPy's protocols ------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        if any(isinstance(x, (Node, Batched)) for x in inputs if not isinstance(x, Traced)):
            return NotImplemented
        out = keywords.get("out")
        if out is not None:
            return self._recorder.emit_into(ufunc, method, inputs, keywords)
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        if method == "reduceat":  # NumPy passes the indices twice
            keywords.pop("indices", None)
        if method == "at":
            return self._recorder.emit_write(function, inputs, keywords, inputs[0])
        symbol = OPERATORS.get(ufunc)
        if symbol is not None and method == "__call__" and not keywords and _numpy(inputs):
            function = symbol
        return self._recorder.emit(function, inputs, keywords)

    def __array_function__(
        self, function: Any, types: Any, arguments: Any, keywords: dict[str, Any]
    ) -> Any:
        others = [kind for kind in types if not issubclass(kind, Traced) and kind is not np.ndarray]
        if others and not all(map(self._recorder.moves, others)):
            return NotImplemented
        return self._recorder.call_function(function, arguments, keywords)

    # -- arithmetic -------------------------------------------------------------------------

    def __eq__(self, other: Any) -> Any:
        return self._recorder.compare(operator.eq, self, other)

    def __ne__(self, other: Any) -> Any:
        return self._recorder.compare(operator.ne, self, other)

    def __abs__(self) -> Any:
        return self._emit(abs, self)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    # -- copies -----------------------------------------------------------------------------

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __reduce__(self) -> Any:
        self._recorder.refuse(
            "An array cannot be pickled while its function is traced. Return it from the function."
        )

    def with_value(self, value: Any) -> Any:
        """Return what represents the same variable by another array."""
        other = type(self)(value, self._variable, self._recorder)
        other._base, other._moves = self._base, self._moves
        return other

    def as_constant(self) -> Any:
        """Return the number itself, which nothing can change."""
        return self

    def as_float(self) -> Any:
        """Return this as one of Python's floats, traced as well."""
        return self if type(self._value) is float else self._emit(float, self)

    def __getattr__(self, name: str) -> Any:
        if name in FIXED:
            return getattr(self._value, name)
        if name in RECORDED:
            return self._emit(Attribute(name), self)
        if name.startswith("__"):
            raise AttributeError(f"{type(self._value).__name__!r} object has no attribute {name!r}")
        found = getattr(self._value, name)  # raises the error that the array would raise
        if callable(found):
            return _BoundMethod(self, name)
        return self._recorder.refuse(
            f"The attribute {name!r} of an array cannot be followed in a function that is traced. "
            "Compute it from the array with functions of NumPy."
        )


class TracedNumber(Traced):
    """A number of Python or of NumPy."""

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """What it represents, for code that reads this attribute; not for `isinstance`."""
        frame = sys._getframe(1)
        code = frame.f_code
        if "__class__" not in code.co_names or code.co_code[frame.f_lasti] != _LOAD_ATTR:
            return TracedNumber
        kind = type(self._value)
        return frame.f_globals.get("float", kind) if kind is float else kind  # see `creation`

    @property
    def real(self) -> Any:
        """The real part."""
        return self._emit(Attribute("real"), self)

    def item(self) -> Any:
        """Return the same number as one of Python."""
        return self._emit(Method("item"), self)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._value)  # raises Python's error

    def __getitem__(self, index: Any) -> Any:
        return self._emit(operator.getitem, self, index)


class TracedArray(Traced):
    """An array; `isinstance` takes it for a `numpy.ndarray`."""

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return np.ndarray

    @property
    def base(self) -> Any:
        """What owns the memory of a view; None for an array with memory of its own."""
        return self._base

    @property
    def flat(self) -> Any:
        """The elements along one axis, for reading and assignment."""
        return _Flat(self)

    @flat.setter
    def flat(self, item: Any) -> None:
        self.flat[:] = item

    def __len__(self) -> int:
        return len(self._value)

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self._value)))  # assignments meanwhile are seen

    def __contains__(self, item: Any) -> bool:
        return bool((self == item).any())

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, Node) or _has_nodes(index):
            raise TypeError("only integers, slices and arrays are valid indices")
        return self._emit(operator.getitem, self, index)

    def __setitem__(self, index: Any, item: Any) -> None:
        self._recorder.emit_write(operator.setitem, (self, index, item), {}, self)

    def tolist(self) -> Any:
        """Return nested lists of Python's numbers, which are followed."""
        numbers = self._value.dtype.kind in "biufc"
        if numbers and self._value.ndim == 1 and self._value.size <= UNPACKED:
            return self._emit(Method("tolist"), self)
        if self._value.size > LISTED:
            return self._guard(contents_of) and self._value.tolist()
        if not self._value.ndim:
            return self._emit(Method("item"), self)
        if self._value.ndim == 1:
            return [self._emit(Method("item"), self, i) for i in range(len(self._value))]
        return [row.tolist() for row in self]

    def as_constant(self) -> Any:
        """Return a copy, which later assignments do not change."""
        return self._emit(Method("copy"), self, "K")

    def __copy__(self) -> Any:
        return self._emit(Method("copy"), self)

    def __deepcopy__(self, memo: Any) -> Any:
        return self._emit(Method("copy"), self)


def _fixed(name: str) -> Any:
    """Return an attribute that cannot be assigned to."""

    def get(self: TracedArray) -> Any:
        return getattr(self._value, name)

    def refuse(self: TracedArray, item: Any) -> None:
        if name == "shape" and not self._recorder.is_from_outside(self):
            self._value.shape = item
            self._variable = self.reshape(self._value.shape)._variable
            return
        self._recorder.refuse(
            f"Assignment to .{name} of an array cannot be followed in a function that is traced. "
            "Make another array, with reshape, astype or view."
        )

    return property(get, refuse)


def _part(name: str) -> Any:
    """Return an attribute that is an array, and to which arrays can be assigned."""

    def get(self: TracedArray) -> Any:
        return self._emit(Attribute(name), self)

    def change(self: TracedArray, item: Any) -> None:
        getattr(self, name)[...] = item

    return property(get, change)


for _name in ("shape", "dtype", "strides"):
    setattr(TracedArray, _name, _fixed(_name))
for _name in ("real", "imag"):
    setattr(TracedArray, _name, _part(_name))


def _has_nodes(index: Any) -> bool:
    return isinstance(index, tuple) and any(isinstance(part, Node) for part in index)


def traced_in(x: Any) -> list[Traced]:
    """Return what is traced in nested tuples, lists and dicts."""
    if isinstance(x, Traced):
        return [x]
    if isinstance(x, dict):
        x = list(x.values())
    if isinstance(x, (tuple, list)):
        return [found for item in x for found in traced_in(item)]
    return []


def selects_by_mask(index: Any) -> bool:
    """Return whether the number of selected elements depends on the numbers of a mask."""
    parts = index if isinstance(index, tuple) else (index,)
    for part in parts:
        if isinstance(part, Traced) and getattr(part._value, "dtype", None) == np.bool_:
            return True
    return False


def _numpy(items: Any) -> bool:
    """Return whether an operator on these calls NumPy, and not only Python."""
    for x in items:
        value = x._value if isinstance(x, Traced) else x
        if isinstance(value, (np.ndarray, np.generic)):
            return True
    return False


class _BoundMethod:
    """A method of a traced array."""

    def __init__(self, owner: Traced, name: str) -> None:
        self.owner = owner
        self.name = name

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        owner, recorder = self.owner, self.owner._recorder
        if self.name in WRITING and not isinstance(owner, TracedArray):
            return getattr(owner._value, self.name)(*recorder.plain(arguments))  # does nothing
        if self.name in WRITING:
            return recorder.emit_write(Method(self.name), (owner, *arguments), keywords, owner)
        if keywords.get("out") is not None:
            function = getattr(np, self.name, None)
            if function is None:
                return recorder.refuse(
                    f"{self.name}(out=) cannot be followed in a traced function."
                )
            return function(owner, *arguments, **keywords)
        found = recorder.emit(Method(self.name), (owner, *arguments), keywords)
        if self.name in DATA_DEPENDENT:
            recorder.guard_shapes(found)
        return found


class _Flat:
    """What ``array.flat`` returns: elements by their position, for reading and assignment."""

    def __init__(self, owner: TracedArray) -> None:
        self._owner = owner
        self.index = 0

    @property
    def base(self) -> TracedArray:
        """The array."""
        return self._owner

    @property
    def coords(self) -> tuple[int, ...]:
        """The index of the next element."""
        shape = self._owner._value.shape
        if self.index >= len(self):
            return (shape[0] + 1, *shape[1:]) if shape else ()  # after the last one
        return tuple(int(i) for i in np.unravel_index(self.index, shape))

    def copy(self) -> Any:
        """Return the elements in one dimension."""
        return self._owner.flatten()

    def __len__(self) -> int:
        return int(self._owner._value.size)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self.index >= len(self):
            raise StopIteration
        self.index += 1
        return self[self.index - 1]

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.copy().__array__(dtype)

    def __getitem__(self, index: Any) -> Any:
        found = self._owner.ravel()[index]
        return found if isinstance(found, TracedNumber) else found.copy()

    def __setitem__(self, index: Any, item: Any) -> None:
        self._owner._recorder.emit_write(set_flat, (self._owner, index, item), {}, self._owner)


def _binary(function: Any) -> tuple[Any, Any]:
    def forward(self: Traced, other: Any) -> Any:
        return self._recorder.operator(function, self, other)

    def reflected(self: Traced, other: Any) -> Any:
        return self._recorder.operator(function, other, self)

    return forward, reflected


def _inplace(function: Any, plain: Any) -> Any:
    def change(self: Traced, other: Any) -> Any:
        if isinstance(self, TracedArray) and not isinstance(other, (Node, Batched)):
            self._recorder.emit_write(function, (self, other), {}, self)
            return self
        return self._recorder.operator(plain, self, other)

    return change


def _unary(function: Any) -> Any:
    def apply(self: Traced) -> Any:
        return self._recorder.emit(function, (self,), {})

    return apply


for _name in (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor",
    "lshift", "rshift",
):  # fmt: skip
    _function = getattr(operator, f"__{_name}__")
    _forward, _reflected = _binary(_function)
    setattr(Traced, f"__{_name}__", _forward)
    setattr(Traced, f"__r{_name}__", _reflected)
    _change = _inplace(getattr(operator, f"__i{_name}__"), _function)
    setattr(Traced, f"__i{_name}__", _change)
for _name in ("neg", "pos", "invert"):
    setattr(Traced, f"__{_name}__", _unary(getattr(operator, _name)))
for _name in ("lt", "le", "gt", "ge"):
    setattr(Traced, f"__{_name}__", _binary(getattr(operator, _name))[0])
