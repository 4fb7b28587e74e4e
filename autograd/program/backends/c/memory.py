"""Where a saved program keeps its variables: parameters, constants, and memory to work with."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from autograd.program.backends.c.dtypes import TYPES, stored_type
from autograd.program.backends.c.formulas import FORMULAS
from autograd.program.backends.c.numbers import literal
from autograd.program.backends.c.places import Place, contiguous
from autograd.program.instructions import Constant, Variable

_KEYWORDS = (
    "alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl "
    "const constexpr const_cast continue decltype default delete do double dynamic_cast else "
    "enum explicit export extern false float for friend goto if inline int long mutable "
    "namespace new noexcept not not_eq nullptr operator or or_eq private protected public "
    "register reinterpret_cast restrict return short signed sizeof static static_assert "
    "static_cast struct switch template this throw true try typedef typeid typename typeof "
    "union unsigned using virtual void volatile wchar_t while xor xor_eq main i j k m o to "
    "row rare factor workspace work sqrt fabs trunc floor ceil rint copysign signbit result "
    "gamma y0 y1 yn j0 j1 jn linux unix math_errhandling "
)

#: Functions of the C library, whose names no other function may have.
_LIBRARY = (
    "abort abs acos acosh asctime asin asinh atan atan2 atanh atexit atof atoi atol atoll bsearch "
    "calloc cbrt ceil clearerr clock copysign cos cosh ctime difftime div erf erfc exit exp exp2 "
    "expm1 fabs fclose fdim feof ferror fflush fgetc fgetpos fgets floor fma fmax fmin fmod fopen "
    "fprintf fputc fputs fpclassify fread free freopen frexp fscanf fseek fsetpos ftell fwrite "
    "getc getchar getenv gets gmtime hypot ilogb isalnum isalpha isblank iscntrl isdigit isfinite "
    "isgraph isgreater isgreaterequal isinf isless islessequal islessgreater islower isnan "
    "isnormal isprint ispunct isspace isunordered isupper isxdigit labs ldexp ldiv lgamma llabs "
    "lldiv llrint llround localtime log log10 log1p log2 logb longjmp lrint lround malloc mblen "
    "memchr memcmp memcpy memmove memset mktime modf nan nearbyint nextafter nexttoward perror pow "
    "printf putc putchar puts qsort raise rand realloc remainder remove remquo rename rewind rint "
    "round scalbln scalbn scanf setbuf setjmp setlocale setvbuf signal signbit sin sinh snprintf "
    "sprintf sqrt srand sscanf strcat strchr strcmp strcoll strcpy strcspn strerror strftime "
    "strlen strncat strncmp strncpy strpbrk strrchr strspn strstr strtod strtof strtok strtol "
    "strtold strtoll strtoul strtoull strxfrm system tan tanh tgamma time tmpfile tmpnam tolower "
    "toupper trunc ungetc vfprintf vprintf vsnprintf vsprintf "
    "index rindex read write open close link pipe fork wait kill sleep stat send recv accept bind "
    "connect listen select poll signgam drem significand exp10 pow10 scalb finite"
)

#: Names that generated code uses, or that may be macros.
_TAKEN = re.compile(
    r"[cilnptvw]\d+(_\w*)?|_.*|.*_t|result_\d+|.*_(part_\d+|c\d+|[fib][148])"
    r"|M_\w*|[A-Z\d_]*([A-Z][\d_]*){3,}"
)


def function_identifier(text: str, taken: set[str]) -> str:
    """Return a name for a function of C that is like a text, and like no other.

    Examples
    --------
    >>> function_identifier("round", set()), function_identifier("loss", set())
    ('round_in', 'loss')
    """
    root = text[:-1] if text[-1:] in ("f", "l") else text
    is_known = not {text, root}.isdisjoint(_LIBRARY.split())
    return identifier(f"{text}_in" if is_known else text, taken)


def identifier(text: str, taken: set[str]) -> str:
    """Return a name for C that is like a text, and like no other; it is taken from then on.

    Examples
    --------
    >>> identifier("größe", set()), identifier("int", set()), identifier("x", {"x"})
    ('gr__e', 'int_in', 'x_2')
    """
    name = re.sub(r"[^A-Za-z0-9_]", "_", text)[:60] or "x"
    if name[0].isdigit():
        name = f"x{name}"
    called = {f.calls + s for found in FORMULAS.values() for f in found for s in ("", "f")}
    if name in _KEYWORDS.split() or name in called or _TAKEN.fullmatch(name):
        name = f"{name.lstrip('_')}_in"
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    taken.add(found)
    return found


class Memory:
    """The memory of a saved program.

    Attributes
    ----------
    names : dict
        The names of the pointers to what has memory.
    numbers : dict
        The names of numbers among the parameters.
    places : dict
        Where inputs and constants lie: in C's order, whatever NumPy's was.
    given : set
        The inputs, which are only read.
    outputs : list of (Variable, str)
        The results, with the names of the parameters for them.
    leaving : list of Variable and Constant
        The results.
    constants : list of str
        Definitions of constant arrays.
    defined : set of str
        The names of these.
    lines : list of str
        Statements that define the pointers to memory to work with.
    size : int
        The bytes to work with.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.names: dict[Any, str] = {}
        self.numbers: dict[Any, str] = {}
        self.places: dict[Any, Place] = {}
        self.given: set[Any] = set()
        self.outputs: list[tuple[Any, str]] = []
        self.leaving: list[Any] = []
        self.constants: list[str] = []
        self.defined: set[str] = set()
        self.lines: list[str] = []
        self.size = 0
        self._tiles: dict[Any, list[str]] = {}

    def input(self, x: Variable, name: str) -> None:
        """Note the name of an input."""
        if not x.is_array:
            self.numbers[x] = name
            return
        self.names[x] = name
        self.places[x] = Place(x, x.shape, contiguous(x.shape))
        self.given.add(x)

    def constant(self, array: Any) -> Constant:
        """Define an array of constants."""
        found = Constant(-1, np.ascontiguousarray(array))
        self.define(found)
        return found

    def define(self, x: Constant) -> None:
        """Define an array of constants, in C's order."""
        name = f"{self.prefix}_c{len(self.constants)}"
        flat = np.ascontiguousarray(x.value).reshape(-1)
        texts = [literal(number, flat.dtype) for number in flat] or ["0"]
        rows = [", ".join(texts[k : k + 4]) for k in range(0, len(texts), 4)]
        body = ",\n    ".join(rows)
        kind = TYPES[flat.dtype]
        self.constants.append(f"static const {kind} {name}[{len(texts)}] = {{\n    {body}\n}};\n")
        self.names[x] = name
        self.defined.add(name)
        self.places[x] = Place(x, x.value.shape, contiguous(x.value.shape))
        self.given.add(x)

    def name(self, x: Any) -> str:
        """Return the pointer to the memory of a variable, which is made if there is none."""
        if x not in self.names:
            shape = x.shape if isinstance(x, Variable) else x.value.shape
            self.names[x] = self._new(stored_type(x), math.prod(shape))
        return self.names[x]

    def _new(self, dtype: Any, count: int) -> str:
        kind, name = TYPES[dtype], f"w{len(self.lines)}"
        self.lines.append(f"{kind} *{name} = ({kind} *)(work + {self.size});")
        self.size += -(-count * dtype.itemsize // 16) * 16
        return name

    def tiles(self, types: list[Any], width: int) -> list[str]:
        """Return the pointers to memory for one row or tile, which is used again and again."""
        counts: dict[Any, int] = {}
        found = []
        for dtype in types:
            known = self._tiles.setdefault((dtype, width), [])
            at = counts[dtype] = counts.get(dtype, 0) + 1
            if len(known) < at:
                known.append(self._new(dtype, width))
            found.append(known[at - 1])
        return found
