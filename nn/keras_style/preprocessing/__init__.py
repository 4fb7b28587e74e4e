"""Keras' ``preprocessing``, where older programs find `pad_sequences`."""

from typing import NoReturn

from nn.keras_style.preprocessing import sequence
from nn.keras_style.utils import timeseries_dataset_from_array
from nn.missing_names import refuse

__all__ = ["sequence", "timeseries_dataset_from_array"]


def __getattr__(name: str) -> NoReturn:
    refuse(
        f"nn.keras_style has no preprocessing.{name}: write functions of NumPy before training, or "
        "layers such as keras.layers.RandomFlip."
    )
