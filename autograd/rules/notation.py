"""How a primitive is written: its sign, its form, and its rule as a textbook writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: A text, or a function of the arguments of a call that returns it.
Text = str | Callable[..., str]


@dataclass(frozen=True)
class Notation:
    """How one primitive is written in pictures, text and lessons.

    In each text, ``{0}``, ``{1}`` … stand for the arguments of a call and ``{y}`` for its result.
    Words stand between ``‹`` and ``›``. A function in place of a text is called with the arguments
    and keyword arguments of the call, and returns the text.

    Attributes
    ----------
    sign : str
        In a small circle; if empty, the name of the primitive.
    between : str
        Between two arguments; if empty, they are written as those of a function.
    form : str or callable
        What it computes, where there is no sign between the arguments.
    vjps : tuple of str or callable
        What each argument receives, for a cotangent ``g`` of the result, where the source of the
        rule would say less: because it handles every shape, or several cases.
    further_vjp : str
        The same for every further argument.
    note : str, callable or None
        What stands beside the sign, such as the size of a window; by default all arguments that
        are no operands, such as ``axis=0``.
    roles : tuple of str
        What an argument is called, such as "base" and "exponent"; a single name is counted: "first
        factor". By default "first argument".
    settings : tuple of int
        Which arguments only say what to compute, whatever their type.
    names_settings : bool
        Whether settings are written with the names of their parameters: ``axis=0``.

    Examples
    --------
    >>> import autograd
    >>> from autograd import Notation, Value
    >>> double = autograd.elementwise(
    ...     lambda x: 2 * x, None, 2, name="double", notation=Notation(form="2{0}")
    ... )
    >>> print(autograd.text(double(Value(3.0, label="x"))))
    1  x          data 3  grad 0
    2  v2  = 2x   data 6  grad 0
    """

    sign: str = ""
    between: str = ""
    form: Text = ""
    vjps: tuple[Text, ...] = ()
    further_vjp: str = ""
    note: Text | None = None
    roles: tuple[str, ...] = ()
    settings: tuple[int, ...] = ()
    names_settings: bool = True


def vjp_of(notation: Notation, argnum: int, arguments: Any, keywords: Any) -> str:
    """Return what an argument receives; empty where the rule says it."""
    if argnum >= len(notation.vjps):
        return notation.further_vjp
    return written(notation.vjps[argnum], arguments, keywords)


def role_of(notation: Notation, argnum: int) -> str:
    """Return what an argument is called, such as "first factor"."""
    roles = notation.roles
    if len(roles) > 1:
        return roles[min(argnum, len(roles) - 1)]
    return f"{ordinal(argnum)} {roles[0] if roles else 'argument'}"


ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def ordinal(position: int) -> str:
    """Write a position, counted from 0, as an ordinal number."""
    return ORDINALS[position] if position < len(ORDINALS) else f"{position + 1}th"


def written(text: Text, arguments: Any, keywords: Any) -> str:
    """Return a text, or what a function in its place returns for a call."""
    return text if isinstance(text, str) else text(*arguments, **keywords)


PLAIN = Notation()
