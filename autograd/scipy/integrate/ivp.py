"""`solve_ivp` with derivatives: by initial values, times, parameters, and of events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate as _original

from autograd.engine import no_grad, tracing
from autograd.engine.dispatch import plain
from autograd.engine.grad_mode import is_recording
from autograd.errors import NoRuleError, SolutionError
from autograd.program.environment import Environment
from autograd.rules.entries import in_turn
from autograd.rules.node_lists import as_array
from autograd.scipy.fallback import gives_nodes, has_node, joined, with_copies
from autograd.scipy.held import MOVE, nodes_held, untraced
from autograd.scipy.integrate.accuracy import ROUNDS, parts_needed, split
from autograd.scipy.integrate.calls import Calls
from autograd.scipy.integrate.solutions import Solution, ends_of, knots_of
from autograd.scipy.integrate.steps import InTurn
from autograd.scipy.integrate.tableaus import TABLEAUS, Tableau
from autograd.scipy.integrate.touching import assert_not_touching
from autograd.scipy.integrate.trajectory import LARGE_IMPLICIT, Together, can_be_together
from autograd.scipy.jumps import assert_no_moving_jump
from autograd.scipy.with_numbers import with_numbers
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
    Where the solution is smoother than its derivatives, as at an equilibrium where it does not move,
    steps are split until the derivatives are as exact as the tolerances ask for.
    All steps are computed at once; one after the other, which takes several times as long, for more
    than 32 numbers in a state (96 for implicit methods), and where `fun` branches by its arguments (write ``np.where``), needs
    them as floats (``math.sin``), or changes something outside.
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
        If something depends on nodes, and the solver failed or its steps are too long for the
        derivatives; if `fun` is not finite at the start.
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
    y0, t_span = _real(as_array(y0)), tuple(t_span)
    given = [events] if callable(events) else events
    needed = has_node(args, y0, t_span, t_eval)
    problem = _Problem(fun, args, vectorized, y0, needed)
    if method in IMPLICIT and options.get("jac") is None:
        options["jac"] = problem.jacobian_at(plain(t_span[0]), plain(y0))
    elif callable(options.get("jac")):
        options["jac"] = problem.numbers(options["jac"])
    found = _original.solve_ivp(
        problem.calls,
        plain(t_span),
        plain(y0),
        method,
        None if t_eval is None else plain(as_array(t_eval)),
        True,
        None if given is None else [problem.event(event) for event in given],
        vectorized,
        **plain(options),
    )
    if not (needed or problem.depends_on_nodes()):
        if found.success and is_recording():
            with no_grad():
                problem.assert_no_moving_jump(found.sol, None, ())
        found.sol = found.sol if dense_output else None
        return found
    if not found.success:
        raise SolutionError(
            f"solve_ivp failed, so there is nothing to differentiate: {found.message}"
        )
    if method not in TABLEAUS:
        known = ", ".join(TABLEAUS)
        raise NoRuleError(
            f"solve_ivp has no derivatives for method={method!r}. Choose one of {known}."
        )
    between = dense_output or t_eval is not None or bool(given)
    tolerances = options.get("rtol", 1e-3), options.get("atol", 1e-6)
    solution = problem.solution(found, t_span, y0, TABLEAUS[method], between, tolerances)
    for event in given or ():
        assert_not_touching(problem.event(event), found.sol, tolerances[0])
    solution.put_into(found, t_eval, given)
    found.sol = solution if dense_output else None
    return found


def _real(y0: Any) -> Any:
    """Return initial values that are integers as the floats that SciPy takes them for."""
    return y0.astype(float) if isinstance(y0, np.ndarray) and y0.dtype.kind in "iub" else y0


def _restored(environment: Environment) -> bool:
    """Return whether what a function refers to has changed; then it gets back what it was."""
    has_changed = environment.change() is not None or environment.drawn() is not None
    if has_changed:
        environment.restore()
    return has_changed


def _change(function: Callable[..., Any], args: Any, vectorized: bool) -> Callable[..., Any]:
    """Return dy/dt as a function of time and state."""

    def change(t: Any, y: Any) -> Any:
        if vectorized:
            return np.ravel(as_array(function(t, y[:, None], *args)))
        return as_array(function(t, y, *args))

    return change


class _Problem:
    """The differential equation, as a function of nodes and as one of numbers."""

    def __init__(
        self,
        function: Callable[..., Any],
        args: Any,
        vectorized: bool,
        y0: Any,
        needed: bool,
    ) -> None:
        self.function = function
        self.args = joined(() if args is None else tuple(args))
        self.vectorized = vectorized
        self.change = _change(function, self.args, vectorized)
        is_small = np.size(plain(y0)) <= LARGE_IMPLICIT
        #: A copy for the solver, if `function` closes over nodes.
        self.copy = with_numbers(function, self.args) if is_small else function
        #: Whether a function has returned a node: it closes over one.
        self.has_nodes = False
        size = np.size(plain(y0)) if is_small else 0
        self.calls = Calls(self.numbers(self.copy), size, needed or self.copy is not function)

    def depends_on_nodes(self) -> bool:
        """Return whether a function that the solver has called depends on nodes."""
        if self.has_nodes or self.copy is self.function:
            return self.has_nodes
        change, calls = self.change, self.calls
        return any(
            gives_nodes(change, t, y) for t, y in zip(calls.times, calls.states, strict=True)
        )

    def numbers(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function of time and state as numbers."""
        args = plain(self.args)

        def call(t: Any, y: Any) -> Any:
            found = function(t, y, *args)
            if type(found) is np.ndarray and found.dtype.kind == "f":
                return found
            found = joined(found)
            if has_node(found):
                self.has_nodes = self.calls.keeps = True
            return plain(found)

        return call if tracing.tracer() is None else with_copies(call)

    def event(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return an event as a function of numbers, with the attributes that SciPy reads."""
        call = self.numbers(function)
        for name in ("terminal", "direction"):
            if hasattr(function, name):
                setattr(call, name, getattr(function, name))
        return call

    def jacobian_at(self, t: Any, y: Any) -> Callable[..., Any] | None:
        """Return the Jacobian as a function of numbers; None if `fun` cannot be followed."""
        change = _change(self.copy, plain(self.args), self.vectorized)

        def found(t: Any, y: Any) -> Any:
            return plain(jacobian(lambda y: change(t, y))(np.asarray(y, float)))

        try:
            found(t, y)
        except Exception:  # it calls what has no rule, or is not written for nodes
            return None
        return with_copies(found)

    def solution(
        self, found: Any, t_span: Any, y0: Any, method: Tableau, between: bool, tolerances: Any
    ) -> Solution:
        """Return what the solver has found with derivatives; `between` the ends of its steps, too."""
        own = fixed = ends_of(found, t_span)
        nodes = nodes_held(self.function, self.args, y0, t_span) if tracing.tracer() is None else []
        for rounds in range(ROUNDS + 1):
            knots = knots_of(found, t_span, fixed)
            steps = self._steps(found.sol, fixed, knots, y0, method, between)
            if rounds == 0:
                self._assert_no_moving_jump(found.sol, steps, (y0, t_span))
            if steps is None:
                steps = InTurn(method, self.change, knots, y0, fixed, found.sol)
            before = Environment(self.function, self.args)
            parts = parts_needed(steps, nodes, *tolerances)
            _restored(before)
            if parts is None:
                break
            fixed = split(fixed, parts, rounds)
        return Solution(steps, fixed, self.args, np.searchsorted(fixed, own))

    def _steps(
        self, sol: Any, fixed: Any, knots: Any, y0: Any, method: Tableau, between: bool
    ) -> Any:
        """Return all steps at once; None if they must be computed one after the other."""
        if not can_be_together(method, fixed, y0):
            return None
        chosen = method if between else method.without_interpolant()
        before = Environment(self.function, self.args)
        try:
            steps = Together(chosen, self.change, knots, y0, sol, self.calls, fixed)
        except Exception:  # what cannot be computed together may be computed one by one
            steps = None
        return None if _restored(before) else steps  # what a call keeps may belong to the batch

    def _assert_no_moving_jump(self, sol: Any, steps: Any, others: Any) -> None:
        before = Environment(self.function, self.args)
        with no_grad():
            samples = None if steps is None else steps.samples
            self.assert_no_moving_jump(sol, samples, others)
        _restored(before)  # what a call keeps may be without a graph

    def assert_no_moving_jump(self, sol: Any, samples: Any, others: Any) -> None:
        """Raise if dy/dt jumps where the state or a node has some value, and not at a fixed time."""
        nodes = nodes_held(self.function, self.args, *others)
        if not nodes:
            return
        of_copy = _change(self.copy, plain(self.args), self.vectorized)

        def along(t: Any) -> Any:
            return np.asarray(plain(of_copy(t, sol(t))), float)

        def beside(t: Any) -> Any:  # where nodes may have moved, too
            sizes = np.max(np.abs(sol(sol.ts)), axis=1)
            moved = sol(t) + MOVE * np.where(sizes > 0, sizes, 1.0)
            return np.asarray(plain(self.change(t, moved)), float)

        with untraced(nodes):
            if samples is None:
                samples = [(float(t), along(t)) for t in sol.ts]
            assert_no_moving_jump(along, samples, nodes, "The right-hand side", "t", beside)
