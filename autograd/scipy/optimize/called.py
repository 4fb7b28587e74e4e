"""Functions that a solver of SciPy calls with numbers, though they may depend on nodes."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import tracing
from autograd.engine.dispatch import plain
from autograd.engine.grad_mode import is_recording
from autograd.errors import SolutionError
from autograd.scipy.fallback import gives_nodes, joined, with_copies
from autograd.scipy.held import nodes_held
from autograd.scipy.jumps import FAR, assert_same_when_moved, changes_when_moved
from autograd.scipy.with_numbers import with_numbers

Function = Callable[..., Any]
Transform = Callable[[Function], Function]


class Called:
    """A function of SciPy's kind: of an unknown and further arguments, which may be nodes.

    Parameters
    ----------
    function : callable
        ``function(x, *args)``.
    args : any
        The further arguments; one that is not a tuple stands for itself.
    keywords : dict
        Keyword arguments.
    """

    def __init__(
        self, function: Function, args: Any = (), keywords: dict[str, Any] | None = None
    ) -> None:
        self.function = function
        self.args = joined(args if isinstance(args, tuple) else (args,))
        self.keywords = joined(keywords or {})

    def __call__(self, x: Any) -> Any:
        """Return the result, which depends on the nodes."""
        return joined(self.function(x, *self.args, **self.keywords))

    def follows(self, x: Any, success: Any = True, message: Any = "") -> bool:
        """Return whether the function depends on nodes besides its unknown.

        Parameters
        ----------
        x : float or array
            What a solver has found.
        success : bool
            Whether the solver says that this is a solution.
        message : str
            What it says if not.

        Raises
        ------
        NoDerivativeError
            If it does so in comparisons alone, and they change near a solution.
        SolutionError
            If it does so in comparisons alone, and the solver has not found a solution.
        """
        if gives_nodes(self, x):
            return True
        if is_recording():
            nodes = nodes_held(self.function, self.args, self.keywords)

            def compute() -> Any:
                return self(tracing.concrete(x))

            if np.all(success):
                assert_same_when_moved(compute, nodes, self.function)
            elif changes_when_moved(compute, nodes, FAR):
                name = getattr(self.function, "__name__", type(self.function).__name__)
                said = " ".join(str(message).split())
                raise SolutionError(
                    f"The solver did not converge, so what it returns depends on its steps: {said} "
                    f"{name} uses a node there, but returns none, so nothing follows the node. For a "
                    "constant let it close over node.data, made outside of it."
                )
        return False

    @functools.cached_property
    def _fast(self) -> Function:
        return with_numbers(self.function, self.args)  # type: ignore[no-any-return]

    @functools.cached_property
    def numbers(self) -> Function:
        """The function as numbers, for a solver."""
        return self.of_numbers(self.function)

    def of_numbers(self, function: Function) -> Function:
        """Return another function of the same arguments, such as a derivative, as numbers."""
        args, keywords = plain(self.args), plain(self.keywords)
        fast = self._fast if function is self.function else with_numbers(function, self.args)

        @functools.wraps(function)
        def call(x: Any, *more: Any) -> Any:
            # Not inside `no_grad`: the function may keep a node for later.
            return plain(joined(fast(x, *more, *args, **keywords)))

        return with_copies(call)

    def derivative(self, transform: Transform, x: Any, *more: Any) -> Function | None:
        """Return a derivative as a function of numbers; None if the function cannot be followed.

        It is tried at `x`, with what it takes besides.
        """
        args, keywords, fast = plain(self.args), plain(self.keywords), self._fast

        def call(x: Any, *more: Any) -> Any:
            found = transform(lambda x: fast(x, *args, **keywords))(x, *more)
            return plain(found)

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                known = [call(x, *more)]
        except Exception:  # it may call what has no rule, or is not written for nodes
            return None
        if tracing.tracer() is not None:
            return with_copies(call)
        start = np.array(x)

        def first_known(x: Any, *more: Any) -> Any:
            """Return what is known of the start, where solvers ask first."""
            if known and not more and np.array_equal(x, start):
                return known.pop()
            return call(x, *more)

        return first_known


def vector(x: Any) -> Any:
    """Return a starting point as SciPy sees it: a vector of floats."""
    x = np.atleast_1d(plain(joined(x))).ravel()
    return x if x.dtype.kind == "f" else x.astype(float)


def assert_converged(success: Any, name: str, message: Any) -> None:
    """Raise if a solver says that it has not found the solution to differentiate."""
    if not np.all(success):
        raise SolutionError(
            f"{name} did not converge, so there is nothing to differentiate: "
            + " ".join(str(message).split())
        )
