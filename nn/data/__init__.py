"""Data: datasets, batches and splits."""

from nn.data.datasets import ConcatDataset, Dataset, Subset, TensorDataset, random_split
from nn.data.loader import DataLoader
from nn.data.shards import Shards
from nn.data.splits import train_test_split

__all__ = [
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "Shards",
    "Subset",
    "TensorDataset",
    "random_split",
    "train_test_split",
]
