"""PyTorch's ``torch.backends.mps``: not available."""

from nn.torch_style.cuda import is_available

__all__ = ["is_available", "is_built"]

is_built = is_available
