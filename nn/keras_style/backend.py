"""What programs still use of Keras' ``backend``."""

from __future__ import annotations

from typing import NoReturn

from nn.keras_style.config import backend, epsilon, floatx, image_data_format, set_floatx
from nn.keras_style.naming import clear_session
from nn.missing_names import refuse

__all__ = ["backend", "clear_session", "epsilon", "floatx", "image_data_format", "set_floatx"]


def __getattr__(name: str) -> NoReturn:
    refuse(f"nn.keras_style has no backend.{name}: write keras.ops, or functions of NumPy.")
