"""PyTorch's names for what arrays do, where they do not clash with NumPy's.

Names that mean something else in NumPy keep NumPy's meaning; names of what an array lacks raise
an error that says what to write.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.array_methods import ArrayMethods
from autograd.engine.foreign import is_foreign
from autograd.engine.missing import explain_missing
from autograd.engine.mypyc import mypyc_attr
from autograd.engine.node import plain
from autograd.errors import OptionError, ShapeError, lost


@mypyc_attr(allow_interpreted_subclasses=True)
class TorchMethods(ArrayMethods):
    """Methods of PyTorch's tensors that NumPy's arrays have under another name."""

    __slots__ = ()

    @property
    def device(self) -> str:
        """Where the numbers are: "cpu", or what the library of the array says."""
        data = plain(self)
        return str(getattr(data, "device", "cpu")) if is_foreign(data) else "cpu"

    def __dlpack__(self, **options: Any) -> Any:
        """Hand the numbers, without a copy, to a library that speaks DLPack."""
        if not self._is_constant():
            raise lost(
                "Passing a Tensor to another library by DLPack",
                "Pass its numbers, x.data, or compute the derivative there and use "
                "autograd.define.",
            )
        return plain(self).__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        """Return the kind and the number of the device that the numbers are on."""
        return plain(self).__dlpack_device__()

    def dim(self) -> Any:
        """Return the number of axes, `ndim`."""
        return plain(self).ndim

    def numel(self) -> Any:
        """Return the number of elements, `size`."""
        return int(plain(self).size)

    def clone(self) -> Any:
        """Return a `copy`."""
        return self.copy()

    def contiguous(self) -> Any:
        """Return this Tensor: where the order matters, arrays are copied as needed."""
        return self

    def cpu(self) -> Any:
        """Return this Tensor."""
        return self

    def unsqueeze(self, dim: Any) -> Any:
        """Return the elements with a new axis of length one: ``np.expand_dims(x, dim)``.

        Parameters
        ----------
        dim : int
            The place of the new axis.
        """
        return np.expand_dims(self, dim)

    def permute(self, *dims: Any) -> Any:
        """Return the elements with the axes in another order: ``x.transpose(dims)``.

        Parameters
        ----------
        *dims : int
            The axes in their new order.
        """
        return self.transpose(*dims)

    def t(self) -> Any:
        """Return the transpose of a matrix, `T`."""
        if plain(self).ndim > 2:
            raise ShapeError(f"t() takes at most 2 axes, not {plain(self).ndim}: write x.mT.")
        return self.T

    def view(self, *shape: Any) -> Any:
        """Return another Tensor on the same elements, with a shape as `reshape` takes it.

        Parameters
        ----------
        *shape : int
            The lengths of the axes; -1 for what is left.
        """
        return self.reshape(*shape) if shape else self[...]  # type: ignore[index]

    def expand(self, *shape: Any) -> Any:
        """Repeat axes of length one, as ``np.broadcast_to`` does; -1 keeps a length.

        Parameters
        ----------
        *shape : int
            The lengths of the axes; new ones come first.
        """
        wanted = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        lengths = plain(self).shape
        added = len(wanted) - len(lengths)
        full = [lengths[i - added] if n == -1 and i >= added else n for i, n in enumerate(wanted)]
        return np.broadcast_to(self, full)  # type: ignore[call-overload]

    def clamp(self, min: Any = None, max: Any = None) -> Any:
        """Limit the elements: ``np.clip(x, min, max)``.

        Parameters
        ----------
        min, max : array_like, optional
            The limits.
        """
        return np.clip(self, min, max)  # type: ignore[call-overload]

    def pow(self, exponent: Any) -> Any:
        """Return ``x ** exponent``.

        Parameters
        ----------
        exponent : array_like or node
            The exponent.
        """
        return self**exponent  # type: ignore[operator]

    def matmul(self, other: Any) -> Any:
        """Return ``x @ other``.

        Parameters
        ----------
        other : array_like or node
            The second factor.
        """
        return self @ other  # type: ignore[operator]

    def mm(self, other: Any) -> Any:
        """Return ``x @ other``.

        Parameters
        ----------
        other : array_like or node
            The second factor.
        """
        return self @ other  # type: ignore[operator]

    def bmm(self, other: Any) -> Any:
        """Return ``x @ other``.

        Parameters
        ----------
        other : array_like or node
            The second factor.
        """
        return self @ other  # type: ignore[operator]

    def masked_fill(self, mask: Any, value: Any) -> Any:
        """Replace elements: ``np.where(mask, value, x)``.

        Parameters
        ----------
        mask : array_like of bool
            Which elements to replace.
        value : number or node
            What to replace them with.
        """
        return np.where(np.asarray(plain(mask), bool), value, self)  # type: ignore[call-overload]

    def flip(self, *dims: Any) -> Any:
        """Reverse axes: ``np.flip(x, dims)``.

        Parameters
        ----------
        *dims : int
            The axes.
        """
        return np.flip(self, dims[0] if len(dims) == 1 else dims)  # type: ignore[call-overload]

    # -- types ------------------------------------------------------------------------------

    def double(self) -> Any:
        """Return ``x.astype(np.float64)``."""
        return self.astype(np.float64, copy=False)

    def half(self) -> Any:
        """Return ``x.astype(np.float16)``."""
        return self.astype(np.float16, copy=False)

    def float(self) -> Any:
        """Return ``x.astype(np.float32)``."""
        return self.astype(np.float32, copy=False)

    def long(self) -> Any:
        """Return ``x.astype(np.int64)``, an array, to index with; for constants."""
        return self.astype(np.int64)

    def int(self) -> Any:
        """Return ``x.astype(np.int32)``, an array, to index with; for constants."""
        return self.astype(np.int32)

    def type_as(self, other: Any) -> Any:
        """Return ``x.astype(other.dtype)``.

        Parameters
        ----------
        other : array
            An array of the wanted type.
        """
        return self.astype(other.dtype, copy=False)

    def numpy(self) -> Any:
        """Return the array of a constant, ``x.data``."""
        if self._needs_derivative():
            raise lost("numpy()", "For numbers without history write x.detach().numpy() or x.data.")
        return plain(self)

    def to(self, *target: Any, device: Any = None, dtype: Any = None, **others: Any) -> Any:
        """Return ``x.astype(dtype)``; "cpu" is the only device.

        Parameters
        ----------
        *target
            A dtype, a device, both in any order, or an array whose dtype to take.
        device, dtype
            The same by name.
        **others
            Ignored: ``non_blocking`` and the like.
        """
        for each in target:
            if isinstance(each, type):
                dtype = each
            elif hasattr(each, "dtype"):
                dtype = each.dtype
            elif isinstance(each, str) or hasattr(each, "index"):
                device = each
            elif each is not None:
                dtype = each
        check_device(device)
        return self if dtype is None else self.astype(dtype, copy=False)


explain_missing(TorchMethods)


def check_device(device: Any) -> None:
    """Raise if a device is not the processor."""
    name = str(getattr(device, "type", device)).partition(":")[0]
    if device is not None and name != "cpu":
        raise OptionError(
            f"There is no device {str(device)!r}: arrays are in the processor's memory, "
            'device="cpu".'
        )
