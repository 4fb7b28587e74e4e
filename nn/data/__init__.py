"""Data: batches and splits."""

from nn.data.loader import DataLoader
from nn.data.splits import train_test_split

__all__ = ["DataLoader", "train_test_split"]
