"""`Entries`: what a function gets for an array, or a number, while it runs for a whole batch.

It has the shape that the array has in one call, and holds those of all calls along one more axis,
the first. What NumPy or an operator computes with it is computed for all calls at once, by the
batch rules in the tables of this package. It may itself hold an array of an outer batch, or one
that is traced; a Tensor may hold it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from autograd.batching.explaining import raise_as_in_one_call
from autograd.batching.level import Flags, refuse
from autograd.batching.text import REFUSED, Text
from autograd.batching.uniform import uniform
from autograd.engine.batching import Batched
from autograd.engine.node import Node
from autograd.engine.operations import MATMUL
from autograd.engine.registry import operand_handler
from autograd.errors import BatchError

#: Set by the modules that know the batch rules, which need this class.
RULES: dict[str, Callable[..., Any]] = {}


def _product(a: Any, b: Any) -> Any:
    """Return the product of matrices, also if one of them is of another library."""
    other = b if isinstance(a, Batched) else a
    handler = None if isinstance(other, np.ndarray | Batched) else operand_handler(other)
    return RULES["matmul"](a, b) if handler is None else handler(MATMUL, a, b)


class Entries(Batched):
    """What numbers and arrays have in common: attributes, conversions and methods."""

    __slots__ = ()

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
        """The bytes in one call."""
        return self.size * self.itemsize

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

    # -- what Python asks for ---------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(self.__class__, name):
            kind = self.__class__.__name__
            raise AttributeError(f"A batched {kind} has no attribute {name!r}, nor has {kind}.")
        self._refuse(
            f"The attribute {name!r} of a batched array is not known: it concerns the memory, "
            "which all calls of the batch share, or a single number. Use functions of NumPy."
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
        refuse(self.level, text)

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

    def __repr__(self) -> str:
        kind = f"arrays of shape {self.shape}" if self.ndim else "numbers"
        return f"<{self.level.size} {kind} {self.level.label} {self.array!r}>"

    def __str__(self) -> str:
        return Text.of(repr(self), self.level)

    def __format__(self, specification: str) -> str:
        same = None if self.ndim else uniform(self, 2)
        if same is not None:
            return format(same, specification)
        self._refuse(REFUSED)

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()

    def __reduce__(self) -> Any:
        self._refuse("A batched array cannot be pickled. Return it from the function.")

    def __matmul__(self, other: Any) -> Any:
        return _product(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return _product(other, self)

    # -- elements ---------------------------------------------------------------------------

    def __getitem__(self, index: Any) -> Any:
        return RULES["getitem"](self, index)

    # -- NumPy's protocols ------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        for x in inputs:
            if isinstance(x, Node):
                return NotImplemented
        try:
            return RULES["ufunc"](ufunc, method, inputs, keywords)
        except (ValueError, TypeError, IndexError) as error:
            raise_as_in_one_call(error, getattr(ufunc, method), inputs, keywords)

    def __array_function__(
        self, function: Any, types: Any, arguments: Any, keywords: dict[str, Any]
    ) -> Any:
        for kind in types:
            if issubclass(kind, Node):
                return NotImplemented
        try:
            return RULES["function"](function, arguments, keywords)
        except (ValueError, TypeError, IndexError) as error:
            raise_as_in_one_call(error, function, arguments, keywords)

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
        wanted = shape[0] if len(shape) == 1 else shape
        return np.reshape(self, wanted, order=order, copy=copy)  # type: ignore[call-overload]

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

    def dot(self, other: Any) -> Any:
        """Return the dot product."""
        return np.dot(self, other)  # type: ignore[call-overload]
