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


def function_name(text: str) -> str:
    """Write the name of a function."""
    return FUNCTIONS.get(text) or rf"\operatorname{{{escaped(text)}}}"


def escaped(text: str) -> str:
    """Escape what means something in LaTeX."""
    for sign in "\\#$%&_{}^~":
        text = text.replace(sign, rf"\{sign}" if sign in "#$%&_{}" else " ")
    return text
