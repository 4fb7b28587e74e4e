"""How operators and functions are written in LaTeX."""

from __future__ import annotations

#: How strongly operators bind, from a sum to a name.
CHOICE, ADDED, HADAMARD, OPEN, JUXTAPOSED, RAISED, ATOM = range(7)

LETTERS = "ijklmnpqrst"

COMPARISONS = {
    "less": "<", "less_equal": r"\le", "greater": ">", "greater_equal": r"\ge",
    "equal": "=", "not_equal": r"\ne",
}  # fmt: skip
LOGIC = {"logical_and": r"\wedge", "logical_or": r"\vee", "logical_xor": r"\oplus"}

#: Functions that LaTeX has a command for, and those that are written as operators.
FUNCTIONS = {
    **{
        each: rf"\{each}"
        for each in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "arcsin", "arccos",
                     "arctan")
    },
    "sigmoid": r"\sigma", "maximum": r"\max", "minimum": r"\min", "fmax": r"\max",
    "fmin": r"\min", "sign": r"\operatorname{sgn}", "arcsinh": r"\operatorname{arsinh}",
    "arccosh": r"\operatorname{arcosh}", "arctanh": r"\operatorname{artanh}",
    "real": r"\operatorname{Re}", "imag": r"\operatorname{Im}",
}  # fmt: skip
REDUCTIONS = {"sum": r"\sum", "max": r"\max", "min": r"\min", "prod": r"\prod"}


class NeedsIndices(Exception):  # noqa: N818 - not an error: the line is written with indices
    """A term has no notation as a whole matrix."""


class Written:
    """A piece of LaTeX, and how strongly its outermost operator binds."""

    __slots__ = ("strength", "text")

    def __init__(self, text: str, strength: int = ATOM) -> None:
        self.text = text
        self.strength = strength

    def within(self, least: int) -> str:
        """Return the text, in brackets where it binds less strongly than this."""
        return self.text if self.strength >= least else rf"\left({self.text}\right)"


def function_name(text: str) -> str:
    """Write the name of a function."""
    return FUNCTIONS.get(text) or rf"\operatorname{{{escaped(text)}}}"


def escaped(text: str) -> str:
    """Escape what means something in LaTeX."""
    for sign in "\\#$%&_{}^~":
        text = text.replace(sign, rf"\{sign}" if sign in "#$%&_{}" else " ")
    return text
