"""Lines through the inputs of a function, along which it is differentiated numerically."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd import tree
from autograd.check.arrays import Vector, as_array
from autograd.check.checked_function import CheckedFunction
from autograd.check.finite_differences import Array, Line
from autograd.engine import Tensor


class Lines:
    """The results of a function, or weighted sums of them, along lines through the inputs.

    Parameters
    ----------
    function : CheckedFunction
        The function, called before.
    weights : ndarray, shape (rows, results), optional
        Weights of the sums that replace the results.
    """

    def __init__(self, function: CheckedFunction, weights: Vector | None = None) -> None:
        self.function = function
        self.weights = weights
        self.scales = function.scales()
        self.others = function.objects()

    def rows(self, values: Vector) -> Vector:
        """Return the results, or their weighted sums."""
        return values if self.weights is None else self.weights @ values

    def along_input(self, position: int) -> Line:
        """Return the line along which one input changes; a step of 1 is its scale."""
        function = self.function
        number = next(i for i, p in enumerate(function.inputs) if position < p.offset + p.size)
        leaf = function.inputs[number]
        start, inside = leaf.reals(), position - leaf.offset
        scale = float(self.scales[position])
        cast = np.empty(0, leaf.data.dtype).real.dtype.type
        alone = leaf.data.ndim == 0 and not leaf.complex

        def line(step: float) -> tuple[float, Array]:
            before = float(start[inside])
            to = float(cast(before + step * scale))
            if alone:
                moved: Any = np.asarray(to, leaf.data.dtype)
            else:
                numbers = start.copy()
                numbers[inside] = to
                moved = leaf.from_reals(numbers)
            values = function.leaf_moved(number, moved, self.others)
            return (to - before) / scale, self.rows(values)

        return line

    def along(self, direction: Vector) -> Line:
        """Return the line along which all inputs change; a step of 1 is `direction`."""
        x = self.function.x

        def line(step: float) -> tuple[float, Array]:
            to = x + step * direction
            lost = np.any((to == x) & (direction != 0))
            return 0.0 if lost else step, self.rows(self.function.value(to))

        return line

    def imaginary(self, direction: Vector) -> Array | None:
        """Differentiate by a complex step: f(x + ihv) = f(x) + ih·∂f/∂v, without cancellation.

        W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real
        functions", SIAM Review 40 (1998). Returns None if the function refuses complex inputs.
        """
        wide, narrow = (self._imaginary(direction, step) for step in (1e-16, 1e-20))
        if wide is None or narrow is None:
            return None
        with np.errstate(all="ignore"):  # analytic functions do not depend on the step
            return np.where(np.abs(wide - narrow) <= 1e-9 * np.abs(narrow), narrow, np.nan)

    def _imaginary(self, direction: Vector, step: float) -> Array | None:
        function = self.function
        if function.is_gradient or any(p.complex for p in (*function.inputs, *function.outputs)):
            return None
        step /= float(np.max(np.abs(direction), initial=0.0)) or 1.0
        objects = []
        for leaf, made in zip(function.inputs, self.others, strict=True):
            part = leaf.from_reals(direction[leaf.slice])
            if not np.any(part):
                objects.append(made)
                continue
            stepped = leaf.data.astype(np.complex128) + 1j * step * part.astype(np.float64)
            if function.on_nodes:
                objects.append(Tensor(stepped))
            else:
                objects.append(complex(stepped) if leaf.kind == "float" else stepped)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                found = [as_array(item) for _, item in tree.leaves(function.call(objects))]
        except Exception:  # a foreign function may raise anything
            return None
        parts = [
            np.imag(array).reshape(-1) / step
            if array.dtype.kind == "c"
            else np.full(array.size, np.nan)
            for array in found
            if array is not None
        ]
        values = np.concatenate(parts) if parts else np.zeros(0)
        return self.rows(values) if values.size == function.size else None
