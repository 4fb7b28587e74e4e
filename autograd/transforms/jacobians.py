"""Jacobians and their products with vectors, in reverse and in forward mode."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import forward, tree
from autograd.engine import Node, Tensor, Value
from autograd.engine.foreign import as_array, like, ones
from autograd.errors import DataError
from autograd.transforms.naming import transform
from autograd.transforms.rows import jacobian_rows
from autograd.variables import (
    Argnum,
    Call,
    Function,
    Variable,
    number,
    plain,
    value_of,
    warn_of_independence,
)


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


vjp = make_vjp
"""Alias of `make_vjp`."""


def _weighed(parts: list[tuple[Any, Any]]) -> tuple[Any, float]:
    """Return the sum of several results, weighted by their cotangents."""
    return sum(np.real(np.sum(result * cotangent)) for result, cotangent in parts), 1.0


def _as_cotangent(g: Any, result: Any) -> Any:
    if isinstance(result, Value) and not isinstance(g, Node):
        return float(g)
    return g if isinstance(g, Node) else as_array(g)


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


@transform
def jacobian(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that computes the Jacobian of `f`.

    All rows are computed in one pass, backward or forward, whichever needs fewer rows; in several
    if they need much memory. Functions of Values have one backward pass for each row.

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
            warn_of_independence(1)
            return tree.mapped(
                call.variable.given, lambda x: np.zeros(shape + np.shape(x), like=like(x))
            )
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
                result, ones(plain(result)) if isinstance(result, Tensor) else 1.0
            )
        found = jacobian_rows(call, result)
        if found is None:
            return _stacked(call.rows(result), shape, call.variable)
        parts = iter(zip(found, call.variable.nodes, strict=True))
        return tree.mapped(call.variable.given, lambda _: _shaped(*next(parts), shape))

    return derivative


def _shaped(rows: Any, leaf: Any, shape: tuple[int, ...]) -> Any:
    """Return the Jacobian of one leaf of the argument in its shape."""
    if rows is None:
        return np.zeros(shape + leaf.shape, dtype=leaf.dtype, like=like(leaf))
    return np.reshape(rows, shape + leaf.shape)


def _stacked(rows: list[list[Any]], shape: tuple[int, ...], variable: Variable) -> Any:
    """Stack the rows of a Jacobian, for each leaf of the argument."""
    numbers = iter(range(len(variable.nodes)))

    def stack(item: Any) -> Any:
        number = next(numbers)
        data = plain(item)
        column = [np.zeros_like(data) if row[number] is None else row[number] for row in rows]
        joined = np.stack(column) if column else np.zeros_like(data, shape=0)
        return np.reshape(joined, shape + np.shape(data))

    return tree.mapped(variable.given, stack)


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

        def jvp(v: Any) -> tuple[Any, Any]:
            change = pushed(call, call.variable.flat(v, "tangent"))
            return value_of(call, call.result), change

        return jvp

    return made


jvp = make_jvp
"""Alias of `make_jvp`."""


def pushed(call: Call, tangents: list[Any]) -> Any:
    """Return the tangent of the result of a call; `tangents` has one for each leaf."""
    create = call.nested or any(isinstance(t, Node) for t in tangents)
    results = [item for item in tree.flat(call.result) if isinstance(item, Node)]
    pairs = dict(zip(call.variable.nodes, tangents, strict=True))
    with call.differentiating():
        changes = iter(forward.push_forward(results, pairs, create, call.begun))
    return tree.mapped(
        call.result,
        lambda x: number(next(changes)) if isinstance(x, Node) else np.zeros_like(x),
    )


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
        call = Call(f, argnum, arguments, keywords)
        ones = [np.ones_like(node.data) if node.shape else 1.0 for node in call.variable.nodes]
        return pushed(call, ones)

    return derivative
