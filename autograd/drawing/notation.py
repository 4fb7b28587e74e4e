"""How the primitives of the library are written: a sign, a form, their vjps in words.

The table is keyed by the primitives themselves: one that a user defines under the same name is
written by its name and explained by its own rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograd.drawing.formulas import WORDS
from autograd.engine import Primitive
from autograd.rules import elementwise, joining, products, reductions, shapes, special


@dataclass(frozen=True)
class Notation:
    """How one primitive is written.

    Attributes
    ----------
    sign : str
        In a small circle; if empty, the name of the primitive.
    between : str
        Between two arguments; if empty, they are written as those of a function.
    form : str
        With ``{0}``, ``{1}`` in place of the arguments, where there is neither of the above.
    vjps : tuple of str
        What each argument receives, for a cotangent ``g`` of the result, where the rule itself
        would say less because it handles every shape. Words stand between ``‹`` and ``›``.
    further_vjp : str
        The same for every further argument.
    settings : tuple of int
        Which arguments only say what to compute, whatever their type.
    names_settings : bool
        Whether settings are written with the names of their parameters: ``axis=0``.
    """

    sign: str = ""
    between: str = ""
    form: str = ""
    vjps: tuple[str, ...] = ()
    further_vjp: str = ""
    settings: tuple[int, ...] = ()
    names_settings: bool = True

    def vjp(self, argnum: int) -> str:
        """Return what an argument receives, words marked; empty where the rule says it."""
        text = self.vjps[argnum] if argnum < len(self.vjps) else self.further_vjp
        return text.translate(WORDS)


_PART = Notation(further_vjp="‹the part of› g ‹that came from it›")

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
    products.matmul:            Notation("@",     "@",             vjps=("g {1}ᵀ", "{0}ᵀ g")),
    products.contraction:       Notation(names_settings=False),
    reductions.sum:             Notation("Σ",                      vjps=("g ‹for every element›",)),
    reductions.mean:            Notation(                          vjps=("g / n ‹for each of› n ‹elements›",)),
    reductions.prod:            Notation("Π"),
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

_BY_NAME = Notation()


def notation(primitive: Primitive) -> Notation:
    """Return how a primitive is written: by its name, unless the table has it."""
    return NOTATION.get(primitive, _BY_NAME)
