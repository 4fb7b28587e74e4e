"""PyTorch's ``torch.accelerator``: there is none."""

from nn.torch_style.cuda import device_count, is_available, synchronize

__all__ = ["current_accelerator", "device_count", "is_available", "synchronize"]


def current_accelerator() -> None:
    """Return None."""
