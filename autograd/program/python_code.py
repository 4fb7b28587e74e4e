"""Python expressions for the instructions of a program."""

from __future__ import annotations

import builtins
import cmath
import keyword
import math
import operator
import types
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import tree
from autograd.program.instructions import (
    BINARY,
    INPLACE,
    UNARY,
    Attribute,
    Constant,
    Instruction,
    Method,
    Variable,
    choose,
)

#: How tightly Python binds: an operand that binds less tightly than its operator needs parentheses.
ATOM, POWER, SIGN, PRODUCT, SUM, SHIFT, AND, XOR, OR, COMPARISON, LOOSE = range(11, 0, -1)
PRECEDENCE = {
    "**": POWER, "*": PRODUCT, "/": PRODUCT, "//": PRODUCT, "%": PRODUCT, "@": PRODUCT,
    "+": SUM, "-": SUM, "<<": SHIFT, ">>": SHIFT, "&": AND, "^": XOR, "|": OR,
    "<": COMPARISON, "<=": COMPARISON, ">": COMPARISON, ">=": COMPARISON, "==": COMPARISON,
    "!=": COMPARISON,
}  # fmt: skip

#: What NumPy's numbers are converted to, if nothing is lost.
_ITEMS = (int, float, complex)

#: Where functions of NumPy are found, in order of preference.
_MODULES = (
    ("np", np),
    ("np.linalg", np.linalg),
    ("np.fft", np.fft),
    ("math", math),
    ("cmath", cmath),
    ("np.lib.stride_tricks", np.lib.stride_tricks),
    ("operator", operator),
)


class Expression:
    """A piece of source text.

    Attributes
    ----------
    text : str
        Python code.
    precedence : int
        How tightly its outermost operator binds.
    """

    __slots__ = ("precedence", "text")

    def __init__(self, text: str, precedence: int = ATOM) -> None:
        self.text = text
        self.precedence = precedence

    def within(self, precedence: int) -> str:
        """Return the text, in parentheses where it binds less tightly than this."""
        return f"({self.text})" if self.precedence < precedence else self.text


class Names:
    """The names in the source of a program, and the objects that some of them refer to.

    Attributes
    ----------
    environment : dict
        Objects by name, without which the code does not run: constants and functions.
    taken : set of str
        All names so far.
    imports : set of str
        The modules that the code needs.
    """

    def __init__(self) -> None:
        self.environment: dict[str, Any] = {}
        self.imports: set[str] = set()
        self._of: dict[Any, str] = {}
        self._counts: dict[str, int] = {}  # where to go on counting the same names
        self.taken: set[str] = {*keyword.kwlist, *dir(builtins), "np", "math", "cmath", "scipy"}

    def new(self, wanted: str) -> str:
        """Return a name like this one that is not taken."""
        wanted = unicodedata.normalize("NFKC", wanted)  # as Python does with identifiers
        if not wanted.isidentifier() and not (len(wanted) < 5 and ord(wanted[-1]) > 0xF0000):
            wanted = "x_" + "".join(c if c.isalnum() and c.isascii() else "_" for c in wanted)
        name, count = wanted, self._counts.get(wanted, 1)
        while name in self.taken:
            count += 1
            name = f"{wanted}_{count}"
        self._counts[wanted] = count
        self.taken.add(name)
        return name

    def reserve(self, names: Iterable[str]) -> None:
        """Leave these names to others."""
        self.taken.update(names)

    def give(self, x: Variable | Constant, wanted: str) -> str:
        """Give a variable or a constant a name like this one."""
        name = self._of[x] = self.new(wanted)
        return name

    def knows(self, x: Any) -> bool:
        """Return whether a variable or a constant has a name."""
        return x in self._of

    def of(self, x: Variable | Constant) -> str:
        """Return the name of a variable or of a constant."""
        name = self._of.get(x)
        if name is None:
            wanted = x.hint or (f"v{x.number}" if isinstance(x, Variable) else f"c{x.number}")
            name = self._of[x] = self.new(wanted)
            if isinstance(x, Constant):
                self.environment[name] = x.value
        return name

    def object(self, x: Any, wanted: str) -> str:
        """Return the name of any other object."""
        name = self._of.get(id(x))
        if name is None:
            name = self._of[id(x)] = self.new(wanted)
            self.environment[name] = x
        return name

    def function(self, function: Callable[..., Any]) -> str:
        """Return how a function is called."""
        found = public_name(function)
        if found is not None:
            self.imports.add(found.rpartition(".")[0])
            return found
        name = str(getattr(function, "__name__", "function"))
        return self.object(function, name if name.isidentifier() else "function")


def public_name(function: Any) -> str | None:
    """Return the full name of a function of NumPy, SciPy, `math` or Python; else None."""
    name = getattr(function, "__name__", None)
    if name is None:
        return None
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):
        whole = public_name(owner)
        return None if whole is None else f"{whole}.{name}"
    for module_name, module in _MODULES:
        if vars(module).get(name) is function:
            return f"{module_name}.{name}"
    if getattr(builtins, name, None) is function:
        return str(name)
    home = str(getattr(function, "__module__", None) or "")
    if isinstance(function, np.ufunc) or home.startswith("scipy."):
        return _name_in_scipy(function, name)
    return None


def _name_in_scipy(function: Any, name: str) -> str | None:
    import sys

    for package in ("special", "linalg", "fft", "signal", "ndimage", "integrate", "interpolate"):
        module = sys.modules.get(f"scipy.{package}")
        if module is not None and getattr(module, name, None) is function:
            return f"scipy.{package}.{name}"
    return None


class Writer:
    """Writes instructions as Python code.

    Parameters
    ----------
    names : Names
        The names of variables, constants and functions.
    """

    def __init__(self, names: Names) -> None:
        self.names = names
        #: Variables that are written as expressions where they are used.
        self.inlined: dict[Variable, Expression] = {}

    def expression(self, instruction: Instruction) -> Expression:
        """Return the call of an instruction."""
        function, arguments = instruction.function, instruction.arguments
        if not instruction.keywords:
            symbol = BINARY.get(function)
            if symbol is not None and len(arguments) == 2:
                level = PRECEDENCE[symbol]
                left, right = self.of(arguments[0]), self.of(arguments[1])
                if symbol == "**":
                    text = f"{left.within(ATOM)} ** {right.within(POWER)}"
                elif level == COMPARISON:
                    text = f"{left.within(level + 1)} {symbol} {right.within(level + 1)}"
                else:
                    text = f"{left.within(level)} {symbol} {right.within(level + 1)}"
                return Expression(text, level)
            symbol = UNARY.get(function)
            if symbol is not None:
                return Expression(f"{symbol}{self.of(arguments[0]).within(SIGN)}", SIGN)
            if function is operator.getitem:
                owner = self.of(arguments[0]).within(ATOM)
                return Expression(f"{owner}[{self.index(arguments[1])}]")
        if function is choose:
            condition, x, y = (self.of(x).within(COMPARISON) for x in arguments)
            return Expression(f"{x} if {condition} else {y}", LOOSE)
        if isinstance(function, Attribute):
            return Expression(f"{self.of(arguments[0]).within(ATOM)}.{function.name}")
        if isinstance(function, Method):
            owner = self.of(arguments[0]).within(ATOM)
            return Expression(f"{owner}.{function.name}({self.list(arguments[1:], instruction)})")
        name = self.names.function(function)
        return Expression(f"{name}({self.list(arguments, instruction)})")

    def statement(self, instruction: Instruction) -> str:
        """Return an instruction as a statement."""
        function, arguments = instruction.function, instruction.arguments
        if instruction.writes is not None and instruction.result is None:
            if function is operator.setitem:
                owner = self.of(arguments[0]).within(ATOM)
                return f"{owner}[{self.index(arguments[1])}] = {self.of(arguments[2]).text}"
            symbol = INPLACE.get(function)
            if symbol is not None:
                return f"{self.of(arguments[0]).text} {symbol} {self.of(arguments[1]).text}"
            return self.expression(instruction).text
        text = self.expression(instruction).text
        target = self.target(instruction.result)
        return f"{target} = {text}" if target else text

    def target(self, result: Any) -> str:
        """Return what the result is assigned to."""
        if isinstance(result, Variable):
            return self.names.of(result)
        if isinstance(result, (tuple, list)):
            parts = [self.target(item) or "_" for item in result]
            inner = ", ".join(f"({p})" if "," in p else p for p in parts)
            return f"{inner}," if len(parts) == 1 else inner
        return ""

    def list(self, arguments: Any, instruction: Instruction) -> str:
        """Return the arguments of a call."""
        parts = [self.of(x).text for x in arguments]
        parts += [f"{key}={self.of(x).text}" for key, x in instruction.keywords.items()]
        return ", ".join(parts)

    def index(self, index: Any) -> str:
        """Return an index, without its brackets."""
        if isinstance(index, tuple) and index:
            parts = [self._part(part) for part in index]
            return f"{parts[0]}," if len(parts) == 1 else ", ".join(parts)
        return self._part(index)

    def _part(self, part: Any) -> str:
        if isinstance(part, slice):
            start, stop, step = (
                "" if x is None else self.of(x).text for x in (part.start, part.stop, part.step)
            )
            return f"{start}:{stop}" + (f":{step}" if step else "")
        return self.of(part).text

    def of(self, x: Any) -> Expression:
        """Return the expression for a variable, a constant, or a plain object."""
        if isinstance(x, Variable):
            return self.inlined.get(x) or Expression(self.names.of(x))
        if isinstance(x, Constant):
            return Expression(self.names.of(x))
        kind = type(x)
        if x is None or kind in (bool, int, str, bytes):
            return Expression(repr(x), SIGN if kind is int and x < 0 else ATOM)
        if kind is float:
            return self._float(x)
        if kind is complex:
            return Expression(f"complex({self._float(x.real).text}, {self._float(x.imag).text})")
        if x is Ellipsis:
            return Expression("...")
        if kind is tuple:
            inner = ", ".join(self.of(item).text for item in x)
            return Expression(f"({inner},)" if len(x) == 1 else f"({inner})")
        if kind is list:
            return Expression(f"[{', '.join(self.of(item).text for item in x)}]")
        if kind is dict:
            inner = ", ".join(
                f"{self.of(key).text}: {self.of(item).text}" for key, item in x.items()
            )
            return Expression("{" + inner + "}")
        if kind is slice:
            parts = ", ".join(self.of(part).text for part in (x.start, x.stop, x.step))
            return Expression(f"slice({parts})")
        if isinstance(x, np.bool_):
            return Expression(f"np.bool_({bool(x)})")
        if isinstance(x, np.generic) and x.dtype.kind in "iufc" and type(x.item()) in _ITEMS:
            return Expression(f"np.{kind.__name__}({self.of(x.item()).text})")
        if isinstance(x, np.dtype) and x.names is None:
            return Expression(
                f"np.dtype({x.str!r})" if x.byteorder not in "=|" else f"np.dtype({x.name!r})"
            )
        if isinstance(x, (type, types.FunctionType, types.BuiltinFunctionType, np.ufunc)):
            return Expression(self.names.function(x))
        if isinstance(x, tuple) and hasattr(x, "_fields"):
            inner = ", ".join(self.of(item).text for item in x)
            return Expression(f"{self.names.object(kind, kind.__name__)}({inner})")
        if isinstance(x, tree.CONTAINERS):  # such as an OrderedDict
            inner = ", ".join(self.of(item).text for item in tree.items(x))
            template = self.names.object(x, kind.__name__.lower())
            return Expression(f"{self.names.object(tree.like, 'like')}({template}, [{inner}])")
        return Expression(self.names.object(x, f"{kind.__name__.lower()}"))

    def _float(self, x: float) -> Expression:
        if math.isfinite(x):
            return Expression(repr(x), SIGN if math.copysign(1.0, x) < 0 else ATOM)
        text = "np.nan" if x != x else "np.inf"
        return Expression(f"-{text}", SIGN) if x < 0 else Expression(text)
