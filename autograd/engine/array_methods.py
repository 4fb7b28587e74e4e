"""The attributes and methods of `numpy.ndarray` that make sense on a node."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.engine import callers, calls
from autograd.engine.mypyc import mypyc_attr
from autograd.engine.node import Node, plain
from autograd.engine.operations import ASTYPE, MEAN, RESHAPE, SUM, TRANSPOSE
from autograd.engine.primitive import NO_KEYWORDS, Primitive
from autograd.errors import DataError, OptionError, ShapeError, lost


@mypyc_attr(allow_interpreted_subclasses=True)
class ArrayMethods(Node):
    """The attributes and methods that a node shares with `numpy.ndarray`.

    A `Value` is in all of it an array of shape ().
    """

    __slots__ = ()

    @property
    def T(self) -> Any:  # noqa: N802 - NumPy's name
        """The transpose: all axes in reverse order."""
        return calls.apply(TRANSPOSE, (self,), NO_KEYWORDS)

    @property
    def mT(self) -> Any:  # noqa: N802 - NumPy's name
        """The transpose of each matrix: the last two axes exchanged."""
        return np.swapaxes(self, -1, -2)

    @property
    def real(self) -> Any:
        """The real part."""
        return np.real(self)

    @real.setter
    def real(self, part: Any) -> None:
        np.real(self)[...] = part

    @property
    def imag(self) -> Any:
        """The imaginary part."""
        return np.imag(self)

    @imag.setter
    def imag(self, part: Any) -> None:
        if _as_array(self).dtype.kind != "c":
            raise DataError(
                f"A {type(self).__name__} of real numbers has no imaginary part to set."
            )
        np.imag(self)[...] = part

    # -- recorded ---------------------------------------------------------------------------

    def sum(
        self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False,
        initial: Any = None, where: Any = True, *, dim: Any = None, keepdim: Any = None,
    ) -> Any:  # fmt: skip
        """Sum over `axis`, over everything by default; `dim` and `keepdim` are PyTorch's names."""
        if dim is not None or keepdim is not None:
            axis, keepdims = _renamed(axis, keepdims, dim, keepdim)
        if out is None and initial is None and where is True:
            return _reduce(SUM, self, axis, dtype, keepdims)
        keywords = _options(dtype=dtype, out=out, keepdims=keepdims, initial=initial, where=where)
        return np.sum(self, axis=axis, **keywords)

    def mean(
        self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, *,
        where: Any = True, dim: Any = None, keepdim: Any = None,
    ) -> Any:  # fmt: skip
        """Average over `axis`, by default over all; `dim` and `keepdim` are PyTorch's names."""
        if dim is not None or keepdim is not None:
            axis, keepdims = _renamed(axis, keepdims, dim, keepdim)
        if out is None and where is True:
            return _reduce(MEAN, self, axis, dtype, keepdims)
        keywords = _options(dtype=dtype, out=out, keepdims=keepdims, where=where)
        return np.mean(self, axis=axis, **keywords)

    def var(
        self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0,
        keepdims: Any = False, *, where: Any = True, mean: Any = None, dim: Any = None,
        unbiased: Any = None,
    ) -> Any:  # fmt: skip
        """Return the variance, with `ddof` subtracted from the number of elements."""
        if dim is not None or unbiased is not None:
            raise OptionError(
                "var divides by n - ddof, with ddof=0 unless you say otherwise, PyTorch by n - 1: "
                "write x.var(axis=dim, ddof=1)."
            )
        keywords = _options(dtype=dtype, out=out, keepdims=keepdims, where=where, mean=mean)
        return np.var(self, axis=axis, ddof=ddof, **keywords)

    def std(
        self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0,
        keepdims: Any = False, *, where: Any = True, mean: Any = None, dim: Any = None,
        unbiased: Any = None,
    ) -> Any:  # fmt: skip
        """Return the standard deviation, with `ddof` subtracted from the number of elements."""
        if dim is not None or unbiased is not None:
            raise OptionError(
                "std divides by n - ddof, with ddof=0 unless you say otherwise, PyTorch by n - 1: "
                "write x.std(axis=dim, ddof=1)."
            )
        keywords = _options(dtype=dtype, out=out, keepdims=keepdims, where=where, mean=mean)
        return np.std(self, axis=axis, ddof=ddof, **keywords)

    def prod(
        self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False,
        initial: Any = None, where: Any = True, *, dim: Any = None, keepdim: Any = None,
    ) -> Any:  # fmt: skip
        """Multiply over `axis`, by default over all; `dim` and `keepdim` are PyTorch's names."""
        if dim is not None or keepdim is not None:
            axis, keepdims = _renamed(axis, keepdims, dim, keepdim)
        keywords = _options(dtype=dtype, out=out, keepdims=keepdims, initial=initial, where=where)
        return np.prod(self, axis=axis, **keywords)

    def max(
        self, axis: Any = None, out: Any = None, keepdims: Any = False,
        initial: Any = None, where: Any = True, *, dim: Any = None, keepdim: Any = None,
    ) -> Any:  # fmt: skip
        """Return the largest element; ties share the derivative equally."""
        if dim is not None or keepdim is not None:
            raise OptionError(
                "max returns the largest elements, without their indices: write "
                "x.max(axis=dim) and x.argmax(axis=dim)."
            )
        keywords = _options(out=out, keepdims=keepdims, initial=initial, where=where)
        return np.max(self, axis=axis, **keywords)

    def min(
        self, axis: Any = None, out: Any = None, keepdims: Any = False,
        initial: Any = None, where: Any = True, *, dim: Any = None, keepdim: Any = None,
    ) -> Any:  # fmt: skip
        """Return the smallest element; ties share the derivative equally."""
        if dim is not None or keepdim is not None:
            raise OptionError(
                "min returns the smallest elements, without their indices: write "
                "x.min(axis=dim) and x.argmin(axis=dim)."
            )
        keywords = _options(out=out, keepdims=keepdims, initial=initial, where=where)
        return np.min(self, axis=axis, **keywords)

    def cumsum(
        self, axis: Any = None, dtype: Any = None, out: Any = None, *, dim: Any = None
    ) -> Any:
        """Return the running sum along `axis`, of the flattened array by default."""
        axis, _ = _renamed(axis, None, dim, None)
        return np.cumsum(self, axis=axis, **_options(dtype=dtype, out=out))

    def cumprod(
        self, axis: Any = None, dtype: Any = None, out: Any = None, *, dim: Any = None
    ) -> Any:
        """Return the running product along `axis`, of the flattened array by default."""
        axis, _ = _renamed(axis, None, dim, None)
        return np.cumprod(self, axis=axis, **_options(dtype=dtype, out=out))

    def ptp(self, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
        """Return the largest element minus the smallest."""
        return np.ptp(self, axis=axis, **_options(out=out, keepdims=keepdims))

    def round(self, decimals: int = 0, out: Any = None) -> Any:
        """Round; the derivative is zero."""
        return np.round(self, decimals, **_options(out=out))

    def reshape(self, *shape: Any, order: str = "C", copy: Any = None) -> Any:
        """Return the same elements in another shape."""
        wanted = shape[0] if len(shape) == 1 else shape
        if copy is not None:
            return np.reshape(self, wanted, order=order, copy=copy)  # type: ignore[call-overload]
        keywords = NO_KEYWORDS if order == "C" else {"order": order}
        return calls.apply(RESHAPE, (self, wanted), keywords)

    def ravel(self, order: str = "C") -> Any:
        """Return the elements along one axis: a view if they are contiguous, else a copy."""
        return np.ravel(self, order=order)  # type: ignore[call-overload]

    def flatten(self, order: Any = "C", end_dim: Any = -1, *, start_dim: Any = None) -> Any:
        """Return a copy of the elements along one axis.

        With PyTorch's numbers of axes, as in ``x.flatten(1)``, only these are joined.
        """
        start = order if isinstance(order, int) else start_dim
        if start is not None or end_dim != -1:
            return _joined(self, start or 0, end_dim)
        return np.copy(np.ravel(self, order=order))  # type: ignore[call-overload]

    def transpose(self, *axes: Any) -> Any:
        """Permute the axes; reverse them by default."""
        if len(axes) == 2:
            _warn_of_two_axes(_as_array(self).ndim, axes)
        wanted = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes or None
        return calls.apply(TRANSPOSE, (self, wanted), NO_KEYWORDS)

    def swapaxes(self, axis1: Any, axis2: Any) -> Any:
        """Exchange two axes."""
        return np.swapaxes(self, axis1, axis2)

    def squeeze(self, axis: Any = None, *, dim: Any = None) -> Any:
        """Leave out axes of length one; `dim` is PyTorch's name of the axis."""
        return np.squeeze(self, axis=_renamed(axis, None, dim, None)[0])

    def diagonal(self, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
        """Return the elements on a diagonal."""
        return np.diagonal(self, offset=offset, axis1=axis1, axis2=axis2)

    def trace(
        self, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, dtype: Any = None, out: Any = None
    ) -> Any:
        """Return the sum over a diagonal."""
        keywords = _options(dtype=dtype, out=out)
        return np.trace(self, offset=offset, axis1=axis1, axis2=axis2, **keywords)

    def dot(self, other: Any, out: Any = None) -> Any:
        """Return the dot product."""
        return np.dot(self, other, **_options(out=out))

    def take(self, indices: Any, axis: Any = None, out: Any = None, mode: Any = "raise") -> Any:
        """Return the elements at `indices` along `axis`."""
        return np.take(self, indices, axis=axis, mode=mode, **_options(out=out))

    def repeat(self, repeats: Any, axis: Any = None) -> Any:
        """Repeat each element."""
        return np.repeat(self, repeats, axis=axis)

    def compress(self, condition: Any, axis: Any = None, out: Any = None) -> Any:
        """Return the elements along `axis` where a condition holds."""
        return np.compress(condition, self, axis=axis, **_options(out=out))

    def copy(self, order: Any = "C") -> Any:
        """Return a copy, in row-major order by default."""
        return np.copy(self, order=order)

    def conj(self) -> Any:
        """Return the complex conjugate: of a real array, itself."""
        return self.conjugate()

    def astype(
        self, dtype: Any, order: Any = "K", casting: Any = "unsafe", subok: Any = True,
        copy: Any = True,
    ) -> Any:  # fmt: skip
        """Convert to another floating point type.

        Rounded numbers have the derivative zero and constants have none, so these may become
        integers: ``np.floor(t).astype(int)`` is a plain array, to index with.

        Parameters
        ----------
        dtype : dtype_like
            The type of the result.
        order, casting, copy
            As in NumPy; ``copy=False`` returns the node itself if it has this type.
        subok
            Ignored.

        Raises
        ------
        GradientLostError
            If `dtype` cannot hold the numbers: an integer type, or a real one for complex data.
        TypeError
            If `casting` does not allow the conversion.
        """
        wanted = np.dtype(dtype)
        present = _as_array(self)
        given = present.dtype
        if casting != "unsafe" and not np.can_cast(given, wanted, casting):
            raise TypeError(
                f"Cannot cast a {type(self).__name__} from {given} to {wanted} according to the "
                f"rule {casting!r}."
            )
        constant = not getattr(self, "requires_grad", True)
        if wanted.kind in "iu" and (constant or is_constant_by_steps(self._primitive)):
            return present.astype(wanted, order)
        if wanted.kind not in "fc" or (wanted.kind == "f" and given.kind == "c"):
            raise lost(
                f"Converting a {type(self).__name__} of {given} to {wanted}",
                f"For numbers without history write t.data.astype({str(wanted)!r})"
                + ("." if wanted.kind != "f" else ", for the real part t.real."),
            )
        if not copy and wanted == given and _has_order(present, order):
            return self
        converted = calls.apply(ASTYPE, (self, wanted), NO_KEYWORDS)
        if order not in ("C", "F") or _has_order(_as_array(converted), order):
            return converted
        return converted.copy(order)

    def __divmod__(self, other: Any) -> Any:
        return np.floor_divide(self, other), np.remainder(self, other)  # type: ignore[call-overload]

    def __rdivmod__(self, other: Any) -> Any:
        return np.floor_divide(other, self), np.remainder(other, self)  # type: ignore[call-overload]

    # -- plain results: without a derivative, or explicitly without history ------------------

    def argmax(
        self, axis: Any = None, out: Any = None, *, keepdims: Any = False, dim: Any = None,
        keepdim: Any = None,
    ) -> Any:  # fmt: skip
        """Return the index of the largest element."""
        axis, keepdims = _renamed(axis, keepdims, dim, keepdim)
        return np.argmax(_as_array(self), axis=axis, out=out, keepdims=keepdims)

    def argmin(
        self, axis: Any = None, out: Any = None, *, keepdims: Any = False, dim: Any = None,
        keepdim: Any = None,
    ) -> Any:  # fmt: skip
        """Return the index of the smallest element."""
        axis, keepdims = _renamed(axis, keepdims, dim, keepdim)
        return np.argmin(_as_array(self), axis=axis, out=out, keepdims=keepdims)

    def argsort(
        self, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None
    ) -> Any:
        """Return the indices that would sort the elements."""
        return np.argsort(_as_array(self), axis=axis, kind=kind, order=order, stable=stable)

    def argpartition(
        self, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None
    ) -> Any:
        """Return the indices that would bring the `kth` smallest elements to the front."""
        return np.argpartition(_as_array(self), kth, axis=axis, kind=kind, order=order)

    def searchsorted(self, v: Any, side: Any = "left", sorter: Any = None) -> Any:
        """Return where elements would have to be inserted to keep the order."""
        return np.searchsorted(_as_array(self), plain(v), side=side, sorter=sorter)

    def any(
        self, axis: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True,
        dim: Any = None, keepdim: Any = None,
    ) -> Any:  # fmt: skip
        """Return whether any element is not zero."""
        axis, keepdims = _renamed(axis, keepdims, dim, keepdim)
        keywords = _options(out=out, keepdims=keepdims, where=where)
        return np.any(_as_array(self), axis=axis, **keywords)

    def all(
        self, axis: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True,
        dim: Any = None, keepdim: Any = None,
    ) -> Any:  # fmt: skip
        """Return whether no element is zero."""
        axis, keepdims = _renamed(axis, keepdims, dim, keepdim)
        keywords = _options(out=out, keepdims=keepdims, where=where)
        return np.all(_as_array(self), axis=axis, **keywords)

    def nonzero(self) -> Any:
        """Return the indices of the elements that are not zero."""
        return np.nonzero(_as_array(self))

    def item(self, *index: Any) -> Any:
        """Return one element as a Python number, without history; transforms refuse it."""
        self._refuse_in_transform("item()")
        return _as_array(self).item(*index)

    def tolist(self) -> Any:
        """Return the elements as nested lists of numbers, without history; transforms refuse it."""
        self._refuse_in_transform("tolist()")
        return _as_array(self).tolist()


def _reduce(primitive: Primitive, x: Any, axis: Any, dtype: Any, keepdims: Any) -> Any:
    if dtype is not None:
        x = x.astype(dtype)
    if keepdims:
        return calls.apply(primitive, (x, axis), {"keepdims": True})
    return calls.apply(primitive, (x,) if axis is None else (x, axis), NO_KEYWORDS)


def _options(*, keepdims: Any = False, where: Any = True, **others: Any) -> dict[str, Any]:
    """Return the keyword arguments that were given; not all functions have all of them."""
    keywords = {name: item for name, item in others.items() if item is not None}
    if keepdims is not False:
        keywords["keepdims"] = keepdims
    if where is not True:
        keywords["where"] = where
    return keywords


def _renamed(axis: Any, keepdims: Any, dim: Any, keepdim: Any) -> tuple[Any, Any]:
    """Return axis and keepdims, which PyTorch's users name dim and keepdim."""
    if dim is not None and axis is not None:
        raise OptionError(f"axis={axis!r} and dim={dim!r} are two names of one argument.")
    if isinstance(dim, list):
        dim = tuple(dim)
    return axis if dim is None else dim, keepdims if keepdim is None else keepdim


def _joined(x: Any, first: Any, last: Any) -> Any:
    """Return a copy of the elements with some adjacent axes joined."""
    shape = _as_array(x).shape
    count = max(len(shape), 1)  # a number is joined to an array of one element
    begin, end = normalize_axis_index(first, count), normalize_axis_index(last, count)
    if begin > end:
        raise ShapeError(
            f"flatten joins axes {first} to {last} of {len(shape)}: the first one must not be "
            "behind the last."
        )
    joined = (*shape[:begin], math.prod(shape[begin : end + 1]), *shape[end + 1 :])
    return np.copy(np.reshape(x, joined))


def _warn_of_two_axes(ndim: int, axes: tuple[Any, ...]) -> None:
    """Help those who expect two axes to be exchanged, as PyTorch does."""
    if ndim > 2 and isinstance(axes[0], int):
        raise ShapeError(
            f"transpose takes the new order of all {ndim} axes, not two of them. To exchange axes "
            f"{axes[0]} and {axes[1]} write x.swapaxes({axes[0]}, {axes[1]})."
        )
    if ndim == 2 and (axes == (0, 1) or axes == (-2, -1)):
        warnings.warn(
            f"transpose{axes} states the order of the axes, and leaves a matrix as it is. To "
            f"exchange its axes write x.swapaxes{axes} or x.T.",
            stacklevel=callers.depth(),
        )


def _has_order(x: Any, order: Any) -> bool:
    if order == "C":
        return bool(x.flags.c_contiguous)
    return bool(x.flags.f_contiguous) if order == "F" else True


def is_constant_by_steps(primitive: Primitive | None) -> bool:
    """Return whether the derivative of a primitive is zero everywhere, as that of rounding is."""
    if primitive is None or primitive.partials is None:
        return False
    for partial in primitive.partials:
        if not isinstance(partial, (int, float)) or partial != 0:
            return False
    return True


def _as_array(x: Any) -> Any:
    """Return the array in a node; of a Value a number with an array's methods."""
    found = plain(x)
    return np.float64(found) if type(found) is float else found
