"""PyTorch's ``torch.utils``: `data` and `checkpoint`."""

from nn.torch_style.utils import checkpoint, data

__all__ = ["checkpoint", "data"]
