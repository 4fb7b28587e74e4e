"""Integrals of functions: by their limits, and by all that the functions depend on."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate as _original

from autograd.captured import AllAtOnce, Made, closed_over, pulled
from autograd.engine import Node, dispatch
from autograd.engine.closures import begin_call
from autograd.engine.dispatch import plain
from autograd.engine.grad_mode import is_recording
from autograd.errors import NoRuleError, SolutionError
from autograd.implicit.equations import variable
from autograd.rules.custom import define
from autograd.rules.entries import in_turn
from autograd.rules.node_lists import as_array
from autograd.scipy.fallback import has_node, joined, with_copies
from autograd.scipy.held import nodes_held
from autograd.scipy.jumps import assert_no_moving_jump

Function = Callable[..., Any]

#: The options of `quad` that change what is integrated.
WEIGHTS = ("weight", "wvar", "complex_func")


@in_turn
def quad(func: Function, a: Any, b: Any, args: Any = (), **options: Any) -> Any:
    """Integrate a function of one number; see `scipy.integrate.quad`.

    The derivative by a limit is the function there; that by anything else is the integral of the
    derivative, again by SciPy and to the same tolerances. Comparisons have no derivative: where
    `func` jumps at a place that depends on a node, integrate up to it and from there on.

    Parameters
    ----------
    func : callable
        ``func(x, *args)`` returns a number; it may close over nodes.
    a, b : float
        The limits, also infinite; nodes if they are finite.
    args : tuple
        Further arguments, also nodes.
    **options
        As for SciPy.

    Returns
    -------
    y : float or node
        The integral; a node if anything depends on nodes.
    abserr, ...
        As from SciPy.

    Raises
    ------
    SolutionError
        If something depends on nodes and the integral, or that of a derivative, does not converge.
    NoDerivativeError
        If `func`, or its derivative, jumps at a place that depends on a node.
    NoRuleError
        If something depends on nodes and there is a weight function.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.integrate import quad
    >>> round(grad(lambda k: quad(lambda x: np.exp(-k * x), 0, np.inf)[0])(2.0), 9)  # of 1 / k
    -0.25
    """
    args = args if isinstance(args, tuple) else (args,)
    integral = _Integral(lambda x: func(x, *args), a, b, _Quad(options))
    if integral.is_node and any(name in options for name in WEIGHTS):
        raise NoRuleError(
            f"quad with {', '.join(n for n in WEIGHTS if n in options)} has no derivative: multiply "
            "the function by its weight, or integrate its real and its imaginary part."
        )
    return integral.result


@in_turn
def quad_vec(f: Function, a: Any, b: Any, *, args: Any = (), **options: Any) -> Any:
    """Integrate a function of one number that returns an array; see `scipy.integrate.quad_vec`.

    Parameters
    ----------
    f : callable
        ``f(x, *args)`` returns an array; it may close over nodes.
    a, b : float
        As for `quad`.
    args : tuple
        Further arguments, also nodes.
    **options
        As for SciPy.

    Returns
    -------
    y : array or node
        The integral; a node if anything depends on nodes.
    err, ...
        As from SciPy.

    Raises
    ------
    SolutionError
        As `quad`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import jacobian
    >>> from autograd.scipy.integrate import quad_vec
    >>> powers = np.arange(3.0)
    >>> jacobian(lambda b: quad_vec(lambda x: x**powers, 0.0, b)[0])(2.0).round(6)
    array([1., 2., 4.])
    """
    args = args if isinstance(args, tuple) else (args,)
    return _Integral(lambda x: f(x, *args), a, b, _QuadVec(options)).result


def fixed_quad(func: Function, a: Any, b: Any, args: Any = (), n: int = 5) -> Any:
    """Integrate by Gauss-Legendre quadrature with `n` points; see `scipy.integrate.fixed_quad`."""
    args = args if isinstance(args, tuple) else (args,)
    _original.fixed_quad(lambda x: np.zeros_like(x), plain(a), plain(b), (), n)  # for its errors
    points, weights = np.polynomial.legendre.leggauss(n)
    y = as_array(func((b - a) * (points + 1) / 2.0 + a, *args))
    return (b - a) / 2.0 * np.sum(weights * y, axis=-1), None


@in_turn
def nquad(
    func: Function, ranges: Any, args: Any = (), opts: Any = None, full_output: bool = False
) -> Any:
    """Integrate over several numbers; see `scipy.integrate.nquad`.

    Parameters
    ----------
    func : callable
        ``func(x0, ..., xn, *args)`` returns a number; it may close over nodes.
    ranges : sequence
        For each number a pair of limits, or a function of the numbers after it and `args` that
        returns one. They may be nodes.
    args : tuple
        Further arguments, also nodes.
    opts : dict or sequence of them, optional
        Options of `quad`, as for SciPy; a function of the numbers after it may return them.
    full_output : bool
        As for SciPy; only without nodes.

    Returns
    -------
    result : float or node
        The integral; a node if anything depends on nodes.
    abserr : float
        As from SciPy; of the outermost integral alone if the result is a node.

    Raises
    ------
    SolutionError, NoRuleError
        As `quad`.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.scipy.integrate import nquad
    >>> square = lambda a: nquad(lambda x, y: x * y * a, [(0, 1), (0, 2)])[0]
    >>> round(grad(square)(3.0), 9)
    1.0
    """
    args = args if isinstance(args, tuple) else (args,)
    seen = _Seen(has_node(args, [r for r in ranges if not callable(r)]))
    limits = [seen.noting(r) if callable(r) else plain(tuple(r)) for r in ranges]
    with warnings.catch_warnings(record=True) as seen.complaints:
        warnings.simplefilter("always")
        found = _original.nquad(seen.noting(func), limits, plain(args), opts, full_output)
    if not seen.nodes:
        for one in seen.complaints:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
        return found

    def inner(number: int, outer: tuple[Any, ...]) -> Any:
        """Return the integral over the numbers up to one, for those after it."""
        given = ranges[number]
        low, high = given(*outer, *args) if callable(given) else given
        option = opts[number] if isinstance(opts, (list, tuple)) else opts or {}
        option = option(*outer, *args) if callable(option) else option

        def integrand(x: Any) -> Any:
            if number == 0:
                return func(x, *outer, *args)
            return inner(number - 1, (x, *outer))[0]

        return quad(integrand, low, high, **option)

    return inner(len(ranges) - 1, ())[:2]


@in_turn
def dblquad(
    func: Function, a: Any, b: Any, gfun: Any, hfun: Any, args: Any = (), **options: Any
) -> Any:
    """Integrate over two numbers; see `scipy.integrate.dblquad` and `nquad`."""
    inner = [g if callable(g) else (lambda x, g=g: g) for g in (gfun, hfun)]
    args = args if isinstance(args, tuple) else (args,)

    def limits(x: Any, *_: Any) -> Any:
        return inner[0](x), inner[1](x)

    return nquad(func, [limits, (a, b)], args, options or None)


@in_turn
def tplquad(
    func: Function,
    a: Any,
    b: Any,
    gfun: Any,
    hfun: Any,
    qfun: Any,
    rfun: Any,
    args: Any = (),
    **options: Any,
) -> Any:
    """Integrate over three numbers; see `scipy.integrate.tplquad` and `nquad`."""
    middle = [g if callable(g) else (lambda x, g=g: g) for g in (gfun, hfun)]
    inner = [g if callable(g) else (lambda x, y, g=g: g) for g in (qfun, rfun)]
    args = args if isinstance(args, tuple) else (args,)

    def last(y: Any, x: Any, *_: Any) -> Any:
        return inner[0](x, y), inner[1](x, y)

    def second(x: Any, *_: Any) -> Any:
        return middle[0](x), middle[1](x)

    return nquad(func, [last, second, (a, b)], args, options or None)


class _Seen:
    """Whether functions have returned nodes while a solver got their numbers.

    Then an integral inside that did not converge is an error at once: there may be hundreds of them.
    """

    def __init__(self, nodes: bool) -> None:
        self.nodes = nodes
        self.complaints: list[Any] = []

    def noting(self, function: Function) -> Function:
        """Return the function as numbers."""

        def call(*arguments: Any) -> Any:
            found = joined(function(*arguments))
            self.nodes = self.nodes or has_node(found)
            if self.nodes and self.complaints:
                doubts = [
                    x
                    for x in self.complaints
                    if issubclass(x.category, _original.IntegrationWarning)
                ]
                _assert_converged((0.0,), doubts)
            return plain(found)

        return with_copies(call)


class _Quad:
    """The rule of `quad`: for a vector, one integral for each element, at shared points."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options

    def __call__(self, f: Function, a: float, b: float) -> Any:
        """Return what SciPy does."""
        return _original.quad(f, a, b, (), **self.options)

    def of_vector(self, f: Function, a: float, b: float) -> Any:
        """Return the integral of each element."""
        at = functools.cache(lambda x: np.asarray(f(x)))
        options = {k: v for k, v in self.options.items() if k != "full_output"}
        count = at(_inside(a, b)).size
        parts = [_original.quad(lambda x: at(x)[i], a, b, (), **options)[0] for i in range(count)]  # noqa: B023
        return np.array(parts)


def _inside(a: float, b: float) -> float:
    """Return a point between two limits, which may be infinite."""
    if np.isfinite(a) and np.isfinite(b):
        return (a + b) / 2
    return a + 1.0 if np.isfinite(a) else b - 1.0 if np.isfinite(b) else 0.0


#: The status of `quad_vec` with as many intervals as allowed, and an error above the one asked for.
_LIMIT_REACHED = 1


class _QuadVec:
    """The rule of `quad_vec`."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options

    def __call__(self, f: Function, a: float, b: float) -> Any:
        """Return what SciPy does, and warn if the intervals did not suffice, which it does not."""
        found = _original.quad_vec(f, a, b, **{**self.options, "full_output": True})
        if found[2].status == _LIMIT_REACHED:
            warnings.warn(found[2].message, _original.IntegrationWarning, stacklevel=2)
        return found if self.options.get("full_output") else found[:2]

    def of_vector(self, f: Function, a: float, b: float) -> Any:
        """Return the integral of each element."""
        return self(f, a, b)[0]


class _Vector:
    """The rule for derivatives of integrals, which are vectors, by another rule."""

    def __init__(self, rule: Any) -> None:
        self.rule = rule

    def __call__(self, f: Function, a: float, b: float) -> Any:
        """Return the integral of each element, in place of what SciPy returns."""
        return (self.rule.of_vector(f, a, b),)

    def of_vector(self, f: Function, a: float, b: float) -> Any:
        """Return the integral of each element."""
        return self.rule.of_vector(f, a, b)


class _Integral:
    """An integral as a node: its arguments are the limits and what the function closes over.

    Parameters
    ----------
    function : callable
        A function of one number; it may close over nodes.
    a, b : float or node
        The limits.
    rule : object
        How to integrate numbers and vectors.

    Attributes
    ----------
    result : tuple
        What SciPy returns, with the integral first.
    is_node : bool
        Whether that is a node.
    """

    def __init__(self, function: Function, a: Any, b: Any, rule: Any) -> None:
        self.function: Function = lambda x: joined(function(x))
        self.rule = rule
        begun = begin_call()
        with Made() as made:
            found, complaints, samples = _numbers(self.function, a, b, rule)
        self.others = closed_over(made, [], begun) if is_recording() else []
        if is_recording():
            held = {id(node): node for node in (*self.others, *nodes_held(function))}
            assert_no_moving_jump(
                lambda x: plain(self.function(x)), samples, [*held.values()], "The integrand"
            )
        self.is_node = bool(self.others) or (is_recording() and has_node(a, b))
        self.derivatives = AllAtOnce(range(len(self.others)))
        self.result: Any = found
        if not self.is_node:
            for complaint in complaints:
                warnings.warn(str(complaint.message), complaint.category, stacklevel=4)
            return
        _assert_converged(found, complaints)
        value = found[0]
        primitive = define(lambda *_: value, variadic=self._pull_back, name="integral")
        node = dispatch.apply(primitive, (a, b, *self.others), dispatch.NO_KEYWORDS)
        self.result = (node, *found[1:])

    def _pull_back(self, argnum: int, g: Any, y: Any, a: Any, b: Any, *others: Any) -> Any:
        create = any(isinstance(x, Node) for x in (g, y, a, b, *others))
        if argnum < 2:
            at = self.function(b if argnum else a)
            at = at if create else plain(at)
            return np.sum(g * at) if argnum else -np.sum(g * at)
        return self.derivatives.of(argnum - 2, g, lambda: self._by_others(g, a, b, create))

    def _by_others(self, g: Any, a: Any, b: Any, create: bool) -> list[Any]:
        """Integrate the derivatives by what the function closes over."""
        shapes = [np.shape(plain(node)) for node in self.others]
        size = float(np.max(np.abs(plain(g)), initial=0.0)) or 1.0

        def slopes(x: Any) -> Any:
            # A limit may depend on the others, but their derivatives are those for a fixed point.
            x = variable(x) if isinstance(x, Node) else x
            result = self.function(x)
            if isinstance(result, Node):
                fixed = [x] if isinstance(x, Node) else []
                parts = pulled(result, g / size, [*fixed, *self.others], create)[len(fixed) :]
            else:
                parts = [None] * len(shapes)
            pairs = zip(parts, shapes, strict=True)
            filled = [np.zeros(shape) if part is None else part for part, shape in pairs]
            return np.concatenate([np.ravel(part) for part in filled])

        rule = _Vector(self.rule)
        if create:
            (vector,) = _Integral(slopes, a, b, rule).result
        else:
            (vector,), complaints, _ = _numbers(slopes, a, b, rule)
            _assert_converged((vector,), complaints)
        vector, start, found = vector * size, 0, []
        for shape in shapes:
            stop = start + int(np.prod(shape))
            found.append(np.reshape(vector[start:stop], shape))
            start = stop
        return found


def _numbers(function: Function, a: Any, b: Any, rule: Any) -> tuple[Any, list[Any], list[Any]]:
    """Return what SciPy finds with numbers alone, its warnings, and the points that it asked for."""
    samples: list[Any] = []

    def call(x: Any) -> Any:
        found = plain(function(x))
        samples.append((x, found))
        return found

    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        found = rule(with_copies(call), float(plain(a)), float(plain(b)))
    return found, complaints, samples


def _assert_converged(found: Any, complaints: list[Any]) -> None:
    """Raise if SciPy doubts an integral that needs a derivative, or a derivative."""
    messages = [str(complaint.message) for complaint in complaints]
    messages += [part for part in found[1:] if isinstance(part, str)]
    if messages or not np.all(np.isfinite(found[0])):
        reason = " ".join(messages[0].split()) if messages else "it is not finite."
        raise SolutionError(f"The integral, or that of a derivative, did not converge: {reason}")
