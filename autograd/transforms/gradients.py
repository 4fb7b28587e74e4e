"""Gradients of functions that return one number, by one backward pass."""

from __future__ import annotations

import collections
import inspect
import warnings
from typing import Any

import numpy as np

from autograd.errors import DataError
from autograd.transforms.naming import transform
from autograd.variables import (
    Argnum,
    Call,
    Function,
    plain,
    refuse_no_function,
    scalar_cotangent,
    value_of,
)


@transform
def grad(f: Function, argnum: Argnum = 0) -> Function:
    """
    Returns a function which computes the gradient of `f`.

    Parameters
    ----------
    f : callable
        Returns one real number.
    argnum : int or sequence of int
        The positional argument to differentiate; a sequence gives a tuple of derivatives.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns the derivative, with the structure of the argument.

    Raises
    ------
    ShapeError
        When called, if `f` returns more than one number.
    DataError
        When called, if the argument contains a Python integer: write 3.0 for 3. Arrays of integers
        are converted to float64.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    >>> grad(lambda p: np.sum(p["w"] ** 2) * p["b"])({"w": np.array([1.0, 2.0]), "b": 3.0})
    {'w': array([ 6., 12.]), 'b': 5.0}
    """  # noqa: D401

    def gradient(*arguments: Any, **keywords: Any) -> Any:
        call = Call(f, argnum, arguments, keywords)
        return call.pull_back(call.result, scalar_cotangent(call.result, "grad"))

    return gradient


@transform
def value_and_grad(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that computes the value of `f` and its gradient.

    Parameters
    ----------
    f : callable
        Returns one real number.
    argnum : int or sequence of int
        The positional argument to differentiate; a sequence gives a tuple of derivatives.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns (value, gradient), as `scipy.optimize.minimize` expects
        for ``jac=True``.

    Raises
    ------
    ShapeError
        When called, if `f` returns more than one number.
    DataError
        When called, if the argument contains a Python integer: write 3.0 for 3. Arrays of integers
        are converted to float64.

    Examples
    --------
    >>> from autograd import value_and_grad
    >>> value_and_grad(lambda x: x**3)(2.0)
    (8.0, 12.0)
    """

    def both(*arguments: Any, **keywords: Any) -> Any:
        call = Call(f, argnum, arguments, keywords)
        cotangent = scalar_cotangent(call.result, "value_and_grad")
        return value_of(call, call.result), call.pull_back(call.result, cotangent)

    return both


@transform
def grad_and_aux(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that computes the gradient of one result of `f` and passes on another.

    Parameters
    ----------
    f : callable
        Returns (value, aux): one real number, and anything.
    argnum : int or sequence of int
        The positional argument to differentiate; a sequence gives a tuple of derivatives.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns (gradient, aux).

    Raises
    ------
    ShapeError
        When called, if `value` is more than one number.
    DataError
        When called, if the argument contains a Python integer: write 3.0 for 3. Arrays of integers
        are converted to float64.

    Examples
    --------
    >>> from autograd import grad_and_aux
    >>> grad_and_aux(lambda x: (x**3, "anything"))(2.0)
    (12.0, 'anything')
    """

    def both(*arguments: Any, **keywords: Any) -> Any:
        call = Call(f, argnum, arguments, keywords)
        result, aux = call.result
        cotangent = scalar_cotangent(result, "grad_and_aux")
        return call.pull_back(result, cotangent), value_of(call, aux)

    return both


@transform
def elementwise_grad(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that computes the derivative of the sum of `f`.

    For an elementwise `f` this is its derivative at each element.

    Parameters
    ----------
    f : callable
        Returns a real number or array.
    argnum : int or sequence of int
        The positional argument to differentiate; a sequence gives a tuple of derivatives.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns the derivative.

    Raises
    ------
    DataError
        When called, if the result is complex, or the argument contains a Python integer.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import elementwise_grad
    >>> elementwise_grad(lambda x: x**3)(np.array([1.0, 2.0]))
    array([ 3., 12.])
    """

    def gradient(*arguments: Any, **keywords: Any) -> Any:
        call = Call(f, argnum, arguments, keywords)
        data = plain(call.result)
        if np.iscomplexobj(data):
            raise DataError(
                "elementwise_grad needs a real result; use holomorphic_grad for complex ones."
            )
        return call.pull_back(call.result, 1.0 if np.ndim(data) == 0 else np.ones_like(data))

    return gradient


@transform
def holomorphic_grad(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that computes the complex derivative of a holomorphic `f`.

    Parameters
    ----------
    f : callable
        Returns one complex number.
    argnum : int or sequence of int
        The positional argument to differentiate; a sequence gives a tuple of derivatives.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns the derivative. Warns if the argument is real.

    Raises
    ------
    ShapeError
        When called, if `f` returns more than one number.

    Examples
    --------
    >>> from autograd import holomorphic_grad
    >>> holomorphic_grad(lambda z: z**2)(1 + 2j)
    array(2.+4.j)
    """

    def gradient(*arguments: Any, **keywords: Any) -> Any:
        call = Call(f, argnum, arguments, keywords)
        if not all(np.iscomplexobj(node.data) for node in call.variable.nodes):
            warnings.warn("The argument of holomorphic_grad is not complex.", stacklevel=2)
        result = np.real(call.result)
        return call.pull_back(result, scalar_cotangent(result, "holomorphic_grad"))

    return gradient


def grad_named(f: Function, argname: str) -> Function:
    """Return `grad` of `f` with respect to the parameter of this name.

    Parameters
    ----------
    f : callable
        Returns one real number.
    argname : str
        The name of a parameter of `f`, which must be passed by position.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns the derivative.

    Raises
    ------
    DataError
        If `f` has no such parameter.

    Examples
    --------
    >>> from autograd import grad_named
    >>> grad_named(lambda w, x: w * x**2, "x")(3.0, 2.0)
    12.0
    """
    names = list(inspect.signature(f).parameters)
    if argname not in names:
        raise DataError(f"The function has no parameter {argname!r}; it has {', '.join(names)}.")
    return grad(f, names.index(argname))  # type: ignore[no-any-return]


def multigrad_dict(f: Function) -> Function:
    """Return a function that computes the gradients with respect to all parameters, by name.

    Parameters
    ----------
    f : callable
        Returns one real number.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns a dict of derivatives, with defaults included.

    Examples
    --------
    >>> from autograd import multigrad_dict
    >>> multigrad_dict(lambda w, x=2.0: w * x**2)(3.0)
    {'w': 4.0, 'x': 12.0}
    """
    refuse_no_function(f, "multigrad_dict")
    signature = inspect.signature(f)

    def gradients(*arguments: Any, **keywords: Any) -> dict[str, Any]:
        bound = signature.bind(*arguments, **keywords)
        bound.apply_defaults()

        def by_name(named: dict[str, Any]) -> Any:
            again = inspect.BoundArguments(signature, collections.OrderedDict(named))
            return f(*again.args, **again.kwargs)

        return grad(by_name)(dict(bound.arguments))  # type: ignore[no-any-return]

    return gradients
