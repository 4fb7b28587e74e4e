"""Settings that programs make at their beginning."""

from __future__ import annotations

import os
from typing import Any

import numpy as np


class version:  # noqa: N801 - PyTorch's name of a module
    """``torch.version``."""

    cuda = None


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
