"""PyTorch's ``torch.cuda``: there is no such device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.missing_names import refuse
from nn.torch_style.cuda import amp as amp


def is_available() -> bool:
    """Return False."""
    return False


def device_count() -> int:
    """Return 0."""
    return 0


def manual_seed(seed: int) -> None:
    """Do nothing."""


def manual_seed_all(seed: int) -> None:
    """Do nothing."""


def synchronize(device: Any = None) -> None:
    """Do nothing: nothing is computed later."""


def empty_cache() -> None:
    """Do nothing."""


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(
            f"torch.cuda has no {name!r} in nn.torch_style, because there is no GPU: write "
            "`if torch.cuda.is_available():` before it."
        )
