"""Write what a program computes as formulas in textbook notation."""

from __future__ import annotations

from typing import Any

from autograd.program.formulas import recognising  # noqa: F401 - adds its identities
from autograd.program.formulas.layout import Formulas
from autograd.program.program import WRITERS


class Latex(str):
    """Formulas in LaTeX, which Jupyter displays."""

    __slots__ = ()

    def _repr_latex_(self) -> str:
        return f"$${self}$$"


def latex(program: Any) -> Latex:
    """Return a program as formulas in LaTeX."""
    return Latex(Formulas(program).latex())


WRITERS["latex"] = latex

__all__ = ["Formulas", "Latex", "latex"]
