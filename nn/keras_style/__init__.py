"""Keras' layers and its way to train: ``compile``, ``fit``, ``evaluate``, ``predict``, ``summary``.

Models are made of `layers`, or of the modules of `nn`; training is `nn.fit`. Import it as Keras
users do: ``from nn import keras_style as keras``.
"""

from typing import TYPE_CHECKING, Any

from nn import callbacks
from nn.keras_style import (
    activations,
    backend,
    config,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    preprocessing,
    random,
    regularizers,
    saving,
    utils,
)
from nn.keras_style.initializers import Initializer
from nn.keras_style.layers.inputs import Input
from nn.keras_style.layers.layer import Layer
from nn.keras_style.losses import Loss
from nn.keras_style.metric import Metric
from nn.keras_style.model import Model
from nn.keras_style.optimizers import Optimizer
from nn.keras_style.regularizers import Regularizer
from nn.keras_style.sequential import Sequential
from nn.keras_style.symbolic import KerasTensor
from nn.keras_style.variable import Variable
from nn.missing_names import refuse

__all__ = [
    "Initializer", "Input", "KerasTensor", "Layer", "Loss", "Metric", "Model", "Optimizer",
    "Regularizer", "Sequential", "Variable", "activations", "backend", "callbacks", "config",
    "constraints", "initializers", "layers", "losses", "metrics", "models", "ops", "optimizers",
    "preprocessing", "random", "regularizers", "saving", "utils",
]  # fmt: skip

#: The version of Keras whose numbers and names these are.
__version__ = "3.15"

#: Names of Keras and TensorFlow that are not here, and what to write.
HINTS = {
    "GradientTape": "loss = ..., as everything is recorded; then optimizer.zero_grad(), "
    "loss.backward(), optimizer.step()",
    "applications": "weights of your own: nn.load_into(model, path)",
    "datasets": "arrays of your own, or sklearn.datasets",
    "function": "autograd.jit(function)",
    "mixed_precision": "model.astype(np.float32)",
    "tree": "lists and dicts",
}

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        advice = f": write {HINTS[name]}." if name in HINTS else f"; it has {', '.join(__all__)}."
        refuse(f"nn.keras_style has no {name}{advice}")
