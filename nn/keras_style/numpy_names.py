"""NumPy's functions with the names, and the order, that Keras gives their arguments."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import numpy as np

from nn.keras_style.configured import signature_of

#: Keras' names where NumPy has others: those before the stroke are passed on in this order, those
#: behind it by their names.
NAMES = {
    "x /": """angle bartlett blackman copy fliplr flipud hamming hanning imag ndim nonzero ravel
        real size""",
    "x1 x2 /": "dot inner kron outer vdot",
    "x y /": """bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor left_shift
        right_shift""",
    "xs /": "dstack hstack vstack",
    "x / axis": "argsort count_nonzero expand_dims flip sort squeeze stack",
    "x / axis dtype": "cumprod cumsum nancumprod nancumsum",
    "x / axis keepdims": """all amax amin any argmax argmin mean median nanargmax nanargmin nanmax
        nanmean nanmedian nanmin nanprod nanstd nansum nanvar ptp std sum var""",
    "x / axis keepdims initial": "max min",
    "x / axis keepdims dtype": "prod",
    "x / q axis method keepdims": "nanpercentile nanquantile percentile quantile",
    "x / axis weights": "average",
    "x / axis1 axis2": "swapaxes",
    "x / axes": "transpose",
    "x / dtype": "array empty_like ones_like zeros_like",
    "x / fill_value dtype": "full_like",
    "x / bins range": "histogram",
    "x / decimals": "round",
    "x / indices axis": "take take_along_axis",
    "x / indices_or_sections": "dsplit hsplit vsplit",
    "x / indices_or_sections axis": "array_split split",
    "x / k": "diag diagflat tril triu",
    "x kth / axis": "argpartition",
    "x1 x2 / mode": "correlate",
    "x / beta": "kaiser",
    "x / nan posinf neginf": "nan_to_num",
    "x / offset axis1 axis2": "diagonal trace",
    "x / repeats axis": "repeat",
    "x / shape": "broadcast_to",
    "x / shift axis": "roll",
    "x / sorted return_index return_inverse return_counts axis size fill_value": "unique",
    "x / source destination": "moveaxis",
    "x / weights minlength sparse": "bincount",
    "x newshape /": "reshape",
    "x pad_width / mode constant_values": "pad",
    "x repeats /": "tile",
    "x x_min x_max /": "clip",
    "x1 x2 / assume_unique invert": "isin",
    "x1 x2 / axes": "tensordot",
    "x1 x2 / axis": "append",
    "x1 x2 / axisa axisb axisc axis": "cross",
    "x1 x2 / rtol atol equal_nan": "allclose isclose",
    "xs / axis": "concatenate",
    "array / k axes": "rot90",
    "condition x1 x2 /": "where",
    "sorted_sequence values / side": "searchsorted",
    "/ pyfunc excluded signature": "vectorize",
}

#: The options that NumPy has no name for, and their values that change nothing.
NOTHING: dict[str, Any] = {
    "constant_values": None, "fill_value": None, "initial": None, "size": None, "sorted": True,
    "sparse": False,
}  # fmt: skip


@cache
def named(name: str) -> Callable[..., Any]:
    """Return a function of NumPy that takes its arguments as that of Keras does.

    Examples
    --------
    >>> named("clip")(np.array([1, 5]), x_min=2, x_max=4).tolist()
    [2, 4]
    >>> named("sum")(np.ones((2, 3)), 1, True).shape
    (2, 1)
    """
    function = getattr(np, name)
    row = next((row for row, names in NAMES.items() if name in names.split()), "")
    if not row and isinstance(function, np.ufunc) and function.nin == 2:
        row = "x1 x2 /"
    if not row:
        return function  # type: ignore[no-any-return]
    placed, others = (part.split() for part in row.split("/"))

    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        given = dict(zip((*placed, *others), arguments, strict=False))
        is_double = any(one in options for one in given)
        given |= options
        first = [given.pop(one) for one in placed if one in given]
        has_gap = any(one in options for one in placed[len(first) :])
        if is_double or has_gap or len(arguments) > len(placed) + len(others):
            raise TypeError(f"{name} takes {', '.join((*placed, *others))}, each of them once.")
        return function(*first, **{n: o for n, o in given.items() if not _is_nothing(n, o)})

    call.__signature__ = signature_of((*placed, *others))  # type: ignore[attr-defined]
    return call


def _is_nothing(name: str, option: Any) -> bool:
    return name in NOTHING and option is NOTHING[name]
