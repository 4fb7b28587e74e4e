"""Whether the steps of a solver are short enough for derivatives, too.

A solver chooses its steps for the solution. Where that is smoother than its derivatives, as at an
equilibrium where it does not move, the steps grow without bound, and those of the derivatives, which
solve a differential equation of their own, may be far too long. So the error that the method estimates
in each step is differentiated too, in one direction: that is the error of the derivatives.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine import Tensor
from autograd.engine.assignment import current
from autograd.engine.dispatch import plain
from autograd.errors import SolutionError

#: How many times the tolerance the error of derivatives may be where the solution limits a step.
ALLOWED = 10.0

#: Where it does not.
ALONE = 1.0

#: A step in which a component has a smaller error, in tolerances, is not limited by it; so may be
#: this share of all.
FREE, SHARE = 1e-3, 0.05

#: Into how many parts one step may be split, how often, and how many steps there may be.
PARTS, ROUNDS, MOST = 8, 24, 50_000

#: Smaller tolerances ask for more than rounding leaves.
LEAST = 1e-12

#: How steps become shorter with the error allowed: the order of the least exact method, and one.
ORDER = 4


def parts_needed(steps: Any, nodes: list[Any], rtol: Any, atol: Any) -> Any:
    """Return into how many parts each step must be split; None if all are short enough.

    Parameters
    ----------
    steps : InTurn or Together
        The steps, with derivatives.
    nodes : list of Node
        What they depend on.
    rtol, atol : float or array
        The tolerances of the solver.
    """
    states = plain(steps.states)
    if not nodes or len(states) < 2 or not states.size:
        return None
    rtol, sizes = max(np.max(rtol), LEAST), atol + rtol * np.abs(states[1:])
    with np.errstate(all="ignore"):
        errors = np.abs(steps.errors()) / np.where(sizes > 0, sizes, np.inf)
        lengths = np.abs(np.diff(plain(steps.knots)))
        if np.all(lengths @ (errors < FREE) < SHARE * np.sum(lengths)):
            return None  # the solution needs such steps, and derivatives of it are like it
        by_errors, by_states = (np.abs(x) for x in steps.moved(_direction(nodes)))
        of_solution = np.max(errors, axis=1)
        allowed = np.where(of_solution > FREE, ALLOWED * np.maximum(of_solution, 1.0), ALONE) * rtol
        if np.all(_relative(by_errors, np.max(by_states, axis=0, keepdims=True)) <= allowed):
            return None
        # Steps that are far too long blow up all that follows: it says nothing about those before.
        excess = _relative(by_errors, np.maximum.accumulate(by_states)[1:]) / allowed
        wanted = np.clip(np.ceil(excess ** (1 / ORDER)), 2, PARTS)
    return np.where(excess <= 1.0, 1, np.where(np.isfinite(wanted), wanted, PARTS)).astype(int)


def _relative(errors: Any, sizes: Any) -> Any:
    """Return the largest error of each step, relative to the sizes of the components."""
    sizes = sizes + 1e-6 * np.max(sizes, axis=1, keepdims=True)
    return np.max(errors / np.where(sizes > 0, sizes, np.inf), axis=1)


def _direction(nodes: list[Any]) -> dict[Any, Any]:
    """Return by how much the nodes are moved, each by about its size."""
    random, found = np.random.default_rng(0), dict[Any, Any]()
    for node in nodes:
        source = current(node) if isinstance(node, Tensor) else node
        sizes = np.abs(plain(source))
        signs = random.choice([-1.0, 1.0], size=np.shape(sizes))
        shares = signs * random.uniform(0.5, 1.5, np.shape(sizes))
        found[source] = np.where(sizes > 0, sizes, 1.0) * shares
    return found


def split(fixed: Any, parts: Any, rounds: int) -> Any:
    """Return the ends of steps that are split."""
    if rounds == ROUNDS or np.sum(parts) > MOST:
        start = fixed[np.argmax(parts)]
        raise SolutionError(
            "The solver's steps are short enough for the solution, but not for its derivatives, which "
            f"change faster near t = {start:.6g}. Pass max_step= to solve_ivp, or looser tolerances."
        )
    pieces = [
        np.linspace(start, end, count, endpoint=False)
        for start, end, count in zip(fixed[:-1], fixed[1:], parts, strict=True)
    ]
    return np.concatenate([*pieces, fixed[-1:]])
