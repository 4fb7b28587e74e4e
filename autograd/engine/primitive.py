"""A primitive: a function with a derivative rule, one row of the table of rules."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd.engine import calls
from autograd.engine.broadcasting import unbroadcast
from autograd.engine.foreign import like
from autograd.engine.named import item_at, place_of
from autograd.engine.recorded import Recorded
from autograd.engine.tiles import is_large, product_in_tiles
from autograd.engine.tracing import Followed

_ndarray: Final = np.ndarray
_generic: Final = np.generic

#: The usual types: each is one object, so they can be compared by identity.
FLOAT32: Final = np.dtype(np.float32)
FLOAT64: Final = np.dtype(np.float64)


#: What a rule returns instead of a derivative if the result does not depend on the argument.
NOTHING: Final[Any] = object()

#: What `Primitive.unread` is before anyone has asked.
UNKNOWN: Final = -1

#: Shared by all nodes that were made without keyword arguments. Never written to.
NO_KEYWORDS: Final[dict[str, Any]] = {}


class Primitive:
    """A function, how to compute it, and its derivative in one of three shapes.

    Attributes
    ----------
    name : str
        What the function is called in graphs and messages.
    function : callable
        Computes the result from plain arrays (and numbers).
    scalar : callable or None
        The same for floats, where something faster than `function` exists.
    partials : tuple or None
        Elementwise functions: for each argument the partial derivative, a constant or a
        callable ``partial(y, *arguments)``.
    again : tuple or None
        Elementwise functions with a kink: for each argument ``vjp(g, y, *arguments)``, to go
        backward by in place of `partials` where the derivative will be differentiated again.
    transposes : tuple or None
        Functions linear in their arguments: for each the transpose, ``transpose(g, *arguments)``.
    vjps : tuple or None
        Any other function: for each argument ``vjp(g, y, *arguments)``.
    variadic : callable or None
        A vjp for functions of any number of arguments: ``vjp(argnum, g, y, *arguments)``.
    jvp : callable or None
        A forward rule that is not derived from the others:
        ``jvp(argnum, tangent, y, arguments, keywords)``.
    limit : callable or None
        ``limit(y, arguments)`` says whether the rule takes limits of cotangents at this result.
        Then a pass makes its cotangents nodes, so that the rule can differentiate them.
    push : callable or None
        A forward rule for all arguments at once, and for results that are no arrays:
        ``push(node, carried, create)`` with pairs of argnum and tangent.
    batch : callable or None
        How to compute the results of all calls of a batch: ``batch(function, arguments,
        keywords)``, with batched arrays. By default `function` is called on these, or in a loop.
    in_c : CText or None
        What `function` computes, in C.
    source : str, callable or None
        What `function` computes, for saved programs: the text of a function of NumPy, or one that
        can be imported.
    notation : Notation or None
        How it is written in pictures, text and lessons; by its name if None.
    sparsity : callable or None
        Which elements of each argument an element of the result depends on, given the arguments.
    fresh_results : bool
        Whether the arrays that its rules return are new, or one of the arrays they were given:
        backward may then add to a new one in place. Rules of a program may keep what they return.
    fresh_slopes : bool
        Elementwise functions: the same of the arrays that partials return, which may also be called
        with a part of each array. Then they are called part by part, and written over.
    reads_data : bool
        Whether its rule may read the numbers of arguments and result, and not only their shapes.
    unread : int
        Which numbers the rules do not read, as `unread.unread_by` finds out.
    spares_arguments : bool
        Whether numbers of arguments may be among them.
    makes_views : bool
        Whether its result may share memory with an argument; a ufunc's never does.
    gives_numbers : bool
        Whether NumPy returns a number where the result has the shape (), and not an array.
    arity : int
        How many leading arguments may be nodes; -1 for any number.

    Examples
    --------
    >>> import autograd
    >>> autograd.Value(2.0).exp().primitive.name
    'exp'
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.function: Any = None
        self.scalar: Any = None
        self.partials: tuple[Any, ...] | None = None
        self.again: tuple[Any, ...] | None = None
        self.transposes: tuple[Any, ...] | None = None
        self.vjps: tuple[Any, ...] | None = None
        self.variadic: Any = None
        self.jvp: Any = None
        self.limit: Any = None
        self.push: Any = None
        self.batch: Any = None
        self.in_c: Any = None
        self.source: Any = None
        self.sparsity: Any = None
        self.notation: Any = None
        self.arity: int = 0
        self.fresh_results: bool = False
        self.fresh_slopes: bool = False
        self.reads_data: bool = True
        self.unread: int = UNKNOWN
        self.spares_arguments: bool = True
        self.makes_views: bool = True
        self.gives_numbers: bool = False

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the function on anything: floats, arrays, nodes."""
        return calls.call(self, arguments, keywords)

    @property
    def __name__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self  # like a function: rules are found by its identity

    def __reduce__(self) -> Any:
        return item_at, place_of(self)

    def pullback(self, argnum: int, g: Any, y: Any, arguments: Any, keywords: Any) -> Any:
        """Return the cotangent of one argument.

        Parameters
        ----------
        argnum : int
            The index of the argument.
        g : array or node
            The cotangent of the result.
        y : array or node
            The result.
        arguments : tuple
            All arguments.
        keywords : dict
            All keyword arguments.
        """
        if self.partials is not None:
            return self._elementwise_pullback(argnum, g, y, arguments)
        if self.transposes is not None:
            transpose = self.transposes[argnum]
            if keywords:
                return transpose(g, *arguments, **keywords)
            return transpose(g, *arguments)
        if self.vjps is not None:
            vjp = self.vjps[argnum]
            return vjp(g, y, *arguments, **keywords) if keywords else vjp(g, y, *arguments)
        return self.variadic(argnum, g, y, *arguments, **keywords)

    def slope(self, argnum: int, y: Any, arguments: Any) -> Any:
        """Return the partial derivative of an elementwise function; a node if that of nodes.

        Parameters
        ----------
        argnum : int
            The index of the argument.
        y : array or node
            The result.
        arguments : sequence
            All arguments.
        """
        assert self.partials is not None
        partial = self.partials[argnum]
        if isinstance(partial, (int, float)):
            return partial
        if len(arguments) > 1:
            arguments = [_floating(a, y) for a in arguments]
        try:
            return partial(y, *arguments)
        except (ArithmeticError, ValueError):  # where NumPy returns infinity or NaN
            numbers = [y, *arguments]
            return partial(*[np.asarray(a) if _is_number(a) else a for a in numbers])

    def _elementwise_pullback(self, argnum: int, g: Any, y: Any, arguments: Any) -> Any:
        assert self.partials is not None
        partial = self.partials[argnum]
        x = arguments[argnum]
        if self.again is not None and (isinstance(g, Recorded) or isinstance(y, Recorded)):
            return unbroadcast(self.again[argnum](g, y, *arguments), x)
        if not isinstance(partial, (int, float)):
            if self.fresh_slopes and is_large(g):
                return unbroadcast(self._product(argnum, g, y, arguments, in_place=False), x)
            return unbroadcast(g * self.slope(argnum, y, arguments), x)
        if partial == 1:
            return unbroadcast(g, x)
        if partial == 0:
            return np.zeros(np.shape(x), dtype=getattr(x, "dtype", float), like=like(x))
        return unbroadcast(g * partial, x)

    def pullback_in_place(self, argnum: int, g: Any, y: Any, arguments: Any) -> Any:
        """Return the same for an elementwise function, in the memory of the cotangent if it fits.

        Parameters
        ----------
        argnum : int
            The index of the argument.
        g : array
            The cotangent of the result, which nothing else refers to.
        y : array
            The result.
        arguments : tuple
            All arguments.
        """
        assert self.partials is not None
        if isinstance(self.partials[argnum], (int, float)):
            return self._elementwise_pullback(argnum, g, y, arguments)
        return unbroadcast(self._product(argnum, g, y, arguments, in_place=True), arguments[argnum])

    def _product(self, argnum: int, g: Any, y: Any, arguments: Any, in_place: bool) -> Any:
        """Return the product of a large cotangent with the partial derivative."""

        def slope(y: Any, *arguments: Any) -> Any:
            return self.slope(argnum, y, arguments)

        return product_in_tiles(g, slope, [y, *arguments], in_place, self.fresh_slopes)


def _is_number(x: Any) -> bool:
    """Return whether this is a number of Python, perhaps a followed one."""
    return type(x) is float or type(x) is int or isinstance(x, Followed)


def _floating(x: Any, y: Any) -> Any:
    """Convert integers to the type of the result: in their own type a partial might overflow."""
    if type(x) is float:
        return x
    if type(x) is _ndarray or isinstance(x, _generic):
        own = x.dtype
        if own is not FLOAT64 and own is not FLOAT32 and own.kind in "biu":
            return x.astype(getattr(y, "dtype", np.float64))
    return x
