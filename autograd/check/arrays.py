"""Arrays of derivatives: laid out as real numbers, compared, drawn at random."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.engine import Node
from autograd.engine.dispatch import plain as plain_data
from autograd.engine.foreign import is_foreign, to_numpy
from autograd.engine.wrapped import refuse_other_rules

Vector = npt.NDArray[np.float64]


def plain(x: Any) -> Any:
    """Return the array of NumPy, or the number, in a node, another array or a matrix of SciPy."""
    if isinstance(x, Node):
        x = plain_data(x)
    if is_foreign(x):
        refuse_other_rules(x)
        return to_numpy(x)
    if hasattr(x, "detach") and hasattr(x, "numpy"):
        for step in ("detach", "cpu", "resolve_conj", "resolve_neg"):
            x = getattr(x, step, lambda x=x: x)()
        return x.numpy()
    if hasattr(x, "toarray") and hasattr(x, "nnz"):  # a sparse matrix of SciPy
        return x.toarray()
    if hasattr(x, "matmat") and hasattr(x, "rmatvec"):  # a LinearOperator of SciPy
        return x.matmat(np.eye(x.shape[1]))
    return x


def as_array(x: Any) -> Any:
    """Return a leaf as an array of floating point numbers; None if it has no derivative."""
    x = plain(x)
    if isinstance(x, (str, bytes)) or x is None or callable(x):
        return None
    refuse_other_rules(x)
    array = np.asarray(x)
    return array if array.dtype.kind in "fc" else None


def as_reals(data: Any) -> Vector:
    """Return an array as a vector of real numbers, two for each complex one."""
    if data.dtype.kind == "c":
        return np.ascontiguousarray(data, np.complex128).reshape(-1).view(np.float64)
    return np.asarray(data, np.float64).reshape(-1)


def as_cotangent(g: Any, x: Any) -> Any:
    """Return what a rule gave for an array or number: its real part if that is real."""
    return np.real(g) if np.iscomplexobj(g) and not np.iscomplexobj(x) else g


def close(a: Any, b: Any) -> bool:
    """Return whether two derivatives are equal up to rounding."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.size == 0 or a.dtype.kind not in "biufc":
        return False
    if not (np.isfinite(a) & np.isfinite(b)).all():
        return False
    single = {a.dtype.char, b.dtype.char} & set("fFe")
    loose = 1e-3 if single else 2e-6
    size = float(np.max(np.abs(b), initial=0.0))
    return bool(np.all(np.abs(a - b) <= loose * np.abs(b) + loose / 100 * size))


def random_like(x: Any, seed: int) -> Any:
    """Return normal numbers in the shape of an array, complex if it is."""
    random = np.random.default_rng(seed)
    numbers = random.standard_normal(x.shape)
    return numbers + 1j * random.standard_normal(x.shape) if x.dtype.kind == "c" else numbers


def random_weights(random: np.random.Generator, y: Any) -> Any:
    """Return numbers between 0.5 and 1.5 in the shape and type of an array."""
    weights = random.uniform(0.5, 1.5, y.shape)
    if y.dtype.kind == "c":
        weights = weights + 1j * random.uniform(0.5, 1.5, y.shape)
    return np.asarray(weights, y.dtype)
