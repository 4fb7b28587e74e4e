"""Second derivatives: the Hessian, and products with it and with its approximation."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import tree
from autograd.engine.dispatch import plain
from autograd.transforms.gradients import grad
from autograd.transforms.jacobians import jacobian, make_jvp, make_vjp, pushed
from autograd.transforms.naming import transform
from autograd.variables import Argnum, Call, Function


@transform
def hessian(f: Function, argnum: int = 0) -> Function:
    """Return a function that computes the Hessian of `f`.

    Parameters
    ----------
    f : callable
        Returns one real number or an array.
    argnum : int
        The positional argument to differentiate: one number or array.

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
        call = Call(grad(f, argnum), argnum, arguments, keywords)
        gradient = tree.flat(call.result)
        if not call.nested:  # a copy, which may be changed: products read the graph
            gradient = [np.copy(plain(x)) for x in gradient]
        hvp = lambda v: pushed(call, call.variable.flat(v, "tangent"))  # noqa: E731
        return hvp, call.variable.like(gradient)

    return made


hvp = make_hvp
"""Alias of `make_hvp`."""


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
