"""PyTorch's ``torch.nn.modules.upsampling``."""

from nn.torch_style.nn.layers import Upsample, UpsamplingBilinear2d, UpsamplingNearest2d

__all__ = ["Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d"]
