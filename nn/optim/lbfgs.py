"""SciPy's L-BFGS on all parameters as one vector."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from nn.module import plain
from nn.optim.optimizer import Optimizer, given
from nn.optional_imports import require


class LBFGS(Optimizer):
    """The limited-memory method of Broyden, Fletcher, Goldfarb and Shanno, with a line search.

    For losses without noise: all data in every call. Each step begins afresh, with no memory of
    the one before, and may be the whole optimisation.

    Parameters
    ----------
    max_iter, max_eval : int
        How many iterations a step has, and how many calls of the closure at most.
    tolerance_grad, tolerance_change : float
        Stop when no derivative is larger, or when an iteration changes the loss less, relatively.
    history_size : int
        How many of the last gradients the curvature is estimated from.

    Attributes
    ----------
    result : scipy.optimize.OptimizeResult
        What SciPy says of the last step.

    References
    ----------
    Byrd, Lu, Nocedal, Zhu: A limited memory algorithm for bound constrained optimization, SIAM
    Journal on Scientific Computing 16, 1995.
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
        """Go down to a minimum, or as far as the limits allow, and return the loss there.

        Parameters
        ----------
        closure : callable
            Forgets the gradients, computes the loss, calls its ``backward`` and returns it.

        Raises
        ------
        TypeError
            Without a closure.
        MissingProgramError
            If SciPy is not installed.
        """
        if closure is None:
            raise TypeError("LBFGS computes the loss many times: write step(closure).")
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
                callback=partial(np.copyto, accepted),
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
            _write(parameters, accepted)  # the last good point, also when interrupted
        return float(self.result.fun)


def _read(parameters: list[Any], name: str) -> Any:
    """Return the data or the gradients of all parameters as one vector; no gradient is zero."""
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
