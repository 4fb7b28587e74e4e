"""Numbers, names, functions and operators in LaTeX."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np

#: Constants that are written as symbols, by value.
CONSTANTS = {
    math.pi: r"\pi", math.e: "e", math.log(2): r"\log\left(2\right)",
    math.log(10): r"\log\left(10\right)", math.sqrt(math.pi): r"\sqrt{\pi}",
}  # fmt: skip

#: The largest denominator of a number that is written as a fraction.
DENOMINATOR = 1000

GREEK = frozenset(
    (
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
        "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi",
        "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi",
        "Omega",
    )
)  # fmt: skip
ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde", "dot": r"\dot", "mean": r"\bar"}


def fraction(x: Any, sizes: Iterable[int] = ()) -> tuple[str, str]:
    """Return numerator and denominator of a number without a sign; "" for a denominator of 1.

    Parameters
    ----------
    x : number
        A number that is not negative.
    sizes : iterable of int
        Numbers of elements, of which a mean is likely: ``0.1`` is then 1/10.
    """
    if isinstance(x, complex):
        if x in (1j, -1j):
            return "i" if x == 1j else r"\left(-i\right)", ""
        sign = "-" if x.imag < 0 else "+"
        return rf"\left({_decimal(x.real)} {sign} {_decimal(abs(x.imag))} i\right)", ""
    if not math.isfinite(x):
        return (r"\infty" if x > 0 else r"\mathrm{NaN}"), ""
    if x == int(x) and x < 1e6:
        return str(int(x)), ""
    for constant, text in CONSTANTS.items():
        for times in (1, 2):
            if x == times * constant:
                return f"{times if times > 1 else ''} {text}".strip(), ""
            if x == times / constant:
                return str(times), text
            if x == constant / (2 * times):
                return text, str(2 * times)
    found = _root(x) or _ratio(x, set(sizes))
    return found if found is not None else (_decimal(x), "")


def _root(x: float) -> tuple[str, str] | None:
    """Return a number that is the root of a fraction."""
    if not 1e-6 < x < 1e6:
        return None
    square = Fraction(x * x).limit_denominator(DENOMINATOR)
    p, q = square.numerator, square.denominator
    if p == 0 or not math.isclose(math.sqrt(p) / math.sqrt(q), x, rel_tol=4e-16):
        return None
    over, under = math.isqrt(p), math.isqrt(q)
    roots = (over * over != p) + (under * under != q)
    if roots != 1:
        return None
    top = str(over) if over * over == p else rf"\sqrt{{{p}}}"
    bottom = str(under) if under * under == q else rf"\sqrt{{{q}}}"
    return top, "" if bottom == "1" else bottom


def _ratio(x: float, sizes: set[int]) -> tuple[str, str] | None:
    near = Fraction(x).limit_denominator(DENOMINATOR)
    p, q = near.numerator, near.denominator
    if p == 0 or not math.isclose(p / q, x, rel_tol=1e-15):
        return None
    decimal = q in (10, 100, 1000) or (p > 9 and len(repr(x)) < 7)
    if decimal and q not in sizes:
        return None
    return str(p), str(q)


def _decimal(x: float) -> str:
    text = f"{x:.6g}"
    if float(np.float32(x)) == x:
        text = min((f"{x:.6g}", str(np.float32(x))), key=len)
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"


def name(text: str) -> str:
    """Write a name of Python as a symbol: ``y_hat``, ``W1``, ``Wo``, ``theta``."""
    text = text.strip("_") or "x"
    if text in GREEK:
        return rf"\{text}"
    accented = re.fullmatch(rf"(.+)_({'|'.join(ACCENTS)})|(.)({'|'.join(ACCENTS)})", text)
    if accented is not None:
        return f"{ACCENTS[accented[2] or accented[4]]}{{{name(accented[1] or accented[3])}}}"
    parts = (
        re.fullmatch(r"(.+?)_?(\d+)", text)
        or re.fullmatch(r"([^_]+)_(.+)", text)
        or re.fullmatch(r"([A-Z])([a-z])", text)
    )
    if parts is not None:
        base, below = name(parts[1]), parts[2]
        below = rf"\mathrm{{{below}}}" if re.fullmatch("[a-zA-Z]", below) else below
        below = below if re.fullmatch(r"\d+|\\.*", below) else name(below)
        if "_{" not in base + below:
            return f"{base}_{{{below}}}"
    if len(text) == 1:
        return text
    escaped = text.replace("_", r"\_")
    return rf"\mathrm{{{escaped}}}"


def with_number(text: str, number: int) -> str:
    """Add a number to a symbol, to tell it from others of the same name."""
    if text.startswith("\\frac"):
        return text + "'" * (number - 1)
    return with_index(text, str(number))


def with_index(text: str, index: str) -> str:
    """Add an index to a symbol, or to that with respect to which it is a derivative."""
    derivative = re.fullmatch(r"\\frac\{(\\partial .*)\}\{\\partial (.*)\}", text)
    if derivative is not None:
        return rf"\frac{{{derivative[1]}}}{{\partial {with_index(derivative[2], index)}}}"
    if not index:
        return text
    return f"{text[:-1]},{index}}}" if "_{" in text else f"{text}_{{{index}}}"


# -- operators and functions -----------------------------------------------------------------------

#: How strongly operators bind, from a sum to a name.
CHOICE, ADDED, HADAMARD, OPEN, JUXTAPOSED, RAISED, ATOM = range(7)

#: Signs between operands, and how strongly these must bind.
RELATIONS = {
    "less": ("<", ADDED), "less_equal": (r"\le", ADDED), "greater": (">", ADDED),
    "greater_equal": (r"\ge", ADDED), "equal": ("=", ADDED), "not_equal": (r"\ne", ADDED),
    "logical_and": (r"\wedge", JUXTAPOSED), "logical_or": (r"\vee", JUXTAPOSED),
    "logical_xor": (r"\oplus", JUXTAPOSED),
}  # fmt: skip
FORMS = {
    "absolute": r"\left|x\right|", "conjugate": r"\overline{x}", "cbrt": r"\sqrt[3]{x}",
    "floor": r"\left\lfloor x \right\rfloor", "ceil": r"\left\lceil x \right\rceil",
}  # fmt: skip

#: Functions that LaTeX has a command for, and those that are written as operators.
FUNCTIONS = {
    **{
        each: rf"\{each}"
        for each in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "arcsin", "arccos",
                     "arctan")
    },
    "sigmoid": r"\sigma", "maximum": r"\max", "minimum": r"\min", "fmax": r"\max",
    "fmin": r"\min", "sign": r"\operatorname{sgn}", "arcsinh": r"\operatorname{arsinh}",
    "arccosh": r"\operatorname{arcosh}", "arctanh": r"\operatorname{artanh}",
    "real": r"\operatorname{Re}", "imag": r"\operatorname{Im}",
}  # fmt: skip
REDUCTIONS = {"sum": r"\sum", "max": r"\max", "min": r"\min", "prod": r"\prod"}


class Written:
    """A piece of LaTeX, and how strongly its outermost operator binds."""

    __slots__ = ("strength", "text")

    def __init__(self, text: str, strength: int = ATOM) -> None:
        self.text = text
        self.strength = strength

    def within(self, least: int) -> str:
        """Return the text, in brackets where it binds less strongly than this."""
        return self.text if self.strength >= least else rf"\left({self.text}\right)"

    def followed_by(self, other: str) -> Written:
        """Return the factor with another one beside it."""
        return Written(f"{self.within(JUXTAPOSED)} {other}", JUXTAPOSED)


def function_name(text: str) -> str:
    """Write the name of a function."""
    return FUNCTIONS.get(text) or rf"\operatorname{{{escaped(text)}}}"


def escaped(text: str) -> str:
    """Escape what means something in LaTeX."""
    for sign in "\\#$%&_{}^~":
        text = text.replace(sign, rf"\{sign}" if sign in "#$%&_{}" else " ")
    return text
