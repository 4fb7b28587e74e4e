"""Find the line that made a node, and the source of infinities and NaNs."""

from __future__ import annotations

import linecache
import math
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from autograd.captured import Made
from autograd.engine import Node
from autograd.engine.batching import Batched
from autograd.errors import NonFiniteError
from autograd.graph import Graph, contents
from autograd.prompt import keep_typed_source

_INSIDE = tuple(
    os.path.join(os.path.dirname(os.path.abspath(module.__file__ or "")), "")
    for module in (sys.modules["autograd"], np)
)


@dataclass(frozen=True)
class Place:
    """A line of the user's code.

    Attributes
    ----------
    file, function : str
        The file and function that contain it.
    line : int
        The line number, counted from 1.
    """

    file: str
    line: int
    function: str

    @property
    def text(self) -> str:
        """The source of the line; empty if it is not available."""
        return linecache.getline(self.file, self.line).strip()

    def __str__(self) -> str:
        where = f"{name_of_file(self.file)}, line {self.line}"
        if not self.function.startswith("<"):
            where += f", in {self.function}"
        return f"{where}: {self.text}" if self.text else where


def name_of_file(file: str) -> str:
    """Return the name of a file, such as In[3] for a notebook cell, whose file name is a number."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    naming = getattr(getattr(shell, "compile", None), "format_code_name", lambda file: None)
    cell = naming(file)
    return cell[1] if cell is not None else os.path.basename(file)


def calling_place() -> Place | None:
    """Return the innermost running line outside of this library and NumPy."""
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_INSIDE):
        frame = frame.f_back
    if frame is None:
        return None
    code = frame.f_code
    return Place(code.co_filename, frame.f_lineno, code.co_name)


class Trace(Made):
    """Context manager that records in every node the line that made it.

    Pictures and messages show the line. The Trace keeps the nodes made inside the block alive.
    `autograd.trace`, in lower case, is something else: it records a function as a program.

    Attributes
    ----------
    nodes : list of Node
        The nodes made inside the block, in order.

    Examples
    --------
    >>> import autograd
    >>> x = autograd.Value(2.0)
    >>> with autograd.Trace():
    ...     y = x * x
    >>> print(y.place)  # doctest: +ELLIPSIS
    <doctest ...>, line 2...: y = x * x
    """

    def __enter__(self) -> Self:
        keep_typed_source()
        return super().__enter__()

    def made(self, node: Any) -> None:
        """Record the line."""
        super().made(node)
        node.place = calling_place()

    def where(self, node: Any) -> Place | None:
        """Return the line that made a node; None for a leaf, or outside of any `Trace`.

        Parameters
        ----------
        node : Node
            A node of the graph.
        """
        place: Place | None = node.place
        return place


class debug(Trace):  # noqa: N801 - stands beside no_grad
    """Context manager that raises at the first infinity or NaN, forward or backward.

    The error names the operation and its line. Every operation is slower inside the block, and the
    nodes made there are kept alive.

    Parameters
    ----------
    allow_infinity : bool
        Raise at NaN only.

    Raises
    ------
    NonFiniteError
        At the first result or derivative that is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd
    >>> x = autograd.Value(0.0, label="x")
    >>> with autograd.debug() as trace:
    ...     y = np.cos(x) - 1
    ...     z = np.log(y)
    Traceback (most recent call last):
        ...
    autograd.errors.NonFiniteError: log gave -inf, from 0.0...
    >>> print(trace.where(y))  # doctest: +ELLIPSIS
    <doctest ...>, line 2...: y = np.cos(x) - 1
    """

    def __init__(self, allow_infinity: bool = False) -> None:
        super().__init__()
        self.allow_infinity = allow_infinity
        self._quiet = np.errstate(all="ignore")  # the error says more than the warnings of NumPy

    def __enter__(self) -> Any:
        self._quiet.__enter__()
        return super().__enter__()

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        super().__exit__(kind, error, traceback)
        self._quiet.__exit__(kind, error, traceback)

    def made(self, node: Any) -> None:
        """Record the line, and raise if the result is not finite."""
        super().made(node)
        if self._is_fine(node.data):
            return
        given = [contents(argument) for argument in node.arguments]
        origin = "" if all(map(self._is_fine, given)) else " (an argument was already not finite)"
        raise NonFiniteError(
            f"{node.op} gave {self._described(node.data)}, "
            f"from {', '.join(map(_short, given))}{origin}.{self._at(node)}"
        )

    def pulled(self, node: Any, argnum: int, cotangent: Any) -> None:
        """Raise if a derivative is not finite."""
        data = contents(cotangent)
        if not self._is_fine(data):
            raise self._backward_error(node, argnum, data)

    def walking(self, roots: Any, seeds: Any) -> None:
        """Check every derivative of a pass through Values before any is written."""
        arrived: dict[int, float] = {}
        for root, seed in zip(roots, seeds, strict=True):
            arrived[id(root)] = arrived.get(id(root), 0.0) + seed
        Graph.of(*roots).pull_back(arrived, self._pull)

    def _pull(self, node: Any, g: float) -> Iterator[tuple[Any, float]]:
        for argnum, argument in enumerate(node.arguments):
            if isinstance(argument, Node):
                found = g * node._partial(argnum)
                if not self._is_fine(found):
                    raise self._backward_error(node, argnum, found)
                yield argument, found

    def _backward_error(self, node: Any, argnum: int, data: Any) -> NonFiniteError:
        given = [contents(argument) for argument in node.arguments]
        which = f" with respect to argument {argnum}" if len(given) > 1 else ""
        return NonFiniteError(
            f"In backward, the derivative of {node.op}{which} is {self._described(data)}, "
            f"at {', '.join(map(_short, given))}.{self._at(node)}"
        )

    def _is_fine(self, data: Any) -> bool:
        while isinstance(data, Batched):
            data = data.array
        if isinstance(data, float):
            return math.isfinite(data) or (self.allow_infinity and not math.isnan(data))
        if not isinstance(data, (np.ndarray, np.generic)) or data.dtype.kind not in "fc":
            return True
        return not np.isnan(data).any() if self.allow_infinity else bool(np.isfinite(data).all())

    def _described(self, data: Any) -> str:
        array = np.asarray(data)
        if array.ndim == 0:
            return str(array[()])
        bad = np.isnan(array) if self.allow_infinity else ~np.isfinite(array)
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        return f"{array[index]} at {list(index)} ({int(bad.sum())} of {array.size} elements)"

    def _at(self, node: Any) -> str:
        place = self.where(node)
        return f"\n  {place}" if place is not None else ""


def _short(x: Any) -> str:
    if isinstance(x, (np.ndarray, np.generic)) and np.ndim(x):
        array = np.asarray(x)
        if array.size > 6:
            return f"an array of shape {array.shape}"
        return np.array2string(array, precision=4, separator=", ").replace("\n", "")
    return repr(float(x)) if isinstance(x, (float, np.floating)) else repr(x)[:60]
