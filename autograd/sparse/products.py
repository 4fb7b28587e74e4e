"""Products of derivatives with vectors, several at once: what fills the entries of a pattern."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import tree
from autograd.program import Program, jit, trace
from autograd.transforms import grad, make_jvp, make_vjp
from autograd.variables import Argnum, Function

#: At most so many products are one program; more are computed in blocks.
BLOCK = 8

#: Compiling programs that are longer than this, in instructions, takes too long.
LONGEST = 20_000


def jvps(f: Function, argnum: Argnum) -> Function:
    """Return a function of tangents, and of the arguments of `f`: the tangents of its result."""

    def products(tangents: tuple[Any, ...], *arguments: Any, **keywords: Any) -> list[Any]:
        push = make_jvp(f, argnum)(*arguments, **keywords)
        return [push(tangent)[1] for tangent in tangents]

    return products


def vjps(f: Function, argnum: Argnum) -> Function:
    """Return a function of cotangents, and of the arguments of `f`: the cotangents of these."""

    def products(cotangents: tuple[Any, ...], *arguments: Any, **keywords: Any) -> list[Any]:
        pull, _ = make_vjp(f, argnum)(*arguments, **keywords)
        return [pull(cotangent) for cotangent in cotangents]

    return products


def hvps(f: Function, argnum: Argnum) -> Function:
    """Return a function of vectors, and of the arguments of `f`: the Hessian times these."""
    return jvps(grad(f, argnum), argnum)


class Products:
    """Computes products for many vectors, given as rows of numbers.

    Parameters
    ----------
    products : callable
        What `jvps`, `vjps` or `hvps` have returned.

    Attributes
    ----------
    product : callable
        The same.
    """

    def __init__(self, products: Function) -> None:
        self.product = products
        self._run = jit(products)

    def __call__(
        self, vectors: Iterator[Any], length: int, arguments: Any, keywords: Any
    ) -> list[Any]:
        """Return one flat array for each of some vectors.

        Parameters
        ----------
        vectors : iterator
            In the structure of what they are multiplied with.
        length : int
            The number of instructions for one product.
        arguments, keywords : tuple and dict
            The arguments of the function.
        """
        size = min(max(LONGEST // max(length, 1), 1), BLOCK)
        found: list[Any] = []
        while block := tuple(itertools.islice(vectors, size)):
            found += map(flattened, self._run(block, *arguments, **keywords))
        return found

    def program(self, vector: Any, like: Any, arguments: Any, keywords: Any) -> Program:
        """Return the program of one product."""
        return trace(self.product)((structured(vector, like),), *arguments, **keywords)


def flattened(x: Any) -> Any:
    """Return the numbers in nested containers, one after the other."""
    parts = [np.ravel(part) for part in tree.flat(x)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else np.zeros(0)


def structured(numbers: Any, like: Any) -> Any:
    """Return numbers in the structure, shapes and types of something else."""
    first = 0

    def part(x: Any) -> Any:
        nonlocal first
        shape = np.shape(x)
        begin, first = first, first + math.prod(shape)
        if not isinstance(x, (np.ndarray, np.generic)):
            return float(numbers[begin])
        dtype = x.dtype if x.dtype.kind in "fc" else np.float64
        found = numbers[begin:first].reshape(shape).astype(dtype)
        return found if isinstance(x, np.ndarray) else found[()]

    return tree.mapped(like, part)
