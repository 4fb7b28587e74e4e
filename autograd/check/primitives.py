"""`check_primitive`: everything that can be asked of one row of the table of rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.check.checked_function import argument_names
from autograd.check.gradients import check_gradients
from autograd.check.report import Report
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
    """Check everything that a rule consists of, in one call.

    Its derivatives backward and forward, up to `order`, alone and inside of another function, so
    that cotangents are nodes as well; of arrays and of numbers, in double and in single precision,
    which it must keep; the shape of what it returns for each argument; and, if it is elementwise,
    arguments that broadcast, and empty ones.

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
        "forward", "order 2", "inside" of a square, "numbers" for Values, "broadcast", "float32" for
        single precision. What is wrong beside the numbers is in its ``faults``.

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
    real = all(x.dtype.kind == "f" and x.size for x in arrays)
    report = check_gradients(call, *arrays, order=order, **options)
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
    if raises and not report.ok:
        raise GradientError(f"The rule of {primitive.name!r} is wrong.\n{report}", report)
    return report


def _square_of(call: Callable[..., Any]) -> Callable[..., Any]:
    """Square what a function returns: going backward, its cotangent then depends on the inputs."""

    def square(*nodes: Any) -> Any:
        y = call(*nodes)
        return tuple(part * part for part in y) if isinstance(y, (tuple, list)) else y * y

    return square


def _broadcasting(arrays: list[Any]) -> list[Any]:
    """Give each argument an axis of its own, of at most two elements."""
    few = [np.ravel(x)[:2] for x in arrays]
    return [
        np.reshape(x, [x.size if i == own else 1 for i in range(len(few))])
        for own, x in enumerate(few)
    ]


def _add_faults(
    report: Report, primitive: Primitive, arguments: list[Any], moving: list[int], keywords: Any
) -> None:
    """Note where the rule returns another shape or type than that of the argument."""
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
    """Return the type of an array: a Python number has none of its own and takes any."""
    return np.asarray(x).dtype if isinstance(x, (np.ndarray, np.generic)) else None


def _as_array(primitive: Primitive, argnum: int, x: Any) -> Any:
    """Make an array of an argument that may be a node; whole numbers become floating point."""
    if 0 <= primitive.arity <= argnum:
        return x
    array = np.asarray(x)
    return array if isinstance(x, np.ndarray) or array.dtype.kind in "fc" else array.astype(float)


def _add(
    report: Report, mode: str, call: Callable[..., Any], inputs: list[Any], options: dict[str, Any]
) -> None:
    """Check the same at other inputs, and put what was found into the report."""
    try:
        other = check_gradients(call, *inputs, **options)
    except Exception as error:  # such as a rule that cannot take nodes: that is what we look for
        report.faults.append(f"{mode}: {type(error).__name__}: {error}")
        return
    for batch in other.batches:
        batch.mode = f"{mode}, {batch.mode}" if batch.mode else mode
    report.batches.extend(other.batches)
    report.faults.extend(other.faults)
    report.reasons.extend(reason for reason in other.reasons if reason not in report.reasons)
    report.evaluations += other.evaluations
