"""Random functions of floats with branches, of what a tape computes and of what it does not."""

import math
import random

import numpy as np

#: Numbers at which functions have limits, kinks and errors.
SPECIAL = (
    0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.5, 3.0, 1e-8, 5e-324, -2.2e-308, 1e-310, 1e308, -1e308, 710.0, -746.0,
    math.pi, math.inf, -math.inf, math.nan,
)  # fmt: skip

UNARY = [
    "-{a}", "abs({a})", "+{a}", "{a}**2", "{a}**3", "{a}**-1", "{a}**0.5", "math.sin({a})", "math.exp({a})",
    "math.tanh({a})", "math.log(abs({a}) + 0.1)", "math.sqrt(abs({a}))", "math.atan({a})", "math.erf({a})",
    "np.tanh({a})", "np.exp(-{a}**2)", "np.sin({a})", "np.sqrt({a})", "np.log({a})", "np.abs({a})", "np.sign({a})",
    "math.cosh({a} * 0.1)", "math.log1p({a}**2)", "math.cbrt({a})", "math.gamma(1.5 + {a}**2 * 0.01)",
    "float({a} > 0) * {a}", "({a} > 0) * {a}", "round({a}, 2)", "math.degrees({a})", "relu({a})", "sigmoid({a})",
    "np.arctan({a})", "np.log1p({a}**2)", "np.square({a})", "np.cbrt({a})", "np.arcsinh({a})", "softplus({a})",
]  # fmt: skip
BINARY = [
    "{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} / {b}", "{a} * {b} + {c}", "{c} + {a} * {b}", "{a} + {b} + {c}",
    "{a} * {c} + {b} * {c}", "max({a}, {b})", "min({a}, {b})", "math.atan2({a}, {b})", "math.hypot({a}, {b})",
    "{a} % {b}", "{a} // {b}", "math.copysign({a}, {b})", "np.maximum({a}, {b})", "np.minimum({a}, {b})",
    "{a} * 2 - {b} / 3", "1 - {a} * {b}", "abs({a}) ** {b}", "np.hypot({a}, {b})", "np.arctan2({a}, {b})",
    "sum([{a}, {b}, {c}])", "np.logaddexp({a}, {b})",
]  # fmt: skip
CONDITIONS = [
    "{a} > {b}",
    "{a} <= 0.5",
    "{a} == {b}",
    "not {a} < {b}",
    "0 < {a} < 1",
    "{a} > 0 and {b} > 0",
    "{a}",
]


def source(seed, differentiable=False):
    """Return the source of a random function of x, y and z."""
    generator = random.Random(seed)
    names = ["x", "y", "z"]
    lines = []

    def fill(text):
        a, b, c = generator.choices(names[-6:], k=3)
        return text.format(a=a, b=b, c=c)

    for i in range(generator.randint(2, 14)):
        table = UNARY if generator.random() < 0.45 else BINARY
        name = f"v{i}"
        lines.append(f"{name} = {fill(generator.choice(table))}")
        if generator.random() < 0.2:
            lines.append(
                f"if {fill(generator.choice(CONDITIONS))}: {name} = {name} * 0.5 - {names[0]}"
            )
        if generator.random() < 0.1:
            lines.append(f"for _ in range(3): {name} = {name} * {generator.choice(names)} + 0.25")
        names.append(name)
    results = [names[-1]] if differentiable else generator.choices(names, k=generator.randint(1, 3))
    body = "\n    ".join(lines)
    return f"def f(x, y, z):\n    {body}\n    return {', '.join(results)}\n"


def function(text):
    """Return the function of a source."""
    from autograd import relu, sigmoid, softplus

    names = {"math": math, "np": np, "relu": relu, "sigmoid": sigmoid, "softplus": softplus}
    exec(text, names)
    return names["f"]


def inputs(seed, count=4):
    """Return arguments: ordinary ones and special ones."""
    generator = random.Random(seed)
    usual = [tuple(generator.uniform(-3, 3) for _ in range(3)) for _ in range(count)]
    mixed = [
        tuple(generator.choice((*SPECIAL, generator.uniform(-3, 3))) for _ in range(3))
        for _ in range(count)
    ]
    return usual + mixed
