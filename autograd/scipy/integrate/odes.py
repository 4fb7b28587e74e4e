"""`odeint` with derivatives by the adjoint method."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.integrate as _original

from autograd import tree as _tree
from autograd.engine import Node as _Node
from autograd.engine.dispatch import plain as _plain
from autograd.engine.objects import holds_nodes as _holds_nodes
from autograd.engine.tracing import Followed as _Followed
from autograd.engine.tracing import concrete as _concrete
from autograd.engine.tracing import tracer as _tracer
from autograd.errors import GradientLostError as _GradientLostError
from autograd.errors import NoRuleError as _NoRuleError
from autograd.rules.entries import in_turn
from autograd.rules.node_lists import as_array as _as_array
from autograd.rules.redefinable import redefinable as _redefinable
from autograd.rules.table import define as _define
from autograd.scipy.fallback import has_node as _has_node
from autograd.scipy.fallback import joined as _joined
from autograd.scipy.fallback import loses_derivative as _loses_derivative
from autograd.scipy.fallback import recorded as _recorded
from autograd.scipy.fallback import untraced as _untraced
from autograd.scipy.fallback import with_copies as _with_copies
from autograd.scipy.held import nodes_held as _nodes_held
from autograd.scipy.held import untraced as _untraced_nodes
from autograd.scipy.integrate.along import Watched
from autograd.scipy.integrate.failures import refusing_failure
from autograd.scipy.integrate.flows import Flow
from autograd.variables import Call as _Call
from autograd.variables import value_of as _value_of

#: Options that the adjoint equation shares; the others refer to single components.
_SHARED = ("rtol", "atol", "hmax", "hmin", "mxstep", "mxordn", "mxords")


def _shared(options: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in options.items() if k in _SHARED and np.ndim(v) == 0}


@dataclass(frozen=True)
class _Slot:
    """A placeholder for a parameter of this shape among the arguments."""

    shape: tuple[int, ...]


#: A placeholder for a number or an array without derivative that is traced.
_HELD = object()


@dataclass(frozen=True)
class _Problem:
    """A differential equation, the structure of its arguments, and options of the solver.

    One vector holds all variables: the initial values, the times, and the parameters, which are the
    nodes among the arguments of `function`.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    parts: int
    times: int
    time_first: bool
    options: dict[str, Any]

    def unpack(self, packed: Any) -> tuple[Any, Any, Any]:
        """Return initial values, times and parameters."""
        start = self.parts + self.times
        return packed[: self.parts], packed[self.parts : start], packed[start:]

    def change(self, y: Any, t: Any, parameters: Any, held: Any) -> Any:
        """Return dy/dt."""
        arguments = self.with_parameters(parameters, held)
        first = (t, y) if self.time_first else (y, t)
        return np.reshape(_as_array(self.function(*first, *arguments)), (self.parts,))

    def with_parameters(self, parameters: Any, held: Any) -> Any:
        """Return the arguments with numbers instead of nodes and of what is traced."""
        start = 0
        others = iter(held)

        def put(leaf: Any) -> Any:
            nonlocal start
            if leaf is _HELD:
                return next(others)
            if not isinstance(leaf, _Slot):
                return leaf
            stop = start + math.prod(leaf.shape)
            part = np.reshape(parameters[start:stop], leaf.shape)
            start = stop
            return part if leaf.shape else part[()]

        return _tree.mapped(self.arguments, put)

    def shared_options(self) -> dict[str, Any]:
        """Return the options that the adjoint equation shares."""
        return _shared(self.options)


def _solve(packed: Any, problem: _Problem, held: Any) -> Any:
    y0, t, parameters = problem.unpack(packed)
    arguments = tuple(problem.with_parameters(parameters, held))
    with refusing_failure():
        return _numbers(
            problem.function, y0, t, arguments, tfirst=problem.time_first, **problem.options
        )


class _NodeReturnedError(_GradientLostError):
    """The function closes over a node, though its arguments are plain."""


def _numbers(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    def change(*at: Any) -> Any:
        found = function(*at)
        if _holds_nodes(found):  # SciPy's error would only name the type
            raise _node_returned()
        return found

    try:
        return _recorded(_original.odeint)(_with_copies(_untraced(change)), *arguments, **keywords)
    except (TypeError, ValueError, _NoRuleError) as error:
        if isinstance(error, _NoRuleError) or _loses_derivative(error):
            raise _node_returned() from error
        raise


def _node_returned() -> _NodeReturnedError:
    return _NodeReturnedError(
        "The function passed to odeint returned a node. Pass every differentiated parameter through "
        "args=."
    )


def _adjoint(g: Any, y: Any, packed: Any, problem: _Problem, held: Any) -> Any:
    """Solve the adjoint equation backward in time, from each output time to the previous one.

    R. Chen et al., "Neural ordinary differential equations" (2018), appendices B and C.
    """
    n = problem.parts
    _, t, parameters = problem.unpack(packed)

    def augmented(state: Any, time: Any, parameters: Any, *held: Any) -> Any:
        call = _Call(problem.change, (0, 1, 2), (state[:n], time, parameters, held), {})
        found = [None, None, None]
        if isinstance(call.result, _Node):
            found = call.derivatives(call.result, -state[n : 2 * n], False)
        by_state, by_time, by_parameters = call.variable.like(found)
        change = _value_of(call, call.result)
        return np.concatenate([change, by_state, np.reshape(by_time, (1,)), by_parameters])

    options = problem.shared_options()
    by_state, by_start, by_times = g[-1], np.zeros(1), []
    by_parameters = np.zeros(np.shape(parameters))
    for i in range(problem.times - 1, 0, -1):
        moved = np.reshape(np.sum(problem.change(y[i], t[i], parameters, held) * g[i]), (1,))
        by_times.append(moved)
        state = np.concatenate([y[i], by_state, by_start - moved, by_parameters])
        start, stop = _plain(t[i - 1]), _plain(t[i])
        if abs(stop - start) > 1e-14 * max(
            abs(start), abs(stop)
        ):  # else the times are too close for the solver
            span = np.flip(t[i - 1 : i + 1])
            with refusing_failure():
                state = odeint(augmented, state, span, (parameters, *held), **options)[1]
        by_state, by_start, by_parameters = (
            state[n : 2 * n] + g[i - 1],
            state[2 * n : 2 * n + 1],
            state[2 * n + 1 :],
        )
    return np.concatenate([by_state, by_start, *by_times[::-1], by_parameters])


_solution = _define(_solve, _adjoint, name="odeint")


@_redefinable
@in_turn
def odeint(func: Callable[..., Any], y0: Any, t: Any, args: Any = (), **keywords: Any) -> Any:
    """Solve dy/dt = func(y, t, ...), with derivatives by the adjoint method.

    Parameters
    ----------
    func : callable
        ``func(y, t, *args)`` returns dy/dt; with ``tfirst=True`` it takes `t` first. It may close
        over nodes; passed through `args` they cost less, and `jit` records a program.
    y0 : array_like
        The initial values, at the first time.
    t : array_like
        The times of the solution, the initial one first.
    args : tuple
        Further arguments: numbers, arrays, nodes, and nested tuples, lists and dicts of them.
    **keywords
        As for `scipy.integrate.odeint`. The tolerances apply to the derivatives too; the default of
        1.5e-8 gives about seven digits.

    Returns
    -------
    array or Tensor
        One row for each time.

    Raises
    ------
    NoRuleError
        If there are nodes among the arguments and `full_output` is set.
    SolutionError
        If there are nodes among the arguments and the solver failed.
    NoDerivativeError
        If `func` jumps at a time that depends on a node or on the state; see `solve_ivp`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.integrate import odeint
    >>> def end(rate):
    ...     return odeint(lambda y, t, rate: -rate * y, [1.0], [0.0, 2.0], (rate,))[-1, 0]
    >>> round(grad(end)(0.5), 6)  # of exp(-2 rate)
    -0.735759
    """
    args = _joined(args if isinstance(args, tuple) else (args,))
    try:
        if not _has_node(y0, t, args):
            return _of_numbers(func, y0, t, args, keywords)
        return _of_arguments(func, y0, t, args, dict(keywords))
    except _NodeReturnedError:
        return _of_closure(func, y0, t, args, keywords)


def _of_numbers(func: Any, y0: Any, t: Any, args: Any, keywords: dict[str, Any]) -> Any:
    """Return the solution without nodes, unless comparisons have used some."""
    watched = Watched(func, bool(keywords.get("tfirst")))
    found = _numbers(watched if _nodes_held(func, args) else func, y0, t, args, **keywords)
    watched.assert_no_moving_jump(args)
    return found


def _of_arguments(func: Any, y0: Any, t: Any, args: Any, keywords: dict[str, Any]) -> Any:
    """Return the solution for nodes among the arguments."""
    _refuse_full_output(keywords)
    y0, t = np.reshape(_as_array(y0), (-1,)), _as_array(t)
    flat = [np.reshape(leaf, (-1,)) for leaf in _tree.flat(args) if isinstance(leaf, _Node)]  # type: ignore[call-overload]
    held = tuple([leaf for leaf in _tree.flat(args) if isinstance(leaf, _Followed)])
    slots = _tree.mapped(args, _placeholder)
    is_time_first = bool(keywords.pop("tfirst", False))
    watched = Watched(func, is_time_first)
    is_traced = _tracer() is not None  # then the program calls the function itself
    function = func if is_traced or watched.samples is None else watched
    problem = _Problem(function, slots, y0.shape[0], t.shape[0], is_time_first, keywords)
    # In double precision: with the default tolerance, float32 rounding would look like stiffness.
    variables = np.concatenate([y0, t, *flat]).astype(float)
    found = _solution(variables, problem=problem, held=held)
    if is_traced and watched.samples is not None:
        _call_untraced(watched, y0, t, args, {**keywords, "tfirst": is_time_first})
    watched.assert_no_moving_jump(args, y0, t)
    return found


def _call_untraced(watched: Watched, y0: Any, t: Any, args: Any, keywords: dict[str, Any]) -> None:
    """Let SciPy ask for the right-hand side where a program will."""
    with _untraced_nodes(_nodes_held(watched.function, args, y0, t)):
        given = _tree.mapped((y0, t, args), _concrete)
        _original.odeint(_with_copies(watched), *_plain(given), **keywords)


def _of_closure(func: Any, y0: Any, t: Any, args: Any, keywords: dict[str, Any]) -> Any:
    """Return the solution for a function that closes over nodes."""
    _refuse_full_output(keywords)
    is_time_first = bool(keywords.pop("tfirst", False))

    def change(y: Any, t: Any) -> Any:
        return func(t, y, *args) if is_time_first else func(y, t, *args)

    shared = _shared(keywords)
    y0, t = (np.reshape(_as_array(x), (-1,)).astype(float) for x in (y0, t))
    return Flow(change, y0, t, keywords, shared).result


def _refuse_full_output(keywords: dict[str, Any]) -> None:
    if keywords.pop("full_output", False):
        raise _NoRuleError("odeint of nodes returns only the solution. Remove full_output=.")


def _placeholder(leaf: Any) -> Any:
    """Return what stands for an argument of a differential equation."""
    if isinstance(leaf, _Node):
        return _Slot(np.shape(leaf))  # type: ignore[call-overload]
    return _HELD if isinstance(leaf, _Followed) else leaf
