"""Keras' way to train: ``compile``, ``fit``, ``evaluate``, ``predict``, ``summary``.

Models are made of the layers of `nn`; training is `nn.fit`. Import it as Keras users do:
``from nn import keras_style as keras``.
"""

from nn import callbacks
from nn.keras_style import losses, metrics, optimizers
from nn.keras_style.model import Model, Sequential

__all__ = ["Model", "Sequential", "callbacks", "losses", "metrics", "optimizers"]
