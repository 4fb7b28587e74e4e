"""A gradient or backward pass under test, and its derivatives as a matrix."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import tree
from autograd.check.arrays import Vector, as_array, as_reals, plain
from autograd.check.checked_function import CheckedFunction, Leaf, is_part
from autograd.check.slots import renamed
from autograd.engine.foreign import beside
from autograd.errors import DataError


@dataclass
class Claim:
    """Derivatives under test.

    Attributes
    ----------
    matrix : ndarray, shape (rows, inputs)
        A row for each result or weighted sum of results; NaN for gradients of a wrong shape.
    misshapen : dict
        What is wrong with a gradient's shape, by the path of the leaf.
    arrays : dict
        The gradients as given, by the path of the leaf.
    absent : set of str
        The paths of the leaves for which None was given.
    """

    matrix: Vector
    misshapen: dict[str, str] = field(default_factory=dict)
    arrays: dict[str, Any] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)


class Candidate:
    """A user-supplied gradient or backward pass.

    Parameters
    ----------
    function : CheckedFunction
        The function that it differentiates.
    gradient, vjp
        As `check_gradients` takes them; at most one is not None.
    """

    def __init__(
        self, function: CheckedFunction, gradient: Any, vjp: Callable[..., Any] | None = None
    ) -> None:
        self.function = function
        self.gradient = gradient
        self.vjp = vjp

    @property
    def is_callable(self) -> bool:
        """Whether it can be evaluated at other inputs."""
        return callable(self.gradient) or self.vjp is not None

    def at(self, x: Vector, weights: Vector | None = None) -> Claim:
        """Return the derivatives of the results, or of weighted sums of them, at a point."""
        result = None
        if self.is_callable:  # the function first: it may store what the gradient needs
            result = self.function.call(self.function.objects(x))
        return self.backward(result, x, weights)

    def backward(self, result: Any, x: Vector, weights: Vector | None = None) -> Claim:
        """Return the same after a call of the function, which returned `result`."""
        function = self.function
        arguments = function.arguments(function.objects(x))
        with np.errstate(all="ignore"):
            if self.vjp is not None:
                rows = np.eye(function.size) if weights is None else weights
                return self._by_vjp(result, arguments, rows)
            given = self.gradient(*arguments) if callable(self.gradient) else self.gradient
        claim = claimed_jacobian(function, given)
        if weights is not None:
            claim.matrix = weights @ claim.matrix
        return claim

    def _by_vjp(self, result: Any, arguments: tuple[Any, ...], weights: Vector) -> Claim:
        """Compute one row at a time."""
        assert self.vjp is not None
        function = self.function
        single = CheckedFunction(
            lambda *_: 0.0, function.template, False, function.names, data=function.data
        )
        single.learn_outputs(0.0)
        claim = Claim(np.empty((len(weights), function.x.size)))
        for number, row in enumerate(weights):
            cotangent = self._cotangent(result, row)
            part = claimed_jacobian(single, self.vjp(cotangent, *arguments))
            claim.matrix[number] = part.matrix[0]
            claim.misshapen.update(part.misshapen)
            claim.arrays.update(part.arrays)
            claim.absent.update(part.absent)
        return claim

    def _cotangent(self, result: Any, weights: Vector) -> Any:
        """Return a cotangent in the structure of the result, for weights of its real numbers."""
        found = self.function.cotangents(weights)

        def replacement(path: str, item: Any) -> Any:
            return _like(found[path], item) if path in found else item

        return tree.replace(result, replacement, "result")


def claimed_jacobian(function: CheckedFunction, given: Any) -> Claim:
    """Return a gradient or Jacobian, given as arrays, as a matrix.

    Parameters
    ----------
    function : CheckedFunction
        The function, its results known.
    given : array_like, or containers of them
        The derivative of one input; for several a sequence of derivatives or a dict by name. Each
        has the structure of the input, preceded by the shape of the result if that is an array.
    """
    claim = Claim(np.full((function.size, function.x.size), np.nan))
    outputs = function.outputs
    for leaf, item in zip(function.inputs, by_leaf(function, given), strict=True):
        if item is None:
            claim.absent.add(leaf.path)
        array = np.zeros(()) if item is None else _numbers(item, leaf)
        if item is None and leaf.data.size != 1:
            array = np.zeros(function.outputs[0].data.shape + leaf.data.shape)
        claim.arrays[leaf.path] = array
        wanted = leaf.data.shape if function.size == 1 else outputs[0].data.shape + leaf.data.shape
        if len(outputs) > 1:
            wanted = (sum(output.data.size for output in outputs), *leaf.data.shape)
        if array.dtype.kind == "c" and not leaf.complex and not any(p.complex for p in outputs):
            claim.misshapen[leaf.path] = f"is complex, but {leaf.path} is real"
        elif _fits(array.shape, wanted, outputs[0].data.shape + leaf.data.shape):
            claim.matrix[:, leaf.slice] = _matrix(array, leaf, outputs)
        else:
            claim.misshapen[leaf.path] = f"has shape {array.shape}, but {leaf.path} " + (
                f"has shape {wanted}" if function.size == 1 else f"needs {wanted}"
            )
    return claim


def _numbers(item: Any, leaf: Leaf) -> Any:
    """Return what was given as the derivative of an input as an array."""
    if isinstance(item, dict):
        raise DataError(
            f"The gradient with respect to {leaf.path} is a dict with the keys "
            f"{', '.join(map(str, item))}. Return an array, or a dict by the names of the inputs."
        )
    try:
        array = as_array(item)
        return np.asarray(plain(item), np.float64) if array is None else array
    except (TypeError, ValueError):
        raise DataError(
            f"The gradient with respect to {leaf.path} must be an array of numbers of its shape, "
            f"{leaf.data.shape}, not {item!r:.60}."
        ) from None


def _fits(given: tuple[int, ...], *wanted: tuple[int, ...]) -> bool:
    """Return whether a shape is acceptable: as expected, or any shape of a single number."""
    single = any(math.prod(shape) == 1 for shape in wanted)
    return given in wanted or (single and math.prod(given) == 1)


def _like(cotangent: Any, result: Any) -> Any:
    """Convert a cotangent to the type of the result: a float, an array or a PyTorch tensor."""
    if hasattr(result, "new_tensor"):
        for step in ("detach", "resolve_conj", "resolve_neg"):  # PyTorch has lazy conjugates
            result = getattr(result, step, lambda r=result: r)()
        return result.new_tensor(np.asarray(cotangent), dtype=result.dtype)
    return float(cotangent) if isinstance(result, float) else beside(cotangent, result)


def _matrix(array: Any, leaf: Leaf, outputs: Sequence[Leaf]) -> Vector:
    """Return rows of real derivatives of Re(wf): w = 1 for real parts, -i for imaginary ones."""
    elements = leaf.data.size
    flat = array.reshape(sum(output.data.size for output in outputs), elements)
    rows = []
    start = 0
    for output in outputs:
        for row in flat[start : start + output.data.size]:
            for weight in (1, -1j) if output.complex else (1,):
                rows.append(_real_row(weight * row, leaf))
        start += output.data.size
    return np.array(rows).reshape(len(rows), leaf.size)


def _real_row(row: Any, leaf: Leaf) -> Vector:
    """Return Re(row · dz) for dz = 1 and dz = i; for real inputs only dz = 1."""
    return as_reals(np.conj(np.asarray(row, np.complex128))) if leaf.complex else np.real(row)


def by_leaf(function: CheckedFunction, given: Any) -> list[Any]:
    """Split a gradient into one item for each leaf of the inputs.

    Raises
    ------
    DataError
        If it does not have the structure of the inputs.
    """
    found: list[Any] = []
    for name, part in zip(function.names, _by_argument(function, given), strict=True):
        mine = [leaf for leaf in function.inputs if is_part(leaf.path, name)]
        if len(mine) == 1 and mine[0].path == name:
            found.append(part)
            continue
        if isinstance(part, np.ndarray) and part.ndim and len(part) == len(mine):
            found.extend(part)  # one array for a list of numbers
            continue
        part = _with_names_of(part, function.template[function.names.index(name)])
        items = dict(tree.leaves(part, name)) if part is not None else {}
        missing = [leaf.path for leaf in mine if leaf.path not in items]
        if missing and part is not None:
            raise DataError(
                f"The gradient lacks {', '.join(missing[:5])}; give it the same structure "
                f"as {name}."
            )
        found.extend(items.get(leaf.path) for leaf in mine)
    return found


def _by_argument(function: CheckedFunction, given: Any) -> list[Any]:
    """Return what was given for each argument of the function; None where nothing was."""
    names = function.names
    if len(names) == 1:
        return [_single(given, names[0], function.template[0])]
    moving = [n for n in names if any(is_part(leaf.path, n) for leaf in function.inputs)]
    if isinstance(given, dict) and all(isinstance(key, str) for key in given):
        by_name = renamed(given, names)
        if by_name is not None:
            return [by_name.get(name) for name in names]
    listed = isinstance(given, np.ndarray) and given.dtype == object
    parts = list(given) if listed or isinstance(given, (tuple, list)) else [given]
    if len(moving) == 1 and len(parts) not in (1, len(names)):
        parts = [given]  # the structure of the only one
    if len(parts) == len(moving) != len(names):
        by_name = dict(zip(moving, parts, strict=True))
        parts = [by_name.get(name) for name in names]
    if len(parts) != len(names):
        raise DataError(
            f"The gradient has {len(parts)} part{'' if len(parts) == 1 else 's'}, the function "
            f"{len(names)} inputs ({', '.join(names)}). Return a tuple with one derivative for "
            "each input, None for inputs without one."
        )
    return parts


def _with_names_of(given: Any, like: Any) -> Any:
    """Return a gradient with the keys of what it belongs to: ``dW`` becomes ``W``."""
    if isinstance(given, dict) and isinstance(like, dict):
        by_name = renamed(given, like)
        if by_name is None:
            return given
        return {key: _with_names_of(item, like[key]) for key, item in by_name.items()}
    both = isinstance(given, (tuple, list)) and isinstance(like, (tuple, list))
    if both and len(given) == len(like):
        return tree.like(given, [_with_names_of(a, b) for a, b in zip(given, like, strict=True)])
    return given


def _single(given: Any, name: str, template: Any) -> Any:
    """Unwrap the gradient of a single argument from a tuple or a dict by name."""
    if isinstance(given, tuple) and len(given) == 1:
        return given if isinstance(template, (tuple, list)) and len(template) == 1 else given[0]
    if isinstance(given, dict) and set(given) == {name}:
        return given if isinstance(template, dict) and set(template) == {name} else given[name]
    return given
