"""L-BFGS: the implementation of SciPy, on all parameters as one vector."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd.errors import TraceError
from autograd.program import is_tracing
from nn.arrays import plain
from nn.optim.optimizer import Optimizer, given
from nn.optional_imports import require


class LBFGS(Optimizer):
    """The limited-memory BFGS method with a line search, for losses without noise.

    The loss must use all data in every call. A step starts without information from the previous
    ones, and can be the whole optimisation.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        The parameters, or groups of them; see `Optimizer`.
    max_iter : int
        The largest number of iterations per step.
    max_eval : int, optional
        The largest number of calls of the closure per step; by default 5/4 of `max_iter`.
    tolerance_grad : float
        Stop when no derivative is larger.
    tolerance_change : float
        Stop when an iteration changes the loss by less, relatively.
    history_size : int
        The number of past gradients from which the curvature is estimated.

    Attributes
    ----------
    result : scipy.optimize.OptimizeResult
        SciPy's report on the last step.

    Raises
    ------
    OptionError
        If there are no parameters.
    DataError
        If a parameter is not a leaf.

    References
    ----------
    Byrd, Lu, Nocedal, Zhu: A limited memory algorithm for bound constrained optimization, SIAM
    Journal on Scientific Computing 16, 1995.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor(np.zeros(2))
    >>> optimizer = LBFGS([w])
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = ((w - np.array([1.0, 2.0])) ** 2).sum()
    ...     loss.backward()
    ...     return loss
    >>> loss = optimizer.step(closure)
    >>> np.round(w.data, 6)
    array([1., 2.])
    """

    def __init__(
        self,
        params: Iterable[Any],
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
    ) -> None:
        max_eval = max_iter * 5 // 4 if max_eval is None else max_eval
        super().__init__(**given(locals()))
        self.result: Any = None

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Minimise the loss as far as the limits allow.

        Parameters
        ----------
        closure : callable
            Resets the gradients, computes the loss, calls its ``backward`` and returns it.

        Returns
        -------
        float
            The final loss.

        Raises
        ------
        TypeError
            If there is no closure.
        MissingProgramError
            If SciPy is not installed.
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
        minimize = require("scipy.optimize", "L-BFGS", "scipy").minimize
        parameters = [p for group in self.param_groups for p in group["params"]]
        options = self.param_groups[0]
        accepted = _read(parameters, "data")

        def evaluate(vector: Any) -> tuple[float, Any]:
            _write(parameters, vector)
            loss = closure()
            return float(plain(loss)), _read(parameters, "grad")

        try:
            self.result = minimize(
                evaluate,
                accepted.copy(),
                jac=True,
                method="L-BFGS-B",
                callback=lambda x: np.copyto(accepted, x),
                options={
                    "maxiter": options["max_iter"],
                    "maxfun": options["max_eval"],
                    "gtol": options["tolerance_grad"],
                    "ftol": options["tolerance_change"],
                    "maxcor": options["history_size"],
                },
            )
            accepted[:] = self.result.x
        finally:
            _write(parameters, accepted)  # the last accepted point, also after an interruption
        return float(self.result.fun)


def _read(parameters: list[Any], name: str) -> Any:
    """Return the data or gradients of all parameters as one vector; zeros for missing gradients."""
    found = [
        np.zeros(np.size(p.data)) if getattr(p, name) is None else plain(getattr(p, name))
        for p in parameters
    ]
    return np.concatenate([np.ravel(array) for array in found], dtype=np.float64)


def _write(parameters: list[Any], vector: Any) -> None:
    start = 0
    for parameter in parameters:
        data = parameter.data
        stop = start + np.size(data)
        if isinstance(data, float):
            parameter.data = vector[start].item()
        else:
            data[...] = vector[start:stop].reshape(data.shape)
            parameter.data = data
        start = stop
