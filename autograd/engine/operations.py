"""The primitives that nodes call themselves: operators, and methods with NumPy's names.

Their rules are rows of the table in `autograd.rules`, like all others.
"""

from __future__ import annotations

from typing import Final

from autograd.engine.registry import declare

ADD: Final = declare("add")
SUBTRACT: Final = declare("subtract")
MULTIPLY: Final = declare("multiply")
DIVIDE: Final = declare("divide")
FLOOR_DIVIDE: Final = declare("floor_divide")
REMAINDER: Final = declare("remainder")
POWER: Final = declare("power")
NEGATIVE: Final = declare("negative")
POSITIVE: Final = declare("positive")

EXP: Final = declare("exp")
EXP2: Final = declare("exp2")
EXPM1: Final = declare("expm1")
LOG: Final = declare("log")
LOG2: Final = declare("log2")
LOG10: Final = declare("log10")
LOG1P: Final = declare("log1p")
SQRT: Final = declare("sqrt")
CBRT: Final = declare("cbrt")
SQUARE: Final = declare("square")
RECIPROCAL: Final = declare("reciprocal")
SIN: Final = declare("sin")
COS: Final = declare("cos")
TAN: Final = declare("tan")
ARCSIN: Final = declare("arcsin")
ARCCOS: Final = declare("arccos")
ARCTAN: Final = declare("arctan")
SINH: Final = declare("sinh")
COSH: Final = declare("cosh")
TANH: Final = declare("tanh")
ARCSINH: Final = declare("arcsinh")
ARCCOSH: Final = declare("arccosh")
ARCTANH: Final = declare("arctanh")
ABSOLUTE: Final = declare("absolute")
SIGN: Final = declare("sign")
SIGMOID: Final = declare("sigmoid")
RELU: Final = declare("relu")
SOFTPLUS: Final = declare("softplus")
ERF: Final = declare("erf")
LGAMMA: Final = declare("lgamma")
MAXIMUM: Final = declare("maximum")
MINIMUM: Final = declare("minimum")
HYPOT: Final = declare("hypot")
ARCTAN2: Final = declare("arctan2")
LOGADDEXP: Final = declare("logaddexp")

MATMUL: Final = declare("matmul")
GETITEM: Final = declare("getitem")
SETITEM: Final = declare("setitem")
REAL: Final = declare("real")
IMAG: Final = declare("imag")
ASTYPE: Final = declare("astype")
SUM: Final = declare("sum")
MEAN: Final = declare("mean")
RESHAPE: Final = declare("reshape")
TRANSPOSE: Final = declare("transpose")
STACK: Final = declare("stack")
CONJUGATE: Final = declare("conjugate")
