"""`check_gradients`: whether a derivative is right, and if not, where and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.check.analytic import gradient_of
from autograd.check.checked_function import Subject
from autograd.check.pipeline import Options, Procedure
from autograd.check.report import Report
from autograd.errors import DataError, GradientError


def check_gradients(
    f: Callable[..., Any],
    *inputs: Any,
    gradient: Any = None,
    vjp: Callable[..., Any] | None = None,
    order: int = 1,
    modes: Sequence[str] = ("reverse",),
    method: str = "auto",
    projections: int = 4,
    rtol: float | None = None,
    seed: int = 0,
    names: Sequence[str] | None = None,
    explain: bool = True,
    raises: bool = True,
) -> Report:
    """Compare derivatives with finite differences.

    Without `gradient` and `vjp` it is this library's own derivative of `f` that is checked: `f`
    then gets floats as Values and arrays as Tensors. Otherwise `f` gets plain floats and arrays.

    Parameters
    ----------
    f : callable
        Any function of floats, arrays, and nested tuples, lists and dicts of them; what it
        returns may be nested as well. Of several results the whole Jacobian is checked.
    *inputs : float, array_like or containers of them
        Where to check. Integer arrays are constants, and so are integers inside containers.
    gradient : callable, array_like, containers of them, or True, optional
        The derivative to check instead: the gradient itself or a function of the inputs that
        returns it. For one input an array like it, for several a tuple, with None for what has
        none, or a dict by name. For an array-valued `f` the Jacobian: the shape of the result
        followed by that of the input. True says that `f` returns (value, gradient).
    vjp : callable, optional
        A backward pass to check instead: ``vjp(g, *inputs)`` returns the vector-Jacobian products
        with `g`, which has the form of the result.
    order : int
        Check all derivatives up to this order; above the first only those of this library.
    modes : sequence of {"reverse", "forward"}
        How this library is to find the derivatives: by `backward`, or by pushing tangents
        forward through the graph.
    method : {"auto", "full", "projected"}
        Element by element, or along random directions: by default up to 1,000 inputs the first.
    projections : int
        How many random directions to take.
    rtol : float, optional
        The relative difference to accept beyond the estimated error of the finite difference;
        1e-7 by default, and 1e-3 in single precision.
    seed : int
        Of the random directions.
    names : sequence of str, optional
        What to call the inputs in the report; by default what `f` calls them.
    explain : bool
        Whether to look for the reason when a derivative is wrong.
    raises : bool
        Whether to raise when the report is not `ok`, or only to return it.

    Returns
    -------
    Report
        A comparison for each derivative, the reasons where any is wrong, and notes.

    Raises
    ------
    GradientError
        If any derivative is wrong, or cannot be checked; its ``report`` tells which and why.
    DataError
        If there is nothing to differentiate, or `gradient` has not the structure of the inputs.

    Examples
    --------
    >>> import numpy as np
    >>> check_gradients(lambda w, x: np.tanh(w * x), 0.5, 2.0)
           analytic     numerical  difference
    w  0.8399486832  0.8399486832     ...  ok
    x  0.2099871708  0.2099871708     ...  ok
    2 derivatives checked: none wrong

    A gradient written by hand, or from anywhere else:

    >>> def loss(w):
    ...     return np.mean((w - 1) ** 2)
    >>> report = check_gradients(loss, np.zeros(4), gradient=lambda w: 2 * (w - 1), raises=False)
    >>> report.ok
    False
    >>> print(report.reasons[0])
    The gradient with respect to w is 4 times too large: 4 is the number of elements of w.
    """
    if gradient is True:
        both = f
        f, gradient = (lambda *a: both(*a)[0]), (lambda *a: both(*a)[1])
        names = names if names is not None else Subject(both, inputs, False).names
    if gradient is not None and vjp is not None:
        raise DataError("Give either gradient= or vjp=: one derivative is checked at a time.")
    _refuse_nonsense(order, modes, method, projections, gradient is not None or vjp is not None)
    subject = Subject(f, inputs, gradient is None and vjp is None, names)
    options = Options(tuple(modes), method, projections, rtol, seed, explain)
    report = Procedure(subject, gradient, vjp, options).run()
    for number in range(2, order + 1):
        subject = Subject(gradient_of(f, subject), inputs, True, subject.names, is_gradient=True)
        f = subject.f
        report = _joined(report, Procedure(subject, None, None, options).run(), number)
    if raises and not report.ok:
        raise GradientError(f"{_headline(report)}\n{report}", report)
    return report


def assert_gradients(f: Callable[..., Any], *inputs: Any, **options: Any) -> None:
    """Raise unless the derivatives of `f` are right: `check_gradients` for tests.

    Takes what `check_gradients` takes. Under pytest the failure shows the line of the test, and
    the report.

    Raises
    ------
    GradientError
        An AssertionError, whose ``report`` tells which derivative is wrong.

    Examples
    --------
    >>> import numpy as np
    >>> assert_gradients(np.sin, 0.5, gradient=np.cos)
    """
    __tracebackhide__ = True
    report = check_gradients(f, *inputs, **{**options, "raises": False})
    if not report.ok:
        raise GradientError(f"{_headline(report)}\n{report}", report)


def _refuse_nonsense(
    order: int, modes: Sequence[str], method: str, projections: int, foreign: bool
) -> None:
    if isinstance(modes, str) or not modes or not set(modes) <= {"reverse", "forward"}:
        raise DataError(f'modes= is a tuple of "reverse" and "forward", not {modes!r}.')
    if method not in ("auto", "full", "projected"):
        raise DataError(f'method= is "auto", "full" or "projected", not {method!r}.')
    if order < 1 or projections < 1:
        raise DataError("order= and projections= are at least 1.")
    if foreign and order > 1:
        raise DataError(
            "order= is for derivatives by this library. To check a Hessian, check it as the "
            "derivative of the gradient: check_gradients(gradient, x, gradient=hessian)."
        )


def _joined(first: Report, second: Report, order: int) -> Report:
    for batch in second.batches:
        batch.mode = f"order {order}" + (f", {batch.mode}" if batch.mode else "")
    notes = first.notes + [note for note in second.notes if note not in first.notes]
    return Report(
        first.batches + second.batches,
        first.method or second.method,
        notes,
        first.reasons + [reason for reason in second.reasons if reason not in first.reasons],
        first.evaluations + second.evaluations,
        first.leaves,
    )


def _headline(report: Report) -> str:
    counts = report.counts
    if "WRONG" in counts or "wrong shape" in counts:
        return "The derivatives are wrong."
    if "not deterministic" in counts:
        return "The function is not deterministic: its derivatives cannot be checked."
    if "not finite" in counts:
        return "The derivatives are not finite here."
    if "discontinuous" in counts:
        return "The function is discontinuous here: it has no derivative to check."
    return "The derivatives could not be checked: the function is too coarse to tell."
