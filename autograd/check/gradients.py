"""Check what `backward` finds against finite differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.check.finite_differences import central_difference
from autograd.check.report import Comparison, Report
from autograd.engine import Node, Tensor, Value, no_grad
from autograd.errors import DataError, GradientError


def check_gradients(f: Callable[..., Any], *inputs: Any, rtol: float | None = None) -> Report:
    """Compare the derivatives of `f` by `backward` with finite differences.

    Parameters
    ----------
    f : callable
        Takes as many nodes as there are `inputs` and returns a node. Of an array it is the
        sum, weighted at random (but always the same), that is differentiated.
    *inputs : float or array_like
        Where to check. Floats reach `f` as Values, everything else as Tensors.
    rtol : float, optional
        The relative difference to accept beyond the estimated error of the finite difference;
        1e-7 by default, and 1e-3 in single precision.

    Returns
    -------
    Report
        A comparison for each element of each input.

    Raises
    ------
    GradientError
        If any derivative is wrong, or cannot be checked because it is infinite or NaN; its
        ``report`` tells which.
    DataError
        If `f` does not return a node.

    Examples
    --------
    >>> import numpy as np
    >>> print(check_gradients(lambda w, x: np.tanh(w * x), 0.5, 2.0))  # doctest: +ELLIPSIS
                   backward  finite difference  difference
    inputs[0]  0.8399486832       0.8399486832     ...  ok
    inputs[1]  0.2099871708       0.2099871708     ...  ok
    2 derivatives checked: none wrong
    """
    leaves = [_leaf(x) for x in inputs]
    result = f(*leaves)
    if not isinstance(result, Node):
        raise DataError(
            f"The function returned {type(result).__name__}, not a node: nothing in it depends "
            "on the inputs, or the derivative was lost on the way."
        )
    weights = _weights(result)
    _backward(result, weights)
    precision = max(float(np.finfo(dtype).eps) for dtype in _dtypes(leaves, result))
    relative = rtol if rtol is not None else (1e-7 if precision < 1e-12 else 1e-3)
    found = []
    for position, leaf in enumerate(leaves):
        for index in np.ndindex(leaf.shape):
            where = f"inputs[{position}]" + (f"[{', '.join(map(str, index))}]" if index else "")
            analytic = _element(leaf.grad, index)
            numeric, error = _numeric(f, leaves, leaf, index, weights, precision)
            tolerance = error + relative * max(abs(analytic), abs(numeric))
            found.append(Comparison(where, analytic, numeric, tolerance))
    # A derivative that is tiny beside the others may be what is left of their cancellation.
    largest = max((abs(c.numeric) for c in found if np.isfinite(c.numeric)), default=0.0)
    slack = relative / 100 * largest
    note = "" if np.size(weights) == 1 else "(of the sum of all results, each with a random weight)"
    report = Report([replace(c, tolerance=c.tolerance + slack) for c in found], note)
    if not report.ok:
        wrong = any(c.verdict == "WRONG" for c in report.comparisons)
        what = "The derivatives are wrong." if wrong else "The derivatives are not finite here."
        raise GradientError(f"{what}\n{report}", report)
    return report


def _leaf(x: Any) -> Any:
    if isinstance(x, Node):
        x = x.data  # type: ignore[attr-defined]
    if isinstance(x, (float, int)):
        return Value(x)
    return Tensor(np.array(x))  # a copy: it will be stepped up and down in place


def _weights(result: Any) -> Any:
    if isinstance(result, Value):
        return 1.0
    random = np.random.default_rng(0)
    weights = random.uniform(0.5, 1.5, result.shape)
    if result.dtype.kind == "c":
        weights = weights + 1j * random.uniform(0.5, 1.5, result.shape)
    return np.asarray(weights.astype(result.dtype)) if result.size != 1 else np.ones_like(result)


def _backward(result: Any, weights: Any) -> None:
    if isinstance(result, Tensor):
        if result.requires_grad:
            result.backward(weights)
    else:
        result.backward(weights)


def _dtypes(leaves: list[Any], result: Any) -> list[Any]:
    return [x.dtype if isinstance(x, Tensor) else np.float64 for x in (*leaves, result)]


def _element(gradient: Any, index: tuple[int, ...]) -> Any:
    if gradient is None:
        return 0.0
    return gradient if isinstance(gradient, float) else gradient[index].item()


def _numeric(
    f: Callable[..., Any],
    leaves: list[Any],
    leaf: Any,
    index: tuple[int, ...],
    weights: Any,
    precision: float,
) -> tuple[Any, float]:
    """Step one element up and down, and along the imaginary axis if it is complex."""
    start = leaf.data if isinstance(leaf, Value) else leaf.data[index]

    def moved(to: Any) -> float:
        if isinstance(leaf, Value):
            leaf.data = to
        else:
            leaf.data[index] = to
        with no_grad():
            result = f(*leaves).data
        return float(np.real(np.sum(weights * result)))

    try:
        numeric, error = central_difference(
            lambda x: moved(x + 1j * start.imag) if np.iscomplexobj(start) else moved(x),
            float(start.real),
            precision,
        )
        if np.iscomplexobj(start):
            across, more = central_difference(
                lambda x: moved(start.real + 1j * x), float(start.imag), precision
            )
            return complex(numeric, -across), error + more
        return numeric, error
    finally:
        if isinstance(leaf, Value):
            leaf.data = start
        else:
            leaf.data[index] = start
