"""PyTorch's ``torch.multiprocessing``: that of Python."""

from __future__ import annotations

import multiprocessing
from typing import Any


def set_sharing_strategy(new_strategy: str) -> None:
    """Do nothing: tensors are copied between processes."""


def __getattr__(name: str) -> Any:
    return getattr(multiprocessing, name)
