"""PyTorch's ``torch.backends.cudnn``: settings, which change nothing."""

from nn.torch_style.cuda import is_available

__all__ = ["allow_tf32", "benchmark", "deterministic", "enabled", "is_available"]

enabled = benchmark = deterministic = allow_tf32 = False
