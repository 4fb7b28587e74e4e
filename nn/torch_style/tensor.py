"""`Tensor`: a tensor in PyTorch's style."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np

import autograd
from autograd import Node
from autograd.errors import DataError, GraphError, lost
from nn.arrays import plain
from nn.seeding import chosen
from nn.torch_style import hints
from nn.torch_style.base import (
    KINDS,
    constant,
    inside,
    made,
    numbers,
    outside,
    store,
)
from nn.torch_style.conversions import Conversions
from nn.torch_style.drawing import drawn_places
from nn.torch_style.random import GENERATOR, Generator, in_memory_order
from nn.torch_style.renaming import accept_aliases
from nn.torch_style.types import (
    DEFAULT,
    Bool,
    Int,
    Number,
    Size,
    array_type,
    check_device,
    check_options,
    device,
    dtype,
    dtype_of,
)

#: The ufuncs that operators of NumPy's numbers call.
OPERATORS: Final = {
    np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul,
    np.true_divide: operator.truediv, np.floor_divide: operator.floordiv,
    np.remainder: operator.mod, np.power: operator.pow, np.less: operator.lt,
    np.less_equal: operator.le, np.greater: operator.gt, np.greater_equal: operator.ge,
}  # fmt: skip


class Tensor(Conversions):
    """A tensor: a view of a Tensor of `autograd`, or of an array of integers or booleans.

    Its methods mean what those of PyTorch's tensors do. What it holds is in ``held``, to be passed
    to `autograd` and `nn`. NumPy's functions take it, too, and return tensors.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> x = torch.tensor([[1.0, 2.0], [3.0, 5.0]], requires_grad=True)
    >>> x.std().backward()
    >>> x.size(0), x.transpose(0, 1).tolist(), x.max(dim=1).indices
    (2, [[1.0, 3.0], [2.0, 5.0]], tensor([1, 1]))
    >>> x.grad.shape
    torch.Size([2, 2])
    """

    __slots__ = ()

    def __new__(cls, *data: Any) -> Any:
        """Return a tensor of floats: of these data, or of a shape, as PyTorch's old form does."""
        if len(data) == 1 and not isinstance(data[0], int):
            array = np.array(numbers(data[0]), DEFAULT.array)
        else:
            array = np.zeros(data, DEFAULT.array)
        return constant(array)

    # -- what it holds ----------------------------------------------------------------------

    @property
    def held(self) -> Any:
        """The Tensor of `autograd`, or the array, that this is a view of."""
        return self._held

    @property
    def dtype(self) -> dtype:
        """The type of the elements."""
        return dtype_of(self._held.dtype)

    @property
    def device(self) -> device:
        """Where the elements are: the processor."""
        return device()

    is_cuda = False
    is_sparse = False
    is_mps = False
    is_xpu = False
    is_cpu = True
    is_quantized = False
    is_meta = False
    layout = "torch.strided"

    def get_device(self) -> Int:
        """Return -1, for the processor."""
        return -1

    def numpy(self, *, force: Bool = False) -> Any:
        """Return the array, which shares the memory."""
        if isinstance(self._held, Node) and self.requires_grad and not force:
            raise lost("numpy()", "For numbers without history write x.detach().numpy().")
        return numbers(self)

    def item(self) -> Any:
        """Return the only element as a Python number."""
        return numbers(self).item()

    def tolist(self) -> Any:
        """Return the elements as nested lists of Python numbers."""
        return numbers(self).tolist()

    def element_size(self) -> Int:
        """Return the bytes of an element."""
        return int(self._held.dtype.itemsize)

    itemsize = property(element_size, doc="The bytes of an element.")

    @property
    def nbytes(self) -> Int:
        """The bytes of all elements."""
        return int(self._held.nbytes)

    def stride(self, dim: Any = None) -> Any:
        """Return how many elements apart neighbours along each axis are."""
        found = tuple(step // self._held.dtype.itemsize for step in numbers(self).strides)
        return found if dim is None else found[dim]

    def data_ptr(self) -> Int:
        """Return the address of the first element."""
        return int(numbers(self).ctypes.data)

    def is_floating_point(self) -> Bool:
        """Return whether the elements are real floating-point numbers."""
        return bool(self._held.dtype.kind == "f")

    def is_complex(self) -> Bool:
        """Return whether the elements are complex."""
        return bool(self._held.dtype.kind == "c")

    @property
    def real(self) -> Tensor:
        """The real part."""
        return made(np.real(self._held))

    @property
    def imag(self) -> Tensor:
        """The imaginary part."""
        return made(np.imag(self._held))

    # -- new tensors of the same type -------------------------------------------------------

    def _new(self, array: Any, options: Any) -> Tensor:
        check_options("Tensor.new_...", options, "dtype device requires_grad layout pin_memory")
        check_device(options.get("device"))
        wanted = options.get("dtype") or self.dtype
        found = array.astype(array_type(wanted), copy=False)
        return constant(found, options.get("requires_grad", False))

    def new_zeros(self, *size: Any, **options: Any) -> Tensor:
        """Return zeros of a shape."""
        return self._new(np.zeros(shape_of(size), self._held.dtype), options)

    def new_ones(self, *size: Any, **options: Any) -> Tensor:
        """Return ones of a shape."""
        return self._new(np.ones(shape_of(size), self._held.dtype), options)

    def new_full(self, size: Any, fill_value: Any, **options: Any) -> Tensor:
        """Return one number in a shape."""
        return self._new(np.full(size, fill_value, self._held.dtype), options)

    def new_empty(self, *size: Any, **options: Any) -> Tensor:
        """Return zeros of a shape, to be overwritten."""
        return self.new_zeros(*size, **options)

    def new_tensor(self, data: Any, **options: Any) -> Tensor:
        """Return a tensor of data."""
        return self._new(np.array(numbers(data)), options)

    def new(self, *data: Any) -> Tensor:
        """Return a tensor of data, or zeros of a shape: the older form of `new_tensor`."""
        if len(data) == 1 and not isinstance(data[0], (int, Size)):
            return self.new_tensor(data[0])
        return self.new_zeros(*data)

    # -- random numbers, in place -----------------------------------------------------------

    def normal_(self, mean: Number = 0.0, std: Number = 1.0, *, generator: Any = None) -> Tensor:
        """Overwrite with numbers from a normal distribution; return the tensor."""
        x = plain(self._held)
        alone = type(x) is np.ndarray and not x.flags.c_contiguous
        given = (self._held.dtype, True) if alone else (self._held.dtype,)
        return _fill(self, lambda shape: source(generator).normal(mean, std, shape, *given))

    def uniform_(self, a: Number = 0.0, b: Number = 1.0, *, generator: Any = None) -> Tensor:
        """Overwrite with numbers from a to b, all equally likely; return the tensor."""
        dtype = self._held.dtype
        return _fill(self, lambda shape: source(generator).uniform(a, b, shape, dtype))

    def exponential_(self, lambd: Number = 1.0, *, generator: Any = None) -> Tensor:
        """Overwrite with numbers from an exponential distribution; return the tensor."""
        u = _units(self, generator)
        return overwrite(self, -np.log1p(-u) / lambd)

    def bernoulli_(self, p: Any = 0.5, *, generator: Any = None) -> Tensor:
        """Overwrite with 1 of a probability, else 0; return the tensor."""
        chance = numbers(p)
        u = _units(self, generator, chance.dtype if isinstance(p, Tensor) else np.float64)
        return overwrite(self, (u < chance).astype(self._held.dtype))

    def log_normal_(
        self, mean: Number = 1.0, std: Number = 2.0, *, generator: Any = None
    ) -> Tensor:
        """Overwrite with e to the power of normal numbers; return the tensor."""
        draws = source(generator)
        return _fill(self, lambda shape: np.exp(draws.normal(mean, std, shape, np.float64, True)))

    def cauchy_(
        self, median: Number = 0.0, sigma: Number = 1.0, *, generator: Any = None
    ) -> Tensor:
        """Overwrite with numbers from a Cauchy distribution; return the tensor."""
        u = _units(self, generator)
        return overwrite(self, median + sigma * np.tan(np.pi * (u - 0.5)))

    def geometric_(self, p: Number, *, generator: Any = None) -> Tensor:
        """Overwrite with the number of trials until one succeeds; return the tensor."""
        u = _units(self, generator)
        return overwrite(self, np.ceil(np.log(u) / np.log1p(-p)).clip(1))

    def multinomial(
        self, num_samples: Int, replacement: Bool = False, *, generator: Any = None
    ) -> Tensor:
        """Return places drawn with probabilities proportional to the elements of each row."""
        return made(drawn_places(numbers(self), num_samples, replacement, source(generator)))

    def bernoulli(self, p: Any = None, *, generator: Any = None) -> Tensor:
        """Return 1 with the probabilities that the elements are, or `p`, else 0."""
        chance = self if p is None else p
        if not np.all((numbers(chance) >= 0) & (numbers(chance) <= 1)):
            raise DataError("bernoulli takes probabilities, from 0 to 1.")
        return self.new_zeros(self.shape).bernoulli_(chance, generator=generator)

    def random_(self, *limits: Any, generator: Any = None) -> Tensor:
        """Overwrite with integers from a range; return the tensor."""
        low, high = (0, *limits) if len(limits) < 2 else limits
        return _fill(self, lambda shape: source(generator).integers(low, high, shape))

    # -- NumPy and Python -------------------------------------------------------------------

    __array_priority__ = 1000

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if self.requires_grad and autograd.is_recording():
            raise lost(
                "Making an array of a tensor that requires a gradient",
                "For numbers without history write x.detach().numpy().",
            )
        array = numbers(self)
        wanted = array.dtype if dtype is None else np.dtype(dtype)
        return np.array(array, wanted, copy=True) if copy or wanted != array.dtype else array

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method == "__call__" and ufunc in OPERATORS and isinstance(inputs[0], np.generic):
            return OPERATORS[ufunc](inputs[0].item(), inputs[1])  # as from np.float64(2) * x
        return outside(getattr(ufunc, method)(*inside(inputs), **inside(options)))

    def __array_function__(self, function: Any, types: Any, inputs: Any, options: Any) -> Any:
        return outside(function(*inside(inputs), **inside(options)))

    def __bool__(self) -> Bool:
        return bool(numbers(self))

    def __float__(self) -> Number:
        return float(self.item())

    def __int__(self) -> Int:
        return int(self.item())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __index__(self) -> Int:
        if self._held.dtype.kind not in "iub":
            raise TypeError("Only tensors of one integer can be used as integers: write int(x).")
        return int(self.item())

    def __round__(self, digits: Any = None) -> Any:
        return round(self.item(), digits)

    def __format__(self, specification: str) -> str:
        if not self._held.ndim:
            return format(self.item(), specification)
        return object.__format__(self, specification)

    def __repr__(self) -> str:
        parts = [printed(numbers(self))]
        usual: list[Any] = [DEFAULT.array]
        if self._held.size:  # there are numbers, which tell it
            usual += [np.result_type(DEFAULT.array, np.complex64), np.int64, np.bool_]
        if self._held.dtype not in usual:
            parts.append(f"dtype={self.dtype}")
        if self.requires_grad:
            parts.append("requires_grad=True" if self.is_leaf else f"grad_fn={self.grad_fn!r}")
        return f"tensor({', '.join(parts)})"

    def __copy__(self) -> Tensor:
        return made(self._held)

    def __deepcopy__(self, memo: Any) -> Tensor:
        if not self.is_leaf:
            raise GraphError("Only leaves can be deep-copied: write x.detach().clone().")
        copy: Tensor = constant(numbers(self).copy(), self.requires_grad)
        memo[id(self)] = copy
        return copy

    def __reduce__(self) -> Any:
        if not self.is_leaf:
            raise GraphError("Only leaves can be pickled: write x.detach().")
        return constant, (numbers(self), self.requires_grad)

    if not TYPE_CHECKING:  # a type checker is to find wrong names

        def __getattr__(self, name: str) -> NoReturn:
            if name.startswith("__"):
                raise AttributeError(name)
            raise AttributeError(hints.missing("Tensor", name, dir(type(self))))


KINDS.tensor = accept_aliases(Tensor)


class OldForm:
    """A type of tensors in PyTorch's older form: called with data, or with a shape.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.LongTensor([1, 2]), torch.FloatTensor(2)
    (tensor([1, 2]), tensor([0., 0.]))
    """

    def __init__(self, array: Any) -> None:
        self.array = np.dtype(array)

    def __call__(self, *data: Any) -> Tensor:
        """Return a tensor of data, or zeros of a shape."""
        if len(data) == 1 and not isinstance(data[0], int):
            return constant(np.array(numbers(data[0]), self.array))
        return constant(np.zeros(data, self.array))


FloatTensor = OldForm(np.float32)
DoubleTensor = OldForm(np.float64)
HalfTensor = OldForm(np.float16)
LongTensor = OldForm(np.int64)
IntTensor = OldForm(np.int32)
ByteTensor = OldForm(np.uint8)
CharTensor = OldForm(np.int8)
ShortTensor = OldForm(np.int16)
BoolTensor = OldForm(np.bool_)


def printed(array: Any) -> str:
    """Return the numbers as PyTorch prints them: four digits, unless all are whole."""
    parts = [array.real, array.imag] if array.dtype.kind == "c" else [array]
    if array.size == 0:
        return "[]" if array.ndim < 2 else f"[], size={array.shape}"
    is_whole = array.dtype.kind not in "fc" or not any(
        np.mod(part[np.isfinite(part)], 1).any() for part in parts
    )
    return np.array2string(
        array,
        separator=", ",
        prefix="tensor(",
        precision=4,
        threshold=1000,
        floatmode="maxprec" if is_whole and not _is_wide(array) else "fixed",
    )


def _is_wide(array: Any) -> bool:
    """Return whether whole numbers are printed with exponents: of very different size."""
    if array.dtype.kind != "f":
        return False
    sizes = np.abs(array[np.isfinite(array) & (array != 0)])
    return sizes.size > 0 and bool(sizes.max() / sizes.min() > 1000 or sizes.max() > 1e8)


def shape_of(size: Any) -> Any:
    """Return the lengths that were passed one by one, or as one sequence."""
    if len(size) == 1 and not isinstance(size[0], int):
        size = size[0]
    return tuple(int(n) for n in (size if isinstance(size, Sequence) else (size,)))


def source(generator: Any) -> Generator:
    """Return a generator, by default that of `manual_seed`; what represents it in a program."""
    found: Any = chosen(GENERATOR if generator is None else generator)
    return found


def _fill(x: Tensor, draw: Any) -> Tensor:
    """Overwrite with numbers that are drawn for a shape, in the order of memory."""
    return overwrite(x, in_memory_order(draw, plain(x._held)))


def _units(x: Tensor, generator: Any, dtype: Any = np.float64) -> Any:
    """Return a number from 0 to 1 for each element."""
    draws = source(generator)
    return in_memory_order(lambda shape: draws.uniform(0.0, 1.0, shape, dtype), plain(x._held))


def overwrite(x: Tensor, array: Any) -> Tensor:
    """Overwrite the elements with new numbers; return the tensor."""
    return store(x, np.asarray(array).astype(x._held.dtype, copy=False))
