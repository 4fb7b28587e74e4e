"""PyTorch's ``torch.nn.modules.instancenorm``."""

from nn.torch_style.nn.norms import InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, _InstanceNorm

__all__ = ["InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d", "_InstanceNorm"]
