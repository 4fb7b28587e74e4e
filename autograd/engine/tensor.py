"""`Tensor`: an array in the graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from autograd.engine import assignment, backward, callers, calls
from autograd.engine.array_data import as_array
from autograd.engine.flat_elements import FlatElements
from autograd.engine.foreign import index_beside
from autograd.engine.hooked import HookedNode
from autograd.engine.missing import HINTS
from autograd.engine.mypyc import mypyc_attr
from autograd.engine.node import Node, plain
from autograd.engine.operations import (
    ABSOLUTE,
    ADD,
    CONJUGATE,
    DIVIDE,
    FLOOR_DIVIDE,
    GETITEM,
    MATMUL,
    MULTIPLY,
    NEGATIVE,
    POSITIVE,
    POWER,
    REMAINDER,
    SQUARE,
    SUBTRACT,
)
from autograd.engine.primitive import NO_KEYWORDS, Primitive
from autograd.engine.unrecorded import is_unrecorded, replace_data
from autograd.errors import GraphError, ShapeError

_ndarray: Final = np.ndarray


@mypyc_attr(allow_interpreted_subclasses=True)
class Tensor(HookedNode):
    """An array that records how it was computed.

    Parameters
    ----------
    data : array_like
        Integers and booleans become float64; float and complex types stay as they are.
        An array of such a type is not copied: the Tensor shares its memory. Any array that
        follows NumPy's protocols (NEP 13 and 18) may be inside.
    dtype : dtype, optional
        The type to convert `data` to.
    label : str, optional
        A name for graphs and tables.
    requires_grad : bool
        Whether a derivative is wanted; False makes it a constant.

    Raises
    ------
    DataError
        If `data` is not made of real or complex numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> w = Tensor([1.0, 2.0, 3.0], label="w")
    >>> loss = (np.tanh(w) ** 2).sum()
    >>> loss.backward()
    >>> w.grad.shape
    (3,)
    """

    __slots__ = ()

    def __init__(
        self, data: Any, dtype: Any = None, label: str = "", requires_grad: Any = True
    ) -> None:
        super().__init__(as_array(data, dtype))
        if label:
            self.label = label
        self._requires_grad = bool(requires_grad)

    # -- what it holds ----------------------------------------------------------------------

    @property
    def data(self) -> Any:
        """The array; it may share memory with the array that the Tensor was created from.

        Assign to it, whole or in place (``t.data -= step``), after `backward`. Earlier this is an
        error, because the rules would read numbers that the result was not computed from.
        Changes of single elements, ``t.data[i] = x``, are not detected: make them after `backward`.
        """
        now = self._now()
        if now._memory is not None:
            now._memory.private = False  # the caller may keep the array
        return now._contents

    @data.setter
    def data(self, data: Any) -> None:
        replace_data(self, as_array(data, None))

    def _seen(self) -> Any:
        """Return the current elements, after assignments."""
        return self._now()._contents

    @property
    def requires_grad(self) -> bool:
        """Whether derivatives flow to this; False for constants."""
        return self._now()._requires_grad

    @requires_grad.setter
    def requires_grad(self, wanted: Any) -> None:
        if self._now()._primitive is not None:
            raise GraphError("requires_grad can only be changed on a leaf; see detach().")
        if self._latest is not None:
            replace_data(self, self._latest._contents)
        self._requires_grad = bool(wanted)

    @property
    def is_leaf(self) -> bool:
        """Whether this was not computed; False once computed elements were assigned to it."""
        return self._now()._primitive is None

    @property
    def is_parameter(self) -> bool:
        """Whether a module or an optimiser trains this leaf.

        Then its elements can only be assigned to inside `no_grad`: a recorded assignment would
        create a new node, and training would continue with the old numbers.
        """
        return self._parameter

    @is_parameter.setter
    def is_parameter(self, wanted: Any) -> None:
        self._parameter = bool(wanted)

    # -- the graph --------------------------------------------------------------------------

    def backward(
        self, gradient: Any = None, retain_graph: Any = False, create_graph: Any = False
    ) -> None:
        """Add the derivative of this with respect to each leaf to the ``grad`` of the leaf.

        Parameters
        ----------
        gradient : array_like, optional
            The derivative of a later result with respect to this, of the same shape. Optional if
            this is one real number.
        retain_graph : bool
            Keep the graph for another backward pass. Otherwise its memory is freed.
        create_graph : bool
            Make the derivatives nodes, so that they can be differentiated again.

        Raises
        ------
        ShapeError
            If `gradient` has another shape, or is missing and this is not one number.
        FreedGraphError
            If an earlier call has freed part of the graph.
        GraphError
            If this is a constant.
        """
        create = bool(create_graph)
        backward.backward_tensor(self._now(), gradient, bool(retain_graph) or create, create)

    def retain_grad(self) -> Tensor:
        """Keep the derivative of this computed node in ``grad``; return the Tensor itself."""
        self._now()._retains_grad = True
        return self

    def detach(self) -> Tensor:
        """Return a constant with the same numbers; assigning to either one copies them first."""
        constant: Tensor = assignment.detached(self)
        return constant

    # -- how it looks -----------------------------------------------------------------------

    def __repr__(self) -> str:
        numbers = np.array2string(self._seen(), separator=", ", prefix="Tensor(", threshold=100)
        parts = [numbers]
        if self._contents.dtype.char != "d":
            parts.append(f"dtype={self._contents.dtype}")
        if self.label:
            parts.append(f"label={self.label!r}")
        if self._primitive is not None:
            parts.append(f"op={self.op!r}")
        return f"Tensor({', '.join(parts)})"

    def __format__(self, specification: str) -> str:
        return format(self._seen()[()], specification) if specification else repr(self)

    def conjugate(self) -> Any:
        """Return the complex conjugate: of a real array itself, unless it has a user rule."""
        if self._contents.dtype.kind == "c" or CONJUGATE.jvp is not None:
            return calls.apply(CONJUGATE, (self,), NO_KEYWORDS)
        return self

    def _unary(self, primitive: Primitive) -> Any:
        return calls.apply(primitive, (self,), NO_KEYWORDS)

    def _plain(self) -> Any:
        now = assignment.current(self)
        if now._memory is not None and now._memory.private:
            now._memory.capture(now._contents)  # it may become a constant of another call
        return now._contents

    def _needs_derivative(self) -> bool:
        return self._now()._requires_grad

    def _is_differentiated(self) -> bool:
        return self._now()._primitive is not None or super()._is_differentiated()

    def __reduce__(self) -> Any:
        if self._is_differentiated():
            raise GraphError(
                "Only leaves can be pickled, and this Tensor "
                f"{self._origin()}. Write t.detach() for a constant of the same data."
            )
        state = (self._seen(), self._grad if not isinstance(self._grad, Node) else None)
        more = (self.label, self._requires_grad, self._parameter)
        return restore_tensor, (type(self), *state, *more)

    def __dir__(self) -> Any:
        return [name for name in object.__dir__(self) if name not in HINTS]

    # -- arithmetic -------------------------------------------------------------------------

    def __add__(self, other: Any) -> Any:
        return _operator(ADD, self, other)

    def __radd__(self, other: Any) -> Any:
        return _operator(ADD, other, self)

    def __sub__(self, other: Any) -> Any:
        return _operator(SUBTRACT, self, other)

    def __rsub__(self, other: Any) -> Any:
        return _operator(SUBTRACT, other, self)

    def __mul__(self, other: Any) -> Any:
        return _operator(MULTIPLY, self, other)

    def __rmul__(self, other: Any) -> Any:
        return _operator(MULTIPLY, other, self)

    def __truediv__(self, other: Any) -> Any:
        return _operator(DIVIDE, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _operator(DIVIDE, other, self)

    def __pow__(self, other: Any) -> Any:
        if (type(other) is float or type(other) is int) and float(other) == 2.0:
            return calls.apply(SQUARE, (self,), NO_KEYWORDS)  # as NumPy does
        return _operator(POWER, self, other)

    def __rpow__(self, other: Any) -> Any:
        return _operator(POWER, other, self)

    def __floordiv__(self, other: Any) -> Any:
        return _operator(FLOOR_DIVIDE, self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return _operator(FLOOR_DIVIDE, other, self)

    def __mod__(self, other: Any) -> Any:
        return _operator(REMAINDER, self, other)

    def __rmod__(self, other: Any) -> Any:
        return _operator(REMAINDER, other, self)

    def __matmul__(self, other: Any) -> Any:
        return _operator(MATMUL, self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return _operator(MATMUL, other, self)

    def __neg__(self) -> Any:
        return calls.apply(NEGATIVE, (self,), NO_KEYWORDS)

    def __pos__(self) -> Any:
        return calls.apply(POSITIVE, (self,), NO_KEYWORDS)

    def __abs__(self) -> Any:
        return calls.apply(ABSOLUTE, (self,), NO_KEYWORDS)

    # In place: views see the change too. Inside `no_grad` the array itself changes, not the node.

    def __iadd__(self, other: Any) -> Any:
        if is_unrecorded(self):
            return assignment.update_unrecorded(self, np.add, other)
        return assignment.update(self, self + other)

    def __isub__(self, other: Any) -> Any:
        if is_unrecorded(self):
            return assignment.update_unrecorded(self, np.subtract, other)
        return assignment.update(self, self - other)

    def __imul__(self, other: Any) -> Any:
        if is_unrecorded(self):
            return assignment.update_unrecorded(self, np.multiply, other)
        return assignment.update(self, self * other)

    def __itruediv__(self, other: Any) -> Any:
        if is_unrecorded(self):
            return assignment.update_unrecorded(self, np.divide, other)
        return assignment.update(self, self / other)

    def __ifloordiv__(self, other: Any) -> Any:
        if is_unrecorded(self):
            return assignment.update_unrecorded(self, np.floor_divide, other)
        return assignment.update(self, self // other)

    def __imod__(self, other: Any) -> Any:
        if is_unrecorded(self):
            return assignment.update_unrecorded(self, np.remainder, other)
        return assignment.update(self, self % other)

    def __ipow__(self, other: Any) -> Any:
        if is_unrecorded(self):
            return assignment.update_unrecorded(self, np.power, other)
        return assignment.update(self, self**other)

    def __imatmul__(self, other: Any) -> Any:
        if is_unrecorded(self):
            return assignment.update_unrecorded(self, np.matmul, other)
        return assignment.update(self, self @ other)

    # -- comparisons: plain boolean arrays, because they have no derivative -----------------

    def __eq__(self, other: Any) -> Any:
        return np.equal(self._seen(), plain(other))

    def __ne__(self, other: Any) -> Any:
        return np.not_equal(self._seen(), plain(other))

    def __lt__(self, other: Any) -> Any:
        return np.less(self._seen(), plain(other))

    def __le__(self, other: Any) -> Any:
        return np.less_equal(self._seen(), plain(other))

    def __gt__(self, other: Any) -> Any:
        return np.greater(self._seen(), plain(other))

    def __ge__(self, other: Any) -> Any:
        return np.greater_equal(self._seen(), plain(other))

    def __hash__(self) -> int:
        return id(self) >> 4

    def __bool__(self) -> bool:
        return bool(self._seen())

    # -- indexing ---------------------------------------------------------------------------

    def __getitem__(self, index: Any) -> Any:
        if type(self._contents) is not _ndarray:
            index = index_beside(index, self._contents)
        return calls.apply(GETITEM, (self, index), NO_KEYWORDS)

    def __setitem__(self, index: Any, item: Any) -> None:
        """Assign to elements, recorded: later computations see the new elements.

        So do views of this Tensor, and its base if it is a view. Earlier results keep their
        derivatives: numbers that a rule still reads are copied before they change.
        """
        assignment.assign(self, index_beside(index, self._contents), item)

    @property
    def flat(self) -> Any:
        """The elements along one axis, for reading and assignment; several of them are a copy."""
        return FlatElements(self)

    @flat.setter
    def flat(self, items: Any) -> None:
        self.put(np.arange(self._contents.size), items)

    def __delitem__(self, index: Any) -> None:
        raise ShapeError(
            "Elements of a Tensor cannot be deleted, just like those of an array. "
            "np.delete(t, index) returns a Tensor without them."
        )

    def fill(self, item: Any) -> None:
        """Assign one number to all elements."""
        self[...] = item

    def put(self, indices: Any, values: Any, mode: str = "raise") -> None:
        """Assign to the elements at these indices of the flattened array."""
        np.put(self, indices, values, mode=mode)  # type: ignore

    def sort(
        self, axis: int = -1, kind: Any = None, order: Any = None, *, stable: Any = None
    ) -> None:
        """Sort the elements along an axis, in place."""
        self[...] = np.sort(self, axis=axis, kind=kind, order=order, stable=stable)  # type: ignore[call-overload]

    def partition(
        self, kth: Any, axis: int = -1, kind: Any = "introselect", order: Any = None
    ) -> None:
        """Move the `kth` smallest elements to the front, in place."""
        self[...] = np.partition(self, kth, axis=axis, kind=kind, order=order)  # type: ignore[call-overload]

    def __contains__(self, item: Any) -> bool:
        return bool(np.any(np.equal(self._seen(), plain(item))))

    def __len__(self) -> int:
        if self._contents.ndim == 0:
            raise TypeError(f"len() of a Tensor without axes.{callers.hint_for_caller()}")
        return len(self._contents)

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self)))  # assignments meanwhile are seen

    def __reversed__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self) - 1, -1, -1))


def _operator(primitive: Primitive, a: Any, b: Any) -> Any:
    """Compute a binary operator with a Tensor on one side."""
    other = b if isinstance(a, Tensor) else a
    if isinstance(other, (Tensor, _ndarray, float, int)):
        return calls.apply(primitive, (a, b), NO_KEYWORDS)
    return calls.operator(primitive, a, b)


def restore_tensor(
    kind: Any, data: Any, grad: Any, label: str, requires_grad: bool, parameter: bool
) -> Any:
    """Restore a pickled leaf."""
    leaf = kind.__new__(kind)
    Tensor.__init__(leaf, data, None, label, requires_grad)
    leaf.grad = grad
    leaf.is_parameter = parameter
    return leaf
