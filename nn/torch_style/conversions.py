"""Other types, and the devices that there are not."""

from __future__ import annotations

import inspect
from typing import Any, NoReturn, TypeVar

import numpy as np

import autograd
from nn.torch_style.base import TensorBase, made, numbers
from nn.torch_style.in_graph import InGraph
from nn.torch_style.types import (
    DEFAULT,
    array_type,
    bfloat16,
    check_device,
    check_options,
    dtype,
    memory_format,
)

S = TypeVar("S", bound="Conversions")

#: By NumPy's code of a type, PyTorch's older name of a tensor of it.
TYPE_NAMES = {
    "f2": "HalfTensor",
    "f4": "FloatTensor",
    "f8": "DoubleTensor",
    "u1": "ByteTensor",
    "i1": "CharTensor",
    "i2": "ShortTensor",
    "i4": "IntTensor",
    "i8": "LongTensor",
    "b1": "BoolTensor",
    "c8": "ComplexFloatTensor",
    "c16": "ComplexDoubleTensor",
}
NAMED_TYPES = {f"torch.{name}": np.dtype(code) for code, name in TYPE_NAMES.items()}


class Conversions(InGraph):
    """Other types of elements."""

    __slots__ = ()

    def to(self: S, *target: Any, **options: Any) -> S:
        """Return the elements in another type; "cpu" is the only device."""
        check_options("Tensor.to", options, "dtype device non_blocking copy memory_format")
        wanted = options.get("dtype")
        check_device(options.get("device"))
        for each in target:
            if isinstance(each, TensorBase):
                wanted = each._held.dtype
            elif isinstance(each, (dtype, type, np.dtype)):
                wanted = each
            elif not isinstance(each, (bool, memory_format)):
                check_device(each)
        return self if wanted is None else self._as(wanted)

    def _as(self: S, wanted: Any) -> S:
        into = array_type(wanted)
        x: Any = self._held
        if x.dtype == into:
            return self
        loses = into.kind == "f" and x.dtype.kind == "c"
        if isinstance(x, autograd.Tensor) and into.kind in "fc" and not loses:
            return made(x.astype(into))
        return made(numbers(self).astype(into))

    def type(self, dtype: Any = None) -> Any:
        """Return the elements in another type; without one the name of this type."""
        if dtype is None:
            return f"torch.{TYPE_NAMES[self._held.dtype.str[1:]]}"
        if isinstance(dtype, str):
            dtype = NAMED_TYPES[dtype]
        if inspect.isclass(dtype) and issubclass(dtype, TensorBase):
            dtype = DEFAULT.array  # `torch.Tensor` is the usual type
        return self._as(getattr(dtype, "array", dtype))

    def type_as(self: S, other: Any) -> S:
        """Return the elements in the type of another tensor."""
        return self._as(other.dtype)

    def double(self: S) -> S:
        """Return the elements as float64."""
        return self._as(np.float64)

    def half(self: S) -> S:
        """Return the elements as float16."""
        return self._as(np.float16)

    def float(self: S) -> S:
        """Return the elements as float32."""
        return self._as(np.float32)

    def long(self: S) -> S:
        """Return the elements as int64, towards zero, without derivative."""
        return self._as(np.int64)

    def int(self: S) -> S:
        """Return the elements as int32, towards zero, without derivative."""
        return self._as(np.int32)

    def short(self: S) -> S:
        """Return the elements as int16, towards zero, without derivative."""
        return self._as(np.int16)

    def char(self: S) -> S:
        """Return the elements as int8, without derivative."""
        return self._as(np.int8)

    def bfloat16(self: S) -> S:
        """Raise: NumPy has no such type."""
        return self._as(bfloat16)

    def cdouble(self: S) -> S:
        """Return the elements as complex128."""
        return self._as(np.complex128)

    def cfloat(self: S) -> S:
        """Return the elements as complex64."""
        return self._as(np.complex64)

    def byte(self: S) -> S:
        """Return the elements as uint8, without derivative."""
        return self._as(np.uint8)

    def bool(self: S) -> S:
        """Return where the elements are not 0."""
        return self._as(np.bool_)

    def cpu(self: S) -> S:
        """Return the tensor."""
        return self

    def cuda(self, *_: Any, **__: Any) -> NoReturn:
        """Raise: there is no such device."""
        check_device("cuda")
        raise AssertionError

    def pin_memory(self: S) -> S:
        """Return the tensor."""
        return self

    def share_memory_(self: S) -> S:
        """Return the tensor."""
        return self
