"""`check_gradients`: whether a derivative is right, and if not, where and why."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.check.analytic import NothingRecordedError, gradient_of
from autograd.check.checked_function import CheckedFunction
from autograd.check.coincidences import Coincidences
from autograd.check.explain.lost import lost_entirely
from autograd.check.explain.reasons import explain as explain_it
from autograd.check.frameworks import adapted
from autograd.check.given import Given
from autograd.check.hints import refuse_bad_stage
from autograd.check.pipeline import run
from autograd.check.report import Report
from autograd.check.settings import Options
from autograd.check.state import Check
from autograd.check.tolerance import allow_for_tolerance
from autograd.check.verdicts import (
    DISCONTINUOUS,
    IGNORED,
    MISSHAPEN,
    NOT_COMPARED,
    NOT_FINITE,
    RANDOM,
    VERDICTS,
    WRONG,
)
from autograd.errors import DataError, GradientError
from autograd.prompt import keep_typed_source


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
    wrt: str | int | Sequence[str | int] | None = None,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    vary: bool = True,
    explain: bool = True,
    raises: bool = True,
    hints: int | None = None,
    progress: bool | None = None,
) -> Report:
    """Compare derivatives with finite differences.

    Without `gradient` and `vjp`, this checks this library's own derivative of `f`, which is called
    with Values for floats and Tensors for arrays; or PyTorch's or JAX's, if `f` or an input is of
    theirs. Otherwise `f` is called with floats and arrays.

    Parameters
    ----------
    f : callable
        A function of floats, arrays, and nested tuples, lists and dicts of them. It may return
        the same. The whole Jacobian is checked. The parameters of a module of PyTorch are inputs
        as well.
    *inputs : float, array_like or containers of them
        The point at which to check. Integer arrays, and integers in containers, are constants.
    gradient : callable, array_like, containers of them, or True, optional
        The derivative to check instead: the gradient, or a function of the inputs that returns it.
        For one input an array of its shape; for several a tuple, with None for what is not to be
        checked, or a dict by name (``W`` or ``dW``). For an array-valued `f` the Jacobian, whose
        shape is that of the result followed by that of the input; it may be a sparse matrix of
        SciPy. True: `f` returns (value, gradient).
    vjp : callable, optional
        A backward pass to check instead: ``vjp(g, *inputs)`` returns the vector-Jacobian products
        with `g`, which has the structure of the result. If `f` returns (result, cache), it may be
        ``vjp(g, cache)``.
    order : int
        The highest order of derivatives to check. Above 1 only for derivatives by this library.
    modes : sequence of {"reverse", "forward"}
        The modes of differentiation to check, for derivatives by this library.
    method : {"auto", "full", "projected"}
        "full" checks element by element, "projected" along random directions. "auto" chooses
        "full" for up to 1,000 inputs.
    projections : int
        The number of random directions.
    rtol : float, optional
        The relative difference to accept beyond the estimated error of the finite difference.
        By default 1e-7; in single precision 1e-4, or 1e-3 if `f` has no double precision or the
        gradient is given as an array.
    seed : int
        The seed of the random directions.
    names : sequence of str, optional
        Names of the inputs for the report. By default the parameter names of `f`.
    wrt : str, int or sequence of them, optional
        The names or positions of the inputs to differentiate. The others are data, which `f` gets
        as they are. By default all.
    args, kwargs
        Further arguments of `f`, `gradient` and `vjp`.
    vary : bool
        Whether to check a derivative that is right once more at other numbers, where those given
        or passed on may hide a mistake: zeros, ones, equal or only positive numbers, symmetric
        matrices, one example.
    explain : bool
        Whether to search for the reasons of wrong derivatives.
    raises : bool
        Whether to raise an error if the report is not `ok`.
    hints : int, optional
        How much the report shows, for courses: 1 the verdict, 2 the wrong elements, 3 the line,
        4 the kind of mistake, 5 everything. `Report.hint` shows another stage.
    progress : bool, optional
        Whether to show on the standard error stream how far the check is, after two seconds. By
        default in terminals and notebooks.

    Returns
    -------
    Report
        A comparison for each derivative, the reasons if any is wrong, and notes.

    Raises
    ------
    GradientError
        If a derivative is wrong or cannot be checked. Its ``report`` says which and why.
    DataError
        If there is nothing to differentiate, or `gradient` does not have the structure of the
        inputs.
    KeyboardInterrupt
        If the user interrupts the check. It prints the report on what is known so far. With
        ``raises=False`` that report is returned, unless nothing is known yet.

    Examples
    --------
    >>> import numpy as np
    >>> check_gradients(lambda w, x: np.tanh(w * x), 0.5, 2.0)
           analytic     numerical  difference
    w  0.8399486832  0.8399486832     ...  ok
    x  0.2099871708  0.2099871708     ...  ok
    2 derivatives checked: none wrong

    A gradient written by hand:

    >>> def loss(w):
    ...     return np.mean((w - 1) ** 2)
    >>> report = check_gradients(loss, np.zeros(4), gradient=lambda w: 2 * (w - 1), raises=False)
    >>> report.ok
    False
    >>> print(report.reasons[0])
    The gradient with respect to w is 4 times too large: 4 is the number of elements of w.
    """
    if hints is not None:
        refuse_bad_stage(hints)
    own = gradient is None and vjp is None
    if gradient is not None and vjp is not None:
        raise DataError("Pass either gradient= or vjp=: one derivative is checked at a time.")
    framework = adapted(f, inputs, names, args, kwargs) if own else None
    if framework is not None:
        f, vjp, own = framework.f, framework.vjp, False
        inputs, names = framework.inputs, framework.names
        args, kwargs = (), {}
    _refuse_bad_options(order, modes, method, projections, not own)
    keep_typed_source()
    given = Given(f, inputs, gradient, vjp, names, args, kwargs)
    data = given.data(wrt if wrt is not None or framework is None else framework.asked)
    function = CheckedFunction(given.f, inputs, own, given.names, data=data)
    options = Options(tuple(modes), method, projections, rtol, seed, progress, given.further)
    report = _report(function, given.gradient, given.vjp, options, explain)
    if vary and not own and framework is None:
        report = _varied(report, function, given, options, explain)
    report.notes += given.notes
    if own and _looks_like_both(function):
        report.notes.append(
            "If the function returns its value and gradient, pass gradient=True to check that one."
        )
    for number in range(2, order + 1):
        if report.interrupted:
            break
        higher = gradient_of(function.f, function)
        function = CheckedFunction(higher, inputs, True, given.names, True, data)
        _join(report, _report(function, None, None, options, explain), number)
    report.hints = hints
    if raises:
        raise_unless_ok(report)
    return report


def assert_gradients(f: Callable[..., Any], *inputs: Any, **options: Any) -> None:
    """Raise unless the derivatives of `f` are right: `check_gradients` for tests.

    Under pytest, the failure shows the line of the test and the report.

    Parameters
    ----------
    f, *inputs
        The function and its inputs, as for `check_gradients`.
    **options
        The keyword arguments of `check_gradients`.

    Raises
    ------
    GradientError
        An AssertionError whose ``report`` says which derivative is wrong.

    Examples
    --------
    >>> import numpy as np
    >>> assert_gradients(np.sin, 0.5, gradient=np.cos)
    """
    __tracebackhide__ = True
    raise_unless_ok(check_gradients(f, *inputs, **{**options, "raises": False}))


def raise_unless_ok(report: Report) -> None:
    """Raise GradientError with a report that is not `ok`; KeyboardInterrupt if interrupted."""
    __tracebackhide__ = True
    if report.interrupted:
        raise KeyboardInterrupt(f"The check was interrupted.\n{report}")
    if not report.ok:
        raise GradientError(f"{_headline(report)}\n{report}", report)


def _refuse_bad_options(
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
            "order= is for derivatives by this library. Check a Hessian as the derivative of the "
            "gradient: check_gradients(gradient, x, gradient=hessian)."
        )


def _report(
    function: CheckedFunction, gradient: Any, vjp: Any, options: Options, explain: bool
) -> Report:
    """Carry out one check, and explain what is wrong."""
    with np.errstate(all="ignore"):
        try:
            check = Check(function, gradient, vjp, options)
        except NothingRecordedError as error:
            lost = lost_entirely(function) if explain else ""
            raise DataError(f"{error}\n{lost}" if lost else str(error)) from None
        absent = _absent(check)
        if absent:
            check = Check(_without(function, absent), gradient, vjp, options)
            check.report.notes.append(
                f"Not checked: {', '.join(absent)}. No derivative was given for it."
            )
    report = check.report
    try:
        _compare(check)
        if explain and not report.ok:
            explain_it(check, check_gradients)
        if not report.reasons:
            allow_for_tolerance(check)
    except KeyboardInterrupt:
        if set(report.counts) <= {VERDICTS[NOT_COMPARED]}:
            raise  # nothing is known yet
        report.interrupted = True
        report.notes.append("The user interrupted the check; this is what was known.")
    finally:
        check.progress.close()
    return report


def _varied(
    report: Report, function: CheckedFunction, given: Given, options: Options, explain: bool
) -> Report:
    """Return the report, or one about other numbers if those given hide a mistake."""
    repeatable = callable(given.gradient) or given.vjp is not None
    if not report.ok or report.interrupted or not repeatable:
        return report

    def look(moved: CheckedFunction, options: Options, explains: bool) -> Report:
        return _report(moved, given.gradient, given.vjp, options, explains and explain)

    coincidences = Coincidences(function, options, look)
    other = coincidences.report()
    if other is None:
        report.notes += coincidences.notes()
    with contextlib.suppress(Exception):  # what it keeps belongs to the inputs again
        function.call(function.objects(function.x))
    return report if other is None else other


def _compare(check: Check) -> None:
    """Compare the derivatives, and count what that takes."""
    try:
        with np.errstate(all="ignore"):
            run(check)
    finally:
        functions = {id(f): f for f in (check.function, check.reference)}
        check.report.evaluations = sum(f.evaluations for f in functions.values())


def _absent(check: Check) -> list[str]:
    """Return the inputs for which None was given as the derivative."""
    found = {path for claim in check.claims.values() for path in claim.absent}
    return [leaf.path for leaf in check.function.inputs if leaf.path in found]


def _without(function: CheckedFunction, paths: Sequence[str]) -> CheckedFunction:
    """Return the same function with some of the inputs as data."""
    if len(paths) == len(function.inputs):
        raise DataError("The gradient is None: there is nothing to check.")
    data = (*function.data, *paths)
    return CheckedFunction(function.f, function.template, False, function.names, data=data)


def _looks_like_both(function: CheckedFunction) -> bool:
    """Return whether a function may return its value and its gradient."""
    first, *others = [(leaf.path, leaf.data.shape) for leaf in function.outputs]
    shapes = [leaf.data.shape for leaf in function.inputs]
    return first == ("result[0]", ()) and [shape for _, shape in others] == shapes


def _join(report: Report, other: Report, order: int) -> None:
    """Add the report on a higher order of derivatives."""
    for batch in other.batches:
        batch.order = order
        batch.mode = f"order {order}" + (f", {batch.mode}" if batch.mode else "")
    report.batches += other.batches
    report.method = report.method or other.method
    report.notes += [note for note in other.notes if note not in report.notes]
    report.reasons += [reason for reason in other.reasons if reason not in report.reasons]
    report.evaluations += other.evaluations
    report.interrupted = other.interrupted


def _headline(report: Report) -> str:
    found = {VERDICTS.index(verdict) for verdict in report.counts}
    if found & {WRONG, MISSHAPEN}:
        return "The derivatives are wrong."
    if RANDOM in found:
        return "The function is not deterministic, so its derivatives cannot be checked."
    if NOT_FINITE in found:
        return "The derivatives are not finite here."
    if DISCONTINUOUS in found:
        return "The function is discontinuous here, so it has no derivative to check."
    if IGNORED in found:
        return "The result does not depend on the inputs, so there is nothing to check."
    return "The derivatives could not be checked: the function is too coarse or too noisy."
