"""Arrays that compute by rules of their own: masks, labels, units, missing numbers.

A derivative is made of plain numbers. Where one of these arrays meets a node, its rules would be
lost, or applied to the result and not to the derivative; so it is refused. What counts is not which
library an array is from, but what its type can do:

- a subclass of NumPy's array must not redefine arithmetic;
- any other type that answers ufuncs (NEP 13) must answer the other functions too (NEP 18), have a
  shape and a type, and make new arrays of plain numbers (NEP 35), of which every rule makes some.

Lists, buffers and tensors of other frameworks do not answer ufuncs: NumPy converts them.
"""

from __future__ import annotations

import sys
from typing import Any, Final

import numpy as np

from autograd.engine.batching import Batched
from autograd.engine.recorded import Recorded
from autograd.engine.tracing import Followed
from autograd.errors import DataError

_ndarray: Final = np.ndarray
_generic: Final = np.generic

#: Type of an argument -> the function that creates its node: ``maker(value, trace, node)``. Another
#: library that adds a type says with this that its arrays are plain ones.
NODE_MAKERS: Final[dict[Any, Any]] = {}

#: Type -> why its arrays are refused; "" if they are not.
_REASONS: Final[dict[type, str]] = {}

#: What a subclass of NumPy's array must leave as it is.
_ARITHMETIC: Final = ("__array_ufunc__", "__add__", "__mul__", "__matmul__", "__array_function__")

#: What other arrays have to give their plain numbers -> how to write that.
_NUMBERS: Final = {
    "to_numpy": "x.to_numpy()",
    "magnitude": "x.magnitude",
    "toarray": "x.toarray()",
    "todense": "x.todense()",
}


def refuse_other_rules(x: Any) -> None:
    """Raise an error for an array that computes by other rules than plain ones.

    Raises
    ------
    DataError
        If it does.
    """
    kind = type(x)
    if kind is _ndarray or kind is float:
        return
    reason = _REASONS.get(kind)
    if reason is None:
        reason = _REASONS[kind] = _reason(x)
    if reason and kind not in NODE_MAKERS:
        raise DataError(reason)


def refuse_in(items: Any) -> None:
    """Raise an error if there is such an array in a list or tuple, also in a nested one."""
    for item in items:
        if isinstance(item, list) or isinstance(item, tuple):
            refuse_in(item)
        else:
            refuse_other_rules(item)


def without_labels(x: Any) -> Any:
    """Return an index with plain arrays in place of labelled ones: positions count, not labels."""
    if isinstance(x, tuple):
        for part in x:
            if without_labels(part) is not part:
                return tuple([without_labels(each) for each in x])
        return x
    return np.asarray(x) if is_labelled(x) else x


def is_labelled(x: Any) -> bool:
    """Return whether this is an array with rules of its own that is none of NumPy's arrays."""
    kind = type(x)
    if kind is int or kind is slice or isinstance(x, _ndarray):
        return False
    if kind not in _REASONS:
        _REASONS[kind] = _reason(x)
    return _REASONS[kind] != ""


def converted(x: Any) -> Any:
    """Return `numpy.asarray` of what computes by no rules of its own.

    Raises
    ------
    DataError
        If there is no such array.
    """
    try:
        found = np.asarray(x)
    except (TypeError, ValueError, RuntimeError) as error:  # of another library, perhaps
        raise DataError(
            f"There is no array of numbers for this object of type {type(x).__name__}: {error}"
        ) from error
    if found.shape == () and found.dtype.kind == "O" and found[()] is x:
        raise DataError(
            f"An object of type {type(x).__name__} is no array of numbers. Write {_numbers(x)}."
        )
    return found


def refuse_operand(x: Any) -> None:
    """Raise an error for an operand that is an array, but knows nothing of nodes.

    Raises
    ------
    DataError
        If it is an array with rules of its own, or one of PyTorch, JAX and the like, which offer
        their memory (DLPack). Python would only say that it does not support the types.
    """
    refuse_other_rules(x)
    if hasattr(x, "__dlpack__"):
        kind = type(x)
        raise DataError(
            f"A node cannot be combined with an array of type {kind.__module__}.{kind.__name__}. "
            "Write np.asarray(x), or x = autograd.devices.from_dlpack(x) for a leaf."
        )


def _reason(x: Any) -> str:
    kind = type(x)
    if isinstance(x, Recorded) or isinstance(x, Batched) or isinstance(x, Followed):
        return ""
    if isinstance(x, _ndarray):
        return _reason_of_subclass(x)
    if isinstance(x, _generic) or getattr(kind, "__array_ufunc__", None) is None:
        return ""
    if hasattr(kind, "__array_function__") and _makes_arrays(x):
        return ""
    return _text(kind, _numbers(x))


def _reason_of_subclass(x: Any) -> str:
    # Importing it takes longer than a small program; another thread may just be doing so.
    masked: Any = getattr(sys.modules.get("numpy.ma"), "MaskedArray", None)
    if masked is not None and isinstance(x, masked):
        return "A masked array would lose its mask here. Fill it: x.filled(0.0)."
    if isinstance(x, np.matrix):
        return (
            "A numpy.matrix would be taken for an array here, which multiplies element by element. "
            "Write np.asarray(x), and @ for products."
        )
    for name in _ARITHMETIC:
        if getattr(type(x), name) is not getattr(_ndarray, name):
            return _text(type(x), "np.asarray(x)")
    return ""


def _numbers(x: Any) -> str:
    """Return how to write the plain numbers of an object."""
    found = [text for name, text in _NUMBERS.items() if hasattr(x, name)]
    return [*found, "np.asarray(x)"][0]


def _text(kind: type, numbers: str) -> str:
    return (
        f"An object of type {kind.__name__} computes by rules of its own, which would be lost "
        f"here, as labels, units and missing numbers are. Pass its numbers, {numbers}, and keep "
        "the rest beside them."
    )


def _makes_arrays(x: Any) -> bool:
    """Return whether the library of an array makes plain arrays of this type."""
    if not hasattr(x, "shape") or not hasattr(x, "dtype"):
        return False
    try:
        made = np.arange(0, like=x)  # nothing is sent to a device
    except Exception:  # another library may raise anything
        return False
    return isinstance(made, type(x)) or isinstance(x, type(made))
