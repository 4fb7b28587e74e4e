"""PyTorch's ``torch.nn.modules.linear``."""

from nn.torch_style.nn.containers import Identity
from nn.torch_style.nn.layers import Bilinear, Linear

#: The class of the projection of PyTorch's attention.
NonDynamicallyQuantizableLinear = Linear

__all__ = ["Bilinear", "Identity", "Linear", "NonDynamicallyQuantizableLinear"]
