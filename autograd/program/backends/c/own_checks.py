"""Whether C that a user has written compiles, and computes what its function does."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import SourceError
from autograd.program.backends.c import compiler
from autograd.program.backends.c.compiler import CompilerError
from autograd.program.backends.c.library import Library, linked, whole
from autograd.program.backends.c.own_formulas import formula_of
from autograd.program.backends.c.section import NAME
from autograd.rules.in_c import CText

#: How many numbers are tried, of each kind.
_COUNT = 32

#: The part of the digits that must agree with those of the function of Python.
_AGREEMENT = 0.4

_SAMPLED = """\
int {name}(void *arguments) {{
    void **given = ITEMS(arguments);
    for (long j = 0; j < {count}; j++) ((double *)DATA(given[0]))[j] = {call};
    return 0;
}}
"""


class ElementCheck:
    """Compares an elementwise function in C with that of Python, for some numbers.

    Parameters
    ----------
    name : str
        The name of the primitive.
    text : CText
        The C.
    """

    def __init__(self, name: str, text: CText) -> None:
        self.name = name
        self.text = text

    def source(self) -> str:
        """Return the function that computes the elements; `NAME` stands for its name."""
        formula = formula_of(self.text)
        assert formula.definition is not None
        count = len(self.text.names)
        operands = [f"((const double *)DATA(given[{k + 1}]))[j]" for k in range(count)]
        call = formula.text.format(*operands, s="")
        return formula.definition("double", "") + _SAMPLED.format(
            name=NAME, count=_COUNT, call=call
        )

    def load(self, library: Library, name: str) -> None:
        """Compare the results; raise an error if they differ."""
        if self.text.is_compared:
            return
        call = library.function(name, True)
        random = np.random.default_rng(0)
        for low, high in ((-4.0, 4.0), (0.1, 4.0), (0.05, 0.95)):
            given = [random.uniform(low, high, _COUNT) for _ in self.text.names]
            found = np.empty(_COUNT)
            call((found, *given))
            try:
                with np.errstate(all="ignore"):
                    wanted = np.asarray(self.text.function(*given))
            except Exception:  # it is not defined for all of these
                continue
            compare(self.name, found, wanted, given)
        self.text.is_compared = True


def compare(
    name: str,
    found: Any,
    wanted: Any,
    given: Any = None,
    moved: Callable[[], Any] | None = None,
) -> None:
    """Raise an error if the C of a primitive computes something else than its function.

    Parameters
    ----------
    name : str
        The name of the primitive.
    found, wanted : ndarray
        What the C and the function of Python compute.
    given : list of ndarray, optional
        For an elementwise function, its arguments.
    moved : callable, optional
        Returns what the function computes of arguments that differ slightly: differences as large
        as these come from rounding, as those of numbers that cancel each other.
    """
    if np.shape(wanted) != found.shape:
        raise SourceError(
            f"The function of {name} returned shape {np.shape(wanted)}, where c= computes "
            f"{found.shape}."
        )
    limit = float(np.finfo(found.dtype).eps) ** _AGREEMENT
    wanted = np.asarray(wanted)
    size = np.max(np.abs(wanted[np.isfinite(wanted)]), initial=0.0)
    with np.errstate(all="ignore"):
        same = np.isclose(found, wanted, rtol=limit, atol=limit * size, equal_nan=True)
        if moved is not None and not np.all(same):
            change = np.abs(moved() - wanted)
            size = np.max(change[np.isfinite(change)], initial=0.0)
            same |= np.isclose(found, wanted, rtol=0.0, atol=size)
    if not np.all(same):
        place = tuple([int(k) for k in np.argwhere(~same)[0]])
        where = f" at {list(place)}" if place else ""
        if given is not None:
            where = f" for {', '.join(f'{x[place]:.6g}' for x in given)}"
        raise SourceError(
            f"The C of {name} computes {found[place]:.6g}{where}, but its function "
            f"{wanted[place]:.6g}. Correct c=, or leave it out."
        )


def slightly_moved(x: Any) -> Any:
    """Return numbers that differ from others by as much as the results of C may differ."""
    array = np.asarray(x)
    if array.dtype.kind != "f":
        return x
    limit = np.finfo(array.dtype).eps ** _AGREEMENT
    factors = 1 + limit * np.cos(np.arange(array.size, dtype=float)).reshape(array.shape)
    return (array * factors).astype(array.dtype)[()]


def require_compiles(name: str, definition: str) -> None:
    """Raise an error for C that does not compile, with the message of the compiler.

    Raises
    ------
    SourceError
        If it does not compile.
    CompilerError
        If the compiler refuses everything.
    """
    message = _message(definition)
    if message and _message(""):
        raise CompilerError(message)
    if message:
        reason = message.rpartition("error: ")[2]
        raise SourceError(f"The C of {name} does not compile: {reason}. Correct c=.")


@functools.lru_cache(maxsize=1024)
def _message(definition: str) -> str:
    """Return why the compiler refuses a text; "" if it does not."""
    found = compiler.found()
    assert found is not None
    try:
        found.check(whole(definition.replace(NAME, "own")), linked(found))
    except (CompilerError, OSError) as error:
        return str(error)
    return ""
