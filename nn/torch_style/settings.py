"""Settings that programs make at their beginning."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from nn.torch_style.grad_mode import is_grad_enabled
from nn.torch_style.types import check_device, device, dtype_of, float32, float64, set_default_dtype


class version:  # noqa: N801 - PyTorch's name of a module
    """``torch.version``."""

    cuda = None


def _assert(condition: Any, message: str) -> None:
    """Raise an AssertionError with a message unless something is true."""
    if not condition:
        raise AssertionError(message)


def set_num_threads(count: int) -> None:
    """Do nothing: NumPy's threads are set by OMP_NUM_THREADS before Python starts."""


def get_num_threads() -> int:
    """Return the number of threads that OMP_NUM_THREADS sets, or of processors."""
    return int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)


def use_deterministic_algorithms(mode: bool, warn_only: bool = False) -> None:
    """Do nothing: all are."""


def set_float32_matmul_precision(precision: str) -> None:
    """Do nothing."""


def set_printoptions(**options: Any) -> None:
    """Set how arrays are printed: ``precision``, ``threshold``, ``edgeitems``, ``linewidth``."""
    known = {"precision", "threshold", "edgeitems", "linewidth"}
    np.set_printoptions(**{name: option for name, option in options.items() if name in known})


def set_default_device(place: Any) -> None:
    """Accept the processor, and raise for any other device."""
    check_device(place)


def get_default_device() -> Any:
    """Return the processor."""
    return device()


def set_default_tensor_type(t: Any) -> None:
    """Set the type of floats that are given without one, by a name such as FloatTensor."""
    known = {"torch.FloatTensor": float32, "torch.DoubleTensor": float64}
    set_default_dtype(known[t] if isinstance(t, str) else dtype_of(t.array))


def set_num_interop_threads(count: int) -> None:
    """Do nothing."""


def is_inference_mode_enabled() -> bool:
    """Return whether nothing is recorded."""
    return not is_grad_enabled()
