"""Keras' ``models``."""

from __future__ import annotations

from typing import NoReturn

from nn.keras_style.layers.inputs import Input
from nn.keras_style.model import Model
from nn.keras_style.sequential import Sequential
from nn.missing_names import refuse

__all__ = ["Input", "Model", "Sequential"]


def __getattr__(name: str) -> NoReturn:
    refuse(
        f"nn.keras_style has no models.{name}: files hold weights, not models. Make the model, and "
        "write model.load_weights(path)."
    )
