"""The backward pass under test, to run it many times."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.check.arrays import Vector
from autograd.check.candidate import Claim
from autograd.check.explain.repair.oracle import Point
from autograd.check.explain.repair.sources import code_files
from autograd.check.state import Check

Patch = Callable[[], contextlib.AbstractContextManager[None]]


class Backward:
    """A user's gradient or backward pass, called with a function that it belongs to.

    Attributes
    ----------
    remembers : bool
        Whether it uses something that the function stores: the function is called before it.
    """

    def __init__(self, check: Check) -> None:
        self.check = check
        self.candidate = check.candidate
        self.function = check.function
        self.remembers = True
        self.results: dict[int, Any] = {}
        self.user = (
            self.candidate.vjp if self.candidate.vjp is not None else self.candidate.gradient
        )

    @property
    def roots(self) -> list[Any]:
        """What may be changed by running it."""
        return [self.user, self.function.f, self.function.template]

    @property
    def files(self) -> frozenset[str]:
        """The files that hold it, and so belong to the user."""
        return code_files(self.user)

    def forward(self, point: Point) -> Any:
        """Call the function, and return its result."""
        with self.check.options.further.replaced(point.further):
            return self.function.call(self.function.objects(point.x))

    def matrix(
        self, point: Point, patch: Patch = contextlib.nullcontext, made: bool = False
    ) -> Vector:
        """Return the derivatives at a point, as the oracle knows them.

        Parameters
        ----------
        point : Point
            The point.
        patch : callable
            Returns a context in which the backward pass runs, but not the function.
        made : bool
            Whether the function makes what is patched: then it runs in that context as well.
        """
        if made:
            with patch(), np.errstate(all="ignore"):
                result = self.forward(point)
                return point.view(self._claim(result, point).matrix)
        result = self.results.get(id(point))
        if self.remembers or result is None:
            result = self.results[id(point)] = self.forward(point)
        with patch(), np.errstate(all="ignore"):
            return point.view(self._claim(result, point).matrix)

    def _claim(self, result: Any, point: Point) -> Claim:
        with self.check.options.further.replaced(point.further):
            return self.candidate.backward(result, point.x, point.weights)

    def learn_memory(self, laboratory: Any, here: Point) -> None:
        """Find out whether the function must be called before."""
        x = self.function.x
        other = Point(x + 0.03 * self.function.scales(), here.weights, None, here.right, here.right)
        before = laboratory.run(lambda: self.matrix(here))

        def after_another() -> Any:
            self.forward(other)
            self.remembers = False
            return self.matrix(here)

        after = laboratory.run(after_another)
        same = before is not None and after is not None
        self.remembers = not (same and np.array_equal(before, after, equal_nan=True))
