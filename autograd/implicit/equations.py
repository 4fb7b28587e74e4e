"""A system of equations, and its Jacobian at a point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import tree
from autograd.captured import Made
from autograd.engine import Node, Tensor, dispatch, objects
from autograd.engine.derivatives import rows_of_derivatives
from autograd.engine.transform_calls import arguments as arguments_of_call
from autograd.errors import DataError, NoDerivativeError, ShapeError
from autograd.graph import current
from autograd.rules.elementwise import positive
from autograd.transforms.rows import rows_between

#: The condition numbers of smaller matrices are computed at once.
LARGE = 20

#: How far below 1 / eps a bound of a condition number must be for others to count as far too.
FAR = 1e-4


class Packing:
    """How the numbers in a structure are packed into one vector."""

    def __init__(self, x: Any) -> None:
        self.template = tree.mapped(x, dispatch.plain)
        self.parts = [np.asarray(leaf) for leaf in tree.flat(self.template)]
        kind = np.result_type(*self.parts) if self.parts else np.dtype(float)
        if kind.kind not in "fiu":
            raise DataError(f"A solution must be real numbers, not of type {kind}.")
        self.type = kind if kind.kind == "f" else np.dtype(float)

    def packed(self) -> Any:
        """Return the numbers as one vector."""
        parts = [np.ravel(part).astype(self.type) for part in self.parts]
        return np.concatenate(parts) if parts else np.zeros(0, self.type)

    def unpacked(self, packed: Any) -> Any:
        """Return a vector in the structure."""
        start, leaves = 0, []
        for part in self.parts:
            stop = start + part.size
            leaves.append(packed[start:stop].reshape(part.shape) if part.shape else packed[start])
            start = stop
        return tree.filled(self.template, leaves)


def joined(found: Any) -> Any:
    """Return the numbers in any structure as one vector."""
    vectors = [np.ravel(objects.joined(leaf)) for leaf in tree.flat(found)]
    return np.concatenate(vectors) if len(vectors) != 1 else vectors[0]


class System(Packing):
    """A system of equations for the numbers in a structure."""

    def __init__(self, residual: Callable[[Any], Any], x: Any) -> None:
        super().__init__(x)
        self.residual = residual

    def equations(self, u: Any) -> Any:
        """Return the residual as one vector."""
        with arguments_of_call([u]):
            found = joined(self.residual(self.unpacked(u)))
        if found.size != u.size:
            raise ShapeError(
                f"The residual has {found.size} numbers and the solution {u.size}; there must be "
                "as many. For least squares pass the sum of squares to implicit.optimum."
            )
        return found


def variable(x: Any) -> Any:
    """Return a computed node, at which backward passes end, so that no other `grad` changes."""
    return positive(x if isinstance(x, Node) else Tensor(x))


class Point:
    """The equations and their Jacobian at a point, a vector of numbers or a node."""

    def __init__(self, system: System, at: Any, create: bool = False) -> None:
        self.u = u = variable(at)
        with Made() as self.made:
            self.residual = system.equations(u)
        self.jacobian = jacobian_of(self.residual, u, create)

    def step(self) -> Any:
        """Return the Newton step to the solution."""
        assert_regular(self.jacobian)
        return np.linalg.solve(self.jacobian, dispatch.plain(self.residual))


def jacobian_of(vector: Any, u: Any, create: bool = False) -> Any:
    """Return the derivatives of a vector with respect to another, zeros where it has none."""
    zeros = np.zeros(u.size, u.dtype)
    if not isinstance(vector, Node):
        return np.zeros((np.size(vector), u.size), u.dtype)
    found: Any = current(vector)
    at_once = None if create else rows_between(found, u)
    if at_once is not None:
        return at_once
    seeds = np.eye(found.size, dtype=found.dtype)
    rows = rows_of_derivatives(found, seeds, [u], create)
    return np.stack([zeros if row is None else row for (row,) in rows]) if rows else seeds


def _is_well_conditioned(matrix: Any) -> bool:
    """Return whether the inverse shows that a large matrix is far from singular.

    It bounds the condition number, whose singular values take ten times as long.
    """
    n = len(matrix)
    if n < LARGE:
        return False
    try:
        bound = n * np.linalg.norm(matrix, 1) * np.linalg.norm(np.linalg.inv(matrix), 1)
    except np.linalg.LinAlgError:
        return False
    return bool(bound * np.finfo(matrix.dtype).eps < FAR)


def assert_regular(jacobian: Any) -> None:
    """Raise `NoDerivativeError` if a matrix is singular to rounding, whatever its units."""
    sizes = np.abs(jacobian)
    columns = sizes.max(axis=0, initial=0.0, keepdims=True)
    scaled = sizes / np.where(columns > 0, columns, 1.0)
    rows = scaled.max(axis=1, initial=0.0, keepdims=True)
    if not np.all(np.isfinite(sizes)):
        raise NoDerivativeError("The Jacobian of the residual has elements that are not finite.")
    scaled = jacobian / np.where(columns > 0, columns, 1.0) / np.where(rows > 0, rows, 1.0)
    if _is_well_conditioned(scaled):
        return
    condition = np.linalg.cond(scaled) if jacobian.size else 1.0
    if not condition < 0.1 / np.finfo(jacobian.dtype).eps:
        raise NoDerivativeError(
            f"The Jacobian of the residual is singular at the solution (its condition number is "
            f"{condition:.0e}): the solution is not unique nearby, or has no derivative."
        )
