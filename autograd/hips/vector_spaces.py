"""`VSpace` and `vspace`: the vector space of a number, an array or a nested container of them.

A space has zeros, ones, a basis and random vectors; it adds, scales and multiplies vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from autograd import tree
from autograd.engine import Node, tracing
from autograd.variables import plain


class VSpace:
    """A vector space; subclasses implement the operations."""

    mappings: ClassVar[dict[type, Callable[[Any], VSpace]]] = {}
    iscomplex = False
    size: int

    def __init__(self, value: Any) -> None: ...

    @classmethod
    def register(
        cls, value_type: type, vspace_maker: Callable[[Any], VSpace] | None = None
    ) -> None:
        """Use this kind of space, or what `vspace_maker` returns, for values of a type."""
        VSpace.mappings[value_type] = vspace_maker or cls

    def zeros(self) -> Any:
        """Return the zero vector."""
        raise NotImplementedError(f"{type(self).__name__}.zeros")

    def ones(self) -> Any:
        """Return the sum of the basis."""
        raise NotImplementedError(f"{type(self).__name__}.ones")

    def randn(self) -> Any:
        """Return a vector of normally distributed numbers."""
        raise NotImplementedError(f"{type(self).__name__}.randn")

    def standard_basis(self) -> Iterator[Any]:
        """Yield a basis, orthonormal over the real numbers."""
        raise NotImplementedError(f"{type(self).__name__}.standard_basis")

    def add(self, x_prev: Any, x_new: Any) -> Any:
        """Return the sum of two vectors."""
        return self._add(x_prev, x_new)

    def mut_add(self, x_prev: Any, x_new: Any) -> Any:
        """Return the sum of two vectors; the first may be None for zero."""
        return self._mut_add(self.zeros() if x_prev is None else x_prev, x_new)

    def scalar_mul(self, x: Any, a: Any) -> Any:
        """Return a vector times a number."""
        return self._scalar_mul(x, a)

    def inner_prod(self, x: Any, y: Any) -> Any:
        """Return the real inner product of two vectors."""
        return self._inner_prod(x, y)

    def covector(self, x: Any) -> Any:
        """Return the covector of `x`: its complex conjugate."""
        return self._covector(x)

    def _add(self, x: Any, y: Any) -> Any:
        return x + y

    def _mut_add(self, x: Any, y: Any) -> Any:
        return self._add(x, y)

    def _scalar_mul(self, x: Any, a: Any) -> Any:
        return x * a

    def _inner_prod(self, x: Any, y: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._inner_prod")

    def _covector(self, x: Any) -> Any:
        return x

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}_{self.__dict__}"


class ArrayVSpace(VSpace):
    """Real arrays of one shape and dtype; a number is an array of shape ()."""

    def __init__(self, value: Any) -> None:
        array = np.asarray(value)
        self.shape = array.shape
        self.dtype = array.dtype

    @property
    def size(self) -> int:  # type: ignore[override]
        """The number of real dimensions."""
        return int(np.prod(self.shape)) * (2 if self.iscomplex else 1)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def zeros(self) -> Any:
        """Return an array of zeros."""
        return np.zeros(self.shape, self.dtype)

    def ones(self) -> Any:
        """Return an array of ones."""
        return np.ones(self.shape, self.dtype)

    def randn(self) -> Any:
        """Return an array of normally distributed numbers."""
        return np.asarray(np.random.standard_normal(self.shape)).astype(self.dtype)

    def standard_basis(self) -> Iterator[Any]:
        """Yield the arrays with one element 1 and the others 0."""
        for index in np.ndindex(self.shape):
            vector = self.zeros()
            vector[index] = 1
            yield vector

    def _inner_prod(self, x: Any, y: Any) -> Any:
        return np.dot(np.ravel(x), np.ravel(y))


class ComplexArrayVSpace(ArrayVSpace):
    """Complex arrays of one shape and dtype, with twice as many real dimensions."""

    iscomplex = True

    def ones(self) -> Any:
        """Return an array of 1 + 1j."""
        return np.full(self.shape, 1 + 1j, self.dtype)

    def randn(self) -> Any:
        """Return an array with normally distributed real and imaginary parts."""
        real, imaginary = np.random.standard_normal((2, *self.shape))
        return np.asarray(real + 1j * imaginary).astype(self.dtype)

    def standard_basis(self) -> Iterator[Any]:
        """Yield the arrays with one element 1 or 1j and the others 0."""
        for vector in super().standard_basis():
            yield vector
            yield 1j * vector

    def _inner_prod(self, x: Any, y: Any) -> Any:
        return np.real(np.dot(np.conj(np.ravel(x)), np.ravel(y)))

    def _covector(self, x: Any) -> Any:
        return np.conj(x)


class ContainerVSpace(VSpace):
    """Tuples, lists and dicts of one structure; `shape` holds a space in place of each leaf."""

    def __init__(self, value: Any) -> None:
        self.shape = tree.mapped(value, vspace)

    @property
    def size(self) -> int:  # type: ignore[override]
        """The number of real dimensions of all leaves."""
        return sum(space.size for space in self._spaces())

    def zeros(self) -> Any:
        """Return a container of zeros."""
        return self._each(lambda space: space.zeros())

    def ones(self) -> Any:
        """Return a container of ones."""
        return self._each(lambda space: space.ones())

    def randn(self) -> Any:
        """Return a container of normally distributed numbers."""
        return self._each(lambda space: space.randn())

    def standard_basis(self) -> Iterator[Any]:
        """Yield the basis of each leaf, with zeros for the others."""
        spaces = self._spaces()
        for number, space in enumerate(spaces):
            for vector in space.standard_basis():
                parts = [other.zeros() for other in spaces]
                parts[number] = vector
                yield tree.filled(self.shape, parts)

    def _add(self, x: Any, y: Any) -> Any:
        return self._each(lambda space, a, b: space._add(a, b), x, y)

    def _scalar_mul(self, x: Any, a: Any) -> Any:
        return self._each(lambda space, leaf: space._scalar_mul(leaf, a), x)

    def _inner_prod(self, x: Any, y: Any) -> Any:
        parts = (tree.aligned(x, self.shape), tree.aligned(y, self.shape))
        pairs = zip(self._spaces(), *parts, strict=True)
        return sum(space._inner_prod(a, b) for space, a, b in pairs)

    def _covector(self, x: Any) -> Any:
        return self._each(lambda space, leaf: space._covector(leaf), x)

    def _spaces(self) -> list[VSpace]:
        return tree.flat(self.shape)

    def _each(self, function: Callable[..., Any], *trees: Any) -> Any:
        """Call a function with each space and the matching leaf of each tree."""
        columns = [tree.aligned(each, self.shape) for each in trees]
        rows = zip(self._spaces(), *columns, strict=True)
        return tree.filled(self.shape, [function(*row) for row in rows])


def vspace(value: Any) -> VSpace:
    """Return the vector space of a value.

    Raises
    ------
    TypeError
        If it is not a floating-point number, an array or a container of these.

    Examples
    --------
    >>> vspace([1.0, [2.0, 3.0]]).zeros()
    [array(0.), [array(0.), array(0.)]]
    """
    if isinstance(value, Node):
        return vspace(plain(value))
    value = tracing.concrete(value)
    maker = VSpace.mappings.get(type(value))
    if maker is not None:
        return maker(value)
    if isinstance(value, (tuple, list, dict)):
        return ContainerVSpace(value)
    if isinstance(value, (np.ndarray, np.floating, np.complexfloating, float, complex)):
        return ComplexArrayVSpace(value) if np.iscomplexobj(value) else ArrayVSpace(value)
    raise TypeError(
        f"{value!r} of type {type(value).__name__} has no vector space: derivatives exist with "
        "respect to floating-point numbers, arrays, and tuples, lists and dicts of them."
    )
