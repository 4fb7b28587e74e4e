"""Keras' ``saving``: whole models in files, and names for classes and functions of users."""

from __future__ import annotations

from typing import NoReturn

from nn.keras_style.configured import deserialize_keras_object, serialize_keras_object
from nn.keras_style.model_files import load_model, save_model
from nn.keras_style.registered import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from nn.missing_names import refuse

__all__ = [
    "CustomObjectScope", "custom_object_scope", "deserialize_keras_object", "get_custom_objects",
    "get_registered_name", "get_registered_object", "load_model", "register_keras_serializable",
    "save_model", "serialize_keras_object",
]  # fmt: skip

CustomObjectScope = custom_object_scope


def __getattr__(name: str) -> NoReturn:
    refuse(f"nn.keras_style has no saving.{name}; it has {', '.join(__all__)}.")
