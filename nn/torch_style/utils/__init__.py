"""PyTorch's ``torch.utils``: `data`, `checkpoint` and `tensorboard`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.utils import _pytree as _pytree
from nn.torch_style.utils import checkpoint, data, tensorboard

__all__ = ["checkpoint", "data", "tensorboard"]

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.utils", name, __all__))
