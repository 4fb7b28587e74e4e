"""PyTorch's ``torch.backends.cuda``: settings, which change nothing."""

from types import SimpleNamespace

from nn.torch_style.cuda import is_available as is_built

__all__ = ["is_built", "matmul"]

matmul = SimpleNamespace(allow_tf32=False)
