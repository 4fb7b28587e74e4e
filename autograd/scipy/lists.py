"""Lists, tuples and arrays of objects that hold nodes, where SciPy takes arrays.

NumPy makes an array of any list of numbers. Of one with nodes it would make an array of objects, for
which SciPy's functions have no loops, so that the public functions of `autograd.scipy` join it first.
"""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import Node, Primitive, objects, tracing
from autograd.engine.dispatch import plain
from autograd.engine.grad_mode import GRAD_MODE
from autograd.errors import AutogradError
from autograd.rules.redefinable import WRAPPED

Function = Callable[..., Any]


def joined(x: Any) -> Any:
    """Return a list, tuple or array of objects that holds nodes as one Tensor, if it is an array.

    Everything else stays what it is: a list of arrays of several shapes, of matrices, of options.
    """
    if isinstance(x, (list, tuple)):
        return _stacked(x) if holds_nodes(x) and _shape(x) is not None else x
    return objects.joined(x)


def holds_nodes(x: Any) -> bool:
    """Return whether this is a list, a tuple or an array of objects with nodes in it."""
    if isinstance(x, (list, tuple)):
        return any(isinstance(item, Node) or objects.holds_nodes(item) for item in tree.flat(x))
    return objects.holds_nodes(x)


def _stacked(x: Any) -> Any:
    return np.stack([_stacked(item) for item in x]) if isinstance(x, (list, tuple)) else joined(x)


def _shape(x: Any) -> tuple[int, ...] | None:
    """Return the shape of what numbers, nodes and arrays in a list form, or None."""
    if not isinstance(x, (list, tuple)):
        is_number = isinstance(x, (Node, np.ndarray, np.generic, int, float, complex))
        return np.shape(x) if is_number and not isinstance(x, bool) else None
    shapes = {_shape(item) for item in x}
    shape = shapes.pop() if len(shapes) == 1 and not hasattr(x, "_fields") else None
    return None if shape is None else (len(x), *shape)


def joined_all(
    arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of a call with every list that is an array joined.

    A function among them may be called with what lists hold: then these stay what they are.
    """
    given = (*arguments, *keywords.values())
    if not any(map(holds_nodes, given)):
        return arguments, keywords
    join = objects.joined if any(map(_is_called, given)) else joined
    return tuple(map(join, arguments)), {name: join(x) for name, x in keywords.items()}


def _is_called(x: Any) -> bool:
    return callable(x) and not isinstance(x, (type, Node))


def taking_lists(
    function: Function, original: Function | None = None, joins: bool = True
) -> Function:
    """Return a function like another one that takes lists of nodes where that one takes arrays.

    Parameters
    ----------
    function : callable
        The function.
    original : callable, optional
        That of SciPy, whose errors say more about arguments that do not fit.
    joins : bool
        Whether its lists are arrays.
    """

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        if joins:
            arguments, keywords = joined_all(arguments, keywords)
        try:
            return function(*arguments, **keywords)
        except (ValueError, TypeError, IndexError) as error:
            if original is not None and not isinstance(error, AutogradError):
                _ask(original, arguments, keywords, error)
            raise

    WRAPPED[call] = function
    return call


def _ask(original: Function, arguments: Any, keywords: Any, error: Exception) -> None:
    """Raise the error that SciPy's function raises for the same numbers, if it raises one."""
    given = (*arguments, *keywords.values())
    if any(map(_is_called, given)) or not any(isinstance(x, Node) for x in tree.flat(given)):
        return
    if tracing.tracer() is not None or GRAD_MODE.batching != 0:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            original(*plain(arguments), **plain(keywords))
    except (ValueError, TypeError, IndexError) as own:
        raise own from error


class UfuncOfLists:
    """A ufunc of SciPy that takes lists of nodes as well."""

    def __init__(self, ufunc: np.ufunc) -> None:
        functools.update_wrapper(self, ufunc)
        WRAPPED[self] = self._ufunc = ufunc

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Return what the ufunc returns."""
        arguments, keywords = joined_all(arguments, keywords)
        return self._ufunc(*arguments, **keywords)

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the ufunc."""
        if name == "_ufunc":  # of a copy that is being made
            raise AttributeError(name)
        return getattr(self._ufunc, name)

    def __reduce__(self) -> Any:
        """Return how to make it again: by the ufunc's own name."""
        return UfuncOfLists, (self._ufunc,)

    def __repr__(self) -> str:
        """Return the text of the ufunc."""
        return repr(self._ufunc)


def take_lists(namespace: dict[str, Any], original: Any, *apart: str) -> None:
    """Let the public functions of a module take lists of nodes where they take arrays.

    Parameters
    ----------
    namespace : dict
        The names in the module, the counterpart of one of SciPy's.
    original : module
        SciPy's module, which says what is public.
    *apart : str
        Functions whose lists are no arrays.
    """
    for name in {*dir(original), *namespace["__all__"]}:
        function: Any = namespace.get(name)
        is_function = inspect.isfunction(function) or isinstance(function, Primitive)
        if is_function and function not in WRAPPED:
            own = getattr(original, name, None)
            namespace[name] = taking_lists(
                function, own if callable(own) else None, name not in apart
            )
            home = vars(sys.modules.get(getattr(function, "__module__", ""), object))
            if home.get(name) is function:  # where pickle looks for it
                home[name] = namespace[name]


def class_taking_lists(kind: type) -> Any:
    """Return a class of SciPy's that is made from lists of nodes as from arrays."""
    initialize = taking_lists(vars(kind)["__init__"])
    return type(kind.__name__, (kind,), {"__doc__": kind.__doc__, "__init__": initialize})
