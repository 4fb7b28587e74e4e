"""PyTorch's ``torch.nn.modules.normalization``."""

from nn.torch_style.nn.layers import GroupNorm, LayerNorm, LocalResponseNorm, RMSNorm

__all__ = ["GroupNorm", "LayerNorm", "LocalResponseNorm", "RMSNorm"]
