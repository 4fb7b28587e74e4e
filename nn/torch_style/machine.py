"""The devices and settings that programs ask for: there is one processor, and no accelerator."""

from __future__ import annotations

import os
from typing import Any

import numpy as np


class cuda:  # noqa: N801 - PyTorch's name of a module
    """``torch.cuda``: not available."""

    @staticmethod
    def is_available() -> bool:
        """Return False."""
        return False

    @staticmethod
    def device_count() -> int:
        """Return 0."""
        return 0

    @staticmethod
    def manual_seed(seed: int) -> None:
        """Do nothing."""

    manual_seed_all = manual_seed

    @staticmethod
    def synchronize(device: Any = None) -> None:
        """Do nothing: nothing is computed later."""

    @staticmethod
    def empty_cache() -> None:
        """Do nothing."""


class mps:  # noqa: N801
    """``torch.mps``: not available."""

    is_available = cuda.is_available
    manual_seed = cuda.manual_seed


class accelerator:  # noqa: N801
    """``torch.accelerator``: not available."""

    is_available = cuda.is_available

    @staticmethod
    def current_accelerator() -> None:
        """Return None."""


class _Settings:
    """Settings that change nothing."""

    deterministic = benchmark = enabled = allow_tf32 = False
    is_available = staticmethod(cuda.is_available)


class backends:  # noqa: N801
    """``torch.backends``: settings, which change nothing."""

    cudnn = _Settings()
    mps = _Settings()

    class cuda:  # noqa: N801
        """``torch.backends.cuda``."""

        matmul = _Settings()
        is_built = staticmethod(lambda: False)


class version:  # noqa: N801
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
