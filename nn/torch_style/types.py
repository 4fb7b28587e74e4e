"""PyTorch's small types: `dtype`, `device`, `Size`, and the default type of floats."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from autograd.errors import DataError, OptionError

Number = int | float
Int = int
Bool = bool
Shape = tuple[int, ...]
Dims = int | tuple[int, ...] | list[int] | None


class dtype:  # noqa: N801 - PyTorch's name
    """The type of the elements of a tensor, such as ``torch.float32``.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.zeros(2).dtype, torch.float32.is_floating_point
    (torch.float32, True)
    """

    __slots__ = ("array", "name")

    def __init__(self, name: str, array: Any) -> None:
        self.name = name
        self.array: Any = None if array is None else np.dtype(array)

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:  # as a name of this module, so that there is only one of each
        return "boolean" if self.name == "bool" else self.name

    @property
    def is_floating_point(self) -> bool:
        """Whether the numbers are real floating-point numbers."""
        return self.array is None or self.array.kind == "f"

    @property
    def is_complex(self) -> bool:
        """Whether the numbers are complex."""
        return self.array is not None and self.array.kind == "c"

    @property
    def itemsize(self) -> int:
        """The bytes of an element."""
        return 2 if self.array is None else int(self.array.itemsize)


float16: Final = dtype("float16", np.float16)
float32: Final = dtype("float32", np.float32)
float64: Final = dtype("float64", np.float64)
bfloat16: Final = dtype("bfloat16", None)  # there to be named; NumPy has no such arrays
complex64: Final = dtype("complex64", np.complex64)
complex128: Final = dtype("complex128", np.complex128)
uint8: Final = dtype("uint8", np.uint8)
int8: Final = dtype("int8", np.int8)
int16: Final = dtype("int16", np.int16)
int32: Final = dtype("int32", np.int32)
int64: Final = dtype("int64", np.int64)
boolean: Final = dtype("bool", np.bool_)

DTYPES: Final = {
    known.array: known
    for known in (float16, float32, float64, complex64, complex128, uint8, int8, int16, int32,
                  int64, boolean)
}  # fmt: skip


class _Default:
    """The type of floats that are given without one."""

    def __init__(self) -> None:
        self.array = np.dtype(np.float32)


DEFAULT: Final = _Default()


def set_default_dtype(d: dtype) -> None:
    """Set the type of new floats: ``torch.float32`` unless it is set."""
    wanted = array_type(d)
    if wanted.kind != "f":
        raise OptionError(f"The default dtype must be a floating-point type, not {d}.")
    DEFAULT.array = wanted


def get_default_dtype() -> dtype:
    """Return the type of new floats."""
    return DTYPES[DEFAULT.array]


def array_type(wanted: Any) -> Any:
    """Return NumPy's dtype for PyTorch's, for Python's float, int and bool, or for NumPy's."""
    if isinstance(wanted, dtype):
        if wanted.array is None:
            raise DataError("NumPy has no arrays of bfloat16: write torch.float32.")
        return wanted.array
    found = np.dtype(wanted)
    if found not in DTYPES:
        raise DataError(f"There are no tensors of {found}, but of {list(DTYPES.values())}.")
    return found


def dtype_of(array_dtype: Any) -> dtype:
    """Return PyTorch's dtype for NumPy's."""
    found = DTYPES.get(array_dtype)
    if found is None:
        raise DataError(f"There are no tensors of {array_dtype}: convert with x.astype(np.int64).")
    return found


class device:  # noqa: N801 - PyTorch's name
    """Where a tensor is: always the processor, "cpu". Others are names, which no tensor accepts.

    Parameters
    ----------
    type : str, int or device
        "cpu"; or what PyTorch has, such as "cuda:1", of which a number is the last part.
    index : int, optional
        The number of the device.

    Raises
    ------
    OptionError
        If PyTorch has no such device.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device(type='cpu')
    >>> torch.device("cuda:1") == torch.device("cuda", 1)
    True
    """

    __slots__ = ("index", "type")

    type: str
    index: int | None

    def __init__(self, type: Any = "cpu", index: Any = None) -> None:
        name, _, number = (f"cuda:{type}" if isinstance(type, int) else str(type)).partition(":")
        if name not in _DEVICES or not (number or "0").isdigit():
            raise OptionError(f"There is no device {type!r}; the types are {', '.join(_DEVICES)}.")
        object.__setattr__(self, "type", name)
        object.__setattr__(self, "index", int(number) if number else index)

    def __setattr__(self, name: str, item: Any) -> None:
        raise AttributeError("A device cannot be changed.")

    def __repr__(self) -> str:
        number = "" if self.index is None else f", index={self.index}"
        return f"device(type={self.type!r}{number})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __reduce__(self) -> Any:
        return device, (self.type, self.index)

    def __enter__(self) -> device:
        check_device(self)
        return self

    def __exit__(self, *error: object) -> None:
        pass


#: The types of devices that programs name.
_DEVICES: Final = ("cpu", "cuda", "mps", "xpu", "meta", "xla", "hpu", "mtia", "ipu", "vulkan")


def check_device(place: Any) -> None:
    """Raise if a device is not the processor."""
    if place is not None and str(place).partition(":")[0] != "cpu":
        raise OptionError(
            f"There is no device {str(place)!r}: tensors are in the processor's memory. Write "
            'torch.device("cuda" if torch.cuda.is_available() else "cpu").'
        )


def check_options(owner: str, options: Any, names: str) -> None:
    """Raise if there is an option that PyTorch does not have either, such as a misspelt one."""
    unknown = sorted(set(options) - set(names.split()))
    if unknown:
        raise TypeError(f"{owner} has no argument {', '.join(unknown)}; it takes {names}.")


class memory_format:  # noqa: N801 - PyTorch's name
    """The order of elements in memory, which changes nothing but speed on a GPU."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name  # as a name of this module, so that there is only one of each


channels_last: Final = memory_format("channels_last")
channels_last_3d: Final = memory_format("channels_last_3d")
contiguous_format: Final = memory_format("contiguous_format")
preserve_format: Final = memory_format("preserve_format")


class Size(tuple[int, ...]):
    """The shape of a tensor.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.zeros(2, 3).size(), torch.zeros(2, 3).size().numel()
    (torch.Size([2, 3]), 6)
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def __add__(self, other: Any) -> Size:
        return Size(tuple.__add__(self, tuple(other)))

    def __getitem__(self, index: Any) -> Any:
        found = tuple.__getitem__(self, index)
        return Size(found) if isinstance(index, slice) else found

    def numel(self) -> int:
        """Return the number of elements of such a tensor."""
        return math.prod(self)


class finfo:  # noqa: N801 - PyTorch's name
    """The limits of a floating-point type.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.finfo(torch.float32).bits
    32
    """

    def __init__(self, type: Any = None) -> None:
        found = np.finfo(DEFAULT.array if type is None else array_type(type))
        self.bits = int(found.bits)
        self.eps, self.max, self.min = float(found.eps), float(found.max), float(found.min)
        self.tiny = self.smallest_normal = float(found.tiny)


class iinfo:  # noqa: N801 - PyTorch's name
    """The limits of an integer type.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.iinfo(torch.int8).max
    127
    """

    def __init__(self, type: Any) -> None:
        found = np.iinfo(array_type(type))
        self.bits, self.max, self.min = int(found.bits), int(found.max), int(found.min)
