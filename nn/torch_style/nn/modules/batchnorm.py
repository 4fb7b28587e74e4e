"""PyTorch's ``torch.nn.modules.batchnorm``."""

from nn.torch_style.nn.layers import BatchNorm1d, BatchNorm2d, BatchNorm3d, _BatchNorm

__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "_BatchNorm"]
