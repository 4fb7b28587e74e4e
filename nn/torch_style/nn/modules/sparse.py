"""PyTorch's ``torch.nn.modules.sparse``."""

from nn.torch_style.nn.layers import Embedding, EmbeddingBag

__all__ = ["Embedding", "EmbeddingBag"]
