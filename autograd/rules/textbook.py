"""How the functions of NumPy and of this package are written: the notation of their primitives."""

from __future__ import annotations

from autograd.engine.primitive import Primitive
from autograd.rules import elementwise, joining, products, reductions, shapes, softmax, special
from autograd.rules.notation import Notation

_PART = Notation(further_vjp="‹the part of› g ‹that came from it›")
_FACTOR, _TERM = ("factor",), ("term",)
_QUOTIENT = ("dividend", "divisor")

# fmt: off
TEXTBOOK: dict[Primitive, Notation] = {
    elementwise.add:            Notation("+",     "+",             roles=_TERM),
    elementwise.subtract:       Notation("−",     "-",             roles=_TERM),
    elementwise.multiply:       Notation("×",     "×",             roles=_FACTOR),
    elementwise.divide:         Notation("÷",     "/",             roles=_QUOTIENT),
    elementwise.power:          Notation("xʸ",    "**",            roles=("base", "exponent")),
    elementwise.remainder:      Notation("mod",   "%",             roles=_QUOTIENT),
    elementwise.floor_divide:   Notation("⌊÷⌋",   "//",            roles=_QUOTIENT),
    elementwise.negative:       Notation("−x",    form="-{0}"),
    elementwise.positive:       Notation("+x"),
    elementwise.square:         Notation("x²"),
    elementwise.sqrt:           Notation("√"),
    elementwise.cbrt:           Notation("∛"),
    elementwise.reciprocal:     Notation("1/x"),
    elementwise.exp:            Notation("eˣ"),
    elementwise.exp2:           Notation("2ˣ"),
    elementwise.absolute:       Notation("|x|"),
    elementwise.maximum:        Notation("max"),
    elementwise.minimum:        Notation("min"),
    special.sigmoid:            Notation("σ"),
    special.lgamma:             Notation("ln Γ"),
    products.matmul:            Notation("@",     "@",             vjps=("g {1}ᵀ", "{0}ᵀ g"), roles=_FACTOR),
    products.contraction:       Notation(names_settings=False),
    reductions.sum:             Notation("Σ",                      vjps=("g ‹for every element›",)),
    reductions.mean:            Notation(                          vjps=("g / n ‹for each of› n ‹elements›",)),
    reductions.prod:            Notation("Π"),
    reductions.logsumexp:       Notation(                          vjps=("g · softmax({0})",)),
    softmax.softmax:            Notation(                          vjps=("{y} · (g − Σ g · {y})",)),
    softmax.log_softmax:        Notation(                          vjps=("g − softmax({0}) · Σ g",)),
    shapes.getitem:             Notation("[ ]",   form="{0}[{1}]", vjps=("g ‹where the elements were taken, else› 0",), names_settings=False),
    shapes.setitem:             Notation("[ ] =", settings=(1,), names_settings=False),
    shapes.transpose:           Notation("ᵀ",                      vjps=("gᵀ",)),
    shapes.reshape:             Notation(                          vjps=("g ‹in the shape of› {0}",)),
    shapes.astype:              Notation(                          vjps=("g",)),
    shapes.broadcast_to:        Notation(                          vjps=("g ‹summed over the copies›",)),
    joining.concatenate_arrays: _PART,
    joining.stack_arrays:       _PART,
}
# fmt: on

for _primitive, _notation in TEXTBOOK.items():
    _primitive.notation = _notation
