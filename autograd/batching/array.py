"""`BatchedArray`: the array that a function gets while it runs for a whole batch.

It has the shape that the array has in one call, and holds those of all calls along one more axis,
the first. What NumPy or an operator computes with it is computed for all calls at once, by the
batch rules in the tables of this package. It may itself hold an array of an outer batch, or one
that is traced; a Tensor may hold it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np

from autograd.batching.level import Flags, Level, aligned, innermost, ndim
from autograd.batching.uniform import uniform
from autograd.engine.batching import Batched
from autograd.engine.callers import hint_for_caller
from autograd.engine.node import Node, plain
from autograd.errors import BatchAttributeError, BatchError, lost

#: Set by the modules that know the batch rules, which need this class.
RULES: dict[str, Callable[..., Any]] = {}


class BatchedArray(Batched):
    """The arrays of all calls of a batch; `isinstance` takes it for a `numpy.ndarray`."""

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return np.ndarray

    def with_array(self, array: Any) -> BatchedArray:
        """Return a batched array of the same batch."""
        return BatchedArray(array, self.level)

    # -- what it is in one call -------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape in one call."""
        return self.array.shape[1:]  # type: ignore[no-any-return]

    @shape.setter
    def shape(self, shape: Any) -> None:
        raise BatchError("The shape of a batched array cannot be changed in place. Use reshape.")

    @property
    def ndim(self) -> int:
        """The number of axes in one call."""
        return len(self.array.shape) - 1

    @property
    def size(self) -> int:
        """The number of elements in one call."""
        return int(np.prod(self.shape, dtype=int))

    @property
    def dtype(self) -> Any:
        """The type of the elements."""
        return self.array.dtype

    @property
    def itemsize(self) -> int:
        """The bytes of one element."""
        return int(self.array.dtype.itemsize)

    @property
    def nbytes(self) -> int:
        """The bytes of all calls."""
        return int(self.array.nbytes)

    @property
    def strides(self) -> tuple[int, ...]:
        """The strides in one call."""
        return self.array.strides[1:]  # type: ignore[no-any-return]

    @property
    def flags(self) -> Any:
        """The memory layout in one call."""
        return Flags(self)

    @property
    def base(self) -> Any:
        """What owns the memory."""
        found = self.array.base
        return self.array if found is None else found

    @property
    def T(self) -> Any:  # noqa: N802 - NumPy's name
        """All axes in reverse order."""
        return np.transpose(self)  # type: ignore[call-overload]

    @property
    def mT(self) -> Any:  # noqa: N802 - NumPy's name
        """The last two axes exchanged."""
        return np.swapaxes(self, -1, -2)  # type: ignore[call-overload]

    @property
    def real(self) -> Any:
        """The real part."""
        return self.with_array(self.array.real)

    @real.setter
    def real(self, part: Any) -> None:
        self.real[...] = part

    @property
    def imag(self) -> Any:
        """The imaginary part."""
        return self.with_array(self.array.imag)

    @imag.setter
    def imag(self, part: Any) -> None:
        self.imag[...] = part

    @property
    def flat(self) -> Any:
        """The elements along one axis; assignments change the array."""
        return Flat(self)

    @flat.setter
    def flat(self, items: Any) -> None:
        self[...] = np.resize(items, self.shape)

    # -- what Python asks for ---------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(np.ndarray, name):
            raise AttributeError(f"A batched array has no attribute {name!r}.")
        raise BatchAttributeError(
            f"The attribute {name!r} of a batched array is not known: it concerns the memory, "
            "which all calls of the batch share. Use functions of NumPy."
        )

    def __bool__(self) -> bool:
        same = uniform(self)
        if same is not None:
            return bool(same)
        self._refuse(
            "A condition on a batched array has no single truth value: it may hold in some calls "
            "of the batch only. Write np.where(condition, a, b), which computes both."
        )

    def _refuse(self, text: str) -> NoReturn:
        raise BatchError(text + hint_for_caller())

    def _number(self, kind: str) -> Any:
        same = None if self.ndim else uniform(self, 3)
        if same is not None:
            return same
        self._refuse(
            f"{kind} of a batched array of shape {self.shape} would be one number for all calls of "
            "the batch. Use functions of NumPy, np.sin for math.sin, and x.astype(int) for int(x); "
            "to choose elements write np.take(x, i, axis=0) for x[i]; to fill an array, make it "
            "with np.zeros_like(x, shape=...), or join numbers with np.stack([...])."
        )

    def __float__(self) -> float:
        return float(self._number("float"))

    def __int__(self) -> int:
        return int(self._number("int"))

    def __complex__(self) -> complex:
        return complex(self._number("complex"))

    def __index__(self) -> int:
        return operator.index(self._number("Use as an index, a length or a number of times"))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self._number("Conversion to an array or an element"), dtype)

    def __round__(self, digits: Any = None) -> Any:
        return np.round(self, digits or 0)  # type: ignore[call-overload]

    def __repr__(self) -> str:
        return f"<{self.level.size} arrays of shape {self.shape}, batched: {self.array!r}>"

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of unsized object")
        return int(self.array.shape[1])

    def __iter__(self) -> Iterator[Any]:
        return iter([self[i] for i in range(len(self))])

    def __contains__(self, item: Any) -> Any:
        self._refuse("`in` a batched array has no single truth value. Write np.any(x == item).")

    def __format__(self, specification: str) -> str:
        if specification:
            self._number("A format")
        return repr(self)

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()

    def __reduce__(self) -> Any:
        self._refuse("A batched array cannot be pickled. Return it from the function.")

    __hash__ = None  # type: ignore[assignment]

    def __matmul__(self, other: Any) -> Any:
        return _matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return _matmul(other, self)

    def __imatmul__(self, other: Any) -> Any:
        return _inplace(_matmul)(self, other)

    # -- elements ---------------------------------------------------------------------------

    def __getitem__(self, index: Any) -> Any:
        return RULES["getitem"](self, index)

    def __setitem__(self, index: Any, item: Any) -> None:
        RULES["setitem"](self, index, item)

    # -- NumPy's protocols ------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        for x in inputs:
            if isinstance(x, Node):
                return NotImplemented
        return RULES["ufunc"](ufunc, method, inputs, keywords)

    def __array_function__(
        self, function: Any, types: Any, arguments: Any, keywords: dict[str, Any]
    ) -> Any:
        for kind in types:
            if issubclass(kind, Node):
                return NotImplemented
        return RULES["function"](function, arguments, keywords)

    # -- methods ----------------------------------------------------------------------------

    def astype(self, dtype: Any, *arguments: Any, **keywords: Any) -> Any:
        """Convert the elements."""
        if np.dtype(dtype) == self.dtype and keywords.get("copy") is False:
            return self
        return self.with_array(self.array.astype(dtype, *arguments, **keywords))

    def copy(self, order: Any = "C") -> Any:
        """Return a copy."""
        return self.with_array(self.array.copy(order))

    def view(self) -> Any:
        """Return another array on the same memory."""
        return self.with_array(self.array[...])

    def conj(self) -> Any:
        """Return the complex conjugate."""
        return self.with_array(self.array.conj())

    def conjugate(self) -> Any:
        """Return the complex conjugate."""
        return self.with_array(self.array.conj())

    def flatten(self, order: Any = "C") -> Any:
        """Return a copy along one axis."""
        return np.ravel(self, order).copy()  # type: ignore[call-overload]

    def reshape(self, *shape: Any, order: Any = "C", copy: Any = None) -> Any:
        """Return the same elements in another shape."""
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, order=order)  # type: ignore

    def transpose(self, *axes: Any) -> Any:
        """Permute the axes; reverse them by default."""
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes or None
        return np.transpose(self, order)  # type: ignore[call-overload]

    def item(self, *index: Any) -> Any:
        """Return one element, which is batched as well."""
        if not index:
            return self.reshape(()).copy()
        found = index[0] if len(index) == 1 else index
        return self.reshape(-1)[found] if isinstance(found, int) else self[found]

    def tolist(self) -> Any:
        """Return nested lists of numbers, which are batched as well."""
        return [row.tolist() for row in self] if self.ndim else self.copy()

    def fill(self, item: Any) -> None:
        """Assign one number to all elements."""
        self[...] = item

    def sort(self, axis: int = -1, kind: Any = None, order: Any = None) -> None:
        """Sort in place."""
        self[...] = np.sort(self, axis=axis, kind=kind)  # type: ignore[call-overload]

    def partition(self, kth: Any, axis: int = -1, kind: str = "introselect") -> None:
        """Move the smallest elements to the front, in place."""
        self[...] = np.partition(self, kth, axis=axis)  # type: ignore[call-overload]

    def put(self, indices: Any, values: Any, mode: Any = "raise") -> None:
        """Assign to elements of the flattened array."""
        np.put(self, indices, values, mode)  # type: ignore[arg-type]

    def dot(self, other: Any) -> Any:
        """Return the dot product."""
        return np.dot(self, other)  # type: ignore[call-overload]


class Cell(BatchedArray):
    """An array without axes. Unlike a number, operators in place change it, as in NumPy."""

    __slots__ = ()


class Flat(BatchedArray):
    """The elements of an array along one axis: a copy, whose assignments reach the array."""

    __slots__ = ("source",)

    def __init__(self, source: BatchedArray) -> None:
        super().__init__(source.reshape(-1).array, source.level)
        self.source = source

    def __getitem__(self, index: Any) -> Any:
        return super().__getitem__(index).copy()

    def __setitem__(self, index: Any, item: Any) -> None:
        places = np.arange(self.size)[index]
        target = self.source.reshape(1) if not self.source.ndim else self.source
        target[np.unravel_index(places, target.shape)] = item
        self.array = self.source.reshape(-1).array


def of_entries(array: Any, level: Any) -> BatchedArray:
    """Return the arrays of all calls as one that is an array in each call, even without axes."""
    return BatchedArray(array, level) if len(array.shape) > 1 else Cell(array, level)


def _method(name: str) -> Any:
    """Return a method that calls the function of NumPy with its name."""
    function = getattr(np, name)

    def call(self: BatchedArray, *arguments: Any, **keywords: Any) -> Any:
        return function(self, *arguments, **keywords)

    return call


for _name in (
    "all", "any", "argmax", "argmin", "argpartition", "argsort", "choose", "clip", "cumprod",
    "cumsum", "diagonal", "max", "mean", "min", "nonzero", "prod", "ptp", "ravel", "repeat",
    "round", "searchsorted", "squeeze", "std", "sum", "swapaxes", "take", "trace", "var",
):  # fmt: skip
    setattr(BatchedArray, _name, _method(_name))


def applied(function: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    """Apply a binary operator for all calls."""
    if isinstance(a, Node) or isinstance(b, Node):
        return NotImplemented
    if isinstance(a, (list, tuple)) and not isinstance(a, Batched):
        a = np.asarray(a)
    if isinstance(b, (list, tuple)) and not isinstance(b, Batched):
        b = np.asarray(b)
    level: Level = innermost((a, b))
    axes = max(ndim(a), ndim(b))
    found = function(aligned(a, level, axes), aligned(b, level, axes))
    if isinstance(found, tuple):
        return tuple([BatchedArray(part, level) for part in found])
    return BatchedArray(found, level)


def _binary(function: Any) -> tuple[Any, Any]:
    def forward(self: BatchedArray, other: Any) -> Any:
        return applied(function, self, other)

    def reflected(self: BatchedArray, other: Any) -> Any:
        return applied(function, other, self)

    return forward, reflected


def _inplace(function: Any) -> Any:
    def change(self: BatchedArray, other: Any) -> Any:
        if isinstance(other, Node) and (self.ndim or type(self) is Cell):
            if not other._is_constant():
                raise lost(
                    "Changing a batched array in place by a node",
                    "Write a = a + node, or make it a Tensor before: a = Tensor(a).",
                )
            other = plain(other)
        if isinstance(other, Node):
            return NotImplemented
        if not self.ndim and type(self) is not Cell:  # a number is immutable
            return function(self, other)
        if innermost((self, other)) is not self.level:
            refuse_write(self)
        array = self.array
        changed = function(array, aligned(other, self.level, self.ndim))
        if changed.shape != array.shape:
            raise BatchError(
                f"An operator in place gives shape {changed.shape[1:]} for an array of shape "
                f"{self.shape}."
            )
        if not np.can_cast(changed.dtype, array.dtype, "same_kind"):
            np.zeros(1, array.dtype).__iadd__(np.zeros(1, changed.dtype))  # raises NumPy's error
        array[...] = changed
        return self

    return change


def refuse_write(target: Any) -> NoReturn:
    """Raise the error for a write into what all calls of a batch share."""
    raise BatchError(
        f"An array of shape {np.shape(target)} that all calls of a batch share cannot be "
        "changed by numbers that differ between them. Make it in the function, from a batched "
        "array: np.zeros_like(x, shape=...)."
    )


def _unary(function: Any) -> Any:
    def apply(self: BatchedArray) -> Any:
        return self.with_array(function(self.array))

    return apply


def _matmul(a: Any, b: Any) -> Any:
    if isinstance(a, Node) or isinstance(b, Node):
        return NotImplemented
    return RULES["ufunc"](np.matmul, "__call__", (a, b), {})


for _name in (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift",
    "rshift", "divmod",
):  # fmt: skip
    _function = np.divmod if _name == "divmod" else getattr(operator, f"__{_name}__")
    _forward, _reflected = _binary(_function)
    setattr(BatchedArray, f"__{_name}__", _forward)
    setattr(BatchedArray, f"__r{_name}__", _reflected)
    if _name != "divmod":
        setattr(BatchedArray, f"__i{_name}__", _inplace(_function))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(BatchedArray, f"__{_name}__", _binary(getattr(operator, _name))[0])
for _name in ("neg", "pos", "invert", "abs"):
    setattr(BatchedArray, f"__{_name}__", _unary(getattr(operator, _name)))
