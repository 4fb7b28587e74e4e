"""`solve_ivp` with derivatives: by initial values, times, parameters, and of events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate as _original

from autograd import implicit
from autograd.engine import no_grad
from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError, SolutionError
from autograd.rules.entries import in_turn
from autograd.rules.node_lists import as_array
from autograd.scipy.fallback import has_node, joined, with_copies
from autograd.scipy.integrate.steps import STEPS
from autograd.scipy.jumps import MOVE, assert_no_moving_jump, nodes_held
from autograd.transforms import jacobian

#: The methods that use the Jacobian.
IMPLICIT = ("Radau", "BDF", "LSODA")


@in_turn
def solve_ivp(
    fun: Callable[..., Any],
    t_span: Any,
    y0: Any,
    method: Any = "RK45",
    t_eval: Any = None,
    dense_output: bool = False,
    events: Any = None,
    vectorized: bool = False,
    args: Any = None,
    **options: Any,
) -> Any:
    """Solve dy/dt = fun(t, y); see `scipy.integrate.solve_ivp`.

    The derivative is that of the steps that the solver has taken, in both modes and of any order:
    explicit methods repeat their formulas, and the implicit ones (``Radau``, ``BDF``, ``LSODA``) are
    followed by steps of Radau IIA, whose values may differ from the solver's within its tolerance.
    The tolerances choose the steps for the solution alone: where that is smoother than its
    derivatives, as at an equilibrium where it does not move, pass ``max_step=`` too.
    Implicit methods get the Jacobian of `fun` from here. Comparisons have no derivative: where `fun`
    jumps at a time that depends on a node or on the state, solve up to that event and from there on.

    Parameters
    ----------
    fun : callable
        ``fun(t, y, *args)`` returns dy/dt; it may close over nodes.
    t_span : pair of float
        The first and the last time, also nodes.
    y0 : array_like
        The initial values, also nodes.
    method : str
        The solver.
    t_eval : array_like, optional
        The times of the solution, also nodes; by default the ends of the solver's steps.
    dense_output : bool
        Whether to return the solution as a function of the time, which may be a node.
    events : callable or list of them, optional
        ``event(t, y, *args)``; their times are nodes too.
    vectorized : bool
        As for SciPy.
    args : tuple, optional
        Further arguments of `fun` and of the events, also nodes.
    **options
        As for SciPy.

    Returns
    -------
    OdeResult
        As from SciPy; what depends on nodes is a node.

    Raises
    ------
    SolutionError
        If something depends on nodes and the solver failed.
    NoDerivativeError
        If something depends on nodes, and an event only touches 0, or `fun` jumps at a time that
        depends on a node or on the state.
    NoRuleError
        If something depends on nodes and `method` is a class of yours.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.integrate import solve_ivp
    >>> def end(rate):
    ...     return solve_ivp(lambda t, y: -rate * y, (0, 2), [1.0], rtol=1e-8, atol=1e-8).y[0, -1]
    >>> round(grad(end)(0.5), 6)  # of exp(-2 rate)
    -0.735759
    """
    problem = _Problem(fun, args, vectorized)
    y0, t_span = as_array(y0), tuple(t_span)
    if method in IMPLICIT and options.get("jac") is None:
        options["jac"] = problem.jacobian_at(plain(t_span[0]), plain(y0))
    elif callable(options.get("jac")):
        options["jac"] = problem.numbers(options["jac"])
    given = [events] if callable(events) else events
    found = _original.solve_ivp(
        problem.numbers(fun),
        plain(t_span),
        plain(y0),
        method,
        None if t_eval is None else plain(as_array(t_eval)),
        True,
        None if given is None else [problem.event(event) for event in given],
        vectorized,
        **plain(options),
    )
    if not (problem.has_nodes or has_node(args, y0, t_span, t_eval)):
        found.sol = found.sol if dense_output else None
        return found
    if not found.success:
        raise SolutionError(
            f"solve_ivp failed, so there is nothing to differentiate: {found.message}"
        )
    if method not in STEPS:
        raise NoRuleError(
            f"solve_ivp has no derivatives for method={method!r}. Choose one of {', '.join(STEPS)}."
        )
    problem.assert_no_moving_jump(found.sol, nodes_held(fun, problem.args, y0, t_span))
    solution = Solution(problem, found, t_span, y0, STEPS[method])
    solution.put_into(found, t_eval, given)
    found.sol = solution if dense_output else None
    return found


class _Problem:
    """The differential equation, as a function of nodes and as one of numbers."""

    def __init__(self, function: Callable[..., Any], args: Any, vectorized: bool) -> None:
        self.function = function
        self.args = joined(() if args is None else tuple(args))
        self.vectorized = vectorized
        #: Whether a function has returned a node: it closes over one.
        self.has_nodes = False

    def change(self, t: Any, y: Any) -> Any:
        """Return dy/dt."""
        if self.vectorized:
            return np.ravel(as_array(self.function(t, y[:, None], *self.args)))
        return as_array(self.function(t, y, *self.args))

    def numbers(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function of time and state as numbers."""
        args = plain(self.args)

        def call(t: Any, y: Any) -> Any:
            found = joined(function(t, y, *args))
            self.has_nodes = self.has_nodes or has_node(found)
            return plain(found)

        return with_copies(call)

    def event(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return an event as a function of numbers, with the attributes that SciPy reads."""
        call = self.numbers(function)
        for name in ("terminal", "direction"):
            if hasattr(function, name):
                setattr(call, name, getattr(function, name))
        return call

    def assert_no_moving_jump(self, sol: Any, nodes: list[Any]) -> None:
        """Raise if dy/dt jumps where the state or a node has some value, and not at a fixed time."""
        numbers = self.numbers(self.function)
        if self.vectorized:
            numbers = self.numbers(lambda t, y, *_: self.change(t, y))

        def along(t: Any) -> Any:
            return np.asarray(numbers(t, sol(t)), float)

        sizes = np.max(np.abs(sol(sol.ts)), axis=1)
        change = MOVE * np.where(sizes > 0, sizes, 1.0)

        def beside(t: Any) -> Any:
            return np.asarray(numbers(t, sol(t) + change), float)

        with no_grad():
            samples = [(float(t), along(t)) for t in sol.ts]
            assert_no_moving_jump(along, samples, nodes, "The right-hand side", "t", beside)

    def jacobian_at(self, t: Any, y: Any) -> Callable[..., Any] | None:
        """Return the Jacobian as a function of numbers; None if `fun` cannot be followed."""
        alone = _Problem(self.function, plain(self.args), self.vectorized)

        def call(t: Any, y: Any) -> Any:
            return plain(jacobian(lambda y: alone.change(t, y))(np.asarray(y, float)))

        try:
            call(t, y)
        except Exception:  # it calls what has no rule, or is not written for nodes
            return None
        return with_copies(call)


class Solution:
    """A solution as a function of the time, with derivatives.

    Parameters
    ----------
    problem : object
        The equation.
    found : OdeResult
        What the solver has found.
    t_span : pair
        The first and the last time.
    y0 : array or node
        The state at the first.
    step : callable
        What repeats a step of the solver.
    """

    def __init__(
        self, problem: _Problem, found: Any, t_span: Any, y0: Any, step: Callable[..., Any]
    ) -> None:
        self.problem = problem
        first, last = t_span
        pieces = found.sol.interpolants
        fixed = [pieces[0].t_old, *[piece.t for piece in pieces]] if pieces else [plain(first)]
        start, length = fixed[0], plain(last) - fixed[0]
        if found.status == 0 and has_node(first, last):
            knots = [first + (t - start) / length * (last - first) for t in fixed]
        else:
            knots = [first + (t - start) for t in fixed]
        self.fixed, self.knots, self.states, self.pieces = np.array(fixed), knots, [y0], []
        slope = None
        for number, piece in enumerate(pieces):
            t, h, y = knots[number], knots[number + 1] - knots[number], self.states[-1]

            def guess(x: Any, piece: Any = piece) -> Any:
                return piece(piece.t_old + x * (piece.t - piece.t_old)) - piece(piece.t_old)

            y, slope, between = step(problem.change, t, h, y, slope, guess)
            self.states.append(y)
            self.pieces.append(between)

    def __call__(self, t: Any) -> Any:
        """Return the state at some times: a column for each, or one vector for a number."""
        t = joined(t)
        numbers = plain(t)
        if np.ndim(numbers) == 0:
            return self._at(t, numbers)
        columns = [self._at(t[i], numbers[i]) for i in range(len(numbers))]
        return np.stack(columns, axis=1)

    def _at(self, t: Any, number: Any) -> Any:
        if not self.pieces:
            return self.states[0]
        forward = self.fixed[-1] >= self.fixed[0]
        inner = self.fixed[1:-1] if forward else -self.fixed[1:-1]
        i = int(np.searchsorted(inner, number if forward else -number, side="left"))
        return self.pieces[i]((t - self.knots[i]) / (self.knots[i + 1] - self.knots[i]))

    def put_into(self, result: Any, t_eval: Any, events: Any) -> None:
        """Put times, states and events with derivatives into the solver's result."""
        last = result.t[-1] if len(result.t) else None
        for number, event in enumerate(events or ()):
            times = [self._time_of(event, t) for t in result.t_events[number]]
            if times:
                result.t_events[number] = as_array(times)
                result.y_events[number] = np.stack([self(t) for t in times])
        if t_eval is not None:
            result.t = as_array(t_eval)[: len(result.t)]
            result.y = self(result.t) if len(result.t) else result.y
            return
        knots, states = list(self.knots), [as_array(state) for state in self.states]
        if result.status == 1:  # an event has ended the last step
            ends = [times[-1] for times in result.t_events if len(times)]
            knots[-1] = min(ends, key=lambda t: abs(plain(t) - last))
            states[-1] = self(knots[-1])
        result.t, result.y = as_array(knots), np.stack(states, axis=1)

    def _time_of(self, event: Callable[..., Any], t: Any) -> Any:
        """Return the time of an event, by the implicit function theorem."""
        return implicit.root(lambda t: event(t, self(t), *self.problem.args), float(t))
