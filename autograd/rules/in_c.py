"""`CText`: the C that a user has written for a primitive, checked before anything compiles it."""

from __future__ import annotations

import contextlib
import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import SourceError

#: Names that mean something else in C, or that generated code defines.
_RESERVED = frozenset(
    [
        "alignas",
        "alignof",
        "asm",
        "auto",
        "bool",
        "break",
        "case",
        "char",
        "const",
        "constexpr",
        "continue",
        "default",
        "do",
        "double",
        "else",
        "enum",
        "extern",
        "false",
        "float",
        "for",
        "goto",
        "if",
        "inline",
        "int",
        "long",
        "main",
        "nullptr",
        "real",
        "register",
        "restrict",
        "result",
        "return",
        "short",
        "signed",
        "sizeof",
        "static",
        "static_assert",
        "struct",
        "switch",
        "thread_local",
        "true",
        "typedef",
        "typeof",
        "typeof_unqual",
        "union",
        "unsigned",
        "void",
        "volatile",
        "while",
        "linux",
        "unix",
        "errno",
        "signgam",
        "stdin",
        "stdout",
        "stderr",
        "assert",
        "isnan",
        "isinf",
        "isfinite",
        "isnormal",
        "signbit",
        "fpclassify",
        "isgreater",
        "isless",
        "isunordered",
    ]
)

#: Names in capitals are those of macros.
_MACRO = re.compile(r"[A-Z][A-Z0-9_]*")

#: The endings of the names that describe each array to C.
_DESCRIBED = "_size|_shape|_ndim"

#: Other ways to write characters that are looked for here.
_DISGUISES = ("??", "%:", "<%", "%>", "<:", ":>")

#: Comments, strings and characters; one that does not end matches up to the end of the text.
_QUOTED = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)|\"(?:\\[^\n]|[^\"\\\n])*(?:\"|\n|\Z)|'(?:\\[^\n]|[^'\\\n])*(?:'|\n|\Z)",
    re.S,
)
_PAIRS = {")": "(", "]": "[", "}": "{"}


class CText:
    """An expression for one element, or statements for whole arrays, and their parameters.

    Parameters
    ----------
    text : str
        The C.
    function : callable
        What it computes; the parameters have its names.
    is_expression : bool
        Whether it is an expression.

    Attributes
    ----------
    text : str
        The C.
    names : tuple of str
        The parameters.
    may_leave : bool
        Whether it says ``LEAVE_TO_PYTHON`` anywhere: the function of Python is called then.
    has_one_type : bool
        Whether it speaks of ``real``, the type of the result: all arrays of floats have it then.
    is_compared : bool
        Whether an expression has been compared with the function for some numbers.
    """

    def __init__(self, text: str, function: Callable[..., Any], is_expression: bool) -> None:
        self.text = text
        self.function = function
        self.is_expression = is_expression
        self.is_compared = False
        self._read_singly: dict[str, bool] = {}
        if not isinstance(text, str) or not text.strip():
            raise SourceError(f"c= is {text!r}; write C as a text, such as c='exp(-x * x)'.")
        self.may_leave = re.search(r"\bLEAVE_TO_PYTHON\b", text) is not None
        self.has_one_type = re.search(r"\breal\b", text) is not None
        self.names = self._parameters()
        self._check()

    def accepts(self, name: str, dtype: Any, real: Any) -> bool:
        """Return whether a parameter may be an array of a type, where the text speaks of ``real``.

        Integers and booleans are converted where they are read one by one, as in ``x[k]``. What is
        done with a pointer to them cannot be known.
        """
        if dtype.kind == "f":
            return bool(dtype == real)
        if name not in self._read_singly:
            text = _QUOTED.sub(" ", self.text)
            used = re.search(rf"(?<!if \()\b{name}\b(?!\s*(\[|\?|&&))", text)
            self._read_singly[name] = used is None
        return self._read_singly[name]

    def _parameters(self) -> tuple[str, ...]:
        """Return the names of the parameters, which are names of C too."""
        parameters: Any = None
        with contextlib.suppress(TypeError, ValueError):
            if not isinstance(self.function, np.ufunc):
                parameters = inspect.signature(self.function).parameters.values()
        if parameters is None:
            raise SourceError(
                f"c= needs names for the arguments, and {self.function!r} has none. Write it "
                "inside a function of your own: lambda x: f(x)."
            )
        names = tuple([x.name for x in parameters])
        for x in parameters:
            if x.kind in (x.VAR_POSITIONAL, x.VAR_KEYWORD):
                raise SourceError(f"c= needs a function with fixed parameters, without {x}.")
            is_name = x.name.isascii() and x.name not in _RESERVED and x.name[0] != "_"
            is_result = re.fullmatch(rf"result_[0-9]+({_DESCRIBED})?", x.name)
            if not is_name or is_result or _MACRO.fullmatch(x.name) or x.name.endswith("_t"):
                raise SourceError(f"The parameter {x.name} cannot have this name in C; rename it.")
            if re.fullmatch(rf".*({_DESCRIBED})", x.name) and x.name.rpartition("_")[0] in (
                *names,
                "result",
            ):
                raise SourceError(
                    f"The parameter {x.name} cannot have this name in C, where it stands for the "
                    f"{x.name.rpartition('_')[2]} of {x.name.rpartition('_')[0]}; rename it."
                )
        return names

    def _check(self) -> None:
        """Raise an error for a text that would not stay inside of its function."""
        text = self.text
        if not text.isascii() or "\0" in text:
            raise SourceError(f"c= must consist of ASCII characters: {text!r}.")
        plain = _QUOTED.sub(self._replaced, text)
        for part in ("#", "\\", *_DISGUISES):
            if part in plain or (part == "??" and part in text):
                raise SourceError(f"c= cannot contain {part!r}: {text!r}.")
        if self.is_expression and re.search("[;{}]", plain):
            raise SourceError(
                f"c= of an elementwise function is one expression, without ; and braces: {text!r}."
            )
        waiting: list[str] = []
        for c in re.findall(r"[()\[\]{}]", plain):
            if c in "([{":
                waiting.append(c)
            elif not waiting or waiting.pop() != _PAIRS[c]:
                raise SourceError(f"c= closes a bracket that it has not opened, {c!r}: {text!r}.")
        if waiting:
            raise SourceError(f"c= does not close a bracket, {waiting[-1]!r}: {text!r}.")
        for name in self.names:
            if re.search(rf"\b{name}\s*\(", plain):
                raise SourceError(f"In c=, {name} is a parameter and cannot be called: {text!r}.")

    def _replaced(self, found: re.Match[str]) -> str:
        """Return a blank for a comment, and what is harmless for a string or character."""
        part = found.group()
        if part.startswith("//"):
            if part.endswith("\\"):
                raise SourceError(f"c= has a comment that ends in a backslash: {self.text!r}.")
            return " "
        ends = part.endswith("*/") and len(part) > 3 if part[0] == "/" else part[-1:] == part[0]
        if not ends or len(part) == 1:
            raise SourceError(f"c= has a comment or a string that does not end: {self.text!r}.")
        return " " if part[0] == "/" else "0"
