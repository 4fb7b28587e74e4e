"""How primitives of the library are written: a sign, a short form, the way back in words.

The key is the primitive itself: a custom one is written by its name, whatever that is.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograd.engine import Primitive
from autograd.rules import elementwise, joining, products, reductions, shapes, special


@dataclass(frozen=True)
class Notation:
    """How one primitive is written.

    Attributes
    ----------
    short : str
        In a small circle; where empty, by its name.
    between : str
        Between its two arguments; where empty, as a function.
    form : str
        With its arguments in the place of ``{0}`` and ``{1}``, where neither of the above.
    words : tuple of str
        For each argument, what becomes of the cotangent ``g`` on the way back, where the rule,
        which has to care for every shape, says less.
    """

    short: str = ""
    between: str = ""
    form: str = ""
    words: tuple[str, ...] = ()


# fmt: off
NOTATION: dict[Primitive, Notation] = {
    elementwise.add:            Notation("+",     "+"),
    elementwise.subtract:       Notation("−",     "-"),
    elementwise.multiply:       Notation("×",     "×"),
    elementwise.divide:         Notation("÷",     "/"),
    elementwise.power:          Notation("xʸ",    "**"),
    elementwise.remainder:      Notation("mod",   "%"),
    elementwise.floor_divide:   Notation("⌊÷⌋",   "//"),
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
    products.matmul:            Notation("@",     "@",             words=("g {1}ᵀ", "{0}ᵀ g")),
    reductions.sum:             Notation("Σ",                      words=("g for every element",)),
    reductions.mean:            Notation(                          words=("g / n for each of n elements",)),
    reductions.prod:            Notation("Π"),
    shapes.getitem:             Notation("[ ]",   form="{0}[{1}]", words=("g where the elements were taken, else 0",)),
    shapes.setitem:             Notation("[ ] ="),
    shapes.transpose:           Notation("ᵀ",                      words=("gᵀ",)),
    shapes.reshape:             Notation(                          words=("g in the shape of {0}",)),
    shapes.astype:              Notation(                          words=("g",)),
    shapes.broadcast_to:        Notation(                          words=("g summed over the copies",)),
}
# fmt: on

#: Of these, any number of arguments each get the part of the cotangent that came from them.
JOINING = (joining.concatenate_arrays, joining.stack_arrays)

#: These are called with something that says how, and goes without a name.
UNNAMED = (shapes.getitem, shapes.setitem, products.contraction)

_PLAIN = Notation()


def notation(primitive: Primitive) -> Notation:
    """Return how a primitive is written: by its name, unless it is one of the library's."""
    return NOTATION.get(primitive, _PLAIN)
