"""PyTorch's ``torch.mps``: there is no such device."""

from nn.torch_style.cuda import empty_cache, is_available, manual_seed, synchronize

__all__ = ["empty_cache", "is_available", "manual_seed", "synchronize"]
