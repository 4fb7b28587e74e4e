"""PyTorch's older name of ``torch.amp``."""

from nn.torch_style.amp import GradScaler, autocast

__all__ = ["GradScaler", "autocast"]
