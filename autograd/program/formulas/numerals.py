"""Numbers and names in LaTeX."""

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
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "mu",
        "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma",
        "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
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
    """Write a name of Python as a symbol: ``y_hat``, ``W1``, ``theta``."""
    text = text.strip("_")
    if not text:
        return "x"
    found = re.fullmatch(r"(.+?)_?(\d+)", text)
    if found is not None:
        return f"{name(found[1])}_{{{found[2]}}}" if "_{" not in name(found[1]) else _word(text)
    first, _, rest = text.partition("_")
    for accent, written in ACCENTS.items():
        if rest == accent or (text.endswith(accent) and len(text) == len(accent) + 1):
            return f"{written}{{{name(first if rest else text[0])}}}"
    if rest:
        inner = name(rest)
        return f"{name(first)}_{{{inner}}}" if "_{" not in inner else _word(text)
    if text in GREEK:
        return rf"\{text}"
    if text == "lambda_" or text == "lam":
        return r"\lambda"
    return text if len(text) == 1 else _word(text)


def _word(text: str) -> str:
    escaped = text.replace("_", r"\_")
    return rf"\mathrm{{{escaped}}}"


def with_number(text: str, number: int) -> str:
    """Add a number to a symbol, to tell it from others of the same name."""
    if text.startswith("\\frac"):
        return text + "'" * (number - 1)
    if text.endswith("}") and "_{" in text:
        return f"{text[:-1]},{number}}}"
    return f"{text}_{{{number}}}"


def with_index(text: str, index: str) -> str:
    """Add an index to a symbol."""
    if not index:
        return text
    derivative = re.fullmatch(r"\\frac\{(\\partial .*)\}\{\\partial (.*)\}", text)
    if derivative is not None:
        return rf"\frac{{{derivative[1]}}}{{\partial {with_index(derivative[2], index)}}}"
    return f"{{{text}}}_{{{index}}}" if "_" in text else f"{text}_{{{index}}}"
