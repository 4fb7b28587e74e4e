"""Products of derivatives with vectors, many at once: what fills the entries of a pattern."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import tree
from autograd.program import Program, jit, trace
from autograd.rules.own_sparsity import noting_claims
from autograd.transforms import grad, make_jvp, make_vjp
from autograd.transforms.batched import vmap
from autograd.variables import Argnum, Function

#: The most numbers to compute together: products of longer vectors are faster one by one.
TOGETHER = 1 << 17


def pushed(f: Function, argnum: Argnum) -> Function:
    """Return a function of the arguments of `f`: it returns one that pushes tangents forward."""

    def products(*arguments: Any, **keywords: Any) -> Function:
        push = make_jvp(f, argnum)(*arguments, **keywords)
        return lambda tangent: push(tangent)[1]

    return products


def pulled(f: Function, argnum: Argnum) -> Function:
    """Return a function of the arguments of `f`: it returns one that pulls cotangents back."""
    return lambda *arguments, **keywords: make_vjp(f, argnum)(*arguments, **keywords)[0]


def pushed_gradients(f: Function, argnum: Argnum) -> Function:
    """Return a function of the arguments of `f`: it returns one that multiplies by the Hessian."""
    return pushed(grad(f, argnum), argnum)


class Products:
    """Computes products for many vectors.

    Parameters
    ----------
    products : callable
        What `pushed`, `pulled` or `pushed_gradients` have returned.
    """

    def __init__(self, products: Function) -> None:
        def one(vector: Any, *arguments: Any, **keywords: Any) -> Any:
            return products(*arguments, **keywords)(vector)

        def together(vectors: Any, *arguments: Any, **keywords: Any) -> Any:
            return vmap(products(*arguments, **keywords))(vectors)

        self._one = one
        self._run_one = jit(one)
        self._run = jit(together)
        self._batched = True

    def __call__(self, blocks: Iterable[Any], arguments: Any, keywords: Any) -> Any:
        """Return an array with a row of numbers for each of the vectors in some blocks."""
        found = [self._block(block, arguments, keywords) for block in blocks]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _block(self, vectors: Any, arguments: Any, keywords: Any) -> Any:
        """Return the products for vectors along the first axis."""
        count = len(tree.flat(vectors)[0])
        if self._batched:
            try:
                return _rows(self._run(vectors, *arguments, **keywords), count)
            except Exception:  # perhaps only because of the batch: if not, it is raised again
                found = self._one_by_one(vectors, count, arguments, keywords)
            self._batched = False
            return found
        return self._one_by_one(vectors, count, arguments, keywords)

    def _one_by_one(self, vectors: Any, count: int, arguments: Any, keywords: Any) -> Any:
        """Return the same as `_block`, for functions that take no batch."""
        rows = [
            _rows(self._run_one(_vector(vectors, k), *arguments, **keywords), 1)
            for k in range(count)
        ]
        return np.concatenate(rows)

    def program(self, vector: Any, arguments: Any, keywords: Any) -> Program:
        """Return the program of one product."""
        with noting_claims():
            return trace(self._one)(vector, *arguments, **keywords)


def _vector(vectors: Any, number: int) -> Any:
    """Return one of the vectors along the first axis."""
    return tree.mapped(vectors, lambda x: x[number] if x.ndim > 1 else float(x[number]))


def _rows(x: Any, count: int) -> Any:
    """Return the numbers in nested containers, one row for each vector."""
    parts = [np.reshape(part, (count, -1)) for part in tree.flat(x)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def structured(vectors: Any, like: Any) -> Any:
    """Return vectors in the structure, shapes and types of something else.

    Parameters
    ----------
    vectors : ndarray
        One vector, or several in the rows of a matrix.
    like : any
        Numbers and arrays, perhaps nested.
    """
    first, batch = 0, vectors.shape[:-1]

    def part(x: Any) -> Any:
        nonlocal first
        shape = np.shape(x)
        begin, first = first, first + math.prod(shape)
        dtype = getattr(x, "dtype", np.dtype(float))
        found = vectors[..., begin:first].reshape(batch + shape)
        found = found.astype(dtype if dtype.kind in "fc" else float)
        if found.ndim or isinstance(x, np.ndarray):
            return found
        return found[()] if isinstance(x, np.generic) else float(found)

    return tree.mapped(like, part)
