"""Transforms of functions: `grad`, `jacobian`, `jvp` and so on.

Each takes a function and returns one with the same arguments. These may be floats, arrays, and
nested tuples, lists and dicts of them; derivatives have the structure and types of the argument.
Transforms nest in any order: each creates new nodes for its own arguments, so derivatives of
different levels are never mixed up.
"""

from __future__ import annotations

import collections
import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import forward, tree
from autograd.engine import Node, Tensor, Value
from autograd.errors import DataError
from autograd.variables import (
    Argnum,
    Call,
    Function,
    Variable,
    number,
    plain,
    scalar_cotangent,
    value_of,
    warn_of_independence,
)


def transform(maker: Callable[..., Function]) -> Callable[..., Any]:
    """Name the functions that `maker` returns after the functions they differentiate."""

    @functools.wraps(maker)
    def make(f: Function, *arguments: Any, **keywords: Any) -> Function:
        made = maker(f, *arguments, **keywords)
        functools.update_wrapper(made, f, assigned=("__module__",), updated=())
        name = getattr(f, "__name__", "function")
        argnum = keywords.get("argnum", arguments[0] if arguments else 0)
        made.__name__ = f"{maker.__name__}_of_{name}_wrt_argnum_{argnum}"
        made.__qualname__ = made.__name__
        made.__doc__ = (
            f"    {maker.__name__} of function {name} with respect to argument number {argnum}.\n\n"
            f"{getattr(f, '__doc__', None) or ''}"
        )
        return made

    return make


# -- reverse mode -----------------------------------------------------------------------------


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


@transform
def make_vjp(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that computes the result of `f` and its vector-Jacobian product.

    Parameters
    ----------
    f : callable
        Returns a number, an array, or nested containers of them.
    argnum : int or sequence of int
        The positional argument to differentiate; a sequence gives a tuple of derivatives.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns (vjp, result). ``vjp(g)`` is the cotangent `g`, with the
        structure of the result, times the Jacobian.

    Raises
    ------
    ShapeError
        From ``vjp(g)``, if `g` does not have the structure of the result.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import make_vjp
    >>> vjp, result = make_vjp(np.sin)(np.array([0.0, np.pi]))
    >>> vjp(np.array([1.0, 10.0]))
    array([  1., -10.])
    """

    def made(*arguments: Any, **keywords: Any) -> tuple[Function, Any]:
        call = Call(f, argnum, arguments, keywords)
        results = tree.flat(call.result)

        def vjp(g: Any) -> Any:
            cotangents = tree.aligned(g, call.result)
            if len(results) == 1:
                return call.pull_back(results[0], _as_cotangent(cotangents[0], results[0]), True)
            parts = [
                (result, _as_cotangent(cotangent, result))
                for result, cotangent in zip(results, cotangents, strict=True)
                if isinstance(result, Node)
            ]
            return call.pull_back(*_weighed(parts), True) if parts else call.pull_back(0.0, 0.0)

        return vjp, value_of(call, call.result)

    return made


def _weighed(parts: list[tuple[Any, Any]]) -> tuple[Any, float]:
    """Return the sum of several results, weighted by their cotangents."""
    return sum(np.real(np.sum(result * cotangent)) for result, cotangent in parts), 1.0


def _as_cotangent(g: Any, result: Any) -> Any:
    if isinstance(result, Value) and not isinstance(g, Node):
        return float(g)
    return g if isinstance(g, Node) else np.asarray(g)


@transform
def jacobian(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that computes the Jacobian of `f`, by one backward pass per element.

    Parameters
    ----------
    f : callable
        Returns one array or number.
    argnum : int or sequence of int
        The positional argument to differentiate; a sequence gives a tuple of derivatives.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns an array whose shape is that of the result followed by
        that of the argument.

    Raises
    ------
    DataError
        When called, if `f` returns several arrays, or a complex array for a real argument: the
        derivative of a real argument is real, so the imaginary part would be lost.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import jacobian
    >>> A = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> jacobian(lambda x: A @ x)(np.ones(2))
    array([[1., 2.],
           [3., 4.]])
    """
    return _jacobian(f, argnum, real_part=False)


def _jacobian(f: Function, argnum: Argnum, real_part: bool) -> Function:
    """Implement `jacobian`; for a complex result and real arguments take the real part or raise."""

    def derivative(*arguments: Any, **keywords: Any) -> Any:
        call = Call(f, argnum, arguments, keywords)
        result = call.result
        if isinstance(result, (tuple, list, dict)):
            raise DataError(
                f"jacobian needs a function that returns an array, but it returned "
                f"{type(result).__name__}. Join the results with np.concatenate."
            )
        shape = np.shape(plain(result))
        if not isinstance(result, Node):
            warn_of_independence()
            return tree.mapped(call.variable.given, lambda x: np.zeros(shape + np.shape(x)))
        if (
            not real_part
            and np.iscomplexobj(plain(result))
            and not all(np.iscomplexobj(node.data) for node in call.variable.nodes)
        ):
            raise DataError(
                "jacobian of a complex function of a real argument would lose the imaginary part. "
                "Use lambda x: np.real(f(x)) and lambda x: np.imag(f(x)), or forward mode: "
                "make_jvp."
            )
        if shape == ():
            return call.pull_back(
                result, np.ones((), plain(result).dtype) if isinstance(result, Tensor) else 1.0
            )
        return _stacked(call.rows(result), shape, call.variable)

    return derivative


def _stacked(rows: list[list[Any]], shape: tuple[int, ...], variable: Variable) -> Any:
    """Stack the rows of a Jacobian, for each leaf of the argument."""
    numbers = iter(range(len(variable.nodes)))

    def stack(item: Any) -> Any:
        number = next(numbers)
        data = plain(item)
        column = [np.zeros_like(data) if row[number] is None else row[number] for row in rows]
        joined = np.stack(column) if column else np.zeros(0, np.asarray(data).dtype)
        return np.reshape(joined, shape + np.shape(data))

    return tree.mapped(variable.given, stack)


@transform
def hessian(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that computes the Hessian of `f`.

    Parameters
    ----------
    f : callable
        Returns one real number or an array.
    argnum : int or sequence of int
        The positional argument to differentiate; a sequence gives a tuple of derivatives.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns an array whose shape is that of the result followed by
        that of the argument, twice.

    Raises
    ------
    DataError
        As for `jacobian`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import hessian
    >>> hessian(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    return jacobian(jacobian(f, argnum), argnum)  # type: ignore[no-any-return]


# -- forward mode -----------------------------------------------------------------------------


@transform
def make_jvp(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that computes Jacobian-vector products of `f`, in forward mode.

    Parameters
    ----------
    f : callable
        Returns a number, an array, or nested containers of them.
    argnum : int or sequence of int
        The positional argument to differentiate; a sequence gives a tuple of derivatives.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns ``jvp``. ``jvp(v)`` is (result, Jacobian times `v`) for
        a tangent `v` with the structure of the argument.

    Raises
    ------
    ShapeError
        From ``jvp(v)``, if `v` does not have the structure and shapes of the argument.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import make_jvp
    >>> result, change = make_jvp(np.sin)(np.array([0.0, np.pi]))(np.array([1.0, 10.0]))
    >>> change
    array([  1., -10.])
    """

    def made(*arguments: Any, **keywords: Any) -> Function:
        call = Call(f, argnum, arguments, keywords)
        variable = call.variable

        def jvp(v: Any) -> tuple[Any, Any]:
            tangents = variable.flat(v, "tangent")
            create = call.nested or any(isinstance(t, Node) for t in tangents)
            results = [item for item in tree.flat(call.result) if isinstance(item, Node)]
            pairs = dict(zip(variable.nodes, tangents, strict=True))
            with call.differentiating():
                changes = iter(forward.push_forward(results, pairs, create))
            change = tree.mapped(
                call.result,
                lambda x: number(next(changes)) if isinstance(x, Node) else np.zeros_like(x),
            )
            return value_of(call, call.result), change

        return jvp

    return made


@transform
def deriv(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that computes the Jacobian of `f` times ones, in forward mode.

    For a function of one number this is its derivative, for a result of any shape.

    Parameters
    ----------
    f : callable
        Returns a number, an array, or nested containers of them.
    argnum : int or sequence of int
        The positional argument to differentiate; a sequence gives a tuple of derivatives.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns the derivative, with the structure of the result.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import deriv
    >>> deriv(lambda x: x * np.array([1.0, 2.0]))(3.0)
    array([1., 2.])
    """

    def derivative(*arguments: Any, **keywords: Any) -> Any:
        moving = arguments[argnum] if isinstance(argnum, int) else [arguments[i] for i in argnum]
        ones = tree.replace(
            moving, lambda _, x: np.ones_like(plain(x)) if np.ndim(plain(x)) else 1.0
        )
        return make_jvp(f, argnum)(*arguments, **keywords)(ones)[1]

    return derivative


# -- products with the Hessian and with Jacobians ---------------------------------------------


@transform
def make_hvp(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that computes the gradient of `f` and Hessian-vector products.

    Forward over reverse: the gradient is recorded once, and each `v` is pushed through its graph.

    Parameters
    ----------
    f : callable
        Returns one real number.
    argnum : int or sequence of int
        The positional argument to differentiate; a sequence gives a tuple of derivatives.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns (hvp, gradient). ``hvp(v)`` is the Hessian times `v`.

    Raises
    ------
    ShapeError
        When called, if `f` returns more than one number.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import make_hvp
    >>> hvp, gradient = make_hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
    >>> hvp(np.array([1.0, 10.0]))
    array([  6., 120.])
    """

    def made(*arguments: Any, **keywords: Any) -> tuple[Function, Any]:
        jvp = make_jvp(grad(f, argnum), argnum)(*arguments, **keywords)
        gradient = grad(f, argnum)(*arguments, **keywords)
        return (lambda v: jvp(v)[1]), gradient

    return made


@transform
def hessian_vector_product(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that computes Hessian-vector products of `f`.

    Parameters
    ----------
    f : callable
        Returns one real number.
    argnum : int or sequence of int
        The positional argument to differentiate; a sequence gives a tuple of derivatives.

    Returns
    -------
    callable
        Takes the arguments of `f` and a vector; returns the Hessian times the vector.

    Raises
    ------
    ShapeError
        When called, if `f` returns more than one number.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import hessian_vector_product
    >>> x, v = np.array([1.0, 2.0]), np.array([1.0, 10.0])
    >>> hessian_vector_product(lambda x: np.sum(x**3))(x, v)
    array([  6., 120.])
    """

    def product(*arguments: Any, **keywords: Any) -> Any:
        *others, vector = arguments
        return make_jvp(grad(f, argnum), argnum)(*others, **keywords)(vector)[1]

    return product


hessian_tensor_product = hessian_vector_product
"""Alias of `hessian_vector_product`, which takes tensors of any shape."""


@transform
def vector_jacobian_product(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that computes vector-Jacobian products of `f`.

    Parameters
    ----------
    f : callable
        Returns one array or number.
    argnum : int or sequence of int
        The positional argument to differentiate; a sequence gives a tuple of derivatives.

    Returns
    -------
    callable
        Takes the arguments of `f` and a tensor; returns the tensor, contracted with the leading
        axes of the Jacobian.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import vector_jacobian_product
    >>> vector_jacobian_product(np.sin)(np.array([0.0, np.pi]), np.array([1.0, 10.0]))
    array([  1., -10.])
    """

    def product(*arguments: Any, **keywords: Any) -> Any:
        *others, tensor = arguments

        def contracted(*a: Any, **k: Any) -> Any:
            return np.tensordot(tensor, f(*a, **k), axes=np.ndim(tensor))

        return _jacobian(contracted, argnum, real_part=True)(*others, **keywords)

    return product


tensor_jacobian_product = vector_jacobian_product
"""Alias of `vector_jacobian_product`."""


def make_ggnvp(
    f: Function, g: Function = lambda x: 0.5 * np.sum(x**2, axis=-1), f_argnum: Argnum = 0
) -> Function:
    """Return a function that computes products with the generalised Gauss-Newton matrix.

    ``ggnvp(v)`` is JᵀHJv, with J the Jacobian of `f` and H the Hessian of `g` at its result
    (N. Schraudolph, "Fast curvature matrix-vector products for second-order gradient descent",
    Neural Computation 14, 2002).

    Parameters
    ----------
    f : callable
        Returns one array.
    g : callable
        Maps the result of `f` to one real number; by default half the sum of squares.
    f_argnum : int or sequence of int
        The positional argument of `f` to differentiate.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns ``ggnvp``.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import make_ggnvp
    >>> A = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> make_ggnvp(lambda x: A @ x)(np.ones(2))(np.array([1.0, 0.0]))     # AᵀA v
    array([10., 14.])
    """

    def made(*arguments: Any, **keywords: Any) -> Function:
        vjp, result = make_vjp(f, f_argnum)(*arguments, **keywords)
        jvp = make_jvp(f, f_argnum)(*arguments, **keywords)
        hvp, _ = make_hvp(g)(result)
        return lambda v: vjp(hvp(jvp(v)[1]))

    return made


# -- by name ----------------------------------------------------------------------------------


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
    signature = inspect.signature(f)

    def gradients(*arguments: Any, **keywords: Any) -> dict[str, Any]:
        bound = signature.bind(*arguments, **keywords)
        bound.apply_defaults()

        def by_name(named: dict[str, Any]) -> Any:
            again = inspect.BoundArguments(signature, collections.OrderedDict(named))
            return f(*again.args, **again.kwargs)

        return grad(by_name)(dict(bound.arguments))  # type: ignore[no-any-return]

    return gradients


vjp = make_vjp
"""Alias of `make_vjp`."""

jvp = make_jvp
"""Alias of `make_jvp`."""

hvp = make_hvp
"""Alias of `make_hvp`."""
