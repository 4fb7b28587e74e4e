"""PyTorch's ``torch.distributed``, of the one process that there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.missing_names import refuse

__all__ = ["barrier", "get_rank", "get_world_size", "is_available", "is_initialized"]


def is_available() -> bool:
    """Return False."""
    return False


is_initialized = is_available


def get_rank(group: Any = None) -> int:
    """Return 0."""
    return 0


def get_world_size(group: Any = None) -> int:
    """Return 1."""
    return 1


def barrier(*options: Any, **more: Any) -> None:
    """Do nothing."""


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(
            f"torch.distributed has no {name!r} in nn.torch_style: there is one process, so write "
            "nothing. nn.fit(..., nn.Shards(...), client=client) trains on a Dask cluster."
        )
