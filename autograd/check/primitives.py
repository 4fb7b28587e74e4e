"""`check_primitive`: check every part of one rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.check.checked_function import argument_names
from autograd.check.gradients import check_gradients
from autograd.check.own_parts import faults_of
from autograd.check.report import Report
from autograd.engine import Primitive
from autograd.errors import DataError, GradientError
from autograd.rules.redefinable import WRAPPED


def check_primitive(
    primitive: Primitive,
    *inputs: Any,
    keywords: dict[str, Any] | None = None,
    order: int = 2,
    raises: bool = True,
    **options: Any,
) -> Report:
    """Check every part of a rule in one call.

    This checks its derivatives in reverse and forward mode up to `order`, alone and inside another
    function (where cotangents are nodes), with arrays and with numbers, in double and in single
    precision; shapes and types of what the rule returns; and, for an elementwise rule, arguments
    that broadcast and empty ones. What it has beside them is compared with its function and its
    derivative: batch rule, source text, C where there is a compiler, and sparsity.

    Parameters
    ----------
    primitive : Primitive
        What `elementwise`, `linear` or `define` returned.
    *inputs : float or array_like
        Its arguments.
    keywords : dict, optional
        Its keyword arguments.
    order : int
        The highest order of derivatives to check.
    raises : bool
        Whether to raise an error if the report is not `ok`.
    **options
        Further options of `check_gradients`.

    Returns
    -------
    Report
        The report. The mode of each comparison is "" for reverse mode with arrays, "forward",
        "order 2", "inside" (a square), "numbers" (Values), "broadcast", or "float32". Errors other
        than wrong numbers are in its ``faults``.

    Raises
    ------
    GradientError
        If a derivative is wrong.
    DataError
        If it is not a primitive. Functions are checked by `check_gradients`.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd
    >>> cube = autograd.elementwise(lambda x: x**3, None, lambda y, x: 3 * x**2, name="cube")
    >>> autograd.check_primitive(cube, np.array([0.5, -2.0])).ok
    True
    """
    primitive = WRAPPED.get(primitive, primitive)
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
    real = all(x.dtype.kind == "f" and x.size for x in arrays)
    report = check_gradients(call, *arrays, order=order, **options)
    if report.interrupted:
        return report
    if order > 1:
        _add(report, "inside", _square_of(call), arrays, {**options, "order": order})
    if real and primitive.partials is not None and len(moving) == len(inputs):
        numbers = [float(x.flat[0]) for x in arrays]
        _add(report, "numbers", call, numbers, {**options, "order": order})
        _add(report, "broadcast", call, _broadcasting(arrays), options)
        _add_faults(report, primitive, [x[:0] for x in map(np.ravel, arrays)], moving, keywords)
    if real:
        single = [x.astype(np.float32) for x in arrays]
        _add(report, "float32", call, single, options)
        filled = [*arguments]
        for position, x in zip(moving, single, strict=True):
            filled[position] = x
        _add_faults(report, primitive, filled, moving, keywords)
    report.faults.extend(faults_of(primitive, arguments, keywords or {}))
    if raises and not report.ok:
        raise GradientError(f"The rule of {primitive.name!r} is wrong.\n{report}", report)
    return report


def _square_of(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return the square of a function, whose cotangents depend on the inputs."""

    def square(*nodes: Any) -> Any:
        y = call(*nodes)
        return tuple(part * part for part in y) if isinstance(y, (tuple, list)) else y * y

    return square


def _broadcasting(arrays: list[Any]) -> list[Any]:
    """Return the arguments with at most two elements each, along different axes."""
    few = [np.ravel(x)[:2] for x in arrays]
    return [
        np.reshape(x, [x.size if i == own else 1 for i in range(len(few))])
        for own, x in enumerate(few)
    ]


def _add_faults(
    report: Report, primitive: Primitive, arguments: list[Any], moving: list[int], keywords: Any
) -> None:
    """Report results of the rule whose shape or type differs from that of the argument."""
    keywords = keywords or {}
    y = primitive.function(*arguments, **keywords)
    if not isinstance(y, (np.ndarray, np.generic)) or y.dtype.kind != "f":
        return
    for argnum in moving:
        x = arguments[argnum]
        pulled = primitive.pullback(argnum, np.ones_like(y), y, tuple(arguments), keywords)
        found, wanted = (np.shape(pulled), _type(pulled)), (x.shape, x.dtype)
        if found[0] != wanted[0] or (y.dtype == x.dtype and found[1] != wanted[1]):
            report.faults.append(
                f"For argument {argnum}, {x.dtype} of shape {x.shape}, the rule returns "
                f"{found[1]} of shape {found[0]}."
            )


def _type(x: Any) -> Any:
    """Return the type of an array; None for a Python number, which takes any."""
    return np.asarray(x).dtype if isinstance(x, (np.ndarray, np.generic)) else None


def _as_array(primitive: Primitive, argnum: int, x: Any) -> Any:
    """Convert an argument that may be a node to an array, integers to floating point."""
    if 0 <= primitive.arity <= argnum:
        return x
    array = np.asarray(x)
    return array if isinstance(x, np.ndarray) or array.dtype.kind in "fc" else array.astype(float)


def _add(
    report: Report, mode: str, call: Callable[..., Any], inputs: list[Any], options: dict[str, Any]
) -> None:
    """Check at other inputs, and add the result to the report; one search for reasons is enough."""
    options = {**options, "explain": options.get("explain", True) and not report.reasons}
    try:
        other = check_gradients(call, *inputs, **options)
    except Exception as error:  # such as a rule that does not accept nodes
        report.faults.append(f"{mode}: {type(error).__name__}: {error}")
        return
    if other.interrupted:
        raise KeyboardInterrupt
    for batch in other.batches:
        batch.mode = f"{mode}, {batch.mode}" if batch.mode else mode
    report.batches.extend(other.batches)
    report.faults.extend(other.faults)
    report.reasons.extend(reason for reason in other.reasons if reason not in report.reasons)
    report.lines.extend(other.lines)
    report.evaluations += other.evaluations
