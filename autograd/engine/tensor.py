"""`Tensor`: an array in the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from autograd.engine import assignment, backward, calls, objects
from autograd.engine.fields import ArrayNode
from autograd.engine.grad_mode import RECORDING, is_recording
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
from autograd.engine.primitive import FLOAT32, FLOAT64, NO_KEYWORDS, Primitive
from autograd.errors import DataError, GraphError, ShapeError, lost

_ndarray: Final = np.ndarray


@mypyc_attr(allow_interpreted_subclasses=True)
class Tensor(ArrayNode):
    """An array that remembers how it was made.

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
        """The array, which may be shared with whoever made the Tensor of it.

        Assign to it, whole or in place (``t.data -= step``), after `backward`: before, that is an
        error, for the derivative would be taken at numbers that the result was not computed from.
        A change of some elements, ``t.data[i] = x``, is not noticed: make it after `backward` too.
        """
        now = self._now()
        if now._memory is not None:
            now._memory.private = False  # the caller may keep the array
        return now._contents

    @data.setter
    def data(self, data: Any) -> None:
        assignment.replace_data(self, as_array(data, None))

    def _now(self) -> ArrayNode:
        """Return the node that holds the elements after all assignments to some."""
        return self if self._memory is None else assignment.current(self)

    def _seen(self) -> Any:
        """Return the elements after all assignments to some."""
        return self._now()._contents

    @property
    def grad(self) -> Any:
        """The derivative: None at first, then an array like ``data``.

        A Tensor after ``backward(create_graph=True)``. Only leaves keep it, and nodes that
        were asked to by `retain_grad`.
        """
        return self._grad if self._primitive is None else self._now()._grad

    @grad.setter
    def grad(self, gradient: Any) -> None:
        if gradient is None:
            self._grad = None
            return
        if not isinstance(gradient, Node):
            gradient = np.asarray(gradient) if not hasattr(gradient, "shape") else gradient
        if isinstance(gradient, _ndarray) and gradient.dtype != self._contents.dtype:
            gradient = gradient.astype(self._contents.dtype)
        if gradient.shape != self._contents.shape:
            raise ShapeError(
                f"The gradient has shape {gradient.shape}, the data {self._contents.shape}; "
                "they must be the same."
            )
        self._grad = gradient

    @property
    def requires_grad(self) -> bool:
        """Whether derivatives flow to this; False for constants."""
        return self._now()._requires_grad

    @requires_grad.setter
    def requires_grad(self, wanted: Any) -> None:
        if self._now()._primitive is not None:
            raise GraphError("Only of a leaf can requires_grad be changed; see detach().")
        if self._latest is not None:
            assignment.replace_data(self, self._latest._contents)
        self._requires_grad = bool(wanted)

    @property
    def is_parameter(self) -> bool:
        """Whether a module or an optimiser trains this leaf.

        Then its elements can be assigned to inside `no_grad` only: recorded, an assignment would
        make a new node, and training would go on with the old numbers.
        """
        return self._parameter

    @is_parameter.setter
    def is_parameter(self, wanted: Any) -> None:
        self._parameter = bool(wanted)

    # -- the graph --------------------------------------------------------------------------

    def backward(
        self, gradient: Any = None, retain_graph: Any = False, create_graph: Any = False
    ) -> None:
        """Add to ``grad`` of every leaf the derivative of this with respect to it.

        Parameters
        ----------
        gradient : array_like, optional
            The derivative of something further on with respect to this, of its shape. May be
            left out if this is one real number.
        retain_graph : bool
            Keep the graph, so that it can be gone through again. Otherwise its memory is freed.
        create_graph : bool
            Make the derivatives nodes, so that they can be differentiated again.

        Raises
        ------
        ShapeError
            If `gradient` has another shape, or is left out where it is needed.
        FreedGraphError
            If an earlier call has freed part of the graph.
        GraphError
            If this is a constant.
        """
        create = bool(create_graph)
        backward.backward_tensor(self._now(), gradient, bool(retain_graph) or create, create)

    def retain_grad(self) -> Tensor:
        """Keep the derivative of this intermediate result too; return the node itself."""
        self._now()._retains_grad = True
        return self

    def detach(self) -> Tensor:
        """Return a constant of the same numbers; an assignment to either copies them first."""
        constant: Tensor = assignment.detached(self)
        return constant

    def register_hook(self, function: Callable[[Any], Any]) -> Callable[[], None]:
        """Call ``function(g)`` with the derivative of this node during every `backward`.

        What it returns, unless None, takes the place of the derivative. Returns a function
        of no arguments that removes the hook.
        """
        node = self if self._primitive is None else self._now()
        hooks = node._hooks if node._hooks is not None else []
        node._hooks = hooks
        entry = [function]
        hooks.append(entry)

        def remove() -> None:
            if any(entry is other for other in hooks):
                hooks[:] = [other for other in hooks if other is not entry]

        return remove

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
        """Return the complex conjugate: of a real array itself, unless a program gave a rule."""
        if self._contents.dtype.kind == "c" or CONJUGATE.jvp is not None:
            return calls.apply(CONJUGATE, (self,), NO_KEYWORDS)
        return self

    def _unary(self, primitive: Primitive) -> Any:
        return calls.apply(primitive, (self,), NO_KEYWORDS)

    def _plain(self) -> Any:
        now = assignment.current(self)
        if now._memory is not None and now._memory.private:
            now._memory.capture(now._contents)  # a rule may keep it as a constant
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

    # In place: views see it as well. Inside `no_grad` the array itself changes, not the node.

    def __iadd__(self, other: Any) -> Any:
        if _unrecorded(self):
            return assignment.update_unrecorded(self, np.add, other)
        return assignment.update(self, self + other)

    def __isub__(self, other: Any) -> Any:
        if _unrecorded(self):
            return assignment.update_unrecorded(self, np.subtract, other)
        return assignment.update(self, self - other)

    def __imul__(self, other: Any) -> Any:
        if _unrecorded(self):
            return assignment.update_unrecorded(self, np.multiply, other)
        return assignment.update(self, self * other)

    def __itruediv__(self, other: Any) -> Any:
        if _unrecorded(self):
            return assignment.update_unrecorded(self, np.divide, other)
        return assignment.update(self, self / other)

    def __ifloordiv__(self, other: Any) -> Any:
        if _unrecorded(self):
            return assignment.update_unrecorded(self, np.floor_divide, other)
        return assignment.update(self, self // other)

    def __imod__(self, other: Any) -> Any:
        if _unrecorded(self):
            return assignment.update_unrecorded(self, np.remainder, other)
        return assignment.update(self, self % other)

    def __ipow__(self, other: Any) -> Any:
        if _unrecorded(self):
            return assignment.update_unrecorded(self, np.power, other)
        return assignment.update(self, self**other)

    def __imatmul__(self, other: Any) -> Any:
        if _unrecorded(self):
            return assignment.update_unrecorded(self, np.matmul, other)
        return assignment.update(self, self @ other)

    # -- comparisons: plain boolean arrays, for they have no derivative ---------------------

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
        return calls.apply(GETITEM, (self, index), NO_KEYWORDS)

    def __setitem__(self, index: Any, item: Any) -> None:
        """Assign to elements, recorded: what is computed from here on sees the new ones.

        So do views of this Tensor, and the Tensor of which this is a view. What was computed before
        keeps its derivative: numbers that a rule still reads are copied before they change.
        """
        assignment.assign(self, index, item)

    def view(self) -> Any:
        """Return another Tensor on the same elements."""
        return self[...]

    @property
    def flat(self) -> Any:
        """The elements along one axis, to be read and assigned to.

        Raises
        ------
        GraphError
            If they do not lie side by side in memory, so that there is no such view.
        """
        elements: Tensor = self.reshape(-1)
        if elements._view is None:
            raise GraphError(
                f"The elements of this Tensor of shape {self.shape} do not lie side by side. "
                "Read t.ravel(), and assign to t[np.unravel_index(i, t.shape)]."
            )
        return elements

    @flat.setter
    def flat(self, items: Any) -> None:
        self.put(np.arange(self.size), items)

    def __delitem__(self, index: Any) -> None:
        raise ShapeError(
            "Elements of a Tensor cannot be deleted, as those of an array cannot. "
            "np.delete(t, index) returns a Tensor without them."
        )

    def fill(self, item: Any) -> None:
        """Assign one number to all elements."""
        self[...] = item

    def put(self, indices: Any, values: Any, mode: str = "raise") -> None:
        """Assign to the elements of these numbers in the flattened array."""
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
        return len(self._contents)

    def __iter__(self) -> Iterator[Any]:
        return iter([self[i] for i in range(len(self._contents))])


def _operator(primitive: Primitive, a: Any, b: Any) -> Any:
    """Carry out a binary operator of which one side is a Tensor."""
    other = b if isinstance(a, Tensor) else a
    if isinstance(other, (Tensor, _ndarray, float, int)):
        return calls.apply(primitive, (a, b), NO_KEYWORDS)
    return calls.operator(primitive, a, b)


def _unrecorded(t: Tensor) -> bool:
    if RECORDING.blocks == 0 or is_recording():
        return False
    return assignment.changes_unrecorded(t)


def as_array(data: Any, dtype: Any) -> Any:
    """Make of `data` an array of floating point numbers, without a copy if it is one."""
    if dtype is None and type(data) is _ndarray:
        own = data.dtype
        if own is FLOAT64 or own is FLOAT32:
            return data
    if isinstance(data, np.generic):
        data = np.asarray(data)  # the usual case: the sum of an array is a NumPy scalar
    elif isinstance(data, Node):
        raise lost(
            f"A Tensor made of a {type(data).__name__}",
            "Use the node itself, np.stack([value]) for an array with history, "
            "or node.data for numbers without.",
        )
    elif isinstance(data, _ndarray):
        if isinstance(data, np.ma.MaskedArray):
            raise DataError("A Tensor cannot hold a masked array: its mask would be lost. Fill it.")
        data = np.asarray(data)
    elif not hasattr(data, "__array_function__"):
        try:
            data = np.asarray(data)
        except ValueError as error:
            raise DataError(f"A Tensor cannot be made of this: {error}") from error
    if dtype is not None:
        data = data.astype(dtype, copy=False)
    kind = data.dtype.kind
    if kind in "biu":
        return data.astype(np.float64)
    if kind not in "fc":
        if objects.holds_nodes(data):
            raise lost(
                f"A Tensor made of {data.size} nodes",
                "Write np.stack([...]) for a Tensor with history.",
            )
        raise DataError(
            f"A Tensor holds real or complex floating point numbers, not {data.dtype}. "
            "Convert with np.asarray(data, dtype=float)."
        )
    return data


def restore_tensor(
    kind: Any, data: Any, grad: Any, label: str, requires_grad: bool, parameter: bool
) -> Any:
    """Make a leaf again from what was pickled."""
    leaf = kind.__new__(kind)
    Tensor.__init__(leaf, data, None, label, requires_grad)
    leaf.grad = grad
    leaf.is_parameter = parameter
    return leaf
