"""PyTorch's ``torch.nn.modules.module``."""

from nn.torch_style.nn.module import Module

__all__ = ["Module"]
