"""`check_primitive`: everything that can be asked of one row of the table of rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.check.gradients import check_gradients
from autograd.check.report import Report
from autograd.check.subject import argument_names
from autograd.engine import Primitive
from autograd.errors import DataError, GradientError


def check_primitive(
    primitive: Primitive,
    *inputs: Any,
    keywords: dict[str, Any] | None = None,
    order: int = 2,
    raises: bool = True,
    **options: Any,
) -> Report:
    """Check a rule: backward and forward, higher derivatives, numbers and arrays, both precisions.

    Parameters
    ----------
    primitive : Primitive
        What `elementwise`, `linear` or `define` returned.
    *inputs : float or array_like
        Arguments to call it with.
    keywords : dict, optional
        Keyword arguments to call it with.
    order : int
        Check derivatives up to this order.
    raises : bool
        Whether to raise when something is wrong, or only to return the report.
    **options
        More options for `check_gradients`.

    Returns
    -------
    Report
        What was found; the mode of each comparison tells how: "" for backward with arrays,
        "forward", "order 2", "numbers" for Values, "float32" for single precision.

    Raises
    ------
    GradientError
        If a derivative is wrong.
    DataError
        If it is no primitive: a function, also one of `autograd.extend`, is for `check_gradients`.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd
    >>> cube = autograd.elementwise(lambda x: x**3, None, lambda y, x: 3 * x**2, name="cube")
    >>> autograd.check_primitive(cube, np.array([0.5, -2.0])).ok
    True
    """
    if not isinstance(primitive, Primitive):
        raise DataError(
            "check_primitive is for what elementwise, linear or define returned, not for "
            f"{primitive!r}. A function is checked by check_gradients(f, *inputs)."
        )
    arguments = [_as_array(primitive, argnum, x) for argnum, x in enumerate(inputs)]
    moving = [i for i, x in enumerate(arguments) if getattr(x, "dtype", np.dtype(int)).kind in "fc"]
    names = argument_names(primitive.function, len(inputs))
    options = {
        "names": [names[i] for i in moving],
        "modes": ("reverse", "forward"),
        **options,
        "raises": False,
    }

    def call(*nodes: Any) -> Any:
        filled = [*arguments]
        for position, node in zip(moving, nodes, strict=True):
            filled[position] = node
        return primitive(*filled, **(keywords or {}))

    arrays = [arguments[i] for i in moving]
    report = check_gradients(call, *arrays, order=order, **options)
    real = all(x.dtype.kind == "f" and x.size for x in arrays)
    if real and primitive.partials is not None and len(moving) == len(inputs):
        numbers = [float(x.flat[0]) for x in arrays]
        _add(report, check_gradients(call, *numbers, order=order, **options), "numbers")
    if real:
        single = [x.astype(np.float32) for x in arrays]
        _add(report, check_gradients(call, *single, **options), "float32")
    if raises and not report.ok:
        raise GradientError(f"The rule of {primitive.name!r} is wrong.\n{report}", report)
    return report


def _as_array(primitive: Primitive, argnum: int, x: Any) -> Any:
    """Make an array of an argument that may be a node; whole numbers become floating point."""
    if 0 <= primitive.arity <= argnum:
        return x
    array = np.asarray(x)
    return array if isinstance(x, np.ndarray) or array.dtype.kind in "fc" else array.astype(float)


def _add(report: Report, other: Report, mode: str) -> None:
    for batch in other.batches:
        batch.mode = f"{mode}, {batch.mode}" if batch.mode else mode
    report.batches.extend(other.batches)
    report.reasons.extend(reason for reason in other.reasons if reason not in report.reasons)
    report.evaluations += other.evaluations
