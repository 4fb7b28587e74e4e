"""What a program consists of: variables, constants, instructions and guards."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import tree
from autograd.rules.kernel import in_c_of, recorded_as

_asarray = np.asarray  # the module gets another one while a function is traced


class Variable:
    """What an instruction computes, or an input: one array or number.

    Attributes
    ----------
    number : int
        Counts the variables of a program.
    kind : type
        `numpy.ndarray`, a type of NumPy's scalars, or a type of Python's numbers.
    shape : tuple of int
        Its shape; empty for numbers.
    dtype : dtype or None
        Its type; None for Python's numbers.
    strides : tuple of int
        How its elements lay in memory when it was recorded, in bytes; empty for numbers.
    root : Variable
        The variable whose memory this one shares; itself, if it has memory of its own.
    hint : str
        A name that says what it is, or "".
    """

    __slots__ = ("dtype", "hint", "kind", "number", "root", "shape", "strides")

    def __init__(self, number: int, value: Any, hint: str = "") -> None:
        self.number = number
        self.kind = kind = type(value)
        self.shape: tuple[int, ...] = ()
        self.dtype: Any = None
        self.strides: tuple[int, ...] = ()
        if kind is not float:  # the most frequent kind has none of these
            self.shape = getattr(value, "shape", ())
            self.dtype = getattr(value, "dtype", None)
            self.strides = getattr(value, "strides", ())
        self.root = self
        self.hint = hint

    @property
    def is_array(self) -> bool:
        """Whether this is an array and not a number."""
        return self.kind is np.ndarray

    def is_like(self, other: Variable) -> bool:
        """Return whether another one has this number, type, shape and strides."""
        same = self.number == other.number and self.kind is other.kind
        return same and (
            self.kind is float
            or (self.shape, self.dtype, self.strides) == (other.shape, other.dtype, other.strides)
        )

    @property
    def nbytes(self) -> int:
        """The memory of an array, in bytes; 0 for numbers."""
        return math.prod(self.shape) * self.dtype.itemsize if self.is_array else 0

    def __repr__(self) -> str:
        what = f"{self.dtype}{list(self.shape)}" if self.is_array else self.kind.__name__
        return f"<{self.hint or 'variable'} {self.number}: {what}>"


class Constant:
    """A plain array that a program refers to.

    Attributes
    ----------
    value : ndarray
        The array itself, not a copy.
    number : int
        Counts the constants of a program.
    hint : str
        A name that says what it is, or "".
    """

    __slots__ = ("_snapshot", "hint", "number", "value")

    #: Larger arrays are compared by some of their elements, in bytes.
    COMPARED = 1 << 16

    def __init__(self, number: int, value: Any) -> None:
        self.number = number
        self.value = value
        self.hint = ""
        self._snapshot = self._sample()

    def _sample(self) -> bytes:
        if self.value.nbytes <= self.COMPARED:
            return bytes(self.value.tobytes())
        return bytes(self.value.reshape(-1)[:: self.value.size // 8191 + 1].tobytes())

    def is_unchanged(self) -> bool:
        """Return whether the array still holds what it held when it was first used."""
        return self._sample() == self._snapshot

    def equals(self, other: Constant) -> bool:
        """Return whether two constants hold the same numbers."""
        a, b = self.value, other.value
        same = a is b or (a.dtype == b.dtype and a.shape == b.shape)
        return same and (a is b or a.tobytes() == b.tobytes())

    def __repr__(self) -> str:
        return f"<constant {self.number}: {self.value.dtype}{list(self.value.shape)}>"


@dataclass(frozen=True)
class Method:
    """The call of a method of an array."""

    name: str

    def __call__(self, x: Any, *arguments: Any, **keywords: Any) -> Any:
        """Call the method of `x`."""
        return getattr(x, self.name)(*arguments, **keywords)


@dataclass(frozen=True)
class Attribute:
    """An attribute of an array, such as its transpose."""

    name: str

    def __call__(self, x: Any) -> Any:
        """Return the attribute of `x`."""
        return getattr(x, self.name)


@dataclass(frozen=True)
class Extended:
    """A function of floats that returns infinity or NaN, as NumPy does, where Python raises."""

    scalar: Callable[..., Any]
    function: Callable[..., Any]

    def __call__(self, *arguments: float) -> float:
        """Call the function."""
        try:
            return float(self.scalar(*arguments))
        except (ArithmeticError, ValueError):
            with np.errstate(all="ignore"):
                return float(self.function(*[np.float64(x) for x in arguments]))


def set_flat(x: Any, index: Any, item: Any) -> None:
    """Assign to elements by their position."""
    x.flat[index] = item


@dataclass(frozen=True)
class Attempt:
    """A call that raised an error while the function was traced.

    Attributes
    ----------
    function : callable
        What is called.
    error : type
        The type of the error.
    message : str
        Its text.
    """

    function: Callable[..., Any]
    error: type[Exception]
    message: str

    @property
    def __name__(self) -> str:
        """What source calls it."""
        return "fails"

    def __call__(self, *arguments: Any, **keywords: Any) -> bool:
        """Return whether the call raises the same error again."""
        try:
            self.function(*arguments, **keywords)
        except Exception as error:
            return type(error) is self.error and str(error) == self.message
        return False


@dataclass(eq=False, slots=True)
class Instruction:
    """One call of a function of NumPy, of an operator, or of a method.

    Attributes
    ----------
    function : callable
        What is called. Operators are functions of the module `operator`.
    arguments : tuple
        Variables, constants, and anything that does not depend on the inputs, nested.
    keywords : dict
        The keyword arguments.
    result : any
        The variables it computes: one, or nested tuples and lists of them, or None.
    writes : Variable or None
        The variable that it changes in place.
    place : tuple of (str, int) or None
        File and line of the code of the user.
    scope : str
        The path of the open `autograd.scope` blocks.
    quiet : bool
        Whether NumPy's warnings about floating point numbers are off.
    backward : bool
        Whether it belongs to a backward pass.
    derives : Variable or None
        In a backward pass, the variable whose derivative is passed on to what it was computed from.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    result: Any
    writes: Variable | None = None
    place: tuple[str, int] | None = None
    scope: str = ""
    quiet: bool = False
    primitive: Any = None
    backward: bool = False
    derives: Variable | None = None
    #: What `passes.effects` has found out about it.
    known_reads: list[Any] | None = field(default=None, init=False, repr=False)
    known_purity: bool | None = field(default=None, init=False, repr=False)

    @property
    def name(self) -> str:
        """The name of the function."""
        return str(getattr(self.function, "__name__", getattr(self.function, "name", "function")))

    @property
    def in_c(self) -> Any:
        """The C that the user has written for the function or primitive that it calls; or None."""
        primitive = self.primitive
        if primitive is None or primitive.in_c is None:
            return in_c_of(self.function)
        is_its = self.function is recorded_as(primitive.function)
        return primitive.in_c if is_its else None

    @property
    def written_as(self) -> str:
        """The name of the primitive, or of the function, for messages about its C."""
        return self.name if self.primitive is None else str(self.primitive.name)

    def uses(self) -> Iterator[Variable]:
        """Yield the variables that it reads, with repetitions."""
        yield from variables_in(self.arguments)
        if self.keywords:
            yield from variables_in(self.keywords)

    def makes(self) -> Iterable[Variable]:
        """Return the variables that it computes."""
        if type(self.result) is Variable:
            return (self.result,)
        return variables_in(self.result)


@dataclass(eq=False, slots=True)
class Guard:
    """A condition under which the instructions that follow are the right ones.

    Attributes
    ----------
    variable : Variable
        What Python code asked for the value of.
    convert : callable
        How it asked: `bool`, `int`, `float`, ... of the variable.
    expected : any
        What it got while the function was traced.
    place : tuple of (str, int) or None
        File and line where it asked.
    """

    variable: Variable
    convert: Callable[[Any], Any]
    expected: Any
    place: tuple[str, int] | None = None
    scope: str = ""
    backward: bool = False
    writes: None = field(default=None, repr=False)
    known_reads: list[Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.known_reads = [self.variable]

    def uses(self) -> Iterator[Variable]:
        """Yield the variable that it reads."""
        yield self.variable

    def makes(self) -> Iterable[Variable]:
        """Return nothing: a guard computes nothing."""
        return ()

    def holds(self, value: Any) -> bool:
        """Return whether a value of the variable fulfils the condition."""
        return same(self.convert(value), self.expected)


def choose(condition: Any, x: Any, y: Any) -> Any:
    """Return `x` or `y`."""
    return x if condition else y


def shape_of(x: Any) -> Any:
    """Return the shape of an array."""
    return x.shape


def dtype_of(x: Any) -> str:
    """Return the name of the type of an array, or of one of NumPy's numbers."""
    return str(np.result_type(x))


def contents_of(x: Any) -> Any:
    """Return the shape, the type and the bytes of an array, for comparison."""
    x = _asarray(x)
    return (x.shape, x.dtype.str, x.tobytes())


def same(a: Any, b: Any) -> bool:
    """Return whether two numbers are the same; NaN is, and zeros with different signs are not."""
    if a is b:
        return True
    if isinstance(a, float) and isinstance(b, float):
        return (a == b and math.copysign(1.0, a) == math.copysign(1.0, b)) or (a != a and b != b)
    if isinstance(a, complex) and isinstance(b, complex):
        return same(a.real, b.real) and same(a.imag, b.imag)
    return bool(type(a) is type(b) and a == b)


def variables_in(x: Any) -> Iterator[Variable]:
    """Yield the variables in nested tuples, lists, dicts and slices."""
    kind = type(x)
    if kind is Variable:
        yield x
    elif kind is tuple or kind is list:
        for item in x:
            yield from variables_in(item)
    elif kind is dict:
        for item in x.values():
            yield from variables_in(item)
    elif kind is slice:
        yield from variables_in((x.start, x.stop, x.step))
    elif isinstance(x, (tuple, list, dict)):
        yield from variables_in(tuple(x.values()) if isinstance(x, dict) else tuple(x))


_SYMBOLS = frozenset((Variable, Constant))


def substituted(x: Any, value_of: Callable[[Any], Any], kinds: frozenset[type] = _SYMBOLS) -> Any:
    """Replace the variables and constants, or other kinds, in tuples, lists, dicts and slices."""
    kind = type(x)
    if kind in kinds:
        return value_of(x)
    if kind is tuple:
        return tuple([substituted(item, value_of, kinds) for item in x])
    if kind is list:
        return [substituted(item, value_of, kinds) for item in x]
    if kind is dict:
        return {key: substituted(item, value_of, kinds) for key, item in x.items()}
    if kind is slice:
        return slice(*[substituted(part, value_of, kinds) for part in (x.start, x.stop, x.step)])
    if isinstance(x, tree.CONTAINERS):
        return tree.like(x, [substituted(item, value_of, kinds) for item in tree.items(x)])
    return x


#: Operators that are written between or before their operands.
BINARY = {
    operator.add: "+",
    operator.sub: "-",
    operator.mul: "*",
    operator.truediv: "/",
    operator.floordiv: "//",
    operator.mod: "%",
    operator.pow: "**",
    operator.matmul: "@",
    operator.and_: "&",
    operator.or_: "|",
    operator.xor: "^",
    operator.lshift: "<<",
    operator.rshift: ">>",
    operator.lt: "<",
    operator.le: "<=",
    operator.gt: ">",
    operator.ge: ">=",
    operator.eq: "==",
    operator.ne: "!=",
}
INPLACE = {
    operator.iadd: "+=",
    operator.isub: "-=",
    operator.imul: "*=",
    operator.itruediv: "/=",
    operator.ifloordiv: "//=",
    operator.imod: "%=",
    operator.ipow: "**=",
    operator.imatmul: "@=",
    operator.iand: "&=",
    operator.ior: "|=",
    operator.ixor: "^=",
    operator.ilshift: "<<=",
    operator.irshift: ">>=",
}
UNARY = {operator.neg: "-", operator.pos: "+", operator.invert: "~"}

#: The operator that computes the same as a ufunc, if an operand is an array or a NumPy scalar.
OPERATORS = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.divide: operator.truediv,
    np.floor_divide: operator.floordiv,
    np.remainder: operator.mod,
    np.matmul: operator.matmul,
    np.negative: operator.neg,
    np.less: operator.lt,
    np.less_equal: operator.le,
    np.greater: operator.gt,
    np.greater_equal: operator.ge,
    np.equal: operator.eq,
    np.not_equal: operator.ne,
    np.bitwise_and: operator.and_,
    np.bitwise_or: operator.or_,
    np.bitwise_xor: operator.xor,
    np.invert: operator.invert,
}
