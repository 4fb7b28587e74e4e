"""What runs a model in another mode for some time gives each module its own mode back."""

import numpy as np
import pytest

import nn
from nn import keras_style as keras
from nn.modes import in_mode

X = np.linspace(-1, 1, 12).reshape(6, 2)


class Stumbling(keras.layers.Layer):
    """A layer that fails on demand."""

    fails = False

    def call(self, inputs):
        if self.fails:
            raise RuntimeError("stumbled")
        return inputs


def keras_model():
    layers = [keras.layers.Dense(2), nn.BatchNorm1d(2), Stumbling()]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile("sgd", "mse")
    return model


def reported(model):
    for parameter in model.parameters():
        parameter.grad = np.ones(parameter.shape)
    nn.gradient_report(model, X)


def switched(model):
    with in_mode(model, True):
        model(X)


USES = {
    "predict": lambda model: model.predict(X, verbose=0),
    "predict_on_batch": lambda model: model.predict_on_batch(X),
    "train_on_batch": lambda model: model.train_on_batch(X, X),
    "training=True": lambda model: model(X, training=True),
    "training=False": lambda model: model(X, training=False),
    "update_bn": lambda model: nn.optim.update_bn([X], model),
    "gradient_report": reported,
    "in_mode": switched,
}


@pytest.mark.parametrize("fails", [False, True], ids=["passes", "fails"])
@pytest.mark.parametrize("use", USES)
def test_each_module_keeps_its_mode(use, fails):
    model = keras_model().train()
    model.layers[1].eval()  # a frozen batch norm
    before = [module.training for module in model.modules()]
    model.layers[2].fails = fails
    momentum = model.layers[1].momentum
    if fails:
        with pytest.raises(RuntimeError, match="stumbled"):
            USES[use](model)
    else:
        USES[use](model)
    assert [module.training for module in model.modules()] == before
    assert model.layers[1].momentum == momentum
