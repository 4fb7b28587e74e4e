"""PyTorch's ``torch.nn.modules.linear``."""

from nn.torch_style.nn.containers import Identity
from nn.torch_style.nn.layers import Bilinear, Linear

__all__ = ["Bilinear", "Identity", "Linear"]
