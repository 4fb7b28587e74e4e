"""L-BFGS, on all parameters as one vector."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd.devices import full
from autograd.errors import OptionError, TraceError
from autograd.program import is_tracing
from nn.arrays import plain
from nn.optim.line_search import Point, strong_wolfe
from nn.optim.optimizer import Optimizer, given

#: A change of the gradient along a step that is smaller says nothing about the curvature.
FLAT = 1e-10


class LBFGS(Optimizer):
    """The limited-memory BFGS method, for losses without noise: they use all data in every call.

    With ``line_search_fn="strong_wolfe"`` it converges from everywhere; without a search it may
    need a smaller rate.

    Parameters
    ----------
    params : iterable of Tensor or Value
        The parameters.
    lr : float
        The learning rate; with a line search the first step that is tried.
    max_iter : int
        The largest number of iterations per step.
    max_eval : int, optional
        The largest number of calls of the closure per step; by default 5/4 of `max_iter`.
    tolerance_grad : float
        Stop when no derivative is larger.
    tolerance_change : float
        Stop when neither the loss nor a parameter changes by more.
    history_size : int
        The number of past gradients from which the curvature is estimated.
    line_search_fn : {None, "strong_wolfe"}
        Whether to search along each direction.
    maximize : bool
        Whether to go uphill.

    Raises
    ------
    OptionError
        If there are no parameters, several groups, or another line search is asked for.
    DataError
        If a parameter is not a leaf.

    References
    ----------
    Nocedal: Updating quasi-Newton matrices with limited storage, Mathematics of Computation 35,
    1980.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor(np.zeros(2))
    >>> optimizer = LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = ((w - np.array([1.0, 2.0])) ** 2).sum()
    ...     loss.backward()
    ...     return loss
    >>> loss = optimizer.step(closure)
    >>> np.round(w.data, 6)
    array([1., 2.])
    """

    _is_recorded = False  # it searches, and its memory grows

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
        *,
        maximize: bool = False,
    ) -> None:
        max_eval = max_iter * 5 // 4 if max_eval is None else max_eval
        if line_search_fn not in (None, "strong_wolfe"):
            raise OptionError(f'line_search_fn={line_search_fn!r} must be None or "strong_wolfe".')
        super().__init__(**given(locals()))
        if len(self.param_groups) > 1:
            raise OptionError("LBFGS takes one group of parameters: it has one direction for all.")

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Take up to `max_iter` steps.

        Parameters
        ----------
        closure : callable
            Resets the gradients, computes the loss, calls its ``backward`` and returns it.

        Returns
        -------
        node
            The loss before the first step: the first result of the closure.

        Raises
        ------
        TypeError
            If there is no closure.
        TraceError
            In a function that is traced.
        """
        if is_tracing():
            raise TraceError(
                "The search of L-BFGS takes another course in each step, so it cannot be recorded. "
                "Record what it calls: optimizer.step(autograd.jit(closure))."
            )
        if closure is None:
            raise TypeError("LBFGS computes the loss several times per step: write step(closure).")
        group = self.param_groups[0]
        parameters = group["params"]
        sign = -1.0 if group["maximize"] else 1.0
        results: list[Any] = []
        moved: list[Any] = []  # where the closure has put the parameters, if it did

        def evaluate(vector: Any) -> tuple[float, Any]:
            _write(parameters, vector)
            before = _read(parameters, "data")
            results.append(closure())
            after = _read(parameters, "data")
            moved[:] = [] if np.array_equal(before, after, equal_nan=True) else [after]
            return sign * float(plain(results[-1])), sign * _read(parameters, "grad")

        accepted = _read(parameters, "data")
        try:
            for vector in self._path(accepted, evaluate, results, moved):
                accepted = vector
        finally:
            _write(parameters, accepted)  # the last accepted point, also after an interruption
        return results[0]

    def _path(
        self,
        at: Any,
        evaluate: Callable[[Any], tuple[float, Any]],
        results: list[Any],
        moved: list[Any],
    ) -> Any:
        """Yield the points on the way, each after it was evaluated; the last one need not be.

        Without a line search a closure may move the parameters, for example into limits.
        """
        group = self.param_groups[0]
        memory = self.state[group["params"][0]]
        loss, gradient = evaluate(at)
        at = moved.pop() if moved else at
        for iteration in range(1, group["max_iter"] + 1):
            if np.abs(gradient).max() <= group["tolerance_grad"]:
                return
            direction = _direction(memory, gradient, group["history_size"])
            slope = float(gradient @ direction)
            step = group["lr"]
            if memory["n_iter"] == 1:
                step = min(1.0, 1.0 / np.abs(gradient).sum()) * step
            memory.update(direction=direction, step=step, gradient=gradient)
            if slope > -group["tolerance_change"]:
                return
            before, length = loss, np.abs(direction).max()
            if group["line_search_fn"]:
                found, _ = strong_wolfe(
                    _line(evaluate, at, direction),
                    Point(0.0, loss, gradient, slope),
                    step,
                    group["tolerance_change"] / length,
                    group["max_eval"] - len(results),
                )
                step, loss, gradient = found.step, found.loss, found.gradient
                memory["step"] = step
                at = at + step * direction
            else:
                at = at + step * direction
                if iteration < group["max_iter"]:  # where the next step begins anew
                    loss, gradient = evaluate(at)
                    at = moved.pop() if moved else at
            yield at
            changes = length * abs(step), abs(loss - before)
            if len(results) >= group["max_eval"] or not (
                changes[0] > group["tolerance_change"] and changes[1] >= group["tolerance_change"]
            ):
                return


def _line(
    evaluate: Callable[[Any], tuple[float, Any]], at: Any, direction: Any
) -> Callable[[float], Point]:
    """Return a function that evaluates the points on a line."""

    def point(step: float) -> Point:
        loss, gradient = evaluate(at + step * direction)
        return Point(step, loss, gradient, float(gradient @ direction))

    return point


def _direction(memory: dict[str, Any], gradient: Any, most: int) -> Any:
    """Return minus the inverse Hessian times the gradient, by the two loops of the method."""
    memory["n_iter"] = memory.get("n_iter", 0) + 1
    if memory["n_iter"] == 1:
        none = full((0, gradient.size), 0.0, np.float64, gradient)
        memory.update(changes=none, steps=none)
        memory["scale"] = 1.0
        return -gradient
    change, step = gradient - memory["gradient"], memory["direction"] * memory["step"]
    if change @ step > FLAT:
        memory["changes"] = np.concatenate([memory["changes"], change[None]])[-most:]
        memory["steps"] = np.concatenate([memory["steps"], step[None]])[-most:]
        memory["scale"] = float((change @ step) / (change @ change))
    pairs = list(zip(memory["changes"], memory["steps"], strict=True))
    factors = []
    q = -gradient
    for change, step in reversed(pairs):
        factors.append((step @ q) / (change @ step))
        q = q - factors[-1] * change
    q = q * memory["scale"]
    for (change, step), factor in zip(pairs, reversed(factors), strict=True):
        q = q + step * (factor - (change @ q) / (change @ step))
    return q


def _read(parameters: list[Any], name: str) -> Any:
    """Return the data or gradients of all parameters as one vector; zeros for missing gradients.

    Of complex numbers it has the real parts and then the imaginary parts; the steepest ascent is
    along the conjugate of a gradient.
    """
    parts = []
    for p in parameters:
        found = plain(getattr(p, name))
        if found is None:
            found = full(np.shape(p.data), 0.0, np.result_type(plain(p.data)), p.data)
        if np.iscomplexobj(found):
            parts += [found.real, -found.imag if name == "grad" else found.imag]
        else:
            parts.append(found)
    return np.concatenate([np.ravel(array) for array in parts], dtype=np.float64)


def _write(parameters: list[Any], vector: Any) -> None:
    start = 0
    for parameter in parameters:
        data = parameter.data
        if isinstance(data, float):
            parameter.data = vector[start].item()
            start += 1
            continue
        for part in (data.real, data.imag) if np.iscomplexobj(data) else (data,):
            part[...] = vector[start : start + part.size].reshape(part.shape)
            start += part.size
        parameter.data = data
