"""All steps of a solver of `solve_ivp` at once: their slopes as one solution of equations.

Once the solver has chosen the steps, the slopes at the stages of all of them solve one system of
equations, each for itself given the state where its step begins. So `vmap` evaluates the right-hand
side at all stages in one call, forward and backward; from step to step go only vectors of the size of the
state, a linear recurrence. By the implicit function theorem the derivative is that of the steps one
after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from autograd import vmap
from autograd.captured import Made
from autograd.engine import Node, Tensor, no_grad
from autograd.engine.closures import begin_call
from autograd.engine.dispatch import plain
from autograd.engine.grad_mode import GRAD_MODE, is_recording
from autograd.engine.transform_calls import arguments as arguments_of_call
from autograd.errors import DataError, SolutionError
from autograd.forward import push_forward
from autograd.implicit.equations import variable
from autograd.implicit.newton import largest
from autograd.implicit.solution import Solution
from autograd.scipy.integrate.calls import DIFFERENT, Calls
from autograd.scipy.integrate.recurrence import backward, recurrence
from autograd.scipy.integrate.tableaus import Tableau
from autograd.transforms.rows import rows_for

Function = Callable[[Any, Any], Any]

#: How many Newton steps may solve the equations of an implicit method.
ITERATIONS = 8

#: A smaller change of the states, relative to their largest values, is the last one.
SMALL = 1e-12

#: What Newton's method may leave where rounding keeps it from converging further.
ROUNDING = 1e-9

#: With more numbers in a state, the derivatives of each step by all of them take longer than the
#: steps one by one, where each solves equations with such derivatives if the method is implicit.
LARGE, LARGE_IMPLICIT = 32, 96

#: How many numbers the derivatives at all stages may be.
MANY = 1 << 24

#: Fewer steps are computed one by one.
FEW = 4


def can_be_together(method: Tableau, fixed: Any, y0: Any) -> bool:
    """Return whether the steps between some times, from a state, may be computed at once."""
    n, y0 = np.size(plain(y0)), plain(y0)
    stages = len(method.c) if method.is_explicit else len(method.c) ** 2
    return (
        len(fixed) > FEW
        and bool(np.all(np.diff(fixed)))
        and np.ndim(y0) == 1
        and 0 < n <= (LARGE if method.is_explicit else LARGE_IMPLICIT)
        and len(fixed) * stages * n * n <= MANY
        and y0.dtype == float
        and is_recording()
        and GRAD_MODE.interventions == 0
    )


class Steps:
    """The steps of a method, as functions of the slopes at their stages.

    Parameters
    ----------
    method : Tableau
        The method, with s stages.
    f : callable
        ``f(t, y)``, for numbers and vectors.
    knots : array or node of shape (m + 1,)
        The ends of the steps.
    y0 : array or node of shape (n,)
        The state at the first.
    """

    def __init__(self, method: Tableau, f: Function, knots: Any, y0: Any) -> None:
        self.method, self.knots, self.y0 = method, knots, y0
        self.h = np.diff(knots)
        self.times = knots[:-1, None] + method.c * self.h[:, None]
        self.shape = (np.size(plain(knots)) - 1, len(method.c), np.size(plain(y0)))
        self.f = vmap(f)

    def states(self, slopes: Any) -> Any:
        """Return the states at all knots, one row for each."""
        changes = self.h[:, None] * (self.method.b @ slopes)
        return np.cumsum(np.concatenate([self.y0[None], changes]), axis=0)

    def inner(self, slopes: Any) -> Any:
        """Return the states at all stages."""
        changes = self.h[:, None, None] * (self.method.a @ slopes)
        return self.states(slopes)[:-1, None] + changes

    def at(self, times: Any, states: Any) -> Any:
        """Return the slopes at some times and states."""
        _, s, n = self.shape
        return np.reshape(self.f(np.ravel(times), np.reshape(states, (-1, n))), (-1, s, n))


class Point:
    """The equations at some slopes, a vector of numbers or a node."""

    def __init__(self, steps: Steps, slopes: Any, create: bool) -> None:
        self.steps, self.create = steps, create
        self.u = variable(slopes)
        with Made() as self.made, arguments_of_call([self.u]):
            k = np.reshape(self.u, steps.shape)
            #: At which backward passes end, as the slopes at a stage depend on its state alone.
            self.inner = variable(steps.inner(k))
            self.slopes = steps.at(steps.times, self.inner)
            self.residual = np.ravel(k - self.slopes)

    @cached_property
    def jacobians(self) -> Any:
        """The derivative of the slope at each stage by its state, of shape (m, s, n, n)."""
        n = self.steps.shape[-1]
        seeds = np.zeros((n, *self.steps.shape))
        seeds[range(n), :, :, range(n)] = 1.0
        rows = rows_for(self.slopes, self.inner, seeds, self.create)
        return np.zeros((*self.steps.shape, n)) if rows is None else np.moveaxis(rows, 0, 2)

    @cached_property
    def h(self) -> Any:
        """The lengths of the steps."""
        return self.steps.h if self.create else plain(self.steps.h)

    def solved(self, g: Any) -> Any:
        """Return by how much all slopes of each step change, if their equations do so alone.

        For `g` of shape (m, s, n, any): that is x with x - h J (a x) = g.
        """
        method, jacobians, h = self.steps.method, self.jacobians, self.h[:, None, None]
        if not method.is_explicit:
            flat = np.reshape(g, (g.shape[0], -1, g.shape[3]))
            return np.reshape(np.linalg.solve(self._matrices, flat), g.shape)
        found = [g[:, 0]]
        for i in range(1, g.shape[1]):
            change = np.tensordot(method.a[i, :i], np.stack(found), 1)
            found.append(g[:, i] + h * (jacobians[:, i] @ change))
        return np.stack(found, axis=1)

    def solved_transposed(self, g: Any) -> Any:
        """Return the same with the transposed equations, for `g` of shape (m, s, n)."""
        method, h = self.steps.method, self.h[:, None]
        transposed = np.swapaxes(self.jacobians, 2, 3)
        if not method.is_explicit:
            matrices = np.swapaxes(self._matrices, 1, 2)
            flat = np.reshape(g, (g.shape[0], -1, 1))
            return np.reshape(np.linalg.solve(matrices, flat), g.shape)
        found: list[Any] = [g[:, -1]]
        pulled: list[Any] = []  # of the stages from the last one
        for i in range(g.shape[1] - 2, -1, -1):
            pulled.append((transposed[:, i + 1] @ found[-1][..., None])[..., 0])
            found.append(g[:, i] + h * np.tensordot(method.a[:i:-1, i], np.stack(pulled), 1))
        return np.stack(found[::-1], axis=1)

    @cached_property
    def _matrices(self) -> Any:
        """The matrices of the equations of each step."""
        m, s, n = self.steps.shape
        h, a = self.h[:, None, None, None, None], self.steps.method.a[:, None, :, None]
        return np.eye(s * n) - np.reshape(
            h * (a * self.jacobians[:, :, :, None, :]), (m, s * n, -1)
        )

    @cached_property
    def by_start(self) -> Any:
        """The derivatives of the slopes by the state where their step begins."""
        return self.solved(self.jacobians)

    @cached_property
    def by_step(self) -> Any:
        """The derivatives of the state at the end of each step by that at its beginning."""
        n = self.steps.shape[-1]
        return np.eye(n) + self.h[:, None, None] * np.tensordot(
            self.by_start, self.steps.method.b, (1, 0)
        )

    def step(self, residual: Any) -> Any:
        """Return by how much the slopes change if the equations do."""
        alone = self.solved(np.reshape(residual, (*self.steps.shape, 1)))[..., 0]
        ends = self.h[:, None] * (self.steps.method.b @ alone)
        zero = np.zeros((1, ends.shape[1]))
        starts = recurrence(self.by_step, np.concatenate([zero, ends]))[:-1]
        return np.ravel(alone + (self.by_start @ starts[:, None, :, None])[..., 0])

    def adjoint(self, g: Any) -> Any:
        """Return the solution of the transposed equations."""
        g = np.reshape(g, self.steps.shape)
        pulled = np.sum(np.swapaxes(self.by_start, 2, 3) @ g[..., None], axis=1)[..., 0]
        zero = np.zeros((1, pulled.shape[1]))
        ends = backward(self.by_step, np.concatenate([pulled, zero]))[1:]
        direct = (self.h[:, None] * self.steps.method.b)[..., None] * ends[:, None]
        return np.ravel(self.solved_transposed(g + direct))


class Trajectory(Solution):
    """The slopes at all stages, as a node.

    Attributes
    ----------
    result : node
        The slopes, of shape (m, s, n).
    """

    def __init__(self, steps: Steps, guess: Any) -> None:
        self.steps = steps
        super().__init__(lambda slopes: slopes, guess)

    def at(self, u: Any, create: bool = False) -> Any:
        """Return the equations at a point."""
        return Point(self.steps, u, create)

    def adjoint(self, point: Any, g: Any, create: bool) -> Any:
        """Return the solution of the transposed equations."""
        return point.adjoint(g)

    def step(self, change: Any) -> Any:
        """Return by how much the slopes change if the equations do."""
        return self.point.step(change)

    def polished(self, start: Any) -> Any:
        """Return the point of the solution near a guess, which explicit methods have found."""
        if self.steps.method.is_explicit:
            return self.at(start)
        slopes, last = start, np.inf
        for _ in range(ITERATIONS):
            point = self.at(slopes)
            change = point.step(plain(point.residual))
            slopes = slopes - change
            size = self._moved(change, point)
            if size <= SMALL or (size <= ROUNDING and not size <= last / 4):
                return self.at(slopes)
            last = size
        raise SolutionError("Newton's method does not find the stages of all steps at once.")

    def assert_solved(self) -> None:
        """Raise if the slopes do not solve the equations: then these have become others."""
        rest = np.abs(np.reshape(plain(self.point.residual), (-1, self.steps.shape[-1])))
        sizes = np.max(np.abs(np.reshape(self.packed, rest.shape)), axis=0)
        if self.steps.method.is_explicit and not np.all(rest <= DIFFERENT * sizes):
            raise DataError("The right-hand side has become another one.")

    def _moved(self, change: Any, point: Any) -> float:
        """Return the largest change of a state, relative to the largest one."""
        states = np.reshape(plain(point.inner), (-1, self.steps.shape[-1]))
        sizes = np.max(np.abs(states), axis=0)
        moved = plain(self.steps.h)[:, None, None] * np.reshape(change, self.steps.shape)
        return largest(moved / np.where(sizes > 0, sizes, 1.0))


class Together:
    """The steps of a solver at once, like `InTurn` with all their slopes as one node.

    Attributes
    ----------
    samples : list of pairs
        The times at the ends of the steps, and the slopes there.

    Parameters
    ----------
    method : Tableau
        The method.
    f : callable
        ``f(t, y)``, for numbers and vectors.
    knots, y0 : array or node
        The ends of the steps, and the state at the first.
    sol : OdeSolution
        What the solver has found.
    calls : Calls
        What it has asked `f` for.
    fixed : array
        The ends of the steps as numbers; these may be parts of the solver's.
    """

    def __init__(
        self, method: Tableau, f: Function, knots: Any, y0: Any, sol: Any, calls: Calls, fixed: Any
    ) -> None:
        self.knots = knots
        self.steps = Steps(method, f, knots, y0)
        begun = begin_call()
        states = sol(fixed).T
        self.samples = calls.samples(self.steps.f, fixed, states)
        if not method.is_explicit:
            guess = np.stack([_inner_slopes(method, sol, *ends) for ends in pairwise(fixed)])
        elif len(fixed) == len(sol.ts):
            guess = self._explicit(states[:-1])
        else:
            guess = self._explicit_in_turn(f, states[0])
        trajectory = Trajectory(self.steps, guess)
        if any(isinstance(x, Tensor) and x._begun() >= begun for x in trajectory.others):
            raise DataError("The right-hand side keeps a node from one call to another.")
        trajectory.assert_solved()
        self.point, self.slopes = trajectory.point, trajectory.result
        self.states = self.steps.states(self.slopes)

    def _explicit(self, states: Any) -> Any:
        """Return the slopes at all stages, given the states at the knots."""
        steps, found = self.steps, list[Any]()
        times, h, a = plain(steps.times), plain(steps.h)[:, None], steps.method.a
        for i in range(len(a)):
            change = h * np.tensordot(a[i, :i], np.stack(found), 1) if found else 0.0
            found.append(plain(steps.f(times[:, i], variable(states + change))))
        return np.stack(found, axis=1)

    def _explicit_in_turn(self, f: Function, state: Any) -> Any:
        """Return the same where the solver has not computed the states at the knots."""
        steps, found = self.steps, list[Any]()
        times, h = plain(steps.times), plain(steps.h)
        with no_grad():
            for i in range(len(h)):
                slopes: list[Any] = []
                for row, t in zip(steps.method.a, times[i], strict=True):
                    change = h[i] * (row[: len(slopes)] @ np.stack(slopes)) if slopes else 0.0
                    slopes.append(plain(f(t, variable(state + change))))
                found.append(np.stack(slopes))
                state = state + h[i] * (steps.method.b @ found[-1])
        return np.stack(found)

    def errors(self) -> Any:
        """Return the error of each step that the method estimates, one row for each."""
        return plain(self.steps.h)[:, None] * self._weighted(plain(self.slopes), self._at_ends[1])

    def moved(self, tangents: Any) -> tuple[Any, Any]:
        """Return the tangents of the errors and of the states, given those of nodes."""
        steps, (at, _, found) = self.steps, self._at_ends
        outputs = [self.point.residual, steps.h, steps.y0]
        residual, by_h, by_y0 = (_pushed(x, tangents) for x in outputs)
        slopes, h, by_h = plain(self.slopes), plain(steps.h)[:, None], by_h[:, None]
        by_slopes = -np.reshape(self.point.step(residual), steps.shape)
        changes = h * (steps.method.b @ by_slopes) + by_h * (steps.method.b @ slopes)
        by_states = np.cumsum(np.concatenate([by_y0[None], changes]), axis=0)
        by_ends = _pushed(found, {**tangents, at: by_states[self._ends]})
        by_errors = h * self._weighted(by_slopes, by_ends)
        return by_errors + by_h * (self.errors() / h), by_states

    @property
    def _ends(self) -> slice:
        """The knots at which the estimate needs slopes that are not among those of the stages."""
        return slice(None, -1) if self.steps.method.error[0] else slice(-1, None)

    @cached_property
    def _at_ends(self) -> tuple[Any, Any, Any]:
        """The states there, and the slopes, as numbers and as they depend on nodes."""
        at = variable(plain(self.states)[self._ends])
        found = self.steps.f(self.knots[self._ends], at)
        return at, plain(found), found

    def _weighted(self, slopes: Any, at_ends: Any) -> Any:
        """Return slopes with the weights that they have in the errors."""
        method = self.steps.method
        first, *stages, last = method.error
        found = np.tensordot(slopes[:, : method.stages], np.array(stages), (1, 0))
        if first:
            return found + first * at_ends
        return found + last * np.concatenate([slopes[1:, 0], at_ends])

    def at(self, steps: Any, times: Any) -> Any:
        """Return the states at times in some steps, one row for each."""
        h, powers = self.steps.h[steps], self.steps.method.powers
        shares = np.reshape((times - self.knots[steps]) / h, (-1, 1))
        weights = (shares ** np.arange(1.0, powers.shape[1] + 1)) @ powers.T
        changes = (weights[:, None, :] @ self.slopes[steps])[:, 0]
        return self.states[steps] + h[:, None] * changes


def _pushed(x: Any, tangents: Any) -> Any:
    """Return the tangent of a node, given those of others; zeros for numbers."""
    found = push_forward([x], tangents)[0] if isinstance(x, Node) else None
    return np.zeros(np.shape(plain(x))) if found is None else plain(found)


def _inner_slopes(method: Tableau, sol: Any, start: Any, end: Any) -> Any:
    """Return slopes with which a step goes through the solver's states at its stages."""
    h = end - start
    changes = sol(start + method.c * h).T - sol(start)
    return np.linalg.solve(method.a, changes) / h
