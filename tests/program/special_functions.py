"""Functions of floats and of Values, and the numbers at which they are special."""

import itertools
import math

import numpy as np

from autograd import Value

NUMBERS = (
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.5, 3.0, 5e-324, -1e-310, 1e308, -1e308, 1e16, 709.9, -745.2, 0.1,
    math.inf, -math.inf, math.nan,
)  # fmt: skip
#: Functions of x, which a program of Values may call as well.
OF_VALUES = [
    "-x", "abs(x)", "x**2", "x**3", "x**-1", "x**0.5", "x**-0.5", "x**0", "x**1.5", "2**x", "0.5**x", "0.0**x", "1/x",
    "max(x, 0.5)", "min(-0.0, x)", "max(x, x**0.5)", "x**0.5 * 2 + 1", "x/y", "x**y", "x - y * x", "max(x, y)",
    *[f"np.{name}(x)" for name in (
        "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "sin", "cos", "tan", "arcsin", "arccos",
        "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "sign", "reciprocal",
    )],
]  # fmt: skip
OF_FLOATS = [
    *[text for text in OF_VALUES if "np." not in text],
    "x//0.7", "x%0.7", "x//y", "x%y", "(x > 0.5) * x", "x if x > 0.5 else -x", "int(x) * 1.0", "x < y", "round(x, 2)",
    *[f"math.{name}(x)" for name in (
        "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "sin", "cos", "tan", "asin", "acos",
        "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "gamma", "degrees",
    )],
    *[f"math.{name}(x, y)" for name in ("atan2", "fmod", "pow", "copysign", "hypot", "remainder")],
    "np.power(x, y)", "np.maximum(x, y)", "np.divide(x, y)",
]  # fmt: skip
#: The functions of each kind: of floats, of Values, and derivatives.
KINDS = {"floats": OF_FLOATS, "Values": OF_VALUES, "derivatives": OF_VALUES}


def function(text, kind):
    """Return a function of floats of some text."""
    names = ["x", "y"] if "y" in text.replace("copy", "") else ["x"]
    lines = [f"def f({', '.join(names)}):"]
    if kind != "floats":
        lines += [f"    {name} = Value({name})" for name in names]
    lines.append(f"    result = {text}")
    if kind == "derivatives":
        lines += ["    result.backward()", f"    return {', '.join(f'{n}.grad' for n in names)}"]
    else:
        lines.append("    return result.data if isinstance(result, Value) else result")
    space = {"math": math, "np": np, "Value": Value}
    exec("\n".join(lines), space)
    return space["f"], list(itertools.product(NUMBERS, repeat=len(names)))


def outcome(f, arguments):
    """Return the type and the bits of what a function returns, or the type of its error."""
    try:
        with np.errstate(all="ignore"):
            found = f(*arguments)
    except Exception as error:
        return type(error)
    return [
        (type(x), "nan" if x != x else x.hex() if isinstance(x, float) else x)
        for x in (found if isinstance(found, tuple) else (found,))
    ]
