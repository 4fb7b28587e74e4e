"""Keras' ``preprocessing.sequence``: `pad_sequences`, which is also in ``utils``."""

from nn.keras_style.utils import pad_sequences

__all__ = ["pad_sequences"]
