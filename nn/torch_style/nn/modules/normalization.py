"""PyTorch's ``torch.nn.modules.normalization``."""

from nn.torch_style.nn.norms import GroupNorm, LayerNorm, LocalResponseNorm, RMSNorm

__all__ = ["GroupNorm", "LayerNorm", "LocalResponseNorm", "RMSNorm"]
