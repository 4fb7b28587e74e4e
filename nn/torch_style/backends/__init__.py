"""PyTorch's ``torch.backends``: settings of devices that are not here. They change nothing."""

from nn.torch_style.backends import cuda, cudnn, mps

__all__ = ["cuda", "cudnn", "mps"]
