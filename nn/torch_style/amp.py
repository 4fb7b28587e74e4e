"""PyTorch's ``torch.amp``: mixed precision, of which there is none here. All is float32."""

from __future__ import annotations

from contextlib import ContextDecorator
from typing import Any

from nn.torch_style.types import check_options

__path__: list[str] = []  # PyTorch's is a package: see `submodules`


class autocast(ContextDecorator):  # noqa: N801 - PyTorch's name
    """Compute in the types that the tensors have: a block that changes nothing.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> with torch.autocast("cpu", dtype=torch.bfloat16):
    ...     torch.ones(2).exp().dtype
    torch.float32
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        check_options("autocast", options, "device_type dtype enabled cache_enabled")

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *error: Any) -> None:
        pass


class GradScaler:
    """Scales losses by 1: float32 needs no other scale."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        names = "device init_scale growth_factor backoff_factor growth_interval enabled"
        check_options("GradScaler", options, names)

    def scale(self, outputs: Any) -> Any:
        """Return the loss itself."""
        return outputs

    def unscale_(self, optimizer: Any) -> None:
        """Do nothing."""

    def step(self, optimizer: Any, *arguments: Any) -> Any:
        """Call ``optimizer.step()``."""
        return optimizer.step(*arguments)

    def update(self, new_scale: Any = None) -> None:
        """Do nothing."""

    def get_scale(self) -> float:
        """Return 1."""
        return 1.0

    def state_dict(self) -> dict[str, Any]:
        """Return an empty dict."""
        return {}

    def load_state_dict(self, state_dict: Any) -> None:
        """Do nothing."""
