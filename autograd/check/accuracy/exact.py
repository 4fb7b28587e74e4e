"""Evaluate a recorded function with mpmath, at a precision that is raised until it suffices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.check.accuracy.exact_functions import (
    AS_THEY_ARE,
    GROWING,
    ORDERING,
    STEPS,
    of_arrays,
    of_numbers,
)
from autograd.check.accuracy.exact_matrices import OF_DECOMPOSITIONS, OF_MATRICES
from autograd.engine import Node, Primitive, Tensor
from autograd.graph import Graph, contents
from autograd.rules import products

#: Decimal digits to compute with, until two agree. The last but one suffices for cos(1e308).
PRECISIONS = (40, 80, 160, 400, 800)
#: Two precisions agree if their results differ by less than this part.
AGREEMENT = 1e-22

#: Numbers from 2 to this power count as infinite; those of doubles end at 1024.
LARGEST = 4096


class Arithmetic:
    """Numbers of mpmath with some decimal digits, in object arrays.

    Raises
    ------
    ImportError
        If mpmath is not installed.
    """

    def __init__(self, digits: int) -> None:
        try:
            import mpmath
        except ImportError as error:
            raise ImportError(
                'check_precision needs mpmath: pip install "chainrule[precision]"'
            ) from error
        self.m: Any = mpmath.mp.clone()
        self.m.dps = digits

    def exact(self, data: Any) -> Any:
        """Return floating point numbers as an object array of the same numbers."""
        array = np.asarray(data)
        make = self.m.mpc if array.dtype.kind == "c" else self.m.mpf
        if array.dtype.kind == "O":
            return array
        flat = [make(x) for x in array.ravel().tolist()]
        return _objects(flat, array.shape)

    def apply(
        self, primitive: Primitive, arguments: Any, keywords: Mapping[str, Any], computed: Any
    ) -> Any:
        """Return the exact result of a primitive; None if it has no row.

        Parameters
        ----------
        primitive : Primitive
            The primitive.
        arguments : sequence
            Object arrays, and anything else as it was recorded.
        keywords : mapping
            The keyword arguments.
        computed : array
            What the program computed. If it is real, what would be complex is NaN.
        """
        function = of_numbers(primitive)
        if function is not None:
            numbers = [self.exact(a) for a in arguments]
            if primitive in GROWING:
                numbers = [_array(np.frompyfunc(self._bounded, 1, 1)(x)) for x in numbers]
            checked = self._checked(function, computed.dtype.kind != "c")
            found = _array(np.frompyfunc(checked, len(numbers), 1)(*numbers))
            if computed.dtype.kind == "c":
                on_side = np.frompyfunc(_on_side, 2 + len(numbers), 1)
                found = _array(on_side(found, computed, *numbers))
            return found
        arrays = [self.exact(a) if _is_floating(a) else a for a in arguments]
        of_matrices = of_arrays(primitive)
        if of_matrices is not None:
            return _array(of_matrices(self.m, *arrays, **keywords))
        if primitive in OF_DECOMPOSITIONS:
            return OF_DECOMPOSITIONS[primitive](self.m, computed, *arrays, **keywords)
        if primitive in ORDERING and any(x != x for x in arrays[0].ravel()):
            return None
        if primitive in AS_THEY_ARE:
            found = primitive.function(*arrays, **keywords)
            # An array without axes that is assigned to an element of objects is stored as it is.
            return _array(np.frompyfunc(lambda x: getattr(x, "flat", [x])[0], 1, 1)(found))
        return None

    def _bounded(self, x: Any) -> Any:
        """Return infinity for what is beyond all types, as in exp(exp(exp(x)))."""
        if isinstance(x, self.m.mpf) and self.m.isfinite(x) and self.m.mag(x) > LARGEST:
            return self.m.sign(x) * self.m.inf
        return x

    def _checked(self, function: Any, real: bool) -> Any:
        """Wrap a function of numbers: NaN and infinity instead of errors and complex results."""
        m = self.m

        def checked(*numbers: Any) -> Any:
            try:
                y = function(m, *numbers)
            except ZeroDivisionError:
                return _quotient(m, numbers)
            except (ValueError, ArithmeticError):
                return m.nan
            if real and isinstance(y, m.mpc):
                return y.real if y.imag == 0 else m.nan
            return y

        return checked


def _quotient(m: Any, numbers: Any) -> Any:
    """Return what NumPy gives where a denominator is zero: NaN or an infinity."""
    above = numbers[0] if len(numbers) > 1 else m.mpf(1)
    return m.nan if above == 0 or m.isnan(above) or isinstance(above, m.mpc) else above * m.inf


def _objects(flat: Any, shape: Any) -> Any:
    array = np.empty(len(flat), dtype=object)
    array[:] = flat
    return array.reshape(shape)


def _array(x: Any) -> Any:
    return x if isinstance(x, np.ndarray) else _objects([x], ())


def _is_floating(x: Any) -> bool:
    return isinstance(x, (float, complex)) or (
        isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "fc"
    )


class Record:
    """A recorded computation, with the numbers it computed, to evaluate exactly.

    Attributes
    ----------
    graph : Graph
        The recorded operations.
    unknown : list of Primitive
        Primitives without an exact function: their results are taken as computed.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.computed = {id(node): np.array(contents(node)) for node in graph.nodes}
        self.unknown: list[Primitive] = []
        self._bodies: dict[int, tuple[list[Any], Record] | None] = {}

    @property
    def work(self) -> int:
        """The number of elements that an evaluation computes; more for those of matrices."""
        return sum(_effort(node) for node in self.graph.operations) + len(self.graph.nodes)

    def evaluate(
        self, arithmetic: Arithmetic, inputs: Mapping[int, Any] | None = None
    ) -> dict[int, Any]:
        """Return the exact value of each node, by its id.

        Parameters
        ----------
        arithmetic : Arithmetic
            The numbers to compute with.
        inputs : mapping of int to array, optional
            Other values of leaves, by the id of the node.
        """
        values = {key: _array(value) for key, value in (inputs or {}).items()}
        for node in self.graph.nodes:
            if id(node) in values:
                continue
            if node.primitive is None:
                values[id(node)] = arithmetic.exact(self.computed[id(node)])
            else:
                values[id(node)] = self.operation(arithmetic, node, values)
        return values

    def operation(self, arithmetic: Arithmetic, node: Any, values: Mapping[int, Any]) -> Any:
        """Return the exact result of one operation, given values of its arguments."""
        computed = self.computed[id(node)]
        if node.primitive in STEPS:
            return arithmetic.exact(computed)
        arguments = [
            values[id(a)] if isinstance(a, Node) and id(a) in values else contents(a)
            for a in node.arguments
        ]
        try:
            found = arithmetic.apply(node.primitive, arguments, node.keywords, computed)
        except (TypeError, ValueError, ArithmeticError, NotImplementedError):
            found = None
        if found is None:
            found = self._by_its_body(arithmetic, node, arguments)
        if found is None or found.shape != computed.shape:
            if node.primitive not in self.unknown:
                self.unknown.append(node.primitive)
            return arithmetic.exact(computed)
        return found

    def _by_its_body(self, arithmetic: Arithmetic, node: Any, arguments: Any) -> Any:
        """Return what the function of a primitive computes, if it is NumPy code; else None."""
        if id(node) not in self._bodies:
            self._bodies[id(node)] = _body(node)
        body = self._bodies[id(node)]
        if body is None:
            return None
        leaves, record = body
        values = {
            id(leaf): arithmetic.exact(x)
            for leaf, x in zip(leaves, arguments, strict=True)
            if leaf is not None
        }
        (output,) = record.graph.outputs
        found = record.evaluate(arithmetic, values)[id(output)]
        return None if record.unknown else found


def _effort(node: Any) -> int:
    """Return how many elements a program computes in the time of an operation, by measurement."""
    arrays = [np.asarray(contents(a)) for a in node.arguments if isinstance(a, Node)]
    size = sum(array.size for array in arrays) + np.size(contents(node))
    if node.primitive in OF_DECOMPOSITIONS:
        return int(size * 8 * max(arrays[0].shape[-2:]))
    if node.primitive in OF_MATRICES or node.primitive is products.matmul:
        return int(size * max(1, *[array.shape[-1] for array in arrays if array.ndim]))
    return int(size)


def _body(node: Any) -> tuple[list[Any], Record] | None:
    """Return what the function of a primitive records for the arguments of a node."""
    leaves = [Tensor(contents(a)) if isinstance(a, Node) else None for a in node.arguments]
    given = [a if leaf is None else leaf for a, leaf in zip(node.arguments, leaves, strict=True)]
    try:
        with np.errstate(all="ignore"):
            result = node.primitive.function(*given, **node.keywords)
    except Exception:  # a function may raise anything when it is given nodes
        return None
    if not isinstance(result, Node):
        return None
    graph = Graph.of(result)
    if any(inner.primitive is node.primitive for inner in graph.operations):
        return None
    return leaves, Record(graph)


def settled(record: Record) -> tuple[Arithmetic, dict[int, Any]]:
    """Return an arithmetic that is precise enough for a record, and the values it gives.

    It is precise enough if one with fewer digits gives the same values. What still shrinks with
    every precision is zero; what still changes counts as computed.
    """
    arithmetic = Arithmetic(PRECISIONS[0])
    values = record.evaluate(arithmetic)
    for digits in PRECISIONS[1:]:
        before, arithmetic = values, Arithmetic(digits)
        values = record.evaluate(arithmetic)
        if all(_agree(before[key], value) for key, value in values.items()):
            return arithmetic, values
    for node in record.graph.nodes:
        earlier, value = before[id(node)], values[id(node)]
        computed = record.computed[id(node)]
        choose = np.frompyfunc(_unless_noise, 3, 1)
        values[id(node)] = _array(choose(earlier, value, arithmetic.exact(computed)))
        if not _agree(values[id(node)], _array(choose(earlier, value, arithmetic.m.nan))):
            record.unknown.append(node.primitive)
    return arithmetic, values


def _unless_noise(before: Any, after: Any, computed: Any) -> Any:
    """Return a value at two precisions: zero if it shrinks with them, else the computed one.

    If that is not finite, it is wrong in any case.
    """
    if _same(before, after):
        return after
    if abs(after) <= AGREEMENT * abs(before):
        return 0 * after
    return computed if abs(computed) < after.context.inf else after


def _on_side(y: Any, computed: complex, *numbers: Any) -> Any:
    """Return the result on the side of a branch cut that the program took.

    Numbers of mpmath have no signed zeros. For real numbers the other side is the conjugate.
    """
    if y.imag == 0 or any(x.imag != 0 for x in numbers) or not np.isfinite(computed):
        return y
    other = y.conjugate()
    return other if abs(other - computed) < abs(y - computed) else y


def _agree(before: Any, after: Any) -> bool:
    return all(map(_same, before.ravel(), after.ravel()))


def _same(a: Any, b: Any) -> bool:
    if a == b or (a != a and b != b):  # equal, or both NaN
        return True
    return bool(abs(a - b) <= AGREEMENT * abs(b))
