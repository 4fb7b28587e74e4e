"""Keras' way to train: ``compile``, ``fit``, ``evaluate``, ``predict``, ``summary``.

Models are made of the layers of `nn`; training is `nn.fit`. Import it as Keras users do:
``from nn import keras_style as keras``.
"""

from typing import TYPE_CHECKING, Any

from nn import callbacks
from nn.keras_style import layers, losses, metrics, models, optimizers, utils
from nn.keras_style.model import Model, Sequential
from nn.missing_names import refuse

__all__ = [
    "Model", "Sequential", "callbacks", "layers", "losses", "metrics", "models", "optimizers",
    "utils",
]  # fmt: skip

#: Names of Keras and TensorFlow that are not here, and what to write.
HINTS = {
    "GradientTape": "loss = ..., as everything is recorded; then optimizer.zero_grad(), "
    "loss.backward(), optimizer.step()",
    "Input": "nothing: layers state how many inputs they take; for a graph of layers, a class that "
    "derives from keras.Model and defines call",
    "KerasTensor": "nothing: models are classes that define call",
    "Layer": "nn.Module, with parameters in __init__, and forward in place of call",
    "Variable": "nn.Parameter(array)",
    "activations": "nn.relu, nn.gelu, nn.softmax and others",
    "applications": "weights of your own: nn.load_into(model, path)",
    "backend": "functions of NumPy, through which derivatives flow",
    "constraints": "a callback, or nn.utils.parametrizations",
    "datasets": "arrays of your own, or sklearn.datasets",
    "function": "autograd.jit(function)",
    "initializers": "nn.init.xavier_uniform_(layer.weight) and others",
    "mixed_precision": "model.astype(np.float32)",
    "ops": "functions of NumPy, through which derivatives flow",
    "preprocessing": "functions of NumPy before training",
    "random": "nn.seed(number), and NumPy's generators",
    "regularizers": "an optimiser with weight_decay=, or a loss with a penalty",
    "saving": "model.save_weights(path)",
    "tree": "lists and dicts",
}

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        advice = f": write {HINTS[name]}." if name in HINTS else f"; it has {', '.join(__all__)}."
        refuse(f"nn.keras_style has no {name}{advice}")
