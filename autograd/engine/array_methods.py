"""The attributes and methods of `numpy.ndarray` that make sense on a node."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd.engine import record
from autograd.engine.mypyc import mypyc_attr
from autograd.engine.node import Node
from autograd.engine.primitive import Primitive, declare
from autograd.errors import lost

ASTYPE: Final = declare("astype")
SUM: Final = declare("sum")
MEAN: Final = declare("mean")
RESHAPE: Final = declare("reshape")
TRANSPOSE: Final = declare("transpose")


@mypyc_attr(allow_interpreted_subclasses=True)
class ArrayMethods(Node):
    """Everything of a `Tensor` that `numpy.ndarray` has by the same name."""

    _data: Any

    def _seen(self) -> Any:
        raise NotImplementedError

    @property
    def shape(self) -> Any:
        """The length of each axis."""
        return self._data.shape

    @property
    def dtype(self) -> Any:
        """The type of the elements."""
        return self._data.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self._data.shape)

    @property
    def size(self) -> Any:
        """The number of elements."""
        return self._data.size

    @property
    def nbytes(self) -> Any:
        """The memory that the elements take, in bytes."""
        return self._data.nbytes

    @property
    def T(self) -> Any:  # noqa: N802 - NumPy's name
        """The transpose: all axes in reverse order."""
        return record.apply(TRANSPOSE, (self,), record.NO_KEYWORDS)

    @property
    def mT(self) -> Any:  # noqa: N802 - NumPy's name
        """The transpose of each matrix: the last two axes exchanged."""
        return np.swapaxes(self, -1, -2)

    @property
    def real(self) -> Any:
        """The real part."""
        return np.real(self)

    @property
    def imag(self) -> Any:
        """The imaginary part."""
        return np.imag(self)

    # -- recorded ---------------------------------------------------------------------------

    def sum(self, axis: Any = None, dtype: Any = None, *, keepdims: Any = False) -> Any:
        """Sum over `axis`, over everything by default."""
        return _reduce(SUM, self, axis, dtype, keepdims)

    def mean(self, axis: Any = None, dtype: Any = None, *, keepdims: Any = False) -> Any:
        """Average over `axis`, over everything by default."""
        return _reduce(MEAN, self, axis, dtype, keepdims)

    def var(self, axis: Any = None, *, ddof: Any = 0, keepdims: Any = False) -> Any:
        """Return the variance, with `ddof` subtracted from the number of elements."""
        return np.var(self, axis=axis, ddof=ddof, keepdims=keepdims)

    def std(self, axis: Any = None, *, ddof: Any = 0, keepdims: Any = False) -> Any:
        """Return the standard deviation, with `ddof` subtracted from the number of elements."""
        return np.std(self, axis=axis, ddof=ddof, keepdims=keepdims)

    def prod(self, axis: Any = None, *, keepdims: Any = False) -> Any:
        """Multiply over `axis`, over everything by default."""
        return np.prod(self, axis=axis, keepdims=keepdims)

    def max(self, axis: Any = None, *, keepdims: Any = False) -> Any:
        """Return the largest element; equal ones share the derivative."""
        return np.max(self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, *, keepdims: Any = False) -> Any:
        """Return the smallest element; equal ones share the derivative."""
        return np.min(self, axis=axis, keepdims=keepdims)

    def cumsum(self, axis: Any = None) -> Any:
        """Return the running sum along `axis`, of the flattened array by default."""
        return np.cumsum(self, axis=axis)

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """Give the same elements another shape."""
        wanted = shape[0] if len(shape) == 1 else shape
        keywords = record.NO_KEYWORDS if order == "C" else {"order": order}
        return record.apply(RESHAPE, (self, wanted), keywords)

    def ravel(self, order: str = "C") -> Any:
        """Return the elements along one axis."""
        return self.reshape(-1, order=order)

    def flatten(self, order: str = "C") -> Any:
        """Return the elements along one axis."""
        return self.reshape(-1, order=order)

    def transpose(self, *axes: Any) -> Any:
        """Permute the axes; reverse them by default."""
        wanted = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes or None
        return record.apply(TRANSPOSE, (self, wanted), record.NO_KEYWORDS)

    def swapaxes(self, axis1: Any, axis2: Any) -> Any:
        """Exchange two axes."""
        return np.swapaxes(self, axis1, axis2)

    def squeeze(self, axis: Any = None) -> Any:
        """Leave out axes of length one."""
        return np.squeeze(self, axis=axis)

    def diagonal(self, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
        """Return the elements on a diagonal."""
        return np.diagonal(self, offset=offset, axis1=axis1, axis2=axis2)

    def trace(self, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
        """Return the sum over a diagonal."""
        return np.trace(self, offset=offset, axis1=axis1, axis2=axis2)

    def dot(self, other: Any) -> Any:
        """Return the dot product."""
        return np.dot(self, other)

    def take(self, indices: Any, axis: Any = None, mode: Any = "raise") -> Any:
        """Return the elements at `indices` along `axis`."""
        return np.take(self, indices, axis=axis, mode=mode)

    def repeat(self, repeats: Any, axis: Any = None) -> Any:
        """Repeat each element."""
        return np.repeat(self, repeats, axis=axis)

    def copy(self) -> Any:
        """Return the same numbers in memory of their own."""
        return np.copy(self)

    def conj(self) -> Any:
        """Return the complex conjugate: of a real array, itself."""
        return self.conjugate()

    def astype(self, dtype: Any) -> Any:
        """Convert to another floating point type.

        Raises
        ------
        GradientLostError
            If `dtype` cannot hold the numbers: an integer type, or a real one for complex data.
        """
        wanted = np.dtype(dtype)
        if wanted.kind not in "fc" or (wanted.kind == "f" and self._data.dtype.kind == "c"):
            raise lost(
                f"Converting a Tensor of {self._data.dtype} to {wanted}",
                f"For numbers without history write t.data.astype({str(wanted)!r})"
                + ("." if wanted.kind != "f" else ", for the real part t.real."),
            )
        return record.apply(ASTYPE, (self, wanted), record.NO_KEYWORDS)

    # -- plain results: these have no derivative, or leave the graph by name ----------------

    def argmax(self, axis: Any = None, keepdims: Any = False) -> Any:
        """Return the index of the largest element."""
        return np.argmax(self._seen(), axis=axis, keepdims=keepdims)

    def argmin(self, axis: Any = None, keepdims: Any = False) -> Any:
        """Return the index of the smallest element."""
        return np.argmin(self._seen(), axis=axis, keepdims=keepdims)

    def argsort(self, axis: Any = -1, kind: Any = None, stable: Any = None) -> Any:
        """Return the indices that would sort the elements."""
        return np.argsort(self._seen(), axis=axis, kind=kind, stable=stable)

    def any(self, axis: Any = None, keepdims: Any = False) -> Any:
        """Say whether any element is not zero."""
        return np.any(self._seen(), axis=axis, keepdims=keepdims)

    def all(self, axis: Any = None, keepdims: Any = False) -> Any:
        """Say whether no element is zero."""
        return np.all(self._seen(), axis=axis, keepdims=keepdims)

    def nonzero(self) -> Any:
        """Return the indices of the elements that are not zero."""
        return np.nonzero(self._seen())

    def item(self, *index: Any) -> Any:
        """Return one element as a Python number, without history."""
        return self._seen().item(*index)

    def tolist(self) -> Any:
        """Return the elements as nested lists of Python numbers, without history."""
        return self._seen().tolist()


def _reduce(primitive: Primitive, x: Any, axis: Any, dtype: Any, keepdims: Any) -> Any:
    if dtype is not None:
        x = x.astype(dtype)
    if keepdims:
        return record.apply(primitive, (x, axis), {"keepdims": True})
    return record.apply(primitive, (x,) if axis is None else (x, axis), record.NO_KEYWORDS)
