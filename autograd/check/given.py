"""What people have in hand: functions with more arguments, and with more results, than asked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.check.arrays import as_array, plain
from autograd.check.candidate import by_leaf
from autograd.check.checked_function import CheckedFunction, argument_names
from autograd.check.further import Further
from autograd.errors import DataError

#: How parameters are called that take what the function kept for its backward pass.
CACHES = ("cache", "ctx", "context", "saved", "memory", "residual", "state", "tape")


class Given:
    """A function and its derivative, as the checker calls them.

    Parameters
    ----------
    f, gradient, vjp, names
        As `check_gradients` takes them.
    inputs : sequence
        The inputs.
    args, kwargs
        Further arguments of all three.

    Attributes
    ----------
    f, gradient, vjp, names
        The same, without further arguments and with one result.
    further : Further
        The further arguments, which may be replaced.
    notes : list of str
        What was understood.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        inputs: Sequence[Any],
        gradient: Any,
        vjp: Callable[..., Any] | None,
        names: Sequence[str] | None,
        args: Sequence[Any],
        kwargs: Mapping[str, Any] | None,
    ) -> None:
        if not callable(f):
            raise DataError(f"The first argument is the function to check, not {f!r:.60}.")
        if isinstance(args, str) or not isinstance(args, Iterable):
            raise DataError(f"args= is a tuple of further arguments: args=({args!r},).")
        self.names = list(names) if names is not None else argument_names(f, len(inputs))
        self.inputs = tuple(inputs)
        self.notes: list[str] = []
        self.further = Further(args, kwargs)
        self.f = self.further.given_to(f)
        gradient = plain(gradient)  # a LinearOperator can be called, with a vector
        self.gradient = self.further.given_to(gradient) if callable(gradient) else gradient
        self.vjp = None if vjp is None else self.further.given_to(vjp)
        if gradient is True:
            both = self.f
            self.f = lambda *a: _part(both(*a), 0)
            self.gradient = lambda *a: _part(both(*a), 1)
        elif gradient is not None or vjp is not None:
            self._take_first_result(gradient, vjp)

    def _take_first_result(self, gradient: Any, vjp: Callable[..., Any] | None) -> None:
        """Leave the function with its first result, if the derivative is of that one.

        `gradient` and `vjp` are those of the user: one that takes what the function kept needs no
        further arguments. The function is called at another point: what it keeps of its first call
        must not be right later.
        """
        function = CheckedFunction(self.f, self.inputs, False, self.names)
        near = function.objects(function.neighbour())
        try:
            result = function.call(near)
        except Exception:  # outside its domain
            near = function.objects()
            result = function.call(near)
        if not isinstance(result, (tuple, list)) or len(result) < 2:
            return
        takes = _positional(vjp if vjp is not None else gradient)
        if len(result) == 2 and self._takes_cache(takes, result[1]):
            self._keep_cache(gradient, vjp, len(takes))
        elif self.vjp is None and np.size(result[0]) == 1 and self._is_of_number(function, near):
            whole = self.f
            self.f = lambda *a: whole(*a)[0]
            self.notes.append(
                f"The function returned {len(result)} parts: the gradient is that of the first."
            )

    def _takes_cache(self, takes: Sequence[str], second: Any) -> bool:
        """Return whether a derivative takes what the function returns second, not the inputs."""
        expected = len(self.inputs) + (self.vjp is not None) + self.further.count
        if not takes or len(takes) > 2 or (len(takes) == 2 and self.vjp is None):
            return False
        if len(takes) != expected:
            return True
        last = takes[-1]
        return last not in self.names and (as_array(second) is None or last.startswith(CACHES))

    def _keep_cache(self, gradient: Any, vjp: Callable[..., Any] | None, count: int) -> None:
        """Let the function return its first result, and give the second to the derivative."""
        whole = self.f
        kept: list[Any] = []

        def first(*inputs: Any) -> Any:
            result, cache = whole(*inputs)
            kept[:] = [cache]
            return result

        def weighted(g: Any, *inputs: Any) -> Any:
            assert vjp is not None
            return vjp(g, *kept) if count == 2 else _scaled(vjp(*kept), g)

        self.f = first
        if vjp is not None:
            self.vjp = weighted
        else:
            self.gradient = lambda *inputs: gradient(*kept)
        self.notes.append("The second result of the function is passed to the backward pass.")

    def _is_of_number(self, function: CheckedFunction, objects: Any) -> bool:
        """Return whether a gradient has the shapes of the inputs, as that of one number has."""
        given = self.gradient
        if callable(given):
            given = given(*function.arguments(objects))
        try:
            parts = by_leaf(function, given)
        except DataError:
            return False
        return all(
            part is None or np.shape(as_array(part)) == leaf.data.shape
            for part, leaf in zip(parts, function.inputs, strict=True)
        )

    def data(self, wrt: Any) -> list[str]:
        """Return the names of the inputs that are not among those to differentiate.

        Raises
        ------
        DataError
            If `wrt` names no input.
        """
        if wrt is None:
            return []
        listed = [wrt] if isinstance(wrt, (str, int)) else list(wrt)
        count = len(self.names)
        asked = set()
        for item in listed:
            if isinstance(item, int) and -count <= item < count:
                asked.add(self.names[item])
            elif item in self.names:
                asked.add(item)
            else:
                raise DataError(
                    f"wrt= names inputs or their positions: {', '.join(self.names)}, or 0 to "
                    f"{count - 1}; not {item!r}."
                )
        if not asked:
            raise DataError("wrt= is empty, so there is nothing to differentiate.")
        return [name for name in self.names if name not in asked]


def _part(result: Any, number: int) -> Any:
    if not isinstance(result, (tuple, list)) or len(result) < 2:
        raise DataError(
            f"gradient=True is for a function that returns (value, gradient), not "
            f"{type(result).__name__}."
        )
    return result[number]


def _positional(function: Any) -> list[str]:
    """Return the names of the positional parameters without a default; empty if not known."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return []
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return []
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in parameters if p.kind in kinds and p.default is p.empty]


def _scaled(derivatives: Any, factor: Any) -> Any:
    """Return derivatives of a number as those of a multiple of it."""
    if isinstance(derivatives, dict):
        return {key: _scaled(item, factor) for key, item in derivatives.items()}
    if isinstance(derivatives, (tuple, list)):
        return tuple(_scaled(item, factor) for item in derivatives)
    return None if derivatives is None else derivatives * factor
