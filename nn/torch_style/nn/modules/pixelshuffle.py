"""PyTorch's ``torch.nn.modules.pixelshuffle``."""

from nn.torch_style.nn.layers import PixelShuffle, PixelUnshuffle

__all__ = ["PixelShuffle", "PixelUnshuffle"]
