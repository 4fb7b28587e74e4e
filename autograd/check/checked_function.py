"""The function under test as a map from a vector of real numbers to another.

Floats, arrays, nodes, complex numbers and nested containers of them become one vector; a complex
number becomes two real ones, its real and its imaginary part.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from autograd import tree
from autograd.check.arrays import Vector, as_array, as_reals, plain
from autograd.engine import Tensor, Value, no_grad
from autograd.engine.foreign import beside, is_foreign
from autograd.engine.objects import joined
from autograd.errors import DataError, ShapeError

TINY = float(np.finfo(np.float64).tiny)
DOUBLE = float(np.finfo(np.float64).eps)

#: What functions raise at points where NumPy would return NaN.
UNDEFINED = (ArithmeticError, ValueError)


@dataclass
class Leaf:
    """One number or array among the inputs or outputs, and its place in the vector."""

    path: str
    data: Any  # an ndarray of a real or complex type
    kind: Literal["float", "array", "torch"]
    offset: int
    original: Any = None
    complex: bool = field(init=False)  # then each element is two real numbers
    size: int = field(init=False)  # number of real numbers
    slice: slice = field(init=False)  # its place in the vector

    def __post_init__(self) -> None:
        self.complex = self.data.dtype.kind == "c"
        self.size = int(self.data.size) * (2 if self.complex else 1)
        self.slice = slice(self.offset, self.offset + self.size)

    def where(self, position: int) -> str:
        """Return the name of one of its real numbers: ``params['W'][3, 0]``."""
        part = ""
        if self.complex:
            position, imaginary = divmod(position, 2)
            part = ".imag" if imaginary else ".real"
        if self.data.ndim == 0:
            return f"{self.path}{part}"
        index = np.unravel_index(position, self.data.shape)
        return f"{self.path}[{', '.join(map(str, map(int, index)))}]{part}"

    def moved_to(self, x: Vector) -> Leaf:
        """Return the same leaf at another point, given as a vector of all inputs."""
        return Leaf(
            self.path, self.from_reals(x[self.slice]), self.kind, self.offset, self.original
        )

    def reals(self) -> Vector:
        """Return its data as a vector."""
        return as_reals(self.data)

    def from_reals(self, numbers: Vector) -> Any:
        """Return an array like its data with other numbers."""
        if self.complex:
            numbers = np.ascontiguousarray(numbers, np.float64).view(np.complex128)  # type: ignore
        array = numbers.astype(self.data.dtype).reshape(self.data.shape)
        if self.data.flags.c_contiguous:
            return array
        like = np.empty_like(self.data)  # keep the memory order
        like[...] = array
        return like


def as_derivative(rows: Any, leaf: Leaf) -> Any:
    """Return rows of real derivatives as an array like a leaf, or one such array for each row."""
    if leaf.complex:
        rows = np.conj(np.ascontiguousarray(rows).view(np.complex128))
    shape = leaf.data.shape if len(rows) == 1 else (len(rows), *leaf.data.shape)
    return rows.reshape(shape)


class CheckedFunction:
    """A function at a point, to evaluate there and nearby.

    Parameters
    ----------
    f : callable
        The function.
    inputs : sequence
        Its arguments at the point.
    on_nodes : bool
        Whether to call `f` with Values and Tensors instead of floats and arrays.
    names : sequence of str, optional
        Names of the arguments; by default those in the signature of `f`.
    is_gradient : bool
        Whether `f` is a gradient by this library: then it must always be recorded.
    data : collection of str
        The names of arguments, or paths in them, that are passed on unchanged.

    Raises
    ------
    DataError
        If the inputs or the result hold no floating point number.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        inputs: Sequence[Any],
        on_nodes: bool,
        names: Sequence[str] | None = None,
        is_gradient: bool = False,
        data: Collection[str] = (),
    ) -> None:
        self.f = f
        self.on_nodes = on_nodes
        self.is_gradient = is_gradient
        self.recorded = is_gradient
        self.template = tuple(inputs)
        self.names = list(names) if names is not None else argument_names(f, len(inputs))
        if len(self.names) != len(inputs) or len(set(self.names)) != len(inputs):
            raise DataError(f"names= must be {len(inputs)} different names, not {self.names}.")
        self.data = tuple(data)
        self.inputs: list[Leaf] = []
        self.constants: list[str] = []
        self._lay_out_inputs()
        self.x = (
            np.concatenate([leaf.reals() for leaf in self.inputs]) if self.inputs else np.zeros(0)
        )
        self.outputs: list[Leaf] = []
        self.evaluations = 0
        self.modifies_inputs = False
        self.computes_in_single = False

    def _lay_out_inputs(self) -> None:
        offset = 0
        for name, argument in zip(self.names, self.template, strict=True):
            for path, item in tree.leaves(argument, name):
                if any(is_part(path, other) for other in self.data):
                    continue
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
                "No input holds floating point numbers, so there is nothing to differentiate with "
                f"respect to: {', '.join(self.constants) or 'no inputs'}. Write 1.0 instead of 1, "
                "or np.array(x, dtype=float)."
            )

    def with_nodes(self, x: Vector | None = None) -> CheckedFunction:
        """Return the same function called with nodes, here or at another point."""
        other = CheckedFunction(
            self.f, self.template, True, self.names, self.is_gradient, self.data
        )
        if x is not None:
            other.x = x
            other.inputs = [leaf.moved_to(x) for leaf in self.inputs]
        return other

    def in_double(self) -> CheckedFunction | None:
        """Return the same function at the same inputs in double precision, already called.

        None if it has that precision already, or does not return it when given it.
        """
        if max(map(_precision, self.inputs)) <= DOUBLE:
            return None
        template = [
            tree.replace(argument, lambda _, item: _doubled(item), name)
            for name, argument in zip(self.names, self.template, strict=True)
        ]
        double = CheckedFunction(
            self.f, template, self.on_nodes, self.names, self.is_gradient, self.data
        )
        double.recorded = self.recorded
        try:
            double.first_call()
        except Exception:  # such as a module whose parameters have single precision
            return None
        shapes, expected = ([p.data.shape for p in g.outputs] for g in (double, self))
        return double if shapes == expected and double.type_precision <= DOUBLE else None

    # -- calls ------------------------------------------------------------------------------

    def objects(self, x: Vector | None = None) -> list[Any]:
        """Return what to pass to the function for each leaf: nodes, floats or arrays."""
        return [
            self.make(leaf, leaf.data if x is None else leaf.from_reals(x[leaf.slice]))
            for leaf in self.inputs
        ]

    def make(self, leaf: Leaf, data: Any) -> Any:
        """Return what to pass to the function for one leaf."""
        if leaf.kind == "float":
            if self.on_nodes:
                return Value(float(data))
            return np.float64(data) if isinstance(leaf.original, np.float64) else float(data)
        if self.on_nodes:
            return Tensor(beside(np.array(data), leaf.original))
        if leaf.kind == "torch":
            made = leaf.original.new_tensor(np.array(data), dtype=leaf.original.dtype)
            return made.requires_grad_(leaf.original.requires_grad)
        is_array = isinstance(leaf.original, np.ndarray) or is_foreign(leaf.original)
        if np.ndim(data) == 0 and not is_array:
            return data.dtype.type(data)
        return beside(np.array(data), leaf.original)

    def arguments(self, objects: Sequence[Any]) -> tuple[Any, ...]:
        """Return the arguments with each leaf replaced by its object."""
        by_path = dict(zip([leaf.path for leaf in self.inputs], objects, strict=True))
        return tuple(
            tree.replace(argument, lambda path, item: by_path.get(path, item), name)
            for name, argument in zip(self.names, self.template, strict=True)
        )

    def call(self, objects: Sequence[Any]) -> Any:
        """Call the function without NumPy's warnings."""
        with np.errstate(all="ignore"):
            return tree.mapped(self.f(*self.arguments(objects)), joined)

    def first_call(self) -> None:
        """Call the function at the inputs; note what it returns and whether it modifies them."""
        objects = self.objects()
        self.learn_outputs(self.call(objects))
        self.modifies_inputs = any(
            not np.array_equal(as_reals(np.asarray(plain(made))), leaf.reals(), equal_nan=True)
            for made, leaf in zip(objects, self.inputs, strict=True)
        )

    def value(self, x: Vector) -> Vector:
        """Return the result at a point; NaN where the function is undefined."""
        return self._reals_of(self.objects(x))

    def leaf_moved(self, position: int, data: Any, others: list[Any]) -> Vector:
        """Return the result with one leaf replaced."""
        objects = self.objects() if self.modifies_inputs else others.copy()
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
            found = as_reals(plain(result))
        else:
            found = self.flatten(result)
        if self.outputs and found.size != self.size:
            raise ShapeError(
                f"The function returned {self.size} numbers at the inputs, but {found.size} "
                "nearby. It has no derivative where the shape of its result changes."
            )
        return found

    # -- results ----------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """The number of real numbers the function returns."""
        return sum(leaf.size for leaf in self.outputs)

    def flatten(self, result: Any) -> Vector:
        """Return a result as a vector of real numbers."""
        found = [as_array(item) for _, item in tree.leaves(_whole(result))]
        arrays = [array for array in found if array is not None]
        if len(arrays) == len(self.outputs):
            for leaf, array in zip(self.outputs, arrays, strict=True):
                if array.dtype.kind == "c" and not leaf.complex:
                    return np.full(self.size, np.nan)  # such as (-1.0) ** 0.5
        return np.concatenate([as_reals(array) for array in arrays]) if arrays else np.zeros(0)

    def learn_outputs(self, result: Any) -> None:
        """Store the structure and the types of the result."""
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
                "number, so there is nothing to differentiate."
            )

    def cotangents(self, weights: Vector) -> dict[str, Any]:
        """Return the cotangent of each output, by path, for weights of its real numbers.

        A cotangent w stands for Re(w · y), so complex weights are conjugated.
        """
        return {p.path: np.conj(p.from_reals(weights[p.slice])) for p in self.outputs}

    # -- naming and precision ---------------------------------------------------------------

    @property
    def precision(self) -> float:
        """The relative rounding error of the results: that of their type, or of float32."""
        single = float(np.finfo(np.float32).eps) if self.computes_in_single else 0.0
        return max(self.type_precision, single)

    @property
    def type_precision(self) -> float:
        """The relative rounding error of the least precise type of the inputs and outputs."""
        return max(map(_precision, (*self.inputs, *self.outputs)))

    def looks_single(self, center: Vector) -> bool:
        """Return whether all results, here and at a neighbouring point, are float32 numbers.

        Then the function computes in single precision, even if it returns double.
        """
        nearby = self.value(self.x * (1 + 1e-3 * np.cos(np.arange(1.0, self.x.size + 1))))
        values = np.concatenate([center, nearby])
        values = values[np.isfinite(values) & (values != np.round(values, 2))]
        with np.errstate(over="ignore"):
            return values.size > 0 and bool(np.all(values == values.astype(np.float32)))

    def input_name(self, position: int) -> str:
        """Return the name of one real number of the inputs."""
        return _name(self.inputs, position)

    def output_name(self, position: int) -> str:
        """Return the name of one real number of the result; empty if it is the only one."""
        return "" if self.size == 1 else _name(self.outputs, position)

    def scales(self) -> Vector:
        """Return a typical size of each input, the unit of its steps.

        That is its magnitude, but at least a tenth of the median magnitude of its array.
        """
        parts = []
        for leaf in self.inputs:
            sizes = np.abs(leaf.reals())
            sizes[sizes < TINY] = 0.0  # a step relative to a subnormal number would underflow
            finite = sizes[np.isfinite(sizes) & (sizes > 0)]
            middle = finite.size // 2
            typical = 0.1 * float(np.partition(finite, middle)[middle]) if finite.size else 1.0
            parts.append(np.where(sizes < np.inf, np.maximum(sizes, typical), typical))
        return np.concatenate(parts) if parts else np.zeros(0)

    def neighbour(self) -> Vector:
        """Return a point nearby, at which to expose what functions keep between calls."""
        moved: Vector = self.x + 0.01 * self.scales() * np.cos(np.arange(self.x.size))
        return moved


def _precision(leaf: Leaf) -> float:
    """Return the relative rounding error of a leaf's type."""
    return float(np.finfo(leaf.data.dtype).eps)


def _doubled(item: Any) -> Any:
    """Return floating point numbers in double precision, and anything else as it is."""
    array = as_array(item)
    if array is None or float(np.finfo(array.dtype).eps) <= DOUBLE:
        return item
    if hasattr(item, "new_tensor"):  # PyTorch
        return item.cdouble() if array.dtype.kind == "c" else item.double()
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)[()]


def _kind_of(x: Any) -> str:
    kind = getattr(getattr(x, "dtype", None), "kind", "")
    return "integers" if isinstance(x, int) or kind in tuple("biu") else type(x).__name__


def _whole(result: Any) -> Any:
    """Convert a result that is a Python int, such as that of math.floor, to a float."""
    return float(result) if type(result) is int else result


def _name(leaves: list[Leaf], position: int) -> str:
    for leaf in leaves:
        if position < leaf.offset + leaf.size:
            return leaf.where(position - leaf.offset)
    raise IndexError(position)


def is_part(path: str, name: str) -> bool:
    """Return whether a path leads to an argument, or into it."""
    return path == name or path.startswith((f"{name}[", f"{name}."))


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """Return the parameter names of a function; ``inputs[0]`` where it has none."""
    fallback = [f"inputs[{position}]" for position in range(count)]
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (ValueError, TypeError):
        return fallback
    positional = [
        p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    return (positional + fallback[len(positional) :])[:count]
