"""The function under test, from anywhere, seen as a map from real numbers to real numbers.

Whatever it takes and gives (floats, arrays, nodes, complex numbers, nested containers) is laid
out as one vector of real numbers, a complex number as two: its real and its imaginary part.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from autograd import tree
from autograd.engine import Node, Tensor, Value, no_grad
from autograd.engine.objects import joined
from autograd.errors import DataError, ShapeError

Vector = npt.NDArray[np.float64]

#: What functions raise, at a neighbouring point, where NumPy would say NaN.
UNDEFINED = (ArithmeticError, ValueError)


@dataclass
class Leaf:
    """One number or array among the inputs or outputs, and where it lies in the vector."""

    path: str
    data: Any  # an ndarray of a real or complex type
    kind: Literal["float", "array", "torch"]
    offset: int
    original: Any = None
    complex: bool = field(init=False)  # then each element stands for two real numbers
    size: int = field(init=False)  # how many real numbers it has
    slice: slice = field(init=False)  # their place in the vector

    def __post_init__(self) -> None:
        self.complex = self.data.dtype.kind == "c"
        self.size = int(self.data.size) * (2 if self.complex else 1)
        self.slice = slice(self.offset, self.offset + self.size)

    def where(self, position: int) -> str:
        """Name one of its real numbers: ``params['W'][3, 0]``."""
        part = ""
        if self.complex:
            position, imaginary = divmod(position, 2)
            part = ".imag" if imaginary else ".real"
        if self.data.ndim == 0:
            return f"{self.path}{part}"
        index = np.unravel_index(position, self.data.shape)
        return f"{self.path}[{', '.join(map(str, map(int, index)))}]{part}"

    def moved_to(self, x: Vector) -> Leaf:
        """Return the same leaf with its numbers from another vector of inputs."""
        return Leaf(
            self.path, self.from_reals(x[self.slice]), self.kind, self.offset, self.original
        )

    def reals(self) -> Vector:
        """Return its numbers as a vector."""
        return as_reals(self.data)

    def from_reals(self, numbers: Vector) -> Any:
        """Return an array like this one, of other numbers."""
        if self.complex:
            numbers = np.ascontiguousarray(numbers, np.float64).view(np.complex128)  # type: ignore
        array = numbers.astype(self.data.dtype).reshape(self.data.shape)
        if self.data.flags.c_contiguous:
            return array
        like = np.empty_like(self.data)  # in the same order in memory
        like[...] = array
        return like


def as_reals(data: Any) -> Vector:
    """Lay out an array as a vector of real numbers."""
    if data.dtype.kind == "c":
        return np.ascontiguousarray(data, np.complex128).reshape(-1).view(np.float64)
    return np.asarray(data, np.float64).reshape(-1)


def plain(x: Any) -> Any:
    """Return the bare array or number of a node, of a PyTorch tensor or of a JAX array."""
    if isinstance(x, Node):
        return x.data  # type: ignore[attr-defined]
    if hasattr(x, "detach") and hasattr(x, "numpy"):
        for step in ("detach", "cpu", "resolve_conj", "resolve_neg"):
            x = getattr(x, step, lambda x=x: x)()
        return x.numpy()
    return x


def as_array(x: Any) -> Any:
    """Return a leaf as an array of floating point numbers; None if it has no derivative."""
    x = plain(x)
    if isinstance(x, (str, bytes)) or x is None or callable(x):
        return None
    array = np.asarray(x)
    return array if array.dtype.kind in "fc" else None


class Subject:
    """A function at a point: evaluates it there and nearby.

    Parameters
    ----------
    f : callable
        The function.
    inputs : sequence
        Its arguments at the point.
    on_nodes : bool
        Whether `f` wants Values and Tensors; otherwise it gets floats and arrays.
    names : sequence of str, optional
        What to call the arguments; by default as `f` calls them.
    is_gradient : bool
        Whether `f` is itself a gradient by this library: then it must always be recorded.

    Raises
    ------
    DataError
        If there is nothing among the inputs, or in the result, to differentiate.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        inputs: Sequence[Any],
        on_nodes: bool,
        names: Sequence[str] | None = None,
        is_gradient: bool = False,
    ) -> None:
        self.f = f
        self.on_nodes = on_nodes
        self.is_gradient = is_gradient
        self.recorded = is_gradient
        self.template = tuple(inputs)
        self.names = list(names) if names is not None else argument_names(f, len(inputs))
        if len(self.names) != len(inputs) or len(set(self.names)) != len(inputs):
            raise DataError(f"names= must be {len(inputs)} different names, not {self.names}.")
        self.inputs: list[Leaf] = []
        self.constants: list[str] = []
        self._lay_out_inputs()
        self.x = (
            np.concatenate([leaf.reals() for leaf in self.inputs]) if self.inputs else np.zeros(0)
        )
        self.outputs: list[Leaf] = []
        self.evaluations = 0
        self.writes_into_inputs = False
        self.computes_in_single = False

    def _lay_out_inputs(self) -> None:
        offset = 0
        for name, argument in zip(self.names, self.template, strict=True):
            for path, item in tree.leaves(argument, name):
                given = plain(item)
                direct = argument is item and type(given) is int
                data = np.asarray(float(given)) if direct else as_array(given)
                if data is None:
                    self.constants.append(f"{path} ({_kind_of(given)})")
                    continue
                kind: Any = "array"
                if isinstance(given, (float, int)):
                    kind = "float"
                elif hasattr(item, "new_tensor"):
                    kind = "torch"
                leaf = Leaf(path, np.array(data), kind, offset, item)
                offset += leaf.size
                self.inputs.append(leaf)
        if not self.inputs:
            raise DataError(
                "There is no floating point number among the inputs, so there is nothing to "
                f"differentiate by: {', '.join(self.constants) or 'no inputs'}. Write 1.0 for 1, "
                "and np.array(x, dtype=float)."
            )

    # -- calling it -------------------------------------------------------------------------

    def objects(self, x: Vector | None = None) -> list[Any]:
        """Make what the function takes in place of each leaf: nodes, floats or arrays."""
        return [
            self.make(leaf, leaf.data if x is None else leaf.from_reals(x[leaf.slice]))
            for leaf in self.inputs
        ]

    def make(self, leaf: Leaf, data: Any) -> Any:
        """Make what the function takes in place of one leaf."""
        if leaf.kind == "float":
            if self.on_nodes:
                return Value(float(data))
            return np.float64(data) if isinstance(leaf.original, np.float64) else float(data)
        if self.on_nodes:
            return Tensor(np.array(data))
        if leaf.kind == "torch":
            made = leaf.original.new_tensor(np.array(data), dtype=leaf.original.dtype)
            return made.requires_grad_(leaf.original.requires_grad)
        if isinstance(leaf.original, np.generic) or not isinstance(leaf.original, np.ndarray):
            return data.dtype.type(data) if np.ndim(data) == 0 else np.array(data)
        return np.array(data)

    def arguments(self, objects: Sequence[Any]) -> tuple[Any, ...]:
        """Put the objects where the leaves were."""
        by_path = dict(zip([leaf.path for leaf in self.inputs], objects, strict=True))
        return tuple(
            tree.replace(argument, lambda path, item: by_path.get(path, item), name)
            for name, argument in zip(self.names, self.template, strict=True)
        )

    def call(self, objects: Sequence[Any]) -> Any:
        """Call the function on nodes, floats or arrays, with NumPy's warnings off."""
        with np.errstate(all="ignore"):
            return tree.mapped(self.f(*self.arguments(objects)), joined)

    def first_call(self) -> None:
        """Call the function at the inputs, to learn what it returns and whether it writes there."""
        objects = self.objects()
        self.learn_outputs(self.call(objects))
        self.writes_into_inputs = any(
            not np.array_equal(as_reals(np.asarray(plain(made))), leaf.reals(), equal_nan=True)
            for made, leaf in zip(objects, self.inputs, strict=True)
        )

    def value(self, x: Vector) -> Vector:
        """Return the result at another point; NaN where the function is not defined."""
        return self._reals_of(self.objects(x))

    def leaf_moved(self, position: int, data: Any, others: list[Any]) -> Vector:
        """Return the result with one leaf replaced, and the others as they are."""
        objects = self.objects() if self.writes_into_inputs else others.copy()
        objects[position] = self.make(self.inputs[position], data)
        return self._reals_of(objects)

    def _reals_of(self, objects: list[Any]) -> Vector:
        self.evaluations += 1
        try:
            if self.on_nodes and not self.recorded:
                with no_grad():
                    result = self.call(objects)
            else:
                result = self.call(objects)
        except UNDEFINED:
            if not self.outputs:
                raise
            return np.full(self.size, np.nan)
        if isinstance(result, Tensor) and len(self.outputs) == 1:
            found = as_reals(result.data)
        else:
            found = self.flatten(result)
        if self.outputs and found.size != self.size:
            raise ShapeError(
                f"The function returned {self.size} numbers at the inputs, and {found.size} near "
                "them; there is no derivative where the shape of the result changes."
            )
        return found

    # -- its result -------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many real numbers the function returns."""
        return sum(leaf.size for leaf in self.outputs)

    def flatten(self, result: Any) -> Vector:
        """Lay out a result as a vector of real numbers."""
        found = [as_array(item) for _, item in tree.leaves(_whole(result))]
        arrays = [array for array in found if array is not None]
        if len(arrays) == len(self.outputs):
            for leaf, array in zip(self.outputs, arrays, strict=True):
                if array.dtype.kind == "c" and not leaf.complex:
                    return np.full(self.size, np.nan)  # as Python's (-1.0) ** 0.5
        return np.concatenate([as_reals(array) for array in arrays]) if arrays else np.zeros(0)

    def learn_outputs(self, result: Any) -> None:
        """Remember structure and types of the result."""
        self.outputs = []
        offset = 0
        for path, item in tree.leaves(_whole(result), "result"):
            array = as_array(item)
            if array is None:
                continue
            if self.is_gradient:  # a dict by the paths of the inputs
                path = f"∂{path.removeprefix('result[').removesuffix(']')[1:-1]}"
            leaf = Leaf(path, np.array(array), "array", offset, item)
            self.outputs.append(leaf)
            offset += leaf.size
        if not self.outputs:
            raise DataError(
                f"The function returned {type(result).__name__}, which holds no floating point "
                "number: there is nothing to differentiate."
            )

    def cotangents(self, weights: Vector) -> dict[str, Any]:
        """Return for each output the cotangent that weighs its real numbers as given, by path.

        It weighs by Re(w · y), so that w is the conjugate of the weights of a complex output.
        """
        return {p.path: np.conj(p.from_reals(weights[p.slice])) for p in self.outputs}

    # -- naming and precision ---------------------------------------------------------------

    @property
    def precision(self) -> float:
        """The relative rounding error of the coarsest type that takes part."""
        types = [leaf.data.dtype for leaf in (*self.inputs, *self.outputs)]
        if self.computes_in_single:
            types.append(np.dtype(np.float32))
        return max(float(np.finfo(dtype).eps) for dtype in types)

    def look_for_single_precision(self, center: Vector) -> None:
        """Notice that the function computes in single precision, though it returns double.

        The results, here and at a neighbouring point, then have no digits that float32 has not.
        """
        nearby = self.value(self.x * (1 + 1e-3 * np.cos(np.arange(1.0, self.x.size + 1))))
        values = np.concatenate([center, nearby])
        values = values[np.isfinite(values) & (values != np.round(values, 2))]
        with np.errstate(over="ignore"):
            self.computes_in_single = values.size > 0 and bool(
                np.all(values == values.astype(np.float32))
            )

    def input_name(self, position: int) -> str:
        """Name one real number of the inputs."""
        return _name(self.inputs, position)

    def output_name(self, position: int) -> str:
        """Name one real number of the result; empty if it is the only one."""
        return "" if self.size == 1 else _name(self.outputs, position)

    def leaf_of(self, position: int) -> Leaf:
        """Return the input leaf that a real number belongs to."""
        return next(leaf for leaf in self.inputs if position < leaf.offset + leaf.size)

    def scales(self) -> Vector:
        """Return, for each input, the size of the changes that matter to it.

        The number's own size; for one that is zero or tiny, a tenth of the median of its array.
        """
        parts = []
        for leaf in self.inputs:
            sizes = np.abs(leaf.reals())
            finite = sizes[np.isfinite(sizes) & (sizes > 0)]
            middle = finite.size // 2
            typical = 0.1 * float(np.partition(finite, middle)[middle]) if finite.size else 1.0
            parts.append(np.where(sizes < np.inf, np.maximum(sizes, typical), typical))
        return np.concatenate(parts) if parts else np.zeros(0)


def _kind_of(x: Any) -> str:
    kind = getattr(getattr(x, "dtype", None), "kind", "")
    return "integers" if isinstance(x, int) or kind in tuple("biu") else type(x).__name__


def _whole(result: Any) -> Any:
    """Make a float of a result that is one whole number, as that of math.floor."""
    return float(result) if type(result) is int else result


def _name(leaves: list[Leaf], position: int) -> str:
    for leaf in leaves:
        if position < leaf.offset + leaf.size:
            return leaf.where(position - leaf.offset)
    raise IndexError(position)


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """Return the names that a function has for its arguments; ``inputs[0]`` where it has none."""
    fallback = [f"inputs[{position}]" for position in range(count)]
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (ValueError, TypeError):
        return fallback
    positional = [
        p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    return (positional + fallback[len(positional) :])[:count]
