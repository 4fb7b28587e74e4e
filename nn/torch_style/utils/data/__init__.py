"""PyTorch's ``torch.utils.data``: datasets and batches of tensors.

A loader that shuffles draws the orders that PyTorch's draws from the same seed.
"""

from nn.torch_style.utils.data.collate import default_collate
from nn.torch_style.utils.data.dataloader import DataLoader
from nn.torch_style.utils.data.dataset import (
    ConcatDataset,
    Dataset,
    IterableDataset,
    Subset,
    TensorDataset,
    random_split,
)
from nn.torch_style.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

__all__ = [
    "BatchSampler", "ConcatDataset", "DataLoader", "Dataset", "IterableDataset", "RandomSampler",
    "Sampler", "SequentialSampler", "Subset", "SubsetRandomSampler", "TensorDataset",
    "WeightedRandomSampler", "default_collate", "random_split",
]  # fmt: skip
