"""What `check_primitive` checks beside derivatives: batch rule, source, C and sparsity."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.engine import Primitive
from autograd.errors import AutogradError
from autograd.program import jit
from autograd.program.backends.c.library import unavailable
from autograd.sparse import sparse_jacobian
from autograd.transforms import jacobian
from autograd.transforms.batched import vmap

#: Two results with this part of their digits in common are the same.
_AGREEMENT = 0.4


def faults_of(primitive: Primitive, arguments: list[Any], keywords: Any) -> Iterator[str]:
    """Yield what is wrong with what the user has written beside the derivative.

    Parameters
    ----------
    primitive : Primitive
        The function.
    arguments : list
        Its arguments; arrays of real floats may be changed a little.
    keywords : dict
        Its keyword arguments.
    """
    parts = {
        "batch": (primitive.batch, _batch),
        "source": (primitive.source, _source),
        "c": (primitive.in_c, _c),
        "sparsity": (primitive.sparsity, _sparsity),
    }
    for name, (part, check) in parts.items():
        if part is None:
            continue
        try:
            check(primitive, arguments, keywords)
        except _DifferenceError as difference:
            yield f"{name}= of {primitive.name} {difference}"
        except AutogradError as error:
            yield f"{name}= of {primitive.name}: {error}"
        except Exception as error:
            yield f"{name}= of {primitive.name} raises {type(error).__name__}: {error}"


class _DifferenceError(Exception):
    """Two results differ."""


def _batch(primitive: Primitive, arguments: list[Any], keywords: Any) -> None:
    """Compare a batch of three with three calls."""
    moving = [k for k, x in enumerate(arguments) if _is_real(x)]
    if not moving:
        return
    calls = [[x * factor if k in moving else x for k, x in enumerate(arguments)]
             for factor in (1.0, 0.75, 0.875)]  # fmt: skip
    stacked = [
        np.stack([one[k] for one in calls]) if k in moving else x for k, x in enumerate(arguments)
    ]
    axes = tuple([0 if k in moving else None for k in range(len(arguments))])
    found = vmap(lambda *given: primitive(*given, **keywords), axes)(*stacked)
    for k, one in enumerate(calls):
        _compare(found[k], primitive.function(*one, **keywords), "a batch")


def _source(primitive: Primitive, arguments: list[Any], keywords: Any) -> None:
    """Compare the function of a text with the function itself."""
    function = primitive.source
    if isinstance(function, str):
        environment: dict[str, Any] = {"np": np, "numpy": np, "math": math}
        exec(compile(function, "<source>", "exec"), environment)
        kinds = type(_compare)
        function = [x for x in environment.values() if isinstance(x, kinds)][-1]
    _compare(function(*arguments, **keywords), primitive.function(*arguments, **keywords), "it")


def _c(primitive: Primitive, arguments: list[Any], keywords: Any) -> None:
    """Compare C with the function, in double and in single precision, where C can be compiled."""
    if unavailable():
        return
    for kind in (np.float64, np.float32):
        given = [x.astype(kind) if _is_real(x) else x for x in arguments]
        in_c = jit(lambda *x: primitive(*x, **keywords), backend="c")
        with np.errstate(all="ignore"):
            in_c(*given)  # records it, in Python
            _compare(in_c(*given), primitive.function(*given, **keywords), "C")


def _sparsity(primitive: Primitive, arguments: list[Any], keywords: Any) -> None:
    """Compare sparse with dense Jacobians."""
    for argnum, x in enumerate(arguments):
        if 0 <= primitive.arity <= argnum or not _is_real(x):
            continue

        def of_one(x: Any, argnum: int = argnum) -> Any:
            return primitive(*arguments[:argnum], x, *arguments[argnum + 1 :], **keywords)

        found = sparse_jacobian(of_one)(x).toarray()
        _compare(found, np.reshape(jacobian(of_one)(x), found.shape), "a sparse Jacobian")


def _is_real(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype.kind == "f"


def _compare(found: Any, wanted: Any, what: str) -> None:
    """Raise an error if results differ by more than rounding errors."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    if found.shape != wanted.shape:
        raise _DifferenceError(f"gives {what} of shape {found.shape} instead of {wanted.shape}.")
    if found.dtype.kind not in "fc":
        same = np.array_equal(found, wanted)
    else:
        limit = float(np.finfo(found.dtype).eps) ** _AGREEMENT
        size = np.max(np.abs(wanted[np.isfinite(wanted)]), initial=0.0)
        same = np.allclose(found, wanted, rtol=limit, atol=limit * size, equal_nan=True)
    if not same:
        raise _DifferenceError(f"gives {what} with the numbers {found} instead of {wanted}.")
