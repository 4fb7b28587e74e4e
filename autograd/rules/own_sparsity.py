"""Patterns that users write for functions of their own: which elements a result depends on.

While a pattern is found, forward mode notes such a claim in the program, in the place of the
derivative.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from autograd.engine import tracing
from autograd.errors import OptionError

#: Patterns that have a name.
ELEMENTWISE, DENSE = "elementwise", "dense"


class _Claims(threading.local):
    """Whether claims are noted in this thread."""

    are_noted = False


CLAIMS = _Claims()


class Claim:
    """Stands for the Jacobian of a function with respect to one argument, times a tangent.

    Attributes
    ----------
    primitive : Primitive
        The function.
    argnum : int
        The argument.
    product : any
        The product, for the numbers with which the function was traced.
    """

    def __init__(self, primitive: Any, argnum: int, product: Any) -> None:
        self.primitive = primitive
        self.argnum = argnum
        self.product = product

    @property
    def __name__(self) -> str:
        return str(self.primitive.name)

    def __call__(self, tangent: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the product."""
        return self.product


def checked_sparsity(sparsity: Any, name: str) -> Any:
    """Return what a user has given as the sparsity of a function, if it can be one."""
    if sparsity is None or callable(sparsity) or sparsity in (ELEMENTWISE, DENSE):
        return sparsity
    raise OptionError(
        f'sparsity= of {name} is {sparsity!r}; write "{ELEMENTWISE}", "{DENSE}", or a function of '
        "the arguments that returns a matrix for each of them."
    )


@contextlib.contextmanager
def noting_claims() -> Iterator[None]:
    """Note claims in programs that are traced meanwhile."""
    before, CLAIMS.are_noted = CLAIMS.are_noted, True
    try:
        yield
    finally:
        CLAIMS.are_noted = before


def noted(
    primitive: Any, argnum: int, tangent: Any, found: Any, arguments: Any, keywords: Any
) -> Any:
    """Return a product of a Jacobian and a tangent, as an instruction that names the claim."""
    tracer = tracing.tracer()
    if tracer is None or not tracing.any_followed((tangent,)):
        return found
    claim = Claim(primitive, argnum, tracer.plain(found))
    return tracer.emit(claim, (tangent, *arguments), keywords)
